import {
  CELL_COLUMNS,
  COVERAGE_COLUMNS,
  type Column,
  columnList,
  FLOW_COLUMNS,
  sqlType,
} from '../records/columns.ts';
import { ENDED, LASTED } from '../records/flow-time.ts';
import { IS_LONG, LONG_MICROS } from '../records/long-flow.ts';
import { sqlTextList } from '../records/sql-text.ts';
import { MICROS_PER_DAY } from '../records/time.ts';
import { type Direction, isPlainSql, ORIGINATOR, type Payload, payloadOf, RESPONDER } from './payload.ts';
import type { Perspective } from './perspective.ts';
import { widened } from './sampling.ts';

/** The record files a build may read, by family: absolute paths. */
export interface FactFiles {
  /** All flows; those of an hour and more and all snapshots are in `long` as well. */
  readonly flow: readonly string[];
  /** Returns the files that hold long flows with a moment in the given days. */
  readonly long: (range: DayRange) => readonly string[];
  readonly given: readonly string[];
  readonly coverage: readonly string[];
  /** Returns the files that say who was where on the given days. */
  readonly identity: IdentityFiles;
  /** Returns the files of what logs of NAT say that connections were seen as, on the given days. */
  readonly translation?: (days: DayRange) => readonly string[];
  /** Returns the files of all flows with a moment in the given days. */
  readonly flowOn?: (days: DayRange) => readonly string[];
  /** Set by a build that knows from relays' logs who really talked. */
  readonly real?: RealFlows;
}

/** Relations of flows with the ends of those that really talk in place of addresses that stand for others. */
export interface RealFlows {
  readonly flow: string;
  readonly long: (files: readonly string[]) => string;
}

/** SQL for all flows that a build may read, between those that really talk. */
export function flowSql({ flow, real }: FactFiles): string {
  return real?.flow ?? filesSql(flow, FLOW_COLUMNS);
}

/** SQL for the long ones among the flows of files, likewise. */
export function longSql({ real }: FactFiles, files: readonly string[]): string {
  return real?.long(files) ?? filesSql(files, FLOW_COLUMNS);
}

/** Families of records that say who was where. */
export const IDENTITY_FAMILIES = ['session', 'lease', 'job', 'transfer'] as const;
/** One of them. */
export type IdentityFamily = (typeof IDENTITY_FAMILIES)[number];

/** Returns the files of a family, or of directories of user numbers, whose records meet some days. */
export type IdentityFiles = (family: IdentityFamily | 'account', days: DayRange) => readonly string[];

/** The UTC days a build covers: from the first to the last, both included. */
export interface DayRange {
  readonly fromDay: number;
  readonly toDay: number;
}

/** All days: what is valid until further notice is asked for whole, so that a day does not depend on those asked with it. */
export const EVER: DayRange = { fromDay: -1_000_000, toDay: 1_000_000 };

/** First microsecond of a range of days, and the first after it. */
export function microsOf({ fromDay, toDay }: DayRange): { from: number; to: number } {
  return { from: fromDay * MICROS_PER_DAY, to: (toDay + 1) * MICROS_PER_DAY };
}

/** Returns the relation of Parquet files of one record; without files one of no rows. */
export function filesSql(files: readonly string[], columns: readonly Column[]): string {
  if (files.length > 0) {
    const read = `SELECT * FROM read_parquet(${sqlTextList(files)}, union_by_name=true)`;
    // Cells of sealed days stay as an earlier version built them, and so do records: columns that it did not know are unset.
    const typed =
      columns === CELL_COLUMNS || columns === COVERAGE_COLUMNS
        ? `${read} UNION ALL BY NAME SELECT * FROM ${filesSql([], columns)}`
        : read;
    return `(SELECT ${columnList(columns)} FROM (${typed}))`;
  }
  return `(SELECT ${columns.map(({ name, type }) => `NULL::${sqlType(type)} AS "${name}"`).join(', ')} WHERE false)`;
}

/**
 * Returns flows as logged, extended with `lastedMicros` and the zones of both ends.
 * @param where SQL over the flow columns.
 */
export function factSql(source: string, perspective: Perspective, where: string): string {
  return `SELECT *, ${perspective.origZone} AS origZone, ${perspective.respZone} AS respZone
    FROM (SELECT *, ${LASTED} AS lastedMicros FROM ${source} WHERE ${where})`;
}

/** SQL that keeps flows with a moment in the range, widened by an hour on both sides. */
export function overlapsSql(range: DayRange): string {
  const { from, to } = microsOf(range);
  return `startedAt < ${to + LONG_MICROS} AND ${ENDED} >= ${from - LONG_MICROS}`;
}

/**
 * SQL that keeps flows that are not long and have a moment in the widened range. None of them began more than two hours
 * before it: a bound on the column itself lets the reader skip what lies further back.
 */
export function shortSql(range: DayRange): string {
  return `NOT ${IS_LONG} AND startedAt >= ${microsOf(range).from - 2 * LONG_MICROS} AND ${overlapsSql(range)}`;
}

/**
 * Returns facts as accounting sees them: kind, path, the two ends as host and network, and the payload of
 * both directions as `out`, `outLow`, `outHigh`, `in`, and IP bytes out.
 */
export function viewedSql(facts: string, perspective: Perspective): string {
  const seen = (direction: Direction) => {
    const payload = payloadOf(direction, 'mostBytes');
    return perspective.sampling ? widened(payload, direction, perspective.sampling) : payload;
  };
  const orig = seen(ORIGINATOR);
  const resp = seen(RESPONDER);
  const ipBytes = (column: string) =>
    perspective.sampling ? `${column} * ${perspective.sampling.factor}` : column;
  const plain = (outer: string, inner: string) =>
    `WHEN isPlain THEN CASE WHEN origInner THEN ${outer} ELSE ${inner} END::BIGINT`;
  const outward = (part: keyof Payload) =>
    `CASE ${plain('origBytes', 'respBytes')} WHEN origInner THEN ${orig[part]} ELSE ${resp[part]} END`;
  return `
    SELECT * REPLACE (kind::UTINYINT AS kind), ${perspective.path}::UTINYINT AS path,
      ${perspective.hostKey}::UBIGINT AS hostKey, ${perspective.networkKey}::UBIGINT AS networkKey,
      coalesce(service, coalesce(proto, 'unknown') || '/' ||
        CASE WHEN respPort >= 49152 THEN 'ephemeral' ELSE respPort::VARCHAR END) AS serviceName,
      (${outward('estimate')})::BIGINT AS "out", (${outward('low')})::BIGINT AS outLow, (${outward('high')})::BIGINT AS outHigh,
      (CASE ${plain('respBytes', 'origBytes')} WHEN origInner THEN ${resp.estimate} ELSE ${orig.estimate} END)::BIGINT AS "in",
      coalesce(CASE WHEN origInner THEN ${ipBytes('origIpBytes')} ELSE ${ipBytes('respIpBytes')} END, 0)::BIGINT AS ipOut
    FROM (SELECT *, ${perspective.sampling ? 'false' : isPlainSql('mostBytes')} AS isPlain
      FROM (SELECT *, ${perspective.kind} AS kind, ${perspective.origInner} AS origInner, ${perspective.mostBytes} AS mostBytes
        FROM (${facts})))`;
}
