import { COVERAGE_COLUMNS, FLOW_COLUMNS, GIVEN_COLUMNS } from '../records/columns.ts';
import { LOGGED_PACKET } from '../records/flow-parts.ts';
import { sqlText } from '../records/sql-text.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import { type DayRange, type FactFiles, filesSql, microsOf, shortSql } from './facts.ts';

/**
 * What each kind of report says of an hour. Acknowledgements and packets are not added: the kind that lost the
 * larger share stands, for what one of them lost the other need not have missed.
 */
function reportsSql(files: FactFiles, from: number, to: number): string {
  return `SELECT *, lost / greatest(seen + lost, 1) AS share FROM (
    SELECT sensor, startedAt // 3600000000 AS hour, report, count(*) AS reports,
      coalesce(sum(seen), 0) AS seen, coalesce(sum(lost), 0) AS lost
    FROM ${filesSql(files.coverage, COVERAGE_COLUMNS)} WHERE startedAt >= ${from} AND startedAt < ${to} GROUP BY ALL)`;
}

/**
 * Returns what each sensor gave a sign of in each hour: records that ended then, reports on its own sight,
 * and of those the packets (or acknowledgements) seen and lost. An hour without a row was silent. Packets that a firewall
 * logged are no sign: they count no byte (`withPackets` tells whether there can be any).
 */
export function coverageSql(files: FactFiles, range: DayRange, withPackets: boolean): string {
  const hours = `hour BETWEEN ${range.fromDay * HOURS_PER_DAY} AND ${range.toDay * HOURS_PER_DAY + HOURS_PER_DAY - 1}`;
  const { from, to } = microsOf(range);
  const long = filesSql(files.long({ fromDay: range.fromDay, toDay: range.toDay }), FLOW_COLUMNS);
  const ended = '(startedAt + greatest(coalesce(durationMicros, 0), 0)) // 3600000000';
  const flows = (source: string, where: string) =>
    `SELECT sensor, ${ended} AS hour, count(*) AS records, 0 AS reports, 0 AS seen, 0 AS lost FROM ${source} WHERE ${where} GROUP BY ALL`;
  const isSign = withPackets ? `state IS DISTINCT FROM ${sqlText(LOGGED_PACKET)}` : 'true';
  return `SELECT sensor, hour::INTEGER AS hour, sum(records)::UBIGINT AS records, sum(reports)::UBIGINT AS reports,
      sum(seen)::UBIGINT AS seen, sum(lost)::UBIGINT AS lost
    FROM (${flows(filesSql(files.flow, FLOW_COLUMNS), `${shortSql(range)} AND ${isSign}`)}
      UNION ALL ${flows(long, 'true')}
      UNION ALL SELECT sensor, hour, 0, sum(reports), arg_max(seen, (share, report)), arg_max(lost, (share, report))
        FROM (${reportsSql(files, from, to)}) GROUP BY sensor, hour
      UNION ALL SELECT sensor, startedAt // 3600000000 + part AS hour, count(*), 0, 0, 0
        FROM (SELECT *, unnest(range(0, hours)) AS part FROM ${filesSql(files.given, GIVEN_COLUMNS)}) GROUP BY ALL)
    WHERE ${hours} GROUP BY ALL ORDER BY ALL`;
}
