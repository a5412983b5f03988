import { sqlText } from '../../records/sql-text.ts';
import type { RecordRule } from '../record.ts';
import { count, type Fault, missing, wrong } from '../values.ts';
import { TWO_YEARS_MICROS } from '../zoned-time.ts';

/** What a log says of a transfer: SQL over the raw relation, texts unless said otherwise. */
export interface TransferFields {
  /** Texts beside those below, by name, for `startedAt` and `endedAt`. */
  readonly texts: Readonly<Record<string, string>>;
  /** SQL over the texts for microseconds since 1970; the begin, where the log says it. */
  readonly startedAt?: string;
  readonly endedAt: string;
  /** The text that `endedAt` is read from, the log's name of it, and what was expected. */
  readonly time: { readonly text: string; readonly column: string; readonly expected: string };
  readonly bytes: { readonly text: string; readonly column: string };
  /** SQL over the texts, `out` or `in`; NULL is a fault. */
  readonly direction: string;
  readonly principal: string;
  /** An address or a name. */
  readonly server: string;
  readonly peer: string;
  readonly path: string;
  readonly protocol: string;
  readonly faults?: readonly Fault[];
}

/** Names that stand for an end which the log does not know. */
const NO_NAMES = ['', '-', 'localhost', 'unknown', 'undetermined'];
/** IPv4 addresses are in the mapped range: 0.0.0.0, and the 40 upper bits of 127.0.0.0/8. */
const UNSPECIFIED_V4 = 281_470_681_743_360;
const LOOPBACK_V4 = 16_777_087;

/**
 * Returns how lines become transfers. An end that is no address is kept by its name; one that is unspecified or a
 * loopback (`0.0.0.0`, `127.0.0.1`) is not known.
 */
export function transferRule(fields: TransferFields, sensor: string): RecordRule {
  const { time, bytes } = fields;
  return {
    family: 'transfer',
    texts: {
      ...fields.texts,
      t_bytes: bytes.text,
      t_principal: fields.principal,
      t_server: fields.server,
      t_peer: fields.peer,
      t_path: fields.path,
    },
    parts: {
      serverPlain: 'weir_plain(t_server)',
      peerPlain: 'weir_plain(t_peer)',
      serverParts: 'weir_parts(weir_plain(t_server))',
      peerParts: 'weir_parts(weir_plain(t_peer))',
    },
    values: {
      v_ended: fields.endedAt,
      v_started: fields.startedAt ?? 'NULL::BIGINT',
      v_bytes: count('t_bytes'),
      v_direction: fields.direction,
      v_serverHi: 'weir_hi(serverPlain)',
      v_serverLo: 'weir_lo(serverPlain, serverParts)',
      v_peerHi: 'weir_hi(peerPlain)',
      v_peerLo: 'weir_lo(peerPlain, peerParts)',
    },
    columns: {
      startedAt: 'least(coalesce(v_started, v_ended), v_ended)',
      endedAt: 'v_ended',
      sensor: sqlText(sensor),
      principal: 't_principal',
      ...ofEnd('server'),
      ...ofEnd('peer'),
      serverName: nameOf('server'),
      peerName: nameOf('peer'),
      path: 't_path',
      direction: 'v_direction',
      bytes: 'v_bytes',
      protocol: sqlText(fields.protocol),
    },
    faults: [
      missing(time.column, time.text),
      wrong(time.column, time.text, 'v_ended', time.expected),
      missing(bytes.column, 't_bytes'),
      wrong(bytes.column, 't_bytes', 'v_bytes', 'a count below 2^53'),
      ...(fields.faults ?? []),
      { when: 'v_direction IS NULL', says: 'direction: cannot be told' },
      {
        when: `v_started IS NOT NULL AND v_ended - v_started > ${TWO_YEARS_MICROS}`,
        says: `${time.column}: more than two years after the begin`,
      },
    ],
  };
}

function isSomewhere(end: 'server' | 'peer'): string {
  const [hi, lo] = [`v_${end}Hi`, `v_${end}Lo`];
  return `(${lo} IS NOT NULL AND NOT (${hi} = 0 AND (${lo} IN (0, 1, ${UNSPECIFIED_V4}) OR ${lo} >> 24 = ${LOOPBACK_V4})))`;
}

function ofEnd(end: 'server' | 'peer'): Record<string, string> {
  return Object.fromEntries(
    ['Hi', 'Lo'].map((half) => [`${end}${half}`, `CASE WHEN ${isSomewhere(end)} THEN v_${end}${half} END`]),
  );
}

function nameOf(end: 'server' | 'peer'): string {
  const none = NO_NAMES.map(sqlText).join(', ');
  return `CASE WHEN v_${end}Lo IS NULL AND lower(t_${end}) NOT IN (${none}) THEN t_${end} END`;
}
