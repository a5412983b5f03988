import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/ledgers.ts';
import { alone } from './lock.ts';

function heldBy(holder: object): string {
  const dir = temporaryFolder();
  mkdirSync(join(dir, 'outbox', 'turns'), { recursive: true });
  writeFileSync(join(dir, 'outbox', 'turns', '7'), JSON.stringify({ released: false, ...holder }));
  return dir;
}

const turns = (dir: string) => readdirSync(join(dir, 'outbox', 'turns'));

it('lets one run at a time, and the next one after it, also after a failure', async () => {
  const dir = temporaryFolder();
  await alone(dir, async () => {
    await expect(alone(dir, async () => 'second')).rejects.toThrow(`process ${process.pid}`);
  });
  await expect(alone(dir, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await alone(dir, async () => 'third')).toBe('third');
  expect(turns(dir)).toEqual(['3']);
});

it('passes by a turn that a crash left, and waits for one that is held', async () => {
  const now = Date.now();
  // The largest process id Linux gives is 2^22.
  const dead = heldBy({ host: hostname(), pid: 2 ** 22 + 5, sinceMillis: now });
  expect(await alone(dead, async () => turns(dead))).toEqual(['8']);
  const elsewhere = heldBy({ host: 'another.example', pid: 1, sinceMillis: now });
  await expect(alone(elsewhere, async () => 'no')).rejects.toThrow('another.example');
  const forgotten = heldBy({ host: 'another.example', pid: 1, sinceMillis: now - 7 * 3_600_000 });
  expect(await alone(forgotten, async () => 'yes')).toBe('yes');
});

it('is taken by exactly one of many at once', async () => {
  const dir = heldBy({ host: hostname(), pid: 2 ** 22 + 5, sinceMillis: Date.now() });
  let inside = 0;
  let most = 0;
  const tries = Array.from({ length: 20 }, () =>
    alone(dir, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside -= 1;
    }),
  );
  const ended = await Promise.allSettled(tries);
  expect(most).toBe(1);
  expect(ended.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
});
