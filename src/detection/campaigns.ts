import type { Campaign } from './campaign.ts';
import { explainCampaign } from './campaign-words.ts';
import { estimateChange } from './changepoint.ts';
import { coreOf, doubtfulBytes, expand, type Group, sideOf, uniteGroups } from './groups.ts';
import type { DailySeries, Family, PairDay } from './input.ts';
import { type DayEstimate, isReadsAlone, type Lead, stableHash } from './lead.ts';
import { type BytesEstimate, lossOf, placeboErrors } from './loss.ts';
import { membersOf, weighty } from './membership.ts';
import { isPooled, pull } from './pulled.ts';
import { type Excess, groupBytes, sumBytes, type Track, tracksOf, type Window } from './tracks.ts';

/** What assembling needs beside the leads. */
export interface CampaignOptions {
  /** The last day of the data: losses are summed up to and including it. */
  readonly asOfDay: number;
  /** False-discovery rate of the hosts named; 0.1 by default. */
  readonly falseDiscoveryRate?: number;
}

/** Daily bytes of flagged entities (key `family|entity`) and of similar ones that nobody suspects. */
export interface CampaignSeries {
  readonly flagged: ReadonlyMap<string, DailySeries>;
  readonly placebos: readonly DailySeries[];
}

const FALSE_DISCOVERY_RATE = 0.1;

/**
 * Returns the campaigns that explain the leads, ranked by the low end of their
 * loss. Leads are one campaign when the same pairs
 * carry most of the smaller one's excess, or the same hosts in the same proportions, and their changes came at
 * the same time. Pure and independent of the order of leads and rows.
 * @param pairs rows of the flagged entities' pairs, from at least 56 days before the earliest change.
 */
export function assembleCampaigns(
  leads: readonly Lead[],
  pairs: readonly PairDay[],
  series: CampaignSeries,
  options: CampaignOptions,
): Campaign[] {
  const tracks = tracksOf(pairs);
  const byNetwork = new Map<string, Track[]>();
  for (const track of tracks) {
    const there = byNetwork.get(track.network);
    if (there) there.push(track);
    else byNetwork.set(track.network, [track]);
  }
  const rowsFromDay = pairs.reduce((first, { day }) => Math.min(first, day), options.asOfDay);
  const ordered = [...leads].sort((a, b) => a.raisedOnDay - b.raisedOnDay || (a.id < b.id ? -1 : 1));
  const rate = options.falseDiscoveryRate ?? FALSE_DISCOVERY_RATE;
  const groups = uniteGroups(
    ordered.map((lead) => {
      const { window, evidence } = pull(lead, tracks, rowsFromDay, options.asOfDay, rate);
      return {
        leads: [lead],
        window,
        evidence: new Map(evidence.map((excess) => [excess.track.key, excess])),
        sides: new Map(evidence.map((excess) => [excess.track.key, sideOf(lead)])),
      };
    }),
  );
  const campaigns = groups.map((group) =>
    describe(expand(group, byNetwork, rowsFromDay), byNetwork, rowsFromDay, series, options),
  );
  campaigns.sort(
    (a, b) =>
      b.bytesOut.low - a.bytesOut.low || b.bytesOut.estimate - a.bytesOut.estimate || (a.id < b.id ? -1 : 1),
  );
  return campaigns.map((campaign, i) => ({ ...campaign, rank: i + 1 }));
}

function describe(
  group: Group,
  byNetwork: ReadonlyMap<string, readonly Track[]>,
  rowsFromDay: number,
  series: CampaignSeries,
  options: CampaignOptions,
): Campaign {
  const candidates = [...group.evidence.values()].sort((a, b) => (a.track.key < b.track.key ? -1 : 1));
  const core = coreOf(group);
  const named = membersOf(core.pairs, group.window, options.falseDiscoveryRate ?? FALSE_DISCOVERY_RATE);
  const hosts = groupBytes(named, (track) => track.host).map(([host]) => host);
  // A lead's own host or identity is named when it carries the pairs that are; without any, it is all there is to name.
  if (hosts.length === 0) hosts.push(...entitiesOf(group.leads, 'host'));
  const destinations = groupBytes(named, (track) => `${track.network}\n${track.as}`).map(([key, bytes]) => {
    const [network = '', as = ''] = key.split('\n');
    return { network, as, bytesOut: Math.round(bytes) };
  });
  const startedAt = startOf(group, named);
  const bytesOut =
    named.length > 0
      ? lossOf({
          named,
          candidates,
          doubtfulBytes: doubtfulBytes(named, group, byNetwork),
          ordinaryNovelBytesPerDay: ordinaryNovelty(named, byNetwork, group.window, rowsFromDay),
          window: group.window,
          placebos: series.placebos,
          // Where it is unclear who took part, all that a flagged entity rose by may be the campaign's.
          atMost: core.isClear ? 0 : topDown(group, series, options.asOfDay).high,
        })
      : topDown(group, series, options.asOfDay);
  const channels = group.leads.flatMap(({ family, entity, channels: all }) =>
    all.map((channel) => ({ ...channel, family, entity })),
  );
  const campaign = {
    id: stableHash(
      group.leads
        .map(({ id }) => id)
        .sort()
        .join('|'),
    ),
    rank: 0,
    startedAt,
    detectedAtMicros: Math.min(...group.leads.map(({ detectedAtMicros }) => detectedAtMicros)),
    bytesOut,
    hosts,
    principals: principalsOf(named, group.leads),
    destinations,
    cohorts: [],
    channels,
    leads: group.leads.map(({ id }) => id),
  };
  const novelShare = sumBytes(named.filter(({ novel }) => novel)) / Math.max(1, sumBytes(named));
  return {
    ...campaign,
    because: explainCampaign(
      campaign,
      group.leads,
      novelShare,
      options.falseDiscoveryRate ?? FALSE_DISCOVERY_RATE,
    ),
  };
}

/** Who sent on the named pairs, where a source says so: those who carry a twentieth of what the middle byte's sender does. */
function principalsOf(named: readonly Excess[], leads: readonly Lead[]): string[] {
  const sums = new Map<string, number>();
  for (const { track, bytes } of named) {
    const all = [...track.principals.values()].reduce((sum, sent) => sum + sent, 0);
    for (const [principal, sent] of track.principals) {
      sums.set(principal, (sums.get(principal) ?? 0) + (bytes * sent) / all);
    }
  }
  if (sums.size === 0) return entitiesOf(leads, 'principal');
  return weighty([...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}

function entitiesOf(leads: readonly Lead[], wanted: Family): string[] {
  return [...new Set(leads.filter(({ family }) => family === wanted).map(({ entity }) => entity))].sort();
}

/** When the named pairs together changed, or the one day that holds half of it; without them, when the earliest lead did. */
function startOf(group: Group, named: readonly Excess[]): DayEstimate {
  const from = group.window.from - 28;
  // What came after the last lead cannot tell when it began.
  const to = Math.min(group.window.to, Math.max(...group.leads.map(({ raisedOnDay }) => raisedOnDay)));
  const values = new Float64Array(to - from + 1);
  for (const { track } of named) {
    for (const [day, bytes] of track.bytes) {
      if (day >= from && day <= to) values[day - from] = (values[day - from] as number) + bytes;
    }
  }
  const total = values.reduce((sum, value) => sum + value, 0);
  const burst = values.findIndex((value) => value >= 0.5 * total);
  if (total > 0 && burst >= 0) return { low: from + burst, estimate: from + burst, high: from + burst };
  const found = named.length > 0 ? estimateChange({ fromDay: from, values }, from, to) : undefined;
  if (found) return found;
  return group.leads
    .map(({ changePoint }) => changePoint)
    .sort((a, b) => a.estimate - b.estimate)[0] as DayEstimate;
}

/** What the named hosts sent, a day, over pairs that were new before the campaign, to its destinations. */
function ordinaryNovelty(
  named: readonly Excess[],
  byNetwork: ReadonlyMap<string, readonly Track[]>,
  window: Window,
  rowsFromDay: number,
): number {
  const days = Math.min(56, window.from - rowsFromDay);
  if (days < 7) return 0;
  const hosts = new Set(named.map(({ track }) => track.host));
  let bytes = 0;
  for (const network of new Set(named.map(({ track }) => track.network))) {
    for (const track of byNetwork.get(network) ?? []) {
      if (!hosts.has(track.host) || track.firstDay < window.from - days - 60) continue;
      for (const [day, sent] of track.bytes) {
        if (day < window.from && day >= window.from - days && day - track.firstDay <= 60) bytes += sent;
      }
    }
  }
  return bytes / days;
}

/** What a lead about reads found beyond the usual, in bytes. */
function readBytes({ channels }: Lead): number {
  return Math.round(1e9 * Math.exp(Math.max(...channels.map(({ logEvidence }) => logEvidence))));
}

/** Where no pair could be named: the flagged entity with the largest excess over its own usual level. */
function topDown(group: Group, { flagged, placebos }: CampaignSeries, asOfDay: number): BytesEstimate {
  const losses = group.leads.map((lead): BytesEstimate => {
    // Of reads that no egress shows only the most that can have left is known.
    if (isReadsAlone(lead)) return { low: 0, estimate: 0, high: readBytes(lead) };
    const from = lead.changePoint.estimate;
    const days = asOfDay - from + 1;
    const usual = lead.baselineBytesPerDay * days;
    const series = flagged.get(`${lead.family}|${lead.entity}`);
    let seen = lead.observedBytesPerDay * days;
    if (series) {
      seen = 0;
      for (let day = from; day <= asOfDay; day++) seen += series.values[day - series.fromDay] || 0;
    }
    const [shrunk, grown] = placeboErrors(placebos, days);
    // The total of a pooled family is everybody's: without a pair its rise is no loss that can be stated from below.
    if (isPooled(lead)) return { low: 0, estimate: 0, high: Math.max(0, Math.round(seen - usual)) };
    const at = (error: number) => Math.max(0, Math.round(seen - usual * (1 + error)));
    return { low: at(Math.max(0, grown)), estimate: at(0), high: at(Math.min(0, shrunk)) };
  });
  return losses.sort((a, b) => b.estimate - a.estimate)[0] as BytesEstimate;
}
