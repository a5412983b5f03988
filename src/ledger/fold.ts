import { type DataFile, type Entry, type EntryOf, type InputRange, removedPaths } from './entries.ts';
import { type Position, START } from './reading.ts';

/** Who published a file: a commit (or its compaction), a build (or its compaction), a detection. */
export type Origin = 'facts' | 'build' | 'detection';

/** A data file and the stretch of the journal during which it is part of the ledger. */
export interface LedgerFile extends DataFile {
  readonly origin: Origin;
  readonly addedAt: number;
  /** Number of the entry that took it out; Infinity while none has. */
  removedAt: number;
  /** When that entry was written, in milliseconds since 1970. */
  removedMillis: number;
  /** The files that hold its rows since then (compaction); empty when they are gone. */
  replacedBy: readonly LedgerFile[];
}

/** One input range and the entry that committed it. */
export interface KnownRange {
  readonly seq: number;
  readonly commitId: string;
  readonly input: InputRange;
}

/** One day of one build. */
export interface BuiltDay {
  readonly seq: number;
  readonly at: string;
  readonly buildId: string;
  readonly day: number;
  readonly inputsSha256: string;
  readonly files: readonly LedgerFile[];
  readonly totals: Readonly<Record<string, string>>;
}

/**
 * All that the journal's entries say, each item with the number of the entry that said it. It only grows: a snapshot
 * is this fold seen up to a position, so asking as of an earlier position costs nothing extra.
 */
export interface Fold {
  position: Position;
  readonly entrySha256: string[];
  readonly ids: Set<string>;
  readonly entries: Entry[];
  readonly files: Map<string, LedgerFile>;
  readonly factsByFamily: Map<string, LedgerFile[]>;
  readonly ranges: Map<string, KnownRange[]>;
  readonly prefixes: Map<string, KnownRange[]>;
  readonly headLengths: Map<string, Map<number, number>>;
  readonly commitsByDay: Map<number, EntryOf<'commit'>[]>;
  readonly buildsByDay: Map<number, BuiltDay[]>;
  readonly sealedDays: Map<number, { seq: number; inputsSha256: string }>;
}

/** Returns the fold of an empty journal. */
export function emptyFold(): Fold {
  return {
    position: START,
    entrySha256: [],
    ids: new Set(),
    entries: [],
    files: new Map(),
    factsByFamily: new Map(),
    ranges: new Map(),
    prefixes: new Map(),
    headLengths: new Map(),
    commitsByDay: new Map(),
    buildsByDay: new Map(),
    sealedDays: new Map(),
  };
}

/** Returns the key under which ranges with the same content up to the same byte meet. */
export function rangeKey(input: Pick<InputRange, 'sensor' | 'prefixSha256' | 'bytesTo'>): string {
  return `${input.sensor}\n${input.prefixSha256}\n${input.bytesTo}`;
}

/** Returns the key under which inputs of a sensor that begin alike meet. */
export function headKey(sensor: string, head: InputRange['head']): string {
  return `${sensor}\n${head.sha256}\n${head.bytes}`;
}

/** Adds the next entry to a fold. Its chain has been checked (reading.ts), its references at append (admission.ts). */
export function foldEntry(fold: Fold, entry: Entry, entrySha256: string): void {
  fold.position = { seq: entry.seq, sha256: entrySha256 };
  fold.entrySha256.push(entrySha256);
  fold.entries.push(entry);
  fold.ids.add(entry.id);
  if (entry.kind === 'commit') foldCommit(fold, entry);
  if (entry.kind === 'build') foldBuild(fold, entry);
  if (entry.kind === 'detection') for (const file of entry.files) addFile(fold, entry, file, 'detection');
  if (entry.kind === 'seal')
    for (const { day, inputsSha256 } of entry.days) sealDay(fold, entry.seq, day, inputsSha256);
  const replacedBy = entry.kind === 'compact' ? foldCompacted(fold, entry) : [];
  for (const path of removedPaths(entry)) {
    const file = fold.files.get(path);
    if (file === undefined || file.removedAt !== Number.POSITIVE_INFINITY) continue;
    file.removedAt = entry.seq;
    file.removedMillis = Date.parse(entry.at);
    file.replacedBy = replacedBy.filter((other) => other.family === file.family);
  }
}

function foldCommit(fold: Fold, entry: EntryOf<'commit'>): void {
  for (const file of entry.files) addFile(fold, entry, file, 'facts');
  for (const day of entry.days) push(fold.commitsByDay, day, entry);
  for (const input of entry.inputs) {
    const known = { seq: entry.seq, commitId: entry.id, input };
    push(fold.ranges, rangeKey(input), known);
    push(fold.prefixes, headKey(input.sensor, input.head), known);
    const lengths = fold.headLengths.get(input.sensor) ?? new Map<number, number>();
    if (!lengths.has(input.head.bytes)) lengths.set(input.head.bytes, entry.seq);
    fold.headLengths.set(input.sensor, lengths);
  }
}

function foldBuild(fold: Fold, entry: EntryOf<'build'>): void {
  for (const { day, inputsSha256, totals, files } of entry.days) {
    push(fold.buildsByDay, day, {
      seq: entry.seq,
      at: entry.at,
      buildId: entry.id,
      day,
      inputsSha256,
      files: files.map((file) => addFile(fold, entry, file, 'build')),
      totals,
    });
  }
}

/** Compaction never mixes origins (admission.ts), so the first replaced file tells whose place the new ones take. */
function foldCompacted(fold: Fold, entry: EntryOf<'compact'>): LedgerFile[] {
  const origin = fold.files.get(entry.replaced[0] ?? '')?.origin ?? 'facts';
  return entry.files.map((file) => addFile(fold, entry, file, origin));
}

function sealDay(fold: Fold, seq: number, day: number, inputsSha256: string): void {
  if (!fold.sealedDays.has(day)) fold.sealedDays.set(day, { seq, inputsSha256 });
}

function addFile(fold: Fold, entry: Entry, file: DataFile, origin: Origin): LedgerFile {
  const added: LedgerFile = {
    ...file,
    origin,
    addedAt: entry.seq,
    removedAt: Number.POSITIVE_INFINITY,
    removedMillis: Number.POSITIVE_INFINITY,
    replacedBy: [],
  };
  fold.files.set(file.path, added);
  if (origin === 'facts') push(fold.factsByFamily, file.family, added);
  return added;
}

function push<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const items = map.get(key);
  if (items) items.push(item);
  else map.set(key, [item]);
}
