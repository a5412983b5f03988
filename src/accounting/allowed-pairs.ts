import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { sqlText } from '../records/sql-text.ts';
import { HOURS_PER_DAY } from '../records/time.ts';

/** One pair of a day, as allowances see it. */
export interface DayPair {
  readonly host: string;
  readonly network: string;
  readonly as: string;
  readonly path: string;
  readonly bytesOut: number;
}

const row = z.object({
  day: z.number(),
  host: z.string(),
  network: z.string(),
  as: z.string(),
  path: z.string(),
  bytesOut: z.number(),
});

const DAY = `(hour // ${HOURS_PER_DAY})`;

/**
 * Takes announced bytes out of `day_traffic` (day-series.ts). `take` gets the pairs of one day after the other and returns
 * them in the same order with the bytes that still count. A pair that is left in part keeps its latest hours: announced
 * bytes went first.
 */
export async function takeAllowances(
  db: Database,
  take: (day: number, pairs: readonly DayPair[]) => readonly DayPair[],
): Promise<void> {
  const pairs = await db.rows(
    `SELECT ${DAY} AS day, h.text AS host, n.text AS network, coalesce(n.asText, n.text) AS "as", w.text AS path, sum(bytes)::DOUBLE AS bytesOut
     FROM day_traffic t JOIN host_text h ON h.id = t.hostId JOIN network_text n ON n.id = t.networkId JOIN path_text w ON w.id = t.pathId
     GROUP BY ALL ORDER BY ALL`,
    row,
  );
  const days = new Map<number, z.infer<typeof row>[]>();
  for (const pair of pairs) {
    const ofDay = days.get(pair.day) ?? [];
    days.set(pair.day, ofDay);
    ofDay.push(pair);
  }
  const changed = [...days].flatMap(([day, given]) => {
    const counted = take(day, given);
    return given.flatMap((pair, index) => {
      const left = counted[index]?.bytesOut ?? pair.bytesOut;
      if (left === pair.bytesOut) return [];
      const named = [pair.host, pair.network, pair.path].map(sqlText).join(', ');
      return [`(${day}, ${named}, ${left}::UBIGINT)`];
    });
  });
  if (changed.length === 0) return;
  await db.run(
    'CREATE OR REPLACE TEMP TABLE allowed (day INTEGER, host VARCHAR, network VARCHAR, path VARCHAR, "left" UBIGINT)',
  );
  for (let at = 0; at < changed.length; at += 1_000)
    await db.run(`INSERT INTO allowed VALUES ${changed.slice(at, at + 1_000).join(', ')}`);
  await db.run(`CREATE OR REPLACE TEMP TABLE day_traffic AS
    WITH later AS (
      SELECT t.*, a."left", coalesce(sum(bytes) OVER (PARTITION BY ${DAY}, t.hostId, t.networkId, t.pathId ORDER BY hour DESC, p.text DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS after
      FROM day_traffic t JOIN host_text h ON h.id = t.hostId JOIN network_text n ON n.id = t.networkId JOIN path_text w ON w.id = t.pathId
      JOIN principal_text p ON p.id = t.principalId LEFT JOIN allowed a ON a.day = ${DAY} AND a.host = h.text AND a.network = n.text AND a.path = w.text)
    SELECT * FROM (SELECT hour, hostId, networkId, principalId, pathId,
      CASE WHEN "left" IS NULL THEN bytes ELSE least(bytes, greatest("left"::HUGEINT - after, 0)) END::BIGINT AS bytes FROM later) WHERE bytes > 0`);
}
