import { writevSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assertIdentity } from '../errors.ts';
import type { CleanBlock } from './clean.ts';
import { SMALL_BYTES } from './decompress.ts';
import { type Layout, layoutKey, mergeLayouts } from './layout.ts';

/** Consecutive staged lines that were consecutive lines of one input. */
type Segment = {
  /** Index of the input in the list that was given. */
  readonly input: number;
  /** Physical line in the decompressed input, from 1. */
  readonly firstLine: number;
  readonly lines: number;
};

/**
 * A file of clean data lines of one layout and one sensor. Its i-th line is the i-th line of its segments
 * laid end to end.
 */
export type StagedChunk = {
  readonly kind: 'chunk';
  readonly path: string;
  readonly layout: Layout;
  readonly sensor: string;
  readonly lines: number;
  readonly bytes: number;
  readonly segments: readonly Segment[];
  /**
   * Set when the chunk holds lines of this input alone and the input has not been read to its end: keep what
   * comes of it apart until the input's own StagedInput says that it is good, drop it when it says `failed`.
   */
  readonly unsettled?: number;
  /** Deletes the file once it was read. */
  release(): Promise<void>;
};

type Growing = {
  readonly path: string;
  readonly handle: FileHandle;
  readonly sensor: string;
  readonly segments: Segment[];
  readonly waiting: Buffer[];
  layout: Layout;
  lines: number;
  bytes: number;
  waitingBytes: number;
};

/** Chunks being written side by side, one for each layout and sensor. */
export type ChunkSet = {
  readonly bytes: () => number;
  readonly count: () => number;
  add(input: number, sensor: string, blocks: readonly CleanBlock[]): Promise<void>;
  /** Ends all chunks and returns them, in the order in which they were begun. */
  close(unsettled: number | undefined): Promise<StagedChunk[]>;
  /** Ends and deletes all chunks. */
  discard(): Promise<void>;
};

let serial = 0;

/** So many small blocks are written together at most. */
const WAITING_BLOCKS = 512;

/**
 * Returns an empty set of chunks in a folder; files are readable by their owner only. `gathers`: the bytes that are added
 * stay as they are, so that those of many small inputs can be written together.
 */
export function createChunkSet(workDir: string, { gathers } = { gathers: false }): ChunkSet {
  let growing = new Map<string, Growing>();
  let bytes = 0;

  async function chunkFor(layout: Layout, sensor: string): Promise<Growing> {
    const key = `${sensor.length} ${sensor}${layoutKey(layout)}`;
    const found = growing.get(key);
    if (found) {
      found.layout = mergeLayouts(found.layout, layout);
      return found;
    }
    serial += 1;
    const path = join(workDir, `chunk-${process.pid}-${serial}`);
    const begun = {
      path,
      handle: await open(path, 'wx', 0o600),
      sensor,
      layout,
      segments: [],
      waiting: [],
      lines: 0,
      bytes: 0,
      waitingBytes: 0,
    };
    growing.set(key, begun);
    return begun;
  }

  async function end(): Promise<Growing[]> {
    const ended = [...growing.values()];
    growing = new Map();
    bytes = 0;
    for (const { handle } of ended) await handle.close();
    return ended;
  }

  return {
    bytes: () => bytes,
    count: () => growing.size,
    async add(input, sensor, blocks) {
      for (let at = 0; at < blocks.length; ) {
        const layout = blocks[at]?.layout as Layout;
        const same = sameLayout(blocks, at);
        const chunk = await chunkFor(layout, sensor);
        for (const { runs, data } of same) {
          for (const run of runs) append(chunk, { input, ...run });
          chunk.bytes += data.length;
          chunk.waitingBytes += data.length;
          bytes += data.length;
          chunk.waiting.push(data);
        }
        const isFew = chunk.waitingBytes < SMALL_BYTES && chunk.waiting.length < WAITING_BLOCKS;
        if (!gathers || !isFew) await writeWaiting(chunk);
        at += same.length;
      }
    },
    async close(unsettled) {
      for (const chunk of growing.values()) await writeWaiting(chunk);
      return (await end()).map((chunk) => toStaged(chunk, unsettled));
    },
    async discard() {
      for (const { path } of await end()) await rm(path, { force: true });
    },
  };
}

/** Returns the blocks from `at` on that share the layout of the first. */
function sameLayout(blocks: readonly CleanBlock[], at: number): CleanBlock[] {
  const layout = blocks[at]?.layout;
  const rest = blocks.slice(at);
  const end = rest.findIndex((block) => block.layout !== layout);
  return end === -1 ? rest : rest.slice(0, end);
}

/** Puts no blocks together first: to touch so much fresh memory costs more than to write it. */
async function writeWaiting(chunk: Growing): Promise<void> {
  const { handle } = chunk;
  let rest = chunk.waiting.splice(0);
  // Small inputs are many, and a turn through the pool of threads costs more than their bytes.
  const isSmall = chunk.waitingBytes <= SMALL_BYTES;
  chunk.waitingBytes = 0;
  while (rest.length > 0) {
    const written = isSmall ? writevSync(handle.fd, rest) : (await handle.writev(rest)).bytesWritten;
    rest = behind(rest, written);
  }
}

/** Returns what follows the first so many bytes of some buffers. */
function behind(buffers: readonly Buffer[], bytes: number): Buffer[] {
  let skipped = bytes;
  return buffers.flatMap((buffer) => {
    const rest = buffer.subarray(skipped);
    skipped = Math.max(0, skipped - buffer.length);
    return rest.length > 0 ? [rest] : [];
  });
}

function append(chunk: Growing, segment: Segment): void {
  chunk.lines += segment.lines;
  const last = chunk.segments.at(-1);
  if (last && last.input === segment.input && last.firstLine + last.lines === segment.firstLine) {
    chunk.segments[chunk.segments.length - 1] = { ...last, lines: last.lines + segment.lines };
  } else chunk.segments.push(segment);
}

function toStaged(chunk: Growing, unsettled: number | undefined): StagedChunk {
  const { path, layout, sensor, lines, bytes, segments } = chunk;
  const segmentLines = segments.reduce((sum, segment) => sum + segment.lines, 0);
  assertIdentity(
    segmentLines === lines,
    () => `${path}: ${lines} lines, but ${segmentLines} in its segments`,
  );
  const release = (): Promise<void> => rm(path, { force: true });
  const staged = { kind: 'chunk', path, layout, sensor, lines, bytes, segments, release } as const;
  return unsettled === undefined ? staged : { ...staged, unsettled };
}
