import { resolve } from 'node:path';
import { ConfigurationError, LedgerError } from '../errors.ts';
import { decodeEntry, type Entry, type EntryOf, type InputRange, sha256Of, ZERO_SHA256 } from './entries.ts';
import { type Ledger, readLedger } from './files.ts';
import {
  type BuiltDay,
  emptyFold,
  type Fold,
  foldEntry,
  headKey,
  type KnownRange,
  type LedgerFile,
  rangeKey,
} from './fold.ts';
import { highestNumber, readAfter, singlePath } from './reading.ts';

/** What a caller wants a day's build to be made of: its `inputsSha256` now. Undefined: any build will do. */
export type WantedBuild = (day: number) => string | undefined;

/** The ledger as of one journal position. Never changes, whatever is appended meanwhile. */
export interface Snapshot {
  /** Number of the last entry seen; 0 for an empty journal. */
  readonly position: number;
  /** The sha256 of that entry's bytes. */
  readonly entrySha256: string;
  /** Returns the same ledger as of an earlier position. @throws ConfigurationError when there is no such entry. */
  asOf(position: number): Snapshot;
  /** Returns the entries of one kind, oldest first. */
  entriesOf<Kind extends Entry['kind']>(kind: Kind): EntryOf<Kind>[];
  /** Returns whether a body with this id was written. */
  hasId(id: string): boolean;
  /** Returns every file that is part of the ledger, whoever published it. */
  files(): LedgerFile[];
  /** Returns a file by its path when it is part of the ledger. */
  file(path: string): LedgerFile | undefined;
  /** Returns whether an entry ever named a file with this path: paths are used once. */
  wasNamed(path: string): boolean;
  /** Returns every file that an entry took out again, whether or not it still lies on the disk. */
  removedFiles(): LedgerFile[];
  /** Returns the fact files of a family (never a build's) whose days meet [fromDay, toDay]. */
  filesFor(family: string, fromDay: number, toDay: number): LedgerFile[];
  /** Returns the files of a family from the builds that stand for the days [fromDay, toDay]. */
  builtFilesFor(family: string, fromDay: number, toDay: number, wanted: WantedBuild): LedgerFile[];
  /** Returns the ranges committed for a sensor's inputs that begin alike, longest first; `after` an entry only, if given. */
  knownPrefixes(sensor: string, head: InputRange['head'], after?: number): KnownRange[];
  /** Returns the lengths of head by which the sensor's inputs are known, longest first. */
  headLengths(sensor: string): number[];
  /** Returns committed ranges with the same content up to the same byte that share bytes with this one. */
  overlapping(input: InputRange): KnownRange[];
  /**
   * Returns ranges committed after a position that may share bytes with this one, be it another length of the same
   * growing file. Whoever chose ranges by the snapshot of that position must choose again when there are any. May name
   * a stranger: the journal cannot tell a file shorter than a head from the beginning of another.
   */
  rivals(input: InputRange, after: number): KnownRange[];
  /** Returns the UTC days that commits touched, ascending. */
  factDays(): number[];
  /** Returns the days that have a build, ascending. */
  builtDays(): number[];
  /**
   * Returns the build that stands for a day: of a sealed day the one it was sealed with, else the newest one made of
   * what is wanted, else the newest at all. A stale build published late by another process so never hides a fuller one.
   */
  buildOf(day: number, wanted?: string): BuiltDay | undefined;
  /** Returns all builds of a day whose files are still part of the ledger, oldest first. */
  buildsOf(day: number): BuiltDay[];
  /** Returns the hash of everything a day's build is made of: its facts, its configuration, the code's build version. */
  inputsSha256Of(day: number, configSha256: string, buildVersion: string): string;
  /** Returns the days, not sealed, whose facts have no build with the hash they would have now; ascending. */
  dirtyDays(configSha256Of: (day: number) => string, buildVersion: string): number[];
  isSealed(day: number): boolean;
  /** Returns the sealed days that later commits touched, with those commits' ids: facts that no figure contains. */
  lateForSealed(): { day: number; commitIds: string[] }[];
}

const folds = new Map<string, { ledgerId: string; fold: Fold }>();

/**
 * Returns the ledger as it is now, or as of an earlier position. The process remembers what it has folded and reads
 * only entries that are new.
 * @throws LedgerError when the journal is broken, ConfigurationError when there is no position `asOf`.
 */
export async function readSnapshot(ledgerDir: string, asOf?: number): Promise<Snapshot> {
  const newest = foldNow(ledgerDir);
  return asOf === undefined ? newest : newest.asOf(asOf);
}

/** Synchronous on purpose: two callers in one process can never fold the same entry twice. */
function foldNow(ledgerDir: string): Snapshot {
  const key = resolve(ledgerDir);
  const ledger = readLedger(ledgerDir);
  let cached = folds.get(key);
  if (cached?.ledgerId !== ledger.id) {
    cached = { ledgerId: ledger.id, fold: emptyFold() };
    const highest = highestNumber(ledgerDir);
    advance(cached.fold, ledger);
    if (cached.fold.position.seq < highest) {
      throw new LedgerError(
        `entry ${cached.fold.position.seq + 1} of the journal in ${ledgerDir} is missing, entry ${highest} is there; run weir ledger verify`,
      );
    }
    folds.set(key, cached);
  } else {
    advance(cached.fold, ledger);
  }
  return snapshotOf(cached.fold, cached.fold.position.seq);
}

/**
 * Adds an entry that this process has just made durable to what it remembers of the ledger: one of many thousand inputs
 * takes a second to read back. Does nothing where others' entries lie between.
 */
export function foldWritten(ledgerDir: string, entry: Entry, sha256: string): void {
  const cached = folds.get(resolve(ledgerDir));
  if (cached?.fold.position.sha256 !== entry.previous || cached.fold.position.seq + 1 !== entry.seq) return;
  if (cached.ledgerId === readLedger(ledgerDir).id) foldEntry(cached.fold, entry, sha256);
}

function advance(fold: Fold, ledger: Ledger): void {
  for (const line of readAfter(ledger, fold.position)) {
    foldEntry(fold, decodeEntry(line.bytes, singlePath(ledger.dir, line.seq)), line.sha256);
  }
}

/** Returns a fold as seen at a position. */
export function snapshotOf(fold: Fold, position: number): Snapshot {
  const seen = (item: { seq: number }): boolean => item.seq <= position;
  const live = (file: LedgerFile): boolean => file.addedAt <= position && file.removedAt > position;
  const sealOf = (day: number): string | undefined => {
    const seal = fold.sealedDays.get(day);
    return seal && seen(seal) ? seal.inputsSha256 : undefined;
  };
  /** The file itself, or the files that hold its rows by now. Empty when the rows are gone. */
  const holders = (file: LedgerFile): LedgerFile[] =>
    live(file) ? [file] : file.replacedBy.flatMap(holders);
  const buildsOf = (day: number): BuiltDay[] =>
    (fold.buildsByDay.get(day) ?? []).filter(
      (built) => seen(built) && built.files.every((file) => holders(file).length > 0),
    );
  const buildOf = (day: number, wanted?: string): BuiltDay | undefined => {
    const builds = buildsOf(day);
    const hash = sealOf(day) ?? wanted;
    return builds.findLast((built) => built.inputsSha256 === hash) ?? builds.at(-1);
  };
  const factDays = (): number[] =>
    [...fold.commitsByDay].flatMap(([day, [first]]) => (first && seen(first) ? [day] : [])).sort(ascending);
  const builtDays = (): number[] =>
    [...fold.buildsByDay.keys()].filter((day) => buildsOf(day).length > 0).sort(ascending);
  const inputsSha256Of = (day: number, configSha256: string, buildVersion: string): string => {
    const contents = (fold.commitsByDay.get(day) ?? []).filter(seen).map((commit) => commit.contentSha256);
    return sha256Of(JSON.stringify([day, configSha256, buildVersion, contents.sort()]));
  };

  return {
    position,
    entrySha256: fold.entrySha256[position - 1] ?? ZERO_SHA256,
    asOf(earlier) {
      if (Number.isInteger(earlier) && earlier >= 0 && earlier <= position) return snapshotOf(fold, earlier);
      throw new ConfigurationError(`the ledger has no position ${earlier}; its last is ${position}`);
    },
    entriesOf: <Kind extends Entry['kind']>(kind: Kind) =>
      fold.entries.slice(0, position).filter((entry): entry is EntryOf<Kind> => entry.kind === kind),
    hasId: (id) => fold.ids.has(id),
    files: () => [...fold.files.values()].filter(live),
    file: (path) => [fold.files.get(path)].find((file) => file !== undefined && live(file)),
    wasNamed: (path) => (fold.files.get(path)?.addedAt ?? Number.POSITIVE_INFINITY) <= position,
    removedFiles: () => [...fold.files.values()].filter((file) => file.removedAt <= position),
    filesFor: (family, fromDay, toDay) =>
      (fold.factsByFamily.get(family) ?? []).filter(
        (file) => file.fromDay <= toDay && file.toDay >= fromDay && live(file),
      ),
    builtFilesFor(family, fromDay, toDay, wanted) {
      const files = builtDays()
        .filter((day) => day >= fromDay && day <= toDay)
        .flatMap((day) => buildOf(day, wanted(day))?.files ?? [])
        .filter((file) => file.family === family);
      return [...new Set(files.flatMap(holders))];
    },
    knownPrefixes: (sensor, head, after = 0) =>
      (fold.prefixes.get(headKey(sensor, head)) ?? [])
        .filter((known) => seen(known) && known.seq > after)
        .sort((a, b) => b.input.bytesTo - a.input.bytesTo),
    headLengths: (sensor) =>
      [...(fold.headLengths.get(sensor) ?? [])]
        .flatMap(([bytes, seq]) => (seq <= position ? [bytes] : []))
        .sort((a, b) => b - a),
    overlapping: (input) =>
      input.bytesFrom === input.bytesTo
        ? []
        : (fold.ranges.get(rangeKey(input)) ?? []).filter(
            (known) => seen(known) && known.input.bytesFrom < known.input.bytesTo,
          ),
    rivals(input, after) {
      const commits = fold.entries.slice(after, position).filter((entry) => entry.kind === 'commit');
      // Both may be of many thousand inputs: only those are compared that can have a beginning in common.
      const others = isAllHead(input)
        ? commits.flatMap((commit) => commit.inputs.map((other) => knownRange(commit, other)))
        : [
            ...(fold.prefixes.get(headKey(input.sensor, input.head)) ?? []).filter(
              (known) => seen(known) && known.seq > after,
            ),
            ...commits.flatMap(allHeads).filter((known) => known.input.head.bytes !== input.head.bytes),
          ];
      return others.filter((known) => mayShareBytes(input, known.input)).sort((a, b) => a.seq - b.seq);
    },
    factDays,
    builtDays,
    buildOf,
    buildsOf,
    inputsSha256Of,
    dirtyDays: (configSha256Of, buildVersion) =>
      factDays().filter((day) => {
        if (sealOf(day) !== undefined) return false;
        const wanted = inputsSha256Of(day, configSha256Of(day), buildVersion);
        return !buildsOf(day).some((built) => built.inputsSha256 === wanted);
      }),
    isSealed: (day) => sealOf(day) !== undefined,
    lateForSealed: () =>
      [...fold.sealedDays]
        .filter(([, seal]) => seen(seal))
        .map(([day, seal]) => ({
          day,
          commitIds: (fold.commitsByDay.get(day) ?? [])
            .filter((commit) => seen(commit) && commit.seq > seal.seq)
            .map((commit) => commit.id),
        }))
        .filter((late) => late.commitIds.length > 0)
        .sort((a, b) => a.day - b.day),
  };
}

function knownRange({ seq, id }: EntryOf<'commit'>, input: InputRange): KnownRange {
  return { seq, commitId: id, input };
}

/** Whether a head is all there was of a file: its next length has another. */
function isAllHead({ head, bytesTo }: InputRange): boolean {
  return head.bytes === bytesTo;
}

const allHeadsOf = new WeakMap<EntryOf<'commit'>, KnownRange[]>();

function allHeads(commit: EntryOf<'commit'>): KnownRange[] {
  const found =
    allHeadsOf.get(commit) ?? commit.inputs.filter(isAllHead).map((input) => knownRange(commit, input));
  allHeadsOf.set(commit, found);
  return found;
}

/** Of one growing file, the head is either the same, or the shorter one is all there was of the file. */
function mayShareBytes(a: InputRange, b: InputRange): boolean {
  if (a.sensor !== b.sensor || a.bytesFrom >= b.bytesTo || b.bytesFrom >= a.bytesTo) return false;
  if (a.head.bytes === b.head.bytes) return a.head.sha256 === b.head.sha256;
  return isAllHead(a.head.bytes < b.head.bytes ? a : b);
}

function ascending(a: number, b: number): number {
  return a - b;
}
