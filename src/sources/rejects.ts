import { isUtf8 } from 'node:buffer';

/** Lines dropped before they were parsed; `lines` > 1 stands for that many in a row with one reason. */
export type RejectedLine = {
  readonly line: number;
  readonly lines: number;
  /** At most 1,000 bytes of it, control characters and broken bytes as `\xNN`; empty past the detail limit. */
  readonly text: string;
  readonly reason: string;
  /** Byte position in the line, from 1. */
  readonly column?: number;
};

const SHOWN_BYTES = 1_000;

/** Collects rejected lines: the first `detailed` each with its text, the rest as runs of line numbers. */
export type RejectList = {
  add(line: number, raw: Buffer, reason: string, column?: number): void;
  readonly list: RejectedLine[];
  readonly count: () => number;
};

/** Returns an empty list of rejected lines. */
export function createRejectList(detailed: number): RejectList {
  const list: RejectedLine[] = [];
  let count = 0;
  return {
    list,
    count: () => count,
    add(line, raw, reason, column) {
      count += 1;
      const last = list.at(-1);
      if (count <= detailed) {
        const text = shownText(raw);
        list.push(
          column === undefined ? { line, lines: 1, text, reason } : { line, lines: 1, text, reason, column },
        );
      } else if (last && last.text === '' && last.reason === reason && last.line + last.lines === line) {
        list[list.length - 1] = { ...last, lines: last.lines + 1 };
      } else {
        list.push({ line, lines: 1, text: '', reason });
      }
    },
  };
}

/** Returns the beginning of a line as printable text. */
function shownText(raw: Buffer): string {
  let end = Math.min(raw.length, SHOWN_BYTES);
  // Do not cut a character in two: step back over its continuation bytes.
  if (end < raw.length) while (end > SHOWN_BYTES - 4 && ((raw[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  const shown = raw.subarray(0, end);
  const text = isUtf8(shown) ? shown.toString('utf8') : escapeBytes(shown);
  return text.replace(/\p{Cc}/gu, (char) => hex(char.charCodeAt(0)));
}

/** Returns the byte position, from 1, at which a line stops being UTF-8. */
export function brokenUtf8Column(raw: Buffer): number {
  const repaired = Buffer.from(raw.toString('utf8'), 'utf8');
  let at = 0;
  while (at < raw.length && raw[at] === repaired[at]) at += 1;
  return at + 1;
}

function escapeBytes(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[\u0080-\u00ff]/g, (char) => hex(char.charCodeAt(0)));
}

function hex(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`;
}
