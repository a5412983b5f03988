import { dayOfMicros } from '../records/time.ts';
import type { LedgerFile } from './fold.ts';
import { sentenceOf } from './incident-entry.ts';
import type { Snapshot, WantedBuild } from './snapshot.ts';

/** What a case keeps from retention. */
export interface Hold {
  readonly incident: string;
  /** UTC days whose records stay; `toDay` is Infinity while the case is neither contained nor closed. */
  readonly fromDay: number;
  readonly toDay: number;
  /** Journal positions at which the case said something: figures as of these can be made again. */
  readonly positions: readonly number[];
}

/** What retention and compaction must leave alone. */
export interface Held {
  /** Whether a file must stay part of the ledger. */
  keeps(file: LedgerFile): boolean;
  /** Whether a file must stay as it is: an earlier position is read from this very file. */
  pins(path: string): boolean;
}

/** What no case holds anything of. */
export const NOTHING_HELD: Held = { keeps: () => false, pins: () => false };

/** Returns the holds that stand as of a snapshot, oldest case first. A hold ends only when the case says so. */
export function holdsIn(snapshot: Snapshot): Hold[] {
  const cases = new Map<string, Course>();
  const positions = new Map<string, number[]>();
  for (const entry of snapshot.entriesOf('incident')) {
    const said = sentenceOf(entry.payload);
    if (said === undefined) continue;
    const known = cases.get(said.incident) ?? {
      hold: undefined,
      containedOnDay: Number.POSITIVE_INFINITY,
      closedOnDay: Number.POSITIVE_INFINITY,
      released: false,
    };
    const spoken = [...(positions.get(said.incident) ?? []), entry.seq];
    positions.set(said.incident, spoken);
    const day = dayOfMicros(said.atMicros ?? Date.parse(entry.at) * 1000);
    cases.set(said.incident, {
      hold: said.hold ? widened(known.hold, said.incident, said.hold) : known.hold,
      containedOnDay: said.verb === 'contain' ? lastDay(known.containedOnDay, day) : known.containedOnDay,
      closedOnDay: said.verb === 'close' ? Math.min(day, known.closedOnDay) : known.closedOnDay,
      released: known.released || said.releasesHold,
    });
  }
  return [...cases.values()].flatMap(({ hold, containedOnDay, closedOnDay, released }) => {
    if (!hold || released) return [];
    const endDay = Number.isFinite(containedOnDay) ? containedOnDay : closedOnDay;
    const toDay = Number.isFinite(hold.toDay) ? hold.toDay : Math.max(hold.fromDay, endDay);
    return [{ ...hold, toDay, positions: positions.get(hold.incident) ?? [] }];
  });
}

/** A containment that is dated back takes nothing out of a hold; the latest day that was ever said stands. */
function lastDay(known: number, day: number): number {
  return Number.isFinite(known) ? Math.max(known, day) : day;
}

/** What the entries of a case come to for its hold. */
interface Course {
  readonly hold: Hold | undefined;
  readonly containedOnDay: number;
  readonly closedOnDay: number;
  readonly released: boolean;
}

function widened(
  known: Hold | undefined,
  incident: string,
  said: { readonly fromDay: number; readonly toDay: number | null },
): Hold {
  const toDay = said.toDay ?? Number.POSITIVE_INFINITY;
  return {
    incident,
    fromDay: Math.min(known?.fromDay ?? said.fromDay, said.fromDay),
    toDay: Math.max(known?.toDay ?? toDay, toDay),
    positions: [],
  };
}

/**
 * Returns what the holds of a snapshot keep: the facts of their days, and every file that an answer as of one of their
 * positions is read from, so that the figures of a case can be made again while the case holds them.
 */
export function heldIn(snapshot: Snapshot, wantedFrom: (snapshot: Snapshot) => WantedBuild): Held {
  const holds = holdsIn(snapshot);
  const pinned = new Set<string>();
  for (const { fromDay, toDay, positions } of holds) {
    for (const position of positions) {
      const then = snapshot.asOf(position);
      const wanted = wantedFrom(then);
      const families = new Set(then.files().map(({ family }) => family));
      for (const family of families) {
        const facts = then.filesFor(family, fromDay, toDay);
        const built = then.builtFilesFor(family, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, wanted);
        for (const { path } of [...facts, ...built]) pinned.add(path);
      }
    }
  }
  const meets = (file: LedgerFile): boolean =>
    holds.some(({ fromDay, toDay }) => file.fromDay <= toDay && file.toDay >= fromDay);
  return {
    keeps: (file) => pinned.has(file.path) || (file.origin === 'facts' && meets(file)),
    pins: (path) => pinned.has(path),
  };
}
