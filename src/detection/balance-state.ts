/** What is remembered for the mass balance, and its channels: their weights, thresholds and what they forget. */
import {
  COVER_WEEKS,
  createPrincipals,
  createTenants,
  dropRow,
  type PrincipalColumns,
  type Roster,
  sumWeeks,
  type TenantColumns,
  usualBeyond,
  usualReads,
} from './balance-rows.ts';
import {
  type Calibration,
  closeBlock,
  createCalibration,
  forgetRow,
  historyOf,
  levelFor,
} from './calibration.ts';
import type { Bet, ChannelType } from './channels.ts';
import type { BalanceStatistic } from './input.ts';
import { HABIT } from './levels.ts';

/** Weeks of storage logs after which uncovered egress says what is usual, and days after which it is judged. */
export const LEARNED_WEEKS = 6;
export const BALANCE_DAYS = 77;
const FORGET_DAYS = 400;

const type = (
  family: 'principal' | 'centre',
  statistic: BalanceStatistic,
  bet: Bet,
  weight: number,
): ChannelType => ({ family, statistic, bet, weight, mixture: 1 });

/** In the order of the columns `beyond`, and after them the reads. */
const OWN_TYPES: readonly ChannelType[] = [
  type('principal', 'beyondMade', 'surpluses', 12),
  type('principal', 'beyondTenant', 'surpluses', 4),
  type('principal', 'beyondRead', 'surpluses', 3),
  type('principal', 'readsBeyond', 'surpluses', 3),
];
/** Places of two of them. */
export const OWN = 0;
export const READS = 3;
/** The sum over all principals, each up to a clip a day, of what it sent beyond its own products. */
const POOL_BETS: readonly Bet[] = ['day', 'week', 'month'];
const POOL_TYPES: readonly ChannelType[] = POOL_BETS.map((bet) => type('centre', 'beyondMade', bet, 1));
/** Everything that is remembered for the balance. Advanced in place. */
export interface BalanceState {
  /** The first day with storage logs, and its week. */
  readonly firstDay: number;
  readonly firstWeek: number;
  /** Whether any directory has said who belongs to whom. */
  hasTenants: boolean;
  readonly principals: Roster<PrincipalColumns>;
  readonly tenants: Roster<TenantColumns>;
  readonly calibrations: readonly Calibration[];
  /** By channel type: the raw threshold of each principal that is part of the past, which is told without its own. */
  readonly without: readonly Map<number, number>[];
  /** The habit of the sum over all principals. */
  readonly poolHabit: Float64Array;
  readonly poolCalibrations: readonly Calibration[];
  /** Day of the last lead of the sum, plus one. */
  poolLeadDay: number;
}

/** A channel that passed its threshold. `row` is the principal's, -1 of the sum over all. */
export interface BalanceCrossing {
  readonly row: number;
  readonly type: ChannelType;
  readonly logEvidence: number;
  readonly threshold: number;
  readonly sinceDay: number;
}

/** Returns the state of a balance that begins on a day. */
export function createBalance(firstDay: number, firstWeek: number): BalanceState {
  return {
    firstDay,
    firstWeek,
    hasTenants: false,
    principals: createPrincipals(),
    tenants: createTenants(),
    calibrations: OWN_TYPES.map(createCalibration),
    without: OWN_TYPES.map(() => new Map()),
    poolHabit: new Float64Array(HABIT),
    poolCalibrations: POOL_TYPES.map(createCalibration),
    poolLeadDay: 0,
  };
}

/** Returns the channel types that are there: those of tenants only where a directory names any. */
export function balanceTables(balance: BalanceState): { calibrations: Calibration[] }[] {
  const there = (calibrations: readonly Calibration[]) =>
    calibrations.filter((each) => balance.hasTenants || each.type.statistic !== 'beyondTenant');
  return [{ calibrations: there(balance.calibrations) }, { calibrations: there(balance.poolCalibrations) }];
}

/** Ends the block of history of all channels. */
export function closeBalanceBlock(balance: BalanceState): void {
  for (const each of [...balance.calibrations, ...balance.poolCalibrations]) closeBlock(each);
}

/** Blocks of 30 days of which a principal's own sums do not raise its threshold: the running one and the one before. */
const RECENT_BLOCKS = 2;

/**
 * Sets, after the common thresholds, what holds for each principal that is part of the recent past: the level that the past
 * allows without it. There are few sums in a centre that conserves, and who takes more each week would raise his own threshold.
 */
export function setOwnThresholds(balance: BalanceState): void {
  balance.calibrations.forEach((calibration, t) => {
    const without = balance.without[t] as Map<number, number>;
    without.clear();
    const history = historyOf(calibration);
    if (calibration.threshold === Number.POSITIVE_INFINITY) return;
    const recent = history.blocks.length - RECENT_BLOCKS;
    const all = history.blocks.flatMap(({ top, rows }, block) =>
      Array.from(top, (score, i) => ({ score, row: rows[i] as number, isRecent: block >= recent })),
    );
    for (const own of new Set(all.flatMap(({ row, isRecent }) => (isRecent && row >= 0 ? [row] : [])))) {
      const kept = all.filter(({ row, isRecent }) => row !== own || !isRecent);
      const maxima = Float64Array.from(kept, ({ score }) => score)
        .sort()
        .reverse();
      without.set(
        own,
        Math.exp(levelFor({ ...history, maxima }, calibration.leadsPerWeek, balance.principals.index.size)),
      );
    }
  });
}

/** Returns what a principal did in the weeks of a cover, and what is usual for it of what a channel weighs. */
export function weighedOf(
  { principals, firstWeek }: BalanceState,
  row: number,
  { statistic }: ChannelType,
  week: number,
): { out: number; made: number; read: number; usualAWeek: number } {
  const c = principals.columns;
  const sum = (ring: Float64Array) => sumWeeks(ring, row, week - COVER_WEEKS + 1, week);
  const s = OWN_TYPES.findIndex((each) => each.statistic === statistic);
  const usualAWeek =
    s === READS ? usualReads(c, row, week) : usualBeyond(c, row, week, s, firstWeek + LEARNED_WEEKS);
  return { out: sum(c.out), made: sum(c.made), read: sum(c.read), usualAWeek: Math.round(usualAWeek) };
}

/** Forgets who has not been seen for long. */
export function forgetBalance(balance: BalanceState, day: number): void {
  const { principals, tenants } = balance;
  for (let row = 0; row < principals.keys.length; row++) {
    if (principals.keys[row] === '' || (principals.columns.seenDay[row] as number) >= day - FORGET_DAYS)
      continue;
    dropRow(principals, row);
    for (const calibration of balance.calibrations) forgetRow(calibration, row);
  }
  for (let row = 0; row < tenants.keys.length; row++) {
    if (tenants.keys[row] !== '' && (tenants.columns.seenDay[row] as number) < day - FORGET_DAYS)
      dropRow(tenants, row);
  }
}
