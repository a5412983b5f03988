import { z } from 'zod';
import { SECONDS_PER_DAY } from '../records/time.ts';
import type { LedgerFile, Origin } from './fold.ts';
import type { Held } from './holds.ts';
import type { Snapshot, WantedBuild } from './snapshot.ts';

/** How long what is kept, in days before today. */
export const retentionSchema = z
  .strictObject({
    /** Records and rejected lines: what a figure can be traced back to. */
    recordsDays: z.int().positive().default(400),
    /** Cells and the other results of builds. */
    cellsDays: z.int().positive().default(3650),
    /** Builds that a newer one stands for: how far back every `as of` can be answered without building again. */
    supersededBuildsDays: z.int().nonnegative().default(30),
    /** A day is compacted once it is this old, a month once its last day is. */
    compactDayAfterDays: z.int().positive().default(2),
    compactMonthAfterDays: z.int().positive().default(35),
    /** Compaction makes no file larger than this, and leaves files alone that are half as large. */
    fileBytesMax: z
      .int()
      .positive()
      .default(2 ** 31),
  })
  .refine((policy) => policy.cellsDays >= policy.recordsDays, {
    message: 'cellsDays must not be less than recordsDays: cells outlive the records they came from',
  });

export type RetentionPolicy = z.infer<typeof retentionSchema>;

/** Days that can be frozen now, and days that are old enough but must be rebuilt first. */
export interface SealPlan {
  readonly seal: readonly { day: number; inputsSha256: string }[];
  readonly waiting: readonly number[];
}

/** Files of one family that belong into one. */
export interface CompactionGroup {
  readonly family: string;
  readonly origin: Origin;
  readonly fromDay: number;
  readonly toDay: number;
  readonly files: readonly LedgerFile[];
}

/** Returns which days' records are past their time. A day whose build is not up to date waits: sealing freezes it. */
export function planSeals(
  snapshot: Snapshot,
  policy: RetentionPolicy,
  today: number,
  wanted: WantedBuild,
): SealPlan {
  const old = snapshot
    .factDays()
    .filter((day) => day < today - policy.recordsDays && !snapshot.isSealed(day));
  const seal: { day: number; inputsSha256: string }[] = [];
  const waiting: number[] = [];
  for (const day of old) {
    const inputsSha256 = wanted(day);
    const built = snapshot.buildOf(day, inputsSha256);
    if (built && built.inputsSha256 === inputsSha256) seal.push({ day, inputsSha256 });
    else waiting.push(day);
  }
  return { seal, waiting };
}

/**
 * Returns the paths that the policy lets go: files all of whose days are past their time, and sealed where they hold
 * facts. A file of several days so stays until the youngest of them may go, and one that a case holds until it is released.
 */
export function planExpiry(snapshot: Snapshot, policy: RetentionPolicy, today: number, held: Held): string[] {
  const keptDays = {
    facts: policy.recordsDays,
    build: policy.cellsDays,
    detection: Number.POSITIVE_INFINITY,
  };
  const openDays = snapshot.factDays().filter((day) => !snapshot.isSealed(day));
  return snapshot
    .files()
    .filter((file) => file.toDay < today - keptDays[file.origin])
    .filter((file) => !openDays.some((day) => day >= file.fromDay && day <= file.toDay))
    .filter((file) => !held.keeps(file))
    .map((file) => file.path)
    .sort();
}

/** Returns the files of builds that a newer build has stood for longer than the policy keeps them, and no case holds. */
export function planSuperseded(
  snapshot: Snapshot,
  policy: RetentionPolicy,
  nowMillis: number,
  wanted: WantedBuild,
  held: Held,
): string[] {
  const oldestMillis = nowMillis - policy.supersededBuildsDays * SECONDS_PER_DAY * 1000;
  return snapshot
    .builtDays()
    .flatMap((day) => {
      const builds = snapshot.buildsOf(day);
      const chosen = snapshot.buildOf(day, wanted(day));
      return builds.filter(
        (built, i) => built !== chosen && i < builds.length - 1 && Date.parse(built.at) < oldestMillis,
      );
    })
    .flatMap((built) => built.files.map((file) => file.path))
    .filter((path) => snapshot.file(path) !== undefined && !held.pins(path))
    .sort();
}

/**
 * Returns what to merge: a closed day's facts into daily files, a closed month's into monthly ones, and the built
 * files of sealed days (no other build can come) into monthly ones. A file that crosses its day's or month's border
 * stays as it is, and so does one that a case reads an earlier position from. Merging and planning again ends: a merged file is alone in its group or large enough to be left alone.
 */
export function planCompaction(
  snapshot: Snapshot,
  policy: RetentionPolicy,
  today: number,
  wanted: WantedBuild,
  held: Held,
): CompactionGroup[] {
  const sealedBuilds = snapshot
    .builtDays()
    .filter((day) => snapshot.isSealed(day))
    .flatMap((day) => snapshot.buildOf(day, wanted(day))?.files ?? [])
    .filter((file) => snapshot.file(file.path) !== undefined);
  const candidates = [...snapshot.files().filter((file) => file.origin === 'facts'), ...sealedBuilds];
  const buckets = new Map<string, LedgerFile[]>();
  for (const file of candidates) {
    if (file.bytes * 2 >= policy.fileBytesMax || held.pins(file.path)) continue;
    const bucket = bucketOf(file, policy, today);
    if (bucket === undefined) continue;
    const key = JSON.stringify([file.origin, file.family, bucket]);
    buckets.set(key, [...(buckets.get(key) ?? []), file]);
  }
  return [...buckets]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, files]) => cutBySize(files, policy.fileBytesMax))
    .filter((files) => files.length > 1)
    .map(groupOf);
}

/** The month or the day into whose file a file's rows belong by now. Undefined while they are to stay where they are. */
function bucketOf(file: LedgerFile, policy: RetentionPolicy, today: number): string | undefined {
  const month = monthOf(file.fromDay);
  if (file.toDay <= month.lastDay && month.lastDay < today - policy.compactMonthAfterDays) return month.name;
  const oneDay = file.fromDay === file.toDay && file.origin === 'facts';
  return oneDay && file.toDay < today - policy.compactDayAfterDays ? `${file.fromDay}` : undefined;
}

function monthOf(day: number): { name: string; lastDay: number } {
  const date = new Date(day * SECONDS_PER_DAY * 1000);
  const next = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  return { name: date.toISOString().slice(0, 7), lastDay: next / (SECONDS_PER_DAY * 1000) - 1 };
}

function cutBySize(files: LedgerFile[], bytesMax: number): LedgerFile[][] {
  const groups: LedgerFile[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const file of files.sort((a, b) => a.fromDay - b.fromDay || (a.path < b.path ? -1 : 1))) {
    if (bytes + file.bytes > bytesMax) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(file);
    bytes += file.bytes;
  }
  return groups;
}

function groupOf(files: LedgerFile[]): CompactionGroup {
  const [first] = files;
  return {
    family: first?.family ?? '',
    origin: first?.origin ?? 'facts',
    fromDay: Math.min(...files.map((file) => file.fromDay)),
    toDay: Math.max(...files.map((file) => file.toDay)),
    files,
  };
}
