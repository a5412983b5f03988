import { cpSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildOf, commitOf, dataFile } from '../../tests/ledger/bodies.ts';
import { freshLedger, temporaryFolder } from '../../tests/ledger/folders.ts';
import { ConfigurationError } from '../errors.ts';
import { type BodyInput, contentSha256Of, newId, sha256Of } from './entries.ts';
import { append } from './journal.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';

const CONFIG = 'config';
const VERSION = '1';
const wantedIn =
  (snapshot: Snapshot) =>
  (day: number): string =>
    snapshot.inputsSha256Of(day, CONFIG, VERSION);

/** Everything a snapshot answers, as plain data. */
function answersOf(snapshot: Snapshot) {
  const wanted = wantedIn(snapshot);
  return {
    position: snapshot.position,
    entrySha256: snapshot.entrySha256,
    files: snapshot.files().map((file) => file.path),
    facts: snapshot.filesFor('flow', 1, 3).map((file) => file.path),
    built: snapshot.builtFilesFor('cell', 0, 9, wanted).map((file) => file.path),
    days: snapshot.builtDays().map((day) => [day, snapshot.buildOf(day, wanted(day))?.buildId]),
    dirty: snapshot.dirtyDays(() => CONFIG, VERSION),
    late: snapshot.lateForSealed(),
    heads: snapshot.headLengths('border'),
    decisions: snapshot.entriesOf('decision').map((entry) => entry.seq),
  };
}

type Step = { op: 'commit' | 'build' | 'stale' | 'compact' | 'seal' | 'decision'; day: number };

/** What a step says when seen from a snapshot; undefined where it would not be allowed. */
async function bodyOf(
  dir: string,
  snapshot: Snapshot,
  { op, day }: Step,
  i: number,
): Promise<BodyInput | undefined> {
  const path = `facts/${i}.parquet`;
  if (op === 'decision') {
    return { kind: 'decision', id: newId(), verb: 'expected', by: 'ana', note: '', payload: { day } };
  }
  if (op === 'commit') {
    const file = await dataFile(dir, { path, fromDay: day, toDay: day + 1 });
    return commitOf(`input number ${i}`, [day, day + 1], [file]);
  }
  if (op === 'compact') {
    const files = snapshot.filesFor('flow', day, day);
    if (files.length < 2) return undefined;
    const merged = await dataFile(dir, {
      path,
      fromDay: 0,
      toDay: 9,
      rows: files.reduce((n, f) => n + f.rows, 0),
    });
    return { kind: 'compact', id: newId(), replaced: files.map((file) => file.path), files: [merged] };
  }
  if (snapshot.isSealed(day) || !snapshot.factDays().includes(day)) return undefined;
  const hash = op === 'stale' ? sha256Of(`stale ${i}`) : wantedIn(snapshot)(day);
  if (op !== 'seal') {
    return buildOf(day, hash, [await dataFile(dir, { path, family: 'cell', fromDay: day, toDay: day })]);
  }
  return snapshot.buildOf(day, hash)?.inputsSha256 === hash
    ? { kind: 'seal', id: newId(), days: [{ day, inputsSha256: hash }] }
    : undefined;
}

const steps = fc.array(
  fc.record({
    op: fc.constantFrom<Step['op']>('commit', 'commit', 'build', 'stale', 'compact', 'seal', 'decision'),
    day: fc.integer({ min: 0, max: 3 }),
  }),
  { minLength: 1, maxLength: 30 },
);

/** A day that is built, dirty again, built anew and sealed, with a stale build, late facts and merged files. */
const EVERYTHING = (
  ['commit', 'build', 'commit', 'stale', 'build', 'seal', 'decision', 'compact', 'commit', 'stale'] as const
).map((op) => ({ op, day: 1 }));

test('folding step by step, all at once, and as of any position give the same answers', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      const dir = freshLedger({ entriesPerRoll: 1000 });
      const remembered: ReturnType<typeof answersOf>[] = [answersOf(await readSnapshot(dir))];
      for (const [i, step] of story.entries()) {
        const entry = await append(dir, (snapshot) => bodyOf(dir, snapshot, step, i));
        if (entry) remembered.push(answersOf(await readSnapshot(dir)));
      }
      const newest = await readSnapshot(dir);
      for (const [position, answers] of remembered.entries()) {
        expect(answersOf(newest.asOf(position))).toEqual(answers);
      }
      // A copy cut after a position, read by nobody before, is the ledger as it was.
      const cut = Math.floor(newest.position / 2);
      const copy = join(temporaryFolder(), 'copy');
      cpSync(dir, copy, { recursive: true });
      for (const name of readdirSync(join(copy, 'journal')).filter(
        (each) => Number.parseInt(each, 10) > cut,
      )) {
        unlinkSync(join(copy, 'journal', name));
      }
      expect(answersOf(await readSnapshot(copy))).toEqual(remembered[cut]);
    }),
    { numRuns: 20, examples: [[EVERYTHING]] },
  );
});

describe('builds', () => {
  test('a day is dirty until a build has the hash of its facts, configuration and version', async () => {
    const dir = freshLedger();
    await append(dir, () => commitOf('a', [4, 5]));
    const dirty = async (config = CONFIG, version = VERSION) =>
      (await readSnapshot(dir)).dirtyDays(() => config, version);
    expect(await dirty()).toEqual([4, 5]);
    await append(dir, (snapshot) => buildOf(4, wantedIn(snapshot)(4)));
    expect(await dirty()).toEqual([5]);
    expect(await dirty('other')).toEqual([4, 5]);
    expect(await dirty(CONFIG, '2')).toEqual([4, 5]);
    await append(dir, () => commitOf('b', [4]));
    expect(await dirty()).toEqual([4, 5]);
  });

  test('the hash does not depend on the order of commits', async () => {
    const hashes = new Set<string>();
    for (const names of [
      ['a', 'b', 'c'],
      ['c', 'a', 'b'],
    ]) {
      const dir = freshLedger();
      for (const name of names) await append(dir, () => commitOf(name, [1]));
      hashes.add(wantedIn(await readSnapshot(dir))(1));
    }
    expect(hashes.size).toBe(1);
  });

  test('a stale build published late does not hide a fuller one', async () => {
    const dir = freshLedger();
    await append(dir, () => commitOf('a', [1]));
    const stale = wantedIn(await readSnapshot(dir))(1);
    await append(dir, () => commitOf('b', [1]));
    const full = await append(dir, (snapshot) => buildOf(1, wantedIn(snapshot)(1)));
    await append(dir, () => buildOf(1, stale));
    const snapshot = await readSnapshot(dir);
    expect(snapshot.buildOf(1, wantedIn(snapshot)(1))?.buildId).toBe(full?.id);
    expect(snapshot.buildOf(1, sha256Of('nobody has this'))?.inputsSha256).toBe(stale);
  });

  test('a sealed day keeps its build, is never dirty, and tells of facts that came too late', async () => {
    const dir = freshLedger();
    await append(dir, () => commitOf('a', [1]));
    const hash = wantedIn(await readSnapshot(dir))(1);
    await append(dir, () => buildOf(1, hash));
    await append(dir, () => ({ kind: 'seal', id: newId(), days: [{ day: 1, inputsSha256: hash }] }));
    const late = await append(dir, () => commitOf('late', [1, 2]));
    const snapshot = await readSnapshot(dir);
    expect(snapshot.dirtyDays(() => CONFIG, VERSION)).toEqual([2]);
    expect(snapshot.buildOf(1, wantedIn(snapshot)(1))?.inputsSha256).toBe(hash);
    expect(snapshot.lateForSealed()).toEqual([{ day: 1, commitIds: [late?.id] }]);
    await expect(append(dir, () => buildOf(1, sha256Of('new')))).rejects.toThrow(/sealed/);
  });

  test('as of an earlier entry a day is as clean, as dirty and as open as it was', async () => {
    const dir = freshLedger();
    await append(dir, () => commitOf('a', [1]));
    const first = await append(dir, (snapshot) => buildOf(1, wantedIn(snapshot)(1)));
    const hash = wantedIn(await readSnapshot(dir))(1);
    await append(dir, () => commitOf('b', [1]));
    const second = await append(dir, (snapshot) => buildOf(1, wantedIn(snapshot)(1)));
    await append(dir, (snapshot) => ({
      kind: 'seal',
      id: newId(),
      days: [{ day: 1, inputsSha256: wantedIn(snapshot)(1) }],
    }));
    await append(dir, () => commitOf('late', [1]));
    const seen = await readSnapshot(dir);
    const at = (position: number) => {
      const then = seen.asOf(position);
      const wanted = wantedIn(then)(1);
      return [then.dirtyDays(() => CONFIG, VERSION), then.isSealed(1), then.buildOf(1, wanted)?.buildId];
    };
    expect(wantedIn(seen.asOf(2))(1)).toBe(hash);
    expect([2, 3, 4, 5, 6].map(at)).toEqual([
      [[], false, first?.id],
      [[1], false, first?.id],
      [[], false, second?.id],
      [[], true, second?.id],
      [[], true, second?.id],
    ]);
    // A sealed day stays with the build it was sealed with, also where another is asked for that it has.
    expect(seen.buildOf(1, hash)?.buildId).toBe(second?.id);
  });

  test('built files are found where a compaction has put their rows', async () => {
    const dir = freshLedger();
    const cells = async (day: number) => [
      await dataFile(dir, { path: `builds/${day}.parquet`, family: 'cell', fromDay: day, toDay: day }),
    ];
    await append(dir, () => commitOf('a', [1, 2]));
    for (const day of [1, 2]) {
      const files = await cells(day);
      await append(dir, (snapshot) => buildOf(day, wantedIn(snapshot)(day), files));
    }
    const merged = await dataFile(dir, {
      path: 'builds/m.parquet',
      family: 'cell',
      rows: 2,
      fromDay: 1,
      toDay: 2,
    });
    const replaced = ['builds/1.parquet', 'builds/2.parquet'];
    await append(dir, () => ({ kind: 'compact', id: newId(), replaced, files: [merged] }));
    const snapshot = await readSnapshot(dir);
    const paths = (seen: Snapshot, from: number, to: number) =>
      seen.builtFilesFor('cell', from, to, wantedIn(seen)).map((file) => file.path);
    expect(paths(snapshot, 1, 2)).toEqual(['builds/m.parquet']);
    expect(paths(snapshot.asOf(3), 1, 1)).toEqual(['builds/1.parquet']);
    expect(snapshot.dirtyDays(() => CONFIG, VERSION)).toEqual([]);
  });
});

describe('inputs', () => {
  test('a file that grew is found by its head, longest known prefix first', async () => {
    const dir = freshLedger();
    await append(dir, () => commitOf('abcdef'));
    await append(dir, () => {
      const commit = commitOf('abcdefghi');
      const inputs = commit.inputs.map((input) => ({ ...input, bytesFrom: 6 }));
      return { ...commit, inputs, contentSha256: contentSha256Of(inputs) };
    });
    await append(dir, () => commitOf('xy'));
    const snapshot = await readSnapshot(dir);
    expect(snapshot.headLengths('border')).toEqual([4, 2]);
    const head = { bytes: 4, sha256: sha256Of('abcd') };
    expect(snapshot.knownPrefixes('border', head).map((known) => known.input.bytesTo)).toEqual([9, 6]);
    expect(snapshot.knownPrefixes('border', head, 1).map((known) => known.input.bytesTo)).toEqual([9]);
    expect(snapshot.knownPrefixes('other sensor', head)).toEqual([]);
    expect(snapshot.asOf(1).headLengths('border')).toEqual([4]);
    expect(
      snapshot
        .asOf(1)
        .knownPrefixes('border', head)
        .map((known) => known.input.bytesTo),
    ).toEqual([6]);
  });

  test('another length of the same file, committed meanwhile, is a rival; other files and other bytes are none', async () => {
    const dir = freshLedger();
    await append(dir, () => commitOf('abc'));
    await append(dir, () => commitOf('abcdef'));
    const snapshot = await readSnapshot(dir);
    const rivalsOf = (content: string, after: number, bytesFrom = 0) =>
      commitOf(content).inputs.flatMap((input) =>
        snapshot.rivals({ ...input, bytesFrom }, after).map((known) => known.input.bytesTo),
      );
    expect(rivalsOf('abcdefgh', 0)).toEqual([3, 6]);
    expect(rivalsOf('abcdefgh', 1)).toEqual([6]);
    expect(rivalsOf('abcdefgh', 2)).toEqual([]);
    expect(rivalsOf('abcdefgh', 0, 6)).toEqual([]);
    expect(rivalsOf('abcdefgh', 0, 4)).toEqual([6]);
    expect(rivalsOf('xyzabc', 1)).toEqual([]);
    expect(rivalsOf('ab', 1)).toEqual([6]);
    expect(rivalsOf('abcdefX', 0)).toEqual([3, 6]);
    await append(dir, () => commitOf('ab'));
    const later = await readSnapshot(dir);
    const [grown] = commitOf('abcdefghi').inputs;
    expect(grown && later.rivals(grown, 2).map((known) => known.input.bytesTo)).toEqual([2]);
  });

  test('the identity of a commit depends neither on order nor on paths', () => {
    const [a, b] = [...commitOf('a').inputs, ...commitOf('b').inputs];
    if (!a || !b) throw new Error('two inputs expected');
    expect(contentSha256Of([a, b])).toBe(contentSha256Of([b, { ...a, path: '/elsewhere/a.gz' }]));
    expect(contentSha256Of([a, b])).not.toBe(contentSha256Of([a]));
    expect(contentSha256Of([a])).not.toBe(contentSha256Of([{ ...a, sensor: 'other' }]));
  });
});

test('a position that the ledger does not have is refused', async () => {
  const dir = freshLedger();
  await append(dir, () => commitOf('a'));
  await expect(readSnapshot(dir, 2)).rejects.toThrow(ConfigurationError);
  expect((await readSnapshot(dir, 1)).position).toBe(1);
});
