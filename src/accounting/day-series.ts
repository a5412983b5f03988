import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { CELL_COLUMNS } from '../records/columns.ts';
import type { DAY_FAMILIES } from '../records/day-statistics.ts';
import { sqlText } from '../records/sql-text.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import { ensureTenants, holdsOn } from './attribution/tenants.ts';
import { filesSql } from './facts.ts';

/** A pair counts as novel for this many days after it was first seen. */
export const NOVEL_DAYS = 60;
/** A novel pair this old that is still active counts as persistent. */
const PERSISTENT_DAYS = 7;
/** A pair unseen for this long is forgotten: its next contact is a first one. */
const FORGET_DAYS = 400;
/** A pair's last day is brought up to date only this often, so that a quiet day costs little. */
const REFRESH_DAYS = 30;

/** What ready-made cells call a host or destination that their source does not name: no entity to judge. */
const UNKNOWN = 'unknown';

/** What becomes of an entity's keys in words: address text, and the AS of an outside network. */
export interface EntityTexts {
  host(key: bigint, name: string): string;
  network(key: bigint, name: string): { text: string; as: string | null };
}

/** Statistics of one family's entities on one day, columns in the order of `DAY_STATISTICS`. */
export interface SeriesTable {
  readonly entities: string[];
  readonly columns: Float64Array[];
}

/** One of the families. */
export type SeriesFamily = (typeof DAY_FAMILIES)[number];

/** The files of the tables that are carried from day to day. */
export interface SeriesFiles {
  readonly pairs: string;
  readonly principalPairs: string;
  readonly tenantPairs: string;
  readonly hosts: string;
  readonly networks: string;
}

/**
 * Makes the tables that are carried from day to day: which pairs (host, network) are known since when, and the texts
 * of hosts and networks, each with the lowest id of those that share its text (`entity`) or its AS (`asEntity`). `saved` holds them as an earlier run left them. Tenants are those of openTenants, if it was asked.
 */
export async function openSeries(db: Database, saved?: SeriesFiles): Promise<void> {
  const from = (path: string | undefined, columns: string) =>
    path ? `SELECT * FROM read_parquet(${sqlText(path)})` : `SELECT ${columns} WHERE false`;
  await db.run(
    `CREATE OR REPLACE TEMP TABLE known_pair AS ${from(saved?.pairs, '0::UINTEGER AS hostId, 0::UINTEGER AS networkId, 0::INTEGER AS firstDay, 0::INTEGER AS lastDay')}`,
  );
  await db.run(
    `CREATE OR REPLACE TEMP TABLE known_principal_pair AS ${from(saved?.principalPairs, `'' AS principal, 0::UINTEGER AS networkId, 0::INTEGER AS firstDay, 0::INTEGER AS lastDay`)}`,
  );
  await ensureTenants(db);
  await db.run(
    `CREATE OR REPLACE TEMP TABLE known_tenant_pair AS ${from(saved?.tenantPairs, `'' AS tenant, 0::UINTEGER AS networkId, 0::INTEGER AS firstDay, 0::INTEGER AS lastDay`)}`,
  );
  await db.run(
    `CREATE OR REPLACE TEMP TABLE host_text AS ${from(saved?.hosts, `0::UINTEGER AS id, 0::UBIGINT AS key, '' AS name, '' AS text, 0::UINTEGER AS entity`)}`,
  );
  await db.run(
    `CREATE OR REPLACE TEMP TABLE network_text AS ${from(saved?.networks, `0::UINTEGER AS id, 0::UBIGINT AS key, '' AS name, '' AS text, '' AS asText, 0::UINTEGER AS entity, 0::UINTEGER AS asEntity`)}`,
  );
}

/** Writes the carried tables to files; the counterpart of openSeries. */
export async function saveSeries(db: Database, to: SeriesFiles): Promise<void> {
  const tables = [
    ['known_pair', to.pairs, 'hostId, networkId'],
    ['known_principal_pair', to.principalPairs, 'principal, networkId'],
    ['known_tenant_pair', to.tenantPairs, 'tenant, networkId'],
    ['host_text', to.hosts, 'id'],
    ['network_text', to.networks, 'id'],
  ] as const;
  for (const [table, path, order] of tables) {
    await db.run(
      `COPY (SELECT * FROM ${table} ORDER BY ${order}) TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
  }
}

/** Loads one day's egress by pair into `day_traffic` and `day_pair`. Call before dayStatistics. */
export async function loadDay(
  db: Database,
  cellFiles: readonly string[],
  day: number,
  texts: EntityTexts,
): Promise<void> {
  const hours = `hour >= ${day * HOURS_PER_DAY} AND hour < ${(day + 1) * HOURS_PER_DAY}`;
  await db.run(`CREATE OR REPLACE TEMP TABLE day_cell AS
    SELECT hour, path, hostKey, coalesce(hostName, '') AS hostName, networkKey, coalesce(networkName, '') AS networkName, principal, sum(bytesOut)::UBIGINT AS bytes
    FROM ${filesSql(cellFiles, CELL_COLUMNS)} WHERE kind = 'egress' AND bytesOut > 0 AND ${hours} GROUP BY ALL`);
  await nameHosts(db, texts);
  await nameNetworks(db, texts);
  await db.run(`CREATE OR REPLACE TEMP TABLE day_traffic AS
    SELECT hour, path, h.id AS hostId, n.id AS networkId, principal, bytes FROM day_cell c
    JOIN host_text h ON h.key = c.hostKey AND h.name = c.hostName
    JOIN network_text n ON n.key = c.networkKey AND n.name = c.networkName`);
}

/**
 * Puts the day's pairs, with the day each was first seen, into `day_pair`, those of known principals into `day_principal_pair`,
 * and those of their tenants into `day_tenant_pair`; dayStatistics sums these.
 */
export async function pairDay(db: Database, day: number): Promise<void> {
  await db.run(`CREATE OR REPLACE TEMP TABLE day_pair AS
    SELECT t.hostId, t.networkId, t.path, t.bytes, coalesce(k.firstDay, ${day}) AS firstDay, k.firstDay IS NULL AS isNew
    FROM (SELECT hostId, networkId, path, sum(bytes)::UBIGINT AS bytes FROM day_traffic GROUP BY ALL) t
    LEFT JOIN known_pair k ON k.hostId = t.hostId AND k.networkId = t.networkId`);
  await db.run(`CREATE OR REPLACE TEMP TABLE day_principal_pair AS
    SELECT t.principal, t.networkId, t.bytes, coalesce(k.firstDay, ${day}) AS firstDay, k.firstDay IS NULL AS isNew
    FROM (SELECT principal, networkId, sum(bytes)::UBIGINT AS bytes FROM day_traffic WHERE principal <> '${UNKNOWN}' GROUP BY ALL) t
    LEFT JOIN known_principal_pair k ON k.principal = t.principal AND k.networkId = t.networkId`);
  await db.run(
    `CREATE OR REPLACE TEMP TABLE day_member AS SELECT principal, tenant FROM tenant_span WHERE ${holdsOn(day)}`,
  );
  await db.run(`CREATE OR REPLACE TEMP TABLE day_tenant_pair AS
    SELECT t.tenant, t.networkId, t.bytes, coalesce(k.firstDay, ${day}) AS firstDay, k.firstDay IS NULL AS isNew
    FROM (SELECT tenant, networkId, sum(bytes)::UBIGINT AS bytes FROM day_traffic JOIN day_member USING (principal) GROUP BY ALL) t
    LEFT JOIN known_tenant_pair k ON k.tenant = t.tenant AND k.networkId = t.networkId`);
  await numberEntities(db);
}

/** Puts what is summed by host, network and AS beside ids that stand for one text each, into `day_entity_pair` and `day_hour`. */
async function numberEntities(db: Database): Promise<void> {
  const named = (relation: string) =>
    `${relation} r JOIN host_text h ON h.id = r.hostId JOIN network_text n ON n.id = r.networkId`;
  const ids = 'h.entity AS host, n.entity AS network, n.asEntity AS "as"';
  await db.run(
    `CREATE OR REPLACE TEMP TABLE day_entity_pair AS SELECT ${ids}, bytes, firstDay FROM ${named(
      '(SELECT hostId, networkId, sum(bytes)::UBIGINT AS bytes, min(firstDay) AS firstDay FROM day_pair GROUP BY ALL)',
    )}`,
  );
  await db.run(`CREATE OR REPLACE TEMP TABLE day_hour AS
    SELECT hour, path, principal, ${ids}, bytes FROM ${named('day_traffic')}`);
}

/** Makes the day's pairs known, and once a week forgets those unseen for long. */
export async function rememberDay(db: Database, day: number): Promise<void> {
  await db.run(`UPDATE known_pair SET lastDay = ${day} FROM day_pair p
    WHERE known_pair.hostId = p.hostId AND known_pair.networkId = p.networkId AND lastDay < ${day - REFRESH_DAYS}`);
  await db.run(
    `INSERT INTO known_pair SELECT DISTINCT hostId, networkId, ${day}, ${day} FROM day_pair WHERE isNew`,
  );
  await db.run(`UPDATE known_principal_pair k SET lastDay = ${day} FROM day_principal_pair p
    WHERE k.principal = p.principal AND k.networkId = p.networkId AND lastDay < ${day - REFRESH_DAYS}`);
  await db.run(
    `INSERT INTO known_principal_pair SELECT principal, networkId, ${day}, ${day} FROM day_principal_pair WHERE isNew`,
  );
  await db.run(`UPDATE known_tenant_pair k SET lastDay = ${day} FROM day_tenant_pair p
    WHERE k.tenant = p.tenant AND k.networkId = p.networkId AND lastDay < ${day - REFRESH_DAYS}`);
  await db.run(
    `INSERT INTO known_tenant_pair SELECT tenant, networkId, ${day}, ${day} FROM day_tenant_pair WHERE isNew`,
  );
  if (day % 7 !== 0) return;
  for (const table of ['known_pair', 'known_principal_pair', 'known_tenant_pair'])
    await db.run(`DELETE FROM ${table} WHERE lastDay < ${day - FORGET_DAYS}`);
}

const unnamed = z.object({ key: z.bigint(), name: z.string() });

async function nameHosts(db: Database, texts: EntityTexts): Promise<void> {
  const { rows, nextId } = await newKeys(db, 'host');
  const values = rows.map(
    ({ key, name }, index) =>
      `(${nextId + index}, ${key}, ${sqlText(name)}, ${sqlText(texts.host(key, name))})`,
  );
  await insertRows(values, (some) =>
    db.run(`INSERT INTO host_text WITH new AS (SELECT * FROM (VALUES ${some}) AS v(id, key, name, text))
      SELECT *, ${lowestId('host', 'text')} FROM new`),
  );
}

async function nameNetworks(db: Database, texts: EntityTexts): Promise<void> {
  const { rows, nextId } = await newKeys(db, 'network');
  const values = rows.map(({ key, name }, index) => {
    const { text, as } = texts.network(key, name);
    return `(${nextId + index}, ${key}, ${sqlText(name)}, ${sqlText(text)}, ${as === null ? 'NULL' : sqlText(as)})`;
  });
  await insertRows(values, (some) =>
    db.run(`INSERT INTO network_text WITH new AS (SELECT * FROM (VALUES ${some}) AS v(id, key, name, text, asText))
      SELECT *, ${lowestId('network', 'text')}, CASE WHEN asText IS NOT NULL THEN ${lowestId('network', 'asText')} END FROM new`),
  );
}

/** SQL for the lowest id of the known and new rows that share a text with a row of `new`. */
function lowestId(side: 'host' | 'network', text: 'text' | 'asText'): string {
  return `coalesce((SELECT min(id) FROM ${side}_text k WHERE k.${text} = new.${text}), min(id) OVER (PARTITION BY ${text}))`;
}

async function newKeys(db: Database, side: 'host' | 'network') {
  const rows = await db.rows(
    `SELECT DISTINCT ${side}Key AS key, ${side}Name AS name FROM day_cell
     WHERE (${side}Key, ${side}Name) NOT IN (SELECT (key, name) FROM ${side}_text) ORDER BY key, name`,
    unnamed,
  );
  const [last] = await db.rows(
    `SELECT coalesce(max(id) + 1, 0)::BIGINT AS next FROM ${side}_text`,
    z.object({ next: z.bigint() }),
  );
  return { rows, nextId: Number(last?.next ?? 0n) };
}

async function insertRows(
  values: readonly string[],
  insert: (some: string) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < values.length; at += 2_000) await insert(values.slice(at, at + 2_000).join(', '));
}

/** Returns the day's statistics of a family, entities in code-point order; no columns where nobody belongs to a tenant. Needs loadDay and pairDay. */
export async function dayStatistics(
  db: Database,
  family: SeriesFamily,
  day: number,
  clipsBytes: readonly number[],
): Promise<SeriesTable> {
  if (family === 'tenant' && (await isEmpty(db, 'day_tenant_pair'))) return { entities: [], columns: [] };
  const { entity, pairs, text } = SOURCE[family];
  const novel = `firstDay >= ${day - NOVEL_DAYS}`;
  const clipped = (filter: string) =>
    clipsBytes.map((clip) => `coalesce(sum(least(bytes, ${clip}))${filter}, 0)::DOUBLE`);
  const sql = `WITH busiest AS (SELECT entity, max(bytes)::DOUBLE AS bytes FROM
      (SELECT ${entity} AS entity, hour, sum(bytes) AS bytes FROM ${family === 'tenant' ? 'day_hour JOIN day_member USING (principal)' : 'day_hour'} GROUP BY 1, 2) GROUP BY entity),
    summed AS (SELECT ${entity} AS entity, sum(bytes)::DOUBLE AS c0, ${[...clipped(''), ...clipped(` FILTER (WHERE ${novel})`)].map((column, index) => `${column} AS c${index + 1}`).join(', ')},
      count(*) FILTER (WHERE firstDay = ${day})::DOUBLE AS c9, count(*) FILTER (WHERE ${novel} AND firstDay <= ${day - PERSISTENT_DAYS})::DOUBLE AS c10,
      coalesce(max(bytes) FILTER (WHERE firstDay = ${day}), 0)::DOUBLE AS c12
      FROM ${pairs} WHERE ${entity} IS NOT NULL GROUP BY entity),
    named AS (SELECT ${text ?? 's.entity'} AS entity, s.* EXCLUDE (entity), b.bytes AS c11 FROM summed s JOIN busiest b ON b.entity = s.entity
      ${text === undefined ? '' : `JOIN ${family === 'host' ? 'host' : 'network'}_text t ON t.id = s.entity`})
    SELECT entity, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12 FROM named
    ${family === 'path' || family === 'centre' ? '' : `WHERE entity <> '${UNKNOWN}'`} ORDER BY entity`;
  const reader = await db.connection.runAndReadAll(sql);
  const [entities = [], ...columns] = reader.getColumnsJS();
  return {
    entities: entities.map(String),
    columns: columns.map(numbersOf),
  };
}

/** A loop: `Float64Array.from` with a function was the costliest line of a detection. */
function numbersOf(column: readonly unknown[]): Float64Array {
  const numbers = new Float64Array(column.length);
  for (let i = 0; i < column.length; i++) numbers[i] = Number(column[i]);
  return numbers;
}

async function isEmpty(db: Database, table: string): Promise<boolean> {
  return (await db.rows(`SELECT 1 AS one FROM ${table} LIMIT 1`, z.object({ one: z.number() }))).length === 0;
}

/**
 * Where the statistics of a family come from: what its entities are called there, the pairs, and the text of an entity that
 * is an id. Text is looked up once for each entity, not for each pair.
 */
const SOURCE: Readonly<
  Record<SeriesFamily, { readonly entity: string; readonly pairs: string; readonly text?: string }>
> = {
  host: { entity: 'host', pairs: 'day_entity_pair', text: 't.text' },
  network: { entity: 'network', pairs: 'day_entity_pair', text: 't.text' },
  as: { entity: '"as"', pairs: 'day_entity_pair', text: 't.asText' },
  path: { entity: 'path', pairs: 'day_pair' },
  centre: { entity: "'centre'", pairs: 'day_entity_pair' },
  principal: { entity: 'principal', pairs: 'day_principal_pair' },
  tenant: { entity: 'tenant', pairs: 'day_tenant_pair' },
};
