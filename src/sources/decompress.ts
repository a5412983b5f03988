import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip, type Gunzip, gunzipSync } from 'node:zlib';
import { InputError } from '../errors.ts';
import { DamagedInput } from './damaged-input.ts';
import { peek } from './peek.ts';
import { decodeZstd, looksLikeZstd } from './zstd.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

/** The decompressed bytes of an input; `verified` is known when they have ended. */
export type OpenedBytes = {
  readonly compression: Compression;
  /** Each buffer stays valid until the next but one is asked for. */
  readonly bytes: AsyncIterable<Buffer>;
  /** False once a zstd frame without a content checksum was met: its content is only likely whole. */
  readonly verified: () => boolean;
  /** All of the bytes at once, which stay as they are: of small inputs, for which a stream costs more than they do. */
  readonly whole?: Buffer;
};

const READ_BYTES = 4 * 1024 * 1024;
const INFLATED_BYTES = 1024 * 1024;
/** So much is read or written at once: turns through the pool of threads would cost more than the reading. */
export const SMALL_BYTES = 256 * 1024;
const MAGIC_BYTES = 4;
/** One being filled, one being judged, one on its way to disk. */
const RING_BUFFERS = 3;

/**
 * Opens a file and recognises its compression by its first bytes, never by its name.
 * @throws DamagedInput (while reading) when gzip or zstd is cut, altered or followed by something else;
 * InputError when a plain file shrinks while it is read.
 */
export async function openBytes(path: string, readBytes = READ_BYTES): Promise<OpenedBytes> {
  const small = readSmall(path, Math.min(readBytes, SMALL_BYTES));
  const whole = small && wholeOf(small);
  if (whole) return { ...whole, bytes: once(whole.whole), verified: () => true };
  const { head, bytes: raw } = await peek(small ? once(small) : readFileBytes(path, readBytes), MAGIC_BYTES);
  const compression = compressionOf(head);
  if (compression === 'none') return { compression, bytes: raw, verified: () => true };
  if (compression === 'gzip') {
    // Small files are many: they get small buffers.
    const inflatedBytes = Math.min(INFLATED_BYTES, Math.max(INFLATED_BYTES / 16, 4 * head.length));
    return { compression, bytes: gunzip(raw, inflatedBytes), verified: () => true };
  }
  let verified = true;
  const bytes = decodeZstd(raw, (checksummed) => {
    verified &&= checksummed;
  });
  return { compression, bytes, verified: () => verified };
}

/** Returns the content of a small file; undefined where it is not small, or is damaged: a stream then says how. */
function wholeOf(small: Buffer): { compression: Compression; whole: Buffer } | undefined {
  const compression = compressionOf(small);
  if (compression === 'none') return { compression, whole: small };
  const whole = compression === 'gzip' ? inflateSmall(small) : undefined;
  return whole && { compression, whole };
}

/** Returns the content of a gzip file of which nothing is cut, altered or left over; undefined for any other. */
function inflateSmall(compressed: Buffer): Buffer | undefined {
  // The last member's own word for its length: a file of more is not inflated here only to be thrown away.
  if (compressed.length < 18 || compressed.readUInt32LE(compressed.length - 4) > INFLATED_BYTES)
    return undefined;
  try {
    const options = { maxOutputLength: INFLATED_BYTES, info: true };
    const { buffer, engine } = gunzipSync(compressed, options) as unknown as Inflated;
    return engine.bytesWritten === compressed.length ? buffer : undefined;
  } catch {
    return undefined;
  }
}

/** What zlib returns when it is asked for `info`. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer, void, void> {
  if (bytes.length > 0) yield bytes;
}

function compressionOf(head: Buffer): Compression {
  if (head[0] === 0x1f && (head[1] === 0x8b || head.length === 1)) return 'gzip';
  return looksLikeZstd(head) ? 'zstd' : 'none';
}

/**
 * Yields a file's bytes up to the size it had when it was opened, reading one buffer ahead: what a writer
 * appends meanwhile belongs to the next import.
 */
async function* readFileBytes(path: string, readBytes: number): AsyncGenerator<Buffer, void, void> {
  const handle = await open(path, 'r');
  try {
    const size = (await handle.stat()).size;
    const ring: Buffer[] = [];
    const fill = async (turn: number, at: number): Promise<Buffer> => {
      const buffer = ring[turn % RING_BUFFERS] ?? Buffer.allocUnsafeSlow(Math.min(readBytes, size));
      ring[turn % RING_BUFFERS] = buffer;
      const wanted = Math.min(buffer.length, size - at);
      const { bytesRead } = await handle.read(buffer, 0, wanted, at);
      if (bytesRead === 0) throw shrunk(path, size, at);
      return buffer.subarray(0, bytesRead);
    };
    let pending = size > 0 ? fill(0, 0) : undefined;
    for (let turn = 1, at = 0; pending; turn += 1) {
      const data: Buffer = await pending;
      at += data.length;
      pending = at < size ? fill(turn, at) : undefined;
      pending?.catch(() => undefined);
      yield data;
    }
  } finally {
    await handle.close();
  }
}

/** Returns all of a file of at most `most` bytes; undefined for a larger one. */
function readSmall(path: string, most: number): Buffer | undefined {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size > most) return undefined;
    const bytes = allocate(size);
    for (let at = 0; at < size; ) {
      const read = readSync(file, bytes, at, size - at, at);
      if (read === 0) throw shrunk(path, size, at);
      at += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

/** Memory that is lent piece by piece and never twice: a piece of its own for every small file costs more than reading it. */
let lent = Buffer.alloc(0);
const LENT_BYTES = 1024 * 1024;

function allocate(bytes: number): Buffer {
  if (bytes > LENT_BYTES / 16) return Buffer.allocUnsafeSlow(bytes);
  if (lent.length < bytes) lent = Buffer.allocUnsafeSlow(LENT_BYTES);
  const piece = lent.subarray(0, bytes);
  lent = lent.subarray(bytes);
  return piece;
}

function shrunk(path: string, size: number, at: number): InputError {
  return new InputError(`${path} shrank from ${size} to ${at} bytes while it was read`);
}

/**
 * Yields the content of a gzip file of any number of members. zlib verifies each member's CRC-32 and length
 * and finds a cut; what it overlooks in silence, bytes behind a zero that follows the last member, is found
 * here. Zeros alone at the end are padding, as on tapes.
 */
async function* gunzip(
  compressed: AsyncIterable<Buffer>,
  inflatedBytes: number,
): AsyncGenerator<Buffer, void, void> {
  const engine = createGunzip({ chunkSize: inflatedBytes });
  const abandoned = new AbortController();
  const feeding = feed(compressed, engine, abandoned.signal);
  feeding.catch((error) => engine.destroy(error));
  try {
    for await (const chunk of engine as AsyncIterable<Buffer>) yield chunk;
    const lastByteAt = await feeding;
    if (engine.bytesWritten < lastByteAt)
      throw new DamagedInput('the gzip stream is followed by other bytes');
  } catch (error) {
    throw isZlibError(error)
      ? new DamagedInput(`damaged gzip stream: ${error.message}`, { cause: error })
      : error;
  } finally {
    abandoned.abort();
    engine.destroy();
    await feeding.catch(() => undefined);
  }
}

/**
 * Writes everything into the engine until it takes no more, then reads on to the end.
 * Returns the offset just behind the last byte that is not zero.
 */
async function feed(
  compressed: AsyncIterable<Buffer>,
  engine: Gunzip,
  abandoned: AbortSignal,
): Promise<number> {
  let bytes = 0;
  let lastByteAt = 0;
  for await (const chunk of compressed) {
    let end = chunk.length;
    while (end > 0 && chunk[end - 1] === 0) end -= 1;
    if (end > 0) lastByteAt = bytes + end;
    bytes += chunk.length;
    if (!engine.destroyed) await write(engine, chunk);
    if (abandoned.aborted) return lastByteAt;
  }
  if (!engine.destroyed) engine.end();
  return lastByteAt;
}

/** Resolves when the engine has taken the chunk, or will take no more. */
function write(engine: Gunzip, chunk: Buffer): Promise<void> {
  return new Promise((done) => {
    engine.once('close', done);
    engine.write(chunk, () => {
      engine.off('close', done);
      done();
    });
  });
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^(Z_|ERR_)/.test(String(error.code));
}

/** Copies a stream without a name (standard input) into a file, so that it can be read more than once. */
export async function spool(stream: Readable, path: string): Promise<void> {
  const handle = await open(`${path}.part`, 'w', 0o600);
  try {
    for await (const chunk of stream) await handle.writeFile(chunk);
  } finally {
    await handle.close();
  }
  await rename(`${path}.part`, path);
}
