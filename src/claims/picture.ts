import type { Bounds, Side } from './bounds.ts';
import type { VolumeRange } from './claim.ts';
import { leastCrossed, neededRate } from './feasibility.ts';
import { windowInWords } from './window.ts';
import { boundInWords, bytesInWords, intervalInWords, rateInWords, volumeInWords } from './words.ts';

/** The four questions a picture answers, from top to bottom. */
export const PICTURE_GROUPS = ['claimed', 'needed', 'carried', 'possible'] as const;
export type PictureGroup = (typeof PICTURE_GROUPS)[number];

/** One bar on a logarithmic axis of bytes. Places are shares of the axis, 0 to 1. */
export interface PictureBar {
  readonly group: PictureGroup;
  readonly label: string;
  /** What the bar says in words and numbers. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** Whether it goes on beyond the axis: no end is known. */
  readonly open: boolean;
  /** The part of it that is firm (seen, unexplained); null where none is told apart. */
  readonly markFrom: number | null;
  readonly markTo: number | null;
}

/** A picture of one window: claimed, needed, carried, possible, drawn by the terminal and as SVG alike. */
export interface Picture {
  readonly title: string;
  readonly window: string;
  readonly bars: readonly PictureBar[];
  /** Powers of ten bytes along the axis. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  /** Where the least volume claimed lies; every bar is to be compared with it. */
  readonly claimedAt: number | null;
}

/** So many decades a picture shows at least and at most. */
const DECADES = { least: 3, most: 12 };

/** Returns the picture of a window's bounds beside the volumes that were claimed. */
export function pictureOf(
  title: string,
  bounds: Bounds,
  volumes: readonly { readonly id: string; readonly volume: VolumeRange }[],
  packedAtMost: number,
): Picture {
  const different = onceEach(volumes);
  const axis = axisOf(bytesIn(bounds, volumes, packedAtMost));
  const bar = (
    group: PictureGroup,
    label: string,
    text: string,
    low: bigint,
    high: bigint | null,
  ): PictureBar => ({
    group,
    label,
    text,
    from: axis.placeOf(low),
    to: high === null ? 1 : axis.placeOf(high),
    open: high === null,
    markFrom: null,
    markTo: null,
  });
  const claimed = different.map(({ id, volume }) =>
    bar('claimed', id, volumeInWords(volume), volume.least, volume.most),
  );
  const needed = different.map(({ id, volume }) => {
    const rate = neededRate(volume, bounds.window);
    const least = leastCrossed(volume.least, packedAtMost);
    const crossed = packedAtMost === 1 ? '' : `${bytesInWords(least)} packed to `;
    const text = `${crossed}${bytesInWords(volume.least)}${rate ? `, ${rateInWords(rate.low)}` : ''}`;
    return bar('needed', id, text, least, volume.least);
  });
  const carried = bounds.channels
    .filter(({ evidence }) => evidence.seen.high > 0n)
    .map(({ evidence: { name, seen }, unexplained }) => ({
      ...bar(
        'carried',
        name,
        `${bytesInWords(seen.estimate)}${unexplained ? `, unexplained ${intervalInWords(unexplained)}` : ''}`,
        0n,
        seen.high,
      ),
      ...(unexplained && unexplained.high > 0n
        ? { markFrom: axis.placeOf(unexplained.low), markTo: axis.placeOf(unexplained.high) }
        : {}),
    }));
  const possible = bounds.channels.map(({ evidence, mostBytes }) =>
    bar('possible', evidence.name, boundInWords(mostBytes), 0n, mostBytes),
  );
  const has = (other: Side) => bounds.channels.some(({ evidence }) => evidence.side !== other);
  const side = (label: string, bytes: bigint | null) =>
    bar('possible', label, boundInWords(bytes), 0n, bytes);
  const sides = [
    ...(has('onSite') ? [side('all remote', bounds.remoteBytes)] : []),
    ...(has('remote') ? [side('all on site', bounds.onSiteBytes)] : []),
  ];
  const least = volumes
    .map(({ volume }) => volume.least)
    .sort(ascending)
    .at(-1);
  return {
    title,
    window: windowInWords(bounds.window),
    bars: [...claimed, ...needed, ...carried, ...possible, ...sides],
    ticks: axis.ticks,
    claimedAt: least === undefined ? null : axis.placeOf(least),
  };
}

/** Returns each volume once, with how many more said the same. */
function onceEach<Said extends { readonly id: string; readonly volume: VolumeRange }>(
  volumes: readonly Said[],
): { id: string; volume: VolumeRange }[] {
  const found = new Map<string, { id: string; volume: VolumeRange; more: number }>();
  for (const { id, volume } of volumes) {
    const key = `${volume.least}/${volume.most}`;
    const known = found.get(key);
    found.set(key, known ? { ...known, more: known.more + 1 } : { id, volume, more: 0 });
  }
  return [...found.values()].map(({ id, volume, more }) => ({
    id: more > 0 ? `${id} (and ${more} more)` : id,
    volume,
  }));
}

function bytesIn(
  bounds: Bounds,
  volumes: readonly { readonly volume: VolumeRange }[],
  packedAtMost: number,
): bigint[] {
  const claimed = volumes.flatMap(({ volume }) => [
    leastCrossed(volume.least, packedAtMost),
    volume.most ?? volume.least,
  ]);
  const channels = bounds.channels.flatMap(({ evidence, mostBytes }) => [
    evidence.seen.high,
    mostBytes ?? 0n,
  ]);
  return [...claimed, ...channels, bounds.remoteBytes ?? 0n, bounds.onSiteBytes ?? 0n].filter(
    (each) => each > 0n,
  );
}

/** A logarithmic axis over whole decades that holds every amount; zero lies at its left end. */
function axisOf(amounts: readonly bigint[]): {
  placeOf(bytes: bigint): number;
  ticks: Picture['ticks'];
} {
  const logs = amounts.map((each) => Math.log10(Number(each)));
  const top = Math.ceil(Math.max(...logs, DECADES.least) + 1e-9);
  const bottom = Math.max(
    0,
    top - DECADES.most,
    Math.min(top - DECADES.least, Math.floor(Math.min(...logs, top))),
  );
  const span = top - bottom;
  return {
    placeOf(bytes) {
      if (bytes <= 0n) return 0;
      return Math.min(1, Math.max(0, (Math.log10(Number(bytes)) - bottom) / span));
    },
    ticks: Array.from({ length: span + 1 }, (_, index) => ({
      at: index / span,
      text: tickText(bottom + index),
    })),
  };
}

/** Powers of ten as people say them: 1 TB, 10 TB, 100 TB. */
function tickText(power: number): string {
  const unit = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB'][Math.floor(power / 3)] ?? '';
  return `${10 ** (power % 3)} ${unit}`;
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
