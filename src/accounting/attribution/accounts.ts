import { z } from 'zod';
import type { Database } from '../../ledger/duckdb/database.ts';
import { FACT_COLUMNS } from '../../records/families.ts';
import { MICROS_PER_DAY } from '../../records/time.ts';
import { type DayRange, EVER, filesSql, type IdentityFamily, type IdentityFiles } from '../facts.ts';

/**
 * Logs of storage, and some of jobs, name people by number, those of sessions by name. Directories say which name a number
 * is, and from when. Here the two become one, for whoever reads records with a principal; what no directory names stays the
 * number it is.
 */
const SPANS = 'account_span (uid VARCHAR, principal VARCHAR, since BIGINT, until BIGINT)';
/** Until further notice: behind any record. */
const EVER_MICROS = 8_000_000_000_000_000;

/**
 * SQL for which name a number is, and when: an entry holds to its end, at most to the next that its directory has of the
 * number. Where one directory has two names for it at once, or two directories do not agree, it is nobody's.
 */
function spansSql(files: readonly string[]): string {
  return `WITH told AS (SELECT sensor, uid, startedAt AS since, max(coalesce(endedAt, ${EVER_MICROS})) AS until,
      CASE WHEN count(DISTINCT principal) = 1 THEN min(principal) END AS principal
    FROM ${filesSql(files, FACT_COLUMNS.account)} GROUP BY sensor, uid, startedAt),
  turn AS (SELECT uid, principal, since,
      least(until, coalesce(lead(since) OVER (PARTITION BY sensor, uid ORDER BY since), ${EVER_MICROS})) AS until FROM told),
  marked AS (SELECT *, since > coalesce(max(until) OVER (PARTITION BY uid, principal ORDER BY since, until
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), since - 1) AS opens FROM turn WHERE principal IS NOT NULL),
  islands AS (SELECT *, sum(opens::INTEGER) OVER (PARTITION BY uid, principal ORDER BY since, until ROWS UNBOUNDED PRECEDING) AS island FROM marked),
  span AS (SELECT uid, principal, min(since) AS since, max(until) AS until FROM islands GROUP BY uid, principal, island),
  torn AS (SELECT DISTINCT a.uid FROM span a JOIN span b ON a.uid = b.uid AND a.principal < b.principal AND a.since < b.until AND b.since < a.until)
  SELECT * FROM span WHERE uid NOT IN (SELECT uid FROM torn)`;
}

/** Makes the table that `byName` looks numbers up in, of the records of directories. */
export async function openAccounts(db: Database, files: readonly string[]): Promise<void> {
  await db.run(`CREATE OR REPLACE TEMP TABLE ${SPANS}`);
  if (files.length > 0) await db.run(`INSERT INTO account_span ${spansSql(files)}`);
}

/** Makes an empty table of numbers unless openAccounts made one. */
export async function ensureAccounts(db: Database): Promise<void> {
  await db.run(`CREATE TEMP TABLE IF NOT EXISTS ${SPANS}`);
}

/** Returns the relation of records whose principals go by name where a directory names them at that time. Needs openAccounts. */
export function byName(relation: string): string {
  return `(SELECT r.* REPLACE (coalesce(a.principal, r.principal) AS principal) FROM ${relation} r LEFT JOIN account_span a ON ${isAccount('a', 'r')})`;
}

/** SQL that joins a row of `account_span` with the record whose principal it names. */
export function isAccount(account: string, record: string): string {
  return `${account}.uid = ${record}.principal AND ${account}.since <= ${record}.startedAt AND ${record}.startedAt < ${account}.until`;
}

/**
 * Returns the days from the first to the last record whose principal new directories name otherwise; undefined where they
 * name nobody anew.
 * @param families what is looked through for such records.
 */
export async function daysRenamed(
  db: Database,
  known: IdentityFiles,
  added: IdentityFiles,
  families: readonly IdentityFamily[],
): Promise<DayRange | undefined> {
  await openAccounts(db, known('account', EVER));
  await db.run('CREATE OR REPLACE TEMP TABLE account_before AS SELECT * FROM account_span');
  await openAccounts(db, [...known('account', EVER), ...added('account', EVER)]);
  await db.run(`CREATE OR REPLACE TEMP TABLE account_change AS
    SELECT uid AS principal, min(since) AS since, max(until) AS until FROM (
      (SELECT * FROM account_span EXCEPT SELECT * FROM account_before) UNION ALL (SELECT * FROM account_before EXCEPT SELECT * FROM account_span))
    GROUP BY uid`);
  const [changed] = await db.rows(
    `SELECT min(since) // ${MICROS_PER_DAY} AS "from" FROM account_change`,
    z.object({ from: z.bigint().nullable() }),
  );
  // Most dumps of a directory say what the one before said.
  const days =
    changed?.from == null ? undefined : await daysOfNumbers(db, known, added, families, Number(changed.from));
  for (const table of ['account_before', 'account_change', 'account_span'])
    await db.run(`DROP TABLE IF EXISTS ${table}`);
  return days;
}

/** Returns the days from the first to the last record of `account_change`, looked for from a day on. */
async function daysOfNumbers(
  db: Database,
  known: IdentityFiles,
  added: IdentityFiles,
  families: readonly IdentityFamily[],
  fromDay: number,
): Promise<DayRange | undefined> {
  const since = { ...EVER, fromDay };
  const renamed = families.map(
    (family) =>
      `SELECT r.startedAt FROM ${filesSql([...known(family, since), ...added(family, since)], FACT_COLUMNS[family])} r
       JOIN account_change c ON c.principal = r.principal AND r.startedAt >= c.since AND r.startedAt < c.until`,
  );
  const [row] = await db.rows(
    `SELECT min(startedAt) // ${MICROS_PER_DAY} AS "from", max(startedAt) // ${MICROS_PER_DAY} AS "to" FROM (${renamed.join(' UNION ALL ')})`,
    z.object({ from: z.bigint().nullable(), to: z.bigint().nullable() }),
  );
  return row?.from == null || row.to === null
    ? undefined
    : { fromDay: Number(row.from), toDay: Number(row.to) };
}
