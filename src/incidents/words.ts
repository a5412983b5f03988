import { formatBytes } from '../detection/lead.ts';

const SECONDS_PER_DAY = 86_400;

/** Returns a byte count with three significant digits and an SI unit. */
export function bytesInWords(bytes: string): string {
  return formatBytes(Number(bytes));
}

/** Returns an estimate of bytes with its interval; the estimate alone where both ends read like it. */
export function intervalInWords(interval: { low: string; estimate: string; high: string }): string {
  const [low, estimate, high] = [interval.low, interval.estimate, interval.high].map(bytesInWords);
  return low === estimate && high === estimate ? `${estimate}` : `${estimate} (${low} to ${high})`;
}

/** Returns a duration with its interval; the estimate alone where both ends read like it. */
export function durationInWords(seconds: { low: number; estimate: number; high: number }): string {
  const [low, estimate, high] = [seconds.low, seconds.estimate, seconds.high].map(timeInWords);
  return low === estimate && high === estimate ? `${estimate}` : `${estimate} (${low} to ${high})`;
}

/** Returns seconds in the two largest units that matter: `44 days 3 h`, `3 h 20 min`, `50 s`. */
export function timeInWords(seconds: number): string {
  const size = Math.abs(seconds);
  const sign = seconds < 0 ? '−' : '';
  const days = Math.floor(size / SECONDS_PER_DAY);
  const hours = Math.floor((size % SECONDS_PER_DAY) / 3600);
  const minutes = Math.floor((size % 3600) / 60);
  if (days >= 10) return `${sign}${Math.round(size / SECONDS_PER_DAY)} days`;
  if (days > 0) return `${sign}${days} ${days === 1 ? 'day' : 'days'}${hours > 0 ? ` ${hours} h` : ''}`;
  if (hours > 0) return `${sign}${hours} h${minutes > 0 ? ` ${minutes} min` : ''}`;
  return minutes > 0 ? `${sign}${minutes} min` : `${sign}${size} s`;
}

/** Returns an instant as `2026-03-01 07:00`, UTC, cut to minutes. */
export function instantInWords(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)}`;
}

/**
 * Returns when something happened in words: an instant, a whole day by its date, or an estimate and, beside it, the days
 * within which it lies where these are several.
 */
export function momentInWords({ low, estimate, high }: { low: string; estimate: string; high: string }): {
  main: string;
  within: string;
} {
  const main = instantInWords(estimate);
  if (low === high) return { main, within: '' };
  const isWhole = low.endsWith('T00:00:00Z') && spanOf(low, high) === SECONDS_PER_DAY;
  if (isWhole && spanOf(low, estimate) === SECONDS_PER_DAY / 2) return { main: low.slice(0, 10), within: '' };
  return { main, within: isWhole ? 'that day' : `${low.slice(0, 10)} to ${lastDayBefore(high)}` };
}

function spanOf(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

/** The last day of a stretch that ends with an instant, which is its end and no part of it. */
function lastDayBefore(instant: string): string {
  return new Date(Date.parse(instant) - 1).toISOString().slice(0, 10);
}

/** Returns what a lead speaks of: its family and entity, the centre by that name alone. */
export function subjectInWords({ family, entity }: { family: string; entity: string }): string {
  return family === 'centre' ? 'the whole centre' : `${family} ${entity}`;
}
