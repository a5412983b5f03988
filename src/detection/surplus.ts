/**
 * Volume beyond habit, in bytes. Scores against a habit (levels.ts) rank by how unusual a day is for its entity, and a
 * quiet host's third gigabyte is as unusual as another's third terabyte. What leaves beyond the upper edge of a habit
 * ranks by what it costs, and who moves terabytes every week has an edge above them. No theorem: calibrated on the past.
 */
import type { Calibration } from './calibration.ts';
import { HABITS, LOUD, SURPLUS_BETS } from './channels.ts';
import { deviationOf, SPEEDS } from './levels.ts';
import { type Work, watch } from './work.ts';

/** Deviations above its mean where a habit's upper edge lies. */
const EDGE_DEVIATIONS = 3;
/** What of the sum of surpluses is left after a day: half of it after 23. */
export const DAILY_KEEPS = 0.97;
/** Scores are in gigabytes. */
export const GIGABYTE = 1e9;

/** What days of which the sum knows nothing leave of it, as a power is dear; beyond these it is computed. */
const KEPT_AFTER = Float64Array.from({ length: 64 }, (_, days) => DAILY_KEEPS ** days);
/** Levels are exact to far less than this. */
const ROUNDING = 1e-9;

/**
 * Returns the bytes a day at the upper edge of the habit at H[at…].
 * @param unit bytes below which amounts are alike. @param rise what everybody's day rose by (common-rise.ts).
 */
export function edgeOf(H: Float64Array, at: number, unit: number, rise = 0): number {
  return unit * Math.expm1(edgeLevelOf(H, at, deviationOf(H, at)) + rise);
}

function edgeLevelOf(H: Float64Array, at: number, deviation: number): number {
  return Math.min(40, (H[at] as number) + EDGE_DEVIATIONS * deviation);
}

/**
 * Returns the bytes of a day beyond the upper edge of the habit at H[at…]; 0 where there are none.
 * @param level the same bytes as a level (levels.ts). @param deviation the habit's. @param rise as of `edgeOf`.
 */
export function beyondEdge(
  H: Float64Array,
  at: number,
  deviation: number,
  level: number,
  bytes: number,
  unit: number,
  rise = 0,
): number {
  // Most days lie far below their edge, and then nobody need know where it is in bytes.
  if (level < edgeLevelOf(H, at, deviation) + rise - ROUNDING) return 0;
  return Math.max(0, bytes - edgeOf(H, at, unit, rise));
}

/**
 * Scores a day's surplus, and the sum of those of about the last month.
 * @param bytes beyond the edge that the habit had before the day. @param days since the last one that the entity's sum knows.
 */
export function judgeSurplus(work: Work, row: number, bytes: number, days: number): void {
  const { table } = work;
  const { surplus } = table.columns;
  const sum = (surplus[row] as number) * (KEPT_AFTER[days] ?? DAILY_KEEPS ** days) + bytes;
  surplus[row] = sum;
  if (bytes === 0) return;
  const first = work.width + LOUD + HABITS * SPEEDS.length;
  for (let k = 0; k < SURPLUS_BETS.length; k++) {
    const score = (k === 0 ? bytes : sum) / GIGABYTE;
    const calibration = table.calibrations[first + k] as Calibration;
    if (score >= calibration.watch) watch(work, row, first + k, calibration, score);
  }
}
