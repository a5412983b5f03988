import type { Rewrite } from './rewrite.ts';

/** Turns the lines of an input, one after the other, into lines that are records of their own. */
export interface LineRewriter {
  /**
   * Takes a line without its end; returns the line that stands in its place: blank where it is part of a later one,
   * several (with `\n` between) where it holds several records. Texts are bytes: a character is one of them.
   */
  line(text: string): string;
  /** Returns what the last lines began and did not finish, blank if nothing: it may still be in the writing. */
  rest(): string;
}

/** A line of this length is no record; it goes on as it is. */
const LONGEST_LINE = 1024 * 1024;
const BYTE_ORDER_MARK = /^(?:\xEF\xBB\xBF)+/;

/** Returns the rewriting that gives each line to a rewriter, which may remember what it has seen. */
export function lineByLine(create: () => LineRewriter): Rewrite {
  return async function* rewrite(bytes) {
    const rewriter = create();
    let carry = '';
    let isPassing = false;
    const bare = (line: string) =>
      damaged(rewriter.line(line.replace(/\r$/, '').replace(BYTE_ORDER_MARK, '')));
    for await (const buffer of bytes) {
      let text = buffer.toString('latin1');
      if (isPassing) {
        const end = text.indexOf('\n') + 1;
        yield toBytes(end === 0 ? text : text.slice(0, end));
        if (end === 0) continue;
        text = text.slice(end);
        isPassing = false;
      }
      const lines = `${carry}${text}`.split('\n');
      carry = lines.pop() ?? '';
      if (lines.length > 0) yield toBytes(lines.map((line) => `${bare(line)}\n`).join(''));
      if (carry.length <= LONGEST_LINE) continue;
      yield toBytes(carry);
      carry = '';
      isPassing = true;
    }
    // One unfinished line at most: what counts must not change when more of the input turns up.
    const last = [carry === '' ? '' : bare(carry), damaged(rewriter.rest())]
      .filter((line) => line !== '')
      .join(' ');
    if (last !== '') yield toBytes(last);
  };
}

/** A NUL is damage; a rewriter that writes JSON must not hide it from those who reject it. */
function damaged(line: string): string {
  return line.includes('\\u0000') ? line.replaceAll(/(?<=(?:^|[^\\])(?:\\\\)*)\\u0000/g, '\0') : line;
}

function toBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
