import cephes from 'cephes';
import type { Calibration } from './calibration.ts';
import { type Bet, HABIT_BETS, HABIT_STATISTICS, HABITS, LOUD, PATIENT, RULES } from './channels.ts';
import type { Statistic } from './input.ts';
import { deviationOf, HABIT, HABIT_DAYS, LEAST_UNUSUAL, SPEED_DAYS, SPEEDS, SPREADS } from './levels.ts';
import type { Table } from './state.ts';

await cephes.compiled;

/** What one habit channel would need to see. */
export interface HabitLimit {
  readonly statistic: Statistic;
  readonly bet: Bet;
  /** The constant daily loss in bytes that it sees within some days with a chance. */
  readonly smallestBytes: (days: number, chance: number) => number;
}

/**
 * Returns what an entity's habit channels would see of a constant daily loss, taking its levels as normal around its
 * habit and scores as fresh every SPEED_DAYS: (level − habit)/deviation must pass the threshold less what the
 * largest of so many normal deviations adds by itself. An approximation; empty where there is no habit yet.
 */
export function habitLimits(table: Table, row: number): HabitLimit[] {
  const { habitUnit, zColumns } = RULES[table.family];
  const H = table.columns.habits;
  return HABIT_STATISTICS.flatMap((statistic, h) => {
    const at = (row * HABITS + h) * HABIT;
    if ((H[at + 2] as number) < HABIT_DAYS) return [];
    const usual = Math.expm1(H[at] as number);
    const deviation = deviationOf(H, at);
    return HABIT_BETS.map((bet, k): HabitLimit => {
      const type = PATIENT + zColumns.length + LOUD + h * SPEEDS.length + k;
      const { threshold } = table.calibrations[type] as Calibration;
      const smallestBytes = (days: number, chance: number) => {
        const draws = Math.max(1, days / (SPEED_DAYS[k] as number));
        const luck = cephes.ndtri((1 - chance) ** (1 / draws));
        const reached = 1 - (1 - (SPEEDS[k] as number)) ** days;
        const shift = (Math.max(0, threshold - luck) * deviation * (SPREADS[k] as number)) / reached;
        const level = (H[at] as number) + shift;
        const loss = level > 40 ? Number.POSITIVE_INFINITY : habitUnit * (Math.expm1(level) - usual);
        return Math.round(Math.max(loss, LEAST_UNUSUAL - habitUnit * usual));
      };
      return { statistic, bet, smallestBytes };
    });
  });
}
