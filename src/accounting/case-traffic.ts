import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { CELL_COLUMNS } from '../records/columns.ts';
import { sqlText } from '../records/sql-text.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import { filesSql } from './facts.ts';

/** Some hosts with some destinations, since a day: what one campaign of a case went over. No host means any host. */
export interface CaseScope {
  readonly hosts: readonly string[];
  readonly networks: readonly string[];
  readonly sinceDay: number;
}

const pairTraffic = z.object({
  host: z.string(),
  network: z.string(),
  path: z.string(),
  principal: z.string(),
  service: z.string(),
  initiator: z.string(),
  bytesOut: z.bigint(),
  bytesOutLow: z.bigint(),
  bytesOutHigh: z.bigint(),
  flows: z.bigint().transform(Number),
  firstAt: z.bigint().transform(Number),
  lastAt: z.bigint().transform(Number),
});
/** What one principal sent over one pair by one path; service and initiator are those of its heaviest cell. */
export type PairTraffic = z.infer<typeof pairTraffic>;

/** Returns what went over the pairs of some scopes through a last day, heaviest first. Needs the tables of day-series.ts. */
export function caseTraffic(
  db: Database,
  cellFiles: readonly string[],
  scopes: readonly CaseScope[],
  lastDay: number,
): Promise<PairTraffic[]> {
  return db.rows(
    `SELECT host, network, path, principal, arg_max(service, (bytesOut, service)) AS service,
       arg_max(initiator, (bytesOut, initiator)) AS initiator, sum(bytesOut)::UBIGINT AS bytesOut,
       sum(bytesOutLow)::UBIGINT AS bytesOutLow, sum(bytesOutHigh)::UBIGINT AS bytesOutHigh,
       sum(flows)::UBIGINT AS flows, min(firstAt) AS firstAt, max(lastAt) AS lastAt
     FROM ${namedSql(cellFiles)} WHERE ${inCaseSql(scopes)} AND hour < ${(lastDay + 1) * HOURS_PER_DAY}
     GROUP BY 1, 2, 3, 4 ORDER BY 7 DESC, 1, 2, 3, 4`,
    pairTraffic,
  );
}

/** What a case may ask to be cut. */
export const CUTS = { host: 'host', destination: 'network', path: 'path', principal: 'principal' } as const;
/** One of them. */
export type Cut = keyof typeof CUTS;

const passage = z.object({
  name: z.string(),
  bytesOut: z.bigint(),
  bytesOutOfCase: z.bigint(),
  counterparts: z.bigint().transform(Number),
  principals: z.bigint().transform(Number),
  lastAt: z.bigint().transform(Number).nullable(),
});
/**
 * What went through a host, to a destination, by a path or under a principal in a period: all of it, the part that
 * belongs to the case, and of the rest how many counterparts and known principals it had and when it was last seen.
 */
export type Passage = z.infer<typeof passage>;

/**
 * Returns what else goes through what a case would cut, in a period of days, heaviest first. The counterparts of a
 * destination are hosts, of all others destinations. Needs the tables of day-series.ts.
 */
export function passagesOf(
  db: Database,
  cellFiles: readonly string[],
  cut: Cut,
  names: readonly string[],
  scopes: readonly CaseScope[],
  days: { readonly fromDay: number; readonly toDay: number },
): Promise<Passage[]> {
  if (names.length === 0) return Promise.resolve([]);
  const column = CUTS[cut];
  const counterpart = cut === 'destination' ? 'host' : 'network';
  return db.rows(
    `SELECT name, sum(bytesOut)::UBIGINT AS bytesOut,
       coalesce(sum(bytesOut) FILTER (WHERE ofCase), 0)::UBIGINT AS bytesOutOfCase,
       count(DISTINCT counterpart) FILTER (WHERE NOT ofCase) AS counterparts,
       count(DISTINCT principal) FILTER (WHERE NOT ofCase AND principal <> 'unknown') AS principals,
       max(lastAt) FILTER (WHERE NOT ofCase) AS lastAt
     FROM (SELECT ${column} AS name, ${counterpart} AS counterpart, principal, bytesOut, lastAt, ${inCaseSql(scopes)} AS ofCase
       FROM ${namedSql(cellFiles)}
       WHERE ${column} IN (${names.map(sqlText).join(', ')})
         AND hour >= ${days.fromDay * HOURS_PER_DAY} AND hour < ${(days.toDay + 1) * HOURS_PER_DAY})
     GROUP BY name ORDER BY 2 DESC, 1`,
    passage,
  );
}

/** Egress cells with their host and network in words. */
function namedSql(cellFiles: readonly string[]): string {
  return `(SELECT c.*, h.text AS host, n.text AS network FROM ${filesSql(cellFiles, CELL_COLUMNS)} c
    JOIN host_text h ON h.key = c.hostKey AND h.name = coalesce(c.hostName, '')
    JOIN network_text n ON n.key = c.networkKey AND n.name = coalesce(c.networkName, '')
    WHERE kind = 'egress' AND bytesOut > 0)`;
}

/** SQL that tells the cells that belong to a case. */
function inCaseSql(scopes: readonly CaseScope[]): string {
  const among = (column: string, names: readonly string[]) =>
    `${column} IN (${names.map(sqlText).join(', ')})`;
  const parts = scopes
    .filter(({ networks }) => networks.length > 0)
    .map(({ hosts, networks, sinceDay }) => {
      const byHost = hosts.length > 0 ? `${among('host', hosts)} AND ` : '';
      return `(${byHost}${among('network', networks)} AND hour >= ${sinceDay * HOURS_PER_DAY})`;
    });
  return parts.length === 0 ? 'false' : `(${parts.join(' OR ')})`;
}
