import { z } from 'zod';
import type { Database } from '../../ledger/duckdb/database.ts';
import { FACT_COLUMNS } from '../../records/families.ts';
import { TUPLE } from '../../records/flow-ends.ts';
import { sqlText } from '../../records/sql-text.ts';
import { MICROS_PER_SECOND } from '../../records/time.ts';
import { byName, ensureAccounts } from '../attribution/accounts.ts';
import { isNamed, TRANSFER_SLACK_MICROS } from '../attribution/identity.ts';
import { type DayRange, type FactFiles, filesSql } from '../facts.ts';
import type { Perspective } from '../perspective.ts';
import { addressKeySql, ZONE_CODES } from '../zone-sql.ts';
import type { RelayLook } from './look.ts';
import { FORGOTTEN_MICROS, REAL_ENDS, WITH_MATCH } from './translations.ts';

/**
 * Logs of proxies and gateways say whom they sent what, and not over which connection. Of a proxy a row names the client
 * within and the server outside; of a gateway the client outside and the identity.
 */

/** What a log counts lacks headers, encryption and what was sent again: a connection may carry so much more. */
const OVERHEAD_DIVISOR = 20;
const OVERHEAD_BYTES = 8192;
/** The largest weight of what no row explains: with it a product of weight and bytes stays within 128 bits. */
const MOST_WEIGHT = 2n ** 60n;

const OWN = `(${ZONE_CODES.inside}, ${ZONE_CODES.relay}, ${ZONE_CODES.gateway})`;

/** SQL over transfers that tells rows of a forward proxy: an inside or remote client was sent something from outside. */
function isProxied(look: RelayLook): string {
  return `(peerLo IS NOT NULL AND serverLo IS NOT NULL AND ${look.zone('peerHi', 'peerLo')} IN (${ZONE_CODES.inside}, ${ZONE_CODES.remoteAccess})
    AND ${look.zone('serverHi', 'serverLo')} = ${ZONE_CODES.outside})`;
}

/**
 * Returns the sensors whose transfers are a relay's own log, with the number of the relay's entry. Where one entry alone
 * names no log, rows of a proxy by sensors that no entry names are its own.
 */
export async function proxySensors(
  db: Database,
  transferFiles: readonly string[],
  look: RelayLook,
): Promise<ReadonlyMap<string, number>> {
  if (transferFiles.length === 0) return new Map();
  const named = new Map(
    look.logs.flatMap((logs, index) => logs.map((sensor) => [sensor, index + 1] as const)),
  );
  const unnamed = look.logs.flatMap((logs, index) => (logs.length === 0 ? [index + 1] : []));
  const [only] = unnamed.length === 1 ? unnamed : [];
  const rows = await db.rows(
    `SELECT sensor, bool_or(${isProxied(look)}) AS proxied FROM ${filesSql(transferFiles, FACT_COLUMNS.transfer)} GROUP BY sensor ORDER BY sensor`,
    z.object({ sensor: z.string(), proxied: z.boolean() }),
  );
  return new Map(
    rows.flatMap(({ sensor, proxied }): [string, number][] => {
      const entry = named.get(sensor) ?? (proxied ? only : undefined);
      return entry === undefined ? [] : [[sensor, entry]];
    }),
  );
}

/**
 * Makes `relay_part(tuple, since, until, ordinal, partTuple, partStartedAt, hostKey, presenceKey, lentKey, kind,
 * principal, via, weightIn, weightOut)`: whose the bytes of connections through relays are. What no row explains is a
 * part of its own, of nobody. Returns whether there is any. Needs `relay_touch` and `relay_match`.
 */
export async function openParts(
  db: Database,
  files: Pick<FactFiles, 'identity'>,
  lives: DayRange,
  look: RelayLook,
  sensors: ReadonlyMap<string, number>,
  { hostOf, machineOf }: Pick<Perspective, 'hostOf' | 'machineOf'>,
): Promise<boolean> {
  await openConnections(db, look);
  await openRows(db, files.identity('transfer', lives), look, sensors);
  await giveRows(db);
  const client = 'peerHi, peerLo';
  const isClient = 'isProxied';
  const clientZone = `CASE WHEN ${isClient} THEN ${look.zone('peerHi', 'peerLo')} END`;
  const sums = (name: string) => `sum(greatest(${name}, 1)) FILTER (${name} IS NOT NULL)`;
  const parts = `SELECT tuple, since, until, isProxied, CASE WHEN isProxied THEN peerHi END AS peerHi, CASE WHEN isProxied THEN peerLo END AS peerLo,
      CASE WHEN ${isNamed('principal')} THEN principal END AS principal, min('log of ' || sensor) AS via, min(startedAt) AS partStartedAt,
      count(*) AS rows, coalesce(${sums('bytesIn')}, 0)::HUGEINT AS saidIn, coalesce(${sums('bytesOut')}, 0)::HUGEINT AS saidOut
    FROM relay_given GROUP BY ALL`;
  const unsaid = (way: 'In' | 'Out') => {
    const rest = `greatest(c.count${way} - (sum${way} + sum${way} // ${OVERHEAD_DIVISOR} + rows * ${OVERHEAD_BYTES}), 0)`;
    return `least(${rest} * sum${way} // greatest(c.count${way} - ${rest}, 1), ${MOST_WEIGHT}) AS rest${way}`;
  };
  const either = (way: 'In' | 'Out', one: string, other: string) =>
    `CASE WHEN sum${way} > 0 THEN ${one} ELSE ${other} END`;
  await db.run(`CREATE OR REPLACE TEMP TABLE relay_part AS
    WITH part AS (${parts}),
    whole AS (SELECT tuple, since, sum(saidIn) AS sumIn, sum(saidOut) AS sumOut, sum(rows) AS rows,
        bool_or(isProxied OR principal IS NOT NULL) AS tells FROM part GROUP BY tuple, since),
    judged AS (SELECT c.tuple, c.since, c.until, c.lentKey, w.sumIn, w.sumOut, ${unsaid('In')}, ${unsaid('Out')}
      FROM relay_conn c JOIN whole w ON w.tuple = c.tuple AND w.since = c.since WHERE tells),
    weighed AS (
      SELECT p.tuple, p.since, p.until, p.partStartedAt, p.isProxied, ${client.replace(/peer/g, 'p.peer')}, p.principal, p.via, j.lentKey AS farLentKey,
        ${either('In', 'saidIn', 'saidOut')} AS weightIn, ${either('Out', 'saidOut', 'saidIn')} AS weightOut
      FROM part p JOIN judged j ON j.tuple = p.tuple AND j.since = p.since
      UNION ALL SELECT tuple, since, until, since, false, NULL, NULL, NULL, NULL, lentKey,
        ${either('In', 'restIn', 'restOut')}, ${either('Out', 'restOut', 'restIn')} FROM judged WHERE restIn > 0 OR restOut > 0)
    SELECT tuple, since, until,
      row_number() OVER (PARTITION BY tuple, since ORDER BY weightIn + weightOut DESC, peerHi, peerLo, principal, via)::BIGINT AS ordinal,
      hash(tuple, since, peerHi, peerLo, principal, via) AS partTuple, partStartedAt,
      CASE WHEN ${isClient} THEN ${hostOf('peerHi', 'peerLo')}::UBIGINT END AS hostKey,
      CASE WHEN ${clientZone} = ${ZONE_CODES.inside} THEN ${machineOf('peerHi', 'peerLo')}::UBIGINT END AS presenceKey,
      CASE WHEN ${clientZone} = ${ZONE_CODES.remoteAccess} THEN ${addressKeySql('peerHi', 'peerLo')} WHEN NOT ${isClient} THEN farLentKey END AS lentKey,
      CASE WHEN ${clientZone} = ${ZONE_CODES.remoteAccess} THEN 1 END AS kind,
      principal, via, weightIn, weightOut FROM weighed`);
  const [row] = await db.rows('SELECT count(*) AS n FROM relay_part', z.object({ n: z.bigint() }));
  return row !== undefined && row.n > 0n;
}

/**
 * Makes `relay_conn(tuple, since, until, entry, farHi, farLo, lentKey, countIn, countOut)`: connections through relays
 * with their whole life, whatever records tell of it, and what they carried to the relay and from it. Parts of it that one
 * sensor logged one after another add up; what several records or sensors tell of all of it is told more than once.
 */
async function openConnections(db: Database, look: RelayLook): Promise<void> {
  const side = (near: string, far: string) =>
    `SELECT tuple, startedAt, endedAt, ${look.entry(`${near}Hi`, `${near}Lo`)} AS entry, ${far}Hi AS farHi, ${far}Lo AS farLo,
       ${far}Count AS countIn, ${near}Count AS countOut, partSensor, ${far}Part AS partIn, ${near}Part AS partOut FROM real WHERE ${look.zone(`${far}Hi`, `${far}Lo`)} NOT IN ${OWN}`;
  await db.run(`CREATE OR REPLACE TEMP TABLE relay_conn AS
    WITH real AS (SELECT *, ${TUPLE} AS tuple FROM (
        SELECT r.startedAt, r.endedAt, r.proto, r.origCount, r.respCount, r.partSensor, r.origPart, r.respPart, ${REAL_ENDS} FROM relay_touch r ${WITH_MATCH})),
    ends AS (SELECT * FROM (${side('orig', 'resp')} UNION ALL ${side('resp', 'orig')}) WHERE entry > 0),
    marked AS (SELECT *, startedAt > ${FORGOTTEN_MICROS} + max(endedAt) OVER (PARTITION BY tuple ORDER BY startedAt, endedAt
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS opens FROM ends),
    islands AS (SELECT *, sum(coalesce(opens, false)::INTEGER) OVER (PARTITION BY tuple ORDER BY startedAt, endedAt ROWS UNBOUNDED PRECEDING) AS island FROM marked),
    summed AS (SELECT *, sum(partIn) OVER sensed AS partsIn, sum(partOut) OVER sensed AS partsOut FROM islands WINDOW sensed AS (PARTITION BY tuple, island, partSensor))
    SELECT tuple, min(startedAt) AS since, max(endedAt) AS until, any_value(entry) AS entry, any_value(farHi) AS farHi, any_value(farLo) AS farLo,
      any_value(CASE WHEN ${look.zone('farHi', 'farLo')} = ${ZONE_CODES.remoteAccess} THEN ${addressKeySql('farHi', 'farLo')} END) AS lentKey,
      max(greatest(countIn, partsIn))::HUGEINT AS countIn, max(greatest(countOut, partsOut))::HUGEINT AS countOut FROM summed GROUP BY tuple, island`);
}

/** Makes `relay_row`: what logs of relays say, each row with the far end that its connection must have. */
async function openRows(
  db: Database,
  transferFiles: readonly string[],
  look: RelayLook,
  sensors: ReadonlyMap<string, number>,
): Promise<void> {
  const entry = [...sensors].map(([sensor, number]) => `WHEN ${sqlText(sensor)} THEN ${number}`).join(' ');
  const names = [...sensors.keys()].map(sqlText).join(', ');
  await ensureAccounts(db);
  const proxied = isProxied(look);
  const isServed = `peerLo IS NOT NULL AND ${look.zone('peerHi', 'peerLo')} IN (${ZONE_CODES.outside}, ${ZONE_CODES.remoteAccess})
    AND (serverLo IS NULL OR ${look.zone('serverHi', 'serverLo')} IN ${OWN})`;
  const way = (whenProxied: string, whenServed: string) =>
    `CASE WHEN direction = CASE WHEN isProxied THEN '${whenProxied}' ELSE '${whenServed}' END THEN bytes END`;
  await db.run(`CREATE OR REPLACE TEMP TABLE relay_row AS
    SELECT row_number() OVER () AS id, * FROM (
      SELECT DISTINCT sensor, entry, isProxied, peerHi, peerLo, principal, startedAt, greatest(startedAt, endedAt) AS endedAt, path,
        CASE WHEN isProxied THEN serverHi ELSE peerHi END AS farHi, CASE WHEN isProxied THEN serverLo ELSE peerLo END AS farLo,
        isProxied AND coalesce(regexp_full_match(path, '[^/]+:[0-9]+'), false) AS isTunnel, ${way('out', 'in')} AS bytesIn, ${way('in', 'out')} AS bytesOut
      FROM (SELECT *, CASE sensor ${entry} END AS entry, ${proxied} AS isProxied
        FROM ${byName(filesSql(transferFiles, FACT_COLUMNS.transfer))} WHERE sensor IN (${names})) WHERE isProxied OR (${isServed}))`);
}

/** So far a request may lie outside the connection that it went over: the proxy looks the server up in between. */
const REQUEST_SLACK_MICROS = 2 * MICROS_PER_SECOND;

/**
 * Makes `relay_given`: each row of `relay_row` with the one connection it went over, among those that were there for all of
 * its time and can have carried its bytes. A tunnel has a connection of its own, whose begin and end lie nearest to its;
 * other requests share those that no tunnel has, of which the nearest is taken that holds them.
 */
async function giveRows(db: Database): Promise<void> {
  const slack = TRANSFER_SLACK_MICROS;
  const most = (count: string) => `${count} + ${count} // ${OVERHEAD_DIVISOR} + ${OVERHEAD_BYTES}`;
  const fits = `coalesce(r.bytesIn, 0) <= ${most('c.countIn')} AND coalesce(r.bytesOut, 0) <= ${most('c.countOut')}`;
  const distance = '-(abs(r.startedAt - c.since) + abs(c.until - r.endedAt)), -c.since, c.tuple';
  const outside = 'greatest(c.since - r.startedAt, r.endedAt - c.until, 0)';
  const best = (rows: string, order: string, more: string) =>
    `SELECT r.id, arg_max({tuple: c.tuple, since: c.since, until: c.until}, (${fits}, ${order}${distance})) AS best
     FROM relay_row r JOIN relay_conn c ON c.entry = r.entry AND c.farHi = r.farHi AND c.farLo = r.farLo
       AND c.since <= r.startedAt + ${slack} AND c.until >= r.endedAt - ${slack} ${more} WHERE ${rows} GROUP BY r.id`;
  const given = (found: string) =>
    `SELECT r.*, best.tuple AS tuple, best.since AS since, best.until AS until FROM relay_row r JOIN (${found}) b ON b.id = r.id`;
  await db.run(`CREATE OR REPLACE TEMP TABLE relay_given AS ${given(best('r.isTunnel', '', ''))}`);
  const taken = '(SELECT DISTINCT tuple, since, true AS isTaken FROM relay_given)';
  const order = `t.isTaken IS NULL, -CASE WHEN ${outside} > ${REQUEST_SLACK_MICROS} THEN ${outside} ELSE 0 END, `;
  await db.run(
    `INSERT INTO relay_given ${given(best('NOT r.isTunnel', order, `LEFT JOIN ${taken} t ON t.tuple = c.tuple AND t.since = c.since`))}`,
  );
}
