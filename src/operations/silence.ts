import type { CoverageRow } from '../accounting/coverage-query.ts';
import { HOURS_PER_DAY } from '../records/time.ts';

/** Why an hour without a sign is blind, in words; undefined where silence is plausible. */
export type SilenceRule = (hour: number) => string | undefined;

/**
 * With five records usual in an hour, an empty one happens by chance less than once in a hundred times
 * (Poisson, e^-5 = 0.7 %).
 */
const USUAL_RECORDS = 5;
/** A sensor that reports on itself does so at least every hour; a log that came half is no such sensor. */
const REPORTING_SHARE = 0.5;
/** No sensor of a perimeter is idle for longer. */
const LONGEST_IDLE_HOURS = 24;
/** Fewer days with the same hour than this say nothing about that hour. */
const LEAST_DAYS = 3;

/**
 * Returns the rule that tells a blind hour of a sensor from an idle one. Silence is implausible when the sensor
 * reports on itself in at least half of the hours it gave a sign in, or when it usually logs at least five records
 * at this hour of the day: the median over the days on which it was alive at all, between its first and its last
 * sign, empty hours included. Where fewer than three such days have the hour, the median over all their hours counts.
 * However little a sensor logs, a whole day without a record is blind.
 */
export function silenceRule(rows: readonly CoverageRow[]): SilenceRule {
  const signs = rows.filter(({ records, reports }) => records > 0 || reports > 0);
  const reporting = signs.filter(({ reports }) => reports > 0).length;
  if (reporting > 0 && reporting >= signs.length * REPORTING_SHARE) {
    return () => 'no record and no report, though the sensor otherwise reports on itself';
  }
  const usualAt = usualRecords(signs);
  const inLongSilence = longSilences(signs);
  return (hour) => {
    if (inLongSilence(hour)) return `no record for ${LONGEST_IDLE_HOURS} h or more`;
    const usual = usualAt(hour);
    return usual < USUAL_RECORDS ? undefined : `no record, though ${usual} in such an hour are usual`;
  };
}

/**
 * Returns the signs, records or reports on itself, that a sensor usually gives at an hour's hour of the day: the lower
 * median over its days.
 */
export function signsPerHour(rows: readonly CoverageRow[]): (hour: number) => number {
  return usualRecords(
    rows.flatMap((row) => {
      const records = Math.max(row.records, row.reports);
      return records > 0 ? [{ ...row, records }] : [];
    }),
  );
}

/** Returns the median number of records at an hour's hour of the day. */
function usualRecords(signs: readonly CoverageRow[]): (hour: number) => number {
  if (signs.length === 0) return () => 0;
  const records = new Map(signs.map((row) => [row.hour, row.records]));
  const hours = signs.map(({ hour }) => hour);
  const first = hours.reduce((a, b) => Math.min(a, b));
  const last = hours.reduce((a, b) => Math.max(a, b));
  const byHourOfDay = Array.from({ length: HOURS_PER_DAY }, (): number[] => []);
  for (const day of new Set(hours.map(dayOf))) {
    for (const [hourOfDay, counts] of byHourOfDay.entries()) {
      const hour = day * HOURS_PER_DAY + hourOfDay;
      if (hour >= first && hour <= last) counts.push(records.get(hour) ?? 0);
    }
  }
  const overall = lowerMedian(byHourOfDay.flat());
  const usual = byHourOfDay.map((counts) => (counts.length < LEAST_DAYS ? overall : lowerMedian(counts)));
  return (hour) => usual[hour - dayOf(hour) * HOURS_PER_DAY] ?? 0;
}

/** Returns whether an hour lies between two signs that are a day or more apart. */
function longSilences(signs: readonly CoverageRow[]): (hour: number) => boolean {
  const hours = signs.map(({ hour }) => hour).sort((a, b) => a - b);
  const silent = new Set<number>();
  for (const [index, next] of hours.entries()) {
    const last = hours[index - 1] ?? next;
    if (next - last <= LONGEST_IDLE_HOURS) continue;
    for (let hour = last + 1; hour < next; hour += 1) silent.add(hour);
  }
  return (hour) => silent.has(hour);
}

/** Returns the middle value, of two middle ones the smaller; 0 of none. */
function lowerMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

function dayOf(hour: number): number {
  return Math.floor(hour / HOURS_PER_DAY);
}
