import type { Rewrite } from './rewrite.ts';

const [LF, CR, QUOTE, BACKSLASH, OPEN, CLOSE, COMMA] = [10, 13, 34, 92, 123, 125, 44];
const [ARRAY, ARRAY_END, SPACE, TAB] = [91, 93, 32, 9];
const BLANK_LINE = Buffer.from('\n');
/** A longer object is none of a log; what follows goes on as it is, and is rejected line by line. */
const MAX_OBJECT_BYTES = 1024 * 1024;

/**
 * Returns a rewriting of an array of objects, pretty-printed or not, into one object to a line. An object stands on the
 * line on which it ended; the lines before it are blank. Several that end on one line become lines of their own.
 * Whatever is between objects and is neither white space, comma nor the array's own bracket becomes a line, and so
 * does an object that is broken: they are rejected where they stand, and the objects behind them are found again.
 */
export function objectPerLine(): Rewrite {
  return async function* rewrite(bytes) {
    const scanner = createScanner();
    for await (const buffer of bytes) yield* scanner.push(buffer);
    yield* scanner.finish();
  };
}

/** Where the scanner stands: between objects, in something between them that does not belong there, or in an object. */
type Place = 'between' | 'stray' | 'object';

function createScanner() {
  let place: Place = 'between';
  let depth = 0;
  let inString = false;
  let escaped = false;
  let held: Buffer[] = [];
  let heldBytes = 0;
  let lineBreaks = 0;
  /** A finished line whose end has not been written: what ends it is the next line break of the input. */
  let open = false;

  /** Ends what is held as a line, at its place. */
  function* line(last: Buffer): Generator<Buffer, void, void> {
    if (open) yield BLANK_LINE;
    for (; lineBreaks > 0; lineBreaks -= 1) yield BLANK_LINE;
    yield* held;
    if (last.length > 0) yield last;
    held = [];
    heldBytes = 0;
    open = true;
  }

  function* breakLine(): Generator<Buffer, void, void> {
    yield BLANK_LINE;
    open = false;
  }

  function hold(part: Buffer): void {
    if (part.length === 0) return;
    // The reader reuses its buffers.
    held.push(Buffer.from(part));
    heldBytes += part.length;
  }

  function* push(buffer: Buffer): Generator<Buffer, void, void> {
    let from = 0;
    for (let at = 0; at < buffer.length; at += 1) {
      const byte = buffer[at];
      if (place === 'between') {
        if (byte === LF) yield* breakLine();
        else if (!isFiller(byte)) {
          place = byte === OPEN ? 'object' : 'stray';
          depth = byte === OPEN ? 1 : 0;
          from = at;
        }
        continue;
      }
      if (place === 'stray') {
        if (byte !== LF && byte !== COMMA) continue;
        yield* line(buffer.subarray(from, at));
        place = 'between';
        if (byte === LF) yield* breakLine();
        continue;
      }
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
        // A text does not go over a line: its quote was lost, and the object with it.
        else if (byte === LF) {
          yield* line(buffer.subarray(from, at));
          yield* breakLine();
          place = 'between';
          inString = false;
        }
        continue;
      }
      if (byte === QUOTE) inString = true;
      else if (byte === OPEN || byte === ARRAY) depth += 1;
      else if (byte === CLOSE || byte === ARRAY_END) {
        depth -= 1;
        if (depth > 0) continue;
        yield* line(buffer.subarray(from, at + 1));
        place = 'between';
      } else if (byte === LF) {
        hold(buffer.subarray(from, at > from && buffer[at - 1] === CR ? at - 1 : at));
        lineBreaks += 1;
        from = at + 1;
        if (heldBytes <= MAX_OBJECT_BYTES) continue;
        yield* line(Buffer.alloc(0));
        place = 'between';
      }
    }
    if (place !== 'between') hold(buffer.subarray(from));
  }

  return {
    push,
    /** An object that has not ended stays an unfinished line: it may still be in the writing. */
    *finish(): Generator<Buffer, void, void> {
      if (open) yield BLANK_LINE;
      open = false;
      if (heldBytes === 0) return;
      for (; lineBreaks > 0; lineBreaks -= 1) yield BLANK_LINE;
      yield* held;
    },
  };
}

function isFiller(byte: number | undefined): boolean {
  return (
    byte === SPACE || byte === TAB || byte === CR || byte === COMMA || byte === ARRAY || byte === ARRAY_END
  );
}
