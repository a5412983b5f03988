import { formatDay } from '../records/time.ts';
import type { StatedWindow } from './claim.ts';
import { datesInWords, daysInWords } from './words.ts';

/** The time that an assessment looks at. Days since 1970; `toDay` is the first day after. */
export interface AssessedWindow {
  /** The earliest day it can have begun; null when nobody says. */
  readonly fromDay: number | null;
  /** The first day by which all of it is over. */
  readonly toDay: number;
  /** The shortest it can have been; null when what was said leaves that open. */
  readonly leastDays: number | null;
  /** The longest; null when it has no beginning. */
  readonly mostDays: number | null;
}

/**
 * Returns the widest time that a stated window allows, ended by a day on which the loss was already claimed:
 * what is claimed to be gone has left before. Undefined when nothing is left of it.
 * @param asOfDay last day on which it can still have gone on.
 */
export function assessedWindow(
  stated: StatedWindow | undefined,
  asOfDay: number,
): AssessedWindow | undefined {
  const { from, to, lastedDays } = stated ?? { from: undefined, to: undefined, lastedDays: undefined };
  const ends = [asOfDay + 1];
  if (to) ends.push(to.latest + 1);
  if (from && lastedDays) ends.push(from.latest + lastedDays.most);
  const toDay = Math.min(...ends);
  const fromDay = from?.earliest ?? (to && lastedDays ? to.earliest + 1 - lastedDays.most : null);
  if (fromDay !== null && fromDay >= toDay) return undefined;
  const spanDays = fromDay === null ? Number.POSITIVE_INFINITY : toDay - fromDay;
  const mostDays = Math.min(spanDays, lastedDays?.most ?? Number.POSITIVE_INFINITY);
  const dated = from && to ? Math.max(1, Math.min(to.earliest + 1, toDay) - from.latest) : null;
  const least = lastedDays ? Math.max(dated ?? 1, lastedDays.least) : dated;
  return {
    fromDay,
    toDay,
    leastDays: least === null ? null : Math.min(least, mostDays),
    mostDays: Number.isFinite(mostDays) ? mostDays : null,
  };
}

/**
 * Returns the days that are looked up in the ledger: all of the window, or, where its beginning is not known, as many
 * days as it can have lasted before its end. Null when neither is known.
 */
export function lookedUpDays({
  fromDay,
  toDay,
  mostDays,
}: AssessedWindow): { fromDay: number; toDay: number } | null {
  if (fromDay !== null) return { fromDay, toDay };
  return mostDays === null ? null : { fromDay: toDay - mostDays, toDay };
}

/** Returns a name that tells one window from another. */
export function windowKey({ fromDay, toDay, leastDays, mostDays }: AssessedWindow): string {
  return [fromDay, toDay, leastDays, mostDays].join('/');
}

/** Returns a window as a person says it. */
export function windowInWords(window: AssessedWindow): string {
  const { fromDay, toDay, leastDays, mostDays } = window;
  const last = formatDay(toDay - 1);
  if (mostDays === null) return `some time up to ${last}`;
  const lasted = daysInWords(leastDays ?? mostDays, mostDays);
  if (fromDay === null) return `${lasted}, some time up to ${last}`;
  return mostDays === toDay - fromDay && (leastDays === null || leastDays === mostDays)
    ? `${datesInWords(fromDay, toDay)}, ${lasted}`
    : `${lasted} within ${datesInWords(fromDay, toDay)}`;
}
