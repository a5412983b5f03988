import type { DailySeries } from './input.ts';
import type { Excess, Window } from './tracks.ts';

/** Bytes with an interval. */
export interface BytesEstimate {
  readonly low: number;
  readonly estimate: number;
  readonly high: number;
}

const BEFORE_DAYS = 56;
/** The interval promises 90 %. */
const TAIL = 0.05;
/** Relative errors assumed where fewer placebo windows than this exist. */
const LEAST_PLACEBOS = 20;
const ASSUMED: readonly [number, number] = [-0.5, 1];

/**
 * Returns the 5 % and 95 % quantiles of (ΣY − usual·L)/(usual·L) over windows of L days of entities that nobody
 * suspects: how wrong the baseline of a blameless entity is over so long a time.
 */
export function placeboErrors(
  placebos: readonly DailySeries[],
  windowDays: number,
): readonly [number, number] {
  const errors: number[] = [];
  for (const { values } of placebos) {
    for (let from = BEFORE_DAYS; from + windowDays <= values.length; from += Math.max(7, windowDays)) {
      const usual = meanOf(values.subarray(from - BEFORE_DAYS, from));
      const seen = meanOf(values.subarray(from, from + windowDays));
      if (usual > 0) errors.push(seen / usual - 1);
    }
  }
  if (errors.length < LEAST_PLACEBOS) return ASSUMED;
  errors.sort((a, b) => a - b);
  const at = (share: number) => errors[Math.round(share * (errors.length - 1))] as number;
  return [at(TAIL), at(1 - TAIL)];
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  let days = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    days += 1;
  }
  return days > 0 ? sum / days : 0;
}

/**
 * Returns what a campaign took: the estimate is Σ (Y − usual) over the named pairs, unclipped. The low end grants
 * that named pairs grew as blameless entities grow and that ordinary novelty is among them; the high end adds the
 * pairs that share the campaign but were not named, and the growth that the baseline may have hidden.
 * @param ordinaryNovelBytesPerDay what the same hosts sent to new places in the campaign's scope before it.
 */
export function lossOf(
  named: readonly Excess[],
  candidates: readonly Excess[],
  window: Window,
  placebos: readonly DailySeries[],
  ordinaryNovelBytesPerDay: number,
): BytesEstimate {
  const days = window.to - window.from + 1;
  const estimate = named.reduce((sum, { bytes }) => sum + bytes, 0);
  const shared = candidates.reduce((sum, { bytes }) => sum + bytes, 0);
  const usual = named.reduce((sum, each) => sum + each.usual, 0) * days;
  const [shrunk, grown] = placeboErrors(placebos, days);
  const low = estimate - usual * Math.max(0, grown) - ordinaryNovelBytesPerDay * days;
  const high = Math.max(estimate, shared) + usual * Math.max(0, -shrunk);
  return { low: Math.max(0, Math.round(low)), estimate: Math.round(estimate), high: Math.round(high) };
}
