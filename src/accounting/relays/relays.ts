import { z } from 'zod';
import type { Facility } from '../../facility/facility.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import { columnList, FLOW_COLUMNS } from '../../records/columns.ts';
import { TUPLE } from '../../records/flow-ends.ts';
import { IS_PART } from '../../records/flow-parts.ts';
import { ENDED } from '../../records/flow-time.ts';
import { sqlText } from '../../records/sql-text.ts';
import { dayOfMicros, MICROS_PER_DAY } from '../../records/time.ts';
import { type CorrectionCount, correctionRow } from '../corrections.ts';
import {
  type DayRange,
  type FactFiles,
  factSql,
  filesSql,
  microsOf,
  overlapsSql,
  type RealFlows,
  viewedSql,
} from '../facts.ts';
import type { Perspective } from '../perspective.ts';
import { type RelayLook, relayLookOn } from './look.ts';
import { openParts, proxySensors } from './parts.ts';
import {
  isApart,
  isCounted,
  matchSeen,
  openSeen,
  REAL_ENDS,
  realFlows,
  SHORT,
  WITH_MATCH,
} from './translations.ts';

/** What the logs of relays make of a range of days. */
export interface Relays {
  /** Flows with the ends of those that really talk. */
  readonly flows: RealFlows;
  /** Whether `relay_part` has rows: connections that a relay's log gives to several, or to an identity. */
  readonly hasParts: boolean;
  /** SQL over flows that tells those which logs of NAT tell of relays and which count nothing themselves; undefined for none. */
  readonly uncounted: string | undefined;
}

/** The temporary tables of this room. */
export const RELAY_TABLES: readonly string[] = [
  'relay_seen',
  'relay_told',
  'relay_touch',
  'relay_match',
  'relay_long',
  'relay_via',
  'relay_tuple',
  'relay_conn',
  'relay_row',
  'relay_given',
  'relay_part',
  'relay_piece',
];

/**
 * Joins connections of addresses that stand for others with the logs of those (docs/accounting.md, rule 2): of NAT the
 * real ends take the place of what was seen; of proxies and gateways `relay_part` says whose their bytes are. Makes
 * `relay_tuple(tuple)`, the connections that are settled because of it, and `relay_via(tuple, startedAt, via)`. Returns
 * undefined, and reads next to nothing, where weir.yaml lists no relay or no log of one is there.
 * @param folder where the flows with real ends are written for the time of the build.
 */
export async function openRelays(
  db: Database,
  files: FactFiles,
  range: DayRange,
  facility: Facility,
  perspective: Pick<Perspective, 'hostOf' | 'machineOf'>,
  folder: string,
): Promise<Relays | undefined> {
  const look = relayLookOn(facility, range.fromDay);
  if (!look || !files.translation || !files.flowOn) return undefined;
  const lives = await livesOf(db, files, range, look);
  const translations = files.translation(lives);
  const proxies = await proxySensors(db, files.identity('transfer', lives), look);
  if (translations.length === 0 && proxies.size === 0) return undefined;
  const sensors = await openSeen(db, translations, look);
  if (sensors.length === 0 && proxies.size === 0) return undefined;
  const silent = sensors.filter((sensor) => !look.watches(sensor));
  const flowFiles = proxies.size > 0 ? files.flowOn(lives) : files.flow;
  await openTouch(db, flowFiles, files.long(lives), look);
  await matchSeen(db);
  const apart = isApart(look, silent);
  const path = `${folder}/${range.fromDay}-real-flows.parquet`;
  const counted = (source: string) => `(SELECT * FROM ${source} WHERE ${apart} AND ${isCounted(silent)})`;
  await db.run(
    `COPY (${realFlows(counted(filesSql(files.flow, FLOW_COLUMNS)))}) TO ${sqlText(path)} (FORMAT parquet, COMPRESSION lz4)`,
  );
  await db.run(
    `CREATE OR REPLACE TEMP TABLE relay_long AS ${realFlows(counted(filesSql(files.long(lives), FLOW_COLUMNS)))}`,
  );
  await db.run(`CREATE OR REPLACE TEMP TABLE relay_via AS
    SELECT tuple, startedAt, min('NAT log of ' || sensor) AS via FROM (
      SELECT sensor, ${TUPLE} AS tuple, startedAt FROM (SELECT r.proto, r.startedAt, m.sensor, ${REAL_ENDS} FROM relay_touch r ${WITH_MATCH.replace('LEFT JOIN', 'JOIN')}))
    GROUP BY tuple, startedAt`);
  const hasParts = proxies.size > 0 && (await openParts(db, files, lives, look, proxies, perspective));
  await db.run(`CREATE OR REPLACE TEMP TABLE relay_tuple AS SELECT DISTINCT tuple FROM relay_via
    ${hasParts ? 'UNION SELECT tuple FROM relay_part' : ''}`);
  const rest = (source: string) =>
    `(SELECT ${columnList(FLOW_COLUMNS)} FROM ${source} WHERE NOT ${apart} UNION ALL SELECT * FROM `;
  return {
    flows: {
      flow: `${rest(filesSql(files.flow, FLOW_COLUMNS))} ${filesSql([path], FLOW_COLUMNS)})`,
      long: (list) => `${rest(filesSql(list, FLOW_COLUMNS))} relay_long)`,
    },
    hasParts,
    uncounted: silent.length > 0 ? `NOT ${isCounted(silent)}` : undefined,
  };
}

const lifeRow = z.object({ from: z.bigint().nullable(), to: z.bigint().nullable() });

/** The days on which connections through relays live that have a moment in a range, with one more on both sides. */
async function livesOf(db: Database, files: FactFiles, range: DayRange, look: RelayLook): Promise<DayRange> {
  const near = { fromDay: range.fromDay - 1, toDay: range.toDay + 1 };
  const long = filesSql(files.long(near), FLOW_COLUMNS);
  const [life] = await db.rows(
    `SELECT min(startedAt) AS "from", max(${ENDED}) AS "to" FROM ${long} WHERE ${isApart(look, [])} AND ${overlapsSql(range)}`,
    lifeRow,
  );
  if (life?.from == null || life.to === null) return near;
  return {
    fromDay: Math.min(near.fromDay, dayOfMicros(Number(life.from)) - 1),
    toDay: Math.max(near.toDay, dayOfMicros(Number(life.to)) + 1),
  };
}

/**
 * Makes `relay_touch`: the ends and the life of connections one of whose ends stands for others, as they were logged, what
 * they carried, and what of that was logged in parts (`origPart`, `respPart`) by one sensor (`partSensor`).
 * @param only SQL over the flow columns that narrows them down.
 */
export async function openTouch(
  db: Database,
  flowFiles: readonly string[],
  longFiles: readonly string[],
  look: RelayLook,
  only = 'true',
): Promise<void> {
  const ends = 'origHi, origLo, origPort, respHi, respLo, respPort, proto';
  const counts = ['orig', 'resp'].map(
    (end) => `coalesce(${end}Bytes, ${end}IpBytes, 0)::BIGINT AS ${end}Count`,
  );
  const read = (files: readonly string[], where: string) =>
    `SELECT ${ends}, startedAt, ${ENDED} AS endedAt, coalesce(${IS_PART}, false) AS part, CASE WHEN part THEN sensor END AS sensor, ${counts.join(', ')}
     FROM ${filesSql(files, FLOW_COLUMNS)} WHERE ${where} AND ${isApart(look, [])} AND ${only}`;
  const each = (sql: (end: string) => string) => ['orig', 'resp'].map(sql).join(', ');
  await db.run(`CREATE OR REPLACE TEMP TABLE relay_touch AS
    WITH told AS (SELECT ${ends}, startedAt, max(endedAt) AS endedAt, sensor, part,
        ${each((end) => `coalesce(sum(${end}Count) FILTER (part), max(${end}Count))::BIGINT AS ${end}Count`)}
      FROM (${read(flowFiles, SHORT)} UNION ALL ${read(longFiles, 'true')}) GROUP BY ALL)
    SELECT ${TUPLE} AS tuple, ${ends}, startedAt, max(endedAt) AS endedAt, ${each((end) => `max(${end}Count) AS ${end}Count`)},
      min(sensor) AS partSensor, ${each((end) => `coalesce(max(${end}Count) FILTER (part), 0) AS ${end}Part`)}
    FROM told GROUP BY ALL`);
}

/** Returns how many connections of a range were told by logs of NAT alone and not counted, and what they say they carried. */
export async function uncountedFlows(
  db: Database,
  files: FactFiles,
  range: DayRange,
  perspective: Perspective,
  { uncounted }: Relays,
): Promise<CorrectionCount[]> {
  if (uncounted === undefined) return [];
  const { from, to } = microsOf(range);
  const facts = factSql(
    filesSql(files.flow, FLOW_COLUMNS),
    perspective,
    `startedAt >= ${from} AND startedAt < ${to} AND ${uncounted}`,
  );
  return db.rows(
    `SELECT startedAt // ${MICROS_PER_DAY} AS day, 'relayLogs' AS correction, count(*) AS records, sum("out" + "in")::BIGINT AS bytes
     FROM (${viewedSql(facts, perspective)}) GROUP BY 1 ORDER BY 1`,
    correctionRow,
  );
}

/** Columns of a piece that cells are made of, beside its bytes. */
const PIECE = `kind, path, hostKey, networkKey, serviceName, origInner, uid, tuple, startedAt, presenceKey, lentKey,
  sinceSecond, untilSecond, sinceAt, endedAt`;
const BYTES = `"out", outLow, outHigh, "in", ipOut, flows`;

/**
 * Shares out the pieces of connections that `relay_part` speaks of (`relay_piece`), and returns the relation of all
 * pieces with `via`, what says who stood behind a relay. Bytes are split by the largest remainder, ties by the
 * greater part: parts sum to the piece. A connection counts for the largest part. Needs `piece` of settle.ts.
 */
export async function openPieces(db: Database, { hasParts }: Relays): Promise<string> {
  const via = 'LEFT JOIN relay_via v ON v.tuple = p.tuple AND v.startedAt = p.startedAt';
  const plain = PIECE.split(',').map((name) => `p.${name.trim()}`);
  const whole = `SELECT ${plain.join(', ')}, ${BYTES}, v.via FROM piece p ${via}`;
  if (!hasParts) return `(${whole})`;
  const parts = ['outLow', 'aboveLow', 'aboveEstimate', 'in', 'ipOut'];
  const weight = (name: string) => (name === 'in' ? 'weightIn' : 'weightOut');
  const shares = parts.flatMap((name) => [
    `("${name}"::HUGEINT * ${weight(name)}) // sum(${weight(name)}) OVER whole AS "${name}Base"`,
    `("${name}"::HUGEINT * ${weight(name)}) % sum(${weight(name)}) OVER whole AS "${name}Rest"`,
  ]);
  const part = (name: string) =>
    `("${name}Base" + CASE WHEN row_number() OVER (PARTITION BY pieceId ORDER BY "${name}Rest" DESC, ordinal)
       <= "${name}" - sum("${name}Base") OVER (PARTITION BY pieceId) THEN 1 ELSE 0 END)`;
  const override: Readonly<Record<string, string>> = {
    kind: 'CASE WHEN p.kind = 0 THEN coalesce(s.kind, p.kind) ELSE p.kind END::UTINYINT',
    hostKey: 'coalesce(s.hostKey, p.hostKey)',
    tuple: 's.partTuple',
    startedAt: 's.partStartedAt',
    presenceKey: 's.presenceKey',
    lentKey: 'coalesce(s.lentKey, p.lentKey)',
  };
  const columns = PIECE.split(',').map(
    (name) => `${override[name.trim()] ?? `p.${name.trim()}`} AS ${name.trim()}`,
  );
  await db.run(`CREATE OR REPLACE TEMP TABLE relay_piece AS
    SELECT pieceId, ${PIECE}, via, outLow + above AS "out", outLow, outLow + above + beyond AS outHigh, "in", ipOut, flows FROM (
      SELECT pieceId, ${PIECE}, via, ${part('outLow')}::BIGINT AS outLow, ${part('aboveLow')}::BIGINT AS above,
        ${part('aboveEstimate')}::BIGINT AS beyond, ${part('in')}::BIGINT AS "in", ${part('ipOut')}::BIGINT AS ipOut,
        CASE WHEN ordinal = 1 THEN flows ELSE 0 END AS flows
      FROM (SELECT *, ${shares.join(', ')} FROM (
        SELECT p.rowid AS pieceId, ${columns.join(', ')}, p.outLow, p."out" - p.outLow AS aboveLow, p.outHigh - p."out" AS aboveEstimate,
          p."in", p.ipOut, p.flows, s.ordinal, s.weightIn, s.weightOut, nullif(concat_ws(', ', v.via, s.via), '') AS via
        FROM piece p JOIN relay_part s ON s.tuple = p.tuple AND p.startedAt BETWEEN s.since AND s.until ${via})
        WINDOW whole AS (PARTITION BY pieceId)))`);
  return `(${whole} WHERE p.rowid NOT IN (SELECT pieceId FROM relay_piece)
    UNION ALL BY NAME SELECT * EXCLUDE (pieceId) FROM relay_piece)`;
}

/** SQL for parts whose begin lies outside a day though their connection has a moment there: `origHi … respCount` of early_flow. */
export function farParts(from: number, to: number): string {
  return `SELECT NULL::UBIGINT AS origHi, NULL::UBIGINT AS origLo, NULL::USMALLINT AS origPort, NULL::UBIGINT AS respHi, NULL::UBIGINT AS respLo,
      NULL::USMALLINT AS respPort, s.partTuple AS tuple, s.partStartedAt AS startedAt, s.presenceKey, coalesce(s.lentKey, f.lentKey) AS lentKey,
      max(f.endedAt) AS endedAt, NULL::BIGINT AS origCount, NULL::BIGINT AS respCount
    FROM suspect_fact f JOIN relay_part s ON s.tuple = f.tuple AND f.startedAt BETWEEN s.since AND s.until
    WHERE s.partStartedAt < ${from} OR s.partStartedAt >= ${to} GROUP BY ALL HAVING max(f.endedAt) >= ${from}`;
}
