import { mkdirSync, readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { LedgerError } from '../errors.ts';
import { unlessMissing, writeDurably, writeExclusively } from '../ledger/files.ts';

const holder = z.object({ host: z.string(), pid: z.int(), sinceMillis: z.int(), released: z.boolean() });
type Holder = z.infer<typeof holder>;

/** No run takes so long: a process id may be somebody else's by then. */
const STALE_MILLIS = 6 * 3_600_000;

/**
 * Runs something as the only one that sends from a ledger: two runs at once would both send what waits. Turns are
 * numbered, a turn is taken by `link()`, and the highest number counts, so that a turn left by a crash is passed by
 * without anybody removing it from under its successor.
 * @throws LedgerError when somebody else has the turn.
 */
export async function alone<Result>(ledgerDir: string, run: () => Promise<Result>): Promise<Result> {
  const folder = join(ledgerDir, 'outbox', 'turns');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const last = turnsIn(folder).at(-1) ?? 0;
  const there = last === 0 ? undefined : holderOf(folder, last);
  if (last > 0 && (there === undefined || isAtWork(there))) throw busy(there);
  const mine = last + 1;
  const path = join(folder, String(mine));
  const me: Holder = { host: hostname(), pid: process.pid, sinceMillis: Date.now(), released: false };
  if (!writeExclusively(path, Buffer.from(JSON.stringify(me)), 'turn')) throw busy(holderOf(folder, mine));
  const turns = turnsIn(folder);
  if (turns.some((turn) => turn > mine)) {
    unlinkSync(path);
    throw busy(undefined);
  }
  for (const turn of turns) if (turn < mine) unlessMissing(() => unlinkSync(join(folder, String(turn))));
  try {
    return await run();
  } finally {
    writeDurably(path, JSON.stringify({ ...me, released: true }));
  }
}

function turnsIn(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

function holderOf(folder: string, turn: number): Holder | undefined {
  const text = unlessMissing(() => readFileSync(join(folder, String(turn)), 'utf8'));
  try {
    return text === undefined ? undefined : holder.parse(JSON.parse(text));
  } catch {
    // link() shows whole files only, so this is damage: whoever wrote it is not at work.
    return { host: hostname(), pid: 0, sinceMillis: 0, released: true };
  }
}

function isAtWork({ host, pid, sinceMillis, released }: Holder): boolean {
  if (released || Date.now() - sinceMillis > STALE_MILLIS) return false;
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function busy(who: Holder | undefined): LedgerError {
  const name = who
    ? ` (process ${who.pid} on ${who.host} since ${new Date(who.sinceMillis).toISOString()})`
    : '';
  return new LedgerError(
    `another weir notify${name} is sending from this ledger; it sends what waits, run this one again later`,
  );
}
