import { ZSTDDecoder } from 'zstddec/stream';
import { DamagedInput } from './damaged-input.ts';

/** What the WebAssembly build of the reference decoder exports; `ZSTD_*` are libzstd's own functions. */
type Libzstd = {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(bytes: number): number;
  ZSTD_createDCtx(): number;
  ZSTD_DStreamOutSize(): number;
  ZSTD_decompressStream(context: number, output: number, input: number): number;
};

const IN_BYTES = 256 * 1024;
/** libzstd returns an error as a negative size_t; -120 is its last code. */
const FIRST_ERROR = 2 ** 32 - 120;
const ZSTD_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const CHECKSUM_FLAG = 4;
/** Magic number and frame header descriptor: enough to know whether a checksum ends the frame. */
const FRAME_START_BYTES = 5;

/** The part of WebAssembly used here; the compiler's library of types knows it for browsers only. */
type WasmApi = { instantiate(module: object, imports: object): Promise<{ readonly exports: unknown }> };
const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: WasmApi };

let compiled: Promise<object> | undefined;

/** The package's own wrapper overlooks error codes and shares one memory; only its decoder is used. */
function compile(): Promise<object> {
  compiled ??= new Promise((found, failed) => {
    const decoder = new ZSTDDecoder();
    decoder._init = (result) => found(result.module);
    decoder.init().catch(failed);
  });
  return compiled;
}

async function instantiate(): Promise<Libzstd> {
  const imports = { env: { emscripten_notify_memory_growth: () => undefined } };
  const instance = await wasm.instantiate(await compile(), imports);
  return instance.exports as Libzstd;
}

/**
 * Yields the content of zstd frames (skippable ones passed over), in pieces of at most 128 KiB. Memory is
 * bounded by the frame's window, at most 128 MiB. `onFrame` hears of each frame's start whether a content
 * checksum protects it; the decoder verifies it where there is one.
 * @throws DamagedInput when the stream is cut, fails its checksum or is followed by something else.
 */
export async function* decodeZstd(
  compressed: AsyncIterable<Buffer>,
  onFrame: (checksummed: boolean) => void,
): AsyncGenerator<Buffer, void, void> {
  const lib = await instantiate();
  const outBytes = lib.ZSTD_DStreamOutSize();
  const context = lib.ZSTD_createDCtx();
  const source = lib.malloc(IN_BYTES);
  const target = lib.malloc(outBytes);
  const input = lib.malloc(12);
  const output = lib.malloc(12);
  const frames = frameWatcher(onFrame);
  let betweenFrames = true;
  for await (const chunk of compressed) {
    for (let at = 0; at < chunk.length; at += IN_BYTES) {
      const piece = chunk.subarray(at, at + IN_BYTES);
      new Uint8Array(lib.memory.buffer).set(piece, source);
      setStruct(lib, input, source, piece.length);
      for (let consumed = 0, full = false; consumed < piece.length || full; ) {
        setStruct(lib, output, target, outBytes);
        const left = lib.ZSTD_decompressStream(context, output, input) >>> 0;
        if (left > FIRST_ERROR)
          throw new DamagedInput(`damaged zstd stream (libzstd error ${2 ** 32 - left})`);
        const produced = position(lib, output);
        const next = position(lib, input);
        frames(piece.subarray(consumed, next), left === 0);
        betweenFrames = left === 0;
        full = produced === outBytes && left !== 0;
        if (next === consumed && produced === 0 && consumed < piece.length)
          throw new DamagedInput('damaged zstd stream');
        consumed = next;
        if (produced > 0) yield Buffer.from(lib.memory.buffer.slice(target, target + produced));
      }
    }
  }
  if (!betweenFrames) throw new DamagedInput('the zstd stream is cut: its last frame has no end');
}

/** struct { void* data; size_t size; size_t pos } of 32-bit WebAssembly. */
function setStruct(lib: Libzstd, at: number, data: number, size: number): void {
  const view = new DataView(lib.memory.buffer);
  view.setUint32(at, data, true);
  view.setUint32(at + 4, size, true);
  view.setUint32(at + 8, 0, true);
}

function position(lib: Libzstd, at: number): number {
  return new DataView(lib.memory.buffer).getUint32(at + 8, true);
}

/** Reads each frame's first bytes as they are consumed; libzstd never reads past the end of a frame. */
function frameWatcher(onFrame: (checksummed: boolean) => void): (consumed: Buffer, ended: boolean) => void {
  let start = Buffer.alloc(0);
  return (consumed, ended) => {
    if (start.length < FRAME_START_BYTES && consumed.length > 0) {
      start = Buffer.concat([start, consumed.subarray(0, FRAME_START_BYTES - start.length)]);
      if (start.length === FRAME_START_BYTES) report(start, onFrame);
    }
    if (ended) start = Buffer.alloc(0);
  };
}

function report(start: Buffer, onFrame: (checksummed: boolean) => void): void {
  const magic = start.readUInt32LE(0);
  if (magic === ZSTD_MAGIC) onFrame((start.readUInt8(4) & CHECKSUM_FLAG) !== 0);
}

/** Returns whether bytes begin as a zstd frame, skippable frames included. */
export function looksLikeZstd(head: Buffer): boolean {
  if (head.length < 4) return false;
  const magic = head.readUInt32LE(0);
  return magic === ZSTD_MAGIC || (magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC;
}
