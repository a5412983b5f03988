import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { sqlTextList } from '../records/sql-text.ts';

const number = z.bigint().transform(Number);
const row = z.object({
  sensor: z.string(),
  hour: z.number(),
  records: number,
  reports: number,
  seen: number,
  lost: number,
});
/** What one sensor gave a sign of in one hour (coverage.ts). */
export type CoverageRow = z.infer<typeof row>;

/** Returns the coverage of build files, by sensor and hour. */
export async function coverageRows(db: Database, files: readonly string[]): Promise<CoverageRow[]> {
  if (files.length === 0) return [];
  return db.rows(
    `SELECT sensor, hour, sum(records)::UBIGINT AS records, sum(reports)::UBIGINT AS reports, sum(seen)::UBIGINT AS seen,
       sum(lost)::UBIGINT AS lost FROM read_parquet(${sqlTextList(files)}) GROUP BY sensor, hour ORDER BY sensor, hour`,
    row,
  );
}
