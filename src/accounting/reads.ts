import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { FACT_COLUMNS } from '../records/families.ts';
import { MICROS_PER_DAY } from '../records/time.ts';
import { byName, ensureAccounts, isAccount } from './attribution/accounts.ts';
import { type DayRange, filesSql, microsOf } from './facts.ts';

/**
 * What was read from storage, by principal and UTC day.
 *
 * - Counted accesses: their bytes.
 * - Cumulative counters (Lustre job_stats): what a reading adds to the one before of the same counter, job and host, on
 *   the day of the later reading. A reading below the one before, or of a counter begun later, is one after a reset: all of
 *   it was added since. What was counted between the last reading and a reset is nowhere; `resets` counts how often.
 *   A counter's first reading counts as a whole; it is certain only where the counter is known to have begun since its
 *   target was read before, or that day, and may else lie before.
 * - Openings with a size: between nothing and the size. Openings without one are counted in `opensWithoutSize`: `high`
 *   is no bound where there are any.
 */
export interface StorageReads {
  /** By name where a directory says it, else as logged; by the job's principal where the access names a job alone; `unknown` where neither says. */
  readonly principal: string;
  /** Days since 1970. */
  readonly day: number;
  readonly bytesRead: { readonly low: bigint; readonly estimate: bigint; readonly high: bigint };
  readonly opensWithoutSize: number;
  readonly resets: number;
}

/** Record files: absolute paths. */
export interface ReadFiles {
  /** Accesses from COUNTER_LOOK_BACK_DAYS before the first day on. */
  readonly access: readonly string[];
  /** Jobs that name principals of accesses. */
  readonly job: readonly string[];
}

/** A counter that was not read for so long has been dropped: Lustre forgets a job after minutes without a request. */
export const COUNTER_LOOK_BACK_DAYS = 7;

/** An access may be logged so long before the clock of the scheduler says that its job began. */
const JOB_SLACK_MICROS = 300_000_000;

const number = z.bigint().transform(Number);
const readRow = z.object({
  principal: z.string(),
  day: number,
  low: z.bigint(),
  estimate: z.bigint(),
  high: z.bigint(),
  opensWithoutSize: number,
  resets: number,
});

/** Returns what was read on some days, sorted by principal and day; days and principals without reads are left out. */
export async function storageReads(db: Database, files: ReadFiles, days: DayRange): Promise<StorageReads[]> {
  await ensureAccounts(db);
  const rows = await db.rows(
    `SELECT principal, day, sum(low)::UBIGINT AS low, sum(estimate)::UBIGINT AS estimate, sum(high)::UBIGINT AS high,
      sum(opensWithoutSize)::UBIGINT AS opensWithoutSize, sum(resets)::UBIGINT AS resets
    FROM ${accessedSql(files, days)}
    GROUP BY ALL HAVING estimate > 0 OR high > 0 OR sum(opensWithoutSize) > 0 OR sum(resets) > 0 ORDER BY ALL`,
    readRow,
  );
  return rows.map(({ low, estimate, high, ...row }) => ({ ...row, bytesRead: { low, estimate, high } }));
}

/**
 * SQL for the accesses of some days: `principal`, `day`, what was read (`low`, `estimate`, `high`), `opensWithoutSize` and
 * `resets` as StorageReads has them; `written`, and whether a job that the scheduler knows did it (`byJob`). Counters go on
 * when a number gets a name. Needs openAccounts.
 */
export function accessedSql(files: ReadFiles, days: DayRange): string {
  const { from, to } = microsOf(days);
  const since = from - COUNTER_LOOK_BACK_DAYS * MICROS_PER_DAY;
  return `(WITH access AS (SELECT * FROM ${filesSql(files.access, FACT_COLUMNS.access)} WHERE startedAt >= ${since} AND startedAt < ${to}),
    counted AS (${COUNTED}), read AS (${READ} UNION ALL BY NAME ${NEWLY_READ}),
    job AS (${jobsSql(files.job)})
    SELECT coalesce(a.principal, r.principal, j.principal, 'unknown') AS principal, (r.startedAt // ${MICROS_PER_DAY})::BIGINT AS day,
      low, estimate, high, opensWithoutSize, resets, written, j.jobId IS NOT NULL AS byJob
    FROM (SELECT * FROM read WHERE startedAt >= ${from}) r
      ASOF LEFT JOIN job j ON coalesce(r.jobId, '') = j.jobId AND r.startedAt >= j.since
      LEFT JOIN account_span a ON ${isAccount('a', 'r')})`;
}

/** Readings of counters, each once however often it was logged, with the one before. */
const COUNTED = `SELECT *, lag(bytesRead) OVER w AS lastRead, lag(bytesWritten) OVER w AS lastWritten, lag(counterSince) OVER w AS lastSince,
    max(startedAt) OVER (PARTITION BY counter ORDER BY startedAt RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS targetRead
  FROM (SELECT counter, jobId, hostName, principal, startedAt, max(bytesRead) AS bytesRead, max(bytesWritten) AS bytesWritten, max(counterSince) AS counterSince
    FROM access WHERE counter IS NOT NULL AND bytesRead IS NOT NULL GROUP BY ALL)
  WINDOW w AS (PARTITION BY counter, jobId, hostName, principal ORDER BY startedAt)`;

const IS_RESET = '(bytesRead < lastRead OR coalesce(counterSince > lastSince, false))';
const ADDED = `CASE WHEN lastRead IS NULL OR ${IS_RESET} THEN bytesRead ELSE bytesRead - lastRead END`;
const WRITTEN = `CASE WHEN lastRead IS NULL OR lastWritten IS NULL OR bytesWritten < lastWritten OR ${IS_RESET} THEN bytesWritten ELSE bytesWritten - lastWritten END`;
/** Whether a counter's first reading lies on its day or behind a reading of its target. */
const IS_NEW = `(targetRead IS NOT NULL OR coalesce(counterSince // ${MICROS_PER_DAY} = startedAt // ${MICROS_PER_DAY}, false))`;

const NEWLY_READ = `SELECT principal, jobId, startedAt, CASE WHEN lastRead IS NULL AND NOT ${IS_NEW} THEN 0 ELSE ${ADDED} END AS low,
    ${ADDED} AS estimate, ${ADDED} AS high, 0 AS opensWithoutSize,
    CASE WHEN lastRead IS NOT NULL AND ${IS_RESET} THEN 1 ELSE 0 END AS resets, coalesce(${WRITTEN}, 0) AS written
  FROM counted`;

const READ = `SELECT principal, jobId, startedAt, CASE WHEN bytesReadIsBound THEN 0 ELSE coalesce(bytesRead, 0) END AS low,
    coalesce(bytesRead, 0) AS estimate, coalesce(bytesRead, 0) AS high,
    CASE WHEN operation = 'open' AND bytesRead IS NULL THEN 1 ELSE 0 END AS opensWithoutSize, 0 AS resets,
    coalesce(bytesWritten, 0) AS written
  FROM access WHERE counter IS NULL`;

/** SQL for jobs under every name that storage may know them by. */
function jobsSql(files: readonly string[]): string {
  const jobs = `(SELECT * FROM ${byName(filesSql(files, FACT_COLUMNS.job))} WHERE principal IS NOT NULL)`;
  const by = (name: string) =>
    `SELECT ${name} AS jobId, startedAt - ${JOB_SLACK_MICROS} AS since, min(principal) AS principal FROM ${jobs} WHERE ${name} IS NOT NULL GROUP BY ALL`;
  return `SELECT jobId, since, min(principal) AS principal FROM (${by('jobId')} UNION ALL ${by('rawId')}) GROUP BY ALL`;
}

/** What transfer services sent out of the centre for one principal on one UTC day. */
export interface TransfersOut {
  readonly principal: string;
  /** Days since 1970; a transfer counts on the day on which it ended. */
  readonly day: number;
  readonly bytesOut: bigint;
  readonly transfers: number;
}

const transferRow = z.object({
  principal: z.string(),
  day: number,
  bytesOut: z.bigint(),
  transfers: number,
});

/**
 * Returns what was sent on some days, sorted by principal and day. Bytes of files, as the services count them.
 * @param files files of transfers that meet the days.
 */
export async function transfersOut(
  db: Database,
  files: readonly string[],
  days: DayRange,
): Promise<TransfersOut[]> {
  const { from, to } = microsOf(days);
  await ensureAccounts(db);
  return db.rows(
    `SELECT coalesce(principal, 'unknown') AS principal, (endedAt // ${MICROS_PER_DAY})::BIGINT AS day,
      sum(bytes)::UBIGINT AS "bytesOut", count(*)::UBIGINT AS transfers
    FROM ${byName(filesSql(files, FACT_COLUMNS.transfer))}
    WHERE direction = 'out' AND endedAt >= ${from} AND endedAt < ${to} GROUP BY ALL ORDER BY ALL`,
    transferRow,
  );
}
