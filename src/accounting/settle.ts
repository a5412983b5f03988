import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { TUPLE } from '../records/flow-ends.ts';
import { IS_PART } from '../records/flow-parts.ts';
import { ENDED } from '../records/flow-time.ts';
import { LONG_MICROS } from '../records/long-flow.ts';
import { dayOfMicros } from '../records/time.ts';
import {
  type DayRange,
  type FactFiles,
  factSql,
  flowSql,
  longSql,
  overlapsSql,
  shortSql,
  viewedSql,
} from './facts.ts';
import type { Perspective } from './perspective.ts';
import { FORGOTTEN_MICROS, NAT_SLACK_MICROS, toldKey } from './relays/translations.ts';
import { lastHour } from './spread.ts';

/** Sensors' clocks differ; two sensors' records of one connection may miss each other by this much. */
const CLOCK_SLACK_MICROS = 1_000_000;

/** SQL over flow columns that tells flows with bytes in more than one hour. */
const CROSSES_HOUR = (() => {
  const since = '(startedAt // 1000000)';
  const until = `(${ENDED} // 1000000)`;
  return `(${lastHour(since, until)} <> ${since} // 3600)`;
})();

/** A connection mirrored at two places of one sensor comes twice, apart by no more than this. */
const MIRROR_SLACK_MICROS = 100_000;

/**
 * Settles what a plain sum would count twice or in one hour only (docs/accounting.md, rules 3 and 4), into temporary
 * tables:
 *
 * - `suspect(tuple)`: ends of which two facts may speak of one connection, or one has bytes in more than one hour;
 *   every other connection is one fact of one hour and is summed straight from the files;
 * - `piece`: what suspects amount to: each the bytes one interval added to one connection, copies zeroed.
 *
 * Long connections are joined with all their snapshots, wherever those lie, so that a day's answer does not
 * depend on which other days are built with it.
 */
export async function settle(
  db: Database,
  files: FactFiles,
  range: DayRange,
  perspective: Perspective,
): Promise<void> {
  const short = `(SELECT *, ${TUPLE} AS tuple FROM ${flowSql(files)} WHERE ${shortSql(range)})`;
  await collectLong(db, files, range);
  const withParts = await hasParts(db, short);
  const withRelays = files.real !== undefined;
  await collectSuspects(db, short, withParts, withRelays);
  const rows = `(SELECT * FROM long_row UNION ALL SELECT * FROM ${short} WHERE tuple IN (SELECT tuple FROM suspect))`;
  const facts = factSql(rows, perspective, 'true');
  await db.run(
    `CREATE OR REPLACE TEMP TABLE suspect_fact AS SELECT *, ${endColumns(withParts)},
       ${withRelays ? `${toldKey('tuple')} IN (SELECT key FROM relay_told)` : 'false'} AS told,
       ${perspective.presenceKey} AS presenceKey, ${perspective.lentKey} AS lentKey FROM (${viewedSql(facts, perspective)})`,
  );
  await db.run(STATES);
  await db.run(CONNECTIONS);
  await db.run(COPIES);
  await db.run(PIECES);
}

/**
 * Ends that recur are suspects only where their facts may speak of one connection: those of one uid, and those that
 * overlap or nearly do. Who asks the same server from the same port all day has a connection each time.
 */
async function collectSuspects(
  db: Database,
  short: string,
  withParts: boolean,
  withRelays: boolean,
): Promise<void> {
  await db.run(
    `CREATE OR REPLACE TEMP TABLE crossing AS SELECT DISTINCT tuple FROM ${short} WHERE ${CROSSES_HOUR}`,
  );
  await db.run(`CREATE OR REPLACE TEMP TABLE recurring AS
    SELECT tuple, sensor, startedAt, ${ENDED} AS endedAt, ${connectionSql(withParts)} AS connection
    FROM ${short} WHERE tuple IN (${recurringSql(short, withParts)}) AND tuple NOT IN (SELECT tuple FROM crossing)`);
  const before = `max(endedAt) OVER (PARTITION BY tuple ORDER BY startedAt ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`;
  await db.run(`CREATE OR REPLACE TEMP TABLE suspect AS
    SELECT tuple FROM long_row
    UNION SELECT tuple FROM crossing
    UNION SELECT tuple FROM (SELECT tuple, startedAt <= ${CLOCK_SLACK_MICROS} + ${before} AS isNear FROM recurring) WHERE isNear
    UNION SELECT tuple FROM recurring GROUP BY ${ONE_CONNECTION} HAVING count(*) > 1
    ${withRelays ? 'UNION SELECT tuple FROM relay_tuple' : ''}`);
  for (const table of ['crossing', 'recurring']) await db.run(`DROP TABLE ${table}`);
}

/**
 * SQL for the ends that recur among flows. Neighbours in order tell, in half the time of groups that nearly all have one
 * flow. Parts of one sensor's connection are added up, so there is nothing to settle about their number.
 */
function recurringSql(flows: string, withParts: boolean): string {
  return withParts
    ? `SELECT tuple FROM ${flows} GROUP BY tuple
       HAVING count(*) > 1 AND NOT coalesce(bool_and(${IS_PART}) AND min(sensor) = max(sensor), false)`
    : `SELECT tuple FROM (SELECT tuple, lag(tuple) OVER (ORDER BY tuple) AS before FROM ${flows}) WHERE tuple = before`;
}

/** Returns whether any flow is a part: where none is, as in Zeek's logs, nothing is read to find that out. */
async function hasParts(db: Database, flows: string): Promise<boolean> {
  const found = await db.rows(
    `SELECT 1 AS one FROM ${flows} WHERE ${IS_PART} LIMIT 1`,
    z.object({ one: z.number() }),
  );
  return found.length > 0;
}

/** Long facts with a moment in the range, and all long facts between the same ends during their lives. */
async function collectLong(db: Database, files: FactFiles, range: DayRange): Promise<void> {
  const here = longSql(files, files.long({ fromDay: range.fromDay - 1, toDay: range.toDay + 1 }));
  const alive = `SELECT *, ${TUPLE} AS tuple FROM ${here} WHERE ${overlapsSql(range)}`;
  const [life] = await db.rows(
    `SELECT min(startedAt) AS "from", max(startedAt + coalesce(durationMicros, 0)) AS "to" FROM (${alive})`,
    z.object({ from: z.bigint().nullable(), to: z.bigint().nullable() }),
  );
  const days = { fromDay: dayOfMicros(Number(life?.from ?? 0)), toDay: dayOfMicros(Number(life?.to ?? 0)) };
  const ever = longSql(files, life?.from == null ? [] : files.long(days));
  await db.run(`CREATE OR REPLACE TEMP TABLE long_row AS
    SELECT * FROM (SELECT *, ${TUPLE} AS tuple FROM ${ever}) WHERE tuple IN (SELECT tuple FROM (${alive}))`);
}

/** SQL for two ends and the protocol as one comparable value. */
function endsOf(first: string, second: string): string {
  const side = (name: string, end: string) =>
    `${name}Hi: ${end}Hi, ${name}Lo: ${end}Lo, ${name}Port: ${end}Port`;
  return `{${side('lesser', first)}, ${side('greater', second)}, proto: coalesce(proto, '')}`;
}

/** What tells a sensor's connections apart that have the same ends. */
const BY_UID_OR_BEGIN = `coalesce(uid, 'row:' || startedAt || ':' || origPort || ':' || respPort || ':' || origLo || ':' || respLo)`;

/** SQL for what a fact is one of, beside its sensor and its ends; a part stands alone. */
function connectionSql(withParts: boolean): string {
  return withParts
    ? `CASE WHEN ${IS_PART} THEN 'part:' || row_number() OVER () ELSE ${BY_UID_OR_BEGIN} END`
    : BY_UID_OR_BEGIN;
}

/** The two ends in one order from either side, and the payload from the lesser to the greater end. */
const ORIG_IS_LESSER = '(origHi, origLo, origPort) <= (respHi, respLo, respPort)';
const endColumns = (withParts: boolean) => `
  startedAt + lastedMicros AS endedAt, ${connectionSql(withParts)} AS connection,
  CASE WHEN ${ORIG_IS_LESSER} THEN ${endsOf('orig', 'resp')} ELSE ${endsOf('resp', 'orig')} END AS ends,
  (${ORIG_IS_LESSER}) = origInner AS outIsForward`;

/** What makes one connection: its uid alone would mix two that bear the same. */
const ONE_CONNECTION = 'sensor, connection, tuple';

/**
 * Each fact beside the running maximum of the facts before it: cumulative counts grow or stand. What it adds fell into the
 * time since the last fact that ended earlier: both directions of a flow may be told apart, up to one moment.
 */
const STATES = `
  CREATE OR REPLACE TEMP TABLE suspect_state AS
  SELECT *,
    coalesce(max(endedAt) OVER earlier, startedAt) AS sinceAt,
    coalesce(max("out") OVER before, 0) AS outBefore, coalesce(max(outLow) OVER before, 0) AS outLowBefore,
    coalesce(max(outHigh) OVER before, 0) AS outHighBefore, coalesce(max("in") OVER before, 0) AS inBefore,
    coalesce(max(ipOut) OVER before, 0) AS ipOutBefore,
    max("out") FILTER (snapshot) OVER whole AS outSnapshot, max("in") FILTER (snapshot) OVER whole AS inSnapshot,
    row_number() OVER (PARTITION BY ${ONE_CONNECTION} ORDER BY endedAt, snapshot DESC, "out", "in", outLow, outHigh) AS ordinal
  FROM suspect_fact
  WINDOW whole AS (PARTITION BY ${ONE_CONNECTION}),
    earlier AS (PARTITION BY ${ONE_CONNECTION} ORDER BY endedAt RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
    before AS (PARTITION BY ${ONE_CONNECTION} ORDER BY endedAt, snapshot DESC, "out", "in", outLow, outHigh
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`;

/** Connections as wholes, with the island of overlapping connections between the same ends they lie in. */
const CONNECTIONS = `
  CREATE OR REPLACE TEMP TABLE suspect_connection AS
  WITH whole AS (
    SELECT ${ONE_CONNECTION}, any_value(ends) AS ends, min(startedAt) AS startedAt, max(endedAt) AS endedAt,
      bool_or(snapshot OR lastedMicros >= ${LONG_MICROS}) AS long, bool_or(told) AS told,
      min(startedAt) - CASE WHEN NOT bool_or(told) THEN 0 WHEN max(lastedMicros) > 0 THEN ${NAT_SLACK_MICROS} ELSE ${FORGOTTEN_MICROS} END AS reachFrom,
      max(endedAt) + CASE WHEN bool_or(told) THEN ${NAT_SLACK_MICROS} ELSE 0 END AS reachTo, coalesce(bool_and(${IS_PART}), false) AS part,
      max(CASE WHEN outIsForward THEN "out" ELSE "in" END) AS forward,
      max(CASE WHEN outIsForward THEN "in" ELSE "out" END) AS backward
    FROM suspect_fact GROUP BY ${ONE_CONNECTION}),
  marked AS (
    SELECT *, reachFrom > ${CLOCK_SLACK_MICROS} + max(reachTo) OVER (PARTITION BY ends ORDER BY reachFrom, sensor, connection
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS opens FROM whole)
  SELECT *, sum(coalesce(opens, false)::INTEGER) OVER (PARTITION BY ends ORDER BY reachFrom, sensor, connection
    ROWS UNBOUNDED PRECEDING) AS island FROM marked`;

/**
 * Directions that another record of the same connection already counts: records of the same ends that
 * overlap in time under different uids are copies (cluster workers, redundant sensors; the latter may miss
 * each other where both begin within the slack of their clocks; a mirror's delay may exceed a short
 * connection, whose bytes are equal then). Per direction the one with most bytes
 * counts, and the fuller one as the connection; a long record precedes a short one, so that no day depends
 * on a far one. Whether a record counts depends on those that overlap it alone, never on a chain of others:
 * a day must come out the same whichever days are built with it. Parts of one sensor's connection (NetFlow,
 * Argus, samples of packets) are no copies of each other, however their times lie. What a NAT's log says of a connection
 * that was seen as a relay's (`told`) counts only where nobody else saw it; its times may be off by more.
 */
const COPIES = `
  CREATE OR REPLACE TEMP TABLE suspect_copy AS
  SELECT a.sensor, a.connection, a.tuple,
    bool_or(b.forward > 0 AND (b.long, NOT b.told, b.forward, b.sensor, b.connection) > (a.long, NOT a.told, a.forward, a.sensor, a.connection)) AS forwardCopied,
    bool_or(b.backward > 0 AND (b.long, NOT b.told, b.backward, b.sensor, b.connection) > (a.long, NOT a.told, a.backward, a.sensor, a.connection)) AS backwardCopied,
    bool_or((b.long, NOT b.told, b.forward + b.backward, b.sensor, b.connection) > (a.long, NOT a.told, a.forward + a.backward, a.sensor, a.connection)) AS copied
  FROM suspect_connection a JOIN suspect_connection b ON a.ends = b.ends AND a.island = b.island
  WHERE (a.sensor, a.connection) <> (b.sensor, b.connection) AND NOT (a.part AND b.part AND a.sensor = b.sensor)
    AND ((a.startedAt <= b.endedAt AND b.startedAt <= a.endedAt)
      OR (a.told <> b.told AND a.reachFrom <= b.reachTo AND b.reachFrom <= a.reachTo)
      OR (a.sensor <> b.sensor AND abs(a.startedAt - b.startedAt) <= ${CLOCK_SLACK_MICROS})
      OR (abs(a.startedAt - b.startedAt) <= ${MIRROR_SLACK_MICROS}
        AND a.forward = b.forward AND a.backward = b.backward AND a.forward + a.backward > 0))
  GROUP BY a.sensor, a.connection, a.tuple`;

const PIECES = `
  CREATE OR REPLACE TEMP TABLE piece AS
  WITH judged AS (
    SELECT s.*, coalesce(CASE WHEN outIsForward THEN forwardCopied ELSE backwardCopied END, false) AS outCopied,
      coalesce(CASE WHEN outIsForward THEN backwardCopied ELSE forwardCopied END, false) AS inCopied,
      coalesce(copied, false) AS copied,
      greatest("out" - outBefore, 0) AS outAdded, greatest("in" - inBefore, 0) AS inAdded
    FROM suspect_state s LEFT JOIN suspect_copy c
      ON c.sensor = s.sensor AND c.connection = s.connection AND c.tuple = s.tuple)
  SELECT kind, path, hostKey, networkKey, serviceName, origInner, sensor, snapshot, uid, connection, tuple, startedAt,
    presenceKey, lentKey,
    sinceAt // 1000000 AS sinceSecond, endedAt // 1000000 AS untilSecond, sinceAt, endedAt,
    CASE WHEN outCopied THEN 0 ELSE outAdded END AS "out",
    -- An estimate may grow where its bound does not: the interval of a piece holds its estimate all the same.
    CASE WHEN outCopied THEN 0 ELSE least(greatest(outLow - outLowBefore, 0), outAdded) END AS outLow,
    CASE WHEN outCopied THEN 0 ELSE greatest(outHigh - outHighBefore, outAdded) END AS outHigh,
    CASE WHEN inCopied THEN 0 ELSE inAdded END AS "in",
    CASE WHEN outCopied THEN 0 ELSE greatest(ipOut - ipOutBefore, 0) END AS ipOut,
    (ordinal = 1 AND NOT copied)::INTEGER AS flows,
    copied, CASE WHEN outCopied THEN outAdded ELSE 0 END + CASE WHEN inCopied THEN inAdded ELSE 0 END AS copiedBytes,
    "out" AS outWhole, "in" AS inWhole,
    CASE WHEN snapshot THEN 0 ELSE greatest(coalesce(outSnapshot - "out", 0), 0) + greatest(coalesce(inSnapshot - "in", 0), 0) END
      AS belowSnapshot
  FROM judged`;
