import { z } from 'zod';
import type { Database } from '../../ledger/duckdb/database.ts';
import { FLOW_COLUMNS } from '../../records/columns.ts';
import { FACT_COLUMNS } from '../../records/families.ts';
import { sqlText } from '../../records/sql-text.ts';
import { MICROS_PER_DAY, MICROS_PER_SECOND } from '../../records/time.ts';
import { type DayRange, filesSql } from '../facts.ts';
import { CLOCK_REACH_MICROS } from './identity.ts';

/** Begins of sessions of one sensor that say from which port their client came, on one day. */
export interface SessionDay {
  readonly sensor: string;
  readonly day: number;
  readonly begins: number;
}

const dayRow = z.object({
  sensor: z.string(),
  day: z.bigint().transform(Number),
  begins: z.bigint().transform(Number),
});

/** SQL for begins of sessions by which their own connection could be found. */
function beginsSql(files: readonly string[], { fromDay, toDay }: DayRange): string {
  return `(SELECT DISTINCT sensor, startedAt AS since, outerHi, outerLo, outerPort FROM ${filesSql(files, FACT_COLUMNS.session)}
    WHERE event <> 'end' AND outerPort > 0 AND outerLo IS NOT NULL
      AND startedAt >= ${fromDay * MICROS_PER_DAY} AND startedAt < ${(toDay + 1) * MICROS_PER_DAY})`;
}

/** Returns, for each sensor, its day with the most such begins, of those the latest. */
export function busiestDays(
  db: Database,
  sessionFiles: readonly string[],
  days: DayRange,
): Promise<SessionDay[]> {
  return db.rows(
    `SELECT sensor, day, begins FROM (SELECT sensor, since // ${MICROS_PER_DAY} AS day, count(*) AS begins FROM ${beginsSql(sessionFiles, days)} GROUP BY ALL)
     QUALIFY row_number() OVER (PARTITION BY sensor ORDER BY begins DESC, day DESC) = 1 ORDER BY sensor`,
    dayRow,
  );
}

/** How far the begins of a sensor's sessions seem to lie behind their own connections. */
export interface FarClock {
  /** Median; negative where the log is behind the flows. */
  readonly offsetMicros: number;
  readonly matches: number;
}

/** Time zones differ by quarters of an hour; within one a login takes its seconds. */
const QUARTER_MICROS = 900 * MICROS_PER_SECOND;
const farRow = z.object({
  offsetMicros: z.bigint().transform(Number),
  matches: z.bigint().transform(Number),
});

/**
 * Looks for the connections of a sensor's sessions on a day further off than the builds do: within a day, before and behind. Returns the
 * offset at which most of them have one that came from the same address and port; undefined where none has.
 * @param flowFiles flows of the day and its neighbours.
 */
export async function farClock(
  db: Database,
  files: { readonly sessions: readonly string[]; readonly flows: readonly string[] },
  { sensor, day }: SessionDay,
): Promise<FarClock | undefined> {
  const own = `(SELECT * FROM ${beginsSql(files.sessions, { fromDay: day, toDay: day })} WHERE sensor = ${sqlText(sensor)})`;
  const [found] = await db.rows(
    `WITH near AS (SELECT b.since, b.outerHi, b.outerLo, b.outerPort, b.since - f.startedAt AS difference,
         (b.since - f.startedAt + ${QUARTER_MICROS / 2}) // ${QUARTER_MICROS} AS quarter
       FROM ${own} b JOIN ${filesSql(files.flows, FLOW_COLUMNS)} f
         ON f.origHi = b.outerHi AND f.origLo = b.outerLo AND f.origPort = b.outerPort
       WHERE abs(b.since - f.startedAt) <= ${MICROS_PER_DAY})
     SELECT quantile_disc(difference, 0.5)::BIGINT AS offsetMicros, count(DISTINCT (since, outerHi, outerLo, outerPort)) AS matches
     FROM near GROUP BY quarter ORDER BY matches DESC, abs(quarter), quarter LIMIT 1`,
    farRow,
  );
  return found && Math.abs(found.offsetMicros) > CLOCK_REACH_MICROS ? found : undefined;
}
