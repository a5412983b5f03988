import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { CELL_COLUMNS } from '../records/columns.ts';
import { FACT_COLUMNS } from '../records/families.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import { ensureAccounts } from './attribution/accounts.ts';
import { filesSql, microsOf } from './facts.ts';
import { accessedSql, type ReadFiles } from './reads.ts';

/** What storage logs and flows say that principals made and read on one day: parallel columns, exact integers, in bytes. */
export interface ProductSeries {
  /** In code-point order; nobody unknown. */
  readonly principals: string[];
  /** Written to storage, and brought in from outside by flows. */
  readonly bytesMade: Float64Array;
  /** The most that can have been read; a petabyte where a file was opened whose size no log says. */
  readonly bytesReadMost: Float64Array;
  /** Read by no job that the scheduler knows; opened files count by their size. */
  readonly bytesReadFreely: Float64Array;
}

/** Who opened a file of unknown size may have read this much: more than anything it could be weighed against. */
const UNBOUNDED_BYTES = 1e15;

/**
 * Returns what everybody made and read on a day. Costs that day's records, those of counters a week before it, and the
 * jobs that may have run.
 * @param files `cells` of the day; of `reads` accesses and jobs as reads.ts says.
 */
export async function productsOn(
  db: Database,
  files: { readonly cells: readonly string[]; readonly reads: ReadFiles },
  day: number,
): Promise<ProductSeries> {
  await ensureAccounts(db);
  const hours = `hour >= ${day * HOURS_PER_DAY} AND hour < ${(day + 1) * HOURS_PER_DAY}`;
  const reader = await db.connection.runAndReadAll(
    `WITH stored AS (SELECT principal, sum(written)::HUGEINT AS made, sum(high)::HUGEINT AS most, sum(opensWithoutSize) AS unsized,
        coalesce(sum(estimate) FILTER (WHERE NOT byJob), 0)::HUGEINT AS freely
      FROM ${accessedSql(files.reads, { fromDay: day, toDay: day })} GROUP BY principal),
    brought AS (SELECT principal, sum(bytesIn)::HUGEINT AS made FROM ${filesSql(files.cells, CELL_COLUMNS)}
      WHERE kind = 'egress' AND ${hours} GROUP BY principal)
    SELECT principal, sum(made)::DOUBLE AS made,
      least(sum(most) + CASE WHEN sum(unsized) > 0 THEN ${UNBOUNDED_BYTES}::HUGEINT ELSE 0 END, ${UNBOUNDED_BYTES}::HUGEINT)::DOUBLE AS most,
      sum(freely)::DOUBLE AS freely
    FROM (SELECT * FROM stored UNION ALL SELECT principal, made, 0, 0, 0 FROM brought)
    WHERE principal <> 'unknown' GROUP BY principal HAVING sum(made) > 0 OR sum(most) > 0 OR sum(unsized) > 0 ORDER BY principal`,
  );
  const [principals = [], ...columns] = reader.getColumnsJS();
  const column = (index: number) => Float64Array.from(columns[index] ?? [], Number);
  return {
    principals: principals.map(String),
    bytesMade: column(0),
    bytesReadMost: column(1),
    bytesReadFreely: column(2),
  };
}

const sensorRow = z.object({ sensor: z.string() });

/** Returns the sensors that logged any access to storage on a day, in order. */
export async function storageSensorsOn(
  db: Database,
  accessFiles: readonly string[],
  day: number,
): Promise<string[]> {
  if (accessFiles.length === 0) return [];
  const { from, to } = microsOf({ fromDay: day, toDay: day });
  const rows = await db.rows(
    `SELECT DISTINCT sensor FROM ${filesSql(accessFiles, FACT_COLUMNS.access)} WHERE startedAt >= ${from} AND startedAt < ${to} ORDER BY sensor`,
    sensorRow,
  );
  return rows.map(({ sensor }) => sensor);
}

const spanRow = z.object({
  principal: z.string(),
  tenant: z.string(),
  fromDay: z.number(),
  toDay: z.number(),
});

/** Returns who belongs to which tenant on a day, as directories and weir.yaml say. Needs the table of openTenants. */
export async function tenantsByDay(
  db: Database,
): Promise<(principal: string, day: number) => string | undefined> {
  const spans = new Map<string, z.infer<typeof spanRow>[]>();
  for (const span of await db.rows('SELECT * FROM tenant_span ORDER BY principal, fromDay', spanRow))
    spans.set(span.principal, [...(spans.get(span.principal) ?? []), span]);
  return (principal, day) =>
    spans.get(principal)?.find(({ fromDay, toDay }) => fromDay <= day && day < toDay)?.tenant;
}
