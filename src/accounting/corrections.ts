import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { FLOW_COLUMNS } from '../records/columns.ts';
import { LASTED } from '../records/flow-time.ts';
import { HOURS_PER_DAY, MICROS_PER_DAY, MICROS_PER_HOUR } from '../records/time.ts';
import { type DayRange, type FactFiles, filesSql, microsOf } from './facts.ts';
import { CORRECTIONS, isPlainSql, ORIGINATOR, payloadOf, RESPONDER } from './payload.ts';
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
  relayLogs:
    'connections in the log of a NAT that watches no path: they say who stood behind it, and count where the border saw them',
  closingBelowSnapshot: 'a closing record counts less than a snapshot before it; the larger stands',
  openUnknown:
    'connections whose last record is a snapshot, with none since for three intervals: still open or lost',
};

/** A correction as the engine counts it. */
export const correctionRow = z.object({
  day: z.union([z.bigint(), z.number()]).transform(Number),
  correction: z.string(),
  records: z.bigint().transform(Number),
  bytes: z.bigint(),
});

/**
 * Returns the corrections made to records that begin in the range. Needs the tables of settle.ts and `coverage_cell`.
 * @param openAfterMicros a connection without a snapshot for so long is open, unknown.
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
  const counters = await db.rows(counterSql(files, inRange, perspective), correctionRow);
  const day = `startedAt // ${MICROS_PER_DAY}`;
  const settled = await db.rows(
    `SELECT ${day} AS day, 'copies' AS correction, count(*) FILTER (copied) AS records, sum(copiedBytes)::BIGINT AS bytes
     FROM piece WHERE (copied OR copiedBytes > 0) AND ${inRange} GROUP BY ALL
     UNION ALL SELECT ${day}, 'closingBelowSnapshot', count(*), sum(belowSnapshot)::BIGINT
     FROM piece WHERE belowSnapshot > 0 AND ${inRange} GROUP BY ALL
     UNION ALL ${openUnknownSql(range, openAfterMicros)}
     ORDER BY ALL`,
    correctionRow,
  );
  return [...counters, ...settled];
}

/**
 * SQL for connections of which nothing came for three intervals after a snapshot, while their sensor went on:
 * counted on the day on which that time was over, if the sensor gave a sign in a later hour of it.
 */
function openUnknownSql(range: DayRange, openAfterMicros: number): string {
  const { from, to } = microsOf(range);
  return `SELECT unknownAt // ${MICROS_PER_DAY}, 'openUnknown', count(*), sum(bytes)::BIGINT FROM (
      SELECT sensor, max(endedAt) + ${openAfterMicros} AS unknownAt, max(outWhole) + max(inWhole) AS bytes
      FROM piece GROUP BY sensor, connection, tuple HAVING bool_and(snapshot)) lost
    WHERE unknownAt >= ${from} AND unknownAt < ${to} AND EXISTS (FROM coverage_cell c WHERE c.sensor = lost.sensor
      AND c.hour > unknownAt // ${MICROS_PER_HOUR} AND c.hour // ${HOURS_PER_DAY} = unknownAt // ${MICROS_PER_DAY} AND c.records > 0)
    GROUP BY ALL`;
}

function counterSql(files: FactFiles, inRange: string, perspective: Perspective): string {
  const counts = ['origBytes', 'origIpBytes', 'origPackets', 'respBytes', 'respIpBytes', 'respPackets'];
  const facts = `SELECT startedAt, sensor, proto, history, missedBytes, ${counts.join(', ')},
    ${LASTED} AS lastedMicros FROM ${filesSql(files.flow, FLOW_COLUMNS)} WHERE ${inRange}`;
  const directions = [ORIGINATOR, RESPONDER];
  const corrected = directions.map((direction) => {
    const payload = payloadOf(direction, 'mostBytes');
    const unsure = `(${payload.high}) - (${payload.low})`;
    const taken = `coalesce(${direction.bytes}, 0)::BIGINT - (${payload.estimate})`;
    return `SELECT startedAt, ${payload.correction} AS correction,
      CASE WHEN ${payload.correction} IN ('missedBytes', 'fromIpBytes') THEN ${unsure} ELSE ${taken} END AS bytes FROM doubtful`;
  });
  return `WITH doubtful AS MATERIALIZED (SELECT * FROM (SELECT *, ${perspective.mostBytes} AS mostBytes FROM (${facts})) WHERE NOT ${isPlainSql('mostBytes')})
    SELECT startedAt // ${MICROS_PER_DAY} AS day, correction, count(*) AS records, sum(bytes)::BIGINT AS bytes
    FROM (${corrected.join(' UNION ALL ')}) WHERE correction IS NOT NULL GROUP BY ALL ORDER BY ALL`;
}
