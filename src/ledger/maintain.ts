import { formatDay } from '../records/time.ts';
import { type DataFile, type Entry, newId } from './entries.ts';
import { heldIn, NOTHING_HELD } from './holds.ts';
import { append } from './journal.ts';
import {
  type CompactionGroup,
  planCompaction,
  planExpiry,
  planSeals,
  planSuperseded,
  type RetentionPolicy,
} from './retention.ts';
import { readSnapshot, type Snapshot, type WantedBuild } from './snapshot.ts';

/** Writes and publishes the files that hold all rows of a group's files, and describes them. */
export type Merge = (group: CompactionGroup) => Promise<DataFile[]>;

/** Returns what each day's build should be made of, seen from a snapshot. */
export type WantedFrom = (snapshot: Snapshot) => WantedBuild;

/** What one round of retention did. */
export interface Retained {
  readonly sealedDays: readonly number[];
  /** Days old enough that cannot be sealed before they are rebuilt. */
  readonly waitingDays: readonly number[];
  readonly expired: readonly string[];
  readonly superseded: readonly string[];
  /** Files past their time that a case holds. */
  readonly held: readonly string[];
}

/**
 * Seals the days whose records are past their time, lets these records go, and lets superseded builds go. Only the
 * journal changes; `gc` removes the files from the disk an hour later.
 */
export async function retain(
  ledgerDir: string,
  policy: RetentionPolicy,
  today: number,
  nowMillis: number,
  wantedFrom: WantedFrom,
): Promise<Retained> {
  const sealed = await append(ledgerDir, (snapshot) => {
    const { seal } = planSeals(snapshot, policy, today, wantedFrom(snapshot));
    return seal.length > 0 ? { kind: 'seal', id: newId(), days: [...seal] } : undefined;
  });
  const expired = await append(ledgerDir, (snapshot) => {
    const paths = planExpiry(snapshot, policy, today, heldIn(snapshot, wantedFrom));
    return paths.length > 0 ? { kind: 'expire', id: newId(), reason: 'policy', paths } : undefined;
  });
  const superseded = await append(ledgerDir, (snapshot) => {
    const held = heldIn(snapshot, wantedFrom);
    const paths = planSuperseded(snapshot, policy, nowMillis, wantedFrom(snapshot), held);
    return paths.length > 0 ? { kind: 'expire', id: newId(), reason: 'superseded', paths } : undefined;
  });
  const after = await readSnapshot(ledgerDir);
  const heldAfter = heldIn(after, wantedFrom);
  // What would go now if nobody held it: all else is gone.
  const held = [
    ...planExpiry(after, policy, today, NOTHING_HELD),
    ...planSuperseded(after, policy, nowMillis, wantedFrom(after), NOTHING_HELD),
  ].filter((path) => [after.file(path)].some((file) => file && heldAfter.keeps(file)));
  return {
    sealedDays: sealed?.kind === 'seal' ? sealed.days.map((each) => each.day) : [],
    waitingDays: planSeals(after, policy, today, wantedFrom(after)).waiting,
    expired: pathsOf(expired),
    superseded: pathsOf(superseded),
    held: [...new Set(held)].sort(),
  };
}

function pathsOf(entry: Entry | undefined): readonly string[] {
  return entry?.kind === 'expire' ? entry.paths : [];
}

/**
 * Compacts what is due, one group after the other. A group of which another process took a file meanwhile is left;
 * its merged files are orphans then, which `gc` removes.
 * @returns one line for a person per group compacted.
 */
export async function compact(
  ledgerDir: string,
  policy: RetentionPolicy,
  today: number,
  wantedFrom: WantedFrom,
  merge: Merge,
): Promise<string[]> {
  const snapshot = await readSnapshot(ledgerDir);
  const done: string[] = [];
  const held = heldIn(snapshot, wantedFrom);
  for (const group of planCompaction(snapshot, policy, today, wantedFrom(snapshot), held)) {
    const files = await merge(group);
    const replaced = group.files.map((file) => file.path);
    const entry = await append(ledgerDir, (now) => {
      // A case opened meanwhile may hold what was merged.
      const heldNow = heldIn(now, wantedFrom);
      return replaced.every((path) => now.file(path) !== undefined && !heldNow.pins(path))
        ? { kind: 'compact', id: newId(), replaced, files }
        : undefined;
    });
    if (entry === undefined) continue;
    const days = `${formatDay(group.fromDay)} to ${formatDay(group.toDay)}`;
    done.push(`${group.family} of ${days}: ${replaced.length} files into ${files.length}`);
  }
  return done;
}
