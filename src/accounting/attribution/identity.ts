import type { Database } from '../../ledger/duckdb/database.ts';
import type { Column } from '../../records/columns.ts';
import { FACT_COLUMNS } from '../../records/families.ts';
import { HOURS_PER_DAY, MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_SECOND } from '../../records/time.ts';
import { type DayRange, filesSql, type IdentityFamily, type IdentityFiles } from '../facts.ts';
import { byName, ensureAccounts } from './accounts.ts';

/**
 * How long something is believed to go on after the last line about it, when no line says that it ended. Each day so
 * depends on records of the days around it only, whichever days are built together.
 */
const LONGEST_SILENCE_DAYS = 7;
export const LONGEST_SILENCE_MICROS = LONGEST_SILENCE_DAYS * MICROS_PER_DAY;
/** A session of which only the begin is known. */
export const OPEN_SESSION_MICROS = HOURS_PER_DAY * MICROS_PER_HOUR;
/** A session that was listed as open, and in the next listing was not. */
export const LISTED_SESSION_MICROS = 600 * MICROS_PER_SECOND;
/** A session's own connection began no further from its log line than this, whatever the two clocks say. */
export const CLOCK_REACH_MICROS = 600 * MICROS_PER_SECOND;
/** A transfer's log and its connection may miss each other by this much. */
export const TRANSFER_SLACK_MICROS = 60 * MICROS_PER_SECOND;

/** How far before and after a day records can lie that say who was there, in days. */
const REACH: Readonly<Record<IdentityFamily, { readonly before: number; readonly after: number }>> = {
  session: { before: LONGEST_SILENCE_DAYS + 1, after: LONGEST_SILENCE_DAYS + 1 },
  lease: { before: LONGEST_SILENCE_DAYS + 1, after: 1 },
  job: { before: LONGEST_SILENCE_DAYS + 1, after: 1 },
  transfer: { before: 1, after: 1 },
};

/**
 * Puts the records of a family that can say who was there on some days into the table `identity_FAMILY`, each once,
 * however many days ask for it, its principals by name.
 */
export async function loadIdentity(
  db: Database,
  files: IdentityFiles,
  family: IdentityFamily,
  ranges: readonly DayRange[],
): Promise<void> {
  await ensureAccounts(db);
  const { before, after } = REACH[family];
  const apart = inOrder(ranges);
  const around = apart.map(({ fromDay, toDay }) => ({ fromDay: fromDay - before, toDay: toDay + after }));
  const paths = around.flatMap((days) => files(family, days));
  const columns: readonly Column[] = FACT_COLUMNS[family];
  const last = family === 'session' ? SESSION_LAST : 'greatest(startedAt, endedAt)';
  const within = around.map(
    ({ fromDay, toDay }) =>
      `(startedAt < ${(toDay + 1) * MICROS_PER_DAY} AND ${last} >= ${fromDay * MICROS_PER_DAY})`,
  );
  const read = byName(
    `(SELECT * FROM ${filesSql([...new Set(paths)].sort(), columns)} WHERE ${within.join(' OR ')})`,
  );
  if (family === 'session') await chooseSessions(db, read, apart);
  else await db.run(`CREATE OR REPLACE TEMP TABLE identity_${family} AS SELECT DISTINCT * FROM ${read}`);
}

/** When a line about a session was last true. */
const SESSION_LAST = 'greatest(startedAt, endedAt, observedAt)';
/** What the lines of a session have in common: its uid, and where they say it the client's address and port. */
const BY_UID = `hash(sensor, kind, server, coalesce(uid, concat_ws(' ', '-', principal, outerHi, outerLo, outerPort)))`;
const BY_CLIENT =
  'CASE WHEN outerPort IS NOT NULL THEN hash(sensor, kind, server, outerHi, outerLo, outerPort) END';

/** Returns the days of some ranges as ranges that do not meet, ascending. */
function inOrder(ranges: readonly DayRange[]): DayRange[] {
  const apart: DayRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.fromDay - b.fromDay)) {
    const last = apart.at(-1);
    if (last && range.fromDay <= last.toDay + 1)
      apart[apart.length - 1] = { fromDay: last.fromDay, toDay: Math.max(last.toDay, range.toDay) };
    else apart.push(range);
  }
  return apart;
}

/**
 * Keeps the lines that can say something of some days: those with a moment there; those before of what was still open then and
 * whose last line is not so old that it cannot last until then; and those after that end what was begun by then and no line
 * has begun since. Most sessions of the weeks around were over by then, or had not begun: joining their lines would cost
 * more than the day itself.
 */
async function chooseSessions(db: Database, read: string, ranges: readonly DayRange[]): Promise<void> {
  await db.run(`CREATE OR REPLACE TEMP TABLE session_line AS
    SELECT *, ${SESSION_LAST} AS upTo, ${BY_UID} AS byUid, ${BY_CLIENT} AS byClient FROM ${read}`);
  const order = `(upTo, CASE event WHEN 'begin' THEN 0 WHEN 'snapshot' THEN 1 ELSE 2 END)`;
  const near = ranges.map(({ fromDay, toDay }) => {
    const from = fromDay * MICROS_PER_DAY - MICROS_PER_HOUR;
    const to = (toDay + 1) * MICROS_PER_DAY + MICROS_PER_HOUR;
    const ends = (key: string) =>
      `(SELECT ${key} AS key, coalesce(arg_max(event, ${order}) FILTER (upTo < ${from}) <> 'end', false) AS isOpen,
         coalesce(arg_min(event, ${order}) FILTER (startedAt > ${to}) <> 'begin', false) AS isEnding, max(upTo) AS lastAt, min(startedAt) AS firstAt
        FROM session_line WHERE ${key} IS NOT NULL GROUP BY 1)`;
    const both = (name: string) => `u.${name} AND coalesce(c.${name}, true)`;
    return `SELECT l.* FROM session_line l JOIN ${ends('byUid')} u ON u.key = l.byUid LEFT JOIN ${ends('byClient')} c ON c.key = l.byClient
      WHERE (upTo >= ${from} AND startedAt <= ${to})
        OR (upTo < ${from} AND ${both('isOpen')} AND greatest(u.lastAt, c.lastAt) >= ${from - OPEN_SESSION_MICROS})
        OR (startedAt > ${to} AND ${both('isEnding')} AND least(u.firstAt, c.firstAt) <= ${to})`;
  });
  await db.run(`CREATE OR REPLACE TEMP TABLE identity_session AS
    SELECT DISTINCT * EXCLUDE (upTo, byUid, byClient) FROM (${near.join(' UNION ALL ')})`);
  await db.run('DROP TABLE session_line');
}

/** SQL that holds for a principal that says something. */
export function isNamed(principal: string): string {
  return `coalesce(${principal}, '') NOT IN ('', 'unknown')`;
}
