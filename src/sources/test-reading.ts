import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StagedChunk } from './chunks.ts';
import { findInputs } from './inputs.ts';
import { layoutKey } from './layout.ts';
import { type StageOptions, stageInputs } from './stage.ts';
import type { StagedInput } from './staged-input.ts';

/** Tools of this room's tests: a folder to write logs in, and everything that staging them brings. */

export const CONN_HEADER = [
  '#separator \\x09',
  '#set_separator\t,',
  '#empty_field\t(empty)',
  '#unset_field\t-',
  '#path\tconn',
  '#open\t2026-03-01-00-00-00',
  '#fields\tts\tuid\tid.orig_h\torig_bytes',
  '#types\ttime\tstring\taddr\tcount',
];

/** Returns a text log of that many connections. */
export function connLog(lines: number, from = 0): string {
  return [...CONN_HEADER, ...connLines(lines, from)].map((line) => `${line}\n`).join('');
}

export function connLines(lines: number, from = 0): string[] {
  return Array.from(
    { length: lines },
    (_, i) => `${1772323200 + from + i}.5\tC${from + i}\t192.0.2.1\t${from + i}`,
  );
}

export type Folder = {
  readonly path: string;
  write(name: string, content: string | Buffer): string;
  remove(): void;
};

/** Returns an empty folder of its own. */
export function createFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'weir-reading-'));
  return {
    path,
    write(name, content) {
      const file = join(path, name);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A chunk with its text, read before it was released. */
export type ReadChunk = StagedChunk & { readonly text: string };

/** A staged line under the layout it was staged with. */
export type PlacedLine = { readonly key: string; readonly line: number; readonly text: string };

export type Everything = {
  readonly order: readonly (StagedChunk | StagedInput)[];
  readonly chunks: readonly ReadChunk[];
  readonly inputs: readonly StagedInput[];
};

/** Stages paths to the end and reads every chunk. */
export async function stageAll(
  paths: readonly string[],
  options: Partial<StageOptions> = {},
): Promise<Everything> {
  const workDir = mkdtempSync(join(tmpdir(), 'weir-work-'));
  const order: (StagedChunk | StagedInput)[] = [];
  const chunks: ReadChunk[] = [];
  try {
    const { inputs } = await findInputs(paths, '/');
    const all: StageOptions = {
      workDir,
      sensorOf: () => 'zeek-1',
      known: () => [],
      headLengths: [],
      acceptsSimulated: true,
      mappingOf: () => undefined,
      ...options,
    };
    for await (const item of stageInputs(inputs, all)) {
      order.push(item);
      if (item.kind === 'chunk') {
        chunks.push({
          ...item,
          text: item.layout.encoding === 'parquet' ? '' : readFileSync(item.path, 'utf8'),
        });
        await item.release();
      }
    }
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
  const inputs = order.filter((item) => item.kind === 'input').sort((a, b) => a.index - b.index);
  return { order, chunks, inputs };
}

/** Stages a single path and returns the account of it. */
export async function stageFile(
  path: string,
  options: Partial<StageOptions> = {},
): Promise<StagedInput & Everything> {
  const everything = await stageAll([path], options);
  const [input] = everything.inputs;
  if (!input) throw new Error(`${path} was not staged`);
  return { ...input, ...everything };
}

/** Returns the lines of one input with the physical lines that the segments give them. */
export function placedLines(chunks: readonly ReadChunk[], input: number): PlacedLine[] {
  const placed: PlacedLine[] = [];
  for (const { layout, segments, text, lines } of chunks) {
    const texts = text.split('\n');
    if (texts.pop() !== '' || texts.length !== lines)
      throw new Error('a chunk does not end with its last line');
    let at = 0;
    for (const segment of segments) {
      for (let i = 0; i < segment.lines; i += 1, at += 1) {
        const line = { key: layoutKey(layout), line: segment.firstLine + i, text: texts[at] ?? '' };
        if (segment.input === input) placed.push(line);
      }
    }
    if (at !== lines) throw new Error('the segments are not the chunk');
  }
  return placed.sort((a, b) => a.line - b.line);
}

/** Returns the SHA-256 of bytes in hexadecimal. */
export function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
