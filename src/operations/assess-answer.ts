import type { Bounds } from '../claims/bounds.ts';
import type { ClaimedChannel, DayRange, Statement, VolumeRange } from '../claims/claim.ts';
import type { Picture } from '../claims/picture.ts';
import type { StorageReads, Verdict } from '../claims/verdict.ts';
import { boundSentence } from '../claims/verdict-words.ts';
import type { AssessedWindow } from '../claims/window.ts';
import type { Facility } from '../facility/facility.ts';
import { formatDay } from '../records/time.ts';
import type { AssessAnswer } from './answers/assess.ts';
import { capacityOf, sideOf } from './assess-evidence.ts';

/** One window's bounds under a short name. */
export interface NamedBounds {
  readonly id: string;
  readonly bounds: Bounds;
  readonly reads: StorageReads | undefined;
}

/** Returns a statement as the answer carries it. */
export function statementAnswer(statement: Statement): AssessAnswer['statements'][number] {
  const { id, source, asOfDay, volume, window, channel, note } = statement;
  return {
    id,
    who: source.who,
    saidOn: formatDay(source.saidOnDay),
    asOf: formatDay(asOfDay),
    url: source.url ?? null,
    volume: volume ? volumeAnswer(volume) : null,
    window: window
      ? { from: rangeAnswer(window.from), to: rangeAnswer(window.to), lastedDays: window.lastedDays ?? null }
      : null,
    channel: channel ? channelAnswer(channel) : null,
    note: note ?? null,
  };
}

function rangeAnswer(range: DayRange | undefined) {
  return range ? { earliest: formatDay(range.earliest), latest: formatDay(range.latest) } : null;
}

function volumeAnswer({ least, most }: VolumeRange) {
  return { least: String(least), most: text(most) };
}

function channelAnswer(channel: ClaimedChannel) {
  return { kind: channel.kind, name: channel.kind === 'named' ? channel.name : null };
}

function windowAnswer({ fromDay, toDay, leastDays, mostDays }: AssessedWindow) {
  return {
    from: fromDay === null ? null : formatDay(fromDay),
    to: formatDay(toDay - 1),
    leastDays,
    mostDays,
  };
}

/** Returns the ways out that weir.yaml lists. */
export function pathsAnswer(facility: Facility): AssessAnswer['paths'] {
  const paths = facility.paths.map((path) => ({
    name: path.name,
    kind: path.kind,
    side: sideOf(path),
    capacityBytesPerDay: text(capacityOf(path)),
    watchedBy: [...path.sensors],
  }));
  const onSite = facility.onSite.map(({ name, kind, capacityBytesPerDay, loggedBy }) => ({
    name,
    kind,
    side: kind === 'link' ? ('either' as const) : ('onSite' as const),
    capacityBytesPerDay: text(capacityBytesPerDay ?? null),
    watchedBy: [...loggedBy],
  }));
  return [...paths, ...onSite];
}

/** Returns a window's bounds as the answer carries them. */
export function boundsAnswer({ id, bounds, reads }: NamedBounds): AssessAnswer['bounds'][number] {
  return {
    id,
    window: windowAnswer(bounds.window),
    channels: bounds.channels.map((channel) => {
      const { evidence, unexplained, mostBytes } = channel;
      return {
        name: evidence.name,
        side: evidence.side,
        seen: interval(evidence.seen),
        expected: evidence.expected && interval(evidence.expected),
        unexplained: unexplained && interval(unexplained),
        unseenHours: evidence.unseenHours,
        couldHaveBeen: text(evidence.unseenBytes),
        most: text(mostBytes),
        because: [...evidence.because],
        sentence: boundSentence(channel),
      };
    }),
    remote: text(bounds.remoteBytes),
    onSite: text(bounds.onSiteBytes),
    total: text(bounds.totalBytes),
    storageReads: reads
      ? {
          byPrincipal: reads.byPrincipal.map(({ principal, bytesRead }) => ({
            principal,
            bytesRead: String(bytesRead),
          })),
          boundBytes: String(reads.boundBytes),
          unsizedReads: reads.unsizedReads,
        }
      : null,
  };
}

/** Returns a verdict as the answer carries it; `boundsId` names the bounds it rests on. */
export function verdictAnswer(verdict: Verdict, boundsId: string): AssessAnswer['verdicts'][number] {
  const { combination, rate } = verdict;
  const { volume, channel } = combination;
  return {
    kind: verdict.kind,
    headline: verdict.headline,
    because: [...verdict.because],
    statements: [...combination.statements],
    asSaid: combination.asSaid,
    volume: volume ? volumeAnswer(volume) : null,
    channel: channelAnswer(channel),
    bounds: boundsId,
    neededBitsPerSecond: rate && {
      low: Math.round(rate.low),
      high: rate.high === null ? null : Math.round(rate.high),
    },
    paths: verdict.feasibility.map((each) => ({ ...each })),
    unwatched: [...verdict.unwatched],
  };
}

/** Returns a picture as the answer carries it. */
export function pictureAnswer(picture: Picture | undefined): AssessAnswer['picture'] {
  return picture
    ? {
        ...picture,
        bars: picture.bars.map((bar) => ({ ...bar })),
        ticks: picture.ticks.map((tick) => ({ ...tick })),
      }
    : null;
}

function text(bytes: bigint | null): string | null {
  return bytes === null ? null : String(bytes);
}

function interval({ low, estimate, high }: { low: bigint; estimate: bigint; high: bigint }) {
  return { low: String(low), estimate: String(estimate), high: String(high) };
}
