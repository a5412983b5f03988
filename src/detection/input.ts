/** What detection is told: exact integers per day, family and entity. The ledger fills these types from SQL. */
import type { BALANCE_STATISTICS, DAY_FAMILIES, DAY_STATISTICS } from '../records/day-statistics.ts';

/** A kind of entity. Families are judged apart, each against its own history and its own peers. */
export type Family = (typeof DAY_FAMILIES)[number];

/** What is measured of an entity on a day. */
export type Statistic = (typeof DAY_STATISTICS)[number];

/** What a principal's mass balance comes to (balance.ts). */
export type BalanceStatistic = (typeof BALANCE_STATISTICS)[number];

/** The clip ladder in bytes: small clips see many small streams, large clips see few large ones. */
export const CLIP_BYTES: readonly [number, number, number, number] = [
  30_000_000, 300_000_000, 3_000_000_000, 30_000_000_000,
];

/** One day of one family: entities sorted by key; only those active that day; one value per entity. */
export interface FamilyDay {
  readonly family: Family;
  readonly entities: readonly string[];
  readonly statistics: Readonly<Record<Statistic, Float64Array>>;
}

/** What storage logs say of one day, by principal: parallel columns of exact integers, in bytes. */
export interface BalanceDay {
  /** Share of the day on which the storage logs that are usually there were there, 0 to 1. */
  readonly watched: number;
  /** Only those who read, wrote or brought in anything. */
  readonly principals: readonly string[];
  /** Written to storage, or brought in from outside. */
  readonly bytesMade: Float64Array;
  /** The most that can have been read. */
  readonly bytesReadMost: Float64Array;
  /** Read by no job that a scheduler knows. */
  readonly bytesReadFreely: Float64Array;
  /** Whose member somebody is, of those who sent, read or made anything, where a directory says. */
  readonly tenantOf: ReadonlyMap<string, string>;
}

/** What a principal did in the last fourteen weeks, and what of it a channel of the balance found beyond the usual; bytes. */
export interface BalanceAmounts {
  readonly out: number;
  readonly made: number;
  /** By no job. */
  readonly read: number;
  /** What is usual for it, a week: of what nothing covers, or of reads. */
  readonly usualAWeek: number;
  readonly tenant?: string;
}

/** One UTC day of the whole centre. Days must be given in order; a day without data is given as well. */
export interface DayStatistics {
  /** Days since 1970-01-01 UTC. */
  readonly day: number;
  /** Share of the day that the sensors observed, 0 to 1. Under 0.5 the day is neither judged nor learned. */
  readonly coverage: number;
  /** When the last of the day's data had arrived, microseconds UTC: becomes a lead's `detectedAtMicros`. */
  readonly arrivedThroughMicros: number;
  readonly families: readonly FamilyDay[];
  /** Undefined while the ledger has never held a storage log, and of a day that is still being logged. */
  readonly balance?: BalanceDay | undefined;
}

/** One entity's egress per day in bytes, day by day without gaps; NaN marks a day nobody watched. */
export interface DailySeries {
  readonly fromDay: number;
  readonly values: Float64Array;
}

/** One active day of one pair (host, network). */
export interface PairDay {
  readonly day: number;
  readonly host: string;
  readonly network: string;
  readonly as: string;
  readonly path: string;
  /** Who sent most of it; empty where no source says. */
  readonly principal: string;
  /** Whose that one was; undefined or empty where nothing says. */
  readonly tenant?: string;
  readonly bytesOut: number;
  /** The day on which the pair was first seen at all. */
  readonly firstDay: number;
}
