import type { DuckDBMaterializedResult } from '@duckdb/node-api';
import { columnsOf } from '../ledger/duckdb/columns.ts';
import type { Database } from '../ledger/duckdb/database.ts';
import { CELL_COLUMNS } from '../records/columns.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import { holdsOn } from './attribution/tenants.ts';
import { type DayRange, filesSql } from './facts.ts';
import { type EntityTexts, type Names, nameEntities, UNKNOWN_ID } from './series-tables.ts';

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
 * Loads the egress of some days into `day_traffic`, by ids of hosts, networks, principals and paths (series-tables.ts).
 * Needs openSeries.
 */
export async function loadDays(
  db: Database,
  cellFiles: readonly string[],
  { fromDay, toDay }: DayRange,
  texts: EntityTexts,
): Promise<void> {
  const cells = `(SELECT hour, path, hostKey, coalesce(hostName, '') AS hostName, networkKey, coalesce(networkName, '') AS networkName, principal, bytesOut
    FROM ${filesSql(cellFiles, CELL_COLUMNS)}
    WHERE kind = 'egress' AND bytesOut > 0 AND hour >= ${fromDay * HOURS_PER_DAY} AND hour < ${(toDay + 1) * HOURS_PER_DAY})`;
  // Reading two columns twice costs less than keeping all of them.
  await nameEntities(db, cells, texts);
  await db.run(`CREATE OR REPLACE TEMP TABLE day_traffic AS
    SELECT hour, h.id AS hostId, n.id AS networkId, p.id AS principalId, w.id AS pathId, bytesOut::BIGINT AS bytes FROM ${cells} c
    JOIN host_text h ON h.key = c.hostKey AND h.name = c.hostName
    JOIN network_text n ON n.key = c.networkKey AND n.name = c.networkName
    JOIN principal_text p ON p.text = c.principal JOIN path_text w ON w.text = c.path`);
}

/** What stands for the tenant of whom nobody says it, and for the path of a pair that has several. */
const NO_ID = 0xffff_ffff;

/** Egress by day and pair, each with the day it was first seen at all. `left` is who sent, as an id. */
export interface PairColumns {
  readonly day: Int32Array;
  readonly left: Uint32Array;
  readonly networkId: Uint32Array;
  readonly bytes: Float64Array;
  readonly firstDay: Int32Array;
}

/** Those that were there, as ids in the code-point order of their names, and the name of each id: two may share one. */
export interface NameColumns {
  readonly ids: Uint32Array;
  readonly texts: readonly string[];
}

/** The egress of some days as columns of exact integers, in no order but that of the names. */
export interface DayColumns {
  /** By hour; only of days that have several. */
  readonly hours: {
    readonly hour: Int32Array;
    readonly pathId: Uint32Array;
    readonly hostId: Uint32Array;
    readonly networkId: Uint32Array;
    readonly principalId: Uint32Array;
    /** NO_ID for none. */
    readonly tenantId: Uint32Array;
    readonly bytes: Float64Array;
  };
  /** With the path of each; those of several paths have NO_ID, and are told path by path beside. */
  readonly hostPairs: PairColumns & { readonly pathId: Uint32Array };
  /** Of `left` the path. */
  readonly pathPairs: PairColumns;
  readonly principalPairs: PairColumns;
  readonly tenantPairs: PairColumns;
  readonly hosts: NameColumns;
  readonly networks: NameColumns & { readonly as: readonly string[] };
  readonly principals: NameColumns;
  readonly tenants: NameColumns;
  readonly paths: NameColumns;
}

const DAY = `(hour // ${HOURS_PER_DAY})`;

/** The sums by pair of one side: a table of the days, the carried one, and the traffic that they are made of. */
interface PairTables {
  readonly sums: string;
  readonly known: string;
  readonly left: string;
  readonly traffic: string;
  /** What else is told of each sum. */
  readonly more: string;
}

const HOST_PAIRS: PairTables = {
  sums: 'day_pair',
  known: 'known_pair',
  left: 'hostId',
  traffic: 'day_traffic',
  more: ', min(pathId) AS minPath, max(pathId) AS maxPath',
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
  traffic: `day_traffic t JOIN day_member m ON m.principalId = t.principalId AND ${holdsOn(DAY)}`,
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
  names: Names,
): Promise<() => DayColumns> {
  const isForgetting = hasLastDay && toDay % FORGETTING_DAYS === 0;
  const forgetBefore = isForgetting ? toDay - FORGET_DAYS : undefined;
  await db.run(`CREATE OR REPLACE TEMP TABLE day_member AS
    SELECT p.id AS principalId, tenant, fromDay, toDay FROM tenant_span s JOIN principal_text p ON p.text = s.principal;
    CREATE OR REPLACE TEMP TABLE day_tenant AS
    SELECT (row_number() OVER (ORDER BY tenant) - 1)::UINTEGER AS id, tenant AS text FROM (SELECT DISTINCT tenant FROM day_member);
    ${[HOST_PAIRS, PRINCIPAL_PAIRS, TENANT_PAIRS].map((tables) => pairsSql(tables, forgetBefore)).join('; ')}`);
  // One engine answers them one after another, in any order: they only read.
  const answers = await Promise.all(
    [
      HOURS,
      sumsSql(HOST_PAIRS, 'hostId', `, CASE WHEN minPath = maxPath THEN minPath ELSE ${NO_ID} END::UINTEGER`),
      PATH_PAIRS,
      sumsSql(PRINCIPAL_PAIRS, 'principalId'),
      sumsSql(TENANT_PAIRS, '(SELECT id FROM day_tenant e WHERE e.text = p.tenant)'),
      namesSql('host'),
      namesSql('network'),
      namesSql('principal'),
      'SELECT id, text FROM day_tenant ORDER BY text',
      'SELECT id, text FROM path_text WHERE id IN (SELECT pathId FROM day_traffic) ORDER BY text',
    ].map((sql) => db.connection.run(sql)),
  );
  await names.read(db);
  return () => columnsIn(answers as Answers, names);
}

/** Sums pairs, with what is known of them; those not known become so, and last days are brought up to date. */
function pairsSql(
  { sums, known, left, traffic, more }: PairTables,
  forgetBefore: number | undefined,
): string {
  const isPair = (a: string, b: string) => `${a}.${left} = ${b}.${left} AND ${a}.networkId = ${b}.networkId`;
  return `CREATE OR REPLACE TEMP TABLE ${sums} AS SELECT t.*, k.firstDay, k.lastDay
      FROM (SELECT ${DAY}::INTEGER AS day, ${left}, networkId, sum(bytes)::BIGINT AS bytes${more}
        FROM ${traffic} GROUP BY ALL) t
      LEFT JOIN ${known} k ON ${isPair('k', 't')};
    CREATE OR REPLACE TEMP TABLE ${sums}_new AS SELECT ${left}, networkId, min(day) AS firstDay FROM ${sums} WHERE firstDay IS NULL GROUP BY ALL;
    UPDATE ${known} SET lastDay = p.day FROM
      (SELECT ${left}, networkId, min(day) AS day FROM ${sums} WHERE lastDay < day - ${REFRESH_DAYS} GROUP BY ALL) p WHERE ${isPair(known, 'p')};
    INSERT INTO ${known} SELECT ${left}, networkId, firstDay, firstDay FROM ${sums}_new;
    ${forgetBefore === undefined ? '' : `DELETE FROM ${known} WHERE lastDay < ${forgetBefore}`}`;
}

function sumsSql({ sums, left }: PairTables, id: string, more = ''): string {
  return `SELECT day, ${id}, networkId, bytes::DOUBLE, coalesce(p.firstDay, n.firstDay)${more}
    FROM ${sums} p LEFT JOIN ${sums}_new n USING (${left}, networkId)`;
}

const PATH_PAIRS = `SELECT p.day, t.pathId, networkId, sum(t.bytes)::DOUBLE, any_value(coalesce(p.firstDay, n.firstDay))
  FROM day_traffic t JOIN (FROM day_pair WHERE minPath <> maxPath) p USING (hostId, networkId) LEFT JOIN day_pair_new n USING (hostId, networkId)
  WHERE p.day = ${DAY} GROUP BY p.day, hostId, networkId, t.pathId`;

function namesSql(side: 'host' | 'network' | 'principal'): string {
  return `SELECT id FROM ${side}_text WHERE id IN (SELECT ${side}Id FROM day_traffic) ORDER BY text, id`;
}

const HOURS = `SELECT hour, pathId, hostId, networkId, t.principalId, coalesce(e.id, ${NO_ID})::UINTEGER, bytes::DOUBLE FROM day_traffic t
  LEFT JOIN day_member m ON m.principalId = t.principalId AND ${holdsOn(DAY)}
  LEFT JOIN day_tenant e ON e.text = m.tenant
  WHERE ${DAY} IN (SELECT ${DAY} FROM day_traffic GROUP BY 1 HAVING min(hour) <> max(hour))`;

type Result = DuckDBMaterializedResult;
type Answers = [Result, Result, Result, Result, Result, Result, Result, Result, Result, Result];

function columnsIn(answers: Answers, names: Names): DayColumns {
  const [
    hours,
    hostPairs,
    pathPairs,
    principalPairs,
    tenantPairs,
    hosts,
    networks,
    principals,
    tenants,
    paths,
  ] = answers;
  return {
    hours: hoursOf(hours),
    hostPairs: hostPairsOf(hostPairs),
    pathPairs: pairsOf(pathPairs),
    principalPairs: pairsOf(principalPairs),
    tenantPairs: pairsOf(tenantPairs),
    hosts: { ids: idsOf(hosts), texts: names.hosts },
    networks: { ids: idsOf(networks), texts: names.networks, as: names.systems },
    principals: { ids: idsOf(principals), texts: names.principals },
    tenants: fewOf(tenants),
    paths: fewOf(paths),
  };
}

const ID = 'UINTEGER';

function hoursOf(result: Result): DayColumns['hours'] {
  const types = ['INTEGER', ID, ID, ID, ID, ID, 'DOUBLE'] as const;
  const [hour, pathId, hostId, networkId, principalId, tenantId, bytes] = columnsOf(result, types);
  return { hour, pathId, hostId, networkId, principalId, tenantId, bytes };
}

function hostPairsOf(result: Result): DayColumns['hostPairs'] {
  const types = ['INTEGER', ID, ID, 'DOUBLE', 'INTEGER', ID] as const;
  const [day, left, networkId, bytes, firstDay, pathId] = columnsOf(result, types);
  return { day, left, networkId, bytes, firstDay, pathId };
}

function pairsOf(result: Result): PairColumns {
  const types = ['INTEGER', ID, ID, 'DOUBLE', 'INTEGER'] as const;
  const [day, left, networkId, bytes, firstDay] = columnsOf(result, types);
  return { day, left, networkId, bytes, firstDay };
}

function idsOf(result: Result): Uint32Array {
  return columnsOf(result, [ID])[0];
}

/** Names that are few, read each time. */
function fewOf(result: Result): NameColumns {
  const [ids, some] = columnsOf(result, [ID, 'VARCHAR']);
  const texts: string[] = [];
  ids.forEach((id, i) => {
    texts[id] = some[i] as string;
  });
  return { ids, texts };
}
