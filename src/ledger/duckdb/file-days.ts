import { z } from 'zod';
import { IS_LONG } from '../../records/long-flow.ts';
import { sqlText, sqlTextList } from '../../records/sql-text.ts';
import { MICROS_PER_DAY } from '../../records/time.ts';
import type { Database } from './database.ts';

const dayRow = z.object({ day: z.bigint().transform(Number) });

/** Returns the UTC days that the records of a file touch, ascending. */
export async function daysOfFile(db: Database, path: string, family: string): Promise<number[]> {
  const source = `read_parquet(${sqlText(path)})`;
  const first = `startedAt // ${MICROS_PER_DAY}`;
  const ended = '(startedAt + greatest(coalesce(durationMicros, 0), 0))';
  const days =
    family === 'flow' || family === 'long'
      ? `SELECT unnest(range("first", "last" + 1)) AS day FROM (SELECT DISTINCT ${first} AS "first", ${ended} // ${MICROS_PER_DAY} AS "last" FROM ${source})`
      : `SELECT ${first} AS day FROM ${source}`;
  const rows = await db.rows(`SELECT DISTINCT day FROM (${days}) ORDER BY day`, dayRow);
  return rows.map(({ day }) => day);
}

/** Writes the long flows of a file to a file of their own; returns how many. */
export async function writeLong(db: Database, flowPath: string, longPath: string): Promise<number> {
  const result = await db.connection.runAndReadAll(
    `COPY (SELECT * FROM read_parquet(${sqlText(flowPath)}) WHERE ${IS_LONG})
     TO ${sqlText(longPath)} (FORMAT parquet, COMPRESSION lz4, PARQUET_VERSION v2)`,
  );
  return Number(result.getRowsJS()[0]?.[0] ?? 0);
}

/**
 * Returns the days on which known facts of the same connections as some new long flows lie: a snapshot that
 * arrives late moves bytes between days it does not touch itself.
 */
export async function daysOfSameConnections(
  db: Database,
  newFiles: readonly string[],
  knownFiles: readonly string[],
): Promise<number[]> {
  if (newFiles.length === 0 || knownFiles.length === 0) return [];
  const ended = '(startedAt + greatest(coalesce(durationMicros, 0), 0))';
  const rows = await db.rows(
    `SELECT DISTINCT unnest(range(startedAt // ${MICROS_PER_DAY}, ${ended} // ${MICROS_PER_DAY} + 1)) AS day
     FROM read_parquet(${sqlTextList(knownFiles)}, union_by_name=true)
     WHERE (sensor, uid) IN (SELECT (sensor, uid) FROM read_parquet(${sqlTextList(newFiles)}, union_by_name=true)) ORDER BY day`,
    dayRow,
  );
  return rows.map(({ day }) => day);
}
