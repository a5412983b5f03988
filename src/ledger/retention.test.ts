import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildOf, commitOf, dataFile } from '../../tests/ledger/bodies.ts';
import { freshLedger } from '../../tests/ledger/folders.ts';
import { parseDay } from '../records/time.ts';
import { collectGarbage } from './collect.ts';
import type { DataFile } from './entries.ts';
import { heldIn } from './holds.ts';
import { append } from './journal.ts';
import { compact, type Merge, retain } from './maintain.ts';
import { planCompaction, planExpiry, retentionSchema } from './retention.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';
import { verifyLedger } from './verify.ts';

const FIRST = parseDay('2026-03-01') ?? 0;
const policy = retentionSchema.parse({
  recordsDays: 10,
  cellsDays: 100,
  supersededBuildsDays: 5,
  fileBytesMax: 1000,
});
const wantedFrom = (snapshot: Snapshot) => (day: number) => snapshot.inputsSha256Of(day, 'config', '1');

/** Commits a file of some days (counted from 1 March 2026). */
async function commitDays(
  dir: string,
  name: string,
  fromDay: number,
  toDay = fromDay,
  part: Partial<DataFile> = {},
) {
  const [from, to] = [FIRST + fromDay, FIRST + toDay];
  const file = await dataFile(dir, { path: `facts/${name}.parquet`, fromDay: from, toDay: to, ...part });
  const days = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  await append(dir, () => commitOf(name, days, [file]));
}

/** Builds a day from its facts as they are now. */
async function buildDay(dir: string, name: string, day: number) {
  const at = FIRST + day;
  const file = await dataFile(dir, {
    path: `builds/${name}.parquet`,
    family: 'cell',
    fromDay: at,
    toDay: at,
  });
  await append(dir, (snapshot) => buildOf(at, wantedFrom(snapshot)(at), [file]));
}

const retainOn = (dir: string, today: number, nowMillis = Date.now()) =>
  retain(dir, policy, FIRST + today, nowMillis, wantedFrom);

describe('expiry', () => {
  test('records go when all their days are past the policy and sealed; a day that must be rebuilt waits', async () => {
    const dir = freshLedger();
    await commitDays(dir, 'a', 0);
    await commitDays(dir, 'ab', 0, 1);
    await commitDays(dir, 'b-to-c', 1, 2);
    for (const day of [0, 1]) await buildDay(dir, `cells-${day}`, day);
    expect(await retainOn(dir, 10)).toMatchObject({ sealedDays: [], expired: [] });
    expect(await retainOn(dir, 11)).toMatchObject({ sealedDays: [FIRST], expired: ['facts/a.parquet'] });
    // Day 2 has no build yet: the file that holds some of it stays.
    expect(await retainOn(dir, 13)).toMatchObject({
      sealedDays: [FIRST + 1],
      waitingDays: [FIRST + 2],
      expired: ['facts/ab.parquet'],
    });
    await buildDay(dir, 'cells-2', 2);
    expect((await retainOn(dir, 13)).expired).toEqual(['facts/b-to-c.parquet']);
    expect((await retainOn(dir, 13)).expired).toEqual([]);
  });

  test('cells outlive the records, and go in the end', async () => {
    const dir = freshLedger();
    await commitDays(dir, 'a', 0);
    await buildDay(dir, 'cells', 0);
    await retainOn(dir, 50);
    const snapshot = await readSnapshot(dir);
    expect(snapshot.filesFor('flow', FIRST, FIRST)).toEqual([]);
    expect(snapshot.builtFilesFor('cell', FIRST, FIRST, wantedFrom(snapshot))).toHaveLength(1);
    expect(snapshot.dirtyDays(() => 'config', '1')).toEqual([]);
    expect((await retainOn(dir, 101)).expired).toEqual(['builds/cells.parquet']);
    expect((await readSnapshot(dir)).dirtyDays(() => 'other config', '1')).toEqual([]);
  });

  test('an expiry of a day that is not sealed is refused', async () => {
    const dir = freshLedger();
    await commitDays(dir, 'a', 0);
    const snapshot = await readSnapshot(dir);
    expect(planExpiry(snapshot, policy, FIRST + 99, heldIn(snapshot, wantedFrom))).toEqual([]);
    const paths = ['facts/a.parquet'];
    await expect(
      append(dir, () => ({ kind: 'expire', id: 'by-hand', reason: 'policy', paths })),
    ).rejects.toThrow(/not sealed/);
  });

  test('a superseded build goes after its time, the one that stands for the day never', async () => {
    const dir = freshLedger();
    await commitDays(dir, 'a', 0);
    await buildDay(dir, 'old', 0);
    await commitDays(dir, 'b', 0);
    await buildDay(dir, 'full', 0);
    const inSixDays = Date.now() + 6 * 86_400_000;
    expect((await retainOn(dir, 1)).superseded).toEqual([]);
    expect((await retainOn(dir, 1, inSixDays)).superseded).toEqual(['builds/old.parquet']);
    expect((await retainOn(dir, 1, inSixDays)).superseded).toEqual([]);
    const snapshot = await readSnapshot(dir);
    const built = snapshot.builtFilesFor('cell', FIRST, FIRST, wantedFrom(snapshot));
    expect(built.map((file) => file.path)).toEqual(['builds/full.parquet']);
  });

  test('records cannot be kept longer than the cells made of them', () => {
    expect(retentionSchema.safeParse({ recordsDays: 20, cellsDays: 10 }).success).toBe(false);
  });
});

describe('compaction', () => {
  const plan = async (dir: string, today: number) => {
    const snapshot = await readSnapshot(dir);
    const held = heldIn(snapshot, wantedFrom);
    return planCompaction(snapshot, policy, FIRST + today, wantedFrom(snapshot), held).map((group) =>
      group.files.map((file) => file.path.replace(/^\w+\/|\.parquet$/g, '')),
    );
  };

  test('closed days become daily files, closed months monthly ones; files across a border stay', async () => {
    const dir = freshLedger();
    await commitDays(dir, 'a1', 0);
    await commitDays(dir, 'a2', 0);
    await commitDays(dir, 'b', 1);
    await commitDays(dir, 'ab', 0, 1);
    await commitDays(dir, 'other', 0, 0, { family: 'long' });
    await commitDays(dir, 'another', 0, 0, { family: 'long' });
    await commitDays(dir, 'april', 30, 31);
    expect(await plan(dir, 2)).toEqual([]);
    expect(await plan(dir, 3)).toEqual([
      ['a1', 'a2'],
      ['another', 'other'],
    ]);
    expect(await plan(dir, 66)).toEqual([
      ['a1', 'a2', 'ab', 'b'],
      ['another', 'other'],
    ]);
  });

  test('groups are cut by size, and large files are left alone', async () => {
    const dir = freshLedger();
    for (const name of ['a', 'b', 'c', 'd']) await commitDays(dir, name, 0, 0, { bytes: 300 });
    expect(await plan(dir, 3)).toEqual([['a', 'b', 'c']]);
    await commitDays(dir, 'large', 0, 0, { bytes: 500 });
    expect((await plan(dir, 3)).flat()).not.toContain('large');
  });

  test('merging moves every row, ends after one round, and the files that were merged are collected', async () => {
    const dir = freshLedger();
    for (const name of ['a', 'b', 'c']) await commitDays(dir, name, 0);
    await buildDay(dir, 'cells', 0);
    const merge: Merge = async (group) => [
      await dataFile(dir, {
        path: `facts/merged-${group.files.length}.parquet`,
        family: group.family,
        rows: group.files.reduce((rows, file) => rows + file.rows, 0),
        fromDay: group.fromDay,
        toDay: group.toDay,
      }),
    ];
    const run = () => compact(dir, policy, FIRST + 3, wantedFrom, merge);
    expect(await run()).toEqual(['flow of 2026-03-01 to 2026-03-01: 3 files into 1']);
    expect(await run()).toEqual([]);
    const snapshot = await readSnapshot(dir);
    expect(snapshot.filesFor('flow', FIRST, FIRST).map((file) => [file.path, file.rows])).toEqual([
      ['facts/merged-3.parquet', 3],
    ]);
    expect(snapshot.dirtyDays(() => 'config', '1')).toEqual([]);
    expect(await collectGarbage(dir, { nowMillis: Date.now() + 7_200_000 })).toHaveLength(3);
    expect((await verifyLedger(dir, { files: true })).problems).toEqual([]);
  });

  test('a group of which somebody else took a file meanwhile is left alone', async () => {
    const dir = freshLedger();
    for (const name of ['a', 'b']) await commitDays(dir, name, 0);
    const merged = (path: string): Promise<DataFile> =>
      dataFile(dir, { path, rows: 2, fromDay: FIRST, toDay: FIRST });
    const late: Merge = async () => [await merged('facts/late.parquet')];
    const done = await compact(dir, policy, FIRST + 3, wantedFrom, async (group) => {
      await compact(dir, policy, FIRST + 3, wantedFrom, late);
      return [await merged(join('facts', `${group.family}.parquet`))];
    });
    expect(done).toEqual([]);
    expect((await readSnapshot(dir)).files().map((file) => file.path)).toEqual(['facts/late.parquet']);
  });

  test('built files are merged only when their days are sealed', async () => {
    const dir = freshLedger();
    for (const day of [0, 1]) {
      await commitDays(dir, `f${day}`, day);
      await buildDay(dir, `c${day}`, day);
    }
    const families = async () => {
      const snapshot = await readSnapshot(dir);
      const held = heldIn(snapshot, wantedFrom);
      return planCompaction(snapshot, policy, FIRST + 66, wantedFrom(snapshot), held).map(
        ({ family }) => family,
      );
    };
    expect(await families()).toEqual(['flow']);
    await retainOn(dir, 66);
    expect(await families()).toEqual(['cell']);
  });
});
