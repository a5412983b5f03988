import { expect, it } from 'vitest';
import type { CoverageRow } from '../accounting/coverage-query.ts';
import { MICROS_PER_HOUR } from '../records/time.ts';
import { sensorView } from './sensor-view.ts';

const FIRST = 490_008; // the first hour of a day, since 1970
const span = { fromHour: FIRST, toHour: FIRST + 72 };
const MINUTE = MICROS_PER_HOUR / 60;

const sign = (hour: number, given: Partial<CoverageRow> = {}): CoverageRow => ({
  sensor: 'a',
  hour: FIRST + hour,
  records: 50,
  reports: 0,
  seen: 0,
  lost: 0,
  ...given,
});
const hours = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const view = (rows: readonly CoverageRow[]) => sensorView('a', ['border'], rows, span);

/** An hour that the sensor's reports speak of from one minute to another, a quarter of an hour each. */
const spoken = (hour: number, given: Partial<CoverageRow> = {}, fromMinute = 0, toMinute = 60) =>
  sign(hour, {
    reports: 4,
    reportedFrom: (FIRST + hour) * MICROS_PER_HOUR + fromMinute * MINUTE,
    reportedTo: (FIRST + hour) * MICROS_PER_HOUR + toMinute * MINUTE,
    longestMicros: 15 * MINUTE,
    ...given,
  });

it('counts the records and hours of the span alone, of rows that know more', () => {
  const seen = view(
    hours(-10, 82).map((hour) => sign(hour, { reports: 1, seen: 9, lost: hour < 0 ? 9 : 1 })),
  );
  expect(seen).toMatchObject({ records: 72 * 50, hoursSeen: 72, lossShare: 0.1 });
  expect([seen.firstHour, seen.lastHour]).toEqual([FIRST - 10, FIRST + 81]);
});

it('an hour that says neither records nor reports is no sign; who says nothing of loss lost no known share', () => {
  const seen = view(hours(0, 72).map((hour) => sign(hour, hour === 40 ? { records: 0 } : {})));
  expect(seen.hoursSeen).toBe(71);
  expect(seen.sawIn(FIRST + 40)).toBe(false);
  expect(seen.gaps.map(({ fromHour, toHour }) => [fromHour - FIRST, toHour - FIRST])).toEqual([[40, 41]]);
  expect(seen.lossShare).toBeNull();
});

it('a gap says whether it lies before the first sign, after the last or between', () => {
  const { gaps } = view([...hours(10, 30), ...hours(33, 60)].map((hour) => sign(hour)));
  expect(gaps.map(({ fromHour, toHour, reason }) => [fromHour - FIRST, toHour - FIRST, reason])).toEqual([
    [0, 10, 'before its first sign: no record, though 50 in such an hour are usual'],
    [30, 33, 'no record, though 50 in such an hour are usual'],
    [60, 72, 'after its last sign: no record, though 50 in such an hour are usual'],
  ]);
  expect(view([]).gaps).toEqual([{ ...span, reason: 'never gave a sign' }]);
});

it('hours without a sign are one gap for as long as they have one reason', () => {
  const usual = (hour: number) => (hour % 24 === 4 ? 60 : 50);
  const rows = hours(0, 72).filter((hour) => ![26, 27, 28].includes(hour));
  const { gaps } = view(rows.map((hour) => sign(hour, { records: usual(hour) })));
  expect(gaps.map(({ fromHour, toHour, reason }) => [fromHour - FIRST, toHour - FIRST, reason])).toEqual([
    [26, 28, 'no record, though 50 in such an hour are usual'],
    [28, 29, 'no record, though 60 in such an hour are usual'],
  ]);
});

it('what no report speaks of and what was lost of the rest are unseen together', () => {
  const rows = hours(0, 72).map((hour) => {
    // Reports speak of the first half of an hour, and not of 20 minutes of that.
    if (hour === 20) return spoken(hour, { unreportedMicros: 20 * MINUTE }, 0, 30);
    return spoken(hour, hour === 50 ? { unreportedMicros: 30 * MINUTE, seen: 50, lost: 50 } : {});
  });
  const { unseenIn, holes } = view(rows);
  expect(unseenIn(FIRST + 20)).toBeCloseTo(20 / 60 + 30 / 60, 9);
  expect(unseenIn(FIRST + 50)).toBeCloseTo(0.75, 9);
  expect(unseenIn(FIRST + 51)).toBe(0);
  expect(holes).toHaveLength(3);
});

it('tells of the holes of the span alone', () => {
  const rows = hours(-20, 92).map((hour) =>
    spoken(hour, [-5, 20, 80].includes(hour) ? { unreportedMicros: 30 * MINUTE } : {}),
  );
  expect(view(rows).holes.map(({ fromMicros }) => fromMicros / MICROS_PER_HOUR - FIRST)).toEqual([20]);
});
