import { assertIdentity } from '../errors.ts';
import { formatDay, formatMicros } from '../records/time.ts';
import { type FlowMeaning, spreadOverDays } from './flow.ts';
import type { TruthDocument } from './truth-file.ts';

/** Bytes of one kind on one day. */
interface DayTruth {
  /** Recorded by the sensor and placed by the rules of accounting: what an exact ledger shows. */
  bytesOut: number;
  bytesIn: number;
  /** Left while the sensor was out: what no ledger can show. */
  bytesOutUnrecorded: number;
}

/** What a planted campaign used; collected while it is planted. */
export interface CampaignTruth {
  readonly name: string;
  readonly path: 'border' | 'vpn';
  readonly hosts: Set<string>;
  readonly principals: Set<string>;
  readonly networks: Set<string>;
  readonly systems: Set<number>;
  /** Outside networks and systems of the tunnels, for a campaign through the VPN. */
  readonly tunnelNetworks: Set<string>;
  firstByteAtMicros: number;
  lastByteAtMicros: number;
  readonly days: Map<number, DayTruth>;
}

/** What really happened, summed while it is written. */
export interface Truth {
  readonly campaigns: readonly CampaignTruth[];
  readonly counts: { connections: number; snapshots: number; copies: number; otherLines: number };
  /** Adds bytes that left (and came in) evenly between two instants; `recorded` tells whether a sensor saw them. */
  add(interval: CountedInterval): void;
  /** Returns the document that truth.json holds, for the days simulated. */
  document(head: TruthHead, firstDay: number, days: number): TruthDocument;
}

/** What the simulation says of itself. */
export type TruthHead = Omit<TruthDocument, 'counts' | 'days' | 'campaigns'>;

/** Bytes between two instants. */
interface CountedInterval {
  readonly meaning: FlowMeaning;
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly recorded: boolean;
  readonly campaign?: number | undefined;
}

/** Returns an empty truth with room for the campaigns named. */
export function createTruth(campaigns: readonly { name: string; path: 'border' | 'vpn' }[]): Truth {
  const kinds: Record<FlowMeaning, Map<number, DayTruth>> = {
    border: new Map(),
    vpn: new Map(),
    carrier: new Map(),
    transit: new Map(),
  };
  const planted = campaigns.map(({ name, path }) => emptyCampaign(name, path));
  const counts = { connections: 0, snapshots: 0, copies: 0, otherLines: 0 };
  return {
    campaigns: planted,
    counts,
    add(interval) {
      addTo(kinds[interval.meaning], interval);
      const campaign = interval.campaign === undefined ? undefined : planted[interval.campaign];
      if (!campaign || interval.meaning === 'carrier') return;
      addTo(campaign.days, interval);
      campaign.firstByteAtMicros = Math.min(campaign.firstByteAtMicros, interval.fromMicros);
      campaign.lastByteAtMicros = Math.max(campaign.lastByteAtMicros, interval.toMicros);
    },
    document: (head, firstDay, days) => ({
      ...head,
      counts,
      days: Array.from({ length: days }, (_, index) => firstDay + index).map((day) => ({
        day: formatDay(day),
        paths: { border: printed(kinds.border.get(day)), vpn: printed(kinds.vpn.get(day)) },
        carrier: printed(kinds.carrier.get(day)),
        transit: printed(kinds.transit.get(day)),
      })),
      campaigns: planted.map(campaignDocument),
    }),
  };
}

function emptyCampaign(name: string, path: 'border' | 'vpn'): CampaignTruth {
  return {
    name,
    path,
    hosts: new Set(),
    principals: new Set(),
    networks: new Set(),
    systems: new Set(),
    tunnelNetworks: new Set(),
    firstByteAtMicros: Infinity,
    lastByteAtMicros: -Infinity,
    days: new Map(),
  };
}

function addTo(days: Map<number, DayTruth>, interval: CountedInterval): void {
  const { fromMicros, toMicros, bytesOut, bytesIn, recorded } = interval;
  const dayOf = (day: number) => {
    let sums = days.get(day);
    if (!sums) {
      sums = { bytesOut: 0, bytesIn: 0, bytesOutUnrecorded: 0 };
      days.set(day, sums);
    }
    return sums;
  };
  spreadOverDays(fromMicros, toMicros, bytesOut, (day, bytes) => {
    dayOf(day)[recorded ? 'bytesOut' : 'bytesOutUnrecorded'] += bytes;
  });
  if (!recorded || bytesIn === 0) return;
  spreadOverDays(fromMicros, toMicros, bytesIn, (day, bytes) => {
    dayOf(day).bytesIn += bytes;
  });
}

function printed(sums: DayTruth = { bytesOut: 0, bytesIn: 0, bytesOutUnrecorded: 0 }) {
  assertIdentity(
    Object.values(sums).every((bytes) => Number.isSafeInteger(bytes) && bytes >= 0),
    () => `a simulated day's bytes left the range of exact integers: ${JSON.stringify(sums)}`,
  );
  return {
    bytesOut: String(sums.bytesOut),
    bytesIn: String(sums.bytesIn),
    bytesOutUnrecorded: String(sums.bytesOutUnrecorded),
  };
}

function campaignDocument(campaign: CampaignTruth): TruthDocument['campaigns'][number] {
  const days = [...campaign.days].sort(([a], [b]) => a - b);
  const total = (key: keyof DayTruth) => days.reduce((sum, [, day]) => sum + BigInt(day[key]), 0n).toString();
  const instant = (micros: number) => (Number.isFinite(micros) ? formatMicros(micros) : null);
  return {
    name: campaign.name,
    path: campaign.path,
    firstByteAt: instant(campaign.firstByteAtMicros),
    lastByteAt: instant(campaign.lastByteAtMicros),
    bytesOut: total('bytesOut'),
    bytesOutUnrecorded: total('bytesOutUnrecorded'),
    perDay: Object.fromEntries(days.map(([day, sums]) => [formatDay(day), String(sums.bytesOut)])),
    hosts: sorted(campaign.hosts),
    principals: sorted(campaign.principals),
    destinations: {
      networks: sorted(campaign.networks),
      asns: [...campaign.systems].sort((a, b) => a - b),
      tunnelNetworks: sorted(campaign.tunnelNetworks),
    },
  };
}

function sorted(texts: Set<string>): string[] {
  return [...texts].sort();
}
