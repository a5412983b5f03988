import { createHash, type Hash, hash as hashOf } from 'node:crypto';
import { InputError } from '../errors.ts';
import type { CleanBlock, LineCleaner } from './clean.ts';
import { createLineSplitter, type LineSplitter } from './lines.ts';
import type { KnownPrefix } from './staged-input.ts';
import { isWholeClose } from './zeek-header.ts';

/** What was read of an input: decompressed bytes [bytesFrom, bytesTo), and the hash of [0, bytesTo). */
export type Read = {
  readonly bytesFrom: number;
  readonly bytesTo: number;
  readonly sha256: string;
  readonly waitingBytes: number;
};

/** How the lines of an input are read: from behind the known prefix on; `isFinal` when nothing can be appended to it. */
type Reading = {
  readonly cleaner: LineCleaner;
  readonly prefix: KnownPrefix | undefined;
  readonly isFinal: boolean;
  readonly maxLineBytes: number;
};

/** Drives all bytes through the splitter and the cleaner, hashing them up to the last line that counts. */
export async function* readLines(
  bytes: AsyncIterable<Buffer>,
  { cleaner, prefix, isFinal, maxLineBytes }: Reading,
): AsyncGenerator<CleanBlock[], Read, void> {
  const splitter = createLineSplitter(cleaner, maxLineBytes);
  const bytesFrom = prefix?.bytes ?? 0;
  const hash = createHash('sha256');
  let at = 0;
  let lineEnd: { bytes: number; hash: Hash } = { bytes: 0, hash: hash.copy() };
  const push = (buffer: Buffer): void => {
    const end = buffer.lastIndexOf(10) + 1;
    hash.update(end === 0 ? buffer : buffer.subarray(0, end));
    if (end > 0) lineEnd = { bytes: at + end, hash: hash.copy() };
    if (end > 0 && end < buffer.length) hash.update(buffer.subarray(end));
    splitter.push(buffer);
    at += buffer.length;
  };
  const start = (): void => {
    if (prefix && hash.copy().digest('hex') !== prefix.sha256)
      throw new InputError('changed while it was read');
    cleaner.start(splitter.unfinishedBytes() > 0);
    splitter.drop();
    lineEnd = { bytes: at, hash: hash.copy() };
  };
  if (bytesFrom === 0) start();
  for await (const buffer of bytes) {
    const skipped = Math.min(buffer.length, Math.max(0, bytesFrom - at));
    if (skipped > 0) push(buffer.subarray(0, skipped));
    if (skipped > 0 && at === bytesFrom) start();
    if (skipped < buffer.length) push(buffer.subarray(skipped));
    yield cleaner.take();
  }
  if (at < bytesFrom) throw new InputError('shrank while it was read');
  const waitingBytes = splitter.unfinishedBytes();
  if (!endsHere(waitingBytes, isFinal, cleaner, splitter)) {
    return { bytesFrom, bytesTo: lineEnd.bytes, sha256: lineEnd.hash.digest('hex'), waitingBytes };
  }
  splitter.finish();
  yield cleaner.take();
  return { bytesFrom, bytesTo: at, sha256: hash.digest('hex'), waitingBytes: 0 };
}

/** Does the same with bytes that are all there, and that the known prefix was found in. */
export function readWhole(whole: Buffer, { cleaner, prefix, isFinal, maxLineBytes }: Reading): Read {
  const splitter = createLineSplitter(cleaner, maxLineBytes);
  const bytesFrom = prefix?.bytes ?? 0;
  if (bytesFrom > 0) splitter.push(whole.subarray(0, bytesFrom));
  cleaner.start(splitter.unfinishedBytes() > 0);
  splitter.drop();
  splitter.push(whole.subarray(bytesFrom));
  const waitingBytes = splitter.unfinishedBytes();
  const isEnded = endsHere(waitingBytes, isFinal, cleaner, splitter);
  if (isEnded) splitter.finish();
  const bytesTo = isEnded ? whole.length : Math.max(bytesFrom, whole.lastIndexOf(10) + 1);
  const sha256 = hashOf('sha256', whole.subarray(0, bytesTo));
  return { bytesFrom, bytesTo, sha256, waitingBytes: isEnded ? 0 : waitingBytes };
}

/** Whether an unfinished last line is one that nobody will finish. */
function endsHere(
  waitingBytes: number,
  isFinal: boolean,
  cleaner: LineCleaner,
  splitter: LineSplitter,
): boolean {
  if (waitingBytes === 0) return false;
  return isFinal || cleaner.closed() || isWholeClose(splitter.unfinishedStart().toString());
}
