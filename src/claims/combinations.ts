import type { Claim, ClaimedChannel, Statement, VolumeRange } from './claim.ts';
import { type AssessedWindow, assessedWindow, windowKey } from './window.ts';

/** One way to read all that was said: a volume, a window and a channel, each from some statement. */
export interface Combination {
  readonly volume: VolumeRange | undefined;
  readonly window: AssessedWindow;
  readonly channel: ClaimedChannel;
  /** Ids of the statements it is made of, in their order. */
  readonly statements: readonly string[];
  /** Whether one statement said all of it. */
  readonly asSaid: boolean;
}

/** What the statements allow together, and what they do not. */
export interface Combinations {
  readonly all: readonly Combination[];
  /** Pairs of statements that leave no time: the volume was claimed before the window begins. */
  readonly impossible: readonly { readonly volume: string; readonly window: string }[];
  /** Combinations beyond the number that is assessed. */
  readonly leftOut: number;
}

/** So many combinations are assessed. */
const MAX_COMBINATIONS = 60;
const ANY_CHANNEL: ClaimedChannel = { kind: 'unknown' };

/**
 * Returns every combination of a stated volume, window and channel that the sources allow: what one statement
 * claims to be gone on a day must have left by then, so it ends the window. Combinations that one statement made whole
 * come first, then by volume, the largest first, dated windows before undated ones; equal ones count once.
 */
export function combinationsOf({ statements }: Claim): Combinations {
  const volumes = partOf(statements, ({ volume }) => volume);
  const windows = partOf(statements, ({ window }) => window);
  const channels = channelsOf(statements);
  const impossible: { volume: string; window: string }[] = [];
  const found = new Map<string, Combination>();
  for (const volume of volumes) {
    for (const window of windows) {
      const days = [volume, window].flatMap((each) => each?.asOfDay ?? []);
      const latest = Math.max(...statements.map(({ asOfDay }) => asOfDay));
      const time = assessedWindow(window?.window, days.length > 0 ? Math.min(...days) : latest);
      if (!time) {
        impossible.push({ volume: (volume ?? window)?.id ?? '', window: window?.id ?? '' });
        continue;
      }
      for (const channel of channels) keep(found, combinationOf(volume, window, channel, time));
    }
  }
  const all = [...found.values()].sort(byWeight);
  return {
    all: all.slice(0, MAX_COMBINATIONS),
    impossible,
    leftOut: Math.max(0, all.length - MAX_COMBINATIONS),
  };
}

/** Returns the statements that say something, or none of them once where all are silent. */
function partOf(
  statements: readonly Statement[],
  part: (statement: Statement) => unknown,
): readonly (Statement | undefined)[] {
  const saying = statements.filter((each) => part(each) !== undefined);
  return saying.length > 0 ? saying : [undefined];
}

/** Returns the stated ways, and before them any way at all where somebody who says how much or when leaves that open. */
function channelsOf(statements: readonly Statement[]): readonly (Statement | undefined)[] {
  const stated = statements.filter(({ channel }) => channel !== undefined);
  const open = statements.some(({ volume, window, channel }) => (volume ?? window) && channel === undefined);
  return open || stated.length === 0 ? [undefined, ...stated] : stated;
}

function combinationOf(
  volume: Statement | undefined,
  window: Statement | undefined,
  channel: Statement | undefined,
  time: AssessedWindow,
): Combination {
  const parts = [volume, window, channel].flatMap((each) => each?.id ?? []);
  const ids = [...new Set(parts)];
  return {
    volume: volume?.volume,
    window: time,
    channel: channel?.channel ?? ANY_CHANNEL,
    statements: ids,
    asSaid:
      ids.length === 1 && volume !== undefined && window !== undefined && volume.channel === channel?.channel,
  };
}

/** Of equal readings the one with fewer statements stays. */
function keep(found: Map<string, Combination>, each: Combination): void {
  const { volume, window, channel } = each;
  const way = channel.kind === 'named' ? ['named', channel.name] : [channel.kind];
  const key = JSON.stringify([String(volume?.least), String(volume?.most), windowKey(window), way]);
  const known = found.get(key);
  if (!known || each.statements.length < known.statements.length) found.set(key, each);
}

function byWeight(a: Combination, b: Combination): number {
  if (a.asSaid !== b.asSaid) return a.asSaid ? -1 : 1;
  const [x, y] = [a.volume?.least ?? 0n, b.volume?.least ?? 0n];
  if (x !== y) return x > y ? -1 : 1;
  return Number(a.window.fromDay === null) - Number(b.window.fromDay === null);
}
