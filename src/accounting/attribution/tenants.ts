import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Facility } from '../../facility/facility.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import { FACT_COLUMNS } from '../../records/families.ts';
import { sqlText } from '../../records/sql-text.ts';
import { MICROS_PER_DAY } from '../../records/time.ts';
import { filesSql } from '../facts.ts';

/** A principal's tenant from a day on (inclusive) to another (exclusive). */
interface TenantSpan {
  readonly principal: string;
  readonly tenant: string;
  readonly fromDay: number;
  readonly toDay: number;
}

/** Before and after any day: years 1 to 9999 or so. */
const FIRST_DAY = -719_162;
const LAST_DAY = 2_932_896;

const SPANS = 'tenant_span (principal VARCHAR, tenant VARCHAR, fromDay INTEGER, toDay INTEGER)';

/** Rows of one INSERT. */
const ROWS_AT_ONCE = 2_000;

/**
 * Returns spans of which no two of one principal overlap: bytes belong to one tenant. Where records put a principal
 * into several at once the membership that began last holds, of those that began together the first by name.
 */
export function settleTenants(members: readonly TenantSpan[]): TenantSpan[] {
  const byPrincipal = new Map<string, TenantSpan[]>();
  for (const member of members) {
    if (member.fromDay >= member.toDay) continue;
    byPrincipal.set(member.principal, [...(byPrincipal.get(member.principal) ?? []), member]);
  }
  return [...byPrincipal.values()].flatMap(settlePrincipal);
}

function settlePrincipal(members: readonly TenantSpan[]): TenantSpan[] {
  const edges = [...new Set(members.flatMap(({ fromDay, toDay }) => [fromDay, toDay]))].sort((a, b) => a - b);
  const settled: TenantSpan[] = [];
  for (const [index, fromDay] of edges.entries()) {
    const toDay = edges[index + 1];
    const holding = members.filter((member) => member.fromDay <= fromDay && member.toDay > fromDay);
    const [chosen] = holding.sort((a, b) => b.fromDay - a.fromDay || (a.tenant < b.tenant ? -1 : 1));
    if (toDay === undefined || !chosen) continue;
    const last = settled.at(-1);
    if (last?.tenant === chosen.tenant && last.toDay === fromDay)
      settled[settled.length - 1] = { ...last, toDay };
    else settled.push({ ...chosen, fromDay, toDay });
  }
  return settled;
}

/**
 * Makes the table `tenant_span(principal, tenant, fromDay, toDay)` of what weir.yaml and the member records say.
 * Memberships of weir.yaml hold always, so that records outrank them. Returns the names of all tenants.
 */
export async function openTenants(
  db: Database,
  memberFiles: readonly string[],
  { tenants }: Pick<Facility, 'tenants'>,
): Promise<ReadonlySet<string>> {
  const day = (micros: string) => `(${micros} // ${MICROS_PER_DAY})::INTEGER`;
  const records = await db.rows(
    `SELECT DISTINCT principal, tenant, ${day('startedAt')} AS fromDay, coalesce(${day('endedAt')}, ${LAST_DAY}) AS toDay
     FROM ${filesSql(memberFiles, FACT_COLUMNS.member)} ORDER BY ALL`,
    z.object({ principal: z.string(), tenant: z.string(), fromDay: z.number(), toDay: z.number() }),
  );
  const stated = tenants.flatMap(({ name, principals }) =>
    principals.map((principal) => ({ principal, tenant: name, fromDay: FIRST_DAY, toDay: LAST_DAY })),
  );
  await db.run(`CREATE OR REPLACE TEMP TABLE ${SPANS}`);
  const settled = settleTenants([...stated, ...records]);
  const rows = settled.map(
    ({ principal, tenant, fromDay, toDay }) =>
      `(${sqlText(principal)}, ${sqlText(tenant)}, ${fromDay}, ${toDay})`,
  );
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
    await db.run(`INSERT INTO tenant_span VALUES ${rows.slice(at, at + ROWS_AT_ONCE).join(', ')}`);
  return new Set([...tenants.map(({ name }) => name), ...settled.map(({ tenant }) => tenant)]);
}

/** Makes an empty table of tenants unless openTenants made one. */
export async function ensureTenants(db: Database): Promise<void> {
  await db.run(`CREATE TEMP TABLE IF NOT EXISTS ${SPANS}`);
}

/** Returns SQL that says of a row of `tenant_span` whether it holds on a day, a number or a column. */
export function holdsOn(day: number | string): string {
  return `fromDay <= ${day} AND toDay > ${day}`;
}

/**
 * Returns, for each day of a period, a text that changes whenever who belonged to whom up to that day does; empty where
 * nobody belonged to anybody yet. Needs openTenants.
 */
export async function tenantVersions(db: Database, firstDay: number, lastDay: number): Promise<string[]> {
  const changes = await db.rows(
    `SELECT day, md5(string_agg(sign || principal || chr(0) || tenant, chr(1) ORDER BY sign, principal, tenant)) AS changed FROM (
       SELECT greatest(fromDay, ${firstDay}) AS day, '+' AS sign, principal, tenant FROM tenant_span WHERE toDay > ${firstDay}
       UNION ALL SELECT toDay, '-', principal, tenant FROM tenant_span WHERE toDay > ${firstDay})
     WHERE day <= ${lastDay} GROUP BY day`,
    z.object({ day: z.number(), changed: z.string() }),
  );
  const changeOn = new Map(changes.map(({ day, changed }) => [day, changed]));
  let version = '';
  return Array.from({ length: lastDay - firstDay + 1 }, (_, index) => {
    const changed = changeOn.get(firstDay + index);
    if (changed !== undefined) version = createHash('sha256').update(version).update(changed).digest('hex');
    return version;
  });
}
