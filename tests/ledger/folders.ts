import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type OpenOptions, openLedger } from '../../src/ledger/files.ts';

const folders: string[] = [];

afterAll(() => {
  for (const dir of folders) rmSync(dir, { recursive: true, force: true });
});

/** Returns a fresh folder that goes away with the test file. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'weir-ledger-'));
  folders.push(dir);
  return dir;
}

/** Returns the folder of a fresh simulated ledger. */
export function freshLedger(options: OpenOptions = {}): string {
  const dir = temporaryFolder();
  openLedger(dir, { create: true, simulated: true, ...options });
  return dir;
}
