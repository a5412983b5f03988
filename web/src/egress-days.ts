import type { BytesInterval, CheckAnswer, ReportAnswer } from '../../src/server/api-types.ts';
import { dayOf, daysOfWindow } from './format.ts';

/** The egress of one path, day by day. */
export interface PathDays {
  name: string;
  total: BytesInterval;
  /** Observed bytes of each day. */
  bytes: bigint[];
  /** Share of each day that the path's best sensor saw; undefined where no sensor is known to watch the path. */
  watched: (number | undefined)[];
}

/** Egress by path over the days of a window. */
export interface EgressDays {
  days: string[];
  /** Largest first. */
  paths: PathDays[];
  /** Share of each day that nobody watched on the worst watched path. */
  unwatched: number[];
  /** False when coverage could not be asked for. */
  coverageKnown: boolean;
}

/** Paths drawn one by one, as many as there are colours; the smaller ones are drawn as one. */
export const PATHS_DRAWN = 8;

/** Returns the names of the paths to draw one by one, largest first. */
export function drawnPaths(byPath: ReportAnswer): string[] {
  const names = [...byPath.rows].sort(largestFirst).map((row) => row.key);
  return names.length <= PATHS_DRAWN ? names : names.slice(0, PATHS_DRAWN - 1);
}

function largestFirst(a: ReportAnswer['rows'][number], b: ReportAnswer['rows'][number]): number {
  const difference = BigInt(b.bytesOut.estimate) - BigInt(a.bytesOut.estimate);
  if (difference !== 0n) return difference > 0n ? 1 : -1;
  return a.key < b.key ? -1 : 1;
}

/**
 * Returns the days of the report's window with each path's bytes, from one report by path, one report by day for each
 * drawn path (in the same order), one by day for all paths together, and what the sensors cover.
 */
export function alignDays(
  byPath: ReportAnswer,
  daily: readonly { name: string; report: ReportAnswer }[],
  allPaths: ReportAnswer | undefined,
  check: CheckAnswer | undefined,
): EgressDays {
  const days = daysOfWindow(byPath.window);
  const paths: PathDays[] = daily.map(({ name, report }) => ({
    name,
    total: byPath.rows.find((row) => row.key === name)?.bytesOut ?? report.total.bytesOut,
    bytes: bytesOfDays(report, days),
    watched: watchedDays(check, name, days),
  }));
  const unwatched = days.map((_, day) => Math.max(0, ...paths.map(({ watched }) => 1 - (watched[day] ?? 1))));
  if (allPaths) paths.push(restOf(bytesOfDays(allPaths, days), paths, byPath.rows.length - paths.length));
  return { days, paths, unwatched, coverageKnown: check !== undefined };
}

function bytesOfDays(report: ReportAnswer, days: readonly string[]): bigint[] {
  const byDay = new Map(report.rows.map((row) => [dayOf(row.key), BigInt(row.bytesOut.estimate)]));
  return days.map((day) => byDay.get(day) ?? 0n);
}

/** Returns, for each day, the share that the best of the path's sensors saw; a day no sensor speaks of was not seen. */
function watchedDays(
  check: CheckAnswer | undefined,
  path: string,
  days: readonly string[],
): (number | undefined)[] {
  const shares = (check?.sensors ?? [])
    .filter((sensor) => sensor.paths.includes(path))
    .map((sensor) => new Map(sensor.days.map(({ day, share }) => [day, share])));
  if (shares.length === 0) return days.map(() => undefined);
  return days.map((day) => Math.max(...shares.map((share) => share.get(day) ?? 0)));
}

function restOf(all: bigint[], drawn: readonly PathDays[], count: number): PathDays {
  const bytes = all.map((sum, day) => drawn.reduce((rest, path) => rest - (path.bytes[day] ?? 0n), sum));
  const total = String(bytes.reduce((sum, rest) => sum + rest, 0n));
  return {
    name: `${count} smaller paths`,
    total: { low: total, estimate: total, high: total },
    bytes,
    watched: all.map(() => undefined),
  };
}
