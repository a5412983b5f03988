import { z } from 'zod';
import type { Database } from '../../ledger/duckdb/database.ts';
import { TUPLE } from '../../records/flow-ends.ts';
import { ENDED } from '../../records/flow-time.ts';
import { MICROS_PER_DAY, MICROS_PER_SECOND } from '../../records/time.ts';
import type { Perspective } from '../perspective.ts';
import { CLOCK_REACH_MICROS } from './identity.ts';

/**
 * What flows say of logins where their log says nothing. Somebody of whom it has no line was present all the same: his own
 * connection is among the flows; where nearly all logins that the log has are found among them, one that must be a login, and
 * is in no line, is one that the log lacks. And whose own connection has ended is gone, though no line says so.
 */

/** sshd gives nobody longer than two minutes to log in (LoginGraceTime): what lasts longer has. */
const LOGGED_IN_MICROS = 150 * MICROS_PER_SECOND;
const SSH_PORT = 22;
/** Fewer logins of a host on a day do not show that its log and the flows agree. */
const LEAST_LOGINS = 5;
/** So many of them must be found: where a balancer changes ports, or flows are sampled, nobody is missing. */
const FOUND_SHARE = 0.9;

/** What the names of the nameless begin with; no line of text holds it, for readers refuse those that do. */
const MARK = 'chr(1)';

/** SQL that holds for a principal that stands for nobody known. */
export function isNameless(principal: string): string {
  return `starts_with(${principal}, ${MARK})`;
}

/**
 * Makes `nameless(machineKey, principal, since, until)`: logins on a day, or still alive on it, of which a host's log has no
 * line; and ends what `stay` has of sessions whose own connection ended on the day. Needs `stay`, `session_begin`,
 * `meeting`, `clock` and `early_flow`.
 */
export async function openNameless(
  db: Database,
  flows: string,
  day: number,
  { machineOf, isInside, isOutside }: Pick<Perspective, 'machineOf' | 'isInside' | 'isOutside'>,
): Promise<void> {
  const from = day * MICROS_PER_DAY;
  const onDay = (name: string) => `${name} >= ${from} AND ${name} < ${from + MICROS_PER_DAY}`;
  await db.run(
    'CREATE OR REPLACE TEMP TABLE nameless (machineKey UBIGINT, principal VARCHAR, since BIGINT, until BIGINT)',
  );
  const isFromOutside = isOutside('b.outerHi', 'b.outerLo');
  const hosts = await db.rows(
    `SELECT b.serverKey AS "machineKey", count(*) >= ${LEAST_LOGINS} AND count(m.found) >= ${FOUND_SHARE} * count(*) AS agrees
     FROM session_begin b LEFT JOIN (SELECT DISTINCT sensor, since, outerHi, outerLo, outerPort, true AS found FROM meeting) m
       ON m.sensor = b.sensor AND m.since = b.since AND m.outerHi = b.outerHi AND m.outerLo = b.outerLo AND m.outerPort = b.outerPort
     WHERE b.serverKey IS NOT NULL AND ${onDay('b.since')} AND ${isFromOutside} GROUP BY b.serverKey ORDER BY 1`,
    z.object({ machineKey: z.bigint(), agrees: z.boolean() }),
  );
  if (hosts.length === 0) return;
  const isLogin = `respPort = ${SSH_PORT} AND ${isInside('respHi', 'respLo')} AND ${isOutside('origHi', 'origLo')}`;
  await db.run(`CREATE OR REPLACE TEMP TABLE login_flow AS
    SELECT ${TUPLE} AS tuple, origHi, origLo, origPort, startedAt, ${ENDED} AS endedAt, NOT coalesce(snapshot, false) AS isClosed,
      ${machineOf('respHi', 'respLo')} AS machineKey FROM ${flows} WHERE ${onDay('startedAt')} AND ${isLogin}
    UNION ALL SELECT tuple, origHi, origLo, origPort, startedAt, endedAt, false, ${machineOf('respHi', 'respLo')} FROM early_flow WHERE ${isLogin}`);
  await db.run(END_WITH_CONNECTION);
  const agreeing = hosts.flatMap(({ machineKey, agrees }) => (agrees ? [machineKey] : []));
  if (agreeing.length === 0) return;
  // An exporter may tell of one connection in parts: none that any line speaks of is nameless, whenever it began.
  await db.run(`INSERT INTO nameless
    SELECT machineKey, ${MARK} || tuple || ' ' || startedAt, startedAt, max(endedAt) FROM login_flow
    WHERE machineKey IN (${agreeing.join(', ')})
      AND (origHi, origLo, origPort) NOT IN (SELECT (outerHi, outerLo, outerPort) FROM session_begin)
    GROUP BY machineKey, tuple, startedAt HAVING max(endedAt) - startedAt >= ${LOGGED_IN_MICROS}`);
}

/** A connection that is still open has been told of by snapshots only, or not at all: nothing ends with it. */
const END_WITH_CONNECTION = `UPDATE stay SET until = greatest(stay.since, e.until) FROM (
    SELECT m.serverKey AS machineKey, m.principal, m.since - coalesce(c.offsetMicros, 0) AS since, max(f.until) AS until
    FROM meeting m LEFT JOIN clock c ON c.sensor = m.sensor
    JOIN (SELECT tuple, max(endedAt) AS until FROM login_flow GROUP BY tuple
      HAVING max(endedAt) FILTER (isClosed) >= max(endedAt)) f ON f.tuple = m.tuple
    WHERE abs(m.since - coalesce(c.offsetMicros, 0) - m.startedAt) <= ${CLOCK_REACH_MICROS} GROUP BY ALL) e
  WHERE stay.machineKey = e.machineKey AND stay.principal = e.principal AND stay.since = e.since AND stay.until > e.until`;
