import { z } from 'zod';
import { columnsOf } from '../ledger/duckdb/columns.ts';
import type { Database } from '../ledger/duckdb/database.ts';
import { sqlText } from '../records/sql-text.ts';
import { ensureTenants } from './attribution/tenants.ts';

/** What cells call a host, destination or principal that their source does not name: no entity to judge. */
export const UNKNOWN = 'unknown';
/** The id of the unknown principal: those of all others are larger. */
export const UNKNOWN_ID = 0;

/** What becomes of an entity's keys in words: address text, and the AS of an outside network. */
export interface EntityTexts {
  host(key: bigint, name: string): string;
  network(key: bigint, name: string): { text: string; as: string | null };
}

/** The files of the tables that are carried from day to day. */
export interface SeriesFiles {
  readonly pairs: string;
  readonly principalPairs: string;
  readonly tenantPairs: string;
  readonly hosts: string;
  readonly networks: string;
  readonly principals: string;
}

/** Each carried table: its file, its columns as an empty one has them, and the order in which it is written. */
const TABLES: Readonly<
  Record<keyof SeriesFiles, { readonly table: string; readonly columns: string; readonly order: string }>
> = {
  pairs: {
    table: 'known_pair',
    columns: '0::UINTEGER AS hostId, 0::UINTEGER AS networkId, 0::INTEGER AS firstDay, 0::INTEGER AS lastDay',
    order: 'hostId, networkId',
  },
  principalPairs: {
    table: 'known_principal_pair',
    columns:
      '0::UINTEGER AS principalId, 0::UINTEGER AS networkId, 0::INTEGER AS firstDay, 0::INTEGER AS lastDay',
    order: 'principalId, networkId',
  },
  tenantPairs: {
    table: 'known_tenant_pair',
    columns: "'' AS tenant, 0::UINTEGER AS networkId, 0::INTEGER AS firstDay, 0::INTEGER AS lastDay",
    order: 'tenant, networkId',
  },
  hosts: {
    table: 'host_text',
    columns: "0::UINTEGER AS id, 0::UBIGINT AS key, '' AS name, '' AS text",
    order: 'id',
  },
  networks: {
    table: 'network_text',
    columns: "0::UINTEGER AS id, 0::UBIGINT AS key, '' AS name, '' AS text, '' AS asText",
    order: 'id',
  },
  principals: {
    table: 'principal_text',
    columns: "0::UINTEGER AS id, '' AS text",
    order: 'id',
  },
};

/**
 * Makes the tables that are carried from day to day: which pairs (host, network) are known since when, and the texts
 * of hosts, networks, principals and (not carried) paths. `saved` holds them as an earlier run left them. Tenants are those of openTenants, if it was asked.
 */
export async function openSeries(db: Database, saved?: SeriesFiles): Promise<void> {
  await ensureTenants(db);
  for (const [file, { table, columns }] of Object.entries(TABLES)) {
    const from = saved
      ? `SELECT * FROM read_parquet(${sqlText(saved[file as keyof SeriesFiles])})`
      : `SELECT ${columns} WHERE false`;
    await db.run(`CREATE OR REPLACE TEMP TABLE ${table} AS ${from}`);
  }
  if (!saved) await db.run(`INSERT INTO principal_text VALUES (${UNKNOWN_ID}, '${UNKNOWN}')`);
  await db.run(`CREATE OR REPLACE TEMP TABLE path_text (id UINTEGER, text VARCHAR)`);
}

/** Writes the carried tables to files; the counterpart of openSeries. */
export async function saveSeries(db: Database, to: SeriesFiles): Promise<void> {
  for (const [file, { table, order }] of Object.entries(TABLES)) {
    const path = sqlText(to[file as keyof SeriesFiles]);
    await db.run(
      `COPY (SELECT * FROM ${table} ORDER BY ${order}) TO ${path} (FORMAT parquet, COMPRESSION zstd)`,
    );
  }
}

/** The names of all ids, each read once: days share the texts. */
export interface Names {
  readonly hosts: string[];
  readonly networks: string[];
  /** The AS of each network, empty for none. */
  readonly systems: string[];
  readonly principals: string[];
  /** Reads those that came since it was last asked. */
  read(db: Database): Promise<void>;
}

/** Returns names of which none is read yet. Ids are given from 0 on, without gaps. */
export function namesRead(): Names {
  const [hosts, networks, systems, principals]: [string[], string[], string[], string[]] = [[], [], [], []];
  const sides = [
    { columns: 'text', table: 'host_text', lists: [hosts] },
    { columns: "text, coalesce(asText, '')", table: 'network_text', lists: [networks, systems] },
    { columns: 'text', table: 'principal_text', lists: [principals] },
  ];
  const read = async (db: Database) => {
    for (const { columns, table, lists } of sides) {
      const [{ length } = []] = lists;
      const result = await db.connection.run(
        `SELECT ${columns} FROM ${table} WHERE id >= ${length} ORDER BY id`,
      );
      columnsOf(
        result,
        lists.map(() => 'VARCHAR' as const),
      ).forEach((texts, i) => {
        for (const text of texts) lists[i]?.push(text);
      });
    }
  };
  return { hosts, networks, systems, principals, read };
}

/** Gives every host, network, principal and path of some cells that has none yet an id, and notes its text. */
export async function nameEntities(db: Database, cells: string, texts: EntityTexts): Promise<void> {
  const [hosts, networks] = await Promise.all([
    newKeys(db, cells, 'host'),
    newKeys(db, cells, 'network'),
    db.run(`${newTextsSql(cells, 'principal')}; ${newTextsSql(cells, 'path')}`),
  ]);
  await insertRows(
    db,
    'host_text',
    hosts.map(({ id, key, name }) => [
      String(id),
      String(key),
      sqlText(name),
      sqlText(texts.host(key, name)),
    ]),
  );
  await insertRows(
    db,
    'network_text',
    networks.map(({ id, key, name }) => {
      const { text, as } = texts.network(key, name);
      return [String(id), String(key), sqlText(name), sqlText(text), as === null ? 'NULL' : sqlText(as)];
    }),
  );
}

const unnamed = z.object({ key: z.bigint(), name: z.string(), id: z.number() });

function newKeys(db: Database, cells: string, side: 'host' | 'network') {
  return db.rows(
    `SELECT key, name, (${nextId(side)} + row_number() OVER (ORDER BY key, name) - 1)::UINTEGER AS id
     FROM (SELECT DISTINCT ${side}Key AS key, ${side}Name AS name FROM ${cells}) c
     WHERE NOT EXISTS (SELECT 1 FROM ${side}_text t WHERE t.key = c.key AND t.name = c.name) ORDER BY key, name`,
    unnamed,
  );
}

function newTextsSql(cells: string, side: 'principal' | 'path'): string {
  return `INSERT INTO ${side}_text SELECT ${nextId(side)} + row_number() OVER (ORDER BY ${side}) - 1, ${side}
    FROM (SELECT DISTINCT ${side} FROM ${cells}) c WHERE NOT EXISTS (SELECT 1 FROM ${side}_text t WHERE t.text = c.${side})`;
}

function nextId(side: string): string {
  return `(SELECT coalesce(max(id) + 1, 0) FROM ${side}_text)`;
}

/** Rows of one INSERT. */
const ROWS_AT_ONCE = 2_000;

async function insertRows(db: Database, table: string, rows: readonly (readonly string[])[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const some = rows.slice(at, at + ROWS_AT_ONCE).map((row) => `(${row.join(', ')})`);
    await db.run(`INSERT INTO ${table} VALUES ${some.join(', ')}`);
  }
}
