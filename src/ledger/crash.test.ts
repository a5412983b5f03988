import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshLedger, temporaryFolder } from '../../tests/ledger/folders.ts';
import { STORY, tellStory } from '../../tests/ledger/story.ts';
import { readLedger } from './files.ts';
import { readAfter, START } from './reading.ts';
import { readSnapshot } from './snapshot.ts';
import { verifyLedger } from './verify.ts';

interface ChildResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Runs tests/ledger/child.ts in a process of its own. */
function runChild(args: string[], env: NodeJS.ProcessEnv = {}): Promise<ChildResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'tests/ledger/child.ts', ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stderr }));
  });
}

/** Returns what the ledger says, without what differs from run to run: times, ids, process numbers. */
async function storyOf(dir: string) {
  const snapshot = await readSnapshot(dir);
  return {
    inputs: snapshot.entriesOf('commit').map((commit) => commit.inputs[0]?.path),
    files: snapshot.files().map((file) => [file.family, file.rows, file.sha256]),
    hash: snapshot.inputsSha256Of(3, 'config', '1'),
    journal: readdirSync(join(dir, 'journal')).filter((name) => !name.endsWith('.tmp')),
  };
}

test('four processes append at once, rolling as they go: a valid chain, no input lost or taken twice', async () => {
  const dir = freshLedger({ entriesPerRoll: 7 });
  const workers = ['a', 'b', 'c', 'd'];
  let running = true;
  const children = Promise.all(workers.map((worker) => runChild(['appends', dir, worker, '100']))).finally(
    () => {
      running = false;
    },
  );
  // Meanwhile this process reads, from the beginning and from where it was: always a chain, never shorter than before.
  const reader = (async () => {
    for (let position = 0; running; ) {
      const cold = readAfter(readLedger(dir), START).length;
      const warm = (await readSnapshot(dir)).position;
      expect(cold).toBeGreaterThanOrEqual(position);
      expect(warm).toBeGreaterThanOrEqual(cold);
      position = warm;
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  })();
  const results = await children;
  await reader;
  expect(results.map((result) => [result.code, result.stderr])).toEqual(workers.map(() => [0, '']));

  const odd = Array.from({ length: 50 }, (_, i) => 2 * i + 1);
  const expected = [
    ...odd.map((i) => `/logs/shared-${i}`),
    ...workers.flatMap((worker) => odd.map((i) => `/logs/own-${worker}-${i - 1}`)),
  ];
  const commits = (await readSnapshot(dir)).entriesOf('commit');
  expect(commits.map((commit) => commit.inputs[0]?.path).sort()).toEqual(expected.sort());
  const verified = await verifyLedger(dir, { files: true });
  expect(verified.problems).toEqual([]);
  expect(verified.position).toBe(250);
  expect(verified.leftovers).toEqual([]);
});

test('killed at any step of creating, publishing, appending and rolling, the next run ends in the same state', async () => {
  const root = temporaryFolder();
  const list = join(root, 'points');
  const reference = join(root, 'reference');
  const undisturbed = await runChild(['story', reference], { WEIR_FAULT_LIST: list });
  expect(undisturbed).toMatchObject({ code: 0, stderr: '' });
  await tellStory(reference, STORY);
  const expected = await storyOf(reference);
  const points = readFileSync(list, 'utf8').trim().split('\n');
  for (const step of ['create:', 'publish:', 'append:', 'roll:']) {
    expect(points.filter((point) => point.startsWith(step)).length).toBeGreaterThan(3);
  }

  const queue = points.map((point, i) => ({ point, dir: join(root, `${i}`), fault: `#${i + 1}` }));
  const crashAndResume = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const crashed = await runChild(['story', next.dir], { WEIR_FAULT: next.fault });
      expect(crashed.signal, next.point).toBe('SIGKILL');
      if (existsSync(join(next.dir, 'ledger.json'))) {
        expect((await verifyLedger(next.dir, { files: true })).problems, next.point).toEqual([]);
      }
      await tellStory(next.dir, STORY);
      expect(await storyOf(next.dir), next.point).toEqual(expected);
      expect((await verifyLedger(next.dir, { files: true })).problems, next.point).toEqual([]);
    }
  };
  await Promise.all([crashAndResume(), crashAndResume(), crashAndResume()]);
});
