import { expect, test } from 'vitest';
import { type DayEgress, expectedEgress, studentT95 } from './expected.ts';

const GB = 1_000_000_000;

/** Repeatable noise between 0 and 1 (mulberry32). */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function dayOf(day: number, bytes: number, watchedShare = 1): DayEgress {
  const exact = BigInt(Math.round(bytes));
  return { day, bytesOut: { low: exact, estimate: exact, high: exact }, watchedShare };
}

/** Days with a week-end, heavy days and weeks that differ. */
function life(seed: number, days: number): DayEgress[] {
  const random = noise(seed);
  const weeks = Array.from({ length: Math.ceil(days / 7) }, () => 0.6 + 0.8 * random());
  return Array.from({ length: days }, (_, day) => {
    const week = weeks[Math.floor(day / 7)] ?? 1;
    const heavy = random() < 0.05 ? 4 : 1;
    return dayOf(day, 100 * GB * week * heavy * (day % 7 > 4 ? 0.4 : 1) * (0.5 + random()));
  });
}

test('the interval holds what was to be expected as often as it says, for windows of a week to two months', () => {
  for (const [reference, length] of [
    [28, 7],
    [28, 30],
    [60, 10],
    [56, 60],
  ] as const) {
    const runs = 300;
    let held = 0;
    for (let seed = 1; seed <= runs; seed += 1) {
      const days = life(seed * 7919, reference + length);
      const truth = days.slice(reference).reduce((sum, { bytesOut }) => sum + bytesOut.estimate, 0n);
      const found = expectedEgress(days, { fromDay: reference, toDay: reference + length });
      if (found && found.bytesOut.low <= truth && truth <= found.bytesOut.high) held += 1;
    }
    expect(held / runs, `${reference} days for ${length}`).toBeGreaterThan(0.87);
    // And it is not so wide that it says nothing: not everything is held.
    expect(held / runs, `${reference} days for ${length}`).toBeLessThan(1);
  }
});

test('days before the window teach, others only where there are less than two weeks before', () => {
  const days = Array.from({ length: 60 }, (_, day) => dayOf(day, day < 30 ? 10 * GB : 20 * GB));
  const after = expectedEgress(days, { fromDay: 20, toDay: 30 });
  expect(after?.bytesOut.estimate).toBe(100n * BigInt(GB));
  expect(after?.learntFrom).toBe('20 watched days before the window, 1970-01-01 to 1970-01-20');
  const outside = expectedEgress(days, { fromDay: 10, toDay: 30 });
  expect(outside?.learntFrom).toBe('40 watched days outside the window, 1970-01-01 to 1970-03-01');
  expect(outside?.bytesOut.estimate).toBe((20n * 175n * BigInt(GB)) / 10n);
  expect(expectedEgress(days.slice(0, 33), { fromDay: 10, toDay: 30 })).toBeUndefined();
});

test('days that were not watched teach nothing, and only the watched part of the window is expected', () => {
  const days = Array.from({ length: 40 }, (_, day) =>
    day < 20 ? dayOf(day, 10 * GB) : day < 30 ? dayOf(day, 0, 0) : dayOf(day, 5 * GB, 0.5),
  );
  expect(expectedEgress(days, { fromDay: 30, toDay: 40 })?.bytesOut.estimate).toBe(50n * BigInt(GB));
  expect(expectedEgress(days, { fromDay: 20, toDay: 30 })?.bytesOut).toEqual({
    low: 0n,
    estimate: 0n,
    high: 0n,
  });
  expect(expectedEgress(days.slice(15), { fromDay: 30, toDay: 40 })).toBeUndefined();
});

test("Student's t is that of the tables", () => {
  // NIST/SEMATECH e-Handbook, table 1.3.6.7.2, 0.95.
  for (const [degrees, t] of [
    [1, 6.314],
    [5, 2.015],
    [10, 1.812],
    [12, 1.782],
    [20, 1.725],
    [60, 1.671],
  ] as const)
    expect(Math.abs(studentT95(degrees) - t), String(degrees)).toBeLessThan(0.02);
});
