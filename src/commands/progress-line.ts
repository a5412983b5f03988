import type { Progress } from '../operations/progress.ts';
import { safeText } from './print/safe-text.ts';

/** Without a terminal a line at most so often. */
const SPARSE_MILLIS = 10_000;
/** On a terminal the line changes at most so often. */
const REDRAW_MILLIS = 100;

/** Progress on stderr, and how to take its line away before something else is printed. */
export interface ProgressLine {
  readonly report: Progress;
  clear(): void;
}

/** Returns progress that shows one line that changes on a terminal, sparse lines otherwise, and nothing when quiet. */
export function progressLine(stream: NodeJS.WriteStream, quiet: boolean): ProgressLine {
  if (quiet) return { report: () => undefined, clear: () => undefined };
  let lastMillis = stream.isTTY ? 0 : Date.now();
  let shown = false;
  return {
    report(message) {
      const now = Date.now();
      if (now - lastMillis < (stream.isTTY ? REDRAW_MILLIS : SPARSE_MILLIS)) return;
      lastMillis = now;
      const text = safeText(message);
      if (!stream.isTTY) stream.write(`weir: ${text}\n`);
      else stream.write(`\r\u001b[2K${text.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
      shown = stream.isTTY;
    },
    clear() {
      if (shown) stream.write('\r\u001b[2K');
      shown = false;
    },
  };
}
