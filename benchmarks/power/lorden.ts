/**
 * Lorden's bound on the delay of any rule: log(ARL)/KL days, KL the information of one day of the planted change about
 * the statistic that paid (Lorden, Procedures for reacting to a change in distribution, 1971). Thefts do not come at a
 * constant rate, so it is the first day on which the information so far reaches log(ARL) (Lai 1998).
 */
import type { DayStatistics, Family, Statistic } from '../../src/detection/input.ts';
import type { Run } from './alarm.ts';
import { statisticOf } from './statistics.ts';

/** Days before the change from which the statistic's ordinary deviation is taken. */
const BEFORE_DAYS = 84;
/** Logarithms of a statistic deviate at least this much from day to day. */
const LEAST_DEVIATION = 0.1;
/** Bytes below which amounts are alike. */
const UNIT = 1e6;
const COUNTS: readonly Statistic[] = ['firstContacts', 'persistent'];

/** What paid for a lead. */
export interface Paid {
  readonly family: Family;
  readonly entity: string;
  readonly statistic: Statistic;
  readonly raisedOnDay: number;
}

/**
 * Returns the days that any rule for the entity's statistic alone would need at an average run length of
 * 7·N/budget days (N entities of the family, the whole budget theirs), the statistic's logarithm taken as normal; at least 1.
 * Infinity when even on the day of the lead the information was less: the lead came sooner than the bound, by luck or because
 * other days than those of the model told more.
 */
export function lordenDays(
  paid: Paid,
  startDay: number,
  clean: readonly DayStatistics[],
  planted: Run,
  leadsPerWeek: number,
): number {
  const level = (today: DayStatistics | undefined) =>
    today
      ? Math.log1p(
          statisticOf(today, paid.family, paid.entity, paid.statistic) /
            (COUNTS.includes(paid.statistic) ? 1 : UNIT),
        )
      : 0;
  const before = clean.slice(startDay - BEFORE_DAYS, startDay).map(level);
  const mean = before.reduce((sum, value) => sum + value, 0) / before.length;
  const variance = before.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (before.length - 1);
  const spread = Math.max(LEAST_DEVIATION ** 2, variance);
  const family = clean[startDay]?.families.find((each) => each.family === paid.family);
  const needed = Math.log((7 * Math.max(1, family?.entities.length ?? 1)) / leadsPerWeek);
  let information = 0;
  for (let day = startDay; day <= paid.raisedOnDay; day++) {
    information += (level(planted[day]) - level(clean[day])) ** 2 / (2 * spread);
    if (information >= needed) return day - startDay + 1;
  }
  return Number.POSITIVE_INFINITY;
}
