import type { CoverageRow } from '../../accounting/coverage-query.ts';
import { HOURS_PER_DAY } from '../../records/time.ts';

/** What is remembered of a sensor's habits from day to day. */
export interface SensorHabit {
  /** Records in each hour of the day (UTC), averaged with a memory of about four weeks. */
  recordsByHour: number[];
  /** Whether it ever reported on its own sight: then a silent hour is a blind one. */
  reports: boolean;
  lastDay: number;
}

/** The habits of all sensors seen so far. Advanced day by day; never looks ahead, so replays agree. */
export type Habits = Map<string, SensorHabit>;

/** Where fewer records are usual at an hour of the day, an hour without one says nothing. */
const SPARSE_RECORDS_PER_HOUR = 5;
const MEMORY = 1 / 28;
/** A sensor silent for so long is taken down, not blind. */
const GONE_DAYS = 28;

/**
 * Returns the share of a day that was observed, 0 to 1, and takes the day into the habits: the mean over the
 * sensors in service of the hours with a sign of life, among those in which one is usual, less the packets lost.
 */
export function observeDay(habits: Habits, rows: readonly CoverageRow[], day: number): number {
  const bySensor = new Map<string, CoverageRow[]>();
  for (const row of rows) bySensor.set(row.sensor, [...(bySensor.get(row.sensor) ?? []), row]);
  for (const sensor of bySensor.keys()) {
    if (habits.has(sensor)) continue;
    habits.set(sensor, { recordsByHour: Array(HOURS_PER_DAY).fill(0), reports: false, lastDay: day });
  }
  const shares: number[] = [];
  for (const [sensor, habit] of [...habits].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const own = bySensor.get(sensor) ?? [];
    if (own.length === 0 && day - habit.lastDay > GONE_DAYS) continue;
    shares.push(shareOf(habit, own));
    learn(habit, own, day);
  }
  return shares.length === 0 ? 0 : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function shareOf(habit: SensorHabit, rows: readonly CoverageRow[]): number {
  const seen = rows.reduce((sum, row) => sum + row.seen, 0);
  const lost = rows.reduce((sum, row) => sum + row.lost, 0);
  const kept = seen + lost > 0 ? seen / (seen + lost) : 1;
  const signs = hoursOf(rows, ({ records, reports }) => records + reports > 0);
  const expected = habit.recordsByHour.filter(
    (usual, hour) => habit.reports || usual >= SPARSE_RECORDS_PER_HOUR || signs.has(hour),
  );
  return signs.size === 0 ? 0 : (signs.size / expected.length) * kept;
}

/** The hours of the day of some rows. */
function hoursOf(rows: readonly CoverageRow[], wanted: (row: CoverageRow) => boolean): Set<number> {
  return new Set(rows.filter(wanted).map(({ hour }) => hour % HOURS_PER_DAY));
}

function learn(habit: SensorHabit, rows: readonly CoverageRow[], day: number): void {
  const today: number[] = Array(HOURS_PER_DAY).fill(0);
  for (const { hour, records } of rows)
    today[hour % HOURS_PER_DAY] = (today[hour % HOURS_PER_DAY] ?? 0) + records;
  habit.recordsByHour = habit.recordsByHour.map(
    (usual, hour) => usual + MEMORY * ((today[hour] ?? 0) - usual),
  );
  if (rows.some(({ reports }) => reports > 0)) habit.reports = true;
  if (rows.length > 0) habit.lastDay = day;
}
