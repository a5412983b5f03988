/** One rule of thresholds for every rival: the level that clean calibration seeds passed as often as the budget allows. */
import type { Alarm } from './alarm.ts';
import type { Scored } from './rivals/rival.ts';

/** One lead per entity and family in so many days, as Weir counts. */
const QUIET_DAYS = 30;

/** Returns the leads that a threshold makes of scores given in the order of days. */
export function alarmsAbove(threshold: number, scores: readonly Scored[]): Scored[] {
  const last = new Map<string, number>();
  return scores.filter((each) => {
    if (!(each.score > threshold)) return false;
    const key = keyOf(each);
    const before = last.get(key);
    if (before !== undefined && each.day - before < QUIET_DAYS) return false;
    last.set(key, each.day);
    return true;
  });
}

/** Returns what names an alarm's entity. */
export const keyOf = ({ family, entity }: Alarm): string => `${family}|${entity}`;

/**
 * Returns the smallest threshold at which the runs, together, show at most `allowed` leads. Runs are the scores of
 * one clean centre each.
 */
export function calibrate(runs: readonly (readonly Scored[])[], allowed: number): number {
  const levels = [...new Set(runs.flatMap((scores) => scores.map(({ score }) => score)))].sort(
    (a, b) => a - b,
  );
  let low = -1;
  let high = levels.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const level = levels[middle] as number;
    const leads = runs.reduce((sum, scores) => sum + alarmsAbove(level, scores).length, 0);
    if (leads <= allowed) high = middle;
    else low = middle;
  }
  return levels[high] ?? Number.POSITIVE_INFINITY;
}

/** Returns the scores that could ever pass a threshold: the largest of a run, in the order of days. */
export function largest(scores: readonly Scored[], most = 4_000): Scored[] {
  if (scores.length <= most) return [...scores];
  const least = [...scores].sort((a, b) => b.score - a.score)[most - 1]?.score ?? 0;
  return scores.filter(({ score }) => score >= least);
}
