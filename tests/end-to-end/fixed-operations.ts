import { checkAnswer } from '../../src/operations/answers/check.ts';
import { detectAnswer } from '../../src/operations/answers/detect.ts';
import { plantedAnswer } from '../../src/operations/answers/planted.ts';
import { reportAnswer } from '../../src/operations/answers/report.ts';
import { formatDay } from '../../src/records/time.ts';
import type { ReportQuery } from '../../src/server/queries.ts';
import type { ServerOperations } from '../../src/server/server-operations.ts';

const DAYS = 120;
const FIRST_DAY = 20_454; // 2026-01-01
const GB = 1_000_000_000;
/** Days on which a sensor saw only a share; the VPN's was lost for four days. */
const SEEN: Record<string, Record<number, number>> = {
  'zeek-border': { 33: 0.62, 34: 0.88, 90: 0.97 },
  'zeek-vpn': { 58: 0.4, 59: 0, 60: 0, 61: 0, 62: 0.71 },
  'dtn-log': {},
};
const PATHS = [
  { name: 'border', sensor: 'zeek-border', gigabytesPerDay: 540 },
  { name: 'data-transfer', sensor: 'dtn-log', gigabytesPerDay: 320 },
  { name: 'vpn', sensor: 'zeek-vpn', gigabytesPerDay: 96 },
  { name: 'portal', sensor: 'zeek-border', gigabytesPerDay: 31 },
];

function noise(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43758.5453;
  return x - Math.floor(x);
}

function bytesOn(pathIndex: number, day: number): bigint {
  const path = PATHS[pathIndex];
  if (!path) return 0n;
  const weekend = (FIRST_DAY + day) % 7 === 2 || (FIRST_DAY + day) % 7 === 3;
  const bulk = path.name === 'data-transfer' && noise(day * 7) > 0.9 ? 3.4 : 1;
  const theft = path.name === 'vpn' && day >= 41 && day < 104 ? 118 : 0;
  const seen = SEEN[path.sensor]?.[day] ?? 1;
  const gigabytes =
    (path.gigabytesPerDay * (weekend ? 0.55 : 1) * (0.75 + 0.5 * noise(day + pathIndex * 1000)) * bulk +
      theft) *
    seen;
  return BigInt(Math.round(gigabytes * GB));
}

function exactly(bytes: bigint) {
  const text = String(bytes);
  return { low: text, estimate: text, high: text };
}

/** The border's exporter samples, so its sums carry an error. */
function sampled(bytes: bigint) {
  return {
    low: String((bytes * 985n) / 1000n),
    estimate: String(bytes),
    high: String((bytes * 1017n) / 1000n),
  };
}

const window = { from: `${formatDay(FIRST_DAY)}T00:00:00Z`, to: `${formatDay(FIRST_DAY + DAYS)}T00:00:00Z` };
const days = Array.from({ length: DAYS }, (_, day) => day);
const sum = (numbers: bigint[]) => numbers.reduce((a, b) => a + b, 0n);
const pathSum = (pathIndex: number) => sum(days.map((day) => bytesOn(pathIndex, day)));

function report(query: ReportQuery) {
  const chosen = PATHS.map((path, index) => ({ ...path, index })).filter(
    ({ name }) => query.path === undefined || query.path === name,
  );
  const rows =
    query.by === 'day'
      ? days.map((day) => ({
          key: formatDay(FIRST_DAY + day),
          bytesOut: exactly(sum(chosen.map(({ index }) => bytesOn(index, day)))),
          bytesIn: '1200000000',
          flows: 48_000,
          firstSeen: `${formatDay(FIRST_DAY + day)}T00:00:02Z`,
          lastSeen: `${formatDay(FIRST_DAY + day)}T23:59:51Z`,
        }))
      : chosen.map(({ name, index }) => ({
          key: name,
          bytesOut: name === 'border' ? sampled(pathSum(index)) : exactly(pathSum(index)),
          bytesIn: '140000000000',
          flows: 5_760_000,
          firstSeen: window.from,
          lastSeen: '2026-04-30T23:59:51Z',
        }));
  return reportAnswer.parse({
    asOf: 412,
    window,
    by: query.by,
    coverage: {
      share: 0.968,
      blindHours: 103,
      because: [
        'zeek-vpn sent nothing from 2026-02-28 14:00 to 2026-03-04 07:00',
        'zeek-border lost 3 % of its packets on 2026-04-01',
      ],
    },
    total: {
      bytesOut: sampled(sum(chosen.map(({ index }) => pathSum(index)))),
      bytesIn: '560000000000',
      flows: 23_040_000,
    },
    rows,
    apart: {
      transit: '3180000000000',
      carrier: '18240000000000',
      internal: '640000000000',
      unclassified: '1420000000000',
      unclassifiedShare: 0.0119,
    },
    couldHaveBeen: {
      bytes: '463500000000000',
      paths: [
        { path: 'vpn', blindHours: 89, bytes: '400500000000000' },
        { path: 'border', blindHours: 14, bytes: '63000000000000' },
      ],
    },
    corrections: [
      { correction: 'payload above IP bytes, capped', records: 214, bytes: '1604000000' },
      {
        correction: 'copies of one connection under several uids, counted once',
        records: 3_180,
        bytes: '88210000000',
      },
      { correction: 'closing count below a snapshot', records: 2, bytes: '41200' },
    ],
  });
}

const hosts = Array.from(
  { length: 184 },
  (_, index) => `10.${20 + (index % 7)}.${index}.${17 + (index % 31)}`,
);
const networks = Array.from({ length: 21 }, (_, index) => `203.0.113.${index * 8}/29`);

const campaigns = [
  {
    id: 'c-7f31a0',
    rank: 1,
    startedAt: { low: '2026-02-08', estimate: '2026-02-11', high: '2026-02-16' },
    detectedAt: '2026-02-20T02:10:00Z',
    bytesOut: { low: '6410000000000', estimate: '7280000000000', high: '8030000000000' },
    hosts,
    principals: ['u10233', 'u10871', 'u11020', 'unknown'],
    destinations: networks,
    cohorts: ['pairs first seen in the week of 2026-02-09'],
    channels: [
      'path vpn: clipped volume 0.3 GB',
      'AS64511: first contacts of hosts',
      'cohort 2026-02-09: persistence',
    ],
    because:
      '184 hosts that had never sent anything to AS64511 each sent about 0.6 GB a day there through vpn, on 61 of 63 days; the path’s volume of small streams is 2.2 times its own average of the twelve weeks before.',
  },
  {
    id: 'c-19bd44',
    rank: 2,
    startedAt: { low: '2026-03-20', estimate: '2026-03-22', high: '2026-03-22' },
    detectedAt: '2026-03-22T17:40:00Z',
    bytesOut: { low: '810000000000', estimate: '840000000000', high: '850000000000' },
    hosts: ['10.21.4.12'],
    principals: ['u10002'],
    destinations: ['198.51.100.24/29'],
    cohorts: [],
    channels: ['host: hourly, above anything it ever did'],
    because: 'Host 10.21.4.12 sent 0.84 TB within nine hours to a network nobody here had ever contacted.',
  },
];

const leadOf = (index: number, family: string, entity: string, campaign: string | null, because: string) => ({
  id: `l-${String(index).padStart(4, '0')}`,
  family,
  entity,
  raisedOn: formatDay(FIRST_DAY + 49 + index * 6),
  detectedAt: `${formatDay(FIRST_DAY + 50 + index * 6)}T02:10:00Z`,
  startedAt: {
    low: formatDay(FIRST_DAY + 38 + index * 6),
    estimate: formatDay(FIRST_DAY + 41 + index * 6),
    high: formatDay(FIRST_DAY + 46 + index * 6),
  },
  observedBytesPerDay: String(214_000_000_000 - index * 31_000_000_000),
  baselineBytesPerDay: String(96_000_000_000 - index * 17_000_000_000),
  channels: [
    {
      channel: 'clipped volume 0.3 GB',
      logEvidence: 14.2 - index,
      threshold: 6.8,
      since: formatDay(FIRST_DAY + 41),
    },
  ],
  campaign,
  decision: null,
  because,
});

const detected = detectAnswer.parse({
  asOf: 412,
  promise: {
    leadsPerWeek: 1,
    upperBound95: 1.62,
    worstDay: 2,
    chanceOfThreeInAWeek: 0.041,
    historyDays: 84,
    blindDays: 4,
    extrapolatedThresholds: ['AS: persistence'],
    unproven: false,
    because: 'The history holds 12 weeks; one threshold is extrapolated from a short tail.',
  },
  window,
  coverage: { share: 0.968, blindHours: 103, because: [] },
  campaigns,
  leads: [
    leadOf(0, 'path', 'vpn', 'c-7f31a0', 'Small streams over vpn are 2.2 times what they were.'),
    leadOf(
      1,
      'as',
      'AS64511',
      'c-7f31a0',
      '184 hosts contacted AS64511 for the first time within nine days.',
    ),
    leadOf(
      2,
      'host',
      '10.21.4.12',
      'c-19bd44',
      '0.84 TB within nine hours; its highest hour before was 2 GB.',
    ),
    leadOf(3, 'host', '10.22.61.48', null, 'A first contact with 192.0.2.0/24, 24 GB on one day.'),
  ],
});

const checked = checkAnswer.parse({
  asOf: 412,
  sensors: Object.entries(SEEN).map(([sensor, shares]) => ({
    sensor,
    paths: PATHS.filter((path) => path.sensor === sensor).map(({ name }) => name),
    firstSeen: window.from,
    lastSeen: '2026-04-30T23:59:51Z',
    records: 7_680_000,
    hoursSeen: DAYS * 24 - 40,
    hoursMissing: Math.round(Object.values(shares).reduce((hours, share) => hours + (1 - share) * 24, 0)),
    captureLossShare: sensor === 'dtn-log' ? null : 0.0031,
    gaps:
      sensor === 'zeek-vpn'
        ? [{ from: '2026-02-28T14:00:00Z', to: '2026-03-04T07:00:00Z', reason: 'no log at all' }]
        : [],
    days: days.map((day) => ({ day: formatDay(FIRST_DAY + day), share: shares[day] ?? 1 })),
  })),
  unclassified: { bytes: '1420000000000', share: 0.0119 },
  findings: [
    {
      severity: 'warning',
      subject: 'zeek-vpn',
      finding: 'Nothing came for 89 hours.',
      todo: 'Find out whether the sensor was down or its logs are missing, and import them.',
    },
    {
      severity: 'note',
      subject: 'portal',
      finding: 'The path has no capacity.',
      todo: 'Give capacityGbps, so that blind time can be bounded.',
    },
  ],
});

const planted = plantedAnswer.parse({
  campaigns: [
    {
      name: 'low-and-slow',
      startedAt: '2026-02-11T00:00:00Z',
      endedAt: '2026-04-15T00:00:00Z',
      bytesOut: '7434000000000',
      hosts: 184,
      destinations: networks,
    },
    {
      name: 'smash-and-grab',
      startedAt: '2026-03-22T08:00:00Z',
      endedAt: '2026-03-22T17:00:00Z',
      bytesOut: '842000000000',
      hosts: 1,
      destinations: ['198.51.100.24/29'],
    },
    {
      name: 'shadow',
      startedAt: '2026-01-20T00:00:00Z',
      endedAt: '2026-04-30T00:00:00Z',
      bytesOut: '310000000000',
      hosts: 300,
      destinations: ['192.0.2.128/25'],
    },
  ],
});

/** A centre with four paths, a lost sensor, two campaigns found and one missed: the same at every call. */
export function fixedOperations(): Required<ServerOperations> {
  return {
    report: async (query) => report(query),
    detect: async () => detected,
    check: async () => checked,
    facility: async () => ({ name: 'Example Computing Centre', simulated: true }),
    planted: async () => planted,
  };
}
