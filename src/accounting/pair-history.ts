import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { CELL_COLUMNS } from '../records/columns.ts';
import { sqlText } from '../records/sql-text.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import { holdsOn } from './attribution/tenants.ts';
import { filesSql } from './facts.ts';

/** One active day of one pair (host, network). */
export interface PairRow {
  readonly day: number;
  readonly host: string;
  readonly network: string;
  readonly as: string;
  readonly path: string;
  /** Who sent most of it; empty where no source says. */
  readonly principal: string;
  /** Whose that one was; empty where nothing says. */
  readonly tenant: string;
  readonly bytesOut: number;
  readonly firstDay: number;
}

const pairRow = z.object({
  day: z.number(),
  host: z.string(),
  network: z.string(),
  as: z.string(),
  path: z.string(),
  principal: z.string(),
  tenant: z.string(),
  bytesOut: z.number(),
  firstDay: z.number(),
});

/** Which pairs are asked for: those of flagged entities, or all that were new in the period. */
export interface PairScope {
  readonly fromDay: number;
  readonly toDay: number;
  readonly hosts: readonly string[];
  readonly networks: readonly string[];
  readonly systems: readonly string[];
  readonly principals: readonly string[];
  readonly tenants: readonly string[];
  /** Also every pair first seen since this day; undefined for none. */
  readonly novelSinceDay: number | undefined;
}

/**
 * Prepares egress by day, pair and path for the functions below; keys only, so that months of a large centre fit.
 * Needs the tables of day-series.ts.
 */
export async function openHistory(
  db: Database,
  cellFiles: readonly string[],
  fromDay: number,
  toDay: number,
): Promise<void> {
  await db.run(`CREATE OR REPLACE TEMP TABLE pair_history AS
    SELECT (hour // ${HOURS_PER_DAY})::INTEGER AS day, h.id AS hostId, n.id AS networkId, path, CASE WHEN c.principal = 'unknown' THEN '' ELSE c.principal END AS principal,
      coalesce(s.tenant, '') AS tenant, sum(bytesOut)::UBIGINT AS bytesOut
    FROM ${filesSql(cellFiles, CELL_COLUMNS)} c
    JOIN host_text h ON h.key = c.hostKey AND h.name = coalesce(c.hostName, '')
    JOIN network_text n ON n.key = c.networkKey AND n.name = coalesce(c.networkName, '')
    LEFT JOIN tenant_span s ON s.principal = c.principal AND ${holdsOn(`(hour // ${HOURS_PER_DAY})`)}
    WHERE kind = 'egress' AND bytesOut > 0 AND hour >= ${fromDay * HOURS_PER_DAY} AND hour < ${(toDay + 1) * HOURS_PER_DAY}
    GROUP BY ALL`);
}

/** The history with its entities by name. */
const NAMED = `(SELECT p.*, h.text AS host, n.text AS network, coalesce(n.asText, n.text) AS "as"
  FROM pair_history p JOIN host_text h ON h.id = p.hostId JOIN network_text n ON n.id = p.networkId)`;

/** Returns the active days of the pairs in scope, ordered by day, host and network; of several paths the heaviest. */
export async function pairRows(db: Database, scope: PairScope): Promise<PairRow[]> {
  const among = (column: string, values: readonly string[]) =>
    values.length === 0 ? 'false' : `${column} IN (${values.map(sqlText).join(', ')})`;
  const novel = scope.novelSinceDay === undefined ? 'false' : `firstDay >= ${scope.novelSinceDay}`;
  return db.rows(
    `SELECT day, host, network, "as", arg_max(path, (bytesOut, path)) AS path, arg_max(principal, (bytesOut, principal)) AS principal, arg_max(tenant, (bytesOut, principal)) AS tenant, sum(bytesOut)::DOUBLE AS bytesOut, firstDay
     FROM ${NAMED} p JOIN known_pair k ON k.hostId = p.hostId AND k.networkId = p.networkId
     WHERE day BETWEEN ${scope.fromDay} AND ${scope.toDay}
       AND (${among('host', scope.hosts)} OR ${among('network', scope.networks)} OR ${among('"as"', scope.systems)} OR ${among('principal', scope.principals)} OR ${among('tenant', scope.tenants)} OR ${novel})
     GROUP BY ALL ORDER BY day, host, network`,
    pairRow,
  );
}

/** How a pair mostly sent: the service and initiator of its heaviest cell; and which logs of relays tell of it. */
export interface PairManner {
  readonly host: string;
  readonly network: string;
  readonly service: string;
  readonly initiator: string;
  readonly via: readonly string[];
}

/** Returns how some pairs sent in a period. Needs the tables of day-series.ts. */
export async function pairManners(
  db: Database,
  cellFiles: readonly string[],
  pairs: readonly { readonly host: string; readonly network: string }[],
): Promise<PairManner[]> {
  if (pairs.length === 0) return [];
  const wanted = pairs.map(({ host, network }) => `(${sqlText(host)}, ${sqlText(network)})`).join(', ');
  return db.rows(
    `SELECT h.text AS host, n.text AS network, arg_max(service, (bytesOut, service)) AS service,
       arg_max(initiator, (bytesOut, initiator)) AS initiator,
       coalesce(list(DISTINCT via ORDER BY via) FILTER (via IS NOT NULL), []) AS via
     FROM ${filesSql(cellFiles, CELL_COLUMNS)} c
     JOIN host_text h ON h.key = c.hostKey AND h.name = coalesce(c.hostName, '')
     JOIN network_text n ON n.key = c.networkKey AND n.name = coalesce(c.networkName, '')
     JOIN (VALUES ${wanted}) AS w(host, network) ON w.host = h.text AND w.network = n.text
     WHERE kind = 'egress' AND bytesOut > 0 GROUP BY 1, 2 ORDER BY 1, 2`,
    z.object({
      host: z.string(),
      network: z.string(),
      service: z.string(),
      initiator: z.string(),
      via: z.array(z.string()),
    }),
  );
}

const seriesRow = z.object({ entity: z.string(), day: z.number(), bytes: z.number() });

const ENTITY = {
  host: 'host',
  principal: 'principal',
  network: 'network',
  as: '"as"',
  path: 'path',
  centre: "'centre'",
  tenant: 'tenant',
} as const;

/** Returns the bytes a day of some entities of a family, ordered by entity and day; silent days are missing. */
export async function entityDays(
  db: Database,
  family: keyof typeof ENTITY,
  entities: readonly string[],
): Promise<z.infer<typeof seriesRow>[]> {
  if (entities.length === 0) return [];
  return db.rows(
    `SELECT ${ENTITY[family]} AS entity, day, sum(bytesOut::HUGEINT)::DOUBLE AS bytes FROM
       ${NAMED}
     WHERE ${ENTITY[family]} IN (${entities.map(sqlText).join(', ')}) GROUP BY ALL ORDER BY ALL`,
    seriesRow,
  );
}

/** Returns the heaviest entities of a family that are none of the given ones. */
export async function heaviestOthers(
  db: Database,
  family: 'host' | 'network',
  flagged: readonly string[],
  most: number,
): Promise<string[]> {
  const none = flagged.length === 0 ? 'true' : `${family} NOT IN (${flagged.map(sqlText).join(', ')})`;
  const rows = await db.rows(
    `SELECT ${family} AS entity FROM ${NAMED} WHERE ${none} GROUP BY 1 ORDER BY sum(bytesOut::HUGEINT) DESC, 1 LIMIT ${most}`,
    z.object({ entity: z.string() }),
  );
  return rows.map(({ entity }) => entity);
}

/**
 * Returns when nine tenths of an entity's egress in a period had been logged, microseconds; undefined when it
 * had none. A connection counts from when its closing record or snapshot was written.
 */
export async function mostlyArrivedAt(
  db: Database,
  cellFiles: readonly string[],
  family: keyof typeof ENTITY,
  entity: string,
  fromDay: number,
  toDay: number,
): Promise<number | undefined> {
  const where = {
    host: `h.text = ${sqlText(entity)}`,
    principal: `principal = ${sqlText(entity)}`,
    network: `n.text = ${sqlText(entity)}`,
    as: `n.asText = ${sqlText(entity)}`,
    path: `path = ${sqlText(entity)}`,
    centre: 'true',
    tenant: `principal IN (SELECT principal FROM tenant_span WHERE tenant = ${sqlText(entity)} AND fromDay <= ${toDay} AND toDay > ${fromDay})`,
  }[family];
  const [row] = await db.rows(
    `SELECT min(arrivedAt) AS at FROM (
       SELECT arrivedAt, sum(bytes) OVER (ORDER BY arrivedAt) AS running, sum(bytes) OVER () AS whole FROM (
         SELECT arrivedAt, sum(bytesOut)::HUGEINT AS bytes FROM ${filesSql(cellFiles, CELL_COLUMNS)} c
         JOIN host_text h ON h.key = c.hostKey AND h.name = coalesce(c.hostName, '')
         JOIN network_text n ON n.key = c.networkKey AND n.name = coalesce(c.networkName, '')
         WHERE kind = 'egress' AND bytesOut > 0 AND ${where} AND hour >= ${fromDay * HOURS_PER_DAY} AND hour < ${(toDay + 1) * HOURS_PER_DAY}
         GROUP BY arrivedAt)) WHERE running * 10 >= whole * 9`,
    z.object({ at: z.bigint().transform(Number).nullable() }),
  );
  return row?.at ?? undefined;
}

/** Returns the keys under which cells and flows know some hosts and networks; names without an address have none. */
export async function keysOf(
  db: Database,
  side: 'host' | 'network',
  texts: readonly string[],
): Promise<bigint[]> {
  if (texts.length === 0) return [];
  const rows = await db.rows(
    `SELECT key FROM ${side}_text WHERE name = '' AND text IN (${texts.map(sqlText).join(', ')}) ORDER BY key`,
    z.object({ key: z.bigint() }),
  );
  return rows.map(({ key }) => key);
}
