import { HOURS_PER_DAY } from '../records/time.ts';
import type { Bounds, ChannelBound, Side } from './bounds.ts';
import { channelInWords } from './contradictions.ts';
import type { Weighed } from './verdict.ts';
import { lookedUpDays, windowInWords } from './window.ts';
import {
  boundInWords,
  bytesInWords,
  intervalInWords,
  listInWords,
  rateInWords,
  shareInWords,
  timesInWords,
  volumeInWords,
} from './words.ts';

const SHOWN_READERS = 3;
const RESTS_ON =
  'This rests on what weir.yaml states: its capacities, which logs hold all of a way, and that its list of channels is complete; and on logs that nobody cut. A connection still open when they end, or closed while nobody watched, is not in them.';

/** Returns the one sentence a verdict comes to; it names what nobody watched. */
export function headlineOf(weighed: Weighed): string {
  const { kind, combination, mostBytes, seenMostBytes } = weighed;
  const { volume, channel } = combination;
  if (!volume) return `No statement says how much; ${mostInWords(weighed)}.${remaining(weighed)}`;
  const claimed = volumeInWords(volume);
  const way = channel.kind === 'unknown' ? '' : ` ${channelInWords(channel)}`;
  const most = mostBytes ?? 0n;
  const seen = bytesInWords(seenMostBytes ?? 0n);
  const fold = (bytes: bigint) => `${timesInWords(volume.least, bytes)} times smaller`;
  switch (kind) {
    case 'notPossible':
      return `Not possible${way}: ${claimed} in ${windowInWords(combination.window)}, where ${mostInWords(weighed)}${stillInWords(weighed)}.${remaining(weighed, ', at full capacity in that figure')}`;
    case 'beyondListed':
      if (weighed.channels.length === 0)
        return `Nothing bounds ${claimed}${way}: weir.yaml lists no such way, and does not declare its list complete.`;
      return channel.kind === 'unknown'
        ? `More than every listed channel together can have carried: ${claimed} against ${boundInWords(mostBytes)}${evenPacked(weighed)}; weir.yaml does not declare its list complete, so what remains is a channel it does not name.${remaining(weighed, ', at full capacity in that figure')}`
        : `More than can have left${way}: ${claimed} against ${boundInWords(mostBytes)}${evenPacked(weighed)}; it would have to have left another way, or by a channel that weir.yaml does not name.${remaining(weighed, ', at full capacity in that figure')}`;
    case 'onlyPacked':
      return `Possible${way} only if packed at least ${fold(most)}: ${claimed} against ${boundInWords(mostBytes)}.${remaining(weighed)}`;
    case 'onlyThrough':
      return `Possible only through ${throughInWords(weighed)}${onlyEvenPacked(weighed)}: ${claimed} claimed, ${watchedInWords(weighed, seen)}.${remaining(weighed)}`;
    case 'moreThanWatched':
      return `More than the watched paths carried: ${claimed} against ${seen}, unless packed at least ${fold(seenMostBytes ?? 0n)}.${remaining(weighed)}`;
    case 'supported':
      return `Supported by ${unexplainedInWords(weighed)} that left beyond what was to be expected ${where(weighed)}, against ${claimed} claimed; that it was a theft is not shown by it.${remaining(weighed)}`;
    case 'partlySupported':
      return `Partly supported: ${unexplainedInWords(weighed)} left beyond what was to be expected ${where(weighed)}, against ${claimed} claimed; the rest would be in what is usual, or unseen.${remaining(weighed)}`;
    case 'nothingUnusual':
      return `Nothing unusual left by the watched paths: ${claimed} would fit into the ${seen} they carried only as a part of what was to be expected.${remaining(weighed)}`;
    case 'noHistory':
      return `It would fit into the ${seen} that the watched paths carried; there is no history that tells how much of what went by ${named(weighed.unjudged)} was usual.${remaining(weighed)}`;
    case 'fitsCapacity':
      return `The days are not known, so no log can rule it out; by capacity ${mostInWords(weighed)}${way}, against ${claimed}.${remaining(weighed)}`;
    case 'notAssessable':
      return `Nothing can be said of ${claimed}${way}: weir.yaml names no such channel.`;
  }
}

/** What is left of a claim that was packed as far as may be. */
function stillInWords({ packedAtMost, leastCrossedBytes }: Weighed): string {
  return packedAtMost === 1
    ? ''
    : `; packed ${packedAtMost} times smaller it is still ${bytesInWords(leastCrossedBytes)}`;
}

function evenPacked({ packedAtMost }: Weighed): string {
  return packedAtMost === 1 ? '' : `, even packed ${packedAtMost} times smaller`;
}

/** Said where the other ways of the claim would not have carried it packed either. */
function onlyEvenPacked(weighed: Weighed): string {
  const { essential, channels } = weighed;
  return essential.length > 0 && essential.length < channels.length ? evenPacked(weighed) : '';
}

function mostInWords({ mostBytes }: Weighed): string {
  return mostBytes === null ? 'what can have left has no bound' : `${boundInWords(mostBytes)} can have left`;
}

function watchedInWords({ seenMostBytes, channels, combination: { window } }: Weighed, seen: string): string {
  if (seenMostBytes !== 0n) return `and the watched paths carried at most ${seen}`;
  const looked = hoursOf(window);
  return channels.every(({ evidence }) => evidence.unseenHours >= looked)
    ? 'and no log speaks of these ways then'
    : 'and the logs of the watched time show nothing of it';
}

/** Hours that were looked up of a window. */
function hoursOf(window: Weighed['combination']['window']): number {
  const looked = lookedUpDays(window);
  return looked === null ? 0 : (looked.toDay - looked.fromDay) * HOURS_PER_DAY;
}

/** Names what nobody watched, wholly or for a time; part of every headline where there is any. */
function remaining({ unwatched, combination: { window } }: Weighed, andSo = ''): string {
  if (unwatched.length === 0) return '';
  const allHours = hoursOf(window);
  const byTime = new Map<string, ChannelBound[]>();
  for (const channel of unwatched) {
    const { unseenHours } = channel.evidence;
    const time = unseenHours >= allHours ? 'all the time' : `for ${hoursInWords(unseenHours)}`;
    byTime.set(time, [...(byTime.get(time) ?? []), channel]);
  }
  return ` Unwatched remain: ${[...byTime].map(([time, channels]) => `${named(channels)} ${time}`).join('; ')}${andSo}.`;
}

function hoursInWords(hours: number): string {
  const [amount, unit] =
    hours >= 48
      ? [hours / 24, 'days']
      : hours >= 1
        ? [hours, 'h']
        : hours * 60 >= 1
          ? [hours * 60, 'min']
          : [hours * 3600, 's'];
  return `${Number(amount.toPrecision(amount < 100 ? 2 : 3)).toLocaleString('en-US')} ${unit}`;
}

function throughInWords({ essential, unwatched }: Weighed): string {
  if (essential.length > 0) return named(essential);
  return unwatched.length > 1 ? `one or more of ${named(unwatched)}` : named(unwatched);
}

function named(channels: readonly ChannelBound[]): string {
  return listInWords(channels.map(({ evidence }) => evidence.name));
}

function unexplainedInWords({ unexplained }: Weighed): string {
  return unexplained ? intervalInWords(unexplained) : 'nothing';
}

function where({ channels }: Weighed): string {
  const standing = channels.filter(({ unexplained }) => unexplained !== null && unexplained.low > 0n);
  return `by ${named(standing.length > 0 ? standing : channels.filter(({ unexplained }) => unexplained !== null))}`;
}

/** Returns the sentences a verdict rests on, the needed rate first. */
export function reasonsOf(weighed: Weighed): string[] {
  const { channels, essential, bounds } = weighed;
  return [
    ...rateSentence(weighed),
    ...(channels.length > 1 &&
    essential.length > 0 &&
    !['onlyThrough', 'notPossible', 'beyondListed'].includes(weighed.kind)
      ? [`Without the unwatched time of ${named(essential)} it would not fit, however packed.`]
      : []),
    ...aloneSentence(weighed),
    ...unexplainedSentence(weighed),
    sidesSentence(bounds),
    ...readsSentence(weighed),
    ...(weighed.kind === 'notPossible' ? [RESTS_ON] : []),
  ];
}

/** What stands out, where the headline speaks of something else. */
function unexplainedSentence(weighed: Weighed): string[] {
  const { unexplained, kind } = weighed;
  if (unexplained === null || kind === 'supported' || kind === 'partlySupported') return [];
  return unexplained.low > 0n
    ? [`Beyond what was to be expected ${intervalInWords(unexplained)} left ${where(weighed)}.`]
    : [`Nothing left beyond what was to be expected by more than chance (${intervalInWords(unexplained)}).`];
}

function sidesSentence({ channels, remoteBytes, onSiteBytes, totalBytes }: Bounds): string {
  const sideInWords = (other: Side, bytes: bigint | null) =>
    channels.some(({ evidence }) => evidence.side !== other) ? boundInWords(bytes) : 'by no listed channel';
  const links = channels.some(({ evidence }) => evidence.side === 'either') ? ', links counted in both' : '';
  return `Remotely ${sideInWords('onSite', remoteBytes)}, on site ${sideInWords('remote', onSiteBytes)}${links}; by all listed channels ${boundInWords(totalBytes)}.`;
}

function rateSentence({ rate, feasibility, combination: { volume, window } }: Weighed): string[] {
  if (!volume) return [];
  if (!rate) return ['How long it took is not known, so it needs no particular rate.'];
  const upTo = rate.high !== null && rate.high > rate.low * 1.005 ? ` to ${rateInWords(rate.high)}` : '';
  const shares = feasibility
    .filter(({ neededShare }) => neededShare !== null)
    .map(({ name, neededShare }) => `${shareInWords(neededShare ?? 0)} of ${name}`);
  const against = shares.length > 0 ? `: unpacked, ${listInWords(shares)}` : '';
  return [`It needs ${rateInWords(rate.low)}${upTo} on average over ${windowInWords(window)}${against}.`];
}

/** Returns what is known of one channel: what it carried, what was expected, what was unseen, the most it can have carried. */
export function boundSentence({ evidence, unexplained, mostBytes }: ChannelBound): string {
  const { name, seen, unseenHours, unseenBytes, expected, because } = evidence;
  const watched = seen.high === 0n && unseenHours > 0 ? [] : [`carried ${intervalInWords(seen)}`];
  const usual =
    expected && unexplained
      ? [`expected ${intervalInWords(expected)}`, `unexplained ${intervalInWords(unexplained)}`]
      : [];
  const unseen =
    unseenHours > 0
      ? [
          `unwatched for ${hoursInWords(unseenHours)}, in which ${unseenBytes === null ? 'it has no stated limit' : `${boundInWords(unseenBytes)} fits`}`,
        ]
      : ['watched all the time'];
  const why = because.length > 0 ? ` (${because.join('; ')})` : '';
  return `${name}: ${[...watched, ...usual, ...unseen].join(', ')}; ${boundInWords(mostBytes)} in all${why}.`;
}

/** Which channels can have carried it alone, and which not; said where there are several. */
function aloneSentence({ feasibility }: Weighed): string[] {
  if (feasibility.length < 2) return [];
  const named = (alone: boolean) =>
    feasibility.filter((each) => each.alone === alone).map(({ name }) => name);
  const [able, unable] = [named(true), named(false)];
  return [
    ...(able.length > 0
      ? [`By its bound, each of these can have carried it alone: ${listInWords(able)}.`]
      : []),
    ...(unable.length > 0 ? [`Not alone, unpacked: ${listInWords(unable)}.`] : []),
  ];
}

/** What reads by identity allow. They rule nothing out: a disk that is carried away is read by nobody. */
function readsSentence({ reads, combination: { volume } }: Weighed): string[] {
  if (!reads || !volume) return [];
  const { byPrincipal, boundBytes, unsizedReads } = reads;
  const total = byPrincipal.reduce((sum, { bytesRead }) => sum + bytesRead, 0n);
  const heaviest = [...byPrincipal]
    .sort((a, b) => (a.bytesRead === b.bytesRead ? 0 : a.bytesRead > b.bytesRead ? -1 : 1))
    .slice(0, SHOWN_READERS)
    .map(({ principal, bytesRead }) => `${principal} ${bytesInWords(bytesRead)}`);
  const who = byPrincipal.length === 1 ? '1 identity' : `${byPrincipal.length} identities`;
  const bound = boundBytes > 0n ? 'at most ' : '';
  const unsized =
    unsizedReads > 0 ? `, and ${unsizedReads.toLocaleString('en-US')} reads without a size` : '';
  const said = `Storage logs name ${who} that read ${bound}${bytesInWords(total)}${unsized}; most by ${listInWords(heaviest)}`;
  const enough = byPrincipal.filter(({ bytesRead }) => bytesRead >= volume.least).length;
  if (enough > 0)
    return [`${said}. ${enough === 1 ? 'One of them' : `${enough} of them`} read as much as is claimed.`];
  if (total >= volume.least) return [`${said}. No single one read as much as is claimed; together they did.`];
  return [
    `${said}. At least ${bytesInWords(volume.least - total)} of the claim was read${unsizedReads > 0 ? ' without a size, or' : ''} where no storage log shows it, if at all.`,
  ];
}
