import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { Command } from 'commander';
import { ConfigurationError } from '../errors.ts';
import {
  type Context,
  contextOf,
  type PeriodFlags,
  stated,
  subjectOf,
  wholeNumber,
  withPeriod,
} from './context.ts';
import { EXIT_INPUT } from './exit-codes.ts';
import { collectText, compactText, logText, queryText, verifyText } from './print/ledger.ts';

const QUERY_ROWS = 1_000;
const PRIVATE_MODE = 0o600;

/** Adds `weir ledger` and what belongs to it. */
export function addLedger(program: Command): void {
  const ledger = program.command('ledger').description('look after the ledger, and ask it in SQL');
  addLog(ledger);
  addVerify(ledger);
  addCheckpoint(ledger);
  addKeys(ledger);
  addQuery(ledger);
  addCompact(ledger);
  addCollect(ledger);
}

/** Loaded when needed: help and a wrong command line are answered at once. */
const operations = () => import('../operations/ledger.ts');

/** The ledger alone: with `--ledger`, weir.yaml is not needed. */
async function ledgerDirOf(context: Context): Promise<string> {
  if (context.flags.ledger !== undefined) return resolve(process.cwd(), context.flags.ledger);
  return (await subjectOf(context)).ledgerDir;
}

function addLog(ledger: Command): void {
  ledger
    .command('log')
    .description("list the journal's entries")
    .option('--as-of <entry>', 'up to this entry of the journal', wholeNumber('--as-of'))
    .action(async (flags: Pick<PeriodFlags, 'asOf'>, self: Command) => {
      const context = contextOf(self);
      const { ledgerLog } = await operations();
      context.answer(await ledgerLog(await ledgerDirOf(context), flags.asOf), logText);
    });
}

interface VerifyFlags {
  readonly files: boolean;
  readonly checkpoint?: string;
  readonly key?: string;
}

function addVerify(ledger: Command): void {
  ledger
    .command('verify')
    .description(
      'show that nothing was changed, relative to a checkpoint kept elsewhere; exits 3 when something was',
    )
    .option('--no-files', 'look only whether the files are there, do not read them')
    .option('--checkpoint <file>', 'checkpoint kept elsewhere')
    .option('--key <file>', 'public key (PEM) of who signs checkpoints')
    .action(async ({ files, checkpoint, key }: VerifyFlags, self: Command) => {
      const context = contextOf(self);
      const { ledgerVerify } = await operations();
      const answer = await ledgerVerify({
        ledgerDir: await ledgerDirOf(context),
        files,
        ...(checkpoint === undefined ? {} : { checkpointFile: checkpoint }),
        ...(key === undefined ? {} : { publicKeyFile: key }),
      });
      context.answer(answer, verifyText);
      if (answer.problems.length > 0) process.exitCode = EXIT_INPUT;
    });
}

function addCheckpoint(ledger: Command): void {
  ledger
    .command('checkpoint')
    .description('print a signed word about the last entry, to be kept where the ledger is not')
    .requiredOption('--key <file>', 'private key (PEM)')
    .action(async ({ key }: { key: string }, self: Command) => {
      const context = contextOf(self);
      const { ledgerCheckpoint } = await operations();
      const text = (checkpoint: unknown) => `${JSON.stringify(checkpoint)}\n`;
      context.answer(await ledgerCheckpoint(await ledgerDirOf(context), key), text);
    });
}

function addKeys(ledger: Command): void {
  ledger
    .command('keys')
    .description('make a pair of keys for checkpoints; keep the private one away from the ledger')
    .requiredOption('--private <file>', 'where the private key goes')
    .requiredOption('--public <file>', 'where the public key goes')
    .action(async (flags: { private: string; public: string }, self: Command) => {
      const context = contextOf(self);
      const { ledgerKeys } = await operations();
      const keys = ledgerKeys();
      const files = { private: resolve(flags.private), public: resolve(flags.public) };
      const taken = Object.values(files).find((file) => existsSync(file));
      if (taken !== undefined) throw new ConfigurationError(`${taken} exists; a key is never overwritten`);
      await writeFile(files.private, keys.privateKey, { mode: PRIVATE_MODE, flag: 'wx' });
      await writeFile(files.public, keys.publicKey, { flag: 'wx' });
      if (files.private.includes(`${sep}ledger${sep}`)) {
        context.remark(
          'the private key seems to lie in the ledger; whoever can change the ledger could then sign anything',
        );
      }
      context.answer(files, (written) => `Wrote ${written.private} and ${written.public}.\n`);
    });
}

function addQuery(ledger: Command): void {
  const command = ledger
    .command('query')
    .description('run one SELECT over flow, handshake, coverage, given, cell and reject')
    .argument('<sql>', 'one SELECT statement')
    .option('--limit <rows>', 'rows at most, 0 for all', wholeNumber('--limit'), QUERY_ROWS)
    .action(async (sql: string, { limit, ...period }: PeriodFlags & { limit: number }, self: Command) => {
      const context = contextOf(self);
      const { ledgerQuery } = await operations();
      const subject = await subjectOf(context);
      const most = limit === 0 ? Number.MAX_SAFE_INTEGER - 1 : limit;
      context.answer(await ledgerQuery({ ...subject, ...stated(period), sql, limit: most }), queryText);
    });
  withPeriod(command);
}

function addCompact(ledger: Command): void {
  ledger
    .command('compact')
    .description('merge the small files of closed days and months')
    .option('--retention', 'first let go what retention of weir.yaml no longer keeps')
    .action(async (flags: { retention?: boolean }, self: Command) => {
      const context = contextOf(self);
      const { ledgerCompact } = await operations();
      const subject = await subjectOf(context);
      const request = { ...subject, retention: flags.retention === true, nowMillis: Date.now() };
      context.answer(await ledgerCompact(request), compactText);
    });
}

function addCollect(ledger: Command): void {
  ledger
    .command('gc')
    .description('remove files that no answer needs any more')
    .option('--dry-run', 'only say what would go')
    .action(async (flags: { dryRun?: boolean }, self: Command) => {
      const context = contextOf(self);
      const { ledgerCollect } = await operations();
      const ledgerDir = await ledgerDirOf(context);
      context.answer(await ledgerCollect(ledgerDir, flags.dryRun === true, Date.now()), collectText);
    });
}
