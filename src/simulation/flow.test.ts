import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MICROS_PER_DAY } from '../records/time.ts';
import { spreadBytes, spreadOverDays } from './flow.ts';

describe('spreadBytes', () => {
  it('is F(t) = (b div d)·t + ((b mod d)·t) div d, exact', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
        fc.integer({ min: 1, max: 30_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (bytes, seconds, share) => {
          const elapsed = Math.floor(seconds * share);
          const [b, d, t] = [BigInt(bytes), BigInt(seconds), BigInt(elapsed)];
          return BigInt(spreadBytes(bytes, seconds, elapsed)) === (b / d) * t + ((b % d) * t) / d;
        },
      ),
    );
  });
});

describe('spreadOverDays', () => {
  it('gives each day its seconds and loses no byte', () => {
    const days: [number, number][] = [];
    const from = 10 * MICROS_PER_DAY - 3_600e6;
    spreadOverDays(from, from + MICROS_PER_DAY + 7_200e6, 1_000_003, (day, bytes) => days.push([day, bytes]));
    expect(days).toEqual([
      [9, 38_461],
      [10, 923_080],
      [11, 38_462],
    ]);
  });

  it('puts an end at midnight sharp, and an instant, into one day', () => {
    const days: [number, number][] = [];
    spreadOverDays(9.5 * MICROS_PER_DAY, 10 * MICROS_PER_DAY, 5, (day, bytes) => days.push([day, bytes]));
    spreadOverDays(10 * MICROS_PER_DAY, 10 * MICROS_PER_DAY, 7, (day, bytes) => days.push([day, bytes]));
    expect(days).toEqual([
      [9, 5],
      [10, 7],
    ]);
  });
});
