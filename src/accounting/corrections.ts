import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { FLOW_COLUMNS } from '../records/columns.ts';
import { MICROS_PER_DAY } from '../records/time.ts';
import { type DayRange, type FactFiles, filesSql, microsOf } from './facts.ts';
import { CORRECTIONS, ORIGINATOR, payloadOf, RESPONDER } from './payload.ts';
import type { Perspective } from './perspective.ts';

/** One kind of correction on one day: how many records, and the bytes it took away or, for intervals, made unsure. */
export interface CorrectionCount {
  readonly day: number;
  readonly correction: string;
  readonly records: number;
  readonly bytes: bigint;
}

/** Every correction in words: those of counters (payload.ts) and those of records counted more than once. */
export const ALL_CORRECTIONS: Readonly<Record<string, string>> = {
  ...CORRECTIONS,
  copies: 'records of a connection that another record already counts (cluster workers, redundant sensors)',
  closingBelowSnapshot: 'a closing record counts less than a snapshot before it; the larger stands',
  openUnknown:
    'connections whose last record is a snapshot, with none since for three intervals: still open or lost',
  tunnelSeenInside: 'tunnels whose content was seen and counted instead',
};

const row = z.object({
  day: z.union([z.bigint(), z.number()]).transform(Number),
  correction: z.string(),
  records: z.bigint().transform(Number),
  bytes: z.bigint(),
});

/**
 * Returns the corrections made to records that begin in the range. Needs the tables of settle.ts.
 * @param openAfterMicros a snapshot older than this at the end of its day, and nothing after it, is open, unknown.
 */
export async function correctionCounts(
  db: Database,
  files: FactFiles,
  range: DayRange,
  perspective: Perspective,
  openAfterMicros: number,
): Promise<CorrectionCount[]> {
  const { from, to } = microsOf(range);
  const inRange = `startedAt >= ${from} AND startedAt < ${to}`;
  const counters = await db.rows(counterSql(files, inRange, perspective), row);
  const day = `startedAt // ${MICROS_PER_DAY}`;
  const settled = await db.rows(
    `SELECT ${day} AS day, 'copies' AS correction, count(*) AS records,
       sum(CASE WHEN outCopied THEN outWhole ELSE 0 END + CASE WHEN inCopied THEN inWhole ELSE 0 END)::BIGINT AS bytes
     FROM piece WHERE (outCopied OR inCopied) AND ${inRange} GROUP BY ALL
     UNION ALL SELECT ${day}, 'closingBelowSnapshot', count(*), 0 FROM piece WHERE closingBelowSnapshot AND ${inRange} GROUP BY ALL
     UNION ALL SELECT ${day}, 'openUnknown', count(*), sum(bytes)::BIGINT FROM (
       SELECT sensor, uid, min(startedAt) AS startedAt, max(endedAt) AS endedAt, max(outWhole) + max(inWhole) AS bytes
       FROM piece WHERE uid IS NOT NULL GROUP BY sensor, uid HAVING bool_and(snapshot))
       WHERE endedAt + ${openAfterMicros} < (${day} + 1) * ${MICROS_PER_DAY} AND ${inRange} GROUP BY ALL
     ORDER BY ALL`,
    row,
  );
  return [...counters, ...settled];
}

function counterSql(files: FactFiles, inRange: string, perspective: Perspective): string {
  const counts = ['origBytes', 'origIpBytes', 'origPackets', 'respBytes', 'respIpBytes', 'respPackets'];
  const facts = `SELECT startedAt, sensor, proto, history, missedBytes, ${counts.join(', ')},
    greatest(coalesce(durationMicros, 0), 0) AS lastedMicros FROM ${filesSql(files.flow, FLOW_COLUMNS)} WHERE ${inRange}`;
  const directions = [ORIGINATOR, RESPONDER].map((direction) => {
    const payload = payloadOf(direction, 'mostBytes');
    const unsure = `(${payload.high}) - (${payload.low})`;
    const taken = `coalesce(${direction.bytes}, 0)::BIGINT - (${payload.estimate})`;
    return `SELECT startedAt, ${payload.correction} AS correction,
      CASE WHEN ${payload.correction} IN ('missedBytes', 'fromIpBytes') THEN ${unsure} ELSE ${taken} END AS bytes
      FROM (SELECT *, ${perspective.mostBytes} AS mostBytes FROM (${facts}))`;
  });
  return `SELECT startedAt // ${MICROS_PER_DAY} AS day, correction, count(*) AS records, sum(bytes)::BIGINT AS bytes
    FROM (${directions.join(' UNION ALL ')}) WHERE correction IS NOT NULL GROUP BY ALL ORDER BY ALL`;
}
