import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { assertIdentity } from '../errors.ts';
import { ahead } from './ahead.ts';
import { type ChunkSet, createChunkSet, type StagedChunk } from './chunks.ts';
import type { CleanBlock } from './clean.ts';
import { spool } from './decompress.ts';
import type { InputFile } from './inputs.ts';
import type { Layout } from './layout.ts';
import { type ReadOptions, type ReadSource, readInput } from './read-input.ts';
import { rememberRun } from './resume.ts';
import type { StagedInput } from './staged-input.ts';

export type StageOptions = ReadOptions & {
  /** A folder for chunks and a copy of standard input; the caller owns it and deletes it in the end. */
  readonly workDir: string;
  /** Chunks are ended when they have at least this many bytes (default 64 MiB). */
  readonly chunkBytes?: number;
  /** An input with more clean bytes than this gets chunks of its own (default 16 MiB). */
  readonly groupBytes?: number;
  /** What `-` stands for (default: the standard input of the process). */
  readonly stdin?: Readable;
};

const CHUNK_BYTES = 64 * 1024 * 1024;
const GROUP_BYTES = 16 * 1024 * 1024;
/** Shared chunks written side by side, each with an open file. */
const OPEN_CHUNKS = 64;

/**
 * Turns inputs into chunks of clean lines. One chunk is prepared while the consumer works on the one before.
 *
 * The contract with the consumer:
 * - Small inputs share chunks with others of the same layout and sensor. They are read to their end, verified,
 *   before a line of them enters a chunk: every line of a chunk without `unsettled` counts.
 * - A large input has chunks of its own, marked `unsettled: index`, before its end is known. Its StagedInput
 *   follows them; if that says `failed`, nothing of those chunks may count.
 * - A StagedInput comes after the last chunk with lines of its input, once for each input, in their order.
 * - After a StagedInput with `settled: true` no input is half emitted: a commit may end there, and only there.
 * - The consumer calls `release()` on every chunk.
 * @throws what is wrong with the work folder or with Weir; what is wrong with an input is its status.
 */
export function stageInputs(
  inputs: readonly InputFile[],
  options: StageOptions,
): AsyncGenerator<StagedChunk | StagedInput, void, void> {
  return ahead(stage(inputs, options));
}

async function* stage(
  inputs: readonly InputFile[],
  options: StageOptions,
): AsyncGenerator<StagedChunk | StagedInput, void, void> {
  const shared = createChunkSet(options.workDir, { gathers: true });
  const run = rememberRun(options);
  const reading = { ...options, ...run };
  const waiting: StagedInput[] = [];
  try {
    for (const [index, input] of inputs.entries()) {
      const one = stageOne(await toSource(index, input, options), reading);
      let step = await one.next();
      if (!step.done) {
        yield* settle(shared, waiting.splice(0));
        for (; !step.done; step = await one.next()) yield step.value;
      }
      const { held, staged } = step.value;
      run.remember(staged);
      await shared.add(index, staged.sensor, held);
      waiting.push(staged);
      const isFull = shared.bytes() >= (options.chunkBytes ?? CHUNK_BYTES) || shared.count() >= OPEN_CHUNKS;
      if (isFull || shared.count() === 0) yield* settle(shared, waiting.splice(0));
    }
    yield* settle(shared, waiting);
  } finally {
    await shared.discard();
  }
}

async function* settle(
  shared: ChunkSet,
  waiting: readonly StagedInput[],
): AsyncGenerator<StagedChunk | StagedInput, void, void> {
  yield* await shared.close(undefined);
  for (const [position, input] of waiting.entries())
    yield { ...input, settled: position === waiting.length - 1 };
}

/** Yields the chunks of a large input; returns the lines of a small one, to be put with others. */
async function* stageOne(
  source: ReadSource,
  options: StageOptions,
): AsyncGenerator<StagedChunk, { held: CleanBlock[]; staged: StagedInput }, void> {
  const sensor = options.sensorOf(source.path);
  let own: ChunkSet | undefined;
  const reading = readInput(source, options);
  let held: CleanBlock[] = [];
  let newest: readonly CleanBlock[] = [];
  let heldBytes = 0;
  let isLarge = false;
  let lines = 0;
  let writing = Promise.resolve();
  try {
    let step = await reading.next();
    for (; !step.done; step = await reading.next()) {
      // The buffers of the step before are reused from now on.
      await writing;
      if (own && own.bytes() >= (options.chunkBytes ?? CHUNK_BYTES)) yield* await own.close(source.index);
      const blocks = step.value;
      for (const { runs } of blocks) for (const run of runs) lines += run.lines;
      if (!isLarge) {
        for (const { data } of blocks) heldBytes += data.length;
        isLarge = heldBytes > (options.groupBytes ?? GROUP_BYTES);
        held.push(...newest.map((block) => ({ ...block, data: Buffer.from(block.data) })));
        newest = isLarge ? [] : blocks;
      }
      if (!isLarge) continue;
      own ??= createChunkSet(options.workDir);
      writing = own.add(source.index, sensor, [...held, ...blocks]);
      writing.catch(() => undefined);
      held = [];
    }
    // Nothing follows that would reuse their buffers; most small inputs are a single step and are never copied.
    held.push(...newest);
    await writing;
    const { staged, direct } = step.value;
    if (staged.status === 'failed') return { held: [], staged };
    assertIdentity(
      lines === staged.staged,
      () => `${source.path}: ${lines} lines staged, ${staged.staged} told`,
    );
    if (own) yield* await own.close(source.index);
    if (direct) yield wholeFile(source, staged, direct);
    return { held, staged };
  } finally {
    await reading.return(undefined as never);
    await writing.catch(() => undefined);
    await own?.discard();
  }
}

function wholeFile(source: ReadSource, staged: StagedInput, layout: Layout): StagedChunk {
  const segments = [{ input: source.index, firstLine: 1, lines: 0 }];
  const { sensor, bytesTo: bytes } = staged;
  const release = async (): Promise<void> => undefined;
  return {
    kind: 'chunk',
    path: source.file,
    layout,
    sensor,
    lines: 0,
    bytes,
    segments,
    unsettled: source.index,
    release,
  };
}

/** Standard input is copied into the work folder once, however often this folder is staged into. */
async function toSource(index: number, input: InputFile, options: StageOptions): Promise<ReadSource> {
  if (input.kind === 'file') return { index, path: input.path, file: input.path, isFinal: false };
  const file = join(options.workDir, 'stdin');
  if (!existsSync(file)) await spool(options.stdin ?? process.stdin, file);
  return { index, path: input.path, file, isFinal: true };
}
