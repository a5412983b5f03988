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

/** What a loss is told from. */
export interface LossEvidence {
  readonly named: readonly Excess[];
  readonly candidates: readonly Excess[];
  /** Of the named pairs' excess, what is in doubt. */
  readonly doubtfulBytes: number;
  /** What the same hosts sent to the campaign's destinations over new pairs before it. */
  readonly ordinaryNovelBytesPerDay: number;
  readonly window: Window;
  readonly placebos: readonly DailySeries[];
  /** What it may have come to beyond the pairs; 0 where the pairs are clear. */
  readonly atMost: number;
}

/**
 * Returns what a campaign took: the estimate is Σ (Y − usual) over the named pairs, unclipped. The low end leaves out
 * what is in doubt, and grants that named pairs grew as blameless entities grow, that ordinary novelty is among them and that
 * each new one carries an ordinary stream as well; the high end adds the pairs that share the campaign but were not named, the growth that the baseline may have
 * hidden, and the days that nobody watched.
 */
export function lossOf(evidence: LossEvidence): BytesEstimate {
  const { named, candidates, window, placebos } = evidence;
  const days = window.to - window.from + 1;
  const sum = (all: readonly Excess[]) => all.reduce((bytes, each) => bytes + each.bytes, 0);
  const estimate = sum(named);
  const usual = named.reduce((bytes, each) => bytes + each.usual, 0) * days;
  const [shrunk, grown] = placeboErrors(placebos, days);
  const low =
    estimate -
    evidence.doubtfulBytes -
    ordinaryStreams(named, candidates) -
    usual * Math.max(0, grown) -
    evidence.ordinaryNovelBytesPerDay * days;
  const seen = Math.max(estimate, sum(candidates), evidence.atMost) + usual * Math.max(0, -shrunk);
  const high = seen / (1 - unwatchedShare(placebos, window));
  return { low: Math.max(0, Math.round(low)), estimate: Math.round(estimate), high: Math.round(high) };
}

/** What the named new pairs came to if each had sent as much as the mean of the new pairs of the same leads that were not named. */
function ordinaryStreams(named: readonly Excess[], candidates: readonly Excess[]): number {
  const own = new Set(named.map(({ track }) => track.key));
  const others = candidates.filter(({ track, novel }) => novel && !own.has(track.key));
  const bytes = others.reduce((sum, each) => sum + each.bytes, 0);
  return others.length > 0 ? (bytes / others.length) * named.filter(({ novel }) => novel).length : 0;
}

/** The share of a window's days that nobody watched, of which blameless entities' series are blank; at most nine tenths. */
function unwatchedShare([any]: readonly DailySeries[], { from, to }: Window): number {
  if (!any) return 0;
  let unwatched = 0;
  for (let day = from; day <= to; day++) if (Number.isNaN(any.values[day - any.fromDay] ?? 0)) unwatched += 1;
  return Math.min(0.9, unwatched / (to - from + 1));
}
