import type { Bounds, ChannelBound } from './bounds.ts';
import type { Combination } from './combinations.ts';
import type { ByteInterval } from './expected.ts';
import type { ChannelFeasibility, NeededRate } from './feasibility.ts';

/** What an assessment of one reading of the claim comes to (docs/claims.md). */
export const VERDICT_KINDS = [
  'notPossible',
  'beyondListed',
  'onlyPacked',
  'onlyThrough',
  'moreThanWatched',
  'supported',
  'partlySupported',
  'nothingUnusual',
  'noHistory',
  'fitsCapacity',
  'notAssessable',
] as const;
export type VerdictKind = (typeof VERDICT_KINDS)[number];

/** What storage logs say of reads in the days looked up, by identity. */
export interface StorageReads {
  /** `bytesRead` is the most that the logs allow. */
  readonly byPrincipal: readonly { readonly principal: string; readonly bytesRead: bigint }[];
  /** Of all bytes those that are not certain: sizes of opened files, counters of unknown beginning. */
  readonly boundBytes: bigint;
  /** Reads that are logged without any size. */
  readonly unsizedReads: number;
}

/** What is weighed, all for one reading of the claim. */
export interface Case {
  readonly combination: Combination;
  readonly bounds: Bounds;
  readonly packedAtMost: number;
  /** Whether the facility declares its list of channels complete. */
  readonly complete: boolean;
  readonly reads: StorageReads | undefined;
}

/** One reading's numbers, as verdict and words are made of. */
export interface Weighed extends Case {
  readonly kind: VerdictKind;
  /** The channels that the claim speaks of. */
  readonly channels: readonly ChannelBound[];
  /** Those with time that nobody watched. */
  readonly unwatched: readonly ChannelBound[];
  /** Those that carried something of which no history says how much was usual. */
  readonly unjudged: readonly ChannelBound[];
  /** Channels without whose unwatched time it does not fit, packed as far as may be. */
  readonly essential: readonly ChannelBound[];
  /** The least that must have crossed, packed as far as may be. */
  readonly leastCrossedBytes: bigint;
  readonly mostBytes: bigint | null;
  /** The most that left in watched time; null where the window cannot be placed. */
  readonly seenMostBytes: bigint | null;
  readonly unexplained: ByteInterval | null;
  readonly rate: NeededRate | null;
  readonly feasibility: readonly ChannelFeasibility[];
}

/** The verdict on one reading of a claim: sentences with numbers. */
export interface Verdict {
  readonly combination: Combination;
  readonly kind: VerdictKind;
  readonly headline: string;
  readonly because: readonly string[];
  readonly rate: NeededRate | null;
  readonly feasibility: readonly ChannelFeasibility[];
  readonly unwatched: readonly string[];
}
