import { LedgerError } from '../errors.ts';

/** Returns the keys that a text holds: they may hold any character, so they travel as JSON. @throws LedgerError when it holds none. */
export function keysOf(text: string): string[] {
  const keys: unknown = JSON.parse(text);
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) throw cutShort();
  return keys;
}

/** Returns what is said of bytes that are no state. */
export function cutShort(): LedgerError {
  return new LedgerError('the detection checkpoint is damaged: replay the history to make it anew');
}

/** What a column of a table is kept in. */
type Column = Int32Array | Float64Array;

/** Everything begins at a multiple of this, so that it can be looked at as numbers where it lies. */
const ALIGNED = 8;

/** Appends numbers and texts: numbers as they lie in memory, so that months of many entities are written in one piece. */
export class Writer {
  private buffer: ArrayBuffer;
  private length = 0;

  /** @param expectedBytes about how much will be written; more is no error. */
  constructor(expectedBytes = 0) {
    this.buffer = new ArrayBuffer(aligned(expectedBytes) + (1 << 16));
  }

  floats(values: ArrayLike<number>): void {
    new Float64Array(this.buffer, this.reserve(8 * values.length), values.length).set(values);
  }

  /** Appends the values of some rows, `width` for each. */
  rows(column: Column, rows: Int32Array, width: number): void {
    const count = rows.length * width;
    const at = this.reserve(column.BYTES_PER_ELEMENT * count);
    if (column instanceof Int32Array) pick(column, rows, width, new Int32Array(this.buffer, at, count));
    else pick(column, rows, width, new Float64Array(this.buffer, at, count));
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.floats([bytes.length]);
    new Uint8Array(this.buffer, this.reserve(bytes.length), bytes.length).set(bytes);
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.buffer, 0, this.length);
  }

  private reserve(count: number): number {
    const at = this.length;
    this.length += aligned(count);
    if (this.length > this.buffer.byteLength) {
      const larger = new ArrayBuffer(aligned(1.5 * this.length));
      new Uint8Array(larger).set(new Uint8Array(this.buffer));
      this.buffer = larger;
    }
    return at;
  }
}

function aligned(bytes: number): number {
  return ALIGNED * Math.ceil(bytes / ALIGNED);
}

function pick(column: Column, rows: Int32Array, width: number, to: Column): void {
  for (let i = 0, at = 0; i < rows.length; i++) {
    const from = (rows[i] as number) * width;
    for (let k = 0; k < width; k++) to[at++] = column[from + k] as number;
  }
}

/** Reads what Writer wrote. */
export class Reader {
  private at = 0;
  private readonly source: Uint8Array;

  constructor(source: Uint8Array) {
    this.source = source.byteOffset % ALIGNED === 0 ? source : new Uint8Array(source);
  }

  floats(count: number): Float64Array {
    return new Float64Array(this.source.buffer, this.take(8 * count), count).slice();
  }

  /** Reads values into the beginning of a column. */
  into(column: Column, count: number): void {
    const at = this.take(column.BYTES_PER_ELEMENT * count);
    const { buffer } = this.source;
    column.set(
      column instanceof Int32Array ? new Int32Array(buffer, at, count) : new Float64Array(buffer, at, count),
    );
  }

  text(): string {
    const length = this.floats(1)[0] as number;
    const at = this.take(length);
    return new TextDecoder().decode(new Uint8Array(this.source.buffer, at, length));
  }

  end(): void {
    if (this.at !== this.source.length) throw cutShort();
  }

  /** Returns where the next bytes lie in the buffer. */
  private take(count: number): number {
    const at = this.at;
    this.at += aligned(count);
    if (!(Number.isSafeInteger(count) && count >= 0 && this.at <= this.source.length)) throw cutShort();
    return this.source.byteOffset + at;
  }
}
