import type { BytesInterval } from '../../src/server/api-types.ts';

/** A number never parts from its unit at a line's end. */
const SPACE = '\u00a0';
/** Between groups of digits, as the SI writes them. */
const NARROW_SPACE = '\u202f';
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB'];
const MILLIS_PER_DAY = 86_400_000;

/** Returns bytes to three significant digits with an SI unit: `7.28 TB`. */
export function formatBytes(bytes: string | bigint): string {
  const exact = BigInt(bytes);
  return `${inUnit(exact, unitOf(exact))}${SPACE}${UNITS[unitOf(exact)]}`;
}

/** Returns every digit: `7 280 000 000 000 B`. */
export function formatExactBytes(bytes: string | bigint): string {
  return `${groupDigits(String(bytes))}${SPACE}B`;
}

/** Returns the bounds, `6.41 to 8.03 TB` or `810 GB to 1.20 TB`, or undefined where they are the estimate itself. */
export function formatRange({ low, estimate, high }: BytesInterval): string | undefined {
  if (low === estimate && high === estimate) return undefined;
  const oneUnit = low === '0' || unitOf(BigInt(low)) === unitOf(BigInt(high));
  const from = oneUnit ? inUnit(BigInt(low), unitOf(BigInt(high))) : formatBytes(low);
  return `${from} to ${formatBytes(high)}`;
}

/** Returns the index of the SI unit in which three digits of these bytes read best. */
function unitOf(bytes: bigint): number {
  const size = Math.abs(Number(bytes));
  let unit = 0;
  // 999.5 of a unit would be written with three digits as 1000 of it: it is 1.00 of the next.
  while (unit < UNITS.length - 1 && size >= 999.5 * 1000 ** unit) unit += 1;
  return unit;
}

function inUnit(bytes: bigint, unit: number): string {
  if (unit === 0) return String(bytes);
  const value = Number(bytes) / 1000 ** unit;
  const size = Math.abs(value);
  if (size === 0) return '0';
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** Returns a whole number with its digits in groups of three: `7 680 000`. */
export function formatNumber(count: number): string {
  return groupDigits(String(count));
}

function groupDigits(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
}

/** Returns a count with its noun: `1 host`, `184 hosts`. */
export function formatCount(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Returns a share of one in percent; never 0 % or 100 % unless it is exactly that. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (share > 0 && percent < 0.01) return `<${SPACE}0.01${SPACE}%`;
  if (share < 1 && percent > 99.99) return `>${SPACE}99.99${SPACE}%`;
  const digits = percent === 0 || percent === 100 ? 0 : percent < 1 || percent > 99 ? 2 : 1;
  return `${percent.toFixed(digits)}${SPACE}%`;
}

/** Returns an ISO-8601 instant as `2026-02-20 02:10 UTC`. */
export function formatInstant(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

/** Returns the UTC day of a day or an instant. */
export function dayOf(text: string): string {
  return text.slice(0, 10);
}

/** Returns the days from one day or instant to another, as a number with a fraction. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / MILLIS_PER_DAY;
}

/** Returns a span of days in words: `9 days`, `8 hours`. */
export function formatSpan(days: number): string {
  if (Math.abs(days) >= 2) return formatCount(Math.round(days), 'day');
  return formatCount(Math.round(days * 24), 'hour');
}

/** Returns all UTC days of a window whose end is not included. */
export function daysOfWindow(window: { from: string; to: string }): string[] {
  const days: string[] = [];
  const end = Date.parse(window.to);
  for (let day = Date.parse(dayOf(window.from)); day < end; day += MILLIS_PER_DAY) {
    days.push(new Date(day).toISOString().slice(0, 10));
  }
  return days;
}
