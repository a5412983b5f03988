import { createHash, hash as hashOf } from 'node:crypto';
import { openInput } from './open-input.ts';
import { HEAD_BYTES, type Head, type KnownPrefix, type StagedInput } from './staged-input.ts';
import type { StatedYear } from './year.ts';

/**
 * Returns the hash of the first `bytes` of a beginning: without them, of its longest head. Heads are powers of two long,
 * so that there are few lengths to try on an input that may have grown from any of them.
 */
export function headOf(beginning: Buffer, bytes = longestHead(beginning.length)): Head {
  const head = beginning.subarray(0, bytes);
  return { bytes: head.length, sha256: hashOf('sha256', head) };
}

function longestHead(bytes: number): number {
  return bytes === 0 ? 0 : 2 ** Math.floor(Math.log2(Math.min(bytes, HEAD_BYTES)));
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
  year?: StatedYear,
): Promise<ResumePoint | undefined> {
  const ascending = distinctLengths(known);
  const hash = createHash('sha256');
  let found: KnownPrefix | undefined;
  let at = 0;
  let next = 0;
  for await (const buffer of (await openInput(path, readBytes, year)).bytes) {
    const from = at;
    for (let step = ascending[next]; step && step.bytes <= from + buffer.length; step = ascending[next]) {
      hash.update(buffer.subarray(at - from, step.bytes - from));
      at = step.bytes;
      const sha256 = hash.copy().digest('hex');
      if (step.hashes.has(sha256)) found = { bytes: at, sha256 };
      next += 1;
    }
    if (at < from + buffer.length && next === ascending.length)
      return found && { prefix: found, endsThere: false };
    hash.update(buffer.subarray(at - from));
    at = from + buffer.length;
  }
  return found && { prefix: found, endsThere: found.bytes === at };
}

/** Returns the same of bytes that are all there. */
export function resumePointIn(whole: Buffer, known: readonly KnownPrefix[]): ResumePoint | undefined {
  for (const { bytes, hashes } of distinctLengths(known).reverse()) {
    if (bytes > whole.length) continue;
    const sha256 = hashOf('sha256', whole.subarray(0, bytes));
    if (hashes.has(sha256)) return { prefix: { bytes, sha256 }, endsThere: bytes === whole.length };
  }
  return undefined;
}

/** Prefixes by their length, ascending. */
function distinctLengths(known: readonly KnownPrefix[]): { bytes: number; hashes: Set<string> }[] {
  const byLength = new Map<number, Set<string>>();
  for (const { bytes, sha256 } of known) {
    if (bytes > 0) byLength.set(bytes, (byLength.get(bytes) ?? new Set()).add(sha256));
  }
  return [...byLength].map(([bytes, hashes]) => ({ bytes, hashes })).sort((a, b) => a.bytes - b.bytes);
}

/** Answers which prefixes of inputs are known. */
export type Known = {
  /** Returns the prefixes of inputs of this sensor that begin with this head. */
  readonly known: (head: Head, sensor: string) => readonly KnownPrefix[];
  /** The lengths of the heads that `known` can answer for. */
  readonly headLengths: readonly number[];
};

/**
 * Returns what the ledger knows and, beyond it, what this run has read: a log that lies beside its own
 * compressed copy counts once.
 */
export function rememberRun(ledger: Known): Known & { remember(input: StagedInput): void } {
  const read = new Map<string, KnownPrefix[]>();
  const headLengths = [...ledger.headLengths];
  const keyOf = (head: Head, sensor: string): string => JSON.stringify([sensor, head.bytes, head.sha256]);
  return {
    headLengths,
    known: (head, sensor) => [...ledger.known(head, sensor), ...(read.get(keyOf(head, sensor)) ?? [])],
    remember({ status, sensor, head, bytesTo, sha256, staged, rejectedLines }) {
      // A header alone is the beginning of many logs and says nothing about any of them.
      if ((status !== 'new' && status !== 'grown') || staged + rejectedLines === 0) return;
      if (!headLengths.includes(head.bytes)) headLengths.push(head.bytes);
      const key = keyOf(head, sensor);
      const same = read.get(key) ?? [];
      same.push({ bytes: bytesTo, sha256 });
      read.set(key, same);
    },
  };
}
