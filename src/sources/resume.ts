import { createHash } from 'node:crypto';
import { openBytes } from './decompress.ts';
import { HEAD_BYTES, type Head, type KnownPrefix } from './staged-input.ts';

/** Returns the hash of the first `bytes` of a beginning (fewer when it is shorter). */
export function headOf(beginning: Buffer, bytes = HEAD_BYTES): Head {
  const head = beginning.subarray(0, bytes);
  return { bytes: head.length, sha256: createHash('sha256').update(head).digest('hex') };
}

/** Where to go on in an input, and whether it ends there. */
export type ResumePoint = { readonly prefix: KnownPrefix; readonly endsThere: boolean };

/**
 * Returns the longest of the known prefixes that the decompressed bytes of a file begin with.
 * Reads no further than the longest one and the buffer behind it.
 * @throws DamagedInput when the compressed bytes up to there are damaged.
 */
export async function findResumePoint(
  path: string,
  known: readonly KnownPrefix[],
  readBytes: number | undefined,
): Promise<ResumePoint | undefined> {
  const ascending = [...known].filter(({ bytes }) => bytes > 0).sort((a, b) => a.bytes - b.bytes);
  const hash = createHash('sha256');
  let found: KnownPrefix | undefined;
  let at = 0;
  let next = 0;
  for await (const buffer of (await openBytes(path, readBytes)).bytes) {
    const from = at;
    for (
      let prefix = ascending[next];
      prefix && prefix.bytes <= from + buffer.length;
      prefix = ascending[next]
    ) {
      hash.update(buffer.subarray(at - from, prefix.bytes - from));
      at = prefix.bytes;
      if (hash.copy().digest('hex') === prefix.sha256) found = prefix;
      next += 1;
    }
    if (at < from + buffer.length && next === ascending.length)
      return found && { prefix: found, endsThere: false };
    hash.update(buffer.subarray(at - from));
    at = from + buffer.length;
  }
  return found && { prefix: found, endsThere: found.bytes === at };
}
