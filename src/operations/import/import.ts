import { dirname, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { SPREAD_MACRO } from '../../accounting/spread.ts';
import { InternalError } from '../../errors.ts';
import type { Facility } from '../../facility/facility.ts';
import { readPseudonymKey } from '../../facility/pseudonyms.ts';
import { mappingOfFile, sensorOfFile, UNASSIGNED } from '../../facility/sensors.ts';
import { orChangedFile } from '../../ledger/changed-file.ts';
import { type Database, openDatabase } from '../../ledger/duckdb/database.ts';
import { openPseudonyms } from '../../ledger/duckdb/pseudonyms.ts';
import { readRejects } from '../../ledger/duckdb/rejects.ts';
import { faultPoint } from '../../ledger/faults.ts';
import { openLedger, openStage, type Stage } from '../../ledger/files.ts';
import { append } from '../../ledger/journal.ts';
import { readSnapshot, type Snapshot } from '../../ledger/snapshot.ts';
import { formatDay } from '../../records/time.ts';
import { findInputs, type InputFile } from '../../sources/inputs.ts';
import { settingsOf } from '../../sources/settings.ts';
import { stageInputs } from '../../sources/stage.ts';
import type { ImportAnswer, ImportedStream } from '../answers/import.ts';
import type { Progress } from '../progress.ts';
import { rebuildDirtyDays } from '../rebuild.ts';
import { daysOfCommit } from './commit-days.ts';
import { type Draft, type FinishedDraft, openDraft } from './draft.ts';
import { answerRows, leftAloneRows } from './rows.ts';

/** What to import, and where to. */
export interface ImportOptions {
  readonly facility: Facility;
  readonly ledgerDir: string;
  readonly paths: readonly string[];
  readonly cwd: string;
  readonly progress: Progress;
  readonly stdin?: Readable;
  /** A commit is ended after so many decompressed bytes (default 4 GiB). */
  readonly commitBytes?: number;
  /** … or so many inputs (default 200,000). */
  readonly commitInputs?: number;
  /** Lines are handed to the engine in chunks of so many bytes (default 64 MiB); a larger input has chunks of its own. */
  readonly chunkBytes?: number;
  /** How many rejected lines the answer lists; all are kept in the ledger. */
  readonly listedRejects?: number;
}

const COMMIT_BYTES = 4 * 1024 ** 3;
/** An entry names each input in half a kilobyte and more, and no text can be longer than half a gigabyte. */
const COMMIT_INPUTS = 200_000;
const LISTED_REJECTS = 1_000;

/** What an import found and did; `failed` inputs make the command exit with 3. */
export interface ImportResult {
  readonly answer: ImportAnswer;
  readonly failed: number;
}

/**
 * Reads logs into the ledger and rebuilds the days they touch. Importing again changes nothing; the order of
 * files changes nothing; several importers may run at once.
 */
export async function importLogs(options: ImportOptions): Promise<ImportResult> {
  const ledger = openLedger(options.ledgerDir, { create: true, simulated: options.facility.simulated });
  const { inputs, refused } = await findInputs(options.paths, options.cwd);
  const stage = openStage(ledger.dir);
  const db = await openDatabase({
    root: resolve(ledger.dir),
    temporary: resolve(stage.path('engine')),
    macros: [SPREAD_MACRO],
  });
  try {
    const { pseudonyms } = options.facility;
    if (pseudonyms) await openPseudonyms(db, readPseudonymKey(pseudonyms.keyFile));
    const outcome = await takeInputs(db, stage, ledger.dir, inputs, options);
    const rebuiltDays = await orChangedFile(ledger.dir, undefined, () =>
      rebuildDirtyDays(db, stage, ledger.dir, options.facility, options.progress),
    );
    const { position } = await readSnapshot(ledger.dir);
    const refusedRows = refused.map(({ path, reason }) => refusedRow(path, reason));
    const answer: ImportAnswer = {
      asOf: position,
      commits: [...outcome.rows, ...refusedRows].sort((a, b) => compareTexts(a.file, b.file)),
      leftAlone: outcome.leftAlone,
      rejects: outcome.rejects,
      rebuiltDays: rebuiltDays.map(formatDay),
    };
    return { answer, failed: answer.commits.filter(({ status }) => status === 'failed').length };
  } finally {
    db.close();
    stage.close();
  }
}

interface Outcome {
  readonly rows: ImportedStream[];
  readonly leftAlone: ImportAnswer['leftAlone'];
  readonly rejects: ImportAnswer['rejects'];
}

/**
 * Takes inputs in commits. When another importer committed some of the same bytes meanwhile, the draft is
 * thrown away and its inputs are looked at again: what is known by then is passed over.
 */
async function takeInputs(
  db: Database,
  stage: Stage,
  ledgerDir: string,
  inputs: readonly InputFile[],
  options: ImportOptions,
): Promise<Outcome> {
  const outcome: Outcome = { rows: [], leftAlone: [], rejects: [] };
  let rest = inputs;
  while (rest.length > 0) {
    const { taken, committed } = await takeSome(db, stage, ledgerDir, rest, options, outcome);
    if (committed) rest = rest.slice(taken);
    else options.progress('another import took some of the same files; looking again');
  }
  return outcome;
}

/** Takes inputs until a commit's worth is reached; adds to the outcome only when the commit went through. */
async function takeSome(
  db: Database,
  stage: Stage,
  ledgerDir: string,
  inputs: readonly InputFile[],
  options: ImportOptions,
  outcome: Outcome,
): Promise<{ taken: number; committed: boolean }> {
  const draft = await openDraft(db, stage, options.facility);
  const snapshot = await readSnapshot(ledgerDir);
  const paths = inputs.map(({ path }) => path);
  const rows: ImportedStream[] = [];
  const leftAlone: Outcome['leftAlone'] = [];
  let taken = 0;
  for await (const step of stageInputs(inputs, stagingOf(stage, snapshot, options))) {
    if (step.kind === 'chunk') {
      try {
        await draft.addChunk(step, paths);
      } finally {
        await step.release();
      }
      continue;
    }
    const input = await draft.addInput(step);
    taken += 1;
    rows.push(...answerRows(input));
    leftAlone.push(...leftAloneRows(input));
    options.progress(`read ${taken} of ${inputs.length} files, ${Math.round(draft.bytes() / 1e6)} MB`);
    const isFull =
      draft.bytes() >= (options.commitBytes ?? COMMIT_BYTES) ||
      draft.inputs().length >= (options.commitInputs ?? COMMIT_INPUTS);
    if (step.settled && isFull) break;
  }
  const committed = await commit(db, ledgerDir, draft, options.facility, snapshot.position);
  if (committed === 'raced') return { taken: 0, committed: false };
  outcome.rows.push(...rows);
  outcome.leftAlone.push(...leftAlone);
  const rejectFiles = committed ? committed.files.filter(({ family }) => family === 'reject') : [];
  const most = (options.listedRejects ?? LISTED_REJECTS) - outcome.rejects.length;
  const rejects = await readRejects(
    db,
    rejectFiles.map(({ path }) => resolve(ledgerDir, path)),
    most,
  );
  outcome.rejects.push(...rejects.map(({ file, line, column, reason }) => ({ file, line, column, reason })));
  return { taken, committed: true };
}

function stagingOf(stage: Stage, snapshot: Snapshot, options: ImportOptions) {
  const { facility } = options;
  const rootOf = rootFinder(options.paths, options.cwd);
  const mappingOf = lastOf((path) => mappingOfFile(facility, path, rootOf(path)));
  return {
    workDir: stage.dir,
    acceptsSimulated: facility.simulated,
    mappingOf,
    sensorOf: lastOf((path) => mappingOf(path)?.name ?? sensorOfFile(facility, path, rootOf(path))),
    settingsOf: lastOf((sensor) => settingsOf(facility.sensors, sensor)),
    headLengths: [...new Set(sensorsOf(facility).flatMap((sensor) => snapshot.headLengths(sensor)))],
    known: (head: { bytes: number; sha256: string }, sensor: string) =>
      snapshot
        .knownPrefixes(sensor, head)
        .map(({ input }) => ({ bytes: input.bytesTo, sha256: input.prefixSha256 })),
    ...(options.chunkBytes ? { chunkBytes: options.chunkBytes, groupBytes: options.chunkBytes } : {}),
    ...(options.stdin ? { stdin: options.stdin } : {}),
  };
}

/** Returns a function that remembers its last answer: the same is asked of a file several times, and files are many. */
function lastOf<Answer>(answer: (name: string) => Answer): (name: string) => Answer {
  let last: { name: string; is: Answer } | undefined;
  return (name) => {
    last = last?.name === name ? last : { name, is: answer(name) };
    return last.is;
  };
}

/** Every name a file's records can come under. */
function sensorsOf({ sensors, mappings }: Facility): string[] {
  return [UNASSIGNED, ...sensors.map(({ name }) => name), ...mappings.map(({ name }) => name)];
}

/** Returns which argument's folder a file was found under: sensors' globs are relative to it. */
export function rootFinder(paths: readonly string[], cwd: string): (path: string) => string {
  const roots = paths.map((path) => resolve(cwd, path)).sort((a, b) => b.length - a.length);
  return (path) => roots.find((root) => path.startsWith(root + sep)) ?? dirname(path);
}

/** Appends the draft's commit. Returns 'raced' when another importer took some of its bytes first. */
async function commit(
  db: Database,
  ledgerDir: string,
  draft: Draft,
  facility: Facility,
  plannedPosition: number,
): Promise<FinishedDraft | undefined | 'raced'> {
  if (draft.inputs().length === 0) return undefined;
  const finished = await draft.finish(ledgerDir);
  faultPoint('import:files-placed');
  let raced = false;
  const entry = await append(ledgerDir, async (snapshot) => {
    raced = finished.inputs.some((input) => snapshot.rivals(input, plannedPosition).length > 0);
    if (raced) return undefined;
    const { id, inputs, files, contentSha256 } = finished;
    const days = await daysOfCommit(db, ledgerDir, finished, snapshot, facility);
    return { kind: 'commit', id, simulated: facility.simulated, inputs, files, days, contentSha256 };
  });
  if (raced) return 'raced';
  if (!entry) throw new InternalError('a commit was neither written nor refused');
  faultPoint('import:committed');
  return finished;
}

function refusedRow(file: string, reason: string): ImportedStream {
  return {
    file,
    source: 'unknown',
    sensor: 'unknown',
    lines: 0,
    accepted: 0,
    rejected: 0,
    comments: 0,
    bytesOut: '0',
    from: null,
    to: null,
    status: 'failed',
    verified: false,
    waitingBytes: 0,
    reason,
  };
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
