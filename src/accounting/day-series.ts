import type { DuckDBMaterializedResult } from '@duckdb/node-api';
import { columnsOf } from '../ledger/duckdb/columns.ts';
import type { Database } from '../ledger/duckdb/database.ts';
import { CELL_COLUMNS } from '../records/columns.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import { holdsOn } from './attribution/tenants.ts';
import { type DayRange, filesSql } from './facts.ts';
import { type EntityTexts, nameEntities, UNKNOWN_ID } from './series-tables.ts';

/** A pair unseen for this long is forgotten: its next contact is a first one. */
const FORGET_DAYS = 400;
/** A pair's last day is brought up to date only this often, so that a quiet day costs little. */
const REFRESH_DAYS = 30;
/** The forgotten are looked for on days that this divides. */
const FORGETTING_DAYS = 7;

/**
 * Returns the last of the days, from a first one, that may be read at once: where the forgotten are looked for. In so few
 * days no pair is brought up to date twice.
 */
export function lastReadWith(fromDay: number): number {
  return FORGETTING_DAYS * Math.ceil(fromDay / FORGETTING_DAYS);
}

/**
 * Loads the egress of some days into `day_traffic`, by ids of hosts, networks, principals (series-tables.ts) and paths
 * (`day_path`). Needs openSeries.
 */
export async function loadDays(
  db: Database,
  cellFiles: readonly string[],
  { fromDay, toDay }: DayRange,
  texts: EntityTexts,
): Promise<void> {
  await db.run(`CREATE OR REPLACE TEMP TABLE day_cell AS
    SELECT hour, path, hostKey, coalesce(hostName, '') AS hostName, networkKey, coalesce(networkName, '') AS networkName, principal, bytesOut::UBIGINT AS bytes
    FROM ${filesSql(cellFiles, CELL_COLUMNS)}
    WHERE kind = 'egress' AND bytesOut > 0 AND hour >= ${fromDay * HOURS_PER_DAY} AND hour < ${(toDay + 1) * HOURS_PER_DAY};
    CREATE OR REPLACE TEMP TABLE day_path AS
    SELECT (row_number() OVER (ORDER BY path) - 1)::UINTEGER AS id, path AS text FROM (SELECT DISTINCT path FROM day_cell)`);
  await nameEntities(db, 'day_cell', texts);
  await db.run(`CREATE OR REPLACE TEMP TABLE day_traffic AS
    SELECT hour, w.id AS pathId, h.id AS hostId, n.id AS networkId, p.id AS principalId, bytes FROM day_cell c
    JOIN host_text h ON h.key = c.hostKey AND h.name = c.hostName
    JOIN network_text n ON n.key = c.networkKey AND n.name = c.networkName
    JOIN principal_text p ON p.text = c.principal
    JOIN day_path w ON w.text = c.path;
    DROP TABLE day_cell`);
}

/** What stands for the tenant of whom nobody says it. */
const NO_TENANT = 0xffff_ffff;

/** Egress by pair and day: who, as an id or a place among the names, and how much; each with the day it was first seen at all. */
export interface PairColumns {
  readonly day: Int32Array;
  readonly left: Uint32Array;
  readonly networkId: Uint32Array;
  readonly bytes: Float64Array;
  readonly firstDay: Int32Array;
}

/** Names and their ids, by code point: two ids may share a name. */
export interface NameColumns {
  readonly ids: Uint32Array;
  readonly texts: string[];
}

/** The egress of some days as columns of exact integers, in no order but that of the names. */
export interface DayColumns {
  readonly traffic: {
    readonly hour: Int32Array;
    readonly pathId: Uint32Array;
    readonly hostId: Uint32Array;
    readonly networkId: Uint32Array;
    readonly principalId: Uint32Array;
    /** NO_TENANT for none. */
    readonly tenantId: Uint32Array;
    readonly bytes: Float64Array;
  };
  readonly hostPairs: PairColumns;
  readonly principalPairs: PairColumns;
  readonly tenantPairs: PairColumns;
  /** Of `left` the path; pairs of several paths once for each. */
  readonly pathPairs: PairColumns;
  readonly hosts: NameColumns;
  readonly networks: NameColumns & { readonly as: string[] };
  readonly principals: NameColumns;
  readonly tenants: NameColumns;
  readonly paths: NameColumns;
}

/** The sums by pair of one side: a table of the days, the carried table, and the traffic that they are made of. */
interface PairTables {
  readonly sums: string;
  readonly known: string;
  readonly left: string;
  readonly traffic: string;
  /** What sums are told apart by beside the pair. */
  readonly more: string;
}

const HOST_PAIRS: PairTables = {
  sums: 'day_pair',
  known: 'known_pair',
  left: 'hostId',
  traffic: 'day_traffic',
  more: 'pathId, ',
};
const PRINCIPAL_PAIRS: PairTables = {
  sums: 'day_principal_pair',
  known: 'known_principal_pair',
  left: 'principalId',
  traffic: `day_traffic WHERE principalId <> ${UNKNOWN_ID}`,
  more: '',
};
const TENANT_PAIRS: PairTables = {
  sums: 'day_tenant_pair',
  known: 'known_tenant_pair',
  left: 'tenant',
  traffic: `day_traffic t JOIN day_member m ON m.principalId = t.principalId AND ${holdsOn(`(hour // ${HOURS_PER_DAY})`)}`,
  more: '',
};

/**
 * Sums the days of `day_traffic` by pair, makes the pairs known, and once a week forgets those unseen for long.
 * @param hasLastDay whether the ledger has cells of the last of the days. @returns what reads the sums into columns: it asks the engine nothing. Needs loadDays.
 */
export async function pairDays(
  db: Database,
  { toDay }: DayRange,
  hasLastDay: boolean,
): Promise<() => DayColumns> {
  const isForgetting = hasLastDay && toDay % FORGETTING_DAYS === 0;
  const forgetBefore = isForgetting ? toDay - FORGET_DAYS : undefined;
  await db.run(`CREATE OR REPLACE TEMP TABLE day_member AS
    SELECT p.id AS principalId, tenant, fromDay, toDay FROM tenant_span s JOIN principal_text p ON p.text = s.principal;
    CREATE OR REPLACE TEMP TABLE day_tenant AS
    SELECT (row_number() OVER (ORDER BY tenant) - 1)::UINTEGER AS id, tenant AS text FROM (SELECT DISTINCT tenant FROM day_member);
    ${[HOST_PAIRS, PRINCIPAL_PAIRS, TENANT_PAIRS].map((tables) => pairsSql(tables, forgetBefore)).join('; ')}`);
  // One engine answers them one after another, in any order: they only read.
  const ask = (sql: string) => db.connection.run(sql);
  const [
    traffic,
    hostPairs,
    pathPairs,
    principalPairs,
    tenantPairs,
    hosts,
    networks,
    principals,
    tenants,
    paths,
  ] = await Promise.all([
    ask(TRAFFIC),
    ask(sumsSql(HOST_PAIRS)),
    ask(
      `SELECT day, pathId, networkId, bytes::DOUBLE, coalesce(p.firstDay, n.firstDay) FROM day_pair p LEFT JOIN day_pair_new n USING (hostId, networkId)`,
    ),
    ask(sumsSql(PRINCIPAL_PAIRS)),
    ask(sumsSql(TENANT_PAIRS, 'any_value(e.id)', 'JOIN day_tenant e ON e.text = p.tenant')),
    ask(namesSql('host')),
    ask(namesSql('network', "coalesce(asText, '')")),
    ask(namesSql('principal')),
    ask('SELECT id, text FROM day_tenant ORDER BY text'),
    ask('SELECT id, text FROM day_path ORDER BY text'),
  ]);
  return () => ({
    traffic: trafficOf(traffic),
    hostPairs: pairsOf(hostPairs),
    pathPairs: pairsOf(pathPairs),
    principalPairs: pairsOf(principalPairs),
    tenantPairs: pairsOf(tenantPairs),
    hosts: namesOf(hosts),
    networks: systemsOf(networks),
    principals: namesOf(principals),
    tenants: namesOf(tenants),
    paths: namesOf(paths),
  });
}

/** Sums pairs, with what is known of them; those not known become so, and last days are brought up to date. */
function pairsSql(
  { sums, known, left, traffic, more }: PairTables,
  forgetBefore: number | undefined,
): string {
  const isPair = (a: string, b: string) => `${a}.${left} = ${b}.${left} AND ${a}.networkId = ${b}.networkId`;
  return `CREATE OR REPLACE TEMP TABLE ${sums} AS SELECT t.*, k.firstDay, k.lastDay
      FROM (SELECT (hour // ${HOURS_PER_DAY})::INTEGER AS day, ${left}, networkId, ${more}sum(bytes)::UBIGINT AS bytes FROM ${traffic} GROUP BY ALL) t
      LEFT JOIN ${known} k ON ${isPair('k', 't')};
    CREATE OR REPLACE TEMP TABLE ${sums}_new AS SELECT ${left}, networkId, min(day) AS firstDay FROM ${sums} WHERE firstDay IS NULL GROUP BY ALL;
    UPDATE ${known} SET lastDay = p.day FROM
      (SELECT ${left}, networkId, min(day) AS day FROM ${sums} WHERE lastDay < day - ${REFRESH_DAYS} GROUP BY ALL) p WHERE ${isPair(known, 'p')};
    INSERT INTO ${known} SELECT ${left}, networkId, firstDay, firstDay FROM ${sums}_new;
    ${forgetBefore === undefined ? '' : `DELETE FROM ${known} WHERE lastDay < ${forgetBefore}`}`;
}

function sumsSql({ sums, left }: PairTables, id = left, names = ''): string {
  return `SELECT day, ${id}, networkId, sum(bytes)::DOUBLE, any_value(coalesce(p.firstDay, n.firstDay))
    FROM ${sums} p LEFT JOIN ${sums}_new n USING (${left}, networkId) ${names} GROUP BY day, ${left}, networkId`;
}

function namesSql(side: 'host' | 'network' | 'principal', more?: string): string {
  return `SELECT id, text${more ? `, ${more}` : ''} FROM ${side}_text
    WHERE id IN (SELECT ${side}Id FROM day_traffic) ORDER BY text, id`;
}

const TRAFFIC = `SELECT hour, pathId, hostId, networkId, t.principalId, coalesce(e.id, ${NO_TENANT})::UINTEGER, bytes::DOUBLE FROM day_traffic t
  LEFT JOIN day_member m ON m.principalId = t.principalId AND ${holdsOn(`(hour // ${HOURS_PER_DAY})`)}
  LEFT JOIN day_tenant e ON e.text = m.tenant`;

function trafficOf(result: DuckDBMaterializedResult): DayColumns['traffic'] {
  const [hour, pathId, hostId, networkId, principalId, tenantId, bytes] = columnsOf(result, [
    'INTEGER',
    'UINTEGER',
    'UINTEGER',
    'UINTEGER',
    'UINTEGER',
    'UINTEGER',
    'DOUBLE',
  ]);
  return { hour, pathId, hostId, networkId, principalId, tenantId, bytes };
}

function pairsOf(result: DuckDBMaterializedResult): PairColumns {
  const types = ['INTEGER', 'UINTEGER', 'UINTEGER', 'DOUBLE', 'INTEGER'] as const;
  const [day, left, networkId, bytes, firstDay] = columnsOf(result, types);
  return { day, left, networkId, bytes, firstDay };
}

function namesOf(result: DuckDBMaterializedResult): NameColumns {
  const [ids, texts] = columnsOf(result, ['UINTEGER', 'VARCHAR']);
  return { ids, texts };
}

function systemsOf(result: DuckDBMaterializedResult): DayColumns['networks'] {
  const [ids, texts, as] = columnsOf(result, ['UINTEGER', 'VARCHAR', 'VARCHAR']);
  return { ids, texts, as };
}
