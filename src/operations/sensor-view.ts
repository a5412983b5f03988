import type { CoverageRow } from '../accounting/coverage-query.ts';
import { MICROS_PER_HOUR } from '../records/time.ts';
import type { HourWindow } from './reading.ts';
import { type ReportHole, reportHoles } from './report-holes.ts';
import { silenceRule } from './silence.ts';

/** A run of hours in which a sensor or path was blind, and why. */
export interface Gap extends HourWindow {
  readonly reason: string;
}

/** What one sensor saw of the window. */
export interface SensorView {
  readonly sensor: string;
  /** Paths it watches. */
  readonly paths: readonly string[];
  /** First and last hour of the rows given in which it gave a sign; null when it never did. */
  readonly firstHour: number | null;
  readonly lastHour: number | null;
  readonly records: number;
  readonly hoursSeen: number;
  readonly gaps: readonly Gap[];
  /** Times within the window that its reports on itself do not speak of, or speak oddly of. */
  readonly holes: readonly ReportHole[];
  /** Lost of seen and lost in the window; null where the sensor says nothing of it. */
  readonly lossShare: number | null;
  /** Returns whether it gave a sign in an hour. */
  sawIn(hour: number): boolean;
  /** Returns the unseen share of an hour: 1 when blind, else what it lost or did not report on; 0 when it was idle. */
  unseenIn(hour: number): number;
}

/** Returns what a sensor saw of a span; `rows` are all that are known of it, better more than the span. */
export function sensorView(
  sensor: string,
  paths: readonly string[],
  rows: readonly CoverageRow[],
  span: HourWindow,
): SensorView {
  const byHour = new Map(rows.map((row) => [row.hour, row]));
  const signs = rows.filter(hasSign);
  const firstHour = signs.reduce<number | null>((least, { hour }) => Math.min(least ?? hour, hour), null);
  const lastHour = signs.reduce<number | null>((most, { hour }) => Math.max(most ?? hour, hour), null);
  const rule = silenceRule(rows);
  const gaps = gapsOf(span, (hour) => {
    if (firstHour === null || lastHour === null) return 'never gave a sign';
    const row = byHour.get(hour);
    if (hasSign(row)) return undefined;
    const why = rule(hour);
    if (why === undefined) return undefined;
    if (hour < firstHour) return `before its first sign: ${why}`;
    return hour > lastHour ? `after its last sign: ${why}` : why;
  });
  const inWindow = rows.filter(({ hour }) => hour >= span.fromHour && hour < span.toHour);
  const lost = inWindow.reduce((sum, row) => sum + row.lost, 0);
  const known = inWindow.reduce((sum, row) => sum + row.seen, lost);
  const blind = new Set(gaps.flatMap(hoursOf));
  const holes = reportHoles(rows);
  const unreported = new Map<number, number>();
  for (const [hour, share] of holes.flatMap(({ unseen }) => [...unseen]))
    unreported.set(hour, Math.min(1, (unreported.get(hour) ?? 0) + share));
  return {
    sensor,
    paths,
    firstHour,
    lastHour,
    records: inWindow.reduce((sum, row) => sum + row.records, 0),
    hoursSeen: inWindow.filter(hasSign).length,
    gaps,
    holes: holes.filter(
      ({ fromMicros, toMicros }) =>
        toMicros > span.fromHour * MICROS_PER_HOUR && fromMicros < span.toHour * MICROS_PER_HOUR,
    ),
    lossShare: known > 0 ? lost / known : null,
    sawIn: (hour) => hasSign(byHour.get(hour)),
    unseenIn: (hour) => (blind.has(hour) ? 1 : ofBoth(lossOf(byHour.get(hour)), unreported.get(hour) ?? 0)),
  };
}

/** Returns whether a sensor gave any sign in the hour of a row. */
export function hasSign(row: CoverageRow | undefined): boolean {
  return row !== undefined && (row.records > 0 || row.reports > 0);
}

/** The unseen share of an hour of which a share was not watched, and of the rest of which a share was lost. */
function ofBoth(lost: number, unwatched: number): number {
  return unwatched === 0 ? lost : 1 - (1 - lost) * (1 - unwatched);
}

function lossOf(row: CoverageRow | undefined): number {
  return row && row.lost > 0 ? row.lost / (row.seen + row.lost) : 0;
}

/** Groups neighbouring hours with the same reason. */
export function gapsOf(span: HourWindow, reasonOf: (hour: number) => string | undefined): Gap[] {
  const gaps: { fromHour: number; toHour: number; reason: string }[] = [];
  for (const hour of hoursOf(span)) {
    const reason = reasonOf(hour);
    if (reason === undefined) continue;
    const last = gaps.at(-1);
    if (last && last.toHour === hour && last.reason === reason) last.toHour += 1;
    else gaps.push({ fromHour: hour, toHour: hour + 1, reason });
  }
  return gaps;
}

/** Returns the hours of a window. */
export function hoursOf({ fromHour, toHour }: HourWindow): number[] {
  return Array.from({ length: Math.max(0, toHour - fromHour) }, (_, index) => fromHour + index);
}
