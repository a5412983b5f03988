import { isUtf8 } from 'node:buffer';
import type { Layout } from './layout.ts';
import type { Target } from './zeek-header.ts';

/** Checks of raw lines by native scans. */

export const LF = 10;
export const CR = 13;
export const HASH = 35;
export const QUOTE = 34;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/** Returns a line without the CR of its end and without the byte order marks that joined files leave. */
export function bare(line: Buffer): Buffer {
  let start = 0;
  while (line.subarray(start, start + BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) {
    start += BYTE_ORDER_MARK.length;
  }
  const end = line.length > start && line[line.length - 1] === CR ? line.length - 1 : line.length;
  return line.subarray(start, end);
}

/** Returns whether nothing in a block of whole lines needs a closer look. */
export function isClean(lines: Buffer, target: Target, maxLineBytes: number): boolean {
  if (target.kind === 'unreadable') return false;
  if (lines[0] === HASH || lines[0] === LF || lines.includes('\n\n') || lines.includes(CR)) return false;
  if ((lines.includes(HASH) && lines.includes('\n#')) || lines.includes(BYTE_ORDER_MARK)) return false;
  if (target.kind === 'left-alone') return true;
  return !lines.includes(0) && isUtf8(lines) && !hasLongLine(lines, maxLineBytes);
}

/**
 * Returns what a line of CSV with quotes must look like: a quote that is left open, or stands within a field,
 * would make a reader take the lines behind it for the same field.
 */
export function quotingOf(layout: Layout | 'zeek-tsv'): RegExp | undefined {
  if (layout === 'zeek-tsv' || layout.encoding !== 'csv') return undefined;
  if ('quote' in layout && layout.quote === '') return undefined;
  const separator = (layout.separator ?? ',').replace(/[|\\^\]]/g, '\\$&');
  const field = `(?:"[^"]*(?:""[^"]*)*"|[^"${separator}]*)`;
  return new RegExp(`^${field}(?:[${separator}]${field})*$`, 's');
}

/** A line over the limit covers a multiple of the limit, so only the lines at those places are measured. */
function hasLongLine(lines: Buffer, maxLineBytes: number): boolean {
  for (let at = maxLineBytes; at < lines.length; at += maxLineBytes) {
    if (lines.indexOf(LF, at) - (lines.lastIndexOf(LF, at - 1) + 1) > maxLineBytes) return true;
  }
  return false;
}

/** Returns the number of newlines. Native search from one to the next: 6 GB/s on lines of 130 bytes; a loop over bytes makes 1. */
export function countLines(lines: Buffer): number {
  let count = 0;
  for (let at = lines.indexOf(LF); at !== -1; at = lines.indexOf(LF, at + 1)) count += 1;
  return count;
}
