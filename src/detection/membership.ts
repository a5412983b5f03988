import { advanceMean, MEANS, meanRatio } from './evidence.ts';
import { CARRIES, type Excess, groupBytes, sumBytes, type Track, type Window } from './tracks.ts';

/** What an ordinary stream between a host and somewhere new comes to on a day: less is never evidence. */
export const ORDINARY_BYTES_PER_DAY = 1_000_000;
const TOLERANCE = 0.3;
/** A member carries at least this share of what the host of the campaign's middle byte carries. */
const LEAST_OF_MIDDLE = 0.05;

/**
 * Returns, at the end of a window of W days, the e-value R_W / W of "these pairs send no more on average than usual
 * (and no more than an ordinary stream)". R is the Shiryaev-Roberts sum over all days on which the change could have
 * come; under that hypothesis E[R_W] ≤ W, and W is fixed: an e-value, unlike the running maximum of R.
 * @param usual bytes a day.
 */
export function evidenceAgainst(tracks: readonly Track[], usual: number, window: Window): number {
  const expected = Math.max(usual, ORDINARY_BYTES_PER_DAY) * (1 + TOLERANCE);
  const R = new Float64Array(MEANS);
  let sum = 0;
  for (let day = window.from; day <= window.to; day++) {
    let bytes = 0;
    for (const track of tracks) bytes += track.bytes.get(day) ?? 0;
    sum = advanceMean(R, 0, meanRatio(bytes, expected));
    if (sum > 1e200) break;
  }
  return sum / MEANS / (window.to - window.from + 1);
}

/**
 * Returns the indices that e-BH rejects at false-discovery rate α: the k largest e-values for the largest k with
 * e₍ₖ₎ ≥ n/(α·k). Valid under any dependence (Wang and Ramdas 2022).
 */
export function eBenjaminiHochberg(evidence: readonly number[], rate: number): number[] {
  const order = evidence
    .map((_, i) => i)
    .sort((a, b) => (evidence[b] as number) - (evidence[a] as number) || a - b);
  let rejected = 0;
  order.forEach((i, rank) => {
    if ((evidence[i] as number) >= evidence.length / (rate * (rank + 1))) rejected = rank + 1;
  });
  return order.slice(0, rejected).sort((a, b) => a - b);
}

/**
 * Returns the excesses of the hosts that a campaign names: those that e-BH admits at the stated rate, or that carry
 * a fifth of the excess by themselves; and of these, not those that carry under a twentieth of what the host of the
 * campaign's middle byte does.
 */
export function membersOf(excesses: readonly Excess[], window: Window, rate: number): Excess[] {
  const hosts = groupBytes(excesses, (track) => track.host);
  const total = sumBytes(excesses);
  const own = hosts.map(([host]) => excesses.filter(({ track }) => track.host === host));
  const admitted = new Set(
    eBenjaminiHochberg(
      own.map((each) => evidenceOf(each, window)),
      rate,
    ),
  );
  const named = hosts.filter(([, bytes], i) => admitted.has(i) || bytes >= CARRIES * total);
  const names = new Set(weighty(named));
  return excesses.filter(({ track }) => names.has(track.host));
}

/** Returns the names, of amounts in descending order, that carry at least a twentieth of what the middle byte's name does. */
export function weighty(amounts: readonly (readonly [string, number])[]): string[] {
  let left = amounts.reduce((sum, [, bytes]) => sum + bytes, 0) / 2;
  const middle =
    amounts.find(([, bytes]) => {
      left -= bytes;
      return left <= 0;
    })?.[1] ?? 0;
  return amounts.filter(([, bytes]) => bytes >= LEAST_OF_MIDDLE * middle).map(([name]) => name);
}

function evidenceOf(excesses: readonly Excess[], window: Window): number {
  const usual = excesses.reduce((sum, each) => sum + each.usual, 0);
  return evidenceAgainst(
    excesses.map(({ track }) => track),
    usual,
    window,
  );
}
