import type { Compression } from './decompress.ts';

/** Where rewritten bytes come from: for tools that have to be given the file itself. */
export interface RewriteFrom {
  readonly path: string;
  readonly compression: Compression;
}

/**
 * Turns the bytes of an input that is not one record to a line into bytes that are, before anything else looks at
 * them: lines, positions and hashes are those of the rewritten bytes from then on. The same beginning must always
 * give the same beginning, or a file that grows would be read again from its start. Memory must not grow with the
 * input. Where it can, a record stands on the (last) line it stood on before, blank lines taking the place of the
 * others, so that a reject is told with the line that a person finds in the file.
 * @throws InputError (while reading) when the input as a whole cannot be read.
 */
export type Rewrite = (bytes: AsyncIterable<Buffer>, from: RewriteFrom) => AsyncIterable<Buffer>;

const LF = 10;
const HASH = Buffer.from('#');

/**
 * Returns a rewriting that puts a `#` before lines which are no data, so that they count as comments: those that
 * begin with one of `markers`, and with `tail` every line behind the first of them.
 */
export function commentOut(markers: readonly string[], options: { readonly tail: boolean }): Rewrite {
  const marks = markers.map((marker) => Buffer.from(marker));
  const isMarked = (line: Buffer) => marks.some((mark) => line.subarray(0, mark.length).equals(mark));
  return async function* rewrite(bytes) {
    let isTail = false;
    for await (const block of wholeLines(bytes)) {
      let from = 0;
      for (let at = isTail ? 0 : firstMark(block, marks, 0); at !== -1; ) {
        const end = block.indexOf(LF, at) + 1 || block.length;
        if (isTail || isMarked(block.subarray(at))) {
          if (at > from) yield block.subarray(from, at);
          yield HASH;
          from = at;
          isTail = options.tail;
        }
        at = isTail ? (end < block.length ? end : -1) : firstMark(block, marks, end);
      }
      if (from < block.length) yield block.subarray(from);
    }
  };
}

/** Returns where the next line that begins with a mark does, -1 when none does. */
function firstMark(block: Buffer, marks: readonly Buffer[], from: number): number {
  const places = marks.map((mark) => {
    for (let at = block.indexOf(mark, from); at !== -1; at = block.indexOf(mark, at + 1)) {
      if (at === 0 || block[at - 1] === LF) return at;
    }
    return -1;
  });
  return places.reduce((first, at) => (at !== -1 && (first === -1 || at < first) ? at : first), -1);
}

/** Yields the same bytes in blocks that end with a line, but for the last and for lines beyond any length. */
export async function* wholeLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let carry: Buffer = Buffer.alloc(0);
  for await (const buffer of bytes) {
    const first = buffer.indexOf(LF) + 1;
    const last = buffer.lastIndexOf(LF) + 1;
    if (first === 0) {
      carry = Buffer.concat([carry, buffer]);
      if (carry.length > LONGEST_CARRIED) {
        yield carry;
        carry = Buffer.alloc(0);
      }
      continue;
    }
    if (carry.length > 0) yield Buffer.concat([carry, buffer.subarray(0, first)]);
    const start = carry.length > 0 ? first : 0;
    if (last > start) yield buffer.subarray(start, last);
    carry = Buffer.from(buffer.subarray(last));
  }
  if (carry.length > 0) yield carry;
}

/** A line of this length is no record; it goes on in pieces. */
const LONGEST_CARRIED = 8 * 1024 * 1024;
