import { closeSync, openSync } from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { globMatcher } from '../facility/globs.ts';

/** One thing to read: a regular file by the path it was reached by, or standard input (`-`). */
export type InputFile = { readonly path: string; readonly kind: 'file' | 'stdin' };

/** A path that cannot be read, and why; the rest of the import goes on. */
export type Refusal = { readonly path: string; readonly reason: string };

/** Endings of files that Weir or a log writer has not finished: never read from a folder. */
const UNFINISHED = /\.(tmp|part)$/;

/** Files by their real path; `folders`: the real paths of the folders around the current one. */
type Found = {
  readonly files: Map<string, string>;
  readonly refused: Refusal[];
  readonly folders: ReadonlySet<string>;
};
type Wanted = (path: string) => boolean;

const MISSING = 'does not exist';

/**
 * Returns the files behind paths, folders (recursively), globs and `-`, each once and in one order whatever
 * the order of `paths`: sorted by path, two names of one file being the first of them. Hidden files and
 * folders and unfinished `*.tmp` are passed over inside folders; named outright they are read.
 * What cannot be read is refused with a reason; nothing is thrown. Files found in folders are many and are not opened
 * here: whether one can be read shows when it is read.
 */
export async function findInputs(
  paths: readonly string[],
  cwd: string,
): Promise<{ inputs: InputFile[]; refused: Refusal[] }> {
  const found: Found = { files: new Map(), refused: [], folders: new Set() };
  let stdin = false;
  for (const path of [...new Set(paths)].sort()) {
    if (path === '-') stdin = true;
    else if (!(await exists(resolve(cwd, path))) && isGlob(path)) await addGlob(path, cwd, found);
    else await addPath(resolve(cwd, path), found);
  }
  const refused = new Map(found.refused.map((refusal) => [refusal.path, refusal]));
  const inputs: InputFile[] = [...found.files.values()]
    .filter((path) => !refused.has(path))
    .sort(byCodeUnits)
    .map((path) => ({ path, kind: 'file' as const }));
  if (stdin) inputs.push({ path: '-', kind: 'stdin' });
  return { inputs, refused: [...refused.values()].sort((a, b) => byCodeUnits(a.path, b.path)) };
}

/** Only the folder above the first wildcard is searched; its own name is no pattern whatever it holds. */
async function addGlob(pattern: string, cwd: string, found: Found): Promise<void> {
  const parts = pattern.split('/');
  const wild = parts.findIndex((part) => isGlob(part));
  const base = resolve(cwd, `${parts.slice(0, wild).join('/')}${wild > 0 ? '/' : '.'}`);
  const matches = matcherOf(parts.slice(wild).join('/'));
  let hits = 0;
  const wanted = (path: string): boolean => {
    const hit = matches(relative(base, path));
    if (hit) hits += 1;
    return hit;
  };
  const refusals = found.refused.length;
  await addPath(base, { ...found, folders: new Set() }, wanted);
  if (hits > 0 || found.refused.length > refusals) return;
  found.refused.push({ path: pattern, reason: 'no file matches this pattern' });
}

/** A set whose range runs backwards ([z-a]) matches nothing. */
function matcherOf(glob: string): Wanted {
  try {
    return globMatcher(glob);
  } catch {
    return () => false;
  }
}

function isGlob(path: string): boolean {
  return /[*?[\]{}]/.test(path);
}

/** `wanted` undefined: everything under the path. Otherwise what it accepts; a folder it accepts, whole. */
async function addPath(path: string, found: Found, wanted?: Wanted): Promise<void> {
  const refuse = (reason: string): void => {
    found.refused.push({ path, reason });
  };
  try {
    const info = await stat(path);
    if (info.isDirectory()) await addFolder(path, found, wanted?.(path) ? undefined : wanted);
    else if (wanted && !wanted(path)) return;
    else if (info.isFIFO()) refuse('is a named pipe; feed it on standard input with -');
    else if (info.isSocket()) refuse('is a socket, not a file');
    else if (!info.isFile()) refuse('is a device, not a file');
    else addFile(path, await realpath(path), found);
  } catch (error) {
    const target = await readlink(path).catch(() => undefined);
    // A broken link holds nothing: a pattern that does not name it is not about it.
    if (target !== undefined && wanted && !wanted(path)) return;
    const reason = reasonOf(error);
    refuse(
      target === undefined || reason !== MISSING
        ? reason
        : `is a symbolic link to ${target}, which ${reason}`,
    );
  }
}

/** Opens the file to see that it can be read: at once, for a turn through the pool of threads costs more than this. */
function addFile(path: string, real: string, found: Found): void {
  closeSync(openSync(path, 'r'));
  keepFile(path, real, found);
}

function keepFile(path: string, real: string, found: Found): void {
  const known = found.files.get(real);
  if (known === undefined || byCodeUnits(path, known) < 0) found.files.set(real, path);
}

/** A folder that is among those above it is a loop of symbolic links and ends there. */
async function addFolder(path: string, found: Found, wanted?: Wanted): Promise<void> {
  const real = await realpath(path);
  if (found.folders.has(real)) return;
  const inside = { ...found, folders: new Set([...found.folders, real]) };
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => byCodeUnits(a.name, b.name))) {
    const { name } = entry;
    if (name.startsWith('.') || UNFINISHED.test(name)) continue;
    const inner = `${path}${sep}${name}`;
    // What its folder says is a file needs no further question, and who reads it will see whether it can be read.
    if (!entry.isFile()) await addPath(inner, inside, wanted);
    else if (!wanted || wanted(inner)) keepFile(inner, `${real}${sep}${name}`, found);
  }
}

/** Returns in plain words why a path could not be opened or read. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return MISSING;
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  if (code === 'ELOOP') return 'is a symbolic link that leads to itself';
  if (code === 'ENOTDIR') return 'a part of the path is not a folder';
  return error instanceof Error ? error.message : String(error);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
