import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { ConfigurationError } from '../errors.ts';
import type { ExportForm } from '../operations/incident/export.ts';
import type { Opening } from '../operations/incident/say.ts';
import { contextOf, ledgerDirOf, stated, subjectOf, whoami, wholeNumber } from './context.ts';
import { caseText, incidentsText, saidText } from './print/incident.ts';

const FORMS = ['html', 'stix', 'ocsf', 'timesketch', 'csv'] as const satisfies readonly ExportForm[];
const LEVELS = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;
/** A case tells where the treasure is: nobody but its owner reads the file. */
const PRIVATE_MODE = 0o600;

type Level = NonNullable<Opening['tlp']>;

interface SayFlags {
  readonly by?: string;
  readonly note?: string;
}

/** Adds `weir incident` with its verbs. */
export function addIncident(program: Command): void {
  const incident = program
    .command('incident')
    .description('keep a case: what happened when, what was lost, what to cut, and hand it over');
  addOpen(incident);
  addNote(incident);
  addStep(incident, 'acknowledge', 'say that somebody here knows and acts');
  addStep(incident, 'contain', 'say that no more leaves');
  addClose(incident);
  addList(incident);
  addShow(incident);
  addExport(incident);
}

const say = () => import('../operations/incident/say.ts');
const read = () => import('../operations/incident/read.ts');

const tlpOption = () =>
  new Option('--tlp <level>', 'who may be told (Traffic Light Protocol 2.0)').choices(LEVELS);
const asOfOption = () =>
  new Option('--as-of <entry>', 'as of an earlier entry of the journal').argParser(wholeNumber('--as-of'));

/** Adds who says it and what. */
function withWords(command: Command, note: string): Command {
  return command
    .option('--note <text>', note)
    .option('--by <name>', 'who says so; default: the user at this terminal');
}

function addOpen(incident: Command): void {
  interface Flags extends SayFlags {
    readonly title: string;
    readonly tlp?: Level;
    readonly claim?: string;
    readonly holdFrom?: string;
    readonly holdTo?: string;
  }
  const command = incident
    .command('open')
    .description('open a case on campaigns or leads, on an outside claim, or on a word')
    .argument('[ids...]', 'campaigns or leads, as weir detect prints them')
    .requiredOption('--title <text>', 'what the case is called')
    .addOption(tlpOption())
    .option('--claim <file>', 'claim file whose statements become signals from outside')
    .option('--hold-from <day>', 'first UTC day whose records outlive retention; default: the first byte')
    .option('--hold-to <day>', 'last one; default: until the case is contained')
    .action(async (about: string[], { claim, ...flags }: Flags, self: Command) => {
      const context = contextOf(self);
      const { openIncident } = await say();
      const answer = await openIncident({
        ...(await subjectOf(context)),
        ...stated(flags),
        ...(claim === undefined ? {} : { claimFile: resolve(claim) }),
        about,
        by: flags.by ?? whoami(),
      });
      context.answer(answer, saidText);
    });
  withWords(command, 'what is known so far');
}

function addNote(incident: Command): void {
  interface Flags extends SayFlags {
    readonly at?: string;
    readonly about?: string[];
    readonly tlp?: Level;
    readonly claim?: string;
    readonly signalAt?: string;
    readonly source?: string;
  }
  const command = incident
    .command('note')
    .description('add to a case: words, a signal from outside, a claim, campaigns or leads, a marking')
    .argument('<case>', 'id of the case, or how it begins')
    .option('--at <instant>', 'when it happened (UTC); default: now')
    .option('--about <ids...>', 'further campaigns or leads that belong to it')
    .option('--signal-at <time>', 'somebody outside said it then: a UTC day or instant')
    .option('--source <who>', 'with --signal-at: who said it, or where')
    .option('--claim <file>', 'claim file whose statements become signals from outside')
    .addOption(tlpOption())
    .action(async (id: string, { claim, about, ...flags }: Flags, self: Command) => {
      const context = contextOf(self);
      const { noteIncident } = await say();
      const answer = await noteIncident({
        ...(await subjectOf(context)),
        ...stated(flags),
        ...(claim === undefined ? {} : { claimFile: resolve(claim) }),
        incident: id,
        about: about ?? [],
        by: flags.by ?? whoami(),
      });
      context.answer(answer, saidText);
    });
  withWords(command, 'what is to be said; with --signal-at, what was said outside');
}

function addStep(incident: Command, verb: 'acknowledge' | 'contain', description: string): void {
  const command = incident
    .command(verb)
    .description(description)
    .argument('<case>', 'id of the case, or how it begins')
    .option('--at <instant>', 'when (UTC), such as 2026-03-01T07:00:00Z; default: now')
    .action(async (id: string, flags: SayFlags & { readonly at?: string }, self: Command) => {
      const context = contextOf(self);
      const { acknowledgeIncident, containIncident } = await say();
      const take = verb === 'acknowledge' ? acknowledgeIncident : containIncident;
      const step = {
        ...(await subjectOf(context)),
        ...stated(flags),
        incident: id,
        by: flags.by ?? whoami(),
      };
      context.answer(await take(step), saidText);
    });
  withWords(command, 'how, and by whom');
}

function addClose(incident: Command): void {
  const command = incident
    .command('close')
    .description('close a case; its records stay held unless told otherwise')
    .argument('<case>', 'id of the case, or how it begins')
    .option('--release-hold', 'let its records go by retention again')
    .action(async (id: string, flags: SayFlags & { readonly releaseHold?: boolean }, self: Command) => {
      const context = contextOf(self);
      const { closeIncident } = await say();
      const step = {
        ...(await subjectOf(context)),
        ...stated(flags),
        incident: id,
        by: flags.by ?? whoami(),
      };
      context.answer(await closeIncident(step), saidText);
    });
  withWords(command, 'what came of it');
}

function addList(incident: Command): void {
  incident
    .command('list')
    .description('list the cases')
    .addOption(asOfOption())
    .action(async ({ asOf }: { readonly asOf?: number }, self: Command) => {
      const context = contextOf(self);
      const { facility } = await subjectOf(context);
      const { incidents } = await read();
      context.answer(await incidents(ledgerDirOf(context.flags, facility), asOf), incidentsText);
    });
}

function addShow(incident: Command): void {
  incident
    .command('show')
    .description('show a case: figures, containment sheet, timeline')
    .argument('<case>', 'id of the case, or how it begins')
    .addOption(asOfOption())
    .action(async (id: string, flags: { readonly asOf?: number }, self: Command) => {
      const context = contextOf(self);
      const { incidentShow } = await read();
      const question = { ...(await subjectOf(context)), ...stated(flags), incident: id };
      context.answer(await incidentShow(question), caseText);
    });
}

function addExport(incident: Command): void {
  interface Flags {
    readonly form: ExportForm;
    readonly out?: string;
    readonly force?: boolean;
    readonly tlp?: Level;
    readonly asOf?: number;
  }
  incident
    .command('export')
    .description('hand a case over: a page that prints, STIX 2.1, OCSF, Timesketch or a table')
    .argument('<case>', 'id of the case, or how it begins')
    .addOption(new Option('--form <form>', 'in which form').choices(FORMS).default('html'))
    .option('--out <file>', 'where to; default: standard output')
    .option('--force', 'write over a file that is there')
    .addOption(tlpOption())
    .addOption(asOfOption())
    .action(async (id: string, { out, force, ...flags }: Flags, self: Command) => {
      const context = contextOf(self);
      const { exportIncident } = await import('../operations/incident/export.ts');
      const exported = await exportIncident({
        ...(await subjectOf(context)),
        ...stated(flags),
        incident: id,
      });
      context.progress.clear();
      if (out === undefined) {
        process.stdout.write(exported.text);
        return;
      }
      await write(resolve(out), exported.text, force === true);
      context.remark(
        `case ${exported.incident} as of entry ${exported.asOf}, TLP:${exported.tlp.toUpperCase()}`,
      );
    });
}

async function write(file: string, text: string, force: boolean): Promise<void> {
  const flag = force ? 'w' : 'wx';
  await writeFile(file, text, { mode: PRIVATE_MODE, flag }).catch((error: NodeJS.ErrnoException) => {
    const reason =
      error.code === 'EEXIST' ? 'is there already; name another file, or give --force' : error.message;
    throw new ConfigurationError(`${file}: ${reason}`, { cause: error });
  });
}
