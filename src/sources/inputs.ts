import { constants } from 'node:fs';
import { access, readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { globBase, globMatcher, isGlob } from './glob.ts';

/** One thing to read: a regular file by the path it was reached by, or standard input (`-`). */
export type InputFile = { readonly path: string; readonly kind: 'file' | 'stdin' };

/** A path that cannot be read, and why; the rest of the import goes on. */
export type Refusal = { readonly path: string; readonly reason: string };

/** Endings of files that Weir or a log writer has not finished: never read from a folder. */
const UNFINISHED = /\.(tmp|part)$/;

type Found = { files: Map<string, string>; refused: Refusal[]; folders: Set<string> };

/**
 * Returns the files behind paths, folders (recursively), globs and `-`, each once and in one order whatever
 * the order of `paths`: sorted by path, two names of one file being the first of them. Hidden files and
 * folders and unfinished `*.tmp` are passed over inside folders; named outright they are read.
 * What cannot be read is refused with a reason; nothing is thrown.
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
    else await addPath(resolve(cwd, path), found, undefined);
  }
  const inputs: InputFile[] = [...found.files.values()]
    .sort(byCodeUnits)
    .map((path) => ({ path, kind: 'file' as const }));
  if (stdin) inputs.push({ path: '-', kind: 'stdin' });
  const refused = new Map(found.refused.map((refusal) => [refusal.path, refusal]));
  return { inputs, refused: [...refused.values()].sort((a, b) => byCodeUnits(a.path, b.path)) };
}

async function addGlob(pattern: string, cwd: string, found: Found): Promise<void> {
  const base = globBase(pattern, cwd);
  const matches = globMatcher(pattern, cwd);
  const before = found.files.size + found.refused.length;
  const own: Found = { files: found.files, refused: found.refused, folders: new Set() };
  let hits = 0;
  await addPath(base, own, (path) => {
    const hit = matches(path);
    if (hit) hits += 1;
    return hit;
  });
  if (hits === 0 && found.files.size + found.refused.length === before) {
    found.refused.push({ path: pattern, reason: 'no file matches this pattern' });
  }
}

/** `wanted` undefined: everything under the path; inside folders only what it accepts otherwise. */
async function addPath(
  path: string,
  found: Found,
  wanted: ((path: string) => boolean) | undefined,
): Promise<void> {
  const refuse = (reason: string): void => void found.refused.push({ path, reason });
  try {
    const info = await stat(path);
    if (info.isDirectory()) return await addFolder(path, found, wanted);
    if (wanted && !wanted(path)) return;
    if (info.isFIFO()) return refuse('is a named pipe; feed it on standard input with -');
    if (info.isSocket()) return refuse('is a socket, not a file');
    if (!info.isFile()) return refuse('is a device, not a file');
    await access(path, constants.R_OK);
    const real = await realpath(path);
    const known = found.files.get(real);
    if (known === undefined || byCodeUnits(path, known) < 0) found.files.set(real, path);
  } catch (error) {
    refuse(reasonOf(error));
  }
}

async function addFolder(
  path: string,
  found: Found,
  wanted: ((path: string) => boolean) | undefined,
): Promise<void> {
  const real = await realpath(path);
  if (found.folders.has(real)) return;
  found.folders.add(real);
  for (const name of (await readdir(path)).sort()) {
    if (name.startsWith('.') || UNFINISHED.test(name)) continue;
    await addPath(join(path, name), found, wanted);
  }
}

/** Returns in plain words why a path could not be opened or read. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'does not exist';
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
