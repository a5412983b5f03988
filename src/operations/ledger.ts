import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { BUILD_VERSION } from '../accounting/build.ts';
import { ConfigurationError, WeirError } from '../errors.ts';
import { configSha256On } from '../facility/zones.ts';
import { orChangedFile } from '../ledger/changed-file.ts';
import { type Checkpoint, checkpointSchema, createCheckpoint, generateKeys } from '../ledger/checkpoint.ts';
import { collectGarbage } from '../ledger/collect.ts';
import { mergeWith } from '../ledger/duckdb/merge.ts';
import { createViews, select } from '../ledger/duckdb/views.ts';
import { ENTRY_KINDS, type Entry } from '../ledger/entries.ts';
import { openLedger, openStage } from '../ledger/files.ts';
import { compact, retain, type WantedFrom } from '../ledger/maintain.ts';
import { retentionSchema } from '../ledger/retention.ts';
import { readSnapshot } from '../ledger/snapshot.ts';
import { verifyLedger } from '../ledger/verify.ts';
import { formatDay, HOURS_PER_DAY } from '../records/time.ts';
import type { CollectAnswer, CompactAnswer, LogAnswer, QueryAnswer, VerifyAnswer } from './answers/ledger.ts';
import { entryInWords } from './entry-words.ts';
import { type Question, windowOf, withReading } from './reading.ts';

/** Returns the journal's entries as of a position, oldest first. @throws ConfigurationError without a ledger. */
export async function ledgerLog(ledgerDir: string, asOf?: number): Promise<LogAnswer> {
  openLedger(ledgerDir);
  const snapshot = await readSnapshot(ledgerDir, asOf);
  const entries = ENTRY_KINDS.flatMap((kind): Entry[] => snapshot.entriesOf(kind)).sort(
    (a, b) => a.seq - b.seq,
  );
  return {
    asOf: snapshot.position,
    entries: entries.map((entry) => ({
      entry: entry.seq,
      at: entry.at,
      kind: entry.kind,
      id: entry.id,
      what: entryInWords(entry),
      writer: `${entry.writer.host}, process ${entry.writer.pid}, weir ${entry.writer.weir}`,
    })),
  };
}

/** How deep a verification looks. */
export interface VerifyRequest {
  readonly ledgerDir: string;
  /** Read and hash every file; otherwise only their presence and size is looked at. */
  readonly files: boolean;
  /** File of a checkpoint kept elsewhere, and the public key (PEM file) of who signed it. */
  readonly checkpointFile?: string;
  readonly publicKeyFile?: string;
}

/** Returns what is wrong with a ledger, and what this shows. @throws ConfigurationError for unreadable files. */
export async function ledgerVerify(request: VerifyRequest): Promise<VerifyAnswer> {
  openLedger(request.ledgerDir);
  const { position, leftovers, problems, ...rest } = await verifyLedger(request.ledgerDir, {
    files: request.files,
    ...(request.checkpointFile ? { checkpoint: await readCheckpoint(request.checkpointFile) } : {}),
    ...(request.publicKeyFile ? { publicKey: await readText(request.publicKeyFile) } : {}),
  });
  return {
    ...rest,
    asOf: position,
    leftovers: [...leftovers],
    problems: problems.map((problem) => ({ ...problem })),
  };
}

/** Returns a signed checkpoint of the ledger's last entry. @throws ConfigurationError when the key is none. */
export async function ledgerCheckpoint(ledgerDir: string, privateKeyFile: string): Promise<Checkpoint> {
  openLedger(ledgerDir);
  return createCheckpoint(ledgerDir, await readText(privateKeyFile));
}

/** Returns a fresh pair of keys for checkpoints, as PEM texts. */
export const ledgerKeys = generateKeys;

/** A query to the records and cells of a period; of all time unless stated. */
export interface LedgerQuery extends Question {
  readonly sql: string;
  readonly from?: string;
  readonly to?: string;
  /** Rows returned at most. */
  readonly limit: number;
}

/**
 * Returns the answer of one SELECT over the views `flow`, `handshake`, `coverage`, `given`, `cell` and `reject`.
 * @throws ConfigurationError with the engine's own words when the statement is wrong.
 */
export function ledgerQuery(query: LedgerQuery): Promise<QueryAnswer> {
  return withReading(query, async ({ db, snapshot, builtFiles, factFiles }) => {
    const window = windowOf(snapshot, query.from, query.to);
    const bounded = query.from !== undefined || query.to !== undefined;
    const [fromDay, toDay] = bounded
      ? [Math.floor(window.fromHour / HOURS_PER_DAY), Math.ceil(window.toHour / HOURS_PER_DAY) - 1]
      : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const filesOf = (family: string, built: boolean) =>
      (built ? builtFiles : factFiles)(family, fromDay, toDay);
    await createViews(db, filesOf, bounded ? window : undefined);
    const asked = () =>
      select(db, query.sql, query.limit).catch((error: unknown) => {
        throw isOfStatement(error) ? wrongQuery(error) : error;
      });
    const { columns, rows, cut } = await orChangedFile(query.ledgerDir, query.asOf, asked).catch(
      (error: unknown) => {
        throw error instanceof WeirError ? error : wrongQuery(error);
      },
    );
    return {
      asOf: snapshot.position,
      columns: [...columns],
      rows: rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null]))),
      cut,
    };
  });
}

/** Whether the engine refused a statement before it read any file. */
function isOfStatement(error: unknown): boolean {
  return error instanceof Error && /^(Parser|Binder|Catalog|Permission) Error/.test(error.message);
}

function wrongQuery(cause: unknown): ConfigurationError {
  return new ConfigurationError(`query: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}

/** What maintenance is asked for. */
export interface Maintenance extends Question {
  /** Also seal days and let records and cells go by `retention` of weir.yaml. */
  readonly retention: boolean;
  readonly nowMillis: number;
}

/**
 * Merges small files of closed days and months; with `retention`, first seals the days past their time and lets go
 * what the policy no longer keeps. Figures do not change; files leave the disk with `gc`.
 * @throws ConfigurationError when the policy contradicts itself.
 */
export function ledgerCompact(request: Maintenance): Promise<CompactAnswer> {
  return withReading(request, async ({ db, ledgerDir, facility }) => {
    const policy = retentionSchema.safeParse(facility.retention);
    if (!policy.success)
      throw new ConfigurationError(`retention in weir.yaml: ${z.prettifyError(policy.error)}`);
    const today = Math.floor(request.nowMillis / 86_400_000);
    const wantedFrom: WantedFrom = (snapshot) => (day) =>
      snapshot.inputsSha256Of(day, configSha256On(facility, day), BUILD_VERSION);
    const kept = request.retention
      ? await retain(ledgerDir, policy.data, today, request.nowMillis, wantedFrom)
      : { sealedDays: [], waitingDays: [], expired: [], superseded: [], held: [] };
    const stage = openStage(ledgerDir);
    try {
      const merged = await compact(
        ledgerDir,
        policy.data,
        today,
        wantedFrom,
        mergeWith(db, stage, resolve(ledgerDir)),
      );
      return {
        asOf: (await readSnapshot(ledgerDir)).position,
        merged,
        sealedDays: kept.sealedDays.map(formatDay),
        waitingDays: kept.waitingDays.map(formatDay),
        expiredFiles: kept.expired.length,
        supersededFiles: kept.superseded.length,
        heldFiles: kept.held.length,
      };
    } finally {
      stage.close();
    }
  });
}

/** Removes files that no answer needs any more, or says which. @throws ConfigurationError without a ledger. */
export async function ledgerCollect(
  ledgerDir: string,
  dryRun: boolean,
  nowMillis: number,
): Promise<CollectAnswer> {
  openLedger(ledgerDir);
  const garbage = await collectGarbage(ledgerDir, { nowMillis, dryRun });
  return {
    dryRun,
    bytes: garbage.reduce((sum, { bytes }) => sum + bytes, 0),
    removed: garbage.map(({ path, bytes, why }) => ({ path, bytes, why })),
  };
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new ConfigurationError(`${file}: cannot be read: ${error.message}`, { cause: error });
  });
}

async function readCheckpoint(file: string): Promise<Checkpoint> {
  const text = await readText(file);
  try {
    return checkpointSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ConfigurationError(`${file}: is no checkpoint of weir ledger checkpoint`, { cause });
  }
}
