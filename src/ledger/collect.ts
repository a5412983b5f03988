import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LedgerError } from '../errors.ts';
import { ownerOf, readLedger, unlessMissing } from './files.ts';
import type { LedgerFile } from './fold.ts';
import { parseJournalName, rolledPath } from './reading.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';

const HOUR_MILLIS = 3_600_000;
/** Temporary files of another host, whose processes cannot be asked, and files of unknown making. */
const FOREIGN_MILLIS = 24 * HOUR_MILLIS;

/** Something that `gc` removed, or would remove. */
export interface Garbage {
  readonly path: string;
  readonly bytes: number;
  readonly why: 'removed by an entry' | 'named by no entry' | 'left by a dead process' | 'rolled already';
}

export interface CollectOptions {
  nowMillis: number;
  /** Only say what would go. */
  dryRun?: boolean;
}

/**
 * Removes what no answer needs: files that an entry took out an hour ago (readers at work still have them open), data
 * files that no entry names, an hour older than every operation under way, and what dead processes left.
 * Safe beside importers and readers.
 * @returns what went, by path.
 */
export async function collectGarbage(ledgerDir: string, options: CollectOptions): Promise<Garbage[]> {
  const now = options.nowMillis;
  // Files are listed before the journal is read: whatever was named in between is known to the snapshot.
  const found = listData(ledgerDir);
  const temporary = [...listTemporary(ledgerDir, now), ...listRolledSingles(ledgerDir, now)];
  const snapshot = await readSnapshot(ledgerDir);
  const garbage = [
    ...temporary,
    ...removedFiles(ledgerDir, snapshot, now),
    ...orphans(ledgerDir, found, snapshot, now),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  if (!options.dryRun) {
    for (const { path } of garbage) rmSync(join(ledgerDir, path), { recursive: true, force: true });
  }
  return garbage;
}

/** Folders whose content no entry names, and that care for themselves (`cache`: states of detection, derived). */
const OTHERS: ReadonlySet<string> = new Set(['journal', 'tmp', 'cache']);

/** Every data file in the ledger's folder, by its path in the ledger, with the time it got this name. */
function listData(ledgerDir: string): Map<string, { bytes: number; sinceMillis: number }> {
  const found = new Map<string, { bytes: number; sinceMillis: number }>();
  const walk = (folder: string): void => {
    for (const item of readdirSync(join(ledgerDir, folder), { withFileTypes: true })) {
      const path = folder === '' ? item.name : `${folder}/${item.name}`;
      if (OTHERS.has(path)) continue;
      if (item.isDirectory()) walk(path);
      const stat = item.isFile() ? unlessMissing(() => statSync(join(ledgerDir, path))) : undefined;
      // Renaming a file changes ctime, not mtime.
      if (stat) found.set(path, { bytes: stat.size, sinceMillis: Math.max(stat.mtimeMs, stat.ctimeMs) });
    }
  };
  walk('');
  return found;
}

/** Only `.parquet`, or folders that entries name: other things may live in the ledger's folder, and are not ours. */
function orphans(
  ledgerDir: string,
  found: ReadonlyMap<string, { bytes: number; sinceMillis: number }>,
  snapshot: Snapshot,
  nowMillis: number,
): Garbage[] {
  const named = [...snapshot.files(), ...snapshot.removedFiles()];
  const folders = new Set(named.map((file) => topFolder(file.path)).filter((folder) => folder !== ''));
  // The margin also covers file systems whose clock lags behind ours.
  const youngest = Math.min(...livingStages(ledgerDir), nowMillis) - HOUR_MILLIS;
  return [...found]
    .filter(([path]) => path.endsWith('.parquet') || folders.has(topFolder(path)))
    .filter(([path, { sinceMillis }]) => !snapshot.wasNamed(path) && sinceMillis < youngest)
    .map(([path, { bytes }]) => ({ path, bytes, why: 'named by no entry' }));
}

function topFolder(path: string): string {
  const slash = path.indexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

function removedFiles(ledgerDir: string, snapshot: Snapshot, nowMillis: number): Garbage[] {
  return snapshot
    .removedFiles()
    .filter((file) => file.removedMillis < nowMillis - HOUR_MILLIS && existsSync(join(ledgerDir, file.path)))
    .map(({ path, bytes }) => ({ path, bytes, why: 'removed by an entry' }));
}

function listTemporary(ledgerDir: string, nowMillis: number): Garbage[] {
  return ['', 'journal', 'tmp']
    .filter((folder) => existsSync(join(ledgerDir, folder)))
    .flatMap((folder) => readdirSync(join(ledgerDir, folder)).map((name) => join(folder, name)))
    .filter((path) => isAbandoned(basename(path), nowMillis))
    .map((path) => ({ path, bytes: sizeOf(join(ledgerDir, path)), why: 'left by a dead process' }));
}

/** Single entries beside the file they were rolled into, from a crash. Readers never look at them. */
function listRolledSingles(ledgerDir: string, nowMillis: number): Garbage[] {
  const ledger = readLedger(ledgerDir);
  return readdirSync(join(ledgerDir, 'journal')).flatMap((name) => {
    const range = parseJournalName(name);
    if (range === undefined || range.rolled || !existsSync(rolledPath(ledger, range.first))) return [];
    const path = join('journal', name);
    const stat = unlessMissing(() => statSync(join(ledgerDir, path)));
    if (!stat || stat.mtimeMs > nowMillis - HOUR_MILLIS) return [];
    return [{ path, bytes: stat.size, why: 'rolled already' as const }];
  });
}

function livingStages(ledgerDir: string): number[] {
  const names = unlessMissing(() => readdirSync(join(ledgerDir, 'tmp'))) ?? [];
  return names.flatMap((name) => {
    const owner = ownerOf(name);
    return owner && !(owner.ours && isDead(owner.pid)) ? [owner.startedMillis] : [];
  });
}

function isAbandoned(name: string, nowMillis: number): boolean {
  const owner = ownerOf(name);
  if (owner === undefined) return false;
  return owner.ours ? isDead(owner.pid) : owner.startedMillis < nowMillis - FOREIGN_MILLIS;
}

/** A process of another user answers with EPERM: it lives. */
function isDead(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

function sizeOf(path: string): number {
  const stat = unlessMissing(() => statSync(path));
  if (stat === undefined || !stat.isDirectory()) return stat?.size ?? 0;
  return readdirSync(path).reduce((bytes, name) => bytes + sizeOf(join(path, name)), 0);
}

/**
 * Returns normally when all files are there in the size that the journal says; only `weir ledger verify` reads their bytes.
 * @throws LedgerError when one is cut, or gone, which an answer as of an earlier position may meet.
 */
export function assertPresent(ledgerDir: string, files: readonly LedgerFile[]): void {
  const sizes = files.map((file) => statSync(join(ledgerDir, file.path), { throwIfNoEntry: false })?.size);
  const other = files.find((file, index) => sizes[index] !== undefined && sizes[index] !== file.bytes);
  if (other !== undefined) {
    throw new LedgerError(
      `${join(ledgerDir, other.path)}, named by entry ${other.addedAt}, has not the ${other.bytes} bytes that it says; run weir ledger verify, and restore the file from a backup`,
    );
  }
  const missing = files.find((_, index) => sizes[index] === undefined);
  if (missing === undefined) return;
  throw new LedgerError(
    missing.removedAt === Number.POSITIVE_INFINITY
      ? `${join(ledgerDir, missing.path)}, named by entry ${missing.addedAt}, is missing; run weir ledger verify, and restore the file from a backup`
      : `${missing.path} was taken out by entry ${missing.removedAt} and removed since: the ledger can no longer answer as of a position before ${missing.removedAt} here; ask as of ${missing.removedAt} or later`,
  );
}
