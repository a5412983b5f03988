/** Times inside Weir are UTC: microseconds, whole hours or whole days since 1970-01-01T00:00:00Z. */
export const MICROS_PER_SECOND = 1_000_000;
export const SECONDS_PER_HOUR = 3_600;
export const HOURS_PER_DAY = 24;
export const SECONDS_PER_DAY = 86_400;
export const MICROS_PER_HOUR = SECONDS_PER_HOUR * MICROS_PER_SECOND;
export const MICROS_PER_DAY = SECONDS_PER_DAY * MICROS_PER_SECOND;

/** Returns the UTC day (days since 1970-01-01) that holds an instant in microseconds. */
export function dayOfMicros(micros: number): number {
  return Math.floor(micros / MICROS_PER_DAY);
}

/** Returns `YYYY-MM-DD` of a UTC day number. */
export function formatDay(day: number): string {
  return new Date(day * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
}

/**
 * Returns the UTC day number of `YYYY-MM-DD` (or of the date part of an ISO-8601 instant in UTC).
 * Returns undefined for anything else, an impossible date included.
 */
export function parseDay(text: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(T[\d:.]+Z)?$/.exec(text);
  if (!match?.[1]) return undefined;
  const millis = Date.parse(`${match[1]}T00:00:00Z`);
  if (Number.isNaN(millis) || new Date(millis).toISOString().slice(0, 10) !== match[1]) return undefined;
  return millis / (SECONDS_PER_DAY * 1000);
}

/** Returns the ISO-8601 instant in UTC, with microseconds only where they are not zero. */
export function formatMicros(micros: number): string {
  const iso = new Date(Math.floor(micros / 1000)).toISOString();
  const rest = ((micros % 1000) + 1000) % 1000;
  return rest === 0 ? iso.replace('.000Z', 'Z') : iso.replace('Z', `${String(rest).padStart(3, '0')}Z`);
}

/** Returns the ISO-8601 instant at which an hour (hours since 1970) begins. */
export function formatHour(hour: number): string {
  return formatMicros(hour * MICROS_PER_HOUR);
}
