import { InternalError } from '../../errors.ts';
import { sqlText } from '../../records/sql-text.ts';
import type { RecordRule } from '../record.ts';
import type { Field, NumberFields } from '../relation.ts';
import { CONN_FIELDS, CONN_NUMBERS, connRule } from './conn.ts';
import { COVERAGE_FIELDS, coverageRule } from './coverage.ts';
import { HANDSHAKE_FIELDS, handshakeRule } from './handshake.ts';

/** Keys under which writers of mixed JSON name a line's log. */
export const STREAM_KEYS: readonly string[] = ['_path', '@stream', '_stream', 'stream', '_log'];

/** All JSON keys Weir takes out of a Zeek line, its log's name among them. */
export const ZEEK_JSON_KEYS: readonly string[] = [
  ...new Set([
    ...STREAM_KEYS,
    ...CONN_FIELDS,
    ...HANDSHAKE_FIELDS,
    ...COVERAGE_FIELDS,
    'fuid',
    'cipher',
    'hassh_version',
    'auth_success',
    'client_initial_dcid',
    'gaps',
  ]),
];

/** Returns how the lines of one Zeek log become records. */
export function zeekRule(stream: string, field: Field, sensor: string): RecordRule {
  switch (stream) {
    case 'conn':
      return connRule(field, sensor, 'false');
    case 'open_conn':
    case 'conn_long':
      return connRule(field, sensor, 'true');
    case 'capture_loss':
    case 'stats':
      return coverageRule(field, sensor, stream);
    case 'ssl':
    case 'ssh':
    case 'quic':
    case 'files':
      return handshakeRule(field, sensor, stream);
    default:
      throw new InternalError(`no rule for the Zeek log ${stream}`);
  }
}

/** Returns the fields of a text log that the reader may turn into numbers itself. */
export function zeekNumbers(stream: string): NumberFields {
  return ['conn', 'open_conn', 'conn_long'].includes(stream) ? CONN_NUMBERS : {};
}

/**
 * Returns SQL for the log that a JSON line belongs to: as it names itself, else by the fields that only
 * one log has, else `unknown`.
 */
export function streamOfLine(field: Field): string {
  const set = (...names: string[]) => `${field(...names)} IS NOT NULL`;
  const named = `replace(${field(...STREAM_KEYS)}, '-', '_')`;
  return `CASE
    WHEN ${named} IS NOT NULL THEN ${named}
    WHEN ${set('percent_lost', 'acks')} AND ${set('gaps')} THEN ${sqlText('capture_loss')}
    WHEN ${set('pkts_proc')} THEN ${sqlText('stats')}
    WHEN ${set('fuid')} THEN ${sqlText('files')}
    WHEN ${set('conn_state')} OR ${set('orig_ip_bytes')} OR ${set('missed_bytes')}
      OR (${set('proto')} AND (${set('orig_bytes')} OR ${set('resp_bytes')} OR ${set('history')})) THEN ${sqlText('conn')}
    WHEN ${set('client_initial_dcid')} THEN ${sqlText('quic')}
    WHEN ${set('auth_success', 'hassh')} OR (${set('client')} AND ${set('server')}) THEN ${sqlText('ssh')}
    WHEN ${set('cipher')} OR ${set('ja3', 'ja4')} THEN ${sqlText('ssl')}
    ELSE 'unknown' END`;
}
