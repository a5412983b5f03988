import { z } from 'zod';
import type { Facility } from '../../facility/facility.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import { CELL_COLUMNS } from '../../records/columns.ts';
import { FACT_COLUMNS } from '../../records/families.ts';
import { HOURS_PER_DAY } from '../../records/time.ts';
import { filesSql, type IdentityFamily } from '../facts.ts';
import { placeNames } from './places.ts';

const knownRow = z.object({
  basis: z.string(),
  several: z.boolean(),
  bytesOut: z.bigint(),
});
/** What left on one basis of attribution, with one principal or with several who share it. */
export type KnownBytes = z.infer<typeof knownRow>;

/** Returns how well what left in some hours is attributed: bytes by basis, and apart those that several share. */
export function bytesByBasis(
  db: Database,
  cellFiles: readonly string[],
  { fromHour, toHour }: { readonly fromHour: number; readonly toHour: number },
): Promise<KnownBytes[]> {
  return db.rows(
    `SELECT coalesce(basis, 'unknown') AS basis, coalesce(present, 0) > 1 AS several, sum(bytesOut)::UBIGINT AS bytesOut
     FROM ${filesSql(cellFiles, CELL_COLUMNS)} WHERE kind = 'egress' AND hour >= ${fromHour} AND hour < ${toHour}
     GROUP BY ALL ORDER BY ALL`,
    knownRow,
  );
}

const dayRow = z.object({
  path: z.string(),
  day: z.number(),
  basis: z.string(),
  flows: z.bigint().transform(Number),
});
/** Connections of one path that began on one day, by what says who opened them; `unknown` where nothing does. */
export type KnownFlows = z.infer<typeof dayRow>;

/** Returns how many connections of each path are attributed on which basis, day by day. Ready-made cells are left out. */
export function flowsByBasis(
  db: Database,
  cellFiles: readonly string[],
  { fromHour, toHour }: { readonly fromHour: number; readonly toHour: number },
): Promise<KnownFlows[]> {
  return db.rows(
    `SELECT path, hour // ${HOURS_PER_DAY} AS day, coalesce(basis, 'unknown') AS basis, sum(flows)::UBIGINT AS flows
     FROM ${filesSql(cellFiles, CELL_COLUMNS)} WHERE kind = 'egress' AND hostName IS NULL AND hour >= ${fromHour} AND hour < ${toHour}
     GROUP BY ALL ORDER BY ALL`,
    dayRow,
  );
}

/**
 * Returns the host names in logs of sessions, jobs and transfers that stand for no address: neither weir.yaml nor a
 * lease names them. Sorted; what such a log says names nobody.
 */
export async function unplacedNames(
  db: Database,
  files: (family: IdentityFamily) => readonly string[],
  facility: Pick<Facility, 'hosts'>,
): Promise<string[]> {
  const named = z.object({ name: z.string() });
  const rows = await db.rows(
    `SELECT DISTINCT name FROM (
       SELECT server AS name FROM ${filesSql(files('session'), FACT_COLUMNS.session)} WHERE kind <> 'vpn'
       UNION ALL SELECT unnest(string_split(hosts, ',')) FROM ${filesSql(files('job'), FACT_COLUMNS.job)}
       UNION ALL SELECT serverName FROM ${filesSql(files('transfer'), FACT_COLUMNS.transfer)} WHERE serverLo IS NULL)
     WHERE name IS NOT NULL AND name <> ''
       AND split_part(lower(name), '.', 1) NOT IN (SELECT split_part(lower(hostName), '.', 1)
         FROM ${filesSql(files('lease'), FACT_COLUMNS.lease)} WHERE hostName IS NOT NULL)
     ORDER BY name`,
    named,
  );
  const names = rows.map(({ name }) => name);
  const placed = placeNames(names, facility);
  return names.filter((name) => !placed.has(name));
}
