import type { CoverageRow } from '../accounting/coverage-query.ts';
import { formatMicros, MICROS_PER_HOUR, MICROS_PER_SECOND } from '../records/time.ts';

/** A time of which a sensor's reports on itself do not speak, or speak oddly. */
export interface ReportHole {
  readonly fromMicros: number;
  readonly toMicros: number;
  /** Part of each hour that it takes from what was watched; nothing where only a clock is in doubt. */
  readonly unseen: ReadonlyMap<number, number>;
  readonly reason: string;
}

/** Where fewer hours follow on each other than this, reports are samples and no account of all time. */
const STEADY_SHARE = 0.9;
/** Where more hours overlap than this, two processes write under one name, and no clock was set. */
const OVERLAPPING_SHARE = 0.1;
/** A report over so many times what is usual is one over a time that did not pass, or in which nothing was done. */
const FAR_LONGER = 3;
const SECONDS_PER_MINUTE = 60;

type Spoken = CoverageRow & { readonly reportedFrom: number; readonly reportedTo: number };

/**
 * Returns the times between a sensor's first and last report that none of its reports speaks of, beyond the length of
 * one: what stopped and began again has a pause of that length, for the last report never came. A pause around whole
 * hours that have records is one of the reports' log and not of the sensor. Beside them stand the marks of a clock that was
 * set: reports of one node over the same time, and reports over far more time than usual. Nothing is said of a sensor
 * whose reports do not follow on each other anyway.
 */
export function reportHoles(rows: readonly CoverageRow[]): ReportHole[] {
  const spoken = rows
    .filter((row): row is Spoken => row.reportedFrom != null && row.reportedTo != null)
    .sort((a, b) => a.hour - b.hour);
  const usual = Math.max(SECONDS_PER_MINUTE * MICROS_PER_SECOND, lowerMedian(spoken.map(longest)));
  const recorded = new Set(rows.flatMap(({ hour, records }) => (records > 0 ? [hour] : [])));
  const pauses = spoken.flatMap((row, index) => {
    const next = spoken[index + 1];
    return next && next.reportedFrom - row.reportedTo > usual
      ? [{ fromMicros: row.reportedTo, toMicros: next.reportedFrom }]
      : [];
  });
  const within = spoken.filter((row) => (row.unreportedMicros ?? 0) > usual);
  const broken = new Set([
    ...pauses.map(({ fromMicros }) => hourOf(fromMicros - 1)),
    ...within.map(({ hour }) => hour),
  ]);
  if (spoken.length - broken.size < spoken.length * STEADY_SHARE) return [];
  const overlapping = spoken.filter((row) => (row.overlapMicros ?? 0) > 0);
  return [
    ...pauses.filter((pause) => !innerHours(pause).some((hour) => recorded.has(hour))).map(pauseHole),
    ...within.map(withinHole),
    ...(overlapping.length > spoken.length * OVERLAPPING_SHARE ? [] : overlapping).map((row) =>
      clockHole(
        row,
        `reports of it overlap by ${minutes(row.overlapMicros ?? 0)}: its clock was set back, or two processes wrote under one name`,
      ),
    ),
    ...spoken
      .filter((row) => longest(row) > FAR_LONGER * usual)
      .map((row) =>
        clockHole(
          row,
          `a report over ${minutes(longest(row))} where ${minutes(usual)} are usual: its clock was set ahead, or it stood still`,
        ),
      ),
  ].sort((a, b) => a.fromMicros - b.fromMicros);
}

function longest({ longestMicros }: CoverageRow): number {
  return longestMicros ?? 0;
}

interface Pause {
  readonly fromMicros: number;
  readonly toMicros: number;
}

function pauseHole(pause: Pause): ReportHole {
  const { fromMicros, toMicros } = pause;
  const unseen = new Map<number, number>();
  for (let hour = hourOf(fromMicros); hour <= hourOf(toMicros - 1); hour += 1) {
    const from = Math.max(fromMicros, hour * MICROS_PER_HOUR);
    const to = Math.min(toMicros, (hour + 1) * MICROS_PER_HOUR);
    unseen.set(hour, (to - from) / MICROS_PER_HOUR);
  }
  return {
    ...pause,
    unseen,
    reason: `no report on itself for ${minutes(toMicros - fromMicros)}: it did not run, or a log is missing`,
  };
}

function withinHole(row: Spoken): ReportHole {
  const micros = Math.min(row.unreportedMicros ?? 0, MICROS_PER_HOUR);
  return {
    ...hourSpan(row.hour),
    unseen: new Map([[row.hour, micros / MICROS_PER_HOUR]]),
    reason: `no report on itself for ${minutes(micros)} of it: it did not run, or a log is missing`,
  };
}

function clockHole({ hour }: CoverageRow, reason: string): ReportHole {
  return { ...hourSpan(hour), unseen: new Map(), reason };
}

function hourSpan(hour: number): Pause {
  return { fromMicros: hour * MICROS_PER_HOUR, toMicros: (hour + 1) * MICROS_PER_HOUR };
}

/** The hours that lie in a pause from begin to end. */
function innerHours({ fromMicros, toMicros }: Pause): number[] {
  const first = Math.ceil(fromMicros / MICROS_PER_HOUR);
  return Array.from({ length: Math.max(0, hourOf(toMicros) - first) }, (_, index) => first + index);
}

function hourOf(micros: number): number {
  return Math.floor(micros / MICROS_PER_HOUR);
}

function minutes(micros: number): string {
  const whole = micros / MICROS_PER_SECOND / SECONDS_PER_MINUTE;
  return `${Number(whole.toPrecision(whole < 10 ? 2 : 3))} min`;
}

/** Returns when a hole was, as people read it: to the minute. */
export function holeInWords({ fromMicros, toMicros, reason }: ReportHole): string {
  const at = (micros: number) => `${formatMicros(micros).slice(0, 16)}Z`;
  return `${at(fromMicros)} to ${at(toMicros)}: ${reason}`;
}

function lowerMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
