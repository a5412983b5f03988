import { z } from 'zod';
import { hasEnd } from '../../records/families.ts';
import { TUPLE } from '../../records/flow-ends.ts';
import { ENDED } from '../../records/flow-time.ts';
import { IS_LONG } from '../../records/long-flow.ts';
import { sqlText, sqlTextList } from '../../records/sql-text.ts';
import { MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_SECOND } from '../../records/time.ts';
import type { Database } from './database.ts';

/** A day of another time zone ends on the next UTC day. */
const GIVEN_END = `(startedAt + hours * ${MICROS_PER_HOUR} - 1)`;

/** The end of time: 2100 (values.ts takes no later one). */
const LAST_MICROS = 4_102_444_800_000_000;

const dayRow = z.object({ day: z.bigint().transform(Number) });

/** Returns the UTC days that the records of a file touch, ascending. */
export async function daysOfFile(db: Database, path: string, family: string): Promise<number[]> {
  const source = `read_parquet(${sqlText(path)})`;
  const first = `startedAt // ${MICROS_PER_DAY}`;
  const days = `SELECT unnest(range("first", "last" + 1)) AS day
    FROM (SELECT DISTINCT ${first} AS "first", ${endOf(family)} // ${MICROS_PER_DAY} AS "last" FROM ${source})`;
  const rows = await db.rows(`SELECT DISTINCT day FROM (${days}) ORDER BY day`, dayRow);
  return rows.map(({ day }) => day);
}

/** SQL for the last moment a record of a family has to do with. */
function endOf(family: string): string {
  if (family === 'flow' || family === 'long') return ENDED;
  if (family === 'given') return GIVEN_END;
  // Who belongs to whom, and whose a number is, holds until further notice, however old the record of it.
  if (family === 'member' || family === 'account')
    return `greatest(startedAt, coalesce(endedAt - 1, ${LAST_MICROS}))`;
  if (family === 'session') return 'greatest(startedAt, endedAt, observedAt)';
  if (family === 'translation') return 'endedAt';
  return hasEnd(family) ? 'greatest(startedAt, coalesce(endedAt, startedAt))' : 'startedAt';
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
 * Returns the days of known connections that new flows have to do with: a late snapshot moves bytes between
 * days, a late copy takes a whole connection out, also on days that the new flows do not touch themselves.
 * Only connections that last over a midnight have such days, and those still open shortly before one: that
 * they are lost is told on the next day.
 * @param knownFlows files of flows and of long flows that may hold such connections; rows may come twice.
 */
export async function daysOfRelated(
  db: Database,
  newFlows: readonly string[],
  knownFlows: readonly string[],
): Promise<number[]> {
  if (newFlows.length === 0 || knownFlows.length === 0) return [];
  const columns = `${TUPLE} AS tuple, startedAt, ${ENDED} AS endedAt, snapshot`;
  const lastDay = `(endedAt + CASE WHEN snapshot THEN ${MICROS_PER_HOUR} ELSE 0 END) // ${MICROS_PER_DAY}`;
  const read = (paths: readonly string[]) =>
    `SELECT ${columns} FROM read_parquet(${sqlTextList(paths)}, union_by_name=true)`;
  const rows = await db.rows(
    `WITH known AS (SELECT *, startedAt // ${MICROS_PER_DAY} AS firstDay, ${lastDay} AS lastDay
       FROM (${read(knownFlows)}) WHERE startedAt // ${MICROS_PER_DAY} < ${lastDay})
     SELECT DISTINCT unnest(range(k.firstDay, k.lastDay + 1)) AS day
     FROM known k JOIN (SELECT * FROM (${read(newFlows)}) WHERE tuple IN (SELECT tuple FROM known)) n
       ON n.tuple = k.tuple AND n.startedAt <= k.endedAt + ${MICROS_PER_SECOND} AND k.startedAt <= n.endedAt + ${MICROS_PER_SECOND}
     ORDER BY day`,
    dayRow,
  );
  return rows.map(({ day }) => day);
}
