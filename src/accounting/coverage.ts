import { COVERAGE_COLUMNS, FLOW_COLUMNS, GIVEN_COLUMNS } from '../records/columns.ts';
import { LOGGED_PACKET } from '../records/flow-parts.ts';
import { ENDED } from '../records/flow-time.ts';
import { sqlText } from '../records/sql-text.ts';
import { HOURS_PER_DAY, MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_SECOND } from '../records/time.ts';
import { type DayRange, type FactFiles, filesSql, microsOf, shortSql } from './facts.ts';

/** Pauses between reports, and overlaps of them, below this are how timers run. */
const JITTER_MICROS = 60 * MICROS_PER_SECOND;

/**
 * SQL for reports with the time that each speaks of (`fromAt` to `startedAt`) and what was seen and lost in it. Counts
 * that run since a process began (`since`) are taken apart: a report says what it adds to the one before, all of it
 * where the process is new, and nothing where the one before lies on another day. It speaks of the time since the one
 * before, or, where that is more than three times what is usual, of what is usual: some between are missing.
 */
function reportSql(files: FactFiles, from: number, to: number): string {
  const said = `SELECT * FROM ${filesSql(files.coverage, COVERAGE_COLUMNS)}
    WHERE startedAt >= ${from} AND startedAt < ${to}`;
  // A day by itself: its build is the same whichever days are built with it.
  const ofOne = `PARTITION BY sensor, node, report, startedAt // ${MICROS_PER_DAY}`;
  const added = (name: string) =>
    `CASE WHEN since IS NULL THEN ${name} WHEN ${name} >= before.${name} AND since <= before.startedAt THEN ${name} - before.${name}
       WHEN since >= coalesce(before.startedAt, startedAt // ${MICROS_PER_DAY} * ${MICROS_PER_DAY}) THEN ${name} ELSE 0 END AS ${name}`;
  const stepped = `SELECT * EXCLUDE (before, seen, lost), ${added('seen')}, ${added('lost')},
      CASE WHEN since IS NOT NULL THEN startedAt - greatest(since, coalesce(before.startedAt, since)) END AS step
    FROM (SELECT *, lag({startedAt: startedAt, seen: seen, lost: lost}) OVER (${ofOne} ORDER BY startedAt) AS before FROM (${said}))`;
  const usual = `quantile_disc(step, 0.5) OVER (${ofOne})`;
  return `SELECT sensor, node, report, startedAt, startedAt // ${MICROS_PER_HOUR} AS hour, seen, lost,
      startedAt - coalesce(CASE WHEN step > 3 * usual THEN usual ELSE step END, intervalMicros) AS fromAt
    FROM (SELECT *, ${usual} AS usual FROM (${stepped}))`;
}

/**
 * What each kind of report says of an hour. Acknowledgements and packets are not added: the kind that lost the
 * larger share stands, for what one of them lost the other need not have missed.
 */
const LOSSES = `SELECT sensor, hour, sum(reports) AS reports, arg_max(seen, (share, report)) AS seen, arg_max(lost, (share, report)) AS lost
  FROM (SELECT *, lost / greatest(seen + lost, 1) AS share FROM (
    SELECT sensor, hour, report, count(*) AS reports, coalesce(sum(seen), 0) AS seen, coalesce(sum(lost), 0) AS lost FROM report GROUP BY ALL))
  GROUP BY sensor, hour`;

/**
 * Of which time the reports of an hour speak, whoever of a sensor's nodes and kinds wrote them: from when to when, how
 * much of it none of them does, by how much those of one node overlap, and the longest of them. Without the length of
 * one nothing is known.
 */
const SPOKEN = `SELECT sensor, hour, CASE WHEN count(fromAt) = count(*) THEN min(fromAt) END AS reportedFrom, max(startedAt) AS reportedTo,
    coalesce(sum(fromAt - earlier) FILTER (fromAt - earlier > ${JITTER_MICROS}), 0) AS unreportedMicros,
    coalesce(sum(own - fromAt) FILTER (own - fromAt > ${JITTER_MICROS}), 0) AS overlapMicros, max(startedAt - fromAt) AS longestMicros
  FROM (SELECT *, max(startedAt) OVER (PARTITION BY sensor, hour ORDER BY fromAt, startedAt ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier,
      lag(startedAt) OVER (PARTITION BY sensor, hour, node, report ORDER BY startedAt) AS own FROM report)
  GROUP BY sensor, hour`;

/**
 * Returns what each sensor gave a sign of in each hour: records that ended then, reports on its own sight,
 * and of those the packets (or acknowledgements) seen and lost. An hour without a row was silent. Packets that a firewall
 * logged are no sign: they count no byte (`withPackets` tells whether there can be any). Beside it stands of which time
 * the reports speak.
 */
export function coverageSql(files: FactFiles, range: DayRange, withPackets: boolean): string {
  const hours = `hour BETWEEN ${range.fromDay * HOURS_PER_DAY} AND ${range.toDay * HOURS_PER_DAY + HOURS_PER_DAY - 1}`;
  const { from, to } = microsOf(range);
  const long = filesSql(files.long({ fromDay: range.fromDay, toDay: range.toDay }), FLOW_COLUMNS);
  const ended = `${ENDED} // 3600000000`;
  const flows = (source: string, where: string) =>
    `SELECT sensor, ${ended} AS hour, count(*) AS records, 0 AS reports, 0 AS seen, 0 AS lost FROM ${source} WHERE ${where} GROUP BY ALL`;
  const isSign = withPackets ? `state IS DISTINCT FROM ${sqlText(LOGGED_PACKET)}` : 'true';
  return `WITH report AS (${reportSql(files, from, to)})
    SELECT sensor, hour::INTEGER AS hour, sum(records)::UBIGINT AS records, sum(reports)::UBIGINT AS reports,
      sum(seen)::UBIGINT AS seen, sum(lost)::UBIGINT AS lost, any_value(reportedFrom)::BIGINT AS reportedFrom,
      any_value(reportedTo)::BIGINT AS reportedTo, any_value(unreportedMicros)::BIGINT AS unreportedMicros,
      any_value(overlapMicros)::BIGINT AS overlapMicros, any_value(longestMicros)::BIGINT AS longestMicros
    FROM (${flows(filesSql(files.flow, FLOW_COLUMNS), `${shortSql(range)} AND ${isSign}`)}
      UNION ALL ${flows(long, 'true')}
      UNION ALL SELECT sensor, hour, 0, reports, seen, lost FROM (${LOSSES})
      UNION ALL SELECT sensor, startedAt // 3600000000 + part AS hour, count(*), 0, 0, 0
        FROM (SELECT *, unnest(range(0, hours)) AS part FROM ${filesSql(files.given, GIVEN_COLUMNS)}) GROUP BY ALL)
    LEFT JOIN (${SPOKEN}) USING (sensor, hour)
    WHERE ${hours} GROUP BY sensor, hour ORDER BY sensor, hour`;
}
