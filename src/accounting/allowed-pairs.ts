import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { sqlText } from '../records/sql-text.ts';

/** One pair of a day, as allowances see it. */
export interface DayPair {
  readonly host: string;
  readonly network: string;
  readonly as: string;
  readonly path: string;
  readonly bytesOut: number;
}

const row = z.object({
  host: z.string(),
  network: z.string(),
  as: z.string(),
  path: z.string(),
  bytesOut: z.number(),
});

/**
 * Takes announced bytes out of `day_traffic` (day-series.ts). `take` gets the day's pairs and returns them in the same
 * order with the bytes that still count. A pair that is left in part keeps its latest hours: announced bytes went first.
 */
export async function takeAllowances(
  db: Database,
  take: (pairs: readonly DayPair[]) => readonly DayPair[],
): Promise<void> {
  const pairs = await db.rows(
    `SELECT h.text AS host, n.text AS network, coalesce(n.asText, n.text) AS "as", path, sum(bytes)::DOUBLE AS bytesOut
     FROM day_traffic t JOIN host_text h ON h.id = t.hostId JOIN network_text n ON n.id = t.networkId GROUP BY ALL ORDER BY ALL`,
    row,
  );
  const counted = take(pairs);
  const changed = pairs.flatMap((pair, index) => {
    const left = counted[index]?.bytesOut ?? pair.bytesOut;
    return left === pair.bytesOut
      ? []
      : [`(${sqlText(pair.host)}, ${sqlText(pair.network)}, ${sqlText(pair.path)}, ${left}::UBIGINT)`];
  });
  if (changed.length === 0) return;
  await db.run(
    'CREATE OR REPLACE TEMP TABLE allowed (host VARCHAR, network VARCHAR, path VARCHAR, "left" UBIGINT)',
  );
  for (let at = 0; at < changed.length; at += 1_000)
    await db.run(`INSERT INTO allowed VALUES ${changed.slice(at, at + 1_000).join(', ')}`);
  await db.run(`CREATE OR REPLACE TEMP TABLE day_traffic AS
    WITH later AS (
      SELECT t.*, a."left", coalesce(sum(bytes) OVER (PARTITION BY t.hostId, t.networkId, t.path ORDER BY hour DESC, principal DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS after
      FROM day_traffic t JOIN host_text h ON h.id = t.hostId JOIN network_text n ON n.id = t.networkId
      LEFT JOIN allowed a ON a.host = h.text AND a.network = n.text AND a.path = t.path)
    SELECT * FROM (SELECT hour, path, hostId, networkId, principal,
      CASE WHEN "left" IS NULL THEN bytes ELSE least(bytes, greatest("left"::HUGEINT - after, 0)) END::UBIGINT AS bytes FROM later) WHERE bytes > 0`);
}
