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

/** Pieces of at least so many bytes are not copied together with others. */
const LARGE_BYTES = 1 << 16;

/**
 * Collects numbers, as they lie in memory, and texts. Columns of many rows stay where they are, if they lie there in order:
 * the pieces hold only until a column changes.
 */
export class Writer {
  readonly pieces: Uint8Array[] = [];
  private buffer = new ArrayBuffer(LARGE_BYTES);
  private length = 0;

  floats(values: ArrayLike<number>): void {
    this.add(asBytes(Float64Array.from(values)));
  }

  /** Adds the values of some rows, `width` for each. */
  rows(column: Column, rows: Int32Array, width: number): void {
    this.add(asBytes(inOrder(column, rows, width)));
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.floats([bytes.length]);
    this.add(bytes);
  }

  /** Ends the last piece. */
  end(): readonly Uint8Array[] {
    this.flush();
    return this.pieces;
  }

  private add(bytes: Uint8Array): void {
    const size = aligned(bytes.length);
    if (this.length + size > LARGE_BYTES) this.flush();
    if (bytes.length >= LARGE_BYTES) {
      this.pieces.push(bytes);
      if (size > bytes.length) this.pieces.push(new Uint8Array(size - bytes.length));
      return;
    }
    new Uint8Array(this.buffer).set(bytes, this.length);
    this.length += size;
  }

  private flush(): void {
    if (this.length > 0) this.pieces.push(new Uint8Array(this.buffer, 0, this.length));
    this.buffer = new ArrayBuffer(LARGE_BYTES);
    this.length = 0;
  }
}

function asBytes({ buffer, byteOffset, byteLength }: Column): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function aligned(bytes: number): number {
  return ALIGNED * Math.ceil(bytes / ALIGNED);
}

/** Returns the values of rows, copied run by run; of rows that follow one another without a copy. */
function inOrder(column: Column, rows: Int32Array, width: number): Column {
  const count = rows.length * width;
  if (rows.every((row, i) => row === i)) return column.subarray(0, count);
  const values = column instanceof Int32Array ? new Int32Array(count) : new Float64Array(count);
  for (let from = 0, to = 1; from < rows.length; from = to++) {
    const row = rows[from] as number;
    while (to < rows.length && rows[to] === row + to - from) to += 1;
    if ((to - from) * width < FEW) pick(column, row * width, values, from * width, (to - from) * width);
    else values.set(column.subarray(row * width, (row + to - from) * width), from * width);
  }
  return values;
}

/** So many values are sooner copied one by one than as a piece. */
const FEW = 32;

function pick(from: Column, at: number, to: Column, place: number, count: number): void {
  for (let k = 0; k < count; k++) to[place + k] = from[at + k] as number;
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
