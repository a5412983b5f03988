import { estimateChange } from './changepoint.ts';
import { CLIP_BYTES } from './input.ts';
import { isBalance, isOneDay, isReadsAlone, type Lead, type LeadChannel } from './lead.ts';
import { eBenjaminiHochberg, evidenceAgainst } from './membership.ts';
import { CARRIES, type Excess, excessOf, sumBytes, type Track, touches, type Window } from './tracks.ts';

/** Fewer active days than this are one event, which must then carry the excess by itself. */
const PERSISTENT_DAYS = 3;
/** Days before the evidence began that are searched for the change. */
const SEARCH_BACK_DAYS = 60;
const NOVEL_DAYS = 60;
const BEFORE_DAYS = 56;

/** A lead with the days it is weighed over and the pairs that it pulls in. */
export interface Pulled {
  readonly lead: Lead;
  readonly window: Window;
  readonly evidence: readonly Excess[];
}

/** Returns whether a lead is about a total in which everybody takes part. */
export function isPooled({ family }: Lead): boolean {
  return family === 'centre' || family === 'path';
}

/** Returns the pairs that a lead pulls in: those that share it, are new or risen, and persist or carry it. */
export function pull(
  lead: Lead,
  tracks: readonly Track[],
  rowsFromDay: number,
  asOfDay: number,
  rate: number,
): Pulled {
  const own = tracks.filter((track) => touches(track, lead.family, lead.entity));
  const from = isPooled(lead) ? strongest(lead).sinceDay + 1 : changeOf(lead, own, rowsFromDay);
  const window = { from, to: asOfDay };
  if (isReadsAlone(lead)) return { lead, window, evidence: [] };
  const all: Excess[] = [];
  for (const track of own) {
    const excess = excessOf(track, window, rowsFromDay);
    // What moves a pooled count is what came with it: an old pair's rise is for its host or destination to show.
    if (excess && (!isPooled(lead) || cameWith(track, window.from, lead.raisedOnDay))) all.push(excess);
  }
  const { bet, statistic } = strongest(lead);
  if (isOneDay(bet)) {
    // A burst of first contacts is made of them, however little each carries.
    const isBurst = statistic === 'firstContacts';
    const burst = all.filter(({ track }) => track.firstDay === lead.raisedOnDay);
    return { lead, window, evidence: isBurst ? burst : carriersOf(all, lead.raisedOnDay) };
  }
  const total = sumBytes(all);
  const lasting = all.filter(
    ({ activeDays, bytes }) => activeDays >= PERSISTENT_DAYS || bytes >= CARRIES * total,
  );
  return {
    lead,
    window,
    evidence: isPooled(lead) ? unusual(lasting, own, window, rowsFromDay, rate) : lasting,
  };
}

function strongest(lead: Lead): LeadChannel {
  const margin = (channel: LeadChannel) => channel.logEvidence - channel.threshold;
  return [...lead.channels].sort((a, b) => margin(b) - margin(a))[0] as LeadChannel;
}

/** The pairs that carried a loud day. */
function carriersOf(excesses: readonly Excess[], day: number): Excess[] {
  const onDay = ({ track }: Excess) => track.bytes.get(day) ?? 0;
  const total = excesses.reduce((sum, excess) => sum + onDay(excess), 0);
  return excesses.filter((excess) => total > 0 && onDay(excess) >= CARRIES * total);
}

function cameWith(track: Track, from: number, raisedOnDay: number): boolean {
  return track.firstDay >= from - 1 && track.firstDay <= raisedOnDay;
}

/**
 * The earliest day on which the change can have come, from the very statistic that paid: clipped as it was, over new
 * pairs only where it was, which moves far more clearly than the entity's bytes do.
 */
function changeOf(lead: Lead, tracks: readonly Track[], rowsFromDay: number): number {
  const channel = strongest(lead);
  if (isOneDay(channel.bet)) return lead.raisedOnDay;
  // Days before the rows are unknown, not empty.
  const from = Math.min(lead.raisedOnDay, Math.max(rowsFromDay, channel.sinceDay - SEARCH_BACK_DAYS));
  const values = new Float64Array(lead.raisedOnDay - from + 1);
  const { clip, novel } = shapeOf(channel.statistic);
  for (const track of tracks) {
    for (const [day, bytes] of track.bytes) {
      if (day < from || day > lead.raisedOnDay || (novel && day - track.firstDay > NOVEL_DAYS)) continue;
      values[day - from] = (values[day - from] as number) + Math.min(bytes, clip);
    }
  }
  return estimateChange({ fromDay: from, values }, from, lead.raisedOnDay)?.low ?? lead.changePoint.low;
}

function shapeOf(statistic: LeadChannel['statistic']): { clip: number; novel: boolean } {
  // What nothing covers has no pairs of its own: all bytes tell when it began.
  if (statistic === 'bytes' || isBalance(statistic)) return { clip: Number.POSITIVE_INFINITY, novel: false };
  const match = /^(clip|novel)([0-3])$/.exec(statistic);
  if (!match) return { clip: 1, novel: true };
  return { clip: CLIP_BYTES[Number(match[2]) as 0], novel: match[1] === 'novel' };
}

/** Keeps the destinations that take more from new pairs than they used to, by e-BH over destinations. */
function unusual(
  excesses: readonly Excess[],
  tracks: readonly Track[],
  window: Window,
  rowsFromDay: number,
  rate: number,
): Excess[] {
  const days = Math.min(BEFORE_DAYS, window.from - rowsFromDay);
  if (days < 7) return [];
  const usual = new Map<string, number>();
  for (const { network, firstDay, bytes } of tracks) {
    for (const [day, sent] of bytes) {
      if (day >= window.from || day < window.from - days || day - firstDay > NOVEL_DAYS) continue;
      usual.set(network, (usual.get(network) ?? 0) + sent / days);
    }
  }
  const there = new Map<string, Track[]>();
  for (const { track } of excesses) {
    const own = there.get(track.network);
    if (own) own.push(track);
    else there.set(track.network, [track]);
  }
  const networks = [...there.keys()];
  const evidence = networks.map((network) =>
    evidenceAgainst(there.get(network) ?? [], usual.get(network) ?? 0, window),
  );
  const admitted = new Set(eBenjaminiHochberg(evidence, rate).map((i) => networks[i] as string));
  return excesses.filter(({ track }) => admitted.has(track.network));
}
