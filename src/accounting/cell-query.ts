import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { CELL_COLUMNS } from '../records/columns.ts';
import { sqlText } from '../records/sql-text.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import { type NamedCellFiles, namedCellsSql } from './attribution/shares.ts';
import { filesSql } from './facts.ts';

/** Which cells an answer speaks of: hours from (inclusive) to (exclusive), and filters that all must hold. */
export interface CellFilter {
  readonly fromHour: number;
  readonly toHour: number;
  readonly hostKeys?: readonly bigint[];
  readonly hostName?: string;
  readonly networkKeys?: readonly bigint[];
  readonly networkName?: string;
  readonly service?: string;
  readonly principals?: readonly string[];
  readonly tenant?: string;
  readonly path?: string;
  readonly initiator?: string;
}

/** What cells can be grouped by; keys come back as text, host and network keys as decimal text beside a name. */
export const CELL_GROUPS = {
  path: ['path'],
  host: ['hostKey', 'hostName'],
  destination: ['networkKey', 'networkName'],
  service: ['service'],
  principal: ['principal'],
  tenant: ['tenant'],
  dayOfPrincipal: [`hour // ${HOURS_PER_DAY}`, 'principal'],
  initiator: ['initiator'],
  hour: ['hour'],
  day: [`hour // ${HOURS_PER_DAY}`],
  dayOfPath: [`hour // ${HOURS_PER_DAY}`, 'path'],
  nothing: ["''"],
} as const;
/** One of the groupings. */
export type CellGroup = keyof typeof CELL_GROUPS;

const sums = z.object({
  key: z.string(),
  name: z.string().nullable(),
  bytesOut: z.bigint(),
  bytesOutLow: z.bigint(),
  bytesOutHigh: z.bigint(),
  bytesIn: z.bigint(),
  flows: z.bigint(),
  firstAt: z.bigint().transform(Number),
  lastAt: z.bigint().transform(Number),
  /** Of cells that several share: how many were present, at least and at most; null where none is shared. */
  sharedLeast: z.bigint().transform(Number).nullable(),
  sharedMost: z.bigint().transform(Number).nullable(),
  /** Which logs of relays say that it was this host or principal; of other groupings nothing is asked. */
  via: z.array(z.string()),
});
/** Egress under one key. */
export type CellSums = z.infer<typeof sums>;

/**
 * Returns egress summed by a group, in the order of keys. Sums overflow with an error, never in silence. By principal or
 * tenant, or for some, cells that several share are split among them (attribution/shares.ts); by tenant, or for one, it
 * needs the table of openTenants.
 */
export function sumCells(
  db: Database,
  files: NamedCellFiles,
  group: CellGroup,
  filter: CellFilter,
): Promise<CellSums[]> {
  const [key, name = 'NULL'] = CELL_GROUPS[group];
  const tenants = group === 'tenant' || filter.tenant !== undefined;
  const byPrincipal = group === 'principal' || group === 'dayOfPrincipal' || filter.principals !== undefined;
  const cells =
    tenants || byPrincipal
      ? namedCellsSql(files, byPrincipal ? 'principal' : 'tenant', tenants)
      : filesSql(files.cells, CELL_COLUMNS);
  return db.rows(
    `SELECT (${key})::VARCHAR AS key, ${name}::VARCHAR AS name, sum(bytesOut)::UBIGINT AS bytesOut,
       sum(bytesOutLow)::UBIGINT AS bytesOutLow, sum(bytesOutHigh)::UBIGINT AS bytesOutHigh,
       sum(bytesIn)::UBIGINT AS bytesIn, sum(flows)::UBIGINT AS flows, min(firstAt) AS firstAt, max(lastAt) AS lastAt,
       min(present) FILTER (present > 1) AS sharedLeast, max(present) FILTER (present > 1) AS sharedMost,
       ${group === 'host' || group === 'principal' ? 'coalesce(list(DISTINCT via ORDER BY via) FILTER (via IS NOT NULL), [])' : '[]'}::VARCHAR[] AS via
     FROM ${cells} WHERE kind = 'egress' AND ${whereSql(filter)} GROUP BY 1, 2 ORDER BY 1, 2`,
    sums,
  );
}

const kindSums = z.object({ kind: z.string(), bytes: z.bigint() });

/** Returns the bytes of both directions by kind of traffic. */
export function sumKinds(
  db: Database,
  files: readonly string[],
  filter: CellFilter,
): Promise<z.infer<typeof kindSums>[]> {
  return db.rows(
    `SELECT kind, sum(bytesOut + bytesIn)::UBIGINT AS bytes FROM ${filesSql(files, CELL_COLUMNS)} WHERE ${whereSql(filter)} GROUP BY kind ORDER BY kind`,
    kindSums,
  );
}

const tunnelRow = z.object({ path: z.string(), carried: z.number(), content: z.number() });

/**
 * Returns, for each path with tunnels, the bytes they carried from the gateway to clients and the content seen on the
 * same path, and beside them the bytes clients fetched through the facility from the Internet.
 */
export async function sumTunnels(
  db: Database,
  files: readonly string[],
  filter: CellFilter,
): Promise<{ paths: z.infer<typeof tunnelRow>[]; transit: number }> {
  const cells = `${filesSql(files, CELL_COLUMNS)} WHERE ${whereSql(filter)}`;
  const paths = await db.rows(
    `SELECT * FROM (SELECT path, coalesce(sum(bytesOut) FILTER (WHERE kind = 'carrier'), 0)::DOUBLE AS carried,
       coalesce(sum(bytesOut) FILTER (WHERE kind = 'egress' AND service <> 'tunnel'), 0)::DOUBLE AS content
     FROM ${cells} GROUP BY path) WHERE carried > 0 ORDER BY path`,
    tunnelRow,
  );
  const [transit] = await db.rows(
    `SELECT coalesce(sum(bytesIn) FILTER (WHERE kind = 'transit'), 0)::DOUBLE AS bytes FROM ${cells}`,
    z.object({ bytes: z.number() }),
  );
  return { paths, transit: transit?.bytes ?? 0 };
}

function whereSql(filter: CellFilter): string {
  const keys = (column: string, list: readonly bigint[]) =>
    list.length === 0 ? 'false' : `${column} IN (${list.map((key) => `${key}::UBIGINT`).join(', ')})`;
  const conditions = [`hour >= ${filter.fromHour} AND hour < ${filter.toHour}`];
  const equal = (column: string, value: string | undefined) => {
    if (value !== undefined) conditions.push(`${column} = ${sqlText(value)}`);
  };
  if (filter.hostKeys) conditions.push(`hostName IS NULL AND ${keys('hostKey', filter.hostKeys)}`);
  if (filter.networkKeys)
    conditions.push(`networkName IS NULL AND ${keys('networkKey', filter.networkKeys)}`);
  equal('hostName', filter.hostName);
  equal('networkName', filter.networkName);
  equal('service', filter.service);
  equal('path', filter.path);
  equal('initiator', filter.initiator);
  equal('tenant', filter.tenant);
  if (filter.principals) {
    const named = filter.principals.map(sqlText).join(', ');
    conditions.push(named === '' ? 'false' : `principal IN (${named})`);
  }
  return conditions.join(' AND ');
}
