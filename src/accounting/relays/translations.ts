import { z } from 'zod';
import type { Database } from '../../ledger/duckdb/database.ts';
import { columnList, FLOW_COLUMNS } from '../../records/columns.ts';
import { TRANSLATION_COLUMNS } from '../../records/families.ts';
import { TUPLE } from '../../records/flow-ends.ts';
import { IS_LONG } from '../../records/long-flow.ts';
import { sqlText } from '../../records/sql-text.ts';
import { MICROS_PER_SECOND } from '../../records/time.ts';
import { filesSql } from '../facts.ts';
import type { RelayLook } from './look.ts';

/** Clocks of a NAT and of a sensor may differ by this much. */
export const NAT_SLACK_MICROS = 60 * MICROS_PER_SECOND;
/**
 * So long after its last packet a connection may be forgotten: TIME_WAIT lasts two minutes, other states of Linux up to
 * ten. It matters where the log does not say when the connection began.
 */
export const FORGOTTEN_MICROS = 600 * MICROS_PER_SECOND;

/** Protocols whose ports tell connections apart; of all others a NAT's log names nobody for certain. */
const PORTED = `('tcp', 'udp', 'sctp', 'dccp', 'udplite')`;

const ENDS = ['origHi', 'origLo', 'origPort', 'respHi', 'respLo', 'respPort'] as const;

/**
 * Makes `relay_seen(tuple, since, until, timed, sensor, ends…, real ends…)`: what logs of NAT say that connections were
 * seen as behind addresses that stand for others; and `relay_told(key)`: the flows of those very lines. Returns the
 * sensors that wrote them.
 */
export async function openSeen(db: Database, files: readonly string[], look: RelayLook): Promise<string[]> {
  const stands = `(${look.touches('seenOrigHi', 'seenOrigLo')} OR ${look.touches('seenRespHi', 'seenRespLo')})`;
  const told = `(SELECT * FROM ${filesSql(files, TRANSLATION_COLUMNS)} WHERE ${stands})`;
  const seen = ENDS.map((name) => `seen${name.charAt(0).toUpperCase()}${name.slice(1)} AS ${name}`);
  const real = ENDS.map((name) => `${name} AS real_${name}`);
  const carried = ['since', 'timed', 'sensor', ...ENDS, ...ENDS.map((name) => `real_${name}`)];
  const order = `(since, sensor, ${ENDS.map((name) => `real_${name}`).join(', ')})`;
  await db.run(`CREATE OR REPLACE TEMP TABLE relay_seen AS
    SELECT tuple, until, ${carried.map((name) => `said.${name} AS ${name}`).join(', ')} FROM (
      SELECT tuple, until, arg_min({${carried.map((name) => `${name}: ${name}`).join(', ')}}, ${order}) AS said FROM (
        SELECT *, ${TUPLE} AS tuple FROM (SELECT startedAt AS since, endedAt AS until, timed, sensor, proto, ${[...seen, ...real].join(', ')} FROM ${told} WHERE proto IN ${PORTED}))
      GROUP BY tuple, until)`);
  await db.run(
    `CREATE OR REPLACE TEMP TABLE relay_told AS SELECT DISTINCT ${toldKey(TUPLE)} AS key FROM ${told}`,
  );
  const rows = await db.rows(
    `SELECT DISTINCT sensor FROM ${told} ORDER BY sensor`,
    z.object({ sensor: z.string() }),
  );
  return rows.map(({ sensor }) => sensor);
}

/** SQL for what a flow and the translation of the same line have in common. */
export function toldKey(tuple: string): string {
  return `hash(sensor, ${tuple}, startedAt)`;
}

/**
 * Makes `relay_match(tuple, startedAt, sensor, ends…)`: of connections in `relay_touch` that a NAT's log knows the real
 * ends, and whose log. Of what was seen under the same ends and ports the one whose time fits best: the first that
 * ended with the connection or after it, or the last before. Needs `relay_seen`.
 */
export async function matchSeen(db: Database): Promise<void> {
  const fits = `CASE WHEN timed THEN least(until, endedAt) - greatest(since, startedAt) ELSE -abs(until - endedAt) END`;
  const near = (comparison: string) =>
    `SELECT f.tuple, f.startedAt, f.endedAt, ${ENDS.map((name) => `f.${name} AS f_${name}`).join(', ')},
       s.* EXCLUDE (tuple) FROM relay_touch f ASOF JOIN relay_seen s ON f.tuple = s.tuple AND f.endedAt ${comparison} s.until`;
  const isForward = ENDS.map((name) => `f_${name} = ${name}`).join(' AND ');
  const isBackward = ENDS.map((name) => `f_${name} = ${other(name)}`).join(' AND ');
  const ends = ENDS.map(
    (name) => `${name}: CASE WHEN isForward THEN real_${name} ELSE real_${other(name)} END`,
  );
  await db.run(`CREATE OR REPLACE TEMP TABLE relay_match AS
    SELECT tuple, startedAt, said.* FROM (
      SELECT tuple, startedAt, arg_max({sensor: sensor, ${ends.join(', ')}}, (fits, -until)) AS said
      FROM (SELECT *, (${isForward}) AS isForward, ${fits} AS fits FROM (${near('<=')} UNION ALL ${near('>')})
        WHERE (${isForward}) OR (${isBackward}))
      WHERE CASE WHEN timed THEN fits >= -${NAT_SLACK_MICROS}
        ELSE until - endedAt BETWEEN -${NAT_SLACK_MICROS} AND ${FORGOTTEN_MICROS} END
      GROUP BY tuple, startedAt)`);
}

function other(name: (typeof ENDS)[number]): string {
  return name.startsWith('orig') ? name.replace('orig', 'resp') : name.replace('resp', 'orig');
}

/** SQL for the ends of a relation `r` with `tuple`, left joined with `relay_match` as `m`: the real ones where known. */
export const REAL_ENDS = ENDS.map((name) => `coalesce(m.${name}, r.${name}) AS ${name}`).join(', ');

/** The join that `REAL_ENDS` needs. */
export const WITH_MATCH = 'LEFT JOIN relay_match m ON m.tuple = r.tuple AND m.startedAt = r.startedAt';

/** SQL for flows as logged, with their real ends where they are known. */
export function realFlows(flows: string): string {
  return `SELECT ${columnList(FLOW_COLUMNS)} FROM (
    SELECT r.* EXCLUDE (${ENDS.join(', ')}), ${REAL_ENDS} FROM (SELECT *, ${TUPLE} AS tuple FROM ${flows}) r ${WITH_MATCH})`;
}

/**
 * SQL that holds for flows that are not summed as they are logged: those with an end that stands for others, and those
 * of sensors that watch no path and tell of NAT: what these say of a relay's connections counts where it crosses the border.
 */
export function isApart(look: RelayLook, silent: readonly string[]): string {
  const touches = ['orig', 'resp'].map((end) => look.touches(`${end}Hi`, `${end}Lo`)).join(' OR ');
  return silent.length === 0 ? `(${touches})` : `(${touches} OR ${isOf(silent)})`;
}

/** SQL for what of them counts all the same. */
export function isCounted(silent: readonly string[]): string {
  if (silent.length === 0) return 'true';
  return `NOT (${isOf(silent)} AND ${toldKey(TUPLE)} IN (SELECT key FROM relay_told))`;
}

function isOf(sensors: readonly string[]): string {
  return `sensor IN (${sensors.map(sqlText).join(', ')})`;
}

/** SQL for flows of files that are not long. */
export const SHORT = `NOT ${IS_LONG}`;
