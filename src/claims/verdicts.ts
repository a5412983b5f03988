import { type ChannelBound, channelsOf, sumIntervals, sumOrNull } from './bounds.ts';
import type { VolumeRange } from './claim.ts';
import type { ByteInterval } from './expected.ts';
import { feasibilityOf, leastCrossed, neededRate } from './feasibility.ts';
import type { Case, Verdict, VerdictKind, Weighed } from './verdict.ts';
import { headlineOf, reasonsOf } from './verdict-words.ts';

/**
 * Returns the verdict on one reading. *Not possible* is said only where every channel the claim speaks of has a bound,
 * from full sight or from its capacity, the facility declares its channels complete, and the least claimed exceeds
 * all bounds together even packed as far as the claim file allows.
 */
export function verdictOn(each: Case): Verdict {
  const weighed = weigh(each);
  return {
    combination: each.combination,
    kind: weighed.kind,
    headline: headlineOf(weighed),
    because: reasonsOf(weighed),
    rate: weighed.rate,
    feasibility: weighed.feasibility,
    unwatched: weighed.unwatched.map(({ evidence }) => evidence.name),
  };
}

function weigh(each: Case): Weighed {
  const { combination, bounds, packedAtMost } = each;
  const { volume, window } = combination;
  const listed = channelsOf(bounds, combination.channel);
  const channels = listed ?? [];
  const leastCrossedBytes = volume ? leastCrossed(volume.least, packedAtMost) : 0n;
  const unwatched = channels.filter(({ evidence }) => evidence.unseenHours > 0);
  const numbers = {
    ...each,
    channels,
    unwatched,
    unjudged: unjudgedIn(channels),
    leastCrossedBytes,
    mostBytes: sumOrNull(channels),
    seenMostBytes:
      window.fromDay === null ? null : sumIntervals(channels.map(({ evidence }) => evidence.seen)).high,
    unexplained: unexplainedIn(channels),
    rate: volume ? neededRate(volume, window) : null,
    feasibility: volume ? feasibilityOf(channels, volume, window) : [],
  };
  // What was seen bounds nothing where the days are not known.
  const essential =
    window.fromDay === null
      ? []
      : unwatched.filter((channel) => isEssential(channel, channels, leastCrossedBytes));
  const kind = volume && listed ? kindOf(numbers, volume) : 'notAssessable';
  return { ...numbers, essential, kind };
}

function kindOf(numbers: Omit<Weighed, 'kind' | 'essential'>, volume: VolumeRange): VerdictKind {
  const { mostBytes, seenMostBytes, leastCrossedBytes, unexplained, complete, channels, unjudged } = numbers;
  if (mostBytes !== null && leastCrossedBytes > mostBytes) return complete ? 'notPossible' : 'beyondListed';
  if (mostBytes !== null && volume.least > mostBytes) return 'onlyPacked';
  if (seenMostBytes === null) return 'fitsCapacity';
  if (channels.every(({ evidence }) => evidence.seen.high === 0n)) return 'onlyThrough';
  if (leastCrossedBytes > seenMostBytes) return 'onlyThrough';
  if (unexplained && unexplained.low > 0n)
    return unexplained.high >= volume.least ? 'supported' : 'partlySupported';
  if (volume.least > seenMostBytes) return 'moreThanWatched';
  return unjudged.length === 0 ? 'nothingUnusual' : 'noHistory';
}

/** Returns the channels that carried something of which no history says how much was usual. */
function unjudgedIn(channels: readonly ChannelBound[]): ChannelBound[] {
  return channels.filter(({ evidence }) => evidence.seen.high > 0n && evidence.expected === null);
}

/** What all channels with a history carried beyond it; null when none has one. */
function unexplainedIn(channels: readonly ChannelBound[]): ByteInterval | null {
  const known = channels.flatMap(({ unexplained }) => unexplained ?? []);
  return known.length > 0 ? sumIntervals(known) : null;
}

/** Whether it does not fit without this channel's unwatched time: the others, and what was seen of it, are too little. */
function isEssential(channel: ChannelBound, channels: readonly ChannelBound[], leastBytes: bigint): boolean {
  const others = sumOrNull(channels.filter((other) => other !== channel));
  return others !== null && others + channel.evidence.seen.high < leastBytes;
}
