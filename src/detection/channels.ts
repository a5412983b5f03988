import { type BalanceStatistic, CLIP_BYTES, type Family, type Statistic } from './input.ts';

/** How a channel turns numbers into evidence (docs/method.md). */
export type Bet = 'mean' | 'z' | 'loud' | 'day' | 'week' | 'month' | 'surplus' | 'surpluses';

/** Statistics that patient evidence adds up, in the order of the columns of a family's state. */
export const PATIENT_STATISTICS: readonly Statistic[] = [
  'clip0',
  'clip1',
  'clip2',
  'clip3',
  'novel0',
  'novel1',
  'novel2',
  'novel3',
  'firstContacts',
  'persistent',
  // The top of the ladder, no clip at all: the only rung that sees more of what one pair always sent.
  'bytes',
];
export const PATIENT = PATIENT_STATISTICS.length;

/** Statistics of the same-day rules. */
export const LOUD_STATISTICS: readonly Statistic[] = ['bytes', 'maxHourBytes', 'largestFirstContactBytes'];
export const LOUD = LOUD_STATISTICS.length;

/** Statistics whose habit is learned entity by entity (levels.ts), and what scores them: one bet for each speed. */
export const HABIT_STATISTICS: readonly Statistic[] = ['bytes', 'firstContacts'];
export const HABITS = HABIT_STATISTICS.length;
export const HABIT_BETS: readonly Bet[] = ['day', 'week', 'month'];

/** Bets on the bytes beyond an entity's habit (surplus.ts): of the day, and of the last month or so. */
export const SURPLUS_BETS: readonly Bet[] = ['surplus', 'surpluses'];

/** The smallest amount of each patient statistic that means anything: a clip, or one pair. */
export const UNITS: readonly number[] = [...CLIP_BYTES, ...CLIP_BYTES, 1, 1, CLIP_BYTES[3]];

/** What differs from family to family. */
export interface FamilyRules {
  /** δ of the mean bet: growth over the baseline that is not yet evidence. */
  readonly tolerance: number;
  /** Standard errors of the weekly blocks that are added to the baseline. */
  readonly standardErrors: number;
  /** The baseline is never below this many units, column by column. */
  readonly floorUnits: readonly number[];
  /**
   * Whether days before an entity was first seen count as zero. They do for destinations, whose novelty is
   * the point; they do not for hosts and paths, which are bought and switched on.
   */
  readonly zeroBeforeBirth: boolean;
  /** Columns (of PATIENT_STATISTICS) that also carry a z-bet: stable pooled counts and totals. */
  readonly zColumns: readonly number[];
  /** Bytes a day below which levels are alike to the scores of habits. */
  readonly habitUnit: number;
}

/**
 * The first week of a ledger from which each column means what it says: at first every pair is new, and
 * stays so for 60 days.
 */
export const EARLIEST_WEEKS: readonly number[] = [0, 0, 0, 0, 9, 9, 9, 9, 2, 9, 0];

const ALL_COLUMNS = PATIENT_STATISTICS.map((_, column) => column);
const COUNT_COLUMNS = [8, 9];
const TWO_UNITS = ALL_COLUMNS.map(() => 2);
// One pair of a host can show at most one clip a day: the floor must be well below it, most of all where clips are large.
const HOST_FLOORS = [0.5, 0.5, 0.2, 0.2, 0.5, 0.5, 0.2, 0.2, 0.5, 0.5, 0.2];

/** The rules of each family; the values are those of the method's prototype (docs/method.md). */
export const RULES: Readonly<Record<Family, FamilyRules>> = {
  host: {
    tolerance: 0.3,
    standardErrors: 1,
    floorUnits: HOST_FLOORS,
    zeroBeforeBirth: false,
    zColumns: COUNT_COLUMNS,
    habitUnit: 1e6,
  },
  principal: {
    tolerance: 0.3,
    standardErrors: 1,
    floorUnits: HOST_FLOORS,
    zeroBeforeBirth: false,
    zColumns: COUNT_COLUMNS,
    habitUnit: 1e6,
  },
  tenant: {
    tolerance: 0.3,
    standardErrors: 1,
    floorUnits: HOST_FLOORS,
    zeroBeforeBirth: false,
    zColumns: COUNT_COLUMNS,
    habitUnit: 1e6,
  },
  network: {
    tolerance: 0.3,
    standardErrors: 1,
    floorUnits: TWO_UNITS,
    zeroBeforeBirth: true,
    zColumns: COUNT_COLUMNS,
    habitUnit: 1e6,
  },
  as: {
    tolerance: 0.3,
    standardErrors: 1,
    floorUnits: TWO_UNITS,
    zeroBeforeBirth: true,
    zColumns: COUNT_COLUMNS,
    habitUnit: 1e6,
  },
  path: {
    tolerance: 0.15,
    standardErrors: 1,
    floorUnits: TWO_UNITS,
    zeroBeforeBirth: false,
    zColumns: ALL_COLUMNS,
    habitUnit: 1e9,
  },
  centre: {
    tolerance: 0.06,
    standardErrors: 0.5,
    floorUnits: TWO_UNITS,
    zeroBeforeBirth: false,
    zColumns: ALL_COLUMNS,
    habitUnit: 1e9,
  },
};

/** One kind of evidence with one threshold: a family, a statistic and a bet. */
export interface ChannelType {
  readonly family: Family;
  readonly statistic: Statistic | BalanceStatistic;
  readonly bet: Bet;
  /** Its share of the budget, relative to the other types'. */
  readonly weight: number;
  /** What a raw score is divided by before its logarithm: the number of values the bet is mixed over. */
  readonly mixture: number;
}

/** What one of a tenant's people does alone is seen of that person: its own channels are for what many do together. */
const PATIENT_WEIGHT: Readonly<Record<Family, number>> = {
  host: 1,
  principal: 1,
  tenant: 0.25,
  network: 1,
  as: 1,
  path: 1,
  centre: 1,
};

const LOUD_WEIGHT: Readonly<Record<Family, number>> = {
  host: 2,
  principal: 2,
  tenant: 0.25,
  network: 1,
  as: 1,
  path: 1,
  centre: 1,
};

const HABIT_WEIGHT: Readonly<Record<Family, number>> = {
  host: 5,
  principal: 6,
  tenant: 0.5,
  network: 5,
  as: 6,
  path: 1,
  centre: 1,
};

/**
 * Volumes have heavy tails: a threshold in bytes rises steeply as its share of the budget falls, one on evidence hardly.
 * What bytes beyond a habit are for is a host's or an identity's own.
 */
const SURPLUS_WEIGHT: Readonly<Record<Family, number>> = {
  host: 8,
  principal: 8,
  tenant: 0.5,
  network: 0.5,
  as: 0.5,
  path: 2,
  centre: 2,
};

/** Returns a family's channel types in the order of its columns: mean bets, z-bets, loud rules, habits, surpluses. */
export function channelTypes(family: Family): ChannelType[] {
  const patient = (column: number, bet: Bet, mixture: number): ChannelType => ({
    family,
    statistic: PATIENT_STATISTICS[column] as Statistic,
    bet,
    // Whoever comes to stay is the plainest sign of a patient theft.
    weight: (bet === 'z' && PATIENT_STATISTICS[column] === 'persistent' ? 3 : 1) * PATIENT_WEIGHT[family],
    mixture,
  });
  return [
    ...ALL_COLUMNS.map((column) => patient(column, 'mean', 6)),
    ...RULES[family].zColumns.map((column) => patient(column, 'z', 4)),
    ...LOUD_STATISTICS.map(
      (statistic): ChannelType => ({
        family,
        statistic,
        bet: 'loud',
        weight: LOUD_WEIGHT[family],
        mixture: 1,
      }),
    ),
    ...HABIT_STATISTICS.flatMap((statistic) =>
      HABIT_BETS.map(
        (bet): ChannelType => ({ family, statistic, bet, weight: HABIT_WEIGHT[family], mixture: 1 }),
      ),
    ),
    ...SURPLUS_BETS.map(
      (bet): ChannelType => ({ family, statistic: 'bytes', bet, weight: SURPLUS_WEIGHT[family], mixture: 1 }),
    ),
  ];
}
