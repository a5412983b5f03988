import type { BytesInterval } from '../../operations/answers/common.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** Returns the power of 1000 in which a byte count reads with one to three digits before the point. */
function powerOf(bytes: bigint): number {
  const size = bytes < 0n ? -bytes : bytes;
  let power = 0;
  // 999,500 of a unit and more would be written as 1000 of it.
  for (let limit = 999_500n; power < UNITS.length - 1 && size * 1000n >= limit; limit *= 1000n) power += 1;
  return power;
}

/** Returns a byte count in a given unit with three significant digits; bytes as they are. */
function inUnit(bytes: bigint, power: number): string {
  if (power === 0) return bytes.toString();
  const value = Number(bytes) / 1000 ** power;
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** Returns a byte count with three significant digits and an SI unit: `12.3 TB`. */
export function formatBytes(bytes: bigint | string): string {
  const exact = BigInt(bytes);
  const power = powerOf(exact);
  return `${inUnit(exact, power)} ${UNITS[power]}`;
}

/** Returns an estimate with its interval in one unit: `12.3 TB [12.1–12.9]`; the estimate alone where both ends are it. */
export function formatInterval({ low, estimate, high }: BytesInterval): string {
  const power = Math.max(powerOf(BigInt(estimate)), powerOf(BigInt(high)));
  const text = `${inUnit(BigInt(estimate), power)} ${UNITS[power]}`;
  if (low === estimate && high === estimate) return text;
  return `${text} [${inUnit(BigInt(low), power)}–${inUnit(BigInt(high), power)}]`;
}

/** Returns a byte count with all its digits, in groups of three: `12,345,678`. */
export function formatExact(count: bigint | string | number): string {
  return BigInt(count).toLocaleString('en-US');
}

/** Returns a share as per cent with up to three significant digits: `99.7 %`; never 100 % of what is not whole. */
export function formatShare(share: number): string {
  if (share > 0.999 && share < 1) return '> 99.9 %';
  if (share > 0 && share < 0.0001) return '< 0.01 %';
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** Returns an instant as `2026-03-01 07:00:00` (UTC), fractions of a second left out; `-` for none. */
export function formatInstant(instant: string | null): string {
  return instant === null ? '-' : instant.replace('T', ' ').replace(/(\.\d+)?Z$/, '');
}

/** Returns a count with its noun: `1 file`, `2 files`. */
export function counted(count: number | bigint, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${BigInt(count) === 1n ? one : many}`;
}
