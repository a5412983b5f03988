import { type OpenedBytes, openBytes } from './decompress.ts';
import { FORMATS } from './formats.ts';
import { peek, peekedAt } from './peek.ts';
import { changedAt, type StatedYear, withYears } from './year.ts';

/** Enough to tell formats that need rewriting by their first bytes. */
const TOLD_BY_BYTES = 4096;

const ZEEK_HEADER = '#separator ';
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/**
 * Opens an input: decompressed, with the years that its order tells (year.ts) where weir.yaml states one, and rewritten to
 * a record per line where its format asks for that (rewrite.ts).
 */
export async function openInput(path: string, readBytes?: number, year?: StatedYear): Promise<OpenedBytes> {
  const unpacked = await openBytes(path, readBytes);
  const { whole, ...opened } =
    year === undefined
      ? unpacked
      : { ...unpacked, bytes: withYears(unpacked.bytes, year, await changedAt(path)), whole: undefined };
  const peeked = whole ? peekedAt(whole, opened.bytes) : await peek(opened.bytes, TOLD_BY_BYTES);
  const marked = peeked.head.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  const skipped = marked ? BYTE_ORDER_MARK.length : 0;
  const asItIs = { ...opened, bytes: peeked.bytes, ...(whole ? { whole } : {}) };
  // Zeek's own header says what a file is: it is not searched for the lines of everybody else.
  if (peeked.head.toString('latin1', skipped, skipped + ZEEK_HEADER.length) === ZEEK_HEADER) return asItIs;
  for (const { rewrites } of FORMATS) {
    const rewrite = rewrites?.(peeked.head.subarray(skipped));
    if (rewrite) {
      const bytes = rewrite(without(skipped, peeked.bytes), { path, compression: opened.compression });
      return { ...opened, bytes };
    }
  }
  return asItIs;
}

async function* without(skipped: number, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let rest = skipped;
  for await (const buffer of bytes) {
    yield rest > 0 ? buffer.subarray(rest) : buffer;
    rest = Math.max(0, rest - buffer.length);
  }
}
