import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigurationError } from '../errors.ts';
import type { Facility } from '../facility/facility.ts';
import { findConfig, loadFacility } from '../facility/load.ts';
import { safeJson } from './print/safe-text.ts';
import { type ProgressLine, progressLine } from './progress-line.ts';

/** Flags that every command knows. */
export interface CommonFlags {
  readonly config?: string;
  readonly ledger?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What a command works with: where it prints, and what it was told for all commands alike. */
export interface Context {
  readonly flags: CommonFlags;
  readonly progress: ProgressLine;
  /** Prints a value as JSON, alone on stdout, or the text that `human` makes of it. */
  answer<Value>(value: Value, human: (value: Value) => string): void;
  /** Prints a remark on stderr unless quiet. */
  remark(text: string): void;
}

/** Returns the context of a command from its flags and the program's. */
export function contextOf(command: Command): Context {
  const flags: CommonFlags = command.optsWithGlobals();
  const progress = progressLine(process.stderr, flags.quiet === true);
  return {
    flags,
    progress,
    answer(value, human) {
      progress.clear();
      process.stdout.write(flags.json ? `${safeJson(value)}\n` : human(value));
    },
    remark(text) {
      progress.clear();
      if (!flags.quiet) process.stderr.write(`weir: ${text}\n`);
    },
  };
}

/** What a question to the ledger begins with. */
export interface Subject {
  readonly facility: Facility;
  readonly ledgerDir: string;
  readonly progress: (message: string) => void;
}

/**
 * Returns the facility and the ledger that the flags name.
 * @throws ConfigurationError when there is no weir.yaml or it is wrong.
 */
export async function subjectOf({ flags, progress }: Context): Promise<Subject> {
  const facility = await loadFacility(findConfig(process.cwd(), flags.config));
  return { facility, ledgerDir: ledgerDirOf(flags, facility), progress: progress.report };
}

/** Returns the ledger's folder: `--ledger`, relative to the working folder, before weir.yaml's own. */
export function ledgerDirOf(flags: CommonFlags, facility: Pick<Facility, 'ledgerDir'>): string {
  return flags.ledger === undefined ? facility.ledgerDir : resolve(process.cwd(), flags.ledger);
}

/** Flags that say which period and which state of the ledger a question speaks of. */
export interface PeriodFlags {
  readonly from?: string;
  readonly to?: string;
  readonly asOf?: number;
}

/** Adds `--from`, `--to` and `--as-of` to a command. */
export function withPeriod(command: Command): Command {
  return command
    .option('--from <time>', 'first UTC day (2026-03-01) or instant (2026-03-01T07:00:00Z) counted')
    .option('--to <time>', 'last UTC day counted, or the instant before which to stop')
    .option('--as-of <entry>', 'answer as of an earlier entry of the journal', wholeNumber('--as-of'));
}

/** Returns a parser of whole numbers, 0 or more. */
export function wholeNumber(flag: string): (text: string) => number {
  return (text) => {
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw new ConfigurationError(`${flag} ${text}: give a whole number, 0 or more`);
  };
}

/** Returns the flags that are set, for functions that tell "not stated" from a value. */
export function stated<Flags extends object>(
  flags: Flags,
): { [Key in keyof Flags]: Exclude<Flags[Key], undefined> } {
  const entries = Object.entries(flags).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Flags]: Exclude<Flags[Key], undefined> };
}

/** Returns the user at this terminal, who says what no `--by` says otherwise. */
export function whoami(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id without a name.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
