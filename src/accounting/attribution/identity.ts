import type { Database } from '../../ledger/duckdb/database.ts';
import type { Column } from '../../records/columns.ts';
import { FACT_COLUMNS } from '../../records/families.ts';
import { HOURS_PER_DAY, MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_SECOND } from '../../records/time.ts';
import { type DayRange, filesSql, type IdentityFamily, type IdentityFiles } from '../facts.ts';

/**
 * How long something is believed to go on after the last line about it, when no line says that it ended. Each day so
 * depends on records of the days around it only, whichever days are built together.
 */
export const LONGEST_SILENCE_DAYS = 7;
export const LONGEST_SILENCE_MICROS = LONGEST_SILENCE_DAYS * MICROS_PER_DAY;
/** A session of which only the begin is known. */
export const OPEN_SESSION_MICROS = HOURS_PER_DAY * MICROS_PER_HOUR;
/** A session that was listed as open, and in the next listing was not. */
export const LISTED_SESSION_MICROS = 600 * MICROS_PER_SECOND;
/** A session's own connection began no further from its log line than this, whatever the two clocks say. */
export const CLOCK_REACH_MICROS = 600 * MICROS_PER_SECOND;
/** A transfer's log and its connection may miss each other by this much. */
export const TRANSFER_SLACK_MICROS = 60 * MICROS_PER_SECOND;

/** Returns the days whose records can say who was there on some days. */
function daysAround({ fromDay, toDay }: DayRange): DayRange {
  return { fromDay: fromDay - LONGEST_SILENCE_DAYS - 1, toDay: toDay + LONGEST_SILENCE_DAYS + 1 };
}

/**
 * Puts the records of a family around some days into the table `identity_FAMILY`, each once, however many days ask
 * for it.
 */
export async function loadIdentity(
  db: Database,
  files: IdentityFiles,
  family: IdentityFamily,
  ranges: readonly DayRange[],
): Promise<void> {
  const around = ranges.map(daysAround);
  const paths = around.flatMap((days) => files(family, days));
  const columns: readonly Column[] = FACT_COLUMNS[family];
  const last =
    family === 'session' ? 'greatest(startedAt, endedAt, observedAt)' : 'greatest(startedAt, endedAt)';
  const within = around.map(
    ({ fromDay, toDay }) =>
      `(startedAt < ${(toDay + 1) * MICROS_PER_DAY} AND ${last} >= ${fromDay * MICROS_PER_DAY})`,
  );
  await db.run(
    `CREATE OR REPLACE TEMP TABLE identity_${family} AS
     SELECT DISTINCT * FROM ${filesSql([...new Set(paths)].sort(), columns)} WHERE ${within.join(' OR ')}`,
  );
}

/** SQL that holds for a principal that says something. */
export function isNamed(principal: string): string {
  return `coalesce(${principal}, '') NOT IN ('', 'unknown')`;
}
