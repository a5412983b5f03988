import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitOf, dataFile } from '../../tests/ledger/bodies.ts';
import { freshLedger } from '../../tests/ledger/folders.ts';
import { LedgerError } from '../errors.ts';
import { assertPresent, collectGarbage } from './collect.ts';
import { newId } from './entries.ts';
import { openStage } from './files.ts';
import { append } from './journal.ts';
import { singlePath } from './reading.ts';
import { readSnapshot } from './snapshot.ts';
import { verifyLedger } from './verify.ts';

const HOUR_MILLIS = 3_600_000;
const inTwoHours = () => Date.now() + 2 * HOUR_MILLIS;

/** Returns a ledger in which a compaction has replaced a.parquet and b.parquet by c.parquet. */
async function compacted(): Promise<string> {
  const dir = freshLedger({ entriesPerRoll: 2 });
  const a = await dataFile(dir, { path: 'facts/a.parquet' });
  const b = await dataFile(dir, { path: 'facts/b.parquet' });
  await append(dir, () => commitOf('x', [0], [a, b]));
  const c = await dataFile(dir, { path: 'facts/c.parquet', rows: 2 });
  await append(dir, () => ({ kind: 'compact', id: newId(), replaced: [a.path, b.path], files: [c] }));
  return dir;
}

const collectedIn = async (dir: string, nowMillis = inTwoHours(), dryRun = false) =>
  (await collectGarbage(dir, { nowMillis, dryRun })).map((garbage) => [garbage.path, garbage.why]);

test('replaced files stay an hour for readers at work, then go, and the ledger verifies all the while', async () => {
  const dir = await compacted();
  expect(await collectedIn(dir, Date.now() + 0.9 * HOUR_MILLIS)).toEqual([]);
  const both = [
    ['facts/a.parquet', 'removed by an entry'],
    ['facts/b.parquet', 'removed by an entry'],
  ];
  expect(await collectedIn(dir, inTwoHours(), true)).toEqual(both);
  expect(existsSync(join(dir, 'facts/a.parquet'))).toBe(true);
  expect(await collectedIn(dir)).toEqual(both);
  expect(existsSync(join(dir, 'facts/a.parquet'))).toBe(false);
  expect(await collectedIn(dir)).toEqual([]);
  expect((await verifyLedger(dir, { files: true })).problems).toEqual([]);
});

test('an answer as of a position whose files are gone says so', async () => {
  const dir = await compacted();
  const early = (await readSnapshot(dir, 1)).files();
  assertPresent(dir, early);
  await collectGarbage(dir, { nowMillis: inTwoHours() });
  expect(() => assertPresent(dir, early)).toThrow(LedgerError);
  expect(() => assertPresent(dir, early)).toThrow(/before 2 here/);
});

test('a file that is cut, or gone, is said before it is read', async () => {
  const dir = await compacted();
  const files = (await readSnapshot(dir)).files();
  assertPresent(dir, files);
  truncateSync(join(dir, 'facts/c.parquet'), 1);
  expect(() => assertPresent(dir, files)).toThrow(
    /c\.parquet, named by entry 2, has not the \d+ bytes.*ledger verify/,
  );
  rmSync(join(dir, 'facts/c.parquet'));
  expect(() => assertPresent(dir, files)).toThrow(
    /c\.parquet, named by entry 2, is missing; run weir ledger verify/,
  );
});

test('files that no entry names go after an hour, unless an operation older than they are still runs', async () => {
  const dir = await compacted();
  const stage = openStage(dir);
  await dataFile(dir, { path: 'facts/orphan.parquet' });
  await dataFile(dir, { path: 'facts/left.tmp' });
  await dataFile(dir, { path: 'notes/mine.txt' });
  expect(await collectedIn(dir)).not.toContainEqual(['facts/orphan.parquet', 'named by no entry']);
  stage.close();
  expect(await collectedIn(dir, Date.now())).toEqual([]);
  expect(await collectedIn(dir)).toEqual([
    ['facts/left.tmp', 'named by no entry'],
    ['facts/orphan.parquet', 'named by no entry'],
  ]);
  expect(existsSync(join(dir, 'notes/mine.txt'))).toBe(true);
});

test('what dead processes left goes at once, what living ones use stays', async () => {
  const dir = await compacted();
  const living = openStage(dir);
  const deadPid = spawnSync(process.execPath, ['-e', '']).pid;
  const host = hostname().replace(/[^\w-]/g, '_');
  const nameOf = (owner: string) => `${owner}.${Date.now().toString(36)}.0123456789ab.tmp`;
  mkdirSync(join(dir, 'tmp', nameOf(`${host}.${deadPid}`)));
  writeFileSync(join(dir, 'journal', nameOf(`${host}.${deadPid}`)), 'half an ent');
  mkdirSync(join(dir, 'tmp', nameOf(`elsewhere.${deadPid}`)));
  const collected = await collectedIn(dir, Date.now());
  expect(collected.map(([path]) => path?.split('/')[0])).toEqual(['journal', 'tmp']);
  expect(collected.every(([, why]) => why === 'left by a dead process')).toBe(true);
  expect(existsSync(living.dir)).toBe(true);
  living.close();
});

test('single entries beside their roll go, others never', async () => {
  const dir = await compacted();
  await append(dir, () => commitOf('y'));
  writeFileSync(singlePath(dir, 1), 'anything');
  expect((await collectedIn(dir)).filter(([, why]) => why === 'rolled already')).toHaveLength(1);
  expect(existsSync(singlePath(dir, 3))).toBe(true);
  expect((await readSnapshot(dir)).position).toBe(3);
});
