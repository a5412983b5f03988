import { poissonUpperBound } from '../../src/detection/promise.ts';
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
