const LF = 10;

/** Longer lines are no records of the formats that are rewritten line by line; the rest of one goes on as a line. */
const LONGEST_BYTES = 1024 * 1024;

/**
 * Rewrites bytes line by line: each line, without its end, gives the line that stands in its place. Bytes that are no
 * UTF-8 pass as they are, so that the line is rejected for them. A line may give several, divided by line feeds; `rest`
 * is asked for what stands behind the last.
 */
export async function* rewriteLines(
  bytes: AsyncIterable<Buffer>,
  rewritten: (line: string) => string,
  rest: () => string = () => '',
): AsyncGenerator<Buffer, void, void> {
  const one = (line: Buffer) => {
    const text = line.toString('latin1').replace(/\r$/, '');
    return Buffer.from(rewritten(text), 'latin1');
  };
  let carry: Buffer = Buffer.alloc(0);
  for await (const buffer of bytes) {
    let ahead: Buffer = carry.length > 0 ? Buffer.concat([carry, buffer]) : buffer;
    const done: Buffer[] = [];
    for (let at = ahead.indexOf(LF); at !== -1; at = ahead.indexOf(LF)) {
      done.push(one(ahead.subarray(0, at)), Buffer.from('\n'));
      ahead = ahead.subarray(at + 1);
    }
    if (ahead.length > LONGEST_BYTES) {
      done.push(ahead);
      ahead = Buffer.alloc(0);
    }
    carry = Buffer.from(ahead);
    if (done.length > 0) yield Buffer.concat(done);
  }
  // An unfinished last line: whether it counts is for the reader to judge.
  if (carry.length > 0) yield one(carry);
  const last = rest();
  if (last !== '') yield Buffer.from(last, 'latin1');
}
