/** Receives the lines of a stream: whole blocks of them, and lines too long to be held. */
export type LineSink = {
  /** Bytes that end with a newline; valid as long as the buffer they came from. */
  block(lines: Buffer): void;
  /** A line over the limit: its first bytes and its length without the line end. */
  long(start: Buffer, bytes: number): void;
};

export type LineSplitter = {
  push(buffer: Buffer): void;
  /** Bytes since the last newline. */
  readonly unfinishedBytes: () => number;
  /** The unfinished line's beginning (all of it unless it is over the limit). */
  readonly unfinishedStart: () => Buffer;
  /** Treats the unfinished line as ended. */
  finish(): void;
  /** Forgets the unfinished line. */
  drop(): void;
};

const LF = 10;
const CR = 13;
const KEPT_BYTES = 1_000;

/**
 * Returns a splitter of buffers, cut anywhere, into blocks of whole lines. Only the line that straddles two
 * buffers is copied. A line over `maxLineBytes` streams by: its beginning and its length are all that is kept.
 */
export function createLineSplitter(sink: LineSink, maxLineBytes: number): LineSplitter {
  let carry: Buffer[] = [];
  let carryBytes = 0;
  let long: { start: Buffer; bytes: number; last: number } | undefined;

  function hold(rest: Buffer): void {
    if (rest.length === 0) return;
    if (long) {
      long.bytes += rest.length;
      long.last = rest[rest.length - 1] ?? 0;
      return;
    }
    carry.push(Buffer.from(rest));
    carryBytes += rest.length;
    // One byte more than the limit may still be the CR of a line end.
    if (carryBytes <= maxLineBytes + 1) return;
    long = { start: start(), bytes: carryBytes, last: rest[rest.length - 1] ?? 0 };
    carry = [];
  }

  function start(): Buffer {
    return Buffer.from(Buffer.concat(carry).subarray(0, KEPT_BYTES));
  }

  function endCarried(rest: Buffer): void {
    if (long) {
      hold(rest.subarray(0, rest.length - 1));
      sink.long(long.start, long.last === CR ? long.bytes - 1 : long.bytes);
    } else sink.block(Buffer.concat([...carry, rest]));
    drop();
  }

  function drop(): void {
    carry = [];
    carryBytes = 0;
    long = undefined;
  }

  return {
    push(buffer) {
      const last = buffer.lastIndexOf(LF);
      if (last === -1) return hold(buffer);
      let at = 0;
      if (carryBytes > 0) {
        at = buffer.indexOf(LF) + 1;
        endCarried(buffer.subarray(0, at));
      }
      if (at <= last) sink.block(buffer.subarray(at, last + 1));
      hold(buffer.subarray(last + 1));
    },
    unfinishedBytes: () => long?.bytes ?? carryBytes,
    unfinishedStart: () => long?.start ?? Buffer.concat(carry),
    finish: () => {
      if (carryBytes > 0) endCarried(Buffer.from('\n'));
    },
    drop,
  };
}
