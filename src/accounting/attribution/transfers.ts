import type { Database } from '../../ledger/duckdb/database.ts';
import { TUPLE } from '../../records/flow-ends.ts';
import { ENDED } from '../../records/flow-time.ts';
import { MICROS_PER_DAY } from '../../records/time.ts';
import { isNamed, TRANSFER_SLACK_MICROS } from './identity.ts';
import { nameKeySql } from './presence.ts';

/** Transfers and connections between the same ends meet in slots of 2^28 µs (four and a half minutes). */
const SLOT_BITS = 28;

/** What carries so many times as much one way as the other moves files that way; the rest may move them either way. */
const ONE_WAY = 4;

/**
 * SQL for logins at data servers: such a session is one connection, or several that begin together, and the log names no
 * port to tell which of those that began then from the same address.
 */
const DATA_LOGINS = `SELECT DISTINCT sensor, server, outerHi, outerLo, principal, since FROM session_stretch
  WHERE kind = 'data' AND outerLo IS NOT NULL`;

/**
 * Makes `transfer_flow(tuple, startedAt, sharers, present)`, the connections of a day (and `early_flow`) that logged
 * transfers between the same two ends went over, and `transfer_share(sharers, principal, weight)`: of several at once
 * each has its bytes, and who sent files has no part in a connection that fetched some. Where there is no transfer, logins at
 * data servers tell, each principal's alike. Needs `clock`, `place` and `session_stretch`.
 */
export async function openTransfers(
  db: Database,
  flows: string,
  day: number,
  machineOf: (hi: string, lo: string) => string,
): Promise<void> {
  const shifted = (name: string, slack: number) => `t.${name} - coalesce(c.offsetMicros, 0) + ${slack}`;
  await db.run(`CREATE OR REPLACE TEMP TABLE transfer_stretch AS
    SELECT row_number() OVER () AS id, * FROM (
      SELECT CASE WHEN t.serverLo IS NULL THEN p.machineKey ELSE ${machineOf('t.serverHi', 't.serverLo')} END::UBIGINT AS serverKey,
        t.peerHi, t.peerLo, t.principal, greatest(t.bytes, 1) AS weight, t.direction = 'out' AS isOut, false AS isLogin,
        ${shifted('startedAt', -TRANSFER_SLACK_MICROS)} AS since, greatest(${shifted('endedAt', TRANSFER_SLACK_MICROS)}, ${shifted('startedAt', TRANSFER_SLACK_MICROS)}) AS until
      FROM identity_transfer t LEFT JOIN clock c ON c.sensor = t.sensor
      LEFT JOIN place p ON p.name = t.serverName AND p.since <= t.startedAt AND t.startedAt < p.until
      WHERE t.peerLo IS NOT NULL AND ${isNamed('t.principal')}
      UNION ALL SELECT p.machineKey, t.outerHi, t.outerLo, t.principal, 1, NULL, true,
        ${shifted('since', -TRANSFER_SLACK_MICROS)}, ${shifted('since', TRANSFER_SLACK_MICROS)}
      FROM (${DATA_LOGINS}) t LEFT JOIN clock c ON c.sensor = t.sensor
      JOIN place p ON p.name = t.server AND p.since <= t.since AND t.since < p.until
      WHERE ${isNamed('t.principal')}) WHERE serverKey IS NOT NULL`);
  const from = day * MICROS_PER_DAY;
  const counts = ['orig', 'resp'].map((end) => `coalesce(${end}Bytes, ${end}IpBytes)::BIGINT AS ${end}Count`);
  const today = `SELECT origHi, origLo, respHi, respLo, ${TUPLE} AS tuple, startedAt,
      ${ENDED} AS endedAt, ${counts.join(', ')}
    FROM ${flows} WHERE startedAt >= ${from} AND startedAt < ${from + MICROS_PER_DAY}`;
  const early =
    'SELECT origHi, origLo, respHi, respLo, tuple, startedAt, endedAt, origCount, respCount FROM early_flow';
  const between = (some: string, peer: string, server: string) =>
    `SELECT tuple, startedAt, endedAt, ${server}Count AS outCount, ${peer}Count AS inCount, p.* FROM (${some}) f JOIN (SELECT DISTINCT serverKey, peerHi, peerLo FROM transfer_stretch) p
       ON p.peerLo = f.${peer}Lo AND p.peerHi = f.${peer}Hi AND p.serverKey = ${machineOf(`f.${server}Hi`, `f.${server}Lo`)}`;
  const met = [today, early].flatMap((some) => [
    between(some, 'orig', 'resp'),
    between(some, 'resp', 'orig'),
  ]);
  const slots = (since: string, until: string) =>
    `unnest(range(${since} >> ${SLOT_BITS}, (${until} >> ${SLOT_BITS}) + 1)) AS slot`;
  await db.run(`CREATE OR REPLACE TEMP TABLE transfer_part AS
    WITH life AS (SELECT tuple, startedAt, max(endedAt) AS endedAt, serverKey, peerHi, peerLo,
        CASE WHEN max(outCount) >= ${ONE_WAY} * max(inCount) AND max(outCount) > 0 THEN true
          WHEN max(inCount) >= ${ONE_WAY} * max(outCount) AND max(inCount) > 0 THEN false END AS isOut
      FROM (${met.join(' UNION ALL ')}) GROUP BY ALL),
    met AS (SELECT DISTINCT f.tuple, f.startedAt, t.id, t.principal, t.weight, t.isLogin, coalesce(t.isOut = f.isOut, false) AS fits
      FROM (SELECT *, ${slots('startedAt', 'endedAt')} FROM life) f
      JOIN (SELECT *, ${slots('since', 'until')} FROM transfer_stretch) t
        ON t.serverKey = f.serverKey AND t.peerHi = f.peerHi AND t.peerLo = f.peerLo AND t.slot = f.slot
          AND f.startedAt <= t.until AND CASE WHEN t.isLogin THEN t.since <= f.startedAt ELSE t.since <= f.endedAt END),
    told AS (SELECT *, bool_and(isLogin) OVER (PARTITION BY tuple, startedAt) AS onlyLogins,
      bool_or(fits) OVER (PARTITION BY tuple, startedAt) AS anyFits FROM met)
    SELECT tuple, startedAt, principal, CASE WHEN onlyLogins THEN 1 ELSE sum(weight) END::UBIGINT AS weight
    FROM told WHERE onlyLogins OR (NOT isLogin AND (fits OR NOT anyFits)) GROUP BY tuple, startedAt, principal, onlyLogins`);
  await db.run(`CREATE OR REPLACE TEMP TABLE transfer_flow AS
    SELECT tuple, startedAt, count(*)::UBIGINT AS present,
      CASE WHEN count(*) = 1 THEN ${nameKeySql('min(principal)')}
        ELSE ${nameKeySql(`string_agg(principal || chr(0) || weight, chr(0) ORDER BY principal)`)} END AS sharers,
      list({principal: principal, weight: weight} ORDER BY principal) AS shares
    FROM transfer_part GROUP BY tuple, startedAt`);
  await db.run(`CREATE OR REPLACE TEMP TABLE transfer_share AS
    SELECT sharers, s.principal, s.weight FROM (SELECT sharers, unnest(any_value(shares)) AS s FROM transfer_flow GROUP BY sharers)`);
}
