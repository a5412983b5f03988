/** Zeek's types of the columns that the simulation writes. */
export type ZeekType =
  | 'time'
  | 'interval'
  | 'string'
  | 'addr'
  | 'port'
  | 'enum'
  | 'count'
  | 'double'
  | 'bool'
  | 'set[string]';

/** A log stream: its columns, and how long one file of it lasts. */
export interface ZeekStream {
  readonly columns: readonly (readonly [name: string, type: ZeekType])[];
  readonly rotation: 'hour' | 'day';
}

const id = [
  ['ts', 'time'],
  ['uid', 'string'],
  ['id.orig_h', 'addr'],
  ['id.orig_p', 'port'],
  ['id.resp_h', 'addr'],
  ['id.resp_p', 'port'],
] as const;

const connection = [
  ...id,
  ['proto', 'enum'],
  ['service', 'string'],
  ['duration', 'interval'],
  ['orig_bytes', 'count'],
  ['resp_bytes', 'count'],
  ['conn_state', 'string'],
  ['local_orig', 'bool'],
  ['local_resp', 'bool'],
  ['missed_bytes', 'count'],
  ['history', 'string'],
  ['orig_pkts', 'count'],
  ['orig_ip_bytes', 'count'],
  ['resp_pkts', 'count'],
  ['resp_ip_bytes', 'count'],
  ['tunnel_parents', 'set[string]'],
] as const;

/** The streams a simulated sensor writes, as Zeek 6 with the ja3, hassh and open-connections packages names them. */
export const STREAMS = {
  conn: { rotation: 'hour', columns: connection },
  open_conn: { rotation: 'day', columns: connection },
  ssl: {
    rotation: 'day',
    columns: [
      ...id,
      ['version', 'string'],
      ['cipher', 'string'],
      ['server_name', 'string'],
      ['resumed', 'bool'],
      ['established', 'bool'],
      ['ja3', 'string'],
    ],
  },
  ssh: {
    rotation: 'day',
    columns: [
      ...id,
      ['version', 'count'],
      ['auth_success', 'bool'],
      ['auth_attempts', 'count'],
      ['client', 'string'],
      ['server', 'string'],
      ['hassh', 'string'],
    ],
  },
  capture_loss: {
    rotation: 'day',
    columns: [
      ['ts', 'time'],
      ['ts_delta', 'interval'],
      ['peer', 'string'],
      ['gaps', 'count'],
      ['acks', 'count'],
      ['percent_lost', 'double'],
    ],
  },
  stats: {
    rotation: 'day',
    columns: [
      ['ts', 'time'],
      ['peer', 'string'],
      ['mem', 'count'],
      ['pkts_proc', 'count'],
      ['bytes_recv', 'count'],
      ['pkts_dropped', 'count'],
      ['pkts_link', 'count'],
      ['active_tcp_conns', 'count'],
      ['active_udp_conns', 'count'],
    ],
  },
} as const satisfies Record<string, ZeekStream>;

/** The name of a stream, as in its file's name and `#path`. */
export type StreamName = keyof typeof STREAMS;
