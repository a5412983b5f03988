import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DataFile, newId, sha256Of } from '../../src/ledger/entries.ts';
import { openLedger, openStage, publish } from '../../src/ledger/files.ts';
import { append } from '../../src/ledger/journal.ts';
import { commitOf } from './bodies.ts';

/** The commits of the story; the second fills the block of two that is rolled into one file. */
export const STORY = ['one', 'two', 'three'];

/** Commits what is not committed yet, from wherever a crash left it. The first commit has a data file. */
export async function tellStory(dir: string, names: readonly string[]): Promise<void> {
  openLedger(dir, { create: true, simulated: true, entriesPerRoll: 2 });
  for (const name of names) {
    await append(dir, (snapshot) => {
      const commit = commitOf(name, [3]);
      if (commit.inputs.some((input) => snapshot.overlapping(input).length > 0)) return undefined;
      return name === 'one' ? { ...commit, files: [publishRows(dir)] } : commit;
    });
  }
}

function publishRows(dir: string): DataFile {
  const stage = openStage(dir);
  const path = `facts/flow-${newId()}.parquet`;
  writeFileSync(stage.path('rows'), 'rows');
  publish(stage.path('rows'), join(dir, path));
  stage.close();
  const bytes = readFileSync(join(dir, path));
  return {
    path,
    family: 'flow',
    rows: 1,
    bytes: bytes.length,
    sha256: sha256Of(bytes),
    fromDay: 3,
    toDay: 3,
  };
}
