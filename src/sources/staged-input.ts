import type { Compression } from './decompress.ts';
import type { RejectedLine } from './rejects.ts';

/** The first bytes of an input by their hash: how a grown or rotated file is found again without its name. */
export type Head = { readonly bytes: number; readonly sha256: string };

/** A beginning of an input, of `bytes` decompressed bytes, that is in the ledger already. */
export type KnownPrefix = { readonly bytes: number; readonly sha256: string };

/** The longest head that is taken: longer than the header that a thousand logs of one kind have in common. */
export const HEAD_BYTES = 64 * 1024;

/**
 * What was read of one input. It comes after every chunk that holds lines of it, and
 * `lines = staged + rejected + comments + leftAlone` over the decompressed bytes [bytesFrom, bytesTo).
 */
export type StagedInput = {
  readonly kind: 'input';
  readonly index: number;
  readonly path: string;
  readonly sensor: string;
  /**
   * new: read from its beginning; grown: read from where an earlier import ended; known: nothing new in it;
   * left-alone: nothing that Weir reads; failed: nothing of it may count (drop its unsettled chunks).
   */
  readonly status: 'new' | 'grown' | 'known' | 'failed' | 'left-alone';
  readonly reason?: string;
  readonly compression: Compression;
  /** False when a zstd frame without a checksum was read: cuts are found, altered bytes may not be. */
  readonly verified: boolean;
  readonly simulated: boolean;
  readonly bytesFrom: number;
  readonly bytesTo: number;
  /** Of the decompressed bytes [0, bytesTo), in hexadecimal. */
  readonly sha256: string;
  /** Of the first decompressed bytes, as many as the largest power of two up to HEAD_BYTES and `bytesTo`. */
  readonly head: Head;
  readonly lines: number;
  readonly staged: number;
  readonly comments: number;
  /** How many lines `rejected` stands for. */
  readonly rejectedLines: number;
  readonly rejected: readonly RejectedLine[];
  /** Lines of Zeek streams that Weir does not read, by stream (`zeek.dns`). */
  readonly leftAlone: Readonly<Record<string, number>>;
  /** Bytes of an unfinished last line that a writer may still complete; they are part of the next import. */
  readonly waitingBytes: number;
  /** True when no input is half emitted: what was received so far can be committed. */
  readonly settled: boolean;
};

const NOTHING_READ = {
  compression: 'none',
  verified: true,
  simulated: false,
  bytesFrom: 0,
  bytesTo: 0,
  sha256: '',
  head: { bytes: 0, sha256: '' },
  lines: 0,
  staged: 0,
  comments: 0,
  rejectedLines: 0,
  rejected: [],
  leftAlone: {},
  waitingBytes: 0,
  settled: true,
} as const satisfies Partial<StagedInput>;

/** Returns the account of an input of which nothing counts, with what is known of it. */
export function nothingRead(
  known: Pick<StagedInput, 'index' | 'path' | 'sensor' | 'status' | 'reason'> & Partial<StagedInput>,
): StagedInput {
  return { kind: 'input', ...NOTHING_READ, ...known };
}
