import type { Family, PairDay } from './input.ts';

/** Days before a window from which a pair's usual volume is taken. */
const BEFORE_DAYS = 56;
const LEAST_BEFORE_DAYS = 7;
/** A pair first seen at most so many days before the change counts as new with it. */
const NOVELTY_SLACK_DAYS = 7;
/** An old pair counts only with half as much again as before. */
const LEAST_RISE = 0.5;
/** A pair, or a host, that carries this share of a lead's excess is named for its volume alone. */
export const CARRIES = 0.2;
/** One pair (host, network) over time. */
export interface Track {
  readonly key: string;
  readonly host: string;
  readonly network: string;
  readonly as: string;
  readonly paths: ReadonlySet<string>;
  /** Bytes by who sent most of a day's; nobody unknown. */
  readonly principals: ReadonlyMap<string, number>;
  readonly tenants: ReadonlySet<string>;
  readonly firstDay: number;
  /** Bytes by day, active days only. */
  readonly bytes: ReadonlyMap<number, number>;
}

/** The days [from, to] over which a lead or a campaign is weighed. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** What a pair sent in a window beyond what it used to send. */
export interface Excess {
  readonly track: Track;
  readonly novel: boolean;
  readonly activeDays: number;
  /** Usual bytes a day before the window; 0 of a new pair. */
  readonly usual: number;
  /** Σ (Y − usual) over the window. */
  readonly bytes: number;
}

type OpenTrack = Track & {
  bytes: Map<number, number>;
  paths: Set<string>;
  principals: Map<string, number>;
  tenants: Set<string>;
};

/** Returns the pairs of the rows, sorted by host and network. */
export function tracksOf(rows: readonly PairDay[]): Track[] {
  const tracks = new Map<string, OpenTrack>();
  for (const row of rows) {
    const key = `${row.host}\n${row.network}`;
    let track = tracks.get(key);
    if (!track) {
      const { host, network, as, firstDay } = row;
      track = {
        key,
        host,
        network,
        as,
        firstDay,
        paths: new Set(),
        principals: new Map(),
        tenants: new Set(),
        bytes: new Map(),
      };
      tracks.set(key, track);
    }
    track.paths.add(row.path);
    if (row.principal !== '')
      track.principals.set(row.principal, (track.principals.get(row.principal) ?? 0) + row.bytesOut);
    if (row.tenant) track.tenants.add(row.tenant);
    track.bytes.set(row.day, (track.bytes.get(row.day) ?? 0) + row.bytesOut);
  }
  return [...tracks.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Returns whether a pair belongs to a lead's entity. */
export function touches(track: Track, family: Family, entity: string): boolean {
  if (family === 'centre') return true;
  if (family === 'principal') return track.principals.has(entity);
  if (family === 'tenant') return track.tenants.has(entity);
  return family === 'path' ? track.paths.has(entity) : track[family] === entity;
}

/**
 * Returns the excess of a pair in a window; undefined when there is none: its volume was there before, it rose by
 * less than half, or it is old and nothing is known of its past.
 * @param rowsFromDay the first day of which rows were given.
 */
export function excessOf(track: Track, window: Window, rowsFromDay: number): Excess | undefined {
  const novel = track.firstDay >= window.from - NOVELTY_SLACK_DAYS;
  const beforeDays = Math.min(BEFORE_DAYS, window.from - rowsFromDay);
  if (!novel && beforeDays < LEAST_BEFORE_DAYS) return undefined;
  let inside = 0;
  let before = 0;
  let activeDays = 0;
  for (const [day, bytes] of track.bytes) {
    if (day >= window.from && day <= window.to) {
      inside += bytes;
      activeDays += 1;
    } else if (day < window.from && day >= window.from - beforeDays) before += bytes;
  }
  const usual = novel ? 0 : before / beforeDays;
  const expected = usual * (window.to - window.from + 1);
  if (inside <= 0 || inside - expected < LEAST_RISE * expected) return undefined;
  return { track, novel, activeDays, usual, bytes: inside - expected };
}

/** Returns the bytes of the excesses together. */
export function sumBytes(excesses: readonly Excess[]): number {
  return excesses.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Returns the excess by some property of its pair, largest first (ties by name). */
export function groupBytes(excesses: readonly Excess[], by: (track: Track) => string): [string, number][] {
  const groups = new Map<string, number>();
  for (const { track, bytes } of excesses) groups.set(by(track), (groups.get(by(track)) ?? 0) + bytes);
  return [...groups].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}
