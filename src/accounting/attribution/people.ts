import { z } from 'zod';
import type { Database } from '../../ledger/duckdb/database.ts';
import { FACT_COLUMNS } from '../../records/families.ts';
import { sqlText } from '../../records/sql-text.ts';
import { HOURS_PER_DAY } from '../../records/time.ts';
import { type DayRange, filesSql, microsOf } from '../facts.ts';
import { byName, ensureAccounts } from './accounts.ts';
import { type NamedCellFiles, namedCellsSql } from './shares.ts';

const personRow = z.object({
  principal: z.string(),
  bases: z.array(z.string()),
  bytesOut: z.bigint(),
  bytesOutLow: z.bigint(),
  bytesOutHigh: z.bigint(),
  sharedLeast: z.bigint().transform(Number).nullable(),
  sharedMost: z.bigint().transform(Number).nullable(),
});
/** Somebody who could have opened what went over some pairs: what was theirs, their share, all of it, and what says so. */
export type Person = z.infer<typeof personRow>;

/** Returns who could have opened what went over some pairs (host, network) on some days, the largest first. Needs the tables of day-series.ts. */
export async function peopleOf(
  db: Database,
  files: NamedCellFiles,
  pairs: readonly { readonly host: string; readonly network: string }[],
  { fromDay, toDay }: DayRange,
): Promise<Person[]> {
  if (pairs.length === 0) return [];
  const wanted = pairs.map(({ host, network }) => `(${sqlText(host)}, ${sqlText(network)})`).join(', ');
  return db.rows(
    `SELECT principal, list(DISTINCT coalesce(basis, 'unknown') ORDER BY coalesce(basis, 'unknown')) AS bases,
       sum(bytesOut)::UBIGINT AS bytesOut, sum(bytesOutLow)::UBIGINT AS bytesOutLow, sum(bytesOutHigh)::UBIGINT AS bytesOutHigh,
       min(present) FILTER (present > 1) AS sharedLeast, max(present) FILTER (present > 1) AS sharedMost
     FROM ${namedCellsSql(files, 'principal', false)} c
     JOIN host_text h ON h.key = c.hostKey AND h.name = coalesce(c.hostName, '')
     JOIN network_text n ON n.key = c.networkKey AND n.name = coalesce(c.networkName, '')
     JOIN (VALUES ${wanted}) AS w(host, network) ON w.host = h.text AND w.network = n.text
     WHERE kind = 'egress' AND bytesOutHigh > 0 AND hour >= ${fromDay * HOURS_PER_DAY} AND hour < ${(toDay + 1) * HOURS_PER_DAY}
     GROUP BY principal ORDER BY 3 DESC, 1`,
    personRow,
  );
}

const seenRow = z.object({
  principal: z.string(),
  what: z.string(),
  fromHi: z.bigint().nullable(),
  fromLo: z.bigint().nullable(),
  lentHi: z.bigint().nullable(),
  lentLo: z.bigint().nullable(),
  host: z.string().nullable(),
  startedAt: z.bigint().transform(Number),
});
/** A session, lease or job of somebody: `what` is vpn, ssh, portal, lease or the job's id; addresses in halves. */
export type Seen = z.infer<typeof seenRow>;

/** Returns the last few sessions, leases and jobs of some principals that began on some days, the latest first. */
export async function seenOf(
  db: Database,
  files: Readonly<Record<'session' | 'lease' | 'job', readonly string[]>>,
  principals: readonly string[],
  days: DayRange,
  most: number,
): Promise<Seen[]> {
  if (principals.length === 0) return [];
  const { from, to } = microsOf(days);
  const theirs = `principal IN (${principals.map(sqlText).join(', ')}) AND startedAt >= ${from} AND startedAt < ${to}`;
  const none = 'NULL::UBIGINT';
  await ensureAccounts(db);
  return db.rows(
    `SELECT * FROM (
       SELECT principal, kind AS what, outerHi AS fromHi, outerLo AS fromLo, max(assignedHi) AS lentHi, max(assignedLo) AS lentLo, server AS host, startedAt
       FROM ${byName(filesSql(files.session, FACT_COLUMNS.session))} WHERE ${theirs} AND (event <> 'end' OR startedAt < endedAt) GROUP BY ALL
       UNION ALL SELECT principal, 'lease', ${none}, ${none}, addressHi, addressLo, hostName, startedAt
       FROM ${byName(filesSql(files.lease, FACT_COLUMNS.lease))} WHERE ${theirs}
       UNION ALL SELECT DISTINCT principal, 'job ' || jobId, ${none}, ${none}, ${none}, ${none}, hosts, startedAt
       FROM ${byName(filesSql(files.job, FACT_COLUMNS.job))} WHERE ${theirs})
     QUALIFY row_number() OVER (PARTITION BY principal ORDER BY startedAt DESC, what, host, fromLo, lentLo) <= ${most}
     ORDER BY principal, startedAt DESC, what, host, fromLo, lentLo`,
    seenRow,
  );
}
