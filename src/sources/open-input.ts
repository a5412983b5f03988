import { type OpenedBytes, openBytes } from './decompress.ts';
import { FORMATS } from './formats.ts';
import { peek } from './peek.ts';

/** Enough to tell formats that need rewriting by their first bytes. */
const TOLD_BY_BYTES = 4096;

/** Opens an input: decompressed, and rewritten to a record per line where its format asks for that (rewrite.ts). */
export async function openInput(path: string, readBytes?: number): Promise<OpenedBytes> {
  const opened = await openBytes(path, readBytes);
  const peeked = await peek(opened.bytes, TOLD_BY_BYTES);
  for (const { rewrites } of FORMATS) {
    const rewrite = rewrites?.(peeked.head);
    if (rewrite) {
      return { ...opened, bytes: rewrite(peeked.bytes, { path, compression: opened.compression }) };
    }
  }
  return { ...opened, bytes: peeked.bytes };
}
