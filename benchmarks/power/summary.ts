import { poissonUpperBound } from '../../src/detection/poisson.ts';
import type { Outcome } from './trial.ts';

/** What one method lost in one case over the seeds. */
export interface Loss {
  readonly medianBytes: number;
  readonly ninetiethBytes: number;
  readonly worstBytes: number;
  readonly share: number;
  readonly trials: number;
  /** What paid, most often first. */
  readonly by: string;
}

/** Returns the losses of some outcomes; where a campaign was not found, all that it took is lost. */
export function lossOf(outcomes: readonly Outcome[]): Loss {
  const lost = outcomes.map(({ lostBytes }) => lostBytes).sort((a, b) => a - b);
  const at = (share: number) => lost[Math.min(lost.length - 1, Math.ceil(share * lost.length) - 1)] ?? 0;
  const counts = new Map<string, number>();
  for (const { by, found } of outcomes) if (found) counts.set(by, (counts.get(by) ?? 0) + 1);
  return {
    medianBytes: at(0.5),
    ninetiethBytes: at(0.9),
    worstBytes: at(1),
    share: outcomes.filter(({ found }) => found).length / outcomes.length,
    trials: outcomes.length,
    by: [...counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 2)
      .map(([name]) => name)
      .join(', '),
  };
}

/** Returns leads a week with their exact one-sided 95 % Poisson bound. */
export function rateOf(leads: number, weeks: number): { rate: number; upper: number } {
  return { rate: leads / weeks, upper: poissonUpperBound(leads) / weeks };
}

/** Returns whether one method's losses are better: the smaller median, then more found, then the smaller 90th percentile. */
export function better(a: Loss, b: Loss): boolean {
  if (a.medianBytes !== b.medianBytes) return a.medianBytes < b.medianBytes;
  return a.share !== b.share ? a.share > b.share : a.ninetiethBytes < b.ninetiethBytes;
}

/** Delays of leads on pooled channels beside Lorden's bound. */
export interface Delay {
  readonly leads: number;
  readonly medianDays: number;
  readonly medianLeastDays: number;
  /** Delay over bound, 1 where the lead came no later than the bound. */
  readonly medianRatio: number;
  readonly worstRatio: number;
}

/** Returns the delays where a pooled channel was the first to find; undefined where none was. */
export function delayOf(outcomes: readonly Outcome[]): Delay | undefined {
  const pooled = outcomes.flatMap(({ days, leastDays }) =>
    leastDays === undefined ? [] : [{ days, least: Math.min(days, leastDays) }],
  );
  if (pooled.length === 0) return undefined;
  const sorted = (values: number[]) => values.sort((a, b) => a - b);
  const median = (values: number[]) => sorted(values)[Math.ceil(values.length / 2) - 1] as number;
  const ratios = sorted(pooled.map(({ days, least }) => days / least));
  return {
    leads: pooled.length,
    medianDays: median(pooled.map(({ days }) => days)),
    medianLeastDays: median(pooled.map(({ least }) => least)),
    medianRatio: median([...ratios]),
    worstRatio: ratios.at(-1) as number,
  };
}
