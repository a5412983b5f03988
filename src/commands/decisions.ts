import { Argument, type Command } from 'commander';
import { ConfigurationError } from '../errors.ts';
import type { DecisionAnswer, DecisionsAnswer } from '../operations/answers/decide.ts';
import type { Verdict } from '../operations/decide.ts';
import { contextOf, stated, subjectOf, whoami, wholeNumber } from './context.ts';
import { safeText } from './print/safe-text.ts';
import { renderTable } from './print/table.ts';
import { counted, formatBytes, formatInstant } from './print/units.ts';

interface RegisterFlags {
  readonly list?: boolean;
  readonly asOf?: number;
  readonly owner?: string;
  readonly host?: string;
  readonly destination?: string;
  readonly path?: string;
  readonly principal?: string;
  readonly cap?: string;
  readonly from?: string;
  readonly until?: string;
  readonly note?: string;
  readonly by?: string;
}

/** Adds `weir register`. */
export function addRegister(program: Command): void {
  program
    .command('register')
    .description('announce a legitimate transfer: it is taken out before detection, up to its cap and end')
    .option('--owner <name>', 'who answers for it')
    .option('--host <host>', 'inside host: an address or a name of weir.yaml')
    .option('--destination <place>', 'address, network or AS number such as AS64500')
    .option('--path <name>', 'path of weir.yaml')
    .option('--principal <name>', 'identity')
    .option('--cap <bytes>', 'at most so much in all, such as 5TB; what exceeds it counts again')
    .option('--from <day>', 'first UTC day; default: today')
    .option('--until <day>', 'last UTC day')
    .option('--note <text>', 'why it is legitimate')
    .option('--by <name>', 'who registers it; default: the user at this terminal')
    .option('--list', 'list what was registered and decided')
    .option('--as-of <entry>', 'with --list: as of an earlier entry of the journal', wholeNumber('--as-of'))
    .action(async (flags: RegisterFlags, self: Command) => {
      const context = contextOf(self);
      const { facility, ledgerDir } = await subjectOf(context);
      const { decisions, register } = await import('../operations/decide.ts');
      if (flags.list) return context.answer(await decisions(ledgerDir, flags.asOf), decisionsText);
      const { owner, cap, until, note } = flags;
      const missing = Object.entries({ owner, cap, until, note }).flatMap(([name, value]) =>
        value ? [] : [`--${name}`],
      );
      if (!owner || !cap || !until || !note) {
        throw new ConfigurationError(`register: ${missing.join(', ')} must be given`);
      }
      const { list: _list, asOf: _asOf, ...rest } = stated(flags);
      const from = flags.from ?? new Date().toISOString().slice(0, 10);
      const answer = await register({
        ...rest,
        facility,
        ledgerDir,
        owner,
        cap,
        from,
        until,
        note,
        by: flags.by ?? whoami(),
      });
      context.answer(answer, writtenText);
    });
}

interface DecideFlags {
  readonly note: string;
  readonly cap?: string;
  readonly until?: string;
  readonly by?: string;
}

/** Adds `weir decide`. */
export function addDecide(program: Command): void {
  program
    .command('decide')
    .description('say what a lead or campaign turned out to be')
    .argument('<target>', 'id of a lead or campaign, as weir detect prints it')
    .addArgument(
      new Argument('<verdict>', 'what it turned out to be').choices(['expected', 'dismissed', 'confirmed']),
    )
    .requiredOption('--note <text>', 'why')
    .option('--cap <bytes>', 'with expected: so much more may leave this way, such as 5TB')
    .option('--until <day>', 'with expected: last UTC day on which it may')
    .option('--by <name>', 'who decides; default: the user at this terminal')
    .action(async (target: string, verdict: Verdict['verdict'], flags: DecideFlags, self: Command) => {
      const context = contextOf(self);
      const subject = await subjectOf(context);
      const { decide } = await import('../operations/decide.ts');
      const answer = await decide({
        ...subject,
        ...stated(flags),
        target,
        verdict,
        by: flags.by ?? whoami(),
      });
      context.answer(answer, writtenText);
    });
}

function writtenText(decision: DecisionAnswer): string {
  const what =
    decision.target === null
      ? 'Registered'
      : `Decided: ${safeText(decision.target)} is ${decision.verb} (${counted(decision.leads.length, 'lead')})`;
  const allowed = decision.allowances.map(
    ({ scope, capBytes, from, until }) =>
      `  ${formatBytes(capBytes)} from ${from} until ${until}: ${safeText(scopeText(scope))}\n`,
  );
  return `${what}, entry ${decision.entry}, by ${safeText(decision.by)}\n${allowed.join('')}`;
}

function scopeText(scope: DecisionAnswer['allowances'][number]['scope']): string {
  const parts = Object.entries(scope).map(([part, value]) => `${part} ${value}`);
  return parts.length === 0 ? 'everything' : parts.join(', ');
}

function decisionsText({ decisions: all }: DecisionsAnswer): string {
  if (all.length === 0) return 'Nothing was registered or decided.\n';
  return renderTable(
    [
      { title: 'ENTRY', align: 'right' },
      { title: 'AT (UTC)' },
      { title: 'BY' },
      { title: 'WHAT' },
      { title: 'OF' },
      { title: 'CAP', align: 'right' },
      { title: 'FROM' },
      { title: 'UNTIL' },
      { title: 'NOTE', whole: true },
    ],
    all.flatMap(({ entry, at, by, verb, target, note, allowances }) => {
      const head = [String(entry), formatInstant(at), by, verb];
      if (allowances.length === 0) return [[...head, target ?? '', '', '', '', note]];
      return allowances.map(({ scope, capBytes, from, until, owner }) => [
        ...head,
        `${scopeText(scope)} (${owner})`,
        formatBytes(capBytes),
        from,
        until,
        note,
      ]);
    }),
  );
}
