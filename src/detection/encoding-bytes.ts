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

/** Appends numbers (a bit for each zero, 8 bytes for each other) and texts. */
export class Writer {
  private buffer = new Uint8Array(1 << 16);
  private length = 0;

  floats(values: ArrayLike<number>): void {
    const mask = this.reserve((values.length + 7) >> 3);
    this.reserve(8 * values.length);
    const view = new DataView(this.buffer.buffer);
    let at = mask + ((values.length + 7) >> 3);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (Object.is(value, 0)) continue;
      this.buffer[mask + (i >> 3)] = (this.buffer[mask + (i >> 3)] as number) | (1 << (i & 7));
      view.setFloat64(at, value, true);
      at += 8;
    }
    this.length = at;
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.floats([bytes.length]);
    // Reserving may replace the buffer, so it comes first.
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
  }

  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private reserve(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.buffer.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.buffer);
      this.buffer = larger;
    }
    return at;
  }
}

/** Reads what Writer wrote. */
export class Reader {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly source: Uint8Array) {
    this.view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }

  floats(count: number): Float64Array {
    const mask = this.at;
    this.at += (count + 7) >> 3;
    if (!(this.at <= this.source.length)) throw cutShort();
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      if (((this.source[mask + (i >> 3)] as number) & (1 << (i & 7))) === 0) continue;
      if (this.at + 8 > this.source.length) throw cutShort();
      values[i] = this.view.getFloat64(this.at, true);
      this.at += 8;
    }
    return values;
  }

  text(): string {
    const length = this.floats(1)[0] as number;
    if (!(this.at + length <= this.source.length)) throw cutShort();
    const bytes = this.source.subarray(this.at, this.at + length);
    this.at += length;
    return new TextDecoder().decode(bytes);
  }

  end(): void {
    if (this.at !== this.source.length) throw cutShort();
  }
}
