/** What detection is told: exact integers per day, family and entity. The ledger fills these types from SQL. */

/** A kind of entity. Families are judged apart, each against its own history and its own peers. */
export type Family = 'host' | 'principal' | 'network' | 'as' | 'path' | 'centre';

/** All families, in the order in which a day is judged. */
export const FAMILIES: readonly Family[] = ['host', 'principal', 'network', 'as', 'path', 'centre'];

/** What is measured of an entity on a day; all are exact integers below 2^53, in bytes or in pairs. */
export type Statistic =
  /** All egress of the day. */
  | 'bytes'
  /**
   * Σ min(x, c) over the entity's cells of the day, c = CLIP_BYTES[0..3]. A cell is a pair (host, network), for a
   * principal (principal, network); so are the pairs below.
   */
  | 'clip0'
  | 'clip1'
  | 'clip2'
  | 'clip3'
  /** The same over pairs first seen at most 60 days ago. */
  | 'novel0'
  | 'novel1'
  | 'novel2'
  | 'novel3'
  /** Pairs never seen before today. */
  | 'firstContacts'
  /** Novel pairs at least 7 days old that are active today. */
  | 'persistent'
  /** The entity's largest hour of the day. */
  | 'maxHourBytes'
  /** The largest sum of the day over one first-ever pair. */
  | 'largestFirstContactBytes';

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
