import { expect, test } from 'vitest';
import { rateInWords, shareInWords, timesInWords } from './words.ts';

test('what is little is never nothing, what is nearly all never all, and how many times is enough', () => {
  expect([0, 0.4, 1, 999.6, 4_629_629_630].map(rateInWords)).toEqual([
    '0 bit/s',
    'less than 1 bit/s',
    '1 bit/s',
    '1.00 kbit/s',
    '4.63 Gbit/s',
  ]);
  expect([0, 0.0001, 0.46, 0.999, 1].map(shareInWords)).toEqual([
    '0 %',
    'less than 0.1 %',
    '46 %',
    'more than 99 %',
    '100 %',
  ]);
  expect([timesInWords(11n, 10n), timesInWords(10_001n, 1_000n), timesInWords(1n, 0n)]).toEqual([
    '1.1',
    '11',
    'infinitely many',
  ]);
});
