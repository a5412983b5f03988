import { join } from 'node:path';
import { InternalError, LedgerError, WeirError } from '../errors.ts';
import { refusalOf } from '../refusals.ts';
import { hashFile } from './files.ts';
import type { LedgerFile } from './fold.ts';
import { readSnapshot } from './snapshot.ts';

/**
 * Does work that reads the ledger. Where it fails as a defect of Weir would, the files are looked at first: the engine seldom
 * names the file it chokes on, and a damaged figure may fail anywhere, so their bytes are asked and not its words.
 * @param asOf position that the work reads; the newest when it is not stated.
 * @throws LedgerError naming the first file that no longer has the bytes the journal says; else what the work threw.
 */
export async function orChangedFile<Answer>(
  ledgerDir: string,
  asOf: number | undefined,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    const isPlain = error instanceof WeirError && !(error instanceof InternalError);
    if (isPlain || refusalOf(error) !== undefined) throw error;
    throw (await changedFileOf(error, ledgerDir, asOf)) ?? error;
  }
}

/** Reads every file up to the first that is not as it was written. */
async function changedFileOf(
  cause: unknown,
  ledgerDir: string,
  asOf: number | undefined,
): Promise<LedgerError | undefined> {
  const snapshot = await readSnapshot(ledgerDir, asOf);
  for (const file of snapshot.files()) {
    const path = join(ledgerDir, file.path);
    if (await isAsWritten(path, file)) continue;
    return new LedgerError(
      `${path}, named by entry ${file.addedAt}, is damaged: its bytes are not those that were written; run weir ledger verify, which names every such file, and restore them from a backup`,
      { cause },
    );
  }
  return undefined;
}

async function isAsWritten(path: string, file: LedgerFile): Promise<boolean> {
  try {
    return (await hashFile(path)).sha256 === file.sha256;
  } catch {
    // Gone meanwhile, or not to be read: that is said where it is asked for.
    return true;
  }
}
