import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { assertConsistent } from './admission.ts';
import { type Checkpoint, checkpointSchema, signatureHolds } from './checkpoint.ts';
import { checksumHolds, decodeEntry, type Entry, sha256Of } from './entries.ts';
import { hashFile, type Ledger, readLedger, unlessMissing } from './files.ts';
import { emptyFold, type Fold, foldEntry } from './fold.ts';
import { parseJournalName, rolledPath, singlePath, splitLines } from './reading.ts';
import { snapshotOf } from './snapshot.ts';

type ProblemCode =
  | 'entry-missing'
  | 'entry-damaged'
  | 'chain-broken'
  | 'entry-inconsistent'
  | 'file-missing'
  | 'file-changed'
  | 'checkpoint-forged'
  | 'checkpoint-foreign'
  | 'history-cut'
  | 'history-rewritten';

/** One thing that is not as it should be. */
interface Problem {
  readonly code: ProblemCode;
  /** The entry, file or checkpoint concerned. */
  readonly where: string;
  readonly message: string;
}

/** What a verification found. */
export interface Verification {
  readonly ledgerId: string;
  /** Number and hash of the last entry. */
  readonly position: number;
  readonly entrySha256: string;
  readonly filesNamed: number;
  readonly filesHashed: number;
  readonly bytesHashed: number;
  /** Remains of crashes in the journal folder: harmless, never read, removed by gc. */
  readonly leftovers: readonly string[];
  readonly problems: readonly Problem[];
  /** What this result proves and what it does not, for a person. */
  readonly statement: string;
}

export interface VerifyOptions {
  /** Read and hash every data file; without it only presence and size are checked. */
  files: boolean;
  /** A checkpoint kept elsewhere. */
  checkpoint?: Checkpoint;
  /** The public key (PEM) of whoever signs checkpoints. */
  publicKey?: string;
}

type Report = (code: ProblemCode, where: string, message: string) => void;

/**
 * Checks the whole ledger: every entry's bytes, their chain, what entries say about each other, the files they name,
 * and all that against a checkpoint. Finds every problem instead of stopping at the first.
 * @throws LedgerError when ledger.json is missing or unreadable, ConfigurationError for a wrong public key.
 */
export async function verifyLedger(ledgerDir: string, options: VerifyOptions): Promise<Verification> {
  const ledger = readLedger(ledgerDir);
  const problems: Problem[] = [];
  const report: Report = (code, where, message) => problems.push({ code, where, message });
  const leftovers: string[] = [];
  const fold = emptyFold();
  const sha256BySeq = verifyJournal(ledger, fold, report, leftovers);
  const position = sha256BySeq.length - 1;
  const hashed = await verifyFiles(ledger, fold, options.files, report);
  if (options.checkpoint)
    verifyCheckpoint(ledger, sha256BySeq, options.checkpoint, options.publicKey, report);
  return {
    ledgerId: ledger.id,
    position,
    entrySha256: sha256BySeq[position] ?? '',
    ...hashed,
    leftovers,
    problems,
    statement: statementOf(problems, options),
  };
}

/** Returns each entry's hash by its number ('' for a missing one); index 0 stands for the empty journal. */
function verifyJournal(ledger: Ledger, fold: Fold, report: Report, leftovers: string[]): string[] {
  const hashes = [fold.position.sha256];
  const files = journalFiles(ledger, leftovers);
  for (let seq = 1; seq <= files.highest; seq = hashes.length) {
    const { path, lines, expected } = readForVerification(ledger, seq, files.rolled);
    if (lines.length > expected)
      report('entry-damaged', path, `holds ${lines.length} lines instead of ${expected}`);
    for (let i = 0; i < expected; i += 1)
      hashes.push(verifyLine(ledger, fold, hashes, lines[i], path, report));
  }
  return hashes;
}

function readForVerification(ledger: Ledger, seq: number, rolled: ReadonlySet<string>) {
  const block = rolledPath(ledger, seq);
  const path = singlePath(ledger.dir, seq);
  const single = rolled.has(block) ? undefined : unlessMissing(() => readFileSync(path));
  if (single !== undefined) return { path, lines: [single], expected: 1 };
  // Also when the block was rolled between listing and reading.
  const bytes = unlessMissing(() => readFileSync(block));
  if (bytes === undefined) return { path, lines: [], expected: 1 };
  return { path: block, lines: splitLines(bytes), expected: ledger.entriesPerRoll };
}

function journalFiles(ledger: Ledger, leftovers: string[]): { highest: number; rolled: Set<string> } {
  const folder = join(ledger.dir, 'journal');
  const rolled = new Set<string>();
  let highest = 0;
  const names = readdirSync(folder).sort();
  for (const name of names) {
    const range = parseJournalName(name);
    if (range === undefined) leftovers.push(name);
    else highest = Math.max(highest, range.last);
    if (range?.rolled) rolled.add(join(folder, name));
  }
  for (const name of names) {
    const range = parseJournalName(name);
    if (range && !range.rolled && rolled.has(rolledPath(ledger, range.first))) leftovers.push(name);
  }
  return { highest, rolled };
}

function verifyLine(
  ledger: Ledger,
  fold: Fold,
  hashes: readonly string[],
  line: Buffer | undefined,
  path: string,
  report: Report,
): string {
  const seq = hashes.length;
  const where = `entry ${seq}`;
  if (line === undefined) {
    report('entry-missing', where, `is missing (${path})`);
    return '';
  }
  const sha256 = sha256Of(line);
  if (!checksumHolds(line))
    report('entry-damaged', where, `its bytes do not match its own checksum (${path})`);
  let entry: Entry;
  try {
    entry = decodeEntry(line, path);
  } catch (error) {
    report('entry-damaged', where, messageOf(error));
    return sha256;
  }
  if (entry.seq !== seq) report('chain-broken', where, `calls itself entry ${entry.seq} (${path})`);
  if (hashes[seq - 1] !== '' && entry.previous !== hashes[seq - 1]) {
    report('chain-broken', where, `does not follow entry ${seq - 1} as it stands now (${path})`);
  }
  try {
    assertConsistent(ledger, snapshotOf(fold, seq - 1), entry);
  } catch (error) {
    report('entry-inconsistent', where, messageOf(error));
  }
  foldEntry(fold, { ...entry, seq }, sha256);
  return sha256;
}

async function verifyFiles(ledger: Ledger, fold: Fold, hash: boolean, report: Report) {
  const named = snapshotOf(fold, Number.MAX_SAFE_INTEGER).files();
  let filesHashed = 0;
  let bytesHashed = 0;
  for (const file of named) {
    const path = join(ledger.dir, file.path);
    const bytes = unlessMissing(() => statSync(path))?.size;
    const origin = `named by entry ${file.addedAt}`;
    if (bytes === undefined) report('file-missing', file.path, `${origin}, is missing`);
    else if (bytes !== file.bytes) {
      report('file-changed', file.path, `${origin}, has ${bytes} bytes instead of ${file.bytes}`);
    } else if (hash) {
      const found = await hashFile(path);
      filesHashed += 1;
      bytesHashed += found.bytes;
      if (found.sha256 !== file.sha256) report('file-changed', file.path, `${origin}, has other content`);
    }
  }
  return { filesNamed: named.length, filesHashed, bytesHashed };
}

function verifyCheckpoint(
  ledger: Ledger,
  hashes: readonly string[],
  given: Checkpoint,
  publicKey: string | undefined,
  report: Report,
): void {
  const parsed = checkpointSchema.safeParse(given);
  if (!parsed.success || (publicKey !== undefined && !signatureHolds(parsed.data, publicKey))) {
    report(
      'checkpoint-forged',
      'checkpoint',
      'was not signed with the private key of this public key, as it stands',
    );
    return;
  }
  const { seq, ledgerId, entrySha256, at } = parsed.data;
  const position = hashes.length - 1;
  if (ledgerId !== ledger.id) {
    report('checkpoint-foreign', 'checkpoint', `is of the ledger ${ledgerId}, this one is ${ledger.id}`);
  }
  if (seq > position) {
    report('history-cut', `entry ${seq}`, `was the last on ${at}; the journal now ends at ${position}`);
  } else if (hashes[seq] !== entrySha256) {
    report('history-rewritten', `entry ${seq}`, `or one before it is not what it was on ${at}`);
  }
}

function statementOf(problems: readonly Problem[], options: VerifyOptions): string {
  if (problems.length > 0) return `This ledger is not intact: ${problems.length} problem(s) found.`;
  const files = options.files
    ? 'the files are to the byte what the entries say'
    : 'the files are there and as long as the entries say (their content was not read)';
  if (!options.checkpoint) {
    return `Inner consistency only: the entries follow one another and ${files}. Whoever can write here could have rewritten everything to fit; only a checkpoint kept elsewhere can show that nothing was changed.`;
  }
  const signature = options.publicKey
    ? 'signed with the given key'
    : 'whose signature was not checked (no public key was given)';
  return `Nothing up to entry ${options.checkpoint.seq} has changed since the checkpoint of ${options.checkpoint.at}, ${signature}; the entries follow one another and ${files}. Entries after it are shown to be consistent only.`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
