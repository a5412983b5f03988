import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { comparable, type Files, type TestLedger } from '../support/ledgers.ts';

/** How an importing process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly millis: number;
}

/** Imports paths below a folder with a weir.yaml in a process of its own; kills it after some time, if told to. */
export function importInProcess(
  ledgerDir: string,
  folder: string,
  paths: readonly string[],
  { env = {}, killAfterMillis }: { env?: NodeJS.ProcessEnv; killAfterMillis?: number } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'tests/ledger/import-child.ts', ledgerDir, folder, ...paths],
      {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const timer =
      killAfterMillis === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMillis);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr, millis: performance.now() - began });
    });
  });
}

/** Writes a folder with a weir.yaml and logs. */
export function writeFolder(folder: string, yaml: string, files: Files): void {
  for (const [name, content] of Object.entries({ 'weir.yaml': yaml, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Everything a ledger says that must not depend on how its logs came into it. */
export async function sayingOf(ledger: TestLedger) {
  const snapshot = await ledger.snapshot();
  const rejects = (await ledger.facts('reject')).map(
    ({ line, column, reason, text }) => `${line} ${column} ${reason} ${text}`,
  );
  return {
    cells: comparable(await ledger.cells()),
    rejects: rejects.sort(),
    totals: snapshot.builtDays().map((day) => [day, snapshot.buildOf(day)?.totals]),
    inputs: snapshot
      .entriesOf('commit')
      .flatMap(({ inputs }) =>
        inputs.map(({ prefixSha256, bytesFrom, bytesTo, accepted }) => ({
          prefixSha256,
          bytesFrom,
          bytesTo,
          accepted,
        })),
      )
      .filter(({ bytesTo, bytesFrom }) => bytesTo > bytesFrom)
      .map((input) => JSON.stringify(input))
      .sort(),
  };
}

/** Asserts that a ledger, if there is one yet, is whole: chain, entries and every file they name. */
export async function expectWhole(dir: string, what: string): Promise<void> {
  if (!existsSync(join(dir, 'ledger.json'))) return;
  expect((await verifyLedger(dir, { files: true })).problems, what).toEqual([]);
}
