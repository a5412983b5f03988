import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { sqlTextList } from '../records/sql-text.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import type { ClockOffset } from './attribution/connections.ts';
import type { CorrectionCount } from './corrections.ts';

/**
 * Returns a day's totals as the journal keeps them, so that a rewritten cell file would be noticed:
 * `bytesOut.egress`, `bytesIn.egress`, … per kind, `correction.NAME.records|bytes` and
 * `clock.SENSOR.offsetMicros|spreadMicros|matches`.
 */
export async function totalsOfDays(
  db: Database,
  cellFiles: readonly string[],
  corrections: readonly CorrectionCount[],
  clocks: ReadonlyMap<number, readonly ClockOffset[]>,
): Promise<Map<number, Record<string, string>>> {
  const totals = new Map<number, Record<string, string>>();
  const put = (day: number, name: string, value: bigint | number) => {
    totals.set(day, { ...totals.get(day), [name]: String(value) });
  };
  if (cellFiles.length > 0) {
    const rows = await db.rows(
      `SELECT hour // ${HOURS_PER_DAY} AS day, kind, sum(bytesOut)::UBIGINT AS bytesOut, sum(bytesIn)::UBIGINT AS bytesIn
       FROM read_parquet(${sqlTextList(cellFiles)}) GROUP BY ALL ORDER BY ALL`,
      z.object({ day: z.number(), kind: z.string(), bytesOut: z.bigint(), bytesIn: z.bigint() }),
    );
    for (const { day, kind, bytesOut, bytesIn } of rows) {
      put(day, `bytesOut.${kind}`, bytesOut);
      put(day, `bytesIn.${kind}`, bytesIn);
    }
  }
  for (const { day, correction, records, bytes } of corrections) {
    put(day, `correction.${correction}.records`, records);
    put(day, `correction.${correction}.bytes`, bytes);
  }
  for (const [day, offsets] of clocks) {
    for (const { sensor, offsetMicros, spreadMicros, matches } of offsets) {
      put(day, `clock.${sensor}.offsetMicros`, offsetMicros);
      put(day, `clock.${sensor}.spreadMicros`, spreadMicros);
      put(day, `clock.${sensor}.matches`, matches);
    }
  }
  return totals;
}
