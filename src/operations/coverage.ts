import type { CoverageRow } from '../accounting/coverage-query.ts';
import type { Facility, Path } from '../facility/facility.ts';
import type { Coverage } from './answers/common.ts';
import type { ReportAnswer } from './answers/report.ts';
import { outsideSpan, pathInWords } from './coverage-words.ts';
import type { HourWindow } from './reading.ts';
import type { CounterBound } from './reconcile.ts';
import { type Gap, gapsOf, hoursOf, type SensorView, sensorView } from './sensor-view.ts';

/** What the sensors of one path saw of the window. */
export interface PathView {
  readonly path: string;
  readonly sensors: readonly string[];
  readonly gaps: readonly Gap[];
  /** Hours nobody watched; an hour of which a share was lost counts that share. */
  readonly blindHours: number;
  readonly share: number;
  /** Blind time × capacity, or what interface counters leave if that is less, bytes; null where neither bounds all of it. */
  readonly couldHaveBeenBytes: bigint | null;
}

/** What was watched in a window, and what could have left while nobody did. */
export interface CoverageView {
  readonly answer: Coverage;
  readonly couldHaveBeen: ReportAnswer['couldHaveBeen'];
  /** The part of the window that lies between the ledger's first and last sign of any sensor. */
  readonly span: HourWindow;
  readonly sensors: readonly SensorView[];
  readonly paths: readonly PathView[];
  /** Zones that no sensor says it watches. */
  readonly unwatchedZones: readonly string[];
}

const SECONDS_PER_HOUR = 3_600n;
const BITS_PER_BYTE = 8n;

/**
 * Returns what the facility's sensors saw of a window. Only the part between the first and the last sign of any
 * sensor counts: of the time before and after, the ledger says nothing, and the answer says so. A path's hour is blind
 * when none of its sensors gave a sign and the silence of one is implausible (silence.ts); otherwise its best
 * sensor's loss counts.
 * @param counted the most that interface counters leave to what nobody saw.
 * @param rows all rows that are known, better more than the window: they tell what is usual.
 */
export function coverageOf(
  rows: readonly CoverageRow[],
  facility: Facility,
  window: HourWindow,
  counted: CounterBound = () => undefined,
): CoverageView {
  const span = spanOf(rows, window);
  const bySensor = new Map<string, CoverageRow[]>();
  for (const row of rows) {
    const held = bySensor.get(row.sensor);
    if (held) held.push(row);
    else bySensor.set(row.sensor, [row]);
  }
  const watching = watchersOf(facility, [...bySensor.keys()]);
  const configured = [...facility.sensors, ...facility.mappings].map(({ name }) => name);
  const names = [...new Set([...configured, ...[...bySensor.keys()].sort()])];
  const sensors = names.map((name) => {
    const paths = watching.filter((path) => path.sensors.includes(name)).map((path) => path.name);
    return sensorView(name, paths, bySensor.get(name) ?? [], span);
  });
  const paths = watching.map((path) => pathView(path, sensors, span, counted));
  const watched = new Set(facility.sensors.flatMap((sensor) => sensor.watches));
  const zones = facility.zones.map(({ name }) => name).filter((name) => !watched.has(name));
  return {
    answer: answerOf(paths, sensors, window, span),
    couldHaveBeen: couldHaveBeenOf(paths),
    span,
    sensors,
    paths,
    unwatchedZones: zones,
  };
}

function spanOf(rows: readonly CoverageRow[], { fromHour, toHour }: HourWindow): HourWindow {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { hour } of rows) {
    first = Math.min(first, hour);
    last = Math.max(last, hour);
  }
  const from = Math.max(fromHour, Math.min(first, toHour));
  return { fromHour: from, toHour: Math.max(from, Math.min(toHour, last + 1)) };
}

/**
 * Returns the paths with all that watch them. Ready-made cells watch the path they name, or, where a column names it,
 * every path that nothing else watches. Without any path stated, all that was imported watches one.
 */
function watchersOf(
  facility: Facility,
  seen: readonly string[],
): Pick<Path, 'name' | 'sensors' | 'capacityBitsPerSecond'>[] {
  if (facility.paths.length === 0) {
    return seen.length === 0
      ? []
      : [{ name: 'all', sensors: [...seen].sort(), capacityBitsPerSecond: undefined }];
  }
  return facility.paths.map(({ name, sensors, capacityBitsPerSecond }) => {
    const mapped = facility.mappings
      .filter(({ path }) => ('value' in path ? path.value === name : sensors.length === 0))
      .map((mapping) => mapping.name);
    return { name, sensors: [...sensors, ...mapped], capacityBitsPerSecond };
  });
}

function pathView(
  path: Pick<Path, 'name' | 'sensors' | 'capacityBitsPerSecond'>,
  sensors: readonly SensorView[],
  span: HourWindow,
  counted: CounterBound,
): PathView {
  const own = sensors.filter(({ sensor }) => path.sensors.includes(sensor));
  const unseen = new Map<number, number>();
  for (const hour of hoursOf(span)) {
    const least = unseenShare(own, hour);
    if (least > 0) unseen.set(hour, least);
  }
  const blindHours = [...unseen.values()].reduce((sum, share) => sum + share, 0);
  const hours = span.toHour - span.fromHour;
  const capacity = path.capacityBitsPerSecond;
  return {
    path: path.name,
    sensors: path.sensors,
    gaps: gapsOf(span, (hour) =>
      unseen.get(hour) !== 1 ? undefined : own.length === 0 ? 'no sensor watches it' : 'no sensor saw it',
    ),
    blindHours: rounded(blindHours),
    share: hours === 0 ? (own.length === 0 ? 0 : 1) : rounded(1 - blindHours / hours),
    couldHaveBeenBytes: [...unseen].reduce<bigint | null>((sum, [hour, share]) => {
      const most = mostUnseen(capacity, share, counted(path.name, hour));
      return sum === null || most === undefined ? null : sum + most;
    }, 0n),
  };
}

/** The least that a seeing sensor lost; where none saw, all of the hour when one should have, nothing when all were idle. */
function unseenShare(own: readonly SensorView[], hour: number): number {
  const seeing = own.filter((sensor) => sensor.sawIn(hour)).map((sensor) => sensor.unseenIn(hour));
  if (seeing.length > 0) return Math.min(...seeing);
  return own.length === 0 ? 1 : Math.max(...own.map((sensor) => sensor.unseenIn(hour)));
}

/** Returns the lesser of what the path can carry and what its counters leave; undefined where neither is known. */
function mostUnseen(
  capacityBitsPerSecond: number | undefined,
  share: number,
  counted: bigint | undefined,
): bigint | undefined {
  const carried = capacityBitsPerSecond === undefined ? undefined : bytesIn(capacityBitsPerSecond, share);
  return counted === undefined || (carried !== undefined && carried < counted) ? carried : counted;
}

/** Returns the most bytes that fit into a share of an hour, rounded up: it is a bound. */
function bytesIn(capacityBitsPerSecond: number, share: number): bigint {
  const wholeHour = BigInt(Math.ceil(capacityBitsPerSecond)) * SECONDS_PER_HOUR;
  if (share === 1) return (wholeHour + BITS_PER_BYTE - 1n) / BITS_PER_BYTE;
  const billionths = BigInt(Math.ceil(share * 1e9));
  const divisor = BITS_PER_BYTE * 1_000_000_000n;
  return (wholeHour * billionths + divisor - 1n) / divisor;
}

function couldHaveBeenOf(paths: readonly PathView[]): CoverageView['couldHaveBeen'] {
  const blind = paths.filter(({ blindHours }) => blindHours > 0);
  const unbounded = blind.some(({ couldHaveBeenBytes }) => couldHaveBeenBytes === null);
  const total = blind.reduce((sum, { couldHaveBeenBytes }) => sum + (couldHaveBeenBytes ?? 0n), 0n);
  return {
    bytes: unbounded ? null : String(total),
    paths: blind.map(({ path, blindHours, couldHaveBeenBytes }) => ({
      path,
      blindHours,
      bytes: couldHaveBeenBytes === null ? null : String(couldHaveBeenBytes),
    })),
  };
}

/** The share is that of all paths' time; blind hours are those in which some path was watched by nobody. */
function answerOf(
  paths: readonly PathView[],
  sensors: readonly SensorView[],
  window: HourWindow,
  span: HourWindow,
): Coverage {
  const nothing = paths.length === 0 || span.fromHour === span.toHour;
  const share = nothing ? 0 : paths.reduce((sum, path) => sum + path.share, 0) / paths.length;
  const blind = new Set(paths.flatMap(({ gaps }) => gaps.flatMap(hoursOf)));
  const because = [
    ...outsideSpan(window, span),
    ...paths.flatMap(pathInWords),
    ...sensors
      .filter(({ firstHour, paths: watched }) => firstHour === null && watched.length > 0)
      .map(({ sensor }) => `sensor ${sensor} never gave a sign`),
  ];
  return { share: rounded(share), blindHours: blind.size, because };
}

function rounded(value: number): number {
  return Math.min(Math.max(0, Math.round(value * 1e6) / 1e6), Number.MAX_SAFE_INTEGER);
}
