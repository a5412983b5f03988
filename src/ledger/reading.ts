import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LedgerError } from '../errors.ts';
import { sha256Of, ZERO_SHA256 } from './entries.ts';
import { type Ledger, unlessMissing } from './files.ts';

/** One entry as it stands in the journal. */
export interface Line {
  readonly seq: number;
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** A place in the journal: the number of its last entry (0: none) and the sha256 of that entry's bytes. */
export interface Position {
  readonly seq: number;
  readonly sha256: string;
}

/** The position before the first entry. */
export const START: Position = { seq: 0, sha256: ZERO_SHA256 };

const digits = (seq: number): string => String(seq).padStart(12, '0');

/** Returns the path of the file that holds one entry until it is rolled. */
export function singlePath(ledgerDir: string, seq: number): string {
  return join(ledgerDir, 'journal', `${digits(seq)}.json`);
}

/** Returns the path of the file into which the entries of seq's block are rolled. */
export function rolledPath(ledger: Ledger, seq: number): string {
  const { first, last } = blockOf(ledger, seq);
  return join(ledger.dir, 'journal', `${digits(first)}-${digits(last)}.ndjson`);
}

/** Returns the first and last entry number of the block that holds seq. */
export function blockOf(ledger: Ledger, seq: number): { first: number; last: number } {
  const first = Math.floor((seq - 1) / ledger.entriesPerRoll) * ledger.entriesPerRoll + 1;
  return { first, last: first + ledger.entriesPerRoll - 1 };
}

/** What a file name in the journal folder stands for. Undefined for anything else, temporary files for instance. */
export function parseJournalName(name: string): { first: number; last: number; rolled: boolean } | undefined {
  const match = /^(\d{12})(?:-(\d{12})\.ndjson|\.json)$/.exec(name);
  if (!match) return undefined;
  const first = Number(match[1]);
  return { first, last: Number(match[2] ?? match[1]), rolled: match[2] !== undefined };
}

/** Splits a rolled file into its lines, newlines kept. */
export function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(10, from);
    const to = newline === -1 ? bytes.length : newline + 1;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines;
}

function readRolled(ledger: Ledger, from: number): Buffer[] | undefined {
  const path = rolledPath(ledger, from);
  const bytes = unlessMissing(() => readFileSync(path));
  if (bytes === undefined) return undefined;
  const lines = splitLines(bytes);
  if (lines.length !== ledger.entriesPerRoll) {
    throw new LedgerError(
      `${path} holds ${lines.length} entries instead of ${ledger.entriesPerRoll}; run weir ledger verify`,
    );
  }
  return lines.slice(from - blockOf(ledger, from).first);
}

function readSingles(ledger: Ledger, from: number): Buffer[] {
  const lines: Buffer[] = [];
  for (let seq = from; seq <= blockOf(ledger, from).last; seq += 1) {
    const bytes = unlessMissing(() => readFileSync(singlePath(ledger.dir, seq)));
    if (bytes === undefined) break;
    lines.push(bytes);
  }
  return lines;
}

/**
 * Returns the entries of one block from `from` on. A roll links the rolled file before it removes single ones, so
 * looking for it again *after* reading singles settles every race: if it is there, it is right, and a single read
 * beside it may be a phantom (an appender with an old view took a number just freed; it takes it back, see journal.ts).
 */
function readBlock(ledger: Ledger, from: number): Buffer[] {
  return readRolled(ledger, from) ?? preferRolled(readSingles(ledger, from), readRolled(ledger, from));
}

const preferRolled = (singles: Buffer[], rolled: Buffer[] | undefined): Buffer[] => rolled ?? singles;

/**
 * Returns the entries after a position, each chained to the one before; with concurrent writers and rolls, those of
 * some instant during the call.
 * @throws LedgerError when the chain is broken or the journal is shorter than the position.
 */
export function readAfter(ledger: Ledger, position: Position): Line[] {
  const read: Line[] = [];
  let last = position;
  for (;;) {
    const from = last.seq + 1;
    for (const bytes of readBlock(ledger, from)) {
      const line = { seq: last.seq + 1, bytes, sha256: sha256Of(bytes) };
      assertChained(ledger, last, line);
      read.push(line);
      last = line;
    }
    if (last.seq < blockOf(ledger, from).last) break;
  }
  if (position.seq > 0 && read.length === 0) assertStillThere(ledger, position.seq);
  return read;
}

/** Both fields stand at fixed places near the beginning of the line: no need to parse it twice. */
function assertChained(ledger: Ledger, last: Position, line: Line): void {
  const match = /^\{"seq":(\d+),"at":"[^"]*","previous":"([0-9a-f]{64})"/.exec(
    line.bytes.toString('latin1', 0, 200),
  );
  if (Number(match?.[1]) === line.seq && match?.[2] === last.sha256) return;
  throw new LedgerError(
    `the journal in ${ledger.dir} is broken at entry ${line.seq}: it does not follow entry ${last.seq} as written; run weir ledger verify`,
  );
}

function assertStillThere(ledger: Ledger, seq: number): void {
  if (existsSync(singlePath(ledger.dir, seq)) || existsSync(rolledPath(ledger, seq))) return;
  throw new LedgerError(
    `entry ${seq} of the journal in ${ledger.dir} was there and is gone; run weir ledger verify`,
  );
}

/**
 * Returns the highest entry number that a file in the journal folder bears. Entries can only be missing *below* it
 * when somebody removed a file.
 */
export function highestNumber(ledgerDir: string): number {
  return readdirSync(join(ledgerDir, 'journal')).reduce(
    (highest, name) => Math.max(highest, parseJournalName(name)?.last ?? 0),
    0,
  );
}
