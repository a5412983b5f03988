import { sqlText } from '../../records/sql-text.ts';
import { MICROS_PER_HOUR } from '../../records/time.ts';
import type { Reading } from '../../sources/format.ts';
import type { Field } from '../../sources/relation.ts';
import type { Database } from './database.ts';
import type { WrittenFile } from './written-chunk.ts';

/** A number smaller than the one before by more than this began anew; by less, its line came late. */
export const BEGUN_ANEW = 10_000;

/**
 * Writes which numbers the lines in `mixed_line` bear, read or left alone: a row for each run of them within an hour.
 * Returns its file; undefined for logs that do not number their lines.
 */
export async function writeNumbers(
  db: Database,
  { numbered }: Reading,
  field: Field,
  sensor: string,
  path: string,
): Promise<WrittenFile | undefined> {
  if (!numbered) return undefined;
  const told = numbered(field);
  const inOrder = 'OVER (PARTITION BY series ORDER BY staged';
  const written = await db.connection.runAndReadAll(
    `COPY (WITH told AS (SELECT staged, coalesce(${told.series}, '') AS series, TRY_CAST(${told.number} AS UBIGINT) AS number, ${told.at} AS loggedAt
         FROM mixed_line WHERE valid),
       stepped AS (SELECT *, coalesce(number + ${BEGUN_ANEW} < lag(number) ${inOrder}), false) AS anew
         FROM told WHERE number < ${Number.MAX_SAFE_INTEGER} AND loggedAt IS NOT NULL)
       SELECT min(loggedAt) AS startedAt, max(loggedAt) AS endedAt, ${sqlText(sensor)} AS sensor, series,
         min(number) AS firstNumber, max(number) AS lastNumber, count(DISTINCT number)::UBIGINT AS lines
       FROM (SELECT *, sum(anew::INTEGER) ${inOrder} ROWS UNBOUNDED PRECEDING) AS run FROM stepped)
       GROUP BY series, run, loggedAt // ${MICROS_PER_HOUR} ORDER BY series, startedAt, firstNumber)
     TO ${sqlText(path)} (FORMAT parquet, COMPRESSION lz4, PARQUET_VERSION v2)`,
  );
  return { family: 'numbers', path, rows: Number(written.getRowsJS()[0]?.[0] ?? 0) };
}
