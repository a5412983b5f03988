/** Writes Zeek logs as text from plain objects, so that a test says only what it is about. */

/** One line of a log: field names as Zeek has them; undefined is unset, text goes in as it is. */
export type ZeekRow = Readonly<Record<string, string | number | bigint | undefined>>;

/** A connection in few words. Times are ISO-8601 (UTC) or microseconds since 1970; `lasts` is in seconds. */
export interface ConnWords {
  readonly at: string | number;
  readonly lasts?: number;
  readonly uid?: string;
  /** `address port`, such as `10.0.0.1 40000`. */
  readonly from?: string;
  readonly to?: string;
  /** Payload from the originator and from the responder, bytes. */
  readonly sent?: number | bigint;
  readonly got?: number | bigint;
  readonly proto?: string;
  readonly service?: string;
  /** Any other field of conn, by Zeek's name; it wins. */
  readonly [field: string]: string | number | bigint | undefined;
}

const OWN_WORDS = new Set(['at', 'lasts', 'from', 'to', 'sent', 'got']);

/** Returns a line of conn: a TCP connection from 10.0.0.1 to 198.51.100.7 unless told otherwise. */
export function conn(words: ConnWords): ZeekRow {
  const { at, lasts, from = '10.0.0.1 40000', to = '198.51.100.7 443', sent, got } = words;
  const [origHost, origPort] = from.split(' ');
  const [respHost, respPort] = to.split(' ');
  const rest = Object.fromEntries(Object.entries(words).filter(([name]) => !OWN_WORDS.has(name)));
  return {
    ts: secondsText(typeof at === 'number' ? at : micros(at)),
    uid: undefined,
    'id.orig_h': origHost,
    'id.orig_p': origPort,
    'id.resp_h': respHost,
    'id.resp_p': respPort,
    proto: 'tcp',
    duration: lasts === undefined ? undefined : secondsText(Math.round(lasts * 1e6)),
    orig_bytes: sent,
    resp_bytes: got,
    ...rest,
  };
}

/** Returns microseconds since 1970 of an ISO-8601 instant, its fraction to the microsecond. */
export function micros(iso: string): number {
  const [whole = '', fraction = ''] = iso.replace(/Z$/, '').split('.');
  return Date.parse(`${whole}Z`) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** Returns microseconds as Zeek writes them: seconds with six decimals. */
export function secondsText(value: number): string {
  const sign = value < 0 ? '-' : '';
  const size = Math.abs(value);
  return `${sign}${Math.floor(size / 1e6)}.${String(size % 1e6).padStart(6, '0')}`;
}

export interface TsvOptions {
  /** `#path` (default conn). */
  readonly path?: string;
  /** Columns and their order (default: all that occur, in the order they first do). */
  readonly fields?: readonly string[];
  readonly separator?: string;
  readonly unset?: string;
  readonly setSeparator?: string;
  /** The `#close` line at the end (default true). */
  readonly closed?: boolean;
}

/** Returns a Zeek text log with its header. */
export function zeekTsv(rows: readonly ZeekRow[], options: TsvOptions = {}): string {
  const { path = 'conn', separator = '\t', unset = '-', setSeparator = ',', closed = true } = options;
  const fields = options.fields ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const escaped = [...separator].map((char) => `\\x${hex(char)}`).join('');
  const line = (...values: readonly string[]) => values.join(separator);
  return [
    `#separator ${escaped}`,
    line('#set_separator', setSeparator),
    line('#empty_field', '(empty)'),
    line('#unset_field', unset),
    line('#path', path),
    line('#open', '2026-01-01-00-00-00'),
    line('#fields', ...fields),
    line('#types', ...fields.map(() => 'string')),
    ...rows.map((row) =>
      line(...fields.map((name) => (row[name] === undefined ? unset : String(row[name])))),
    ),
    ...(closed ? [line('#close', '2026-01-02-00-00-00')] : []),
    '',
  ].join('\n');
}

/** Returns JSON lines; numbers as numbers, numeric texts of time fields too, as Zeek does. */
export function zeekNdjson(rows: readonly ZeekRow[]): string {
  return rows.map((row) => `${jsonLine(row)}\n`).join('');
}

const NUMBER_FIELDS = new Set(['ts', 'duration', 'id.orig_p', 'id.resp_p', 'id_orig_p', 'id_resp_p']);

function jsonLine(row: ZeekRow): string {
  const members = Object.entries(row).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const bare = typeof value !== 'string' || NUMBER_FIELDS.has(name);
    return [`${JSON.stringify(name)}:${bare ? value : JSON.stringify(value)}`];
  });
  return `{${members.join(',')}}`;
}

function hex(char: string): string {
  return char.charCodeAt(0).toString(16).padStart(2, '0');
}
