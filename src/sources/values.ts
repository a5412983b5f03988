import { sqlText } from '../records/sql-text.ts';

/**
 * SQL that reads texts as values. Each returns NULL where the text is no such value, so that a record's
 * rules can tell "not set" from "wrong" and name the column.
 */

/** Groups of hexadecimal digits between single colons. */
const IPV6_GROUPS = '[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4})*';

/**
 * Statements that define the macros of address texts; run once per connection. An address is read in two
 * steps, `weir_plain` and `weir_parts` first, because a macro repeats its argument wherever it uses it.
 */
export const ADDRESS_MACROS: readonly string[] = [
  // An IPv4-mapped address written with dots is the IPv4 address; a zone suffix is no part of an address.
  `CREATE OR REPLACE TEMP MACRO weir_plain(a) AS
     CASE WHEN contains(a, ':') THEN
       CASE WHEN contains(a, '.') AND starts_with(lower(a), '::ffff:') THEN substr(a, 8) ELSE split_part(a, '%', 1) END
     ELSE a END`,
  `CREATE OR REPLACE TEMP MACRO weir_groups(side) AS list_filter(string_split(side, ':'), lambda g: g <> '')`,
  `CREATE OR REPLACE TEMP MACRO weir_expand(a) AS
     CASE WHEN contains(a, '::') THEN list_concat(
       weir_groups(split_part(a, '::', 1)),
       list_resize([]::VARCHAR[], greatest(1, 8 - len(weir_groups(split_part(a, '::', 1))) - len(weir_groups(split_part(a, '::', 2)))), '0'),
       weir_groups(split_part(a, '::', 2)))
     ELSE string_split(a, ':') END`,
  `CREATE OR REPLACE TEMP MACRO weir_hex(a) AS
     CASE WHEN regexp_full_match(a, '(${IPV6_GROUPS})?(::(${IPV6_GROUPS})?)?')
       AND len(weir_expand(a)) = 8
     THEN list_reduce(list_transform(weir_expand(a), lambda g: lpad(g, 4, '0')), lambda p, q: p || q) END`,
  `CREATE OR REPLACE TEMP MACRO weir_parts(plain) AS TRY_CAST(string_split(plain, '.') AS UTINYINT[])`,
  `CREATE OR REPLACE TEMP MACRO weir_hi(plain) AS
     CASE WHEN contains(plain, ':') THEN TRY_CAST('0x' || left(weir_hex(plain), 16) AS UBIGINT) ELSE 0::UBIGINT END`,
  // 0xffff_0000_0000: IPv4 is the mapped range of IPv6. Nothing with a colon has four numbers between dots.
  `CREATE OR REPLACE TEMP MACRO weir_lo(plain, parts) AS
     CASE WHEN len(parts) = 4 THEN 281470681743360::UBIGINT | (parts[1]::UBIGINT * 16777216) | (parts[2]::UBIGINT * 65536) | (parts[3]::UBIGINT * 256) | parts[4]::UBIGINT
     WHEN contains(plain, ':') THEN TRY_CAST('0x' || right(weir_hex(plain), 16) AS UBIGINT)
     END`,
];

/** No connection of this century began outside 1990 to 2100. */
const EARLIEST_MICROS = 631_152_000_000_000;
const LATEST_MICROS = 4_102_444_800_000_000;
/** Epoch numbers above this are milliseconds: as seconds they would lie in the year 5138. */
const MILLIS_ABOVE = 100_000_000_000;
/** No connection carries more than 2^53 bytes (9 PB); a larger count is a broken counter. */
const MOST_BYTES = 9_007_199_254_740_992;

/**
 * A date, and a time, without a zone, in all the ways in which the engine reads one: whatever it took for a time and this
 * did not would silently be of UTC.
 */
export const ZONELESS = '\\s*\\d{4,}[-/\\\\ ]\\d{1,2}[-/\\\\ ]\\d{1,2}(?:[ T\\t]+[\\d:.]*)?\\s*';

/**
 * Returns SQL for microseconds since 1970: epoch seconds with fraction, epoch milliseconds, or ISO-8601
 * with a zone (UTC when it has none).
 */
export function instant(text: string): string {
  const number = `TRY_CAST(${text} AS DOUBLE)`;
  const fromNumber = `TRY_CAST(round(${number} * CASE WHEN ${number} > ${MILLIS_ABOVE} THEN 1e3 ELSE 1e6 END) AS BIGINT)`;
  // The engine (1.5) reads a time without a zone in the one that a line before it named: it is not to be asked.
  const fromText = `CASE WHEN regexp_full_match(${text}, ${sqlText(ZONELESS)}) THEN epoch_us(TRY_CAST(${text} AS TIMESTAMP))
    ELSE epoch_us(TRY_CAST(${text} AS TIMESTAMPTZ)) END`;
  const micros = `CASE WHEN ${number} IS NULL THEN ${fromText} ELSE ${fromNumber} END`;
  return `(CASE WHEN (${micros}) BETWEEN ${EARLIEST_MICROS} AND ${LATEST_MICROS} THEN ${micros} END)`;
}

/** SQL for a zone's name; the engine knows offsets by the name of what they are off. */
export function zoneText(timezone: string): string {
  return sqlText(/^[+-]/.test(timezone) ? `UTC${timezone}` : timezone);
}

/** Returns whether a text is a date and time that does not say its zone. */
export function isZoneless(text: string): boolean {
  return new RegExp(`^${ZONELESS}$`).test(text);
}

/** Returns SQL as `instant` does; times without a zone are in `timezone`, numbers and times with one speak for themselves. */
export function instantIn(text: string, timezone: string): string {
  const plain = instant(text);
  if (timezone === 'UTC') return plain;
  const naive = `regexp_full_match(${text}, ${sqlText(ZONELESS)})`;
  const micros = `epoch_us(timezone(${zoneText(timezone)}, TRY_CAST(${text} AS TIMESTAMP)))`;
  const inZone = `CASE WHEN ${micros} BETWEEN ${EARLIEST_MICROS} AND ${LATEST_MICROS} THEN ${micros} END`;
  return `(CASE WHEN ${naive} THEN ${inZone} ELSE ${plain} END)`;
}

/**
 * Returns SQL for microseconds since 1970 of a text in the format of strptime, without a zone of its own, as it is
 * meant in `timezone`. With `year` the format has none and the year is put in front. Runs of blanks count as one.
 */
export function stampIn(text: string, format: string, timezone: string, year?: number): string {
  const single = `regexp_replace(${text}, ' +', ' ', 'g')`;
  const whole = year === undefined ? single : `${sqlText(`${year} `)} || ${single}`;
  const stamp = `try_strptime(${whole}, ${sqlText(year === undefined ? format : `%Y ${format}`)})`;
  const micros = `epoch_us(timezone(${zoneText(timezone)}, ${stamp}))`;
  return `(CASE WHEN ${micros} BETWEEN ${EARLIEST_MICROS} AND ${LATEST_MICROS} THEN ${micros} END)`;
}

/** Returns SQL for microseconds since 1970 of a time as web servers write it: `01/Mar/2026:10:00:00 +0100`. */
export function webStamp(text: string): string {
  const micros = `epoch_us(try_strptime(${text}, '%d/%b/%Y:%H:%M:%S %z'))`;
  return `(CASE WHEN ${micros} BETWEEN ${EARLIEST_MICROS} AND ${LATEST_MICROS} THEN ${micros} END)`;
}

/** Returns SQL for microseconds since 1970 of whole nanoseconds; digits below the microsecond are cut off. */
export function nanoseconds(text: string): string {
  const micros = `(TRY_CAST(${text} AS BIGINT) // 1000)`;
  return `(CASE WHEN ${micros} BETWEEN ${EARLIEST_MICROS} AND ${LATEST_MICROS} THEN ${micros} END)`;
}

/** No connection lasts two years; a longer one is a broken clock, and would have every day between rebuilt. */
const LONGEST_SECONDS = 63_158_400;

/** Returns SQL for a length in microseconds from seconds with fraction; NULL beyond two years. */
export function seconds(text: string): string {
  const number = `TRY_CAST(${text} AS DOUBLE)`;
  return `(CASE WHEN abs(${number}) <= ${LONGEST_SECONDS} THEN round(${number} * 1e6)::BIGINT END)`;
}

/** Returns SQL for a count of bytes or packets; NULL when it is negative, no number, or beyond 2^53. */
export function count(text: string): string {
  return `(CASE WHEN TRY_CAST(${text} AS UBIGINT) <= ${MOST_BYTES} THEN TRY_CAST(${text} AS UBIGINT) END)`;
}

/** Returns SQL for a port. */
export function port(text: string): string {
  return `TRY_CAST(${text} AS USMALLINT)`;
}

/** One way a line fails to be a record: the SQL condition and what to say, beginning with the column. */
export interface Fault {
  readonly when: string;
  readonly says: string;
}

/** Returns the fault of a set text that is not a value of its column. */
export function wrong(column: string, text: string, value: string, expected: string): Fault {
  return { when: `${text} IS NOT NULL AND ${value} IS NULL`, says: `${column}: not ${expected}` };
}

/** Returns the fault of a text that must be set. */
export function missing(column: string, text: string): Fault {
  return { when: `${text} IS NULL`, says: `${column}: missing` };
}
