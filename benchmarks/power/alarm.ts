/** What every method under test comes to, Weir and rivals alike: alarms on entities, and whether a campaign earned them. */
import type { DayStatistics, Family, Statistic } from '../../src/detection/input.ts';
import { statisticOf } from './statistics.ts';

/** One lead of one method. */
export interface Alarm {
  readonly day: number;
  readonly family: Family;
  readonly entity: string;
  /** The statistic that paid, and the first day of what it paid for. */
  readonly statistic: Statistic;
  readonly fromDay: number;
}

/** A lead counts when the campaign is at least this share of its evidence. */
export const FAIR_SHARE = 0.5;
/** A lead on the same entity this near in the paired clean run is not the campaign's. */
const SAME_DAYS = 30;
const USUAL_FROM = 84;
const USUAL_TO = 28;

/** Statistics of a run by day. */
export type Run = readonly (DayStatistics | undefined)[];

/** Returns whether a clean run raised the same entity at about the same time. */
export function alsoClean(alarm: Alarm, clean: readonly Alarm[]): boolean {
  return clean.some(
    ({ family, entity, day }) =>
      family === alarm.family && entity === alarm.entity && Math.abs(day - alarm.day) <= SAME_DAYS,
  );
}

/**
 * Returns the campaign's share of an alarm's evidence: what it added to the statistic over the days that paid, over
 * the excess of those days above what was usual 28 to 84 days before them. 0 to 1.
 */
export function shareOf(alarm: Alarm, clean: Run, planted: Run): number {
  const value = (run: Run, day: number) => {
    const today = run[day];
    return today ? statisticOf(today, alarm.family, alarm.entity, alarm.statistic) : 0;
  };
  let usual = 0;
  const from = Math.max(0, alarm.fromDay - USUAL_FROM);
  const to = Math.max(from + 1, alarm.fromDay - USUAL_TO);
  for (let day = from; day < to; day++) usual += value(clean, day) / (to - from);
  let added = 0;
  let excess = 0;
  for (let day = alarm.fromDay; day <= alarm.day; day++) {
    added += value(planted, day) - value(clean, day);
    excess += value(planted, day) - usual;
  }
  return added > 0 ? added / Math.max(added, excess) : 0;
}
