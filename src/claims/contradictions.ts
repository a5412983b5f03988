import { formatDay } from '../records/time.ts';
import type { Claim, ClaimedChannel, Statement } from './claim.ts';
import { bytesInWords, daysInWords, timesInWords, volumeInWords } from './words.ts';

/** Two statements that cannot both be true. */
export interface Contradiction {
  readonly between: readonly [string, string];
  readonly about: 'volume' | 'duration' | 'begin' | 'end' | 'order' | 'channel';
  readonly sentence: string;
}

/** Returns what the statements of a claim contradict each other in, in the order of the statements. */
export function contradictionsIn({ statements }: Claim): Contradiction[] {
  return statements.flatMap((a, index) =>
    statements
      .slice(index + 1)
      .flatMap((b) => [
        ...volumeAgainst(a, b),
        ...durationAgainst(a, b),
        ...dayAgainst(a, b, 'begin'),
        ...dayAgainst(a, b, 'end'),
        ...orderAgainst(a, b),
        ...orderAgainst(b, a),
        ...channelAgainst(a, b),
      ]),
  );
}

function found(
  a: Statement,
  b: Statement,
  about: Contradiction['about'],
  saysA: string,
  saysB: string,
  so = '',
): Contradiction[] {
  return [{ between: [a.id, b.id], about, sentence: `${a.id} says ${saysA}, ${b.id} ${saysB}${so}.` }];
}

function volumeAgainst(a: Statement, b: Statement): Contradiction[] {
  if (!a.volume || !b.volume) return [];
  const below = (x: typeof a.volume, y: typeof a.volume) => x.most !== null && x.most < y.least;
  if (!below(a.volume, b.volume) && !below(b.volume, a.volume)) return [];
  const [small, large] = below(a.volume, b.volume) ? [a.volume, b.volume] : [b.volume, a.volume];
  const gap = timesInWords(large.least, small.most ?? small.least);
  return found(a, b, 'volume', volumeInWords(a.volume), volumeInWords(b.volume), `: ${gap} times apart`);
}

/** Returns how long a window can have lasted, as far as it was said. */
function durationOf({ window, asOfDay }: Statement): { least: number; most: number } | undefined {
  if (!window) return undefined;
  if (window.lastedDays) return window.lastedDays;
  if (!window.from) return undefined;
  // A window without an end cannot have lasted beyond the day on which it was told.
  const most = (window.to?.latest ?? asOfDay) + 1 - window.from.earliest;
  const least = window.to ? Math.max(1, window.to.earliest + 1 - window.from.latest) : 1;
  return most >= least ? { least, most } : undefined;
}

function durationAgainst(a: Statement, b: Statement): Contradiction[] {
  const [x, y] = [durationOf(a), durationOf(b)];
  if (!x || !y || (x.least <= y.most && y.least <= x.most)) return [];
  const words = ({ least, most }: typeof x) =>
    least === 1 && most > 1 ? `at most ${daysInWords(most)}` : daysInWords(least, most);
  return found(a, b, 'duration', `it took ${words(x)}`, words(y));
}

function dayAgainst(a: Statement, b: Statement, about: 'begin' | 'end'): Contradiction[] {
  const [x, y] = about === 'begin' ? [a.window?.from, b.window?.from] : [a.window?.to, b.window?.to];
  if (!x || !y || (x.earliest <= y.latest && y.earliest <= x.latest)) return [];
  const words = ({ earliest, latest }: typeof x) =>
    earliest === latest ? formatDay(earliest) : `between ${formatDay(earliest)} and ${formatDay(latest)}`;
  return found(a, b, about, `it ${about === 'begin' ? 'began' : 'ended'} ${words(x)}`, words(y));
}

/** A volume that was claimed before the theft is said to have begun. */
function orderAgainst(a: Statement, b: Statement): Contradiction[] {
  const begin = b.window?.from?.earliest;
  if (!a.volume || begin === undefined || a.asOfDay >= begin) return [];
  return found(
    a,
    b,
    'order',
    `${bytesInWords(a.volume.least)} had left by ${formatDay(a.asOfDay)}`,
    `that it began no earlier than ${formatDay(begin)}`,
  );
}

function channelAgainst(a: Statement, b: Statement): Contradiction[] {
  if (!a.channel || !b.channel) return [];
  const differ =
    a.channel.kind === 'named' && b.channel.kind === 'named'
      ? a.channel.name !== b.channel.name
      : a.channel.kind !== b.channel.kind &&
        [a.channel, b.channel].every(({ kind }) => kind === 'remote' || kind === 'onSite');
  return differ
    ? found(a, b, 'channel', `it left ${channelInWords(a.channel)}`, channelInWords(b.channel))
    : [];
}

/** Returns a claimed channel in words: `remotely`, `on site`, `by vpn`, `by whatever way`. */
export function channelInWords(channel: ClaimedChannel): string {
  switch (channel.kind) {
    case 'remote':
      return 'remotely';
    case 'onSite':
      return 'on site';
    case 'named':
      return `by ${channel.name}`;
    default:
      return 'by whatever way';
  }
}
