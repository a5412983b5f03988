import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseByteCount, parseBytes } from './byte-text.ts';

it('reads SI units exactly', () => {
  expect(parseBytes('5TB')).toBe(5_000_000_000_000);
  expect(parseBytes('1.5 PB')).toBe(1_500_000_000_000_000);
  expect(parseBytes('0.1GB')).toBe(100_000_000);
  expect(parseBytes('12.50 kB')).toBe(12_500);
  expect(parseBytes('1000')).toBe(1000);
});

it('refuses what is no whole number of bytes below 2^53', () => {
  for (const text of ['', 'TB', '5 TiB', '-1', '1.5', '1.5B', '1e3', '0.0001kB', '10PB', '5TBs']) {
    expect(parseBytes(text), text).toBeUndefined();
  }
});

it('reads every whole number of any unit back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 9000 }),
      fc.constantFrom('B', 'kB', 'MB', 'GB', 'TB'),
      (count, unit) => {
        const size = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 }[unit] ?? 0;
        expect(parseBytes(`${count}${unit}`)).toBe(count * size);
      },
    ),
  );
});

it('reads claims of any size exactly where it is asked for more than a number holds', () => {
  expect(parseByteCount('10PB')).toBe(10n ** 16n);
  expect(parseByteCount('1.000000000000000001EB')).toBe(10n ** 18n + 1n);
  expect(parseByteCount('999999EB')).toBe(999_999n * 10n ** 18n);
  for (const text of ['1000000EB', '0.0000000000000000001EB', '10 PiB', '']) {
    expect(parseByteCount(text), text).toBeUndefined();
  }
});
