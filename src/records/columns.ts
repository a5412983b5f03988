/**
 * The one definition of every record's columns. Storage, validation, the API and the documentation read
 * it: a column that is not here does not exist.
 */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly doc: string;
}

/** `micros` are microseconds since 1970 UTC, `hour` hours since 1970; counts are exact 64-bit integers. */
export type ColumnType = 'text' | 'flag' | 'port' | 'half' | 'count' | 'micros' | 'hour' | 'share';

const SQL_TYPES: Record<ColumnType, string> = {
  text: 'VARCHAR',
  flag: 'BOOLEAN',
  port: 'USMALLINT',
  half: 'UBIGINT',
  count: 'UBIGINT',
  micros: 'BIGINT',
  hour: 'INTEGER',
  share: 'DOUBLE',
};

/** Returns the SQL type that stores a column. */
export function sqlType(type: ColumnType): string {
  return SQL_TYPES[type];
}

/** Returns a column that every record has. */
export function column(name: string, type: ColumnType, doc: string): Column {
  return { name, type, nullable: false, doc };
}

/** Returns a column that may be unset. */
export function optional(name: string, type: ColumnType, doc: string): Column {
  return { name, type, nullable: true, doc };
}

/** A connection as its sensor logged it: closed, or a cumulative snapshot of one still open. */
export const FLOW_COLUMNS: readonly Column[] = [
  column('startedAt', 'micros', 'first packet'),
  optional(
    'durationMicros',
    'micros',
    'from the first to the last packet; unset when the sensor saw one packet',
  ),
  optional('uid', 'text', "the sensor's own connection identifier"),
  column('sensor', 'text', 'what wrote the log'),
  column('snapshot', 'flag', 'true while the connection was still open (open_conn, conn_long)'),
  column('origHi', 'half', 'originator address, upper 64 bits'),
  column('origLo', 'half', 'originator address, lower 64 bits'),
  column('origPort', 'port', 'originator port; ICMP type'),
  column('respHi', 'half', 'responder address, upper 64 bits'),
  column('respLo', 'half', 'responder address, lower 64 bits'),
  column('respPort', 'port', 'responder port; ICMP code'),
  optional('proto', 'text', 'transport protocol'),
  optional('service', 'text', 'application protocol as the sensor recognised it'),
  optional('origBytes', 'count', 'payload bytes from the originator'),
  optional('respBytes', 'count', 'payload bytes from the responder'),
  optional('missedBytes', 'count', 'payload bytes the sensor knows it missed'),
  optional('origPackets', 'count', 'packets from the originator'),
  optional('origIpBytes', 'count', 'IP bytes, headers included, from the originator'),
  optional('respPackets', 'count', 'packets from the responder'),
  optional('respIpBytes', 'count', 'IP bytes, headers included, from the responder'),
  optional('state', 'text', 'connection state (Zeek conn_state)'),
  optional('history', 'text', 'packet history (Zeek history): upper case from the originator'),
  optional('parents', 'text', 'uids of the tunnels that carried this connection'),
];

/** What a connection said of itself: server name and client fingerprint, joined to flows by sensor and uid. */
export const HANDSHAKE_COLUMNS: readonly Column[] = [
  column('startedAt', 'micros', 'when it was logged'),
  column('sensor', 'text', 'what wrote the log'),
  column('uid', 'text', 'the connection it belongs to'),
  column('protocol', 'text', 'ssl, ssh, quic or files'),
  optional('serverName', 'text', 'the name the client asked for (TLS SNI), or the server software (SSH)'),
  optional('clientFingerprint', 'text', 'JA4, JA3, HASSH or the client software'),
  optional('content', 'text', 'media type and file name of a transferred file'),
];

/** What a sensor says of its own sight. */
export const COVERAGE_COLUMNS: readonly Column[] = [
  column('startedAt', 'micros', 'end of the interval reported on'),
  column('sensor', 'text', 'what wrote the log'),
  optional('node', 'text', 'the worker that reports'),
  optional('intervalMicros', 'micros', 'length of the interval'),
  column('report', 'text', 'capture_loss, stats or suricata'),
  optional('seen', 'count', 'packets, or acknowledgements of data that was seen'),
  optional('lost', 'count', 'packets dropped or acknowledgements for data never seen'),
  optional('since', 'micros', 'where seen and lost are cumulative: from when on'),
];

/** Egress that arrived already summed, through a mapping of weir.yaml. */
export const GIVEN_COLUMNS: readonly Column[] = [
  column('startedAt', 'micros', 'begin of the hour or day the row stands for'),
  column('hours', 'hour', '1 or 24'),
  column('sensor', 'text', 'what wrote the log'),
  column('path', 'text', 'path'),
  column('hostKey', 'half', 'inside host key, 0 when the host is a name'),
  optional('hostName', 'text', 'inside host where it is no address'),
  column('networkKey', 'half', 'outside network key, 0 when the destination is a name'),
  optional('networkName', 'text', 'destination where it is no address'),
  column('service', 'text', 'service'),
  column('initiator', 'text', 'inside, outside or unknown'),
  column('principal', 'text', 'principal'),
  column('bytesOut', 'count', 'bytes from inside to outside'),
  column('bytesIn', 'count', 'bytes from outside to inside'),
  column('flows', 'count', 'connections'),
  optional('arrivedAt', 'micros', 'when the row became known, where the source says so'),
];

/** A line that is no record, kept with its reason. */
export const REJECT_COLUMNS: readonly Column[] = [
  column('input', 'text', 'file'),
  column('line', 'count', 'line in the file, from 1'),
  optional('column', 'text', 'the column at fault'),
  column('reason', 'text', 'why'),
  optional('text', 'text', 'the line, cut at 1,000 characters'),
];

/**
 * Egress summed over hour, path, inside host, outside network, service, initiator and principal. Several who were
 * present share one cell: their names and shares stand beside it (SHARER_COLUMNS).
 */
export const CELL_COLUMNS: readonly Column[] = [
  column('hour', 'hour', 'UTC hour'),
  column('kind', 'text', 'egress, transit, carrier, internal or unclassified'),
  column('path', 'text', 'the way across the perimeter'),
  column('hostKey', 'half', 'inside host key'),
  optional('hostName', 'text', 'inside host where it is no address'),
  column('networkKey', 'half', 'outside network key'),
  optional('networkName', 'text', 'destination where it is no address'),
  column('service', 'text', 'application protocol, else transport and responder port'),
  column('initiator', 'text', 'who opened the connection: inside, outside or unknown'),
  column('principal', 'text', 'identity; unknown where no source says, and where several share the cell'),
  column('bytesOut', 'count', 'payload from inside to outside'),
  column('bytesOutLow', 'count', 'least payload the record allows'),
  column('bytesOutHigh', 'count', 'most payload the record allows'),
  column('bytesIn', 'count', 'payload from outside to inside'),
  column('ipBytesOut', 'count', 'IP bytes from inside to outside, where the source has them'),
  column('flows', 'count', 'connections that began in this hour'),
  column('firstAt', 'micros', 'first moment bytes are placed at'),
  column('lastAt', 'micros', 'last moment bytes are placed at'),
  column(
    'arrivedAt',
    'micros',
    'when the last of these bytes were logged: the end of their connection or snapshot',
  ),
  optional(
    'basis',
    'text',
    'what names the principal: transfer, connection, lease, presence, stated or unknown; unset in cells of before 2026-11',
  ),
  optional('present', 'count', 'how many it can have been: 0 unknown, 1 exact, more share the cell'),
  optional('sharers', 'half', 'key of those who share it (sharer), 0 for none'),
  optional(
    'via',
    'text',
    'which logs of relays say that it was this host, or who it was: `NAT log of NAME`, `log of NAME`',
  ),
];

/** Who shares cells of a day, and which part of each falls to whom: from fromWeight to toWeight of total. */
export const SHARER_COLUMNS: readonly Column[] = [
  column('day', 'hour', 'UTC day (days since 1970)'),
  column('sharers', 'half', 'key that the cells carry'),
  column('principal', 'text', 'one of those who share; unknown for those, together, whom no log names'),
  column('fromWeight', 'count', 'sum of the weights of all before it in the order of names'),
  column('toWeight', 'count', 'the same with its own'),
  column('total', 'count', 'sum of all weights'),
];

/** Returns the comma-separated column names of a record, quoted for SQL. */
export function columnList(columns: readonly Column[]): string {
  return columns.map(({ name }) => `"${name}"`).join(', ');
}
