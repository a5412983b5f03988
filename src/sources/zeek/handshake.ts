import { sqlText } from '../../records/sql-text.ts';
import type { RecordRule } from '../record.ts';
import type { Field } from '../relation.ts';
import { instant, missing, wrong } from '../values.ts';

/** The fields of ssl, ssh, quic and files that Weir reads. */
export const HANDSHAKE_FIELDS: readonly string[] = [
  'ts',
  'uid',
  'conn_uids',
  'server_name',
  'server',
  'ja4',
  'ja3',
  'hassh',
  'client',
  'mime_type',
  'filename',
];

/** The Zeek logs that say who a connection was with. */
export type HandshakeStream = 'ssl' | 'ssh' | 'quic' | 'files';

/**
 * Returns how lines of Zeek's ssl, ssh, quic and files logs become handshakes. A file that several
 * connections carried is kept with the first of them.
 */
export function handshakeRule(field: Field, sensor: string, stream: HandshakeStream): RecordRule {
  // Sets are `a,b` in TSV, with whatever separator its header names, and `["a","b"]` in JSON.
  const set = field('conn_uids');
  const firstOfSet = `CASE WHEN ${set} <> '(empty)' THEN nullif(regexp_extract(${set}, '[A-Za-z0-9]+'), '') END`;
  return {
    family: 'handshake',
    texts: {
      t_ts: field('ts'),
      t_uid: stream === 'files' ? `coalesce(${field('uid')}, ${firstOfSet})` : field('uid'),
      t_name: stream === 'ssh' ? field('server') : field('server_name'),
      t_fingerprint: stream === 'ssh' ? field('hassh', 'client') : field('ja4', 'ja3'),
      t_mime: field('mime_type'),
      t_filename: field('filename'),
    },
    values: { startedAt: instant('t_ts') },
    columns: {
      startedAt: 'startedAt',
      sensor: sqlText(sensor),
      uid: 't_uid',
      protocol: sqlText(stream),
      serverName: `nullif(t_name, '(empty)')`,
      clientFingerprint: `nullif(t_fingerprint, '(empty)')`,
      content: `nullif(concat_ws(' ', t_mime, t_filename), '')`,
    },
    faults: [
      missing('ts', 't_ts'),
      wrong('ts', 't_ts', 'startedAt', 'a time between 1990 and 2100'),
      missing('uid', 't_uid'),
    ],
  };
}
