import { formatDay } from '../records/time.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
const RATES = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'];
const SHOWN_NAMES = 8;

/** Returns a byte count with three significant digits and an SI unit. */
export function bytesInWords(bytes: bigint): string {
  return scaled(Number(bytes), UNITS);
}

/** Returns an interval of bytes, `12.0 TB (9.50 TB to 14.1 TB)`. */
export function intervalInWords({
  low,
  estimate,
  high,
}: {
  low: bigint;
  estimate: bigint;
  high: bigint;
}): string {
  if (low === high) return bytesInWords(estimate);
  return `${bytesInWords(estimate)} (${bytesInWords(low)} to ${bytesInWords(high)})`;
}

/** Returns a bound, or that there is none. */
export function boundInWords(bytes: bigint | null): string {
  return bytes === null ? 'without bound' : `at most ${bytesInWords(bytes)}`;
}

/** Returns a claimed volume as it was said. */
export function volumeInWords({ least, most }: { least: bigint; most: bigint | null }): string {
  if (most === null) return `more than ${bytesInWords(least)}`;
  return least === most ? bytesInWords(least) : `${bytesInWords(least)} to ${bytesInWords(most)}`;
}

/** Returns a rate in bits per second with three significant digits; never none of something. */
export function rateInWords(bitsPerSecond: number): string {
  if (bitsPerSecond > 0 && bitsPerSecond < 1) return 'less than 1 bit/s';
  return scaled(bitsPerSecond, RATES);
}

/** Returns a span of days: `1 day`, `60 days`, `60 to 90 days`. */
export function daysInWords(least: number, most = least): string {
  const count = least === most ? String(least) : `${least} to ${most}`;
  return `${count} ${most === 1 ? 'day' : 'days'}`;
}

/** Returns two days as `2026-02-01 to 2026-04-08`, both counted; `toDay` is the first day after. */
export function datesInWords(fromDay: number, toDay: number): string {
  return toDay - fromDay === 1 ? formatDay(fromDay) : `${formatDay(fromDay)} to ${formatDay(toDay - 1)}`;
}

/** Returns a share as per cent with up to two significant digits; never 0 % of something, never 100 % of less than all. */
export function shareInWords(share: number): string {
  if (share > 0 && share < 0.001) return 'less than 0.1 %';
  if (share > 0.99 && share < 1) return 'more than 99 %';
  return `${Number((share * 100).toPrecision(2)).toLocaleString('en-US')} %`;
}

/** Returns how many times one count is another, rounded up so that what is said is enough: `1.4`, `83`. */
export function timesInWords(large: bigint, small: bigint): string {
  if (small <= 0n) return 'infinitely many';
  const hundredths = Number((large * 100n + small - 1n) / small);
  const ratio = hundredths >= 1000 ? Math.ceil(hundredths / 100) : Math.ceil(hundredths / 10) / 10;
  return ratio.toLocaleString('en-US');
}

/** Returns `a, b and c`; of long lists the first eight. */
export function listInWords(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_NAMES);
  const more = names.length - shown.length;
  const parts = more > 0 ? [...shown, `${more} more`] : shown;
  const last = parts.at(-1) ?? '';
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${last}` : last;
}

function scaled(value: number, units: readonly string[]): string {
  let power = 0;
  let size = Math.abs(value);
  while (size >= 999.5 && power < units.length - 1) {
    size /= 1000;
    power += 1;
  }
  const digits = power === 0 ? 0 : size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return `${value < 0 ? '-' : ''}${size.toFixed(digits)} ${units[power]}`;
}
