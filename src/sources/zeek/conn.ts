import { sqlChoice } from '../../records/sql-text.ts';
import type { RecordRule } from '../record.ts';
import type { Field, NumberFields } from '../relation.ts';
import { count, instant, missing, port, seconds, wrong } from '../values.ts';

/** The fields of conn, open_conn and conn_long that Weir reads; any set and order of them will do. */
export const CONN_FIELDS: readonly string[] = [
  'ts',
  'uid',
  'id.orig_h',
  'id_orig_h',
  'id.orig_p',
  'id_orig_p',
  'id.resp_h',
  'id_resp_h',
  'id.resp_p',
  'id_resp_p',
  'proto',
  'service',
  'duration',
  'orig_bytes',
  'resp_bytes',
  'missed_bytes',
  'orig_pkts',
  'orig_ip_bytes',
  'resp_pkts',
  'resp_ip_bytes',
  'conn_state',
  'history',
  'tunnel_parents',
];

const COUNTS = {
  orig_bytes: 'origBytes',
  resp_bytes: 'respBytes',
  missed_bytes: 'missedBytes',
  orig_pkts: 'origPackets',
  orig_ip_bytes: 'origIpBytes',
  resp_pkts: 'respPackets',
  resp_ip_bytes: 'respIpBytes',
} as const;

/** The numbers among them. Times stay text: Zeek can be told to write them in several forms. */
export const CONN_NUMBERS: NumberFields = {
  'id.orig_p': 'USMALLINT',
  id_orig_p: 'USMALLINT',
  'id.resp_p': 'USMALLINT',
  id_resp_p: 'USMALLINT',
  duration: 'DOUBLE',
  ...Object.fromEntries(Object.keys(COUNTS).map((name) => [name, 'UBIGINT' as const])),
};

/**
 * Returns how lines of Zeek's connection logs become flows. `snapshot` is SQL that tells a connection
 * still open (open_conn, conn_long: cumulative counts) from a closed one.
 */
export function connRule(field: Field, sensor: string, snapshot: string): RecordRule {
  const counts = Object.entries(COUNTS);
  return {
    family: 'flow',
    texts: {
      t_ts: field('ts'),
      t_duration: field('duration'),
      t_orig_h: field('id.orig_h', 'id_orig_h'),
      t_resp_h: field('id.resp_h', 'id_resp_h'),
      t_orig_p: field('id.orig_p', 'id_orig_p'),
      t_resp_p: field('id.resp_p', 'id_resp_p'),
      t_uid: field('uid'),
      t_proto: field('proto'),
      t_service: field('service'),
      t_state: field('conn_state'),
      t_history: field('history'),
      t_parents: field('tunnel_parents'),
      ...Object.fromEntries(counts.map(([name]) => [`t_${name}`, field(name)])),
    },
    parts: {
      origPlain: 'weir_plain(t_orig_h)',
      respPlain: 'weir_plain(t_resp_h)',
      origParts: 'weir_parts(weir_plain(t_orig_h))',
      respParts: 'weir_parts(weir_plain(t_resp_h))',
    },
    values: {
      startedAt: instant('t_ts'),
      durationMicros: seconds('t_duration'),
      origHi: 'weir_hi(origPlain)',
      origLo: 'weir_lo(origPlain, origParts)',
      respHi: 'weir_hi(respPlain)',
      respLo: 'weir_lo(respPlain, respParts)',
      origPort: port('t_orig_p'),
      respPort: port('t_resp_p'),
      ...Object.fromEntries(counts.map(([name, column]) => [column, count(`t_${name}`)])),
    },
    columns: {
      startedAt: 'startedAt',
      durationMicros: 'durationMicros',
      // An empty uid names no connection: all that bear it would be one.
      uid: `CASE WHEN t_uid NOT IN ('', '(empty)') THEN t_uid END`,
      sensor: sqlChoice(sensor),
      snapshot,
      origHi: 'origHi',
      origLo: 'origLo',
      origPort: 'coalesce(origPort, 0)',
      respHi: 'respHi',
      respLo: 'respLo',
      respPort: 'coalesce(respPort, 0)',
      proto: 't_proto',
      service: 't_service',
      origBytes: 'origBytes',
      respBytes: 'respBytes',
      missedBytes: 'missedBytes',
      origPackets: 'origPackets',
      origIpBytes: 'origIpBytes',
      respPackets: 'respPackets',
      respIpBytes: 'respIpBytes',
      state: 't_state',
      history: 't_history',
      // Zeek writes an empty set as (empty), JSON as [].
      parents: `CASE WHEN t_parents NOT IN ('(empty)', '[]') THEN t_parents END`,
    },
    faults: [
      missing('ts', 't_ts'),
      wrong('ts', 't_ts', 'startedAt', 'a time between 1990 and 2100'),
      wrong('duration', 't_duration', 'durationMicros', 'a number of seconds below two years'),
      missing('id.orig_h', 't_orig_h'),
      missing('id.resp_h', 't_resp_h'),
      wrong('id.orig_h', 't_orig_h', 'origLo', 'an IP address'),
      wrong('id.resp_h', 't_resp_h', 'respLo', 'an IP address'),
      wrong('id.orig_p', 't_orig_p', 'origPort', 'a port'),
      wrong('id.resp_p', 't_resp_p', 'respPort', 'a port'),
      ...counts.map(([name, column]) => wrong(name, `t_${name}`, column, 'a count below 2^53')),
    ],
  };
}
