import { Command, CommanderError } from 'commander';
import { WeirError } from '../errors.ts';
import { refusalOf } from '../refusals.ts';
import { weirVersion } from '../version.ts';
import { addAssess } from './assess.ts';
import { addCheck } from './check.ts';
import { addDecide, addRegister } from './decisions.ts';
import { addDetect } from './detect.ts';
import { EXIT_INPUT, EXIT_INTERNAL, EXIT_USAGE } from './exit-codes.ts';
import { addExplain } from './explain.ts';
import { addImport } from './import.ts';
import { addIncident } from './incident.ts';
import { addInit } from './init.ts';
import { addLedger } from './ledger.ts';
import { addNotify } from './notify.ts';
import { safeText } from './print/safe-text.ts';
import { addReport } from './report.ts';
import { addServe } from './serve.ts';
import { addSimulate } from './simulate.ts';
import { addUnmask } from './unmask.ts';

const HELP_FOOTER = `
Exit codes: 0 done; 1 leads (with --fail-on-leads); 2 usage or configuration; 3 an input failed as a whole,
coverage or unclassified share below what check demands, a message not delivered, or the machine refused (permission, space);
4 internal error.`;

/** Returns the whole command line: every command and the flags they share. */
export function createProgram(): Command {
  const program = new Command('weir')
    .description('A measuring instrument for data that leaves a shared computing centre.')
    .version(weirVersion, '-V, --version', 'print the version')
    .option('--config <file>', 'weir.yaml to use; default: the one in the working folder')
    .option('--ledger <folder>', "ledger to use; default: weir.yaml's, or ./ledger")
    .option('--json', 'print the answer as JSON, alone on standard output')
    .option('--quiet', 'print no progress and no remarks on standard error')
    .addHelpText('after', HELP_FOOTER)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(safeLines(text)) });
  for (const add of [
    addInit,
    addCheck,
    addImport,
    addReport,
    addDetect,
    addExplain,
    addAssess,
    addRegister,
    addDecide,
    addIncident,
    addNotify,
    addUnmask,
    addLedger,
    addServe,
    addSimulate,
  ])
    add(program);
  for (const command of program.commands) inheritSettings(command, program);
  return program;
}

function inheritSettings(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inheritSettings(child, command);
}

/**
 * Runs one command line. The exit code is set, not forced: what was printed may still be on its way.
 * @param args what follows the program's name.
 */
export async function runCommand(args: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

/** Says on stderr what went wrong, and returns the exit code. */
function exitCodeOf(error: unknown): number {
  // Commander has printed its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  const text = error instanceof Error ? error.message : String(error);
  const refusal = error instanceof WeirError ? undefined : refusalOf(error);
  if (error instanceof WeirError || refusal !== undefined)
    process.stderr.write(safeLines(`weir: ${refusal ?? text}\n`));
  else {
    process.stderr.write(safeLines(`weir: internal error: ${text}\n`));
    process.stderr.write('weir: this is a defect in Weir; WEIR_DEBUG=1 shows where it happened\n');
  }
  if (process.env.WEIR_DEBUG === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  if (error instanceof WeirError) return error.exitCode;
  return refusal === undefined ? EXIT_INTERNAL : EXIT_INPUT;
}

/** Messages may have several lines; each is escaped by itself. */
function safeLines(text: string): string {
  return text.split('\n').map(safeText).join('\n');
}
