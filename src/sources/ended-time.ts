import { seconds } from './values.ts';

/**
 * Returns the begin of something of which a log tells the end and the length, as a text for a `start` whose `value` is
 * `microsText`: microseconds since 1970, or the text of the end where that is no time, so that a reject names it.
 * @param endMicros SQL for microseconds since 1970 over the fields. @param length SQL for seconds as text; 0 where unset.
 */
export function beginText(endText: string, endMicros: string, length: string): string {
  return `CASE WHEN ${endText} IS NULL THEN NULL WHEN (${endMicros}) IS NULL THEN 'not a time'
    ELSE ((${endMicros}) - greatest(coalesce(${seconds(length)}, 0), 0))::VARCHAR END`;
}

/** Returns SQL for microseconds since 1970 of such a text. */
export function microsText(text: string): string {
  return `TRY_CAST(${text} AS BIGINT)`;
}
