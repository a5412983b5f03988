import type { Calibration } from './calibration.ts';
import { HABIT_STATISTICS, HABITS, RULES, SURPLUS_BETS } from './channels.ts';
import type { HabitLimit } from './habit-limit.ts';
import { HABIT, HABIT_DAYS, levelOf, SPEEDS, scoreLevel } from './levels.ts';
import { smallestSeen } from './smallest-seen.ts';
import type { Table } from './state.ts';
import { DAILY_KEEPS, edgeOf, GIGABYTE } from './surplus.ts';

const BYTES = HABIT_STATISTICS.indexOf('bytes');
const scores = new Float64Array(SPEEDS.length);

/**
 * Returns what the surpluses of an entity would see of a constant daily loss: the loss is planted beside its middle day,
 * day by day, and the habit learns from it as it would. That ordinary days scatter is left out, which would only help:
 * the same for every chance. Empty where there is no habit yet.
 */
export function surplusLimits(table: Table, row: number): HabitLimit[] {
  const at = (row * HABITS + BYTES) * HABIT;
  const habit = table.columns.habits.slice(at, at + HABIT);
  if ((habit[2] as number) < HABIT_DAYS) return [];
  return SURPLUS_BETS.map((bet): HabitLimit => {
    const { threshold } = table.calibrations.find(
      ({ type }) => type.bet === bet && type.statistic === 'bytes',
    ) as Calibration;
    const { habitUnit } = RULES[table.family];
    const smallestBytes = (days: number) =>
      smallestSeen((loss) => mostBeyond(habit, habitUnit, bet === 'surplus', loss, days) > threshold);
    return { statistic: 'bytes', bet, smallestBytes };
  });
}

/** The largest log surplus, of one day or of the sum, that a loss comes to within some days. */
function mostBeyond(
  before: Float64Array,
  unit: number,
  isOneDay: boolean,
  loss: number,
  days: number,
): number {
  const habit = before.slice();
  const value = unit * Math.expm1(habit[0] as number) + loss;
  let sum = 0;
  let most = 0;
  for (let day = 0; day < days; day++) {
    const beyond = Math.max(0, value - edgeOf(habit, 0, unit));
    // The habit has taken the loss in: from here on nothing is added.
    if (beyond === 0) break;
    scoreLevel(habit, 0, levelOf(value, unit), scores);
    sum = isOneDay ? beyond : sum * DAILY_KEEPS + beyond;
    most = Math.max(most, sum);
  }
  return Math.log(most / GIGABYTE);
}
