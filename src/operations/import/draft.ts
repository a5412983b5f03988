import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Facility } from '../../facility/facility.ts';
import { writeChunk } from '../../ledger/duckdb/chunk.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import { daysOfFile, writeLong } from '../../ledger/duckdb/file-days.ts';
import { ORIGIN_FAMILY, openOrigins, writeOrigins } from '../../ledger/duckdb/origins.ts';
import { writeRejects } from '../../ledger/duckdb/rejects.ts';
import { writeTranslations } from '../../ledger/duckdb/translations.ts';
import type { DataFile, InputRange } from '../../ledger/entries.ts';
import { contentSha256Of, newId } from '../../ledger/entries.ts';
import { faultPoint } from '../../ledger/faults.ts';
import { hashFile, publish, type Stage } from '../../ledger/files.ts';
import { dayOfMicros } from '../../records/time.ts';
import type { StagedChunk } from '../../sources/chunks.ts';
import type { StagedInput } from '../../sources/staged-input.ts';
import { bringIn, damageOf } from './parquet-input.ts';
import { addCount, type DraftInput, type LogTotals, rangeOf } from './totals.ts';

/** A file of records in the stage, with what the journal will say of it. */
interface DraftFile {
  readonly name: string;
  readonly temporary: string;
  readonly family: string;
  readonly rows: number;
  readonly days: readonly number[];
  readonly unsettled: number | undefined;
  readonly durable: Promise<{ bytes: number; sha256: string }>;
}

/** What one commit will say, while it is being put together. Nothing of it is visible before the journal names it. */
export interface Draft {
  readonly id: string;
  addChunk(chunk: StagedChunk, paths: readonly string[]): Promise<void>;
  addInput(staged: StagedInput): Promise<DraftInput>;
  /** Bytes of decompressed input taken so far. */
  bytes(): number;
  inputs(): readonly DraftInput[];
  /** Gives the files their names in the ledger; call once, right before the entry is appended. */
  finish(ledgerDir: string): Promise<FinishedDraft>;
}

/** A draft whose files have their places: what the entry says. */
export interface FinishedDraft {
  readonly id: string;
  readonly inputs: InputRange[];
  readonly files: DataFile[];
  readonly days: number[];
  readonly contentSha256: string;
}

/** Families whose records change a day's build. */
const BUILT_FROM: ReadonlySet<string> = new Set(['flow', 'long', 'given', 'coverage']);

/** Opens an empty draft. Its files are made in the stage; rejects collect in the table `reject`. */
export async function openDraft(db: Database, stage: Stage, facility: Facility): Promise<Draft> {
  const id = newId();
  const files: DraftFile[] = [];
  const inputs: DraftInput[] = [];
  const logs = new Map<number, Map<string, LogTotals>>();
  const leftAlone = new Map<number, Record<string, number>>();
  const damaged = new Map<number, string>();
  let serial = 0;
  let bytes = 0;
  await db.run(
    'CREATE OR REPLACE TEMP TABLE reject (input VARCHAR, line BIGINT, "column" VARCHAR, reason VARCHAR, text VARCHAR)',
  );
  await openOrigins(db);

  async function keep(
    family: string,
    temporary: string,
    rows: number,
    unsettled: number | undefined,
  ): Promise<void> {
    if (rows === 0) return;
    const days = await daysOfFile(db, temporary, family);
    const name = `${String(files.length + 1).padStart(4, '0')}-${family}.parquet`;
    files.push({ name, temporary, family, rows, days, unsettled, durable: makeDurable(temporary) });
  }

  return {
    id,
    bytes: () => bytes,
    inputs: () => inputs,
    async addChunk(chunk, paths) {
      serial += 1;
      bytes += chunk.bytes;
      const prefix = join(stage.dir, `${id}-${serial}`);
      const path =
        chunk.layout.encoding === 'parquet'
          ? await bringIn(chunk.path, `${prefix}-input.parquet`)
          : chunk.path;
      const toWrite = { ...chunk, path, origins: originsOf(chunk, paths) };
      const written = await writeChunk(db, toWrite, facility, prefix).catch((error: unknown) => {
        // Only the engine knows whether Parquet is whole; lines were seen to be before.
        const damage = chunk.layout.encoding === 'parquet' ? damageOf(error) : undefined;
        if (chunk.unsettled === undefined || damage === undefined) throw error;
        damaged.set(chunk.unsettled, damage);
        return undefined;
      });
      if (!written) return;
      faultPoint('import:chunk-written');
      for (const { source, counts } of written.logs) {
        for (const count of counts) addCount(logs, source, count);
      }
      for (const { input, what, lines } of written.leftAlone) {
        const known = leftAlone.get(input) ?? {};
        leftAlone.set(input, { ...known, [what]: (known[what] ?? 0) + lines });
      }
      for (const file of written.files) {
        await keep(file.family, file.path, file.rows, chunk.unsettled);
        if (file.family !== 'flow') continue;
        const longPath = `${prefix}-long-${serial}-${files.length}.parquet`;
        await keep('long', longPath, await writeLong(db, file.path, longPath), chunk.unsettled);
        if (!file.translates) continue;
        const seenPath = `${prefix}-translation-${serial}-${files.length}.parquet`;
        await keep(
          'translation',
          seenPath,
          await writeTranslations(db, file.path, seenPath),
          chunk.unsettled,
        );
      }
    },
    async addInput(read) {
      const damage = damaged.get(read.index);
      const staged: StagedInput = damage === undefined ? read : { ...read, status: 'failed', reason: damage };
      const added = {
        staged,
        logs: [...(logs.get(staged.index)?.values() ?? [])],
        leftAlone: { ...staged.leftAlone, ...leftAlone.get(staged.index) },
      };
      if (staged.status === 'failed') {
        drop(files, staged.index);
        await db.run(`DELETE FROM reject WHERE input = '${staged.path.replaceAll("'", "''")}'`);
        return { ...added, logs: [] };
      }
      // An input whose only line is still being written has nothing to commit yet.
      if (staged.bytesTo > staged.bytesFrom && staged.status !== 'left-alone') inputs.push(added);
      return added;
    },
    async finish(ledgerDir) {
      const rejects = inputs.flatMap(({ staged }) =>
        staged.rejected.map((line) => ({ ...line, input: staged.path })),
      );
      const rejectPath = join(stage.dir, `${id}-reject.parquet`);
      const rejected = await writeRejects(db, rejects, rejectPath, !facility.pseudonyms);
      const days = daysOf(files.filter(({ family }) => BUILT_FROM.has(family)));
      const folder = `records/${id}`;
      const originPath = join(stage.dir, `${id}-origin.parquet`);
      const named = files.map(({ temporary, name }) => ({ temporary, path: `${folder}/${name}` }));
      const runs = await writeOrigins(db, named, originPath);
      const today = [dayOfMicros(Date.now() * 1000)];
      if (runs > 0) files.push(sideFile(ORIGIN_FAMILY, originPath, runs, daysOf(files)));
      if (rejected > 0) files.push(sideFile('reject', rejectPath, rejected, days.length > 0 ? days : today));
      const dataFiles: DataFile[] = [];
      for (const file of files) dataFiles.push(await placeFile(file, ledgerDir, folder));
      const ranges = inputs.map(rangeOf);
      return {
        id,
        inputs: ranges,
        files: dataFiles,
        days,
        contentSha256: contentSha256Of(ranges),
      };
    },
  };
}

function daysOf(files: readonly DraftFile[]): number[] {
  return [...new Set(files.flatMap((file) => file.days))].sort((a, b) => a - b);
}

/** A file about the whole commit, beside those of its chunks. */
function sideFile(family: string, temporary: string, rows: number, days: readonly number[]): DraftFile {
  const name = `${family}.parquet`;
  return { name, temporary, family, rows, days, unsettled: undefined, durable: makeDurable(temporary) };
}

/** Where the staged lines of a chunk come from. */
function originsOf(chunk: StagedChunk, paths: readonly string[]) {
  let start = 0;
  return chunk.segments.map(({ input, firstLine, lines }) => {
    const origin = { start, input, path: paths[input] ?? '', firstLine };
    start += lines;
    return origin;
  });
}

function drop(files: DraftFile[], input: number): void {
  const kept = files.filter(({ unsettled }) => unsettled !== input);
  files.splice(0, files.length, ...kept);
}

/** Starts to bring a file to the disk while other work goes on; resolves to its size and hash. */
function makeDurable(path: string): Promise<{ bytes: number; sha256: string }> {
  const done = (async () => {
    const handle = await open(path, 'r+');
    try {
      await handle.chmod(0o600);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return hashFile(path);
  })();
  done.catch(() => undefined);
  return done;
}

async function placeFile(file: DraftFile, ledgerDir: string, folder: string): Promise<DataFile> {
  const { bytes, sha256 } = await file.durable;
  const path = `${folder}/${file.name}`;
  publish(file.temporary, join(ledgerDir, path));
  const fromDay = file.days[0] ?? 0;
  return {
    path,
    family: file.family,
    rows: file.rows,
    bytes,
    sha256,
    fromDay,
    toDay: file.days.at(-1) ?? fromDay,
  };
}
