import { sqlText } from '../records/sql-text.ts';
import type { NeededSetting } from './format.ts';
import { instant, instantIn, isZoneless, ZONELESS } from './values.ts';

/**
 * Returns SQL for microseconds since 1970 of seconds since 1970 or ISO-8601. NULL for a time without a zone where
 * weir.yaml does not state the sensor's.
 */
export function zonedTime(text: string, timezone: string | undefined): string {
  if (timezone !== undefined) return instantIn(text, timezone);
  return `(CASE WHEN NOT regexp_full_match(${text}, ${sqlText(ZONELESS)}) THEN ${instant(text)} END)`;
}

/** Returns whether weir.yaml has to state the zone of these times. */
export function zoneNeeds(times: readonly unknown[]): NeededSetting[] {
  return times.some((time) => typeof time === 'string' && isZoneless(time)) ? ['timezone'] : [];
}

/** What is expected of such a time, for rejects. */
export const ZONED_TIME =
  'a time between 1990 and 2100 with its zone: state `timezone:` of the sensor in weir.yaml';

/** Jobs and transfers that last longer are of a broken clock, and would have every day between looked at. */
export const TWO_YEARS_MICROS = 63_158_400_000_000;
