import { HOURS_PER_DAY, MICROS_PER_DAY, MICROS_PER_HOUR } from '../records/time.ts';
import { createRandom, type Random, wave } from './random.ts';

/** When in the day something happens. */
export type DayShape = 'office' | 'night' | 'flat';

/** Relative activity by weekday, Sunday first. */
const WEEKDAYS = [0.42, 0.98, 1.06, 1.08, 1.04, 0.92, 0.48];
const SHAPES: Readonly<Record<DayShape, readonly number[]>> = {
  office: [2, 1, 1, 1, 1, 2, 4, 8, 11, 12, 12, 10, 9, 11, 12, 12, 10, 7, 5, 4, 3, 3, 2, 2],
  night: [12, 12, 12, 10, 8, 4, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 5, 8, 11],
  flat: Array.from({ length: HOURS_PER_DAY }, () => 1),
};
const TABLES = { office: hourTable('office'), night: hourTable('night'), flat: hourTable('flat') };
const GROWTH_PER_DAY = 0.0003;
/** One quiet week in twenty-six: holidays. */
const QUIET_WEEK = { every: 26, at: 15, activity: 0.65 };

/** Returns how busy a UTC day is: weekday, season, holidays, growth since the start and the day's own luck. */
export function activityOn(day: number, startDay: number, seed: string): number {
  const weekday = WEEKDAYS[(day + 4) % 7] ?? 1;
  const season = 1 + 0.1 * wave(day / 365.25);
  const quiet = Math.floor(day / 7) % QUIET_WEEK.every === QUIET_WEEK.at ? QUIET_WEEK.activity : 1;
  const growth = 1 + GROWTH_PER_DAY * (day - startDay);
  return weekday * season * quiet * growth * createRandom(`${seed}/activity/${day}`).lognormal(1, 0.07);
}

/** Returns an instant (microseconds since 1970) on a day, more likely when the shape is high. */
export function instantOn(day: number, shape: DayShape, random: Random): number {
  const table = TABLES[shape];
  const hour = table[random.uint32() & 255] ?? 0;
  return day * MICROS_PER_DAY + hour * MICROS_PER_HOUR + random.int(MICROS_PER_HOUR);
}

/** 256 hours in proportion to a shape. */
function hourTable(shape: DayShape): readonly number[] {
  const weights = SHAPES[shape];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let reached = 0;
  return weights.flatMap((weight, hour) => {
    const from = Math.round((reached * 256) / total);
    reached += weight;
    return Array.from({ length: Math.round((reached * 256) / total) - from }, () => hour);
  });
}
