import { expect, test } from 'vitest';
import type { CoverageRow } from '../../accounting/coverage-query.ts';
import { HOURS_PER_DAY } from '../../records/time.ts';
import { type Habits, observeDay } from './day-coverage.ts';

const DAY = 20_000;

function row(day: number, hour: number, more: Partial<CoverageRow> = {}): CoverageRow {
  const none = { seen: 0, lost: 0, reports: 0, records: 0 };
  return { sensor: 'zeek', hour: day * HOURS_PER_DAY + hour, ...none, ...more } as CoverageRow;
}

/** What was observed of days on which a sensor wrote so many records in some hours. */
function observed(
  days: readonly { readonly hours: readonly number[]; readonly records: number }[],
): number[] {
  const habits: Habits = new Map();
  return days.map(({ hours, records }, index) => {
    const day = DAY + index;
    return observeDay(
      habits,
      hours.map((hour) => row(day, hour, { records })),
      day,
    );
  });
}

const ALL = Array.from({ length: HOURS_PER_DAY }, (_, hour) => hour);
const OFFICE = [8, 9, 10, 11, 12, 13];

test('a sensor that speaks in some hours of the day only is not blind in the others, however much it says', () => {
  const days = Array.from({ length: 120 }, () => ({ hours: OFFICE, records: 40 }));
  expect(new Set(observed(days))).toEqual(new Set([1]));
});

test('hours without a sign are blind where records are usual at that hour', () => {
  const usual = Array.from({ length: 30 }, () => ({ hours: ALL, records: 100 }));
  const morning = { hours: ALL.slice(12), records: 100 };
  expect(observed([...usual, morning]).slice(-2)).toEqual([1, 0.5]);
  const short = { hours: OFFICE.slice(0, 3), records: 40 };
  const office = Array.from({ length: 30 }, () => ({ hours: OFFICE, records: 40 }));
  expect(observed([...office, short, { hours: [], records: 0 }]).slice(-2)).toEqual([0.5, 0]);
});

test('a sensor that says little is not blind between, one that reports on itself is', () => {
  expect(observed(Array.from({ length: 60 }, (_, day) => ({ hours: [day % 24], records: 3 }))).at(-1)).toBe(
    1,
  );
  const habits: Habits = new Map();
  observeDay(
    habits,
    ALL.map((hour) => row(DAY, hour, { reports: 4 })),
    DAY,
  );
  const half = ALL.slice(12).map((hour) => row(DAY + 1, hour, { reports: 4, seen: 90, lost: 10 }));
  expect(observeDay(habits, half, DAY + 1)).toBeCloseTo(0.45, 12);
});
