import { z } from 'zod';
import type { Database } from '../../ledger/duckdb/database.ts';
import { TUPLE } from '../../records/flow-ends.ts';
import { sqlText } from '../../records/sql-text.ts';
import { MICROS_PER_DAY } from '../../records/time.ts';
import { CLOCK_REACH_MICROS, isNamed } from './identity.ts';

/** How far a sensor of sessions is ahead of the flows on one day, with the spread of the single differences. */
export interface ClockOffset {
  readonly sensor: string;
  /** Median of session begin minus begin of its own connection: the clocks' difference and the time a login takes. */
  readonly offsetMicros: number;
  /** Half of the differences lie within so much of the median. */
  readonly spreadMicros: number;
  readonly matches: number;
}

/** Fewer matches on a day say nothing of the clock. */
const LEAST_MATCHES = 5;

/** Begins of sessions that say where they came from, address and port: what their own connection is found by. */
export const BEGINS = `
  CREATE OR REPLACE TEMP TABLE session_begin AS
  SELECT DISTINCT s.sensor, s.principal, s.since, s.outerHi, s.outerLo, s.outerPort, p.machineKey AS serverKey
  FROM (SELECT sensor, principal, server, loggedSince AS since, outerHi, outerLo, outerPort, event, until FROM session_stretch) s
  LEFT JOIN place p ON p.name = s.server AND p.since <= s.since AND s.since < p.until
  WHERE outerLo IS NOT NULL AND outerPort > 0 AND ${isNamed('principal')} AND (event <> 'end' OR s.since < s.until)`;

/** SQL for flows that have an end of a session as one of theirs, with the host at the other end. */
function meetingSql(flows: string, machineOf: (hi: string, lo: string) => string): string {
  const side = (outer: string, inner: string) =>
    `SELECT b.*, f.tuple, f.startedAt FROM ${flows} f JOIN session_begin b
       ON b.outerLo = f.${outer}Lo AND b.outerPort = f.${outer}Port AND b.outerHi = f.${outer}Hi
         AND f.startedAt BETWEEN b.since - ${2 * CLOCK_REACH_MICROS} AND b.since + ${2 * CLOCK_REACH_MICROS}
     WHERE b.serverKey IS NULL OR b.serverKey = ${machineOf(`f.${inner}Hi`, `f.${inner}Lo`)}`;
  return `${side('orig', 'resp')} UNION ALL ${side('resp', 'orig')}`;
}

/**
 * Makes `meeting(sensor, principal, since, tuple, startedAt)`, the flows of a day that can be a session's own
 * connection, and of connections that began before the day and are still alive (`early_flow`). Needs `session_stretch`.
 */
export async function openMeetings(
  db: Database,
  flows: string,
  day: number,
  machineOf: (hi: string, lo: string) => string,
): Promise<void> {
  await db.run(BEGINS);
  const from = day * MICROS_PER_DAY;
  const ends = 'origHi, origLo, origPort, respHi, respLo, respPort';
  const today = `(SELECT ${ends}, startedAt, ${TUPLE} AS tuple FROM ${flows}
    WHERE startedAt >= ${from} AND startedAt < ${from + MICROS_PER_DAY})`;
  const early = `(SELECT DISTINCT ${ends}, startedAt, tuple FROM early_flow)`;
  await db.run(
    `CREATE OR REPLACE TEMP TABLE meeting AS ${meetingSql(today, machineOf)} UNION ALL ${meetingSql(early, machineOf)}`,
  );
}

const offsetRow = z.object({
  sensor: z.string(),
  offsetMicros: z.bigint().transform(Number),
  spreadMicros: z.bigint().transform(Number),
  matches: z.bigint().transform(Number),
});

/**
 * Makes `clock(sensor, offsetMicros)` and returns it: how far each sensor of sessions is ahead of the flows, as the
 * sessions say that began on the day and their own connections on the same day. Where they are too few it is 0 and the
 * sensor is missing. Needs `meeting`.
 */
export async function openClock(db: Database, day: number): Promise<ClockOffset[]> {
  const from = day * MICROS_PER_DAY;
  const onDay = (name: string) => `${name} >= ${from} AND ${name} < ${from + MICROS_PER_DAY}`;
  const nearest = `SELECT sensor, arg_min(since - startedAt, (abs(since - startedAt), startedAt)) AS difference FROM meeting
    WHERE ${onDay('startedAt')} AND ${onDay('since')} AND abs(since - startedAt) <= ${CLOCK_REACH_MICROS}
    GROUP BY sensor, since, outerHi, outerLo, outerPort`;
  const found = await db.rows(
    `WITH near AS (${nearest}),
      middle AS (SELECT sensor, quantile_disc(difference, 0.5) AS offsetMicros, count(*) AS matches FROM near
        GROUP BY sensor HAVING count(*) >= ${LEAST_MATCHES})
     SELECT sensor, any_value(offsetMicros) AS offsetMicros, any_value(matches) AS matches,
       quantile_disc(abs(difference - offsetMicros), 0.5) AS spreadMicros
     FROM near JOIN middle USING (sensor) GROUP BY sensor ORDER BY sensor`,
    offsetRow,
  );
  await db.run('CREATE OR REPLACE TEMP TABLE clock (sensor VARCHAR, offsetMicros BIGINT)');
  for (const { sensor, offsetMicros } of found)
    await db.run(`INSERT INTO clock VALUES (${sqlText(sensor)}, ${offsetMicros})`);
  return found;
}

/**
 * SQL for connections that are a session's own: `tuple, startedAt, principal`. Of several sessions from the same
 * address and port the one that began nearest, by the corrected clock.
 */
export const OWN_CONNECTIONS = `
  SELECT tuple, startedAt, arg_min(principal, (abs(apart), principal)) AS principal
  FROM (SELECT m.*, m.since - coalesce(c.offsetMicros, 0) - m.startedAt AS apart FROM meeting m LEFT JOIN clock c ON c.sensor = m.sensor)
  WHERE abs(apart) <= ${CLOCK_REACH_MICROS} GROUP BY tuple, startedAt`;
