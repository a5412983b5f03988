import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { CELL_COLUMNS } from '../records/columns.ts';
import { sqlText } from '../records/sql-text.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import { type NamedCellFiles, namedCellsSql } from './attribution/shares.ts';
import { filesSql } from './facts.ts';

/** Some hosts with some destinations, since a day: what one campaign of a case went over. No host means any host. */
export interface CaseScope {
  readonly hosts: readonly string[];
  readonly networks: readonly string[];
  readonly sinceDay: number;
}

const number = z.bigint().transform(Number);
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
  flows: number,
  firstAt: number,
  lastAt: number,
});
/**
 * What went over one pair by one path; service and initiator are those of its heaviest cell. `principal` is whose all of
 * it certainly was, else unknown.
 */
export type PairTraffic = z.infer<typeof pairTraffic>;

/** Returns what went over the pairs of some scopes through a last day, heaviest first. Needs the tables of day-series.ts. */
export function caseTraffic(
  db: Database,
  cellFiles: readonly string[],
  scopes: readonly CaseScope[],
  lastDay: number,
): Promise<PairTraffic[]> {
  return db.rows(
    `SELECT host, network, path, CASE WHEN min(principal) = max(principal) THEN min(principal) ELSE 'unknown' END AS principal,
       arg_max(service, (bytesOut, service)) AS service,
       arg_max(initiator, (bytesOut, initiator)) AS initiator, sum(bytesOut)::UBIGINT AS bytesOut,
       sum(bytesOutLow)::UBIGINT AS bytesOutLow, sum(bytesOutHigh)::UBIGINT AS bytesOutHigh,
       sum(flows)::UBIGINT AS flows, min(firstAt) AS firstAt, max(lastAt) AS lastAt
     FROM ${namedSql(cellsSql(cellFiles))} WHERE ${withinSql(scopes, lastDay)}
     GROUP BY host, network, path ORDER BY 7 DESC, 1, 2, 3`,
    pairTraffic,
  );
}

const SHARES = `sum(bytesOut)::UBIGINT AS bytesOut, sum(bytesOutLow)::UBIGINT AS bytesOutLow, sum(bytesOutHigh)::UBIGINT AS bytesOutHigh,
  min(present) FILTER (present > 1) AS sharedLeast, max(present) FILTER (present > 1) AS sharedMost`;
const shares = {
  /** With an equal part of what several could have opened. */
  bytesOut: z.bigint(),
  /** Certainly theirs. */
  bytesOutLow: z.bigint(),
  /** All that they could have opened. */
  bytesOutHigh: z.bigint(),
  /** Of what several could have opened: how many were present, at least and at most; null where nothing is shared. */
  sharedLeast: number.nullable(),
  sharedMost: number.nullable(),
};
const casePerson = z.object({
  host: z.string(),
  network: z.string(),
  principal: z.string(),
  bases: z.array(z.string()),
  ...shares,
});
/** What somebody could have sent over one pair of a case. */
export type CasePerson = z.infer<typeof casePerson>;

/** Returns who could have sent what went over the pairs of some scopes, pair by pair. Needs the tables of day-series.ts. */
export function casePeople(
  db: Database,
  files: NamedCellFiles,
  scopes: readonly CaseScope[],
  lastDay: number,
): Promise<CasePerson[]> {
  const basis = `coalesce(basis, 'unknown')`;
  return db.rows(
    `SELECT host, network, principal, list(DISTINCT ${basis} ORDER BY ${basis}) AS bases, ${SHARES}
     FROM ${namedSql(namedCellsSql(files, 'principal', false))} WHERE ${withinSql(scopes, lastDay)}
     GROUP BY host, network, principal ORDER BY host, network, principal`,
    casePerson,
  );
}

const caseTenant = z.object({ tenant: z.string(), principals: z.array(z.string()), ...shares });
/** What somebody of a tenant could have sent over the pairs of a case. */
export type CaseTenant = z.infer<typeof caseTenant>;

/** Returns whose people could have sent it, the largest first. Needs the tables of day-series.ts and of openTenants. */
export function caseTenants(
  db: Database,
  files: NamedCellFiles,
  scopes: readonly CaseScope[],
  lastDay: number,
): Promise<CaseTenant[]> {
  return db.rows(
    `SELECT tenant, coalesce(list(DISTINCT principal ORDER BY principal) FILTER (principal <> 'unknown'), []) AS principals, ${SHARES}
     FROM ${namedSql(namedCellsSql(files, 'tenant', true))} WHERE ${withinSql(scopes, lastDay)}
     GROUP BY tenant ORDER BY 3 DESC, 1`,
    caseTenant,
  );
}

function withinSql(scopes: readonly CaseScope[], lastDay: number): string {
  return `${inCaseSql(scopes)} AND hour < ${(lastDay + 1) * HOURS_PER_DAY}`;
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
 * destination are hosts, of all others destinations. Of an identity its part of what several could have opened counts, as
 * reports have it. Needs the tables of day-series.ts.
 */
export function passagesOf(
  db: Database,
  files: NamedCellFiles,
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
       FROM ${namedSql(cut === 'principal' ? namedCellsSql(files, 'principal', false) : cellsSql(files.cells))}
       WHERE ${column} IN (${names.map(sqlText).join(', ')})
         AND hour >= ${days.fromDay * HOURS_PER_DAY} AND hour < ${(days.toDay + 1) * HOURS_PER_DAY})
     GROUP BY name ORDER BY 2 DESC, 1`,
    passage,
  );
}

function cellsSql(files: readonly string[]): string {
  return filesSql(files, CELL_COLUMNS);
}

/** Egress cells with their host and network in words. Of several of a tenant only the first carries what is at most theirs. */
function namedSql(cells: string): string {
  return `(SELECT c.*, h.text AS host, n.text AS network FROM ${cells} c
    JOIN host_text h ON h.key = c.hostKey AND h.name = coalesce(c.hostName, '')
    JOIN network_text n ON n.key = c.networkKey AND n.name = coalesce(c.networkName, '')
    WHERE kind = 'egress' AND (bytesOut > 0 OR bytesOutHigh > 0))`;
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
