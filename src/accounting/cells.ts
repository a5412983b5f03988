import { CELL_COLUMNS, GIVEN_COLUMNS } from '../records/columns.ts';
import { TUPLE } from '../records/flow-ends.ts';
import { sqlChoice } from '../records/sql-text.ts';
import { HOURS_PER_DAY, MICROS_PER_DAY } from '../records/time.ts';
import type { Attribution } from './attribution/attribute.ts';
import {
  type DayRange,
  type FactFiles,
  factSql,
  filesSql,
  flowSql,
  microsOf,
  shortSql,
  viewedSql,
} from './facts.ts';
import { KINDS, type Perspective } from './perspective.ts';
import { lastHour, partInHour, SPREAD_COLUMNS } from './spread.ts';

const KEYS = ['hour', 'kind', 'path', 'hostKey', 'networkKey', 'serviceName', 'origInner'];
/** Where somebody may be known as well. */
const NAMED_KEYS = [...KEYS, 'who'];
const SECOND = 'sinceSecond';

/**
 * How the bytes of a cell are added up. Doubles are whole numbers up to 2^53 and take half the memory of the engine's own
 * sums; a cell of more, nine petabytes in an hour, fails in words and is added up `exactly`.
 */
export type Sums = 'quickly' | 'exactly';
const MOST_IN_DOUBLE = 2 ** 53;

/**
 * Returns the cells of a range of days: one query over single flows, settled pieces (settle.ts) and cells
 * that arrived ready-made. The order of rows is the engine's own; their content is exact and the same on
 * every run.
 */
export function cellSql(
  files: FactFiles,
  range: DayRange,
  perspective: Perspective,
  tunnelDays: string | undefined,
  attribution?: Attribution,
  pieces = 'piece',
  sums: Sums = 'exactly',
): string {
  const through = pieces === 'piece' ? [] : ['via'];
  const keys = [...(attribution ? NAMED_KEYS : KEYS), ...through];
  const attributed = attribution?.attributed ?? ((relation: string) => relation);
  const lookups = attribution
    ? `, ${TUPLE} AS tuple, ${perspective.presenceKey} AS presenceKey, ${perspective.lentKey} AS lentKey`
    : '';
  const who = `${attribution ? ', who' : ''}${through.map((name) => `, ${name}`).join('')}`;
  const direct = through.map((name) => `, NULL::VARCHAR AS ${name}`).join('');
  const hours = `hour BETWEEN ${range.fromDay * HOURS_PER_DAY} AND ${range.toDay * HOURS_PER_DAY + HOURS_PER_DAY - 1}`;
  const flows = `startedAt // 1000000 AS sinceSecond, startedAt AS sinceAt, startedAt + lastedMicros AS endedAt, 1 AS flows`;
  const parts = [
    // A connection that nothing else speaks of lies in one hour and is summed as it is; all others come as pieces.
    hourPart(
      attributed(
        `(SELECT *, ${flows}${lookups}${direct} FROM (${viewedSql(factSql(flowSql(files), perspective, singleSql(range)), perspective)}))`,
      ),
      `${SECOND} // 3600`,
      'flows',
      (name) => `"${name}"`,
      tunnelDays,
      who,
    ),
    hourPart(
      `(SELECT *, unnest(range(${SECOND} // 3600, 1 + ${lastHour(SECOND, 'untilSecond')})) AS pieceHour
        FROM ${attributed(`(SELECT * FROM ${pieces} WHERE ("out" > 0 OR "in" > 0 OR outHigh > 0 OR ipOut > 0 OR flows > 0)${attribution ? ` AND ${meets(range)}` : ''})`)})`,
      'pieceHour',
      `CASE WHEN pieceHour = ${SECOND} // 3600 THEN flows ELSE 0 END`,
      (name) => partInHour(`"${name}"`, SECOND, 'untilSecond', 'pieceHour * 3600'),
      tunnelDays,
      who,
    ),
  ];
  const summed = `SELECT ${keys.join(', ')},
      ${SPREAD_COLUMNS.map((name) => sumSql(name, sums)).join(', ')}, ${sumSql('flows', sums)}, min(firstAt) AS firstAt, max(endedAt) AS arrivedAt
    FROM (${parts.join(' UNION ALL ')}) WHERE ${hours} GROUP BY ALL`;
  const cells = named(summed, perspective, attribution !== undefined, through.length > 0);
  return files.given.length === 0 ? cells : `${cells} UNION ALL ${givenSql(files.given, range, hours)}`;
}

/** SQL for the sum of a column that is nowhere negative: a double that ends below 2^53 was a whole number all along. */
function sumSql(name: string, sums: Sums): string {
  return sums === 'exactly'
    ? `sum("${name}")::BIGINT AS "${name}"`
    : `CASE WHEN sum("${name}"::DOUBLE) < ${MOST_IN_DOUBLE} THEN sum("${name}"::DOUBLE)::BIGINT ELSE error('${name}: too many bytes in one cell for a double') END AS "${name}"`;
}

/** SQL that keeps flows that no other fact speaks of, each in one hour. */
function singleSql(range: DayRange): string {
  return `${shortSql(range)} AND ${TUPLE} NOT IN (SELECT tuple FROM suspect)`;
}

/**
 * Returns what falls into one hour of each interval of a relation. On days on which a tunnel's content was
 * seen the tunnel is a carrier: what it carried is counted already.
 */
function hourPart(
  relation: string,
  hour: string,
  flows: string,
  part: (name: string) => string,
  tunnelDays: string | undefined,
  more: string,
): string {
  const kind = tunnelDays
    ? `CASE WHEN kind = 0 AND (uid, (${hour}) // ${HOURS_PER_DAY}) IN (SELECT uid, day FROM ${tunnelDays}) THEN 2 ELSE kind END AS kind`
    : 'kind';
  return `SELECT (${hour})::INTEGER AS hour, ${kind}, path, hostKey, networkKey, serviceName, origInner${more},
    ${SPREAD_COLUMNS.map((name) => `(${part(name)})::BIGINT AS "${name}"`).join(', ')}, (${flows})::BIGINT AS flows,
    greatest(sinceAt, (${hour}) * 3600000000) AS firstAt, endedAt
    FROM ${relation}`;
}

/** SQL that keeps pieces with a moment in a range: only those need a name there. */
function meets(range: DayRange): string {
  const { from, to } = microsOf(range);
  return `sinceAt < ${to} AND endedAt >= ${from}`;
}

/** Codes back to names, in the columns of a cell. */
function named(summed: string, { paths }: Perspective, attributed: boolean, relayed: boolean): string {
  const principal = attributed
    ? {
        name: `coalesce(w.principal, 'unknown')`,
        basis: `coalesce(w.basis, 'unknown')`,
        present: 'coalesce(w.present, 0)',
        sharers: 'coalesce(w.sharers, 0)',
      }
    : { name: sqlChoice('unknown'), basis: sqlChoice('unknown'), present: '0', sharers: '0' };
  const texts = (names: readonly string[], code: string) =>
    `CASE ${code} ${names.map((name, index) => `WHEN ${index} THEN ${sqlChoice(name, names)}`).join(' ')} END`;
  const initiator = (side: string) => sqlChoice(side, ['inside', 'outside']);
  return `SELECT hour, ${texts(KINDS, 'kind')} AS kind, ${texts(paths, 'path')} AS path,
    hostKey, NULL::VARCHAR AS hostName, networkKey, NULL::VARCHAR AS networkName, serviceName AS service,
    CASE WHEN origInner THEN ${initiator('inside')} ELSE ${initiator('outside')} END AS initiator, ${principal.name} AS principal,
    "out"::UBIGINT AS bytesOut, outLow::UBIGINT AS bytesOutLow, outHigh::UBIGINT AS bytesOutHigh,
    "in"::UBIGINT AS bytesIn, ipOut::UBIGINT AS ipBytesOut, flows::UBIGINT AS flows, firstAt,
    greatest(firstAt, least(arrivedAt, hour::BIGINT * 3600000000 + 3599999999)) AS lastAt, arrivedAt,
    ${principal.basis} AS basis, ${principal.present}::UBIGINT AS present, ${principal.sharers}::UBIGINT AS sharers,
    ${relayed ? `${attributed ? 's.' : ''}via` : 'NULL'}::VARCHAR AS via
    FROM (${summed})${attributed ? ' s LEFT JOIN who_is w ON w.who = s.who' : ''}`;
}

/**
 * Ready-made rows as cells. A row of a day is one cell of each UTC day that it touches, in the first of its hours there: which
 * hours the bytes fell into nobody knows, and a cell for each would be 24 times as many. What each UTC day gets follows the
 * hours by largest remainder, early ones first.
 */
function givenSql(files: readonly string[], range: DayRange, hoursWhere: string): string {
  const { from, to } = microsOf(range);
  const share = (name: string) =>
    `((untilPart - part) * (${name} // hours) + greatest(least(untilPart, ${name} % hours) - part, 0))`;
  const untilMidnight = `least(hours, ${HOURS_PER_DAY} - startedAt // 3600000000 % ${HOURS_PER_DAY})`;
  const spread = `SELECT (startedAt // 3600000000 + part)::INTEGER AS hour, path, hostKey, hostName, networkKey, networkName,
      service, initiator, principal, ${share('bytesOut')} AS bytesOut, ${share('bytesIn')} AS bytesIn,
      CASE WHEN part = 0 THEN flows ELSE 0 END AS flows, startedAt + part * 3600000000 AS firstAt,
      startedAt + untilPart * 3600000000 - 1 AS lastAt,
      coalesce(arrivedAt, (startedAt // ${MICROS_PER_DAY} + 1) * ${MICROS_PER_DAY}) AS arrivedAt
    FROM (SELECT *, CASE WHEN part = 0 THEN midnight ELSE hours END AS untilPart
      FROM (SELECT *, unnest(CASE WHEN midnight < hours THEN [0, midnight] ELSE [0] END) AS part
        FROM (SELECT *, ${untilMidnight} AS midnight FROM ${filesSql(files, GIVEN_COLUMNS)}
          WHERE startedAt >= ${from - MICROS_PER_DAY} AND startedAt < ${to})))`;
  return `SELECT hour, 'egress' AS kind, path, hostKey, hostName, networkKey, networkName, service, initiator, principal,
      sum(bytesOut)::UBIGINT AS bytesOut, sum(bytesOut)::UBIGINT AS bytesOutLow, sum(bytesOut)::UBIGINT AS bytesOutHigh,
      sum(bytesIn)::UBIGINT AS bytesIn, 0::UBIGINT AS ipBytesOut, sum(flows)::UBIGINT AS flows,
      min(firstAt) AS firstAt, max(lastAt) AS lastAt, max(arrivedAt) AS arrivedAt,
      CASE WHEN principal = 'unknown' THEN 'unknown' ELSE 'stated' END AS basis,
      CASE WHEN principal = 'unknown' THEN 0 ELSE 1 END::UBIGINT AS present, 0::UBIGINT AS sharers, NULL::VARCHAR AS via
    FROM (${spread}) WHERE ${hoursWhere}
    GROUP BY hour, path, hostKey, hostName, networkKey, networkName, service, initiator, principal`;
}

/** Returns the columns of a cell in their order, for statements that write them. */
export const CELL_NAMES = CELL_COLUMNS.map(({ name }) => `"${name}"`).join(', ');
