import type { Command } from 'commander';
import type { UnmaskAnswer } from '../operations/answers/unmask.ts';
import { contextOf, subjectOf } from './context.ts';
import { safeText } from './print/safe-text.ts';

interface UnmaskFlags {
  readonly by: string;
  readonly approve: string;
  readonly note: string;
  readonly directory: string[];
}

/** Adds `weir unmask`. */
export function addUnmask(program: Command): void {
  program
    .command('unmask')
    .description('find the name behind a pseudonym; two people ask, and the journal keeps that they did')
    .argument('<pseudonym>', 'as reports print it: person-…')
    .requiredOption('--by <name>', 'who asks')
    .requiredOption('--approve <name>', 'who agrees; somebody else')
    .requiredOption('--note <text>', 'why')
    .requiredOption('--directory <files...>', 'files with the names to try: CSV, LDIF, getent or a list')
    .action(async (pseudonym: string, flags: UnmaskFlags, self: Command) => {
      const context = contextOf(self);
      const { facility, ledgerDir } = await subjectOf(context);
      const { unmask } = await import('../operations/unmask.ts');
      const { by, approve, note, directory } = flags;
      const request = {
        facility,
        ledgerDir,
        pseudonym,
        by,
        approvedBy: approve,
        note,
        directories: directory,
      };
      context.answer(await unmask(request), unmaskText);
    });
}

function unmaskText({ entry, pseudonym, name, by, approvedBy, tried }: UnmaskAnswer): string {
  const found =
    name === null
      ? `${pseudonym} is none of the ${tried} names that were tried`
      : `${pseudonym} is ${safeText(name)}`;
  return `${found}\nentry ${entry} of the journal says that ${safeText(by)} asked and ${safeText(approvedBy)} agreed`;
}
