/**
 * A process of its own for the ledger's tests: `child.ts appends <ledger> <worker> <count>` takes inputs together with
 * others, `child.ts story <ledger>` tells the beginning of a story (story.ts), a roll included.
 */
import { append } from '../../src/ledger/journal.ts';
import { commitOf } from './bodies.ts';
import { STORY, tellStory } from './story.ts';

const [mode, dir = '', worker = '', count = '0'] = process.argv.slice(2);

/** Half of the inputs are this worker's own, half are wanted by all workers at once. */
async function appendInputs(): Promise<void> {
  for (let i = 0; i < Number(count); i += 1) {
    const name = i % 2 === 0 ? `own-${worker}-${i}` : `shared-${i}`;
    await append(dir, (snapshot) => {
      const commit = commitOf(name);
      return commit.inputs.some((input) => snapshot.overlapping(input).length > 0) ? undefined : commit;
    });
  }
}

if (mode === 'appends') await appendInputs();
else if (mode === 'story') await tellStory(dir, STORY.slice(0, 2));
else throw new Error(`unknown mode ${mode}`);
