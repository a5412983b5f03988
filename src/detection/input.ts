/** What detection is told: exact integers per day, family and entity. The ledger fills these types from SQL. */
import type { DAY_FAMILIES, DAY_STATISTICS } from '../records/day-statistics.ts';

/** A kind of entity. Families are judged apart, each against its own history and its own peers. */
export type Family = (typeof DAY_FAMILIES)[number];

/** What is measured of an entity on a day. */
export type Statistic = (typeof DAY_STATISTICS)[number];

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

/** One UTC day of the whole centre. Days must be given in order; a day without data is given as well. */
export interface DayStatistics {
  /** Days since 1970-01-01 UTC. */
  readonly day: number;
  /** Share of the day that the sensors observed, 0 to 1. Under 0.5 the day is neither judged nor learned. */
  readonly coverage: number;
  /** When the last of the day's data had arrived, microseconds UTC: becomes a lead's `detectedAtMicros`. */
  readonly arrivedThroughMicros: number;
  readonly families: readonly FamilyDay[];
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
  readonly bytesOut: number;
  /** The day on which the pair was first seen at all. */
  readonly firstDay: number;
}
