import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { DamagedInput } from '../../sources/damaged-input.ts';

/** Copies a Parquet input to where the engine may read, and returns that path: it reaches nothing else. */
export async function bringIn(path: string, to: string): Promise<string> {
  await copyFile(path, to, constants.COPYFILE_FICLONE);
  return to;
}

/**
 * Returns what is wrong with a Parquet input, in the engine's words without where the copy lay; undefined when it failed at
 * what it was told, or for want of room, and not at what it was to read.
 */
export function damageOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const found =
    /^(?:Invalid Input|IO|Invalid|Conversion|Serialization|Not implemented|Out of Range|INTERNAL) Error: (.*)/.exec(
      error.message,
    )?.[1];
  if (found === undefined || found.includes('No space left on device')) return undefined;
  const what = found.replaceAll(/ ['"][^'"]*\.parquet['"]/g, '').replace(/:? *$/, '');
  return new DamagedInput(`damaged Parquet: ${what}`).message;
}
