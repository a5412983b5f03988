import { assertIdentity } from '../errors.ts';
import type { ClaimedChannel } from './claim.ts';
import type { ByteInterval } from './expected.ts';
import type { AssessedWindow } from './window.ts';

/** Who can use a channel: `either` is a link that leads out and that somebody inside may use as well. */
export type Side = 'remote' | 'onSite' | 'either';

/** What is known of one way out in the days that were looked up for a window. */
export interface ChannelEvidence {
  readonly name: string;
  readonly side: Side;
  /** What it is, as weir.yaml says. */
  readonly kind: string;
  /** Null where none is stated. */
  readonly capacityBytesPerDay: bigint | null;
  /** What its sensors saw leave; zero where none watched. */
  readonly seen: ByteInterval;
  /** Hours in which nobody watched; an hour of which a share was lost counts that share. */
  readonly unseenHours: number;
  /** The most that fits into them; null where no capacity is stated and there are any. */
  readonly unseenBytes: bigint | null;
  /** What was to be expected of `seen`; null where there is no history. */
  readonly expected: ByteInterval | null;
  /** Why it is unseen, and what the expectation rests on. */
  readonly because: readonly string[];
}

/** What a channel can have carried in a window. */
export interface ChannelBound {
  readonly evidence: ChannelEvidence;
  /** What left beyond what was to be expected, not below zero; null where nothing was expected. */
  readonly unexplained: ByteInterval | null;
  /** The most that any theft can have carried by it; null without bound. */
  readonly mostBytes: bigint | null;
}

/** What can have left in a window, way by way. */
export interface Bounds {
  readonly window: AssessedWindow;
  readonly channels: readonly ChannelBound[];
  /** Sums over the channels of each side, links in both; null without bound, or where an unfinished list has none. */
  readonly remoteBytes: bigint | null;
  readonly onSiteBytes: bigint | null;
  /** Over all listed channels, each once. */
  readonly totalBytes: bigint | null;
}

const HOURS_PER_DAY = 24n;
/** Fractions of an hour are counted in billionths, rounded up: it is a bound. */
const PARTS_PER_HOUR = 1_000_000_000n;

/** Returns the most bytes that a capacity lets through in some hours, rounded up; null without a capacity. */
export function bytesAtCapacity(capacityBytesPerDay: bigint | null, hours: number): bigint | null {
  if (hours === 0) return 0n;
  if (capacityBytesPerDay === null) return null;
  const whole = BigInt(Math.floor(hours));
  const parts = whole * PARTS_PER_HOUR + BigInt(Math.ceil((hours - Math.floor(hours)) * 1e9));
  const divisor = HOURS_PER_DAY * PARTS_PER_HOUR;
  return (capacityBytesPerDay * parts + divisor - 1n) / divisor;
}

/**
 * Returns the most that can have left in a window by each channel. A theft in watched time is among the bytes seen,
 * a theft in unwatched time fits into it at capacity, and neither exceeds capacity × the longest the window can have
 * lasted. Where a window has no beginning, what the sensors saw on the days looked up bounds nothing.
 * @param complete whether these are declared to be all channels: only then is a side without any bounded by nothing.
 */
export function boundsOf(
  channels: readonly ChannelEvidence[],
  window: AssessedWindow,
  complete: boolean,
): Bounds {
  const bounded = channels.map((evidence) => boundOf(evidence, window));
  const sumOf = (other: Side) => {
    const ofSide = bounded.filter(({ evidence }) => evidence.side !== other);
    return ofSide.length === 0 && !complete ? null : sumOrNull(ofSide);
  };
  const [remoteBytes, onSiteBytes, totalBytes] = [sumOf('onSite'), sumOf('remote'), sumOrNull(bounded)];
  assertIdentity(
    totalBytes === null ||
      remoteBytes === null ||
      onSiteBytes === null ||
      totalBytes <= remoteBytes + onSiteBytes,
    () => `the sides' bounds do not cover the whole: ${remoteBytes} + ${onSiteBytes} < ${totalBytes}`,
  );
  return { window, channels: bounded, remoteBytes, onSiteBytes, totalBytes };
}

function boundOf(evidence: ChannelEvidence, { fromDay, mostDays }: AssessedWindow): ChannelBound {
  const { seen, unseenBytes, capacityBytesPerDay, expected } = evidence;
  const byCapacity =
    mostDays === null || capacityBytesPerDay === null ? null : capacityBytesPerDay * BigInt(mostDays);
  const bySensors = fromDay === null || unseenBytes === null ? null : seen.high + unseenBytes;
  return {
    evidence,
    unexplained: expected && unexplainedOf(seen, expected),
    mostBytes:
      byCapacity === null ? bySensors : bySensors === null ? byCapacity : least(byCapacity, bySensors),
  };
}

function unexplainedOf(seen: ByteInterval, expected: ByteInterval): ByteInterval {
  return {
    low: atLeastZero(seen.low - expected.high),
    estimate: atLeastZero(seen.estimate - expected.estimate),
    high: atLeastZero(seen.high - expected.low),
  };
}

/** Returns the channels by which a claim says that it left; undefined when weir.yaml names no such one. */
export function channelsOf(bounds: Bounds, channel: ClaimedChannel): readonly ChannelBound[] | undefined {
  const { channels } = bounds;
  switch (channel.kind) {
    case 'remote':
      return channels.filter(({ evidence }) => evidence.side !== 'onSite');
    case 'onSite':
      return channels.filter(({ evidence }) => evidence.side !== 'remote');
    case 'named': {
      const named = channels.filter(({ evidence }) => evidence.name === channel.name);
      return named.length > 0 ? named : undefined;
    }
    default:
      return channels;
  }
}

/** Returns the sum of bounds; null when one of them has none. */
export function sumOrNull(channels: readonly ChannelBound[]): bigint | null {
  return channels.reduce<bigint | null>(
    (sum, { mostBytes }) => (sum === null || mostBytes === null ? null : sum + mostBytes),
    0n,
  );
}

/** Returns the sum of intervals, end by end. */
export function sumIntervals(intervals: readonly ByteInterval[]): ByteInterval {
  return intervals.reduce(
    (sum, each) => ({
      low: sum.low + each.low,
      estimate: sum.estimate + each.estimate,
      high: sum.high + each.high,
    }),
    { low: 0n, estimate: 0n, high: 0n },
  );
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function atLeastZero(bytes: bigint): bigint {
  return bytes < 0n ? 0n : bytes;
}
