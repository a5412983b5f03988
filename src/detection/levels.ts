import { CLIP_BYTES } from './input.ts';
/**
 * Scores of one entity against its own habit on a logarithmic scale: how many of its own deviations today, the last
 * week and the last month lie above what it usually sends. Few entities are loud by their bytes; many are by their
 * habits. No theorem: the scores are calibrated on the past like the same-day rules, and their evidence never restarts.
 */

/** Weights of the newest day in the smoothed levels: one day, about a week, about a month. */
export const SPEEDS: readonly number[] = [1, 0.25, 0.06];
/** Days that each of them speaks of. */
export const SPEED_DAYS: readonly number[] = [1, 7, 28];

/** Days that the kept sum of surpluses speaks of (surplus.ts). */
export const SURPLUSES_DAYS = 28;
export const SPREADS: readonly number[] = SPEEDS.map((speed) => Math.sqrt(speed / (2 - speed)));
/** The newest day's weight in the habit itself: half is forgotten in six weeks. */
const SLOW = 0.016;
/** Days of one's own that a habit needs. */
export const HABIT_DAYS = 10;
/** A new habit is taken to deviate this much (natural logarithm), for so many days' worth. */
const ORDINARY_DEVIATION = 1.2;
const ORDINARY_DAYS = 10;
/** No habit is steadier than this. */
const LEAST_DEVIATION = 0.25;
/** A day beyond so many deviations teaches the habit no more than that. */
const LEARNED_DEVIATIONS = 2.5;

/** A day of less than this, in bytes, is no lead however unusual. */
export const LEAST_UNUSUAL = CLIP_BYTES[1];

/** Columns of one habit: mean, mean square, days, and the smoothed levels but the first. */
export const HABIT = 3 + 2;

/** Returns a value on the scale of habits. @param unit bytes below which amounts are alike. */
export function levelOf(bytes: number, unit: number): number {
  return Math.log1p(bytes / unit);
}

/**
 * Takes a day's level into the habit at H[at…], and writes its scores, one for each speed, to `scores`.
 * @param deviation the habit's, for who knows it already. @param rise what of the level everybody's day rose by (common-rise.ts).
 * @returns whether the habit was old enough for the scores to mean anything.
 */
export function scoreLevel(
  H: Float64Array,
  at: number,
  level: number,
  scores: Float64Array,
  deviation = deviationOf(H, at),
  rise = 0,
): boolean {
  const mean = H[at] as number;
  const days = H[at + 2] as number;
  learnLevel(H, at, level, mean, deviation, rise);
  scores[0] = (level - rise - mean) / deviation;
  for (let k = 1; k < SPEEDS.length; k++) {
    scores[k] = ((H[at + 2 + k] as number) - mean) / (deviation * (SPREADS[k] as number));
  }
  return days >= HABIT_DAYS;
}

/** Takes days without a byte into a habit: for destinations silence is a habit too. */
export function learnSilence(H: Float64Array, at: number, days: number): void {
  for (let n = 0; n < days; n++) learnLevel(H, at, 0, H[at] as number, deviationOf(H, at));
}

/** Returns how much one day deviates from a habit, drawn towards the ordinary while it is young. */
export function deviationOf(H: Float64Array, at: number): number {
  const mean = H[at] as number;
  const days = Math.min(60, H[at + 2] as number);
  const variance = Math.max(0, (H[at + 1] as number) - mean * mean);
  const shrunk =
    (days * variance + ORDINARY_DAYS * ORDINARY_DEVIATION * ORDINARY_DEVIATION) / (days + ORDINARY_DAYS);
  return Math.max(LEAST_DEVIATION, Math.sqrt(shrunk));
}

function learnLevel(
  H: Float64Array,
  at: number,
  level: number,
  mean: number,
  deviation: number,
  rise = 0,
): void {
  const days = H[at + 2] as number;
  const slow = Math.max(SLOW, 1 / (days + 1));
  const most = LEARNED_DEVIATIONS * deviation;
  const learned = days === 0 ? level : Math.max(mean - most, Math.min(mean + most, level));
  H[at] = mean + slow * (learned - mean);
  H[at + 1] = (H[at + 1] as number) + slow * (learned * learned - (H[at + 1] as number));
  H[at + 2] = days + 1;
  for (let k = 1; k < SPEEDS.length; k++) {
    const speed = Math.max(SPEEDS[k] as number, 1 / (days + 1));
    const own = Math.max(0, level - rise);
    H[at + 2 + k] = (H[at + 2 + k] as number) + speed * (own - (H[at + 2 + k] as number));
  }
}
