import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { FACT_COLUMNS } from '../records/families.ts';
import { sqlTextList } from '../records/sql-text.ts';
import { MICROS_PER_HOUR } from '../records/time.ts';
import { type DayRange, filesSql, microsOf } from './facts.ts';

/** Hours since 1970 in which a sensor wrote a record. */
export type HoursOfSensor = ReadonlyMap<string, ReadonlySet<number>>;

const number = z.bigint().transform(Number);
const sumRow = z.object({ within: z.bigint(), touching: z.bigint(), longestMicros: number });
const hourRow = z.object({ sensor: z.string(), hour: number });

/** What transfers moved in some days. */
export interface Transferred {
  /** Bytes of those that ended then. */
  readonly within: bigint;
  /** Bytes of all that had a moment then: no more can have been moved. */
  readonly touching: bigint;
  /** How long the longest in the files took: so long may one go on before it is logged. */
  readonly longestMicros: number;
}

/**
 * Returns what transfers that some sensors logged moved, in whichever direction.
 * @param files files of transfers that may hold such.
 */
export async function transferredBytes(
  db: Database,
  files: readonly string[],
  sensors: readonly string[],
  days: DayRange,
): Promise<Transferred> {
  const { from, to } = microsOf(days);
  const [sums] = await db.rows(
    `SELECT coalesce(sum(bytes) FILTER (endedAt >= ${from} AND endedAt < ${to}), 0)::UBIGINT AS within,
      coalesce(sum(bytes) FILTER (endedAt >= ${from} AND startedAt < ${to}), 0)::UBIGINT AS touching,
      greatest(coalesce(max(endedAt - startedAt), 0), 0)::BIGINT AS longestMicros
    FROM ${filesSql(files, FACT_COLUMNS.transfer)} WHERE list_contains(${sqlTextList(sensors)}, sensor)`,
    sumRow,
  );
  return sums ?? { within: 0n, touching: 0n, longestMicros: 0 };
}

/** Returns the hours of some days in which each sensor wrote a transfer down: those in which one ended. */
export function transferHours(
  db: Database,
  files: readonly string[],
  days: DayRange,
): Promise<HoursOfSensor> {
  return hoursOf(db, filesSql(files, FACT_COLUMNS.transfer), ['endedAt'], days);
}

/** Returns the hours of some days in which each sensor wrote an access to storage down. */
export function accessHours(db: Database, files: readonly string[], days: DayRange): Promise<HoursOfSensor> {
  return hoursOf(db, filesSql(files, FACT_COLUMNS.access), ['startedAt', 'endedAt'], days);
}

async function hoursOf(
  db: Database,
  source: string,
  moments: readonly string[],
  days: DayRange,
): Promise<HoursOfSensor> {
  const { from, to } = microsOf(days);
  const signs = moments.map((name) => `SELECT sensor, ${name} AS moment FROM ${source}`);
  const rows = await db.rows(
    `SELECT DISTINCT sensor, (moment // ${MICROS_PER_HOUR})::BIGINT AS hour FROM (${signs.join(' UNION ALL ')})
    WHERE moment >= ${from} AND moment < ${to} ORDER BY ALL`,
    hourRow,
  );
  const hours = new Map<string, Set<number>>();
  for (const { sensor, hour } of rows) {
    const known = hours.get(sensor);
    if (known) known.add(hour);
    else hours.set(sensor, new Set([hour]));
  }
  return hours;
}
