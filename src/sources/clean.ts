import { isUtf8 } from 'node:buffer';
import { InputError } from '../errors.ts';
import { type Layout, layoutKey } from './layout.ts';
import { bare, CR, countLines, HASH, isClean, LF, QUOTE, quotingOf } from './line-checks.ts';
import type { LineSink } from './lines.ts';
import { SIMULATED_COMMENT } from './recognise.ts';
import { brokenUtf8Column, type RejectList } from './rejects.ts';
import { EMPTY_HEADER, readHeaderLine, type Target, targetOf } from './zeek-header.ts';

/** Consecutive data lines of an input, by physical line number from 1. */
type Run = { readonly firstLine: number; readonly lines: number };

/** Clean data lines of one layout: no comments or blanks, LF ends, UTF-8 without NUL, ending with a newline. */
export type CleanBlock = { readonly layout: Layout; readonly data: Buffer; readonly runs: readonly Run[] };

/** Every line seen is one of these. */
type Tally = {
  lines: number;
  staged: number;
  rejected: number;
  comments: number;
  leftAlone: Map<string, number>;
};

export type CleanerOptions = {
  /** A Zeek text log: its comment lines decide the layout. Otherwise the layout that all lines have. */
  readonly layout: Layout | 'zeek-tsv';
  /** Lines of column names at the top that are no data (CSV). */
  readonly headerLines: 0 | 1;
  readonly maxLineBytes: number;
  readonly rejects: RejectList;
};

export type LineCleaner = LineSink & {
  readonly tally: Tally;
  /** From here on lines count; those before only tell columns and line numbers. `midLine`: inside a line. */
  start(midLine: boolean): void;
  /** Returns the clean blocks since the last call. */
  take(): CleanBlock[];
  readonly simulated: () => boolean;
  readonly closed: () => boolean;
};

/** Below this a block with an anomaly is read line by line; above, it is halved until the anomaly is alone. */
const SLOW_BYTES = 16 * 1024;
/** Each layout of an input is a file of its own; a log that was restarted every hour of a week has fewer. */
const MAX_LAYOUTS = 256;

/**
 * Returns a sink of lines that keeps data lines and accounts for all others. Blocks without an anomaly are
 * judged by a few native scans and passed on uncopied; the result is the same as reading line by line.
 * @throws InputError (while it is fed) when a file has more different headers than any log has.
 */
export function createLineCleaner(options: CleanerOptions): LineCleaner {
  const { rejects, maxLineBytes } = options;
  const isZeekText = options.layout === 'zeek-tsv';
  const quoting = quotingOf(options.layout);
  const tally: Tally = { lines: 0, staged: 0, rejected: 0, comments: 0, leftAlone: new Map() };
  let header = EMPTY_HEADER;
  let target: Target =
    options.layout === 'zeek-tsv' ? targetOf(header) : { kind: 'read', layout: options.layout };
  let line = 1;
  let headerLines: number = options.headerLines;
  let counting = false;
  let midLine = false;
  let simulated = false;
  let blocks: CleanBlock[] = [];
  let lastLayout: Layout | undefined;
  const layouts = new Set<string>();

  /** A text log whose header and end are read line by line is mostly without an anomaly between them. */
  function clean(whole: Buffer): void {
    const start = dataStart(whole);
    if (start > 0) sift(whole.subarray(0, start));
    const end = dataEnd(whole, start);
    if (start < end) cleanData(whole.subarray(start, end));
    if (end < whole.length) sift(whole.subarray(end));
  }

  function cleanData(lines: Buffer): void {
    if (isClean(lines, target, maxLineBytes) && !(quoting && lines.includes(QUOTE))) {
      passOn(lines);
      return;
    }
    const half = lines.length >>> 1;
    const cut = lines.lastIndexOf(LF, half) + 1 || lines.indexOf(LF, half) + 1;
    if (lines.length <= SLOW_BYTES || cut === lines.length) {
      sift(lines);
      return;
    }
    clean(lines.subarray(0, cut));
    clean(lines.subarray(cut));
  }

  function passOn(lines: Buffer): void {
    const count = countLines(lines);
    const firstLine = line;
    line += count;
    if (!counting) return;
    tally.lines += count;
    if (target.kind === 'left-alone') leaveAlone(target.stream, count);
    if (target.kind !== 'read') return;
    tally.staged += count;
    emit({ layout: target.layout, data: lines, runs: [{ firstLine, lines: count }] });
  }

  /** The same line by line. */
  function sift(lines: Buffer): void {
    let kept: Kept | undefined;
    for (let at = 0; at < lines.length; ) {
      const end = lines.indexOf(LF, at);
      const raw = bare(lines.subarray(at, end));
      const before = target;
      if (judge(raw) && target.kind === 'read') {
        kept ??= createKept(lines.length - at);
        kept.add(raw, line);
      }
      if (target !== before) {
        flush(kept, before);
        kept = undefined;
      }
      line += 1;
      at = end + 1;
    }
    flush(kept, target);
  }

  function flush(kept: Kept | undefined, under: Target): void {
    if (kept && under.kind === 'read') {
      emit({ layout: under.layout, data: kept.data(), runs: kept.runs });
    }
  }

  function emit(block: CleanBlock): void {
    blocks.push(block);
    if (block.layout === lastLayout) return;
    lastLayout = block.layout;
    layouts.add(layoutKey(block.layout));
    if (layouts.size > MAX_LAYOUTS)
      throw new InputError(`more than ${MAX_LAYOUTS} different headers in one file`);
  }

  /** Accounts for one line (without its end); returns whether it is data to keep. */
  function judge(raw: Buffer): boolean {
    if (counting) tally.lines += 1;
    if (midLine) {
      midLine = false;
      return raw.length === 0
        ? comment()
        : reject(raw, 'the rest of a line whose beginning was imported before');
    }
    if (raw.length === 0) return comment();
    const isComment = raw[0] === HASH;
    if (target.kind === 'left-alone' && !isComment) return leaveAlone(target.stream, 1);
    if (raw.length > maxLineBytes) return reject(raw, tooLong(raw.length));
    const zeroAt = raw.indexOf(0);
    if (zeroAt !== -1) return reject(raw, 'NUL byte', zeroAt + 1);
    if (!isUtf8(raw)) return reject(raw, 'invalid UTF-8', brokenUtf8Column(raw));
    if (isComment) return readComment(raw.toString('utf8'));
    // Readers of separated values take a carriage return for a line end wherever it stands.
    const returnAt = raw.indexOf(CR);
    if (returnAt !== -1) return reject(raw, 'carriage return inside the line', returnAt + 1);
    if (quoting && raw.includes(QUOTE) && !quoting.test(raw.toString('latin1'))) {
      return reject(raw, 'quotes that do not enclose a whole field');
    }
    if (headerLines > 0) {
      headerLines -= 1;
      return comment();
    }
    if (target.kind === 'unreadable') return reject(raw, target.reason);
    if (counting) tally.staged += 1;
    return counting;
  }

  function readComment(text: string): false {
    if (text.startsWith(SIMULATED_COMMENT)) simulated = true;
    if (isZeekText) {
      const next = readHeaderLine(header, text);
      if (next !== header) target = targetOf(next);
      header = next;
    }
    return comment();
  }

  function comment(): false {
    if (counting) tally.comments += 1;
    return false;
  }

  function leaveAlone(stream: string, lines: number): false {
    if (counting) tally.leftAlone.set(stream, (tally.leftAlone.get(stream) ?? 0) + lines);
    return false;
  }

  function reject(raw: Buffer, reason: string, column?: number): false {
    if (!counting) return false;
    tally.rejected += 1;
    rejects.add(line, raw, reason, column);
    return false;
  }

  return {
    tally,
    block(lines) {
      let rest = lines;
      // What its place makes no data is taken line by line.
      while (rest.length > 0 && (midLine || headerLines > 0)) {
        const end = rest.indexOf(LF) + 1;
        sift(rest.subarray(0, end));
        rest = rest.subarray(end);
      }
      if (rest.length > 0) clean(rest);
    },
    long(start, bytes) {
      if (counting) tally.lines += 1;
      midLine = false;
      if (target.kind === 'left-alone' && start[0] !== HASH) leaveAlone(target.stream, 1);
      else reject(start, tooLong(bytes));
      line += 1;
    },
    start(within) {
      counting = true;
      midLine = within;
    },
    take() {
      const taken = blocks;
      blocks = [];
      return taken;
    },
    simulated: () => simulated,
    closed: () => header.closed,
  };
}

function tooLong(bytes: number): string {
  return `line of ${bytes} bytes is longer than a line may be`;
}

type Kept = { readonly runs: Run[]; add(raw: Buffer, line: number): void; data(): Buffer };

/** Gathers kept lines, each with a plain LF, and the runs of line numbers they had. */
function createKept(maxBytes: number): Kept {
  const runs: Run[] = [];
  let out = Buffer.alloc(0);
  let bytes = 0;
  return {
    runs,
    add(raw, line) {
      if (bytes === 0) out = Buffer.allocUnsafe(maxBytes);
      bytes += raw.copy(out, bytes);
      out[bytes] = LF;
      bytes += 1;
      const last = runs.at(-1);
      if (last && last.firstLine + last.lines === line)
        runs[runs.length - 1] = { ...last, lines: last.lines + 1 };
      else runs.push({ firstLine: line, lines: 1 });
    },
    data: () => out.subarray(0, bytes),
  };
}

/** Returns where the first line stands that is no comment. */
function dataStart(lines: Buffer): number {
  let start = 0;
  while (lines[start] === HASH) start = lines.indexOf(LF, start) + 1;
  return start;
}

/** Returns where the comments begin behind which no other line stands. @param start where one that is none does. */
function dataEnd(lines: Buffer, start: number): number {
  let end = lines.length;
  while (end - start > 1) {
    const last = lines.lastIndexOf(LF, end - 2) + 1;
    if (lines[last] !== HASH) break;
    end = last;
  }
  return end;
}
