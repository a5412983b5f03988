import { bytesAtCapacity, type ChannelEvidence, type Side } from './bounds.ts';
import { type ByteInterval, type DayEgress, expectedEgress } from './expected.ts';
import { type AssessedWindow, lookedUpDays } from './window.ts';

/** A way out of a centre that a test makes up, hour by hour, with the truth about it. */
export interface WorldChannel {
  readonly name: string;
  readonly side: Side;
  /** Null: weir.yaml states none. It holds all the same. */
  readonly statedBytesPerDay: bigint | null;
  /** Whether weir.yaml lists it at all. */
  readonly listed: boolean;
  /** Ordinary bytes of an hour. */
  readonly usual: (hour: number) => bigint;
  /** Stolen bytes of an hour, as they cross. */
  readonly stolen: (hour: number) => bigint;
  /** The share of an hour that its sensors saw, of everything alike; always 0 where nobody watches. */
  readonly watched: (hour: number) => number;
}

/** A centre whose days are all known to the test; logs exist from `logsFromDay` on. */
export interface World {
  readonly logsFromDay: number;
  readonly logsToDay: number;
  readonly channels: readonly WorldChannel[];
}

const HOURS = 24;
const PARTS = 1_000_000;

/** Returns the bytes that were stolen by a channel in some days. */
export function stolenBy({ stolen }: WorldChannel, days: { fromDay: number; toDay: number }): bigint {
  return hoursOf(days).reduce((sum, hour) => sum + stolen(hour), 0n);
}

/** Returns what was stolen by a channel where nobody saw it, rounded down. */
export function stolenUnseen(
  world: World,
  channel: WorldChannel,
  days: { fromDay: number; toDay: number },
): bigint {
  return hoursOf(days).reduce(
    (sum, hour) => sum + channel.stolen(hour) - part(channel.stolen(hour), seenShare(world, channel, hour)),
    0n,
  );
}

/** Returns what an instrument would know of the world: sums over seen hours, and the time that was not seen. */
export function evidenceOf(world: World, window: AssessedWindow): ChannelEvidence[] {
  const looked = lookedUpDays(window) ?? { fromDay: window.toDay, toDay: window.toDay };
  return world.channels
    .filter(({ listed }) => listed)
    .map((channel) => {
      const days = daysOf(world, channel);
      const unseenHours = hoursOf(looked).reduce((sum, hour) => sum + 1 - seenShare(world, channel, hour), 0);
      return {
        name: channel.name,
        side: channel.side,
        kind: 'border',
        capacityBytesPerDay: channel.statedBytesPerDay,
        seen: sumOf(days.filter(({ day }) => day >= looked.fromDay && day < looked.toDay)),
        unseenHours,
        unseenBytes:
          lookedUpDays(window) === null ? null : bytesAtCapacity(channel.statedBytesPerDay, unseenHours),
        expected: expectedEgress(days, looked)?.bytesOut ?? null,
        because: [],
      };
    });
}

function daysOf(world: World, channel: WorldChannel): DayEgress[] {
  return Array.from({ length: world.logsToDay - world.logsFromDay }, (_, index) => {
    const day = world.logsFromDay + index;
    const hours = hoursOf({ fromDay: day, toDay: day + 1 });
    const bytes = hours.reduce(
      (sum, hour) =>
        sum + partUp(channel.usual(hour) + channel.stolen(hour), seenShare(world, channel, hour)),
      0n,
    );
    const watchedShare = hours.reduce((sum, hour) => sum + seenShare(world, channel, hour), 0) / HOURS;
    return { day, bytesOut: { low: bytes, estimate: bytes, high: bytes }, watchedShare };
  });
}

function seenShare(world: World, channel: WorldChannel, hour: number): number {
  const day = Math.floor(hour / HOURS);
  return day >= world.logsFromDay && day < world.logsToDay ? channel.watched(hour) : 0;
}

function sumOf(days: readonly DayEgress[]): ByteInterval {
  const bytes = days.reduce((sum, { bytesOut }) => sum + bytesOut.estimate, 0n);
  return { low: bytes, estimate: bytes, high: bytes };
}

function hoursOf({ fromDay, toDay }: { fromDay: number; toDay: number }): number[] {
  return Array.from({ length: (toDay - fromDay) * HOURS }, (_, index) => fromDay * HOURS + index);
}

function part(bytes: bigint, share: number): bigint {
  return (bytes * BigInt(Math.floor(share * PARTS))) / BigInt(PARTS);
}

function partUp(bytes: bigint, share: number): bigint {
  return (bytes * BigInt(Math.ceil(share * PARTS)) + BigInt(PARTS) - 1n) / BigInt(PARTS);
}
