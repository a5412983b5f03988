import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { sqlTextList } from '../records/sql-text.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import type { DayRange } from './facts.ts';

const number = z.bigint().transform(Number);
const micros = z.bigint().transform(Number).nullable().optional();
const row = z.object({
  sensor: z.string(),
  hour: z.number(),
  records: number,
  reports: number,
  seen: number,
  lost: number,
  /** Of which time the sensor's reports speak, microseconds; unset where there are none, or an earlier version built the day. */
  reportedFrom: micros,
  reportedTo: micros,
  /** How much of it no report speaks of, and how much of it two of one node do. */
  unreportedMicros: micros,
  overlapMicros: micros,
  /** The longest time that one report speaks of. */
  longestMicros: micros,
});
/** What one sensor gave a sign of in one hour (coverage.ts). */
export type CoverageRow = z.infer<typeof row>;

/** Columns that cells of before 2026-12 have not. */
const SPOKEN = ['reportedFrom', 'reportedTo', 'unreportedMicros', 'overlapMicros', 'longestMicros'];

/** Returns the coverage of days by sensor and hour. The files may hold other days as well: they are merged by month. */
export async function coverageRows(
  db: Database,
  files: readonly string[],
  { fromDay, toDay }: DayRange,
): Promise<CoverageRow[]> {
  if (files.length === 0) return [];
  return db.rows(
    `SELECT sensor, hour, sum(records)::UBIGINT AS records, sum(reports)::UBIGINT AS reports, sum(seen)::UBIGINT AS seen,
       sum(lost)::UBIGINT AS lost, ${SPOKEN.map((name) => `any_value(${name}) AS ${name}`).join(', ')}
     FROM (SELECT * FROM read_parquet(${sqlTextList(files)}, union_by_name=true)
       UNION ALL BY NAME SELECT ${SPOKEN.map((name) => `NULL::BIGINT AS ${name}`).join(', ')} WHERE false)
     WHERE hour >= ${fromDay * HOURS_PER_DAY} AND hour < ${(toDay + 1) * HOURS_PER_DAY} GROUP BY sensor, hour ORDER BY sensor, hour`,
    row,
  );
}
