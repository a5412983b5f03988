import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { ConfigurationError, InputError, LedgerError } from '../errors.ts';
import { faultPoint } from './faults.ts';

/** Weir's data tell where the treasure is: only the owner reads them. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Entries rolled into one journal file. Fixed for a ledger's life, hence in ledger.json. */
const ENTRIES_PER_ROLL = 1000;

const ledgerSchema = z.strictObject({
  format: z.literal(1),
  id: z.uuid(),
  createdAt: z.iso.datetime(),
  simulated: z.boolean(),
  entriesPerRoll: z.int().min(2),
});

/** An open ledger: where it is, and what ledger.json says about it. */
export interface Ledger extends z.infer<typeof ledgerSchema> {
  readonly dir: string;
}

export interface OpenOptions {
  /** Make the ledger when there is none. */
  create?: boolean;
  /** What the caller brings; a ledger of the other kind refuses it. Left out: either kind opens. */
  simulated?: boolean;
  entriesPerRoll?: number;
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Returns the result of a file operation, or undefined when it fails because something is not there. */
export function unlessMissing<T>(operation: () => T): T | undefined {
  try {
    return operation();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Makes sure that a file's or folder's content outlives a power cut. */
export function syncPath(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Makes a folder (0700) and the folders above it, durably. */
function makeFolder(path: string): void {
  const folder = resolve(path);
  const first = mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) syncPath(dirname(made));
}

/** Writes a new file (0600) and syncs its content, not its name. */
function writeSynced(path: string, pieces: readonly Uint8Array[], step: string): void {
  const handle = openSync(path, 'wx', FILE_MODE);
  try {
    for (const bytes of pieces)
      for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
    faultPoint(`${step}:temporary-written`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  faultPoint(`${step}:temporary-synced`);
}

/** Returns the name of a temporary file that tells whose it is, so that `gc` knows when nobody needs it. */
function temporaryName(): string {
  const host = hostname().replace(/[^\w-]/g, '_');
  return `${host}.${process.pid}.${Date.now().toString(36)}.${randomBytes(6).toString('hex')}.tmp`;
}

/** Who made a temporary file or folder, and when. Undefined for names that Weir did not give. */
export function ownerOf(name: string): { ours: boolean; pid: number; startedMillis: number } | undefined {
  const match = /^([\w-]+)\.(\d+)\.([0-9a-z]+)\.[0-9a-f]{12}\.tmp$/.exec(name);
  if (!match) return undefined;
  return {
    ours: match[1] === hostname().replace(/[^\w-]/g, '_'),
    pid: Number(match[2]),
    startedMillis: Number.parseInt(match[3] ?? '', 36),
  };
}

/**
 * Writes a file under a name that must be free: temporary file, fsync, link(), fsync of the folder. Either the whole
 * file is there under its name afterwards or nothing, and of several writers exactly one wins.
 * @returns false when the name was taken.
 */
export function writeExclusively(path: string, bytes: Uint8Array, step: string): boolean {
  const folder = dirname(path);
  const temporary = join(folder, temporaryName());
  faultPoint(`${step}:before`);
  writeSynced(temporary, [bytes], step);
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  } finally {
    faultPoint(`${step}:linked`);
    unlinkSync(temporary);
    faultPoint(`${step}:temporary-removed`);
  }
  syncPath(folder);
  faultPoint(`${step}:folder-synced`);
  return true;
}

/** Gives a finished temporary file its final name, durably, mode 0600; replaces what had that name. */
export function publish(temporary: string, final: string): void {
  faultPoint('publish:before');
  chmodSync(temporary, FILE_MODE);
  syncPath(temporary);
  faultPoint('publish:file-synced');
  makeFolder(dirname(final));
  renameSync(temporary, final);
  faultPoint('publish:renamed');
  syncPath(dirname(final));
  faultPoint('publish:folder-synced');
}

/** Writes a file, given whole or in pieces, so that it holds either its old content or all of the new, whatever happens; mode 0600. */
export function writeDurably(path: string, content: string | Uint8Array | readonly Uint8Array[]): void {
  makeFolder(dirname(path));
  const temporary = join(dirname(path), temporaryName());
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  writeSynced(temporary, bytes instanceof Uint8Array ? [bytes] : bytes, 'write');
  publish(temporary, path);
}

/** Returns the size and the sha256 (hex) of a file's content. */
export async function hashFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(1 << 20);
  const handle = await open(path);
  try {
    for (let bytes = 0; ; ) {
      const { bytesRead } = await handle.read(buffer);
      if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

/** A process's own folder for files in the making. */
export interface Stage {
  readonly dir: string;
  /** Returns a path in the stage; the same name gives the same path. */
  path(name: string): string;
  /** Removes the stage and what is left in it. Call it when the operation ends, well or badly. */
  close(): void;
}

/**
 * Opens a folder for files in the making. While it exists and its process lives, `gc` removes no file that was
 * published after it was opened: an operation may take hours between publishing files and naming them in the journal.
 */
export function openStage(ledgerDir: string): Stage {
  const dir = join(ledgerDir, 'tmp', temporaryName());
  makeFolder(dir);
  return {
    dir,
    path: (name) => join(dir, name),
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/**
 * Returns what ledger.json says.
 * @throws LedgerError when there is no ledger or it has another format.
 */
export function readLedger(dir: string): Ledger {
  const path = join(dir, 'ledger.json');
  const text = unlessMissing(() => readFileSync(path, 'utf8'));
  if (text === undefined) throw new LedgerError(`there is no ledger in ${dir}: ledger.json is missing`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new LedgerError(`${path} is not JSON; restore it from a backup`, { cause });
  }
  const parsed = ledgerSchema.safeParse(json);
  if (!parsed.success) {
    throw new LedgerError(
      `${path} is not of ledger format 1, which this version of Weir reads: ${z.prettifyError(parsed.error)}`,
    );
  }
  return { ...parsed.data, dir };
}

/**
 * Opens the ledger in a folder; with `create`, makes it when there is none (safe with several processes at once).
 * @throws ConfigurationError when there is none, InputError when it is of the other kind (simulated or real).
 */
export function openLedger(dir: string, options: OpenOptions = {}): Ledger {
  const path = join(dir, 'ledger.json');
  if (unlessMissing(() => statSync(path)) === undefined) {
    if (!options.create) {
      throw new ConfigurationError(
        `there is no ledger in ${dir}; weir import makes one, or name another folder`,
      );
    }
    makeFolder(join(dir, 'journal'));
    const ledger = {
      format: 1,
      id: randomUUID(),
      createdAt: new Date().toISOString(),
      simulated: options.simulated ?? false,
      entriesPerRoll: options.entriesPerRoll ?? ENTRIES_PER_ROLL,
    };
    // Losing the race is fine: what the winner wrote is read below.
    writeExclusively(path, Buffer.from(`${JSON.stringify(ledger)}\n`), 'create');
  }
  const ledger = readLedger(dir);
  if (options.simulated !== undefined) assertSameKind(ledger, options.simulated);
  return ledger;
}

/** @throws InputError when simulated telemetry meets a real ledger or the other way round. */
export function assertSameKind(ledger: Ledger, simulated: boolean): void {
  if (ledger.simulated === simulated) return;
  throw new InputError(
    simulated
      ? `the ledger in ${ledger.dir} holds real telemetry and refuses simulated; use another --ledger folder`
      : `the ledger in ${ledger.dir} holds simulated telemetry and refuses real; use another --ledger folder`,
  );
}
