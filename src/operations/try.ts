import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Facility } from '../facility/facility.ts';
import { readPseudonymKey } from '../facility/pseudonyms.ts';
import { mappingOfFile, sensorOfFile } from '../facility/sensors.ts';
import { type Database, openDatabase } from '../ledger/duckdb/database.ts';
import { lookAtChunk, type SeenChunk } from '../ledger/duckdb/look.ts';
import { openPseudonyms } from '../ledger/duckdb/pseudonyms.ts';
import { findInputs, type InputFile } from '../sources/inputs.ts';
import { settingsOf } from '../sources/settings.ts';
import { stageInputs } from '../sources/stage.ts';
import type { StagedInput } from '../sources/staged-input.ts';
import type { TriedFile, TryAnswer } from './answers/try.ts';
import { rootFinder } from './import/import.ts';
import { bringIn, damageOf } from './import/parquet-input.ts';
import type { Progress } from './progress.ts';

/** What to look at. */
export interface TryOptions {
  readonly facility: Facility;
  readonly paths: readonly string[];
  readonly cwd: string;
  readonly progress: Progress;
  readonly stdin?: Readable;
  /** Records and rejects shown of each file. */
  readonly rows?: number;
}

const ROWS = 5;
/** So many inputs are looked at; the others are counted. */
const MOST_FILES = 20;
/** Of each about so much is read: enough to see what its lines are, little enough to be done at once. */
const LOOK_BYTES = 1_000_000;

/**
 * Reads the beginning of each input as an import would and returns the first records as Weir understands them, with what it
 * took from weir.yaml and what it rejects. Nothing is written to a ledger.
 */
export async function tryLogs(options: TryOptions): Promise<{ answer: TryAnswer; failed: number }> {
  const { facility, progress } = options;
  const { inputs, refused } = await findInputs(options.paths, options.cwd);
  const workDir = await mkdtemp(join(tmpdir(), 'weir-try-'));
  const db = await openDatabase({ root: workDir, temporary: join(workDir, 'engine') });
  try {
    const { pseudonyms } = facility;
    if (pseudonyms) await openPseudonyms(db, readPseudonymKey(pseudonyms.keyFile));
    const files: TriedFile[] = refused.map(({ path, reason }) => ({
      ...nothingOf(path, 'unknown', facility),
      status: 'failed',
      reason,
    }));
    for (const input of inputs.slice(0, MOST_FILES)) {
      progress(`looking at ${input.path}`);
      files.push(await lookAt(db, input, workDir, options));
    }
    const answer = { files, more: Math.max(0, inputs.length - MOST_FILES) };
    return { answer, failed: files.filter(({ status }) => status === 'failed').length };
  } finally {
    db.close();
    await rm(workDir, { recursive: true, force: true });
  }
}

/** Looks at the first chunk of an input, and at what became of the input where that is all of it. */
async function lookAt(
  db: Database,
  input: InputFile,
  workDir: string,
  options: TryOptions,
): Promise<TriedFile> {
  const { facility } = options;
  const rootOf = rootFinder(options.paths, options.cwd);
  const sensorOf = (path: string) =>
    mappingOfFile(facility, path, rootOf(path))?.name ?? sensorOfFile(facility, path, rootOf(path));
  const steps = stageInputs([input], {
    workDir,
    chunkBytes: LOOK_BYTES,
    groupBytes: LOOK_BYTES,
    sensorOf,
    mappingOf: (path) => mappingOfFile(facility, path, rootOf(path)),
    settingsOf: (sensor) => settingsOf(facility.sensors, sensor),
    headLengths: [],
    acceptsSimulated: true,
    known: () => [],
    ...(options.stdin ? { stdin: options.stdin } : {}),
  });
  let tried = nothingOf(input.path, sensorOf(input.path), facility);
  for await (const step of steps) {
    if (step.kind === 'input') {
      tried = withInput(tried, step);
      break;
    }
    const isParquet = step.layout.encoding === 'parquet';
    const origins = step.segments.map((segment) => ({ ...segment, start: 0, path: input.path }));
    try {
      const path = isParquet ? await bringIn(step.path, join(workDir, 'look-input.parquet')) : step.path;
      const chunk = { ...step, path, origins: startsOf(origins) };
      const seen = await lookAtChunk(db, chunk, facility, join(workDir, 'look'), options.rows ?? ROWS);
      tried = withChunk(tried, seen, step.lines, facility.pseudonyms !== undefined);
      if (isParquet) tried = { ...tried, whole: true, lines: rowsOf(seen) };
    } catch (error) {
      const damage = isParquet ? damageOf(error) : undefined;
      if (damage === undefined) throw error;
      tried = { ...tried, status: 'failed', reason: damage };
    } finally {
      await step.release();
    }
    // A large input goes on; what was seen of it will do.
    if (step.unsettled !== undefined) break;
  }
  await steps.return(undefined);
  return tried;
}

/** Parquet is not read line by line: its rows stand for lines. */
function rowsOf({ written }: SeenChunk): number {
  const counts = written.logs.flatMap((log) => log.counts);
  return counts.reduce((sum, { accepted, rejected }) => sum + accepted + rejected, 0);
}

/** Segments lie end to end: each starts where those before it end. */
function startsOf<Segment extends { readonly lines: number }>(segments: readonly Segment[]): Segment[] {
  let start = 0;
  return segments.map((segment) => {
    const placed = { ...segment, start };
    start += segment.lines;
    return placed;
  });
}

function nothingOf(file: string, sensor: string, { sensors }: Facility): TriedFile {
  const { format, timezone, year, yearOfFile, samplingRate, samplingScaled, host, ...rest } = settingsOf(
    sensors,
    sensor,
  );
  const others = (['fields', 'keys', 'ownEndpoints'] as const).filter((name) => rest[name] !== undefined);
  return {
    file,
    status: 'read',
    reason: null,
    sensor,
    settings: {
      format: format ?? null,
      timezone: timezone ?? null,
      year: yearOfFile ? 'mtime' : (year ?? null),
      samplingRate: samplingRate ?? null,
      samplingScaled,
      host: host ?? null,
      others,
    },
    logs: [],
    whole: false,
    lines: 0,
    records: [],
    leftAlone: [],
    rejects: [],
  };
}

function withChunk(
  tried: TriedFile,
  { written, records, rejects }: SeenChunk,
  lines: number,
  hidesLines: boolean,
): TriedFile {
  const sum = (counts: readonly { accepted: number; rejected: number }[], of: 'accepted' | 'rejected') =>
    counts.reduce((total, each) => total + each[of], 0);
  return {
    ...tried,
    lines: tried.lines + lines,
    logs: [
      ...tried.logs,
      ...written.logs.map(({ source, counts }) => ({
        source,
        accepted: sum(counts, 'accepted'),
        rejected: sum(counts, 'rejected'),
      })),
    ],
    records: [
      ...tried.records,
      ...records.map((each) => ({
        ...each,
        columns: [...each.columns],
        rows: each.rows.map((row) => [...row]),
      })),
    ],
    leftAlone: [
      ...tried.leftAlone,
      ...written.leftAlone.map(({ what, lines: count }) => ({ what, lines: count })),
    ],
    // Lines may hold the names that pseudonyms stand for.
    rejects: [...tried.rejects, ...rejects.map((each) => (hidesLines ? { ...each, text: null } : each))],
  };
}

function withInput(tried: TriedFile, staged: StagedInput): TriedFile {
  const status = staged.status === 'failed' || staged.status === 'left-alone' ? staged.status : 'read';
  const early = staged.rejected.map(({ line, column, reason, text }) => ({
    line,
    column: column === undefined ? null : `byte ${column}`,
    reason,
    text: text ?? null,
  }));
  const alone = Object.entries(staged.leftAlone).map(([what, lines]) => ({ what, lines }));
  // As an import answers: what was rejected before it was parsed belongs to no log, and stands with the first.
  const logs = tried.logs.map((log, index) =>
    index === 0 ? { ...log, rejected: log.rejected + staged.rejectedLines } : log,
  );
  const nothing = status === 'read' ? { logs } : { logs: [], records: [] };
  return {
    ...tried,
    ...nothing,
    status,
    reason: staged.reason ?? null,
    whole: true,
    lines: staged.lines,
    leftAlone: [...tried.leftAlone, ...alone],
    rejects: [...early, ...tried.rejects],
  };
}
