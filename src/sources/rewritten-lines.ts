const LF = 10;

/** Longer lines are no records of the formats that are rewritten line by line; the rest of one goes on as a line. */
const LONGEST_BYTES = 1024 * 1024;

/**
 * Rewrites bytes line by line: each line, without its end, gives the line that stands in its place. Bytes that are no
 * UTF-8 pass as they are, so that the line is rejected for them.
 */
export async function* rewriteLines(
  bytes: AsyncIterable<Buffer>,
  rewritten: (line: string) => string,
): AsyncGenerator<Buffer, void, void> {
  const one = (line: Buffer) => {
    const text = line.toString('latin1').replace(/\r$/, '');
    return Buffer.from(rewritten(text), 'latin1');
  };
  let carry: Buffer = Buffer.alloc(0);
  for await (const buffer of bytes) {
    let rest: Buffer = carry.length > 0 ? Buffer.concat([carry, buffer]) : buffer;
    const done: Buffer[] = [];
    for (let at = rest.indexOf(LF); at !== -1; at = rest.indexOf(LF)) {
      done.push(one(rest.subarray(0, at)), Buffer.from('\n'));
      rest = rest.subarray(at + 1);
    }
    if (rest.length > LONGEST_BYTES) {
      done.push(rest);
      rest = Buffer.alloc(0);
    }
    carry = Buffer.from(rest);
    if (done.length > 0) yield Buffer.concat(done);
  }
  // An unfinished last line: whether it counts is for the reader to judge.
  if (carry.length > 0) yield one(carry);
}
