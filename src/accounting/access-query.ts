import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { FACT_COLUMNS } from '../records/families.ts';
import { type DayRange, filesSql, microsOf } from './facts.ts';

const readerRow = z.object({
  principal: z.string(),
  bytesRead: z.bigint(),
  boundBytes: z.bigint(),
  unsized: z.bigint().transform(Number),
});
/**
 * What one identity read of storage. `boundBytes` of `bytesRead` are sizes of files that were opened: the most that can
 * have been read. `unsized` reads are logged without any size.
 */
export type ReaderRow = z.infer<typeof readerRow>;

/**
 * Returns what storage logs say was read in some days, by identity, the heaviest first. An access that reaches into them
 * counts whole: what was read before cannot be told apart.
 */
export function readsByPrincipal(
  db: Database,
  files: readonly string[],
  days: DayRange,
): Promise<ReaderRow[]> {
  const { from, to } = microsOf(days);
  return db.rows(
    `SELECT coalesce(principal, 'unknown') AS principal, coalesce(sum(bytesRead), 0)::UBIGINT AS bytesRead,
       coalesce(sum(bytesRead) FILTER (WHERE bytesReadIsBound), 0)::UBIGINT AS boundBytes,
       count(*) FILTER (WHERE bytesRead IS NULL AND operation <> 'write')::UBIGINT AS unsized
     FROM ${filesSql(files, FACT_COLUMNS.access)}
     WHERE startedAt < ${to} AND coalesce(endedAt, startedAt) >= ${from}
       AND (bytesRead IS NOT NULL OR operation <> 'write')
     GROUP BY 1 ORDER BY bytesRead DESC, principal`,
    readerRow,
  );
}
