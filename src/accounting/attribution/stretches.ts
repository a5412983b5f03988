import type { Database } from '../../ledger/duckdb/database.ts';
import { addressKeySql } from '../zone-sql.ts';
import { isNamed, LONGEST_SILENCE_MICROS } from './identity.ts';
import { SESSION_STRETCHES } from './session-stretches.ts';

/**
 * Who was where, and when, as stretches of time (docs/attribution.md). Every stretch follows from one record or from
 * two that come one after the other, so that a day depends on the records around it only.
 */

/** SQL for leases as stretches: without an end a lease lasts to the next of its address, at most a week. */
const LEASE_STRETCHES = `
  SELECT sensor, addressHi, addressLo, principal, hostName, startedAt AS since,
    least(CASE WHEN endedAt IS NULL THEN startedAt + ${LONGEST_SILENCE_MICROS} ELSE greatest(endedAt, startedAt) END, coalesce(next, ${Number.MAX_SAFE_INTEGER})) AS until
  FROM (SELECT *, min(startedAt) OVER (PARTITION BY addressHi, addressLo ORDER BY startedAt
      RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next FROM identity_lease)`;

/**
 * SQL for jobs as stretches: the last that is known of a run holds; one without an end is believed to last a week, at most until
 * the job begins again.
 */
const JOB_STRETCHES = `
  SELECT sensor, principal, unnest(string_split(hosts, ',')) AS server, since, until FROM (
    SELECT sensor, startedAt AS since, arg_max(principal, (endedAt IS NOT NULL, endedAt, principal)) AS principal,
      arg_max(hosts, (endedAt IS NOT NULL, endedAt, hosts)) AS hosts,
      greatest(startedAt, coalesce(max(endedAt), least(startedAt + ${LONGEST_SILENCE_MICROS}, lead(startedAt) OVER (PARTITION BY sensor, jobId ORDER BY startedAt)))) AS until
    FROM identity_job WHERE hosts IS NOT NULL GROUP BY sensor, jobId, startedAt)`;

/** Makes the tables `session_stretch` and `lease_stretch` of what was loaded, in the time of their own sensors. */
export async function openStretches(db: Database): Promise<void> {
  await db.run(`CREATE OR REPLACE TEMP TABLE session_stretch AS ${SESSION_STRETCHES}`);
  await db.run(`CREATE OR REPLACE TEMP TABLE lease_stretch AS ${LEASE_STRETCHES}`);
}

/** SQL that turns the time of a sensor's clock into that of the flows, over `relation` with a table `clock`. */
function onFlowTime(relation: string): string {
  const shifted = (name: string) => `${name} - coalesce(c.offsetMicros, 0) AS ${name}`;
  return `(SELECT r.* REPLACE (${shifted('since')}, ${shifted('until')}) FROM (${relation}) r LEFT JOIN clock c ON c.sensor = r.sensor)`;
}

/** SQL for a relation with `server` and `since`, joined with the host its server is. */
function placed(relation: string): string {
  return `(SELECT r.*, p.machineKey FROM ${relation} r JOIN place p
    ON p.name = r.server AND p.since <= r.since AND r.since < p.until)`;
}

/**
 * Makes `lent(key, principal, since, until)`: to whom an address was lent, one at a time, later ones taking over; and
 * `stay(machineKey, principal, since, until)`: who was at work on a host. Needs `clock`, `place` and the tables above.
 * @param machineOf SQL for the key of an address's machine, @param insideOf SQL that tells inside addresses, over hi and lo.
 */
export async function openStays(
  db: Database,
  machineOf: (hi: string, lo: string) => string,
  insideOf: (hi: string, lo: string) => string,
): Promise<void> {
  const lent = `SELECT ${addressKeySql('assignedHi', 'assignedLo')} AS key, principal, sensor, since, until
      FROM session_stretch WHERE assignedLo IS NOT NULL AND ${isNamed('principal')}
    UNION ALL SELECT ${addressKeySql('assigned6Hi', 'assigned6Lo')}, principal, sensor, since, until
      FROM session_stretch WHERE assigned6Lo IS NOT NULL AND ${isNamed('principal')}
    UNION ALL SELECT ${addressKeySql('addressHi', 'addressLo')}, principal, sensor, since, until
      FROM lease_stretch WHERE ${isNamed('principal')}`;
  // Whoever got the address first is over when another gets it.
  await db.run(`CREATE OR REPLACE TEMP TABLE lent AS
    WITH shifted AS (SELECT key, principal, since, until FROM ${onFlowTime(lent)}),
    turns AS (SELECT key, since AS moment, list(DISTINCT principal) AS principals FROM shifted GROUP BY key, since)
    SELECT s.key, s.principal, s.since, least(s.until, coalesce(min(t.moment), s.until)) AS until
    FROM shifted s LEFT JOIN turns t ON t.key = s.key AND t.moment > s.since AND t.moment < s.until
      AND NOT list_contains(t.principals, s.principal)
    GROUP BY s.key, s.principal, s.since, s.until`);
  const logins = `(SELECT *, ${machineOf('outerHi', 'outerLo')} AS fromHost, coalesce(${insideOf('outerHi', 'outerLo')}, false) AS fromInside
    FROM ${placed(onFlowTime(`SELECT * FROM session_stretch WHERE kind NOT IN ('vpn', 'data') AND ${isNamed('principal')}`))})`;
  await db.run(
    `CREATE OR REPLACE TEMP TABLE login AS SELECT machineKey, principal, since, until, fromHost, fromInside FROM ${logins}`,
  );
  const jobs = `SELECT * FROM (${JOB_STRETCHES}) WHERE ${isNamed('principal')}`;
  const moved = `SELECT sensor, principal, serverHi, serverLo, serverName AS server, startedAt AS since, greatest(endedAt, startedAt) AS until
    FROM identity_transfer WHERE peerLo IS NULL AND ${isNamed('principal')}`;
  const own = `SELECT sensor, principal, ${machineOf('addressHi', 'addressLo')} AS machineKey, since, until FROM lease_stretch
    WHERE ${isNamed('principal')} AND ${insideOf('addressHi', 'addressLo')}`;
  await db.run(`CREATE OR REPLACE TEMP TABLE stay AS
    SELECT machineKey::UBIGINT AS machineKey, principal, since, until FROM login
    UNION ALL SELECT machineKey, principal, since, until FROM ${placed(onFlowTime(jobs))}
    UNION ALL SELECT machineKey, principal, since, until FROM ${placed(`(SELECT * FROM ${onFlowTime(`${moved} AND serverLo IS NULL`)})`)}
    UNION ALL SELECT ${machineOf('serverHi', 'serverLo')}, principal, since, until FROM ${onFlowTime(`${moved} AND serverLo IS NOT NULL`)}
    UNION ALL SELECT machineKey, principal, since, until FROM ${onFlowTime(own)}`);
  await throughJumpHosts(db);
}

/** People log in through one host to the next; so many in a row are followed. */
const JUMPS = 2;

/**
 * A login from another inside host is its own principal's where that one came to the other host in its own name.
 * Where it did not, the account may be anybody's who is there: they join it in `stay`.
 */
async function throughJumpHosts(db: Database): Promise<void> {
  await db.run('CREATE OR REPLACE TEMP TABLE foreign_login AS SELECT * FROM login WHERE false');
  for (let jump = 0; jump < JUMPS; jump += 1) {
    const ownThere = `FROM login s WHERE s.machineKey = l.fromHost AND s.principal = l.principal
      AND s.since <= l.since AND l.since < s.until AND (s.machineKey, s.principal, s.since) NOT IN (SELECT (machineKey, principal, since) FROM foreign_login)`;
    await db.run(`CREATE OR REPLACE TEMP TABLE foreign_login AS SELECT * FROM login l
      WHERE fromInside AND fromHost <> machineKey AND NOT EXISTS (${ownThere})`);
  }
  for (let jump = 0; jump < JUMPS; jump += 1) {
    await db.run(`INSERT INTO stay SELECT DISTINCT l.machineKey, s.principal, l.since, l.until FROM foreign_login l
      JOIN stay s ON s.machineKey = l.fromHost AND s.since <= l.since AND l.since < s.until`);
  }
}
