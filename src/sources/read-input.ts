import { createHash } from 'node:crypto';
import { assertIdentity, InputError } from '../errors.ts';
import { type CleanBlock, createLineCleaner, type LineCleaner } from './clean.ts';
import type { Compression, OpenedBytes } from './decompress.ts';
import type { SensorSettings } from './format.ts';
import { reasonOf } from './inputs.ts';
import type { Layout } from './layout.ts';
import { openInput } from './open-input.ts';
import { peek, peekedAt } from './peek.ts';
import { type Read, readLines, readWhole } from './read-lines.ts';
import { type Recognition, recognise, type SourceMapping } from './recognise.ts';
import { createRejectList } from './rejects.ts';
import { findResumePoint, headOf, type Known, resumePointIn } from './resume.ts';
import { HEAD_BYTES, type KnownPrefix, nothingRead, type StagedInput } from './staged-input.ts';
import type { StatedYear } from './year.ts';

export type ReadOptions = Known & {
  readonly sensorOf: (path: string) => string;
  /** Returns the mapping that weir.yaml has for a path, undefined when none claims it. */
  readonly mappingOf: (path: string) => SourceMapping | undefined;
  /** What weir.yaml says of a sensor; left out, no input is refused for what it does not say. */
  readonly settingsOf?: (sensor: string) => SensorSettings;
  /** Whether marked telemetry of a simulated facility may count: only in a simulated ledger. */
  readonly acceptsSimulated: boolean;
  readonly readBytes?: number;
  readonly maxLineBytes?: number;
  /** How many rejected lines of an input are kept with their text. */
  readonly detailedRejects?: number;
};

/** What is read: `file` on disk under the name `path`; `isFinal` when nothing can be appended to it. */
export type ReadSource = {
  readonly index: number;
  readonly path: string;
  readonly file: string;
  readonly isFinal: boolean;
};

/** `direct`: the file needs no staging, DuckDB reads it as it is under this layout (Parquet). */
export type ReadResult = { readonly staged: StagedInput; readonly direct?: Layout };

type Base = Pick<StagedInput, 'index' | 'path' | 'sensor' | 'compression'>;

const SIMULATED_REFUSED =
  'marked as simulated telemetry (weir simulate), which a real ledger refuses; import it with the weir.yaml written beside it';
const MAX_LINE_BYTES = 1024 * 1024;
const DETAILED_REJECTS = 10_000;
/** Enough for the first 200 lines of JSON, by which an input is recognised. */
const RECOGNISED_BYTES = 256 * 1024;

/**
 * Reads one input to its end: yields its clean data lines, buffer by buffer (valid until the next but one is
 * asked for), and returns the account of it. What goes wrong with the input is its status, not an exception.
 */
export async function* readInput(
  source: ReadSource,
  options: ReadOptions,
): AsyncGenerator<CleanBlock[], ReadResult, void> {
  const { index, path } = source;
  let base: Base = { index, path, sensor: options.sensorOf(path), compression: 'none' };
  try {
    const opened = await openInput(source.file, options.readBytes, yearOf(source, options));
    base = { ...base, compression: opened.compression };
    return yield* readOpened(source, opened, base, options);
  } catch (error) {
    if (!isInputFailure(error)) throw error;
    return { staged: nothingRead({ ...base, status: 'failed', reason: reasonOf(error) }) };
  }
}

async function* readOpened(
  source: ReadSource,
  { compression, bytes, verified, whole }: OpenedBytes,
  base: Base,
  options: ReadOptions,
): AsyncGenerator<CleanBlock[], ReadResult, void> {
  const { path, file } = source;
  const isFinal = source.isFinal || compression !== 'none';
  const peeked = whole ? peekedAt(whole, bytes) : await peek(bytes, RECOGNISED_BYTES);
  const beginning = peeked.head.subarray(0, HEAD_BYTES);
  const head = whole ? beginning : Buffer.from(beginning);
  try {
    if (head.length === 0) return { staged: nothingRead({ ...base, status: 'left-alone', reason: 'empty' }) };
    const settings = options.settingsOf?.(base.sensor);
    const recognised = recognise({ ...peeked, isFinal }, options.mappingOf(path), settings);
    const unread = statusUnread(path, compression, recognised);
    if (unread) return { staged: nothingRead({ ...base, ...unread }) };
    const known = knownPrefixes(head, base.sensor, options);
    const findPoint = () =>
      whole
        ? resumePointIn(whole, known)
        : findResumePoint(file, known, options.readBytes, yearOf(source, options));
    const resume = known.length > 0 ? await findPoint() : undefined;
    if (resume?.endsThere) return { staged: nothingRead({ ...base, ...statusKnown(head, resume.prefix) }) };
    if (recognised.kind === 'parquet') {
      const read = await hashWhole(peeked.bytes);
      return {
        staged: nothingRead({ ...base, ...read, status: 'new', head: headOf(head) }),
        direct: recognised.layout,
      };
    }
    const cleaner = createCleaner(recognised, options);
    const maxLineBytes = options.maxLineBytes ?? MAX_LINE_BYTES;
    const reading = { cleaner, prefix: resume?.prefix, isFinal, maxLineBytes };
    const read = whole ? readWhole(whole, reading) : yield* readLines(peeked.bytes, reading);
    if (whole) yield cleaner.take();
    const staged = account({ ...base, verified: verified() }, head, recognised, cleaner, read);
    if (!staged.simulated || options.acceptsSimulated) return { staged };
    return { staged: nothingRead({ ...base, status: 'failed', reason: SIMULATED_REFUSED }) };
  } finally {
    await peeked.close();
  }
}

/** What weir.yaml says of the years of an input's lines. Standard input has no time of its own. */
function yearOf({ path, file }: ReadSource, { sensorOf, settingsOf }: ReadOptions): StatedYear | undefined {
  const settings = settingsOf?.(sensorOf(path));
  if (settings?.yearOfFile) return file === path ? 'mtime' : undefined;
  return settings?.year;
}

type Cleaner = LineCleaner & { readonly rejects: ReturnType<typeof createRejectList> };

function createCleaner(recognised: Recognition, options: ReadOptions): Cleaner {
  const rejects = createRejectList(options.detailedRejects ?? DETAILED_REJECTS);
  const isLines = recognised.kind === 'lines';
  const cleaner = createLineCleaner({
    // Before the first line has ended there are only blanks to account for: the rules of text logs do.
    layout: isLines ? recognised.layout : 'zeek-tsv',
    headerLines: isLines ? recognised.headerLines : 0,
    maxLineBytes: options.maxLineBytes ?? MAX_LINE_BYTES,
    rejects,
  });
  return { ...cleaner, rejects };
}

/** Asserts that every line is accounted for. */
function account(
  base: Base & Pick<StagedInput, 'verified'>,
  head: Buffer,
  recognised: Recognition,
  cleaner: Cleaner,
  read: Read,
): StagedInput {
  const { lines, staged, rejected, comments, leftAlone } = cleaner.tally;
  const left = [...leftAlone.values()].reduce((sum, count) => sum + count, 0);
  assertIdentity(
    lines === staged + rejected + comments + left && rejected === cleaner.rejects.count(),
    () => `${base.path}: ${lines} lines, but ${staged} + ${rejected} + ${comments} + ${left} accounted for`,
  );
  const onlyLeft = left > 0 && staged + rejected === 0;
  const names = [...leftAlone.keys()].sort();
  const status = read.bytesFrom === 0 ? (onlyLeft ? 'left-alone' : 'new') : statusOfRest(read);
  return nothingRead({
    ...base,
    ...read,
    status,
    ...(status === 'left-alone' ? { reason: names.join(', ') } : {}),
    simulated: cleaner.simulated() || (recognised.kind === 'lines' && recognised.simulated),
    head: headOf(head.subarray(0, read.bytesTo)),
    lines,
    staged,
    comments,
    rejectedLines: rejected,
    rejected: cleaner.rejects.list,
    leftAlone: Object.fromEntries(names.map((name) => [name, leftAlone.get(name) ?? 0])),
  });
}

function statusOfRest(read: Read): 'grown' | 'known' {
  return read.bytesTo > read.bytesFrom ? 'grown' : 'known';
}

function knownPrefixes(head: Buffer, sensor: string, options: ReadOptions): readonly KnownPrefix[] {
  const lengths = [...new Set(options.headLengths)].filter((length) => length <= head.length);
  return lengths.flatMap((length) => options.known(headOf(head, length), sensor));
}

function statusKnown(
  head: Buffer,
  prefix: KnownPrefix,
): Pick<StagedInput, 'status' | 'head'> & Partial<StagedInput> {
  const { bytes, sha256 } = prefix;
  return { status: 'known', bytesFrom: bytes, bytesTo: bytes, sha256, head: headOf(head.subarray(0, bytes)) };
}

async function hashWhole(bytes: AsyncIterable<Buffer>): Promise<{ bytesTo: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytesTo = 0;
  for await (const buffer of bytes) {
    hash.update(buffer);
    bytesTo += buffer.length;
  }
  return { bytesTo, sha256: hash.digest('hex') };
}

/**
 * Returns the status of an input that Weir does not read, undefined otherwise. A name that promises
 * compression over bytes that are neither compressed nor text is damage, not a stranger.
 */
function statusUnread(
  path: string,
  compression: Compression,
  recognised: Recognition,
): Pick<StagedInput, 'status' | 'reason'> | undefined {
  if (recognised.kind === 'parquet' && compression !== 'none') {
    return { status: 'left-alone', reason: `${compression} of Parquet; Parquet compresses itself` };
  }
  if (recognised.kind === 'refused') return { status: 'failed', reason: recognised.reason };
  if (recognised.kind !== 'unknown') return undefined;
  if (compression !== 'none') return { status: 'left-alone', reason: `${compression} of ${recognised.what}` };
  if (recognised.what === 'binary' && /\.(gz|zst|zstd)$/i.test(path)) {
    return { status: 'failed', reason: 'its name says compressed, its first bytes do not: damaged?' };
  }
  return { status: 'left-alone', reason: recognised.what };
}

function isInputFailure(error: unknown): boolean {
  if (error instanceof InputError) return true;
  return error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code));
}
