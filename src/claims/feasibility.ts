import type { ChannelBound } from './bounds.ts';
import type { VolumeRange } from './claim.ts';
import type { AssessedWindow } from './window.ts';

/** The mean rate a claim needs, bits per second; `high` is null where no shortest time or no largest volume was said. */
export interface NeededRate {
  readonly low: number;
  readonly high: number | null;
}

/** How a channel's capacity compares with what a claim needs. */
export interface ChannelFeasibility {
  readonly name: string;
  /** Needed rate ÷ capacity, at the lowest rate; null where no capacity is stated or no time known. */
  readonly neededShare: number | null;
  /** Whether it can have carried all of the claim alone; null where it has no bound. */
  readonly alone: boolean | null;
}

const BITS_PER_BYTE = 8;
const SECONDS_PER_DAY = 86_400;

/** Returns the mean rate that a volume needs in a window; null where the window has no longest time. */
export function neededRate(volume: VolumeRange, { leastDays, mostDays }: AssessedWindow): NeededRate | null {
  if (mostDays === null) return null;
  const rate = (bytes: bigint, days: number) => (Number(bytes) * BITS_PER_BYTE) / (days * SECONDS_PER_DAY);
  return {
    low: rate(volume.least, mostDays),
    high: volume.most === null || leastDays === null ? null : rate(volume.most, leastDays),
  };
}

/** Returns the least that a volume can have crossed as, packed; rounded down so that nothing is ruled out by rounding. */
export function leastCrossed(bytes: bigint, packedAtMost: number): bigint {
  return (bytes * 1_000_000n) / BigInt(Math.ceil(packedAtMost * 1e6));
}

/** Returns how each channel compares with a claim, unpacked. */
export function feasibilityOf(
  channels: readonly ChannelBound[],
  volume: VolumeRange,
  { mostDays }: AssessedWindow,
): ChannelFeasibility[] {
  return channels.map(({ evidence, mostBytes }) => {
    const { name, capacityBytesPerDay } = evidence;
    const atCapacity =
      capacityBytesPerDay === null || mostDays === null ? null : Number(capacityBytesPerDay) * mostDays;
    return {
      name,
      neededShare: atCapacity === null ? null : Number(volume.least) / atCapacity,
      alone: mostBytes === null ? null : mostBytes >= volume.least,
    };
  });
}
