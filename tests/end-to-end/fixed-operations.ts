import { checkAnswer } from '../../src/operations/answers/check.ts';
import { reportAnswer } from '../../src/operations/answers/report.ts';
import type { ReportQuery } from '../../src/server/queries.ts';
import type { ServerOperations } from '../../src/server/server-operations.ts';
import { DAYS, dayAt, days, FIRST_DAY, window } from './fixed-calendar.ts';
import { detected, planted } from './fixed-findings.ts';

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

const sum = (numbers: bigint[]) => numbers.reduce((a, b) => a + b, 0n);
const pathSum = (pathIndex: number) => sum(days.map((day) => bytesOn(pathIndex, day)));

function report(query: ReportQuery) {
  const chosen = PATHS.map((path, index) => ({ ...path, index })).filter(
    ({ name }) => query.path === undefined || query.path === name,
  );
  const rows =
    query.by === 'day'
      ? days.map((day) => ({
          key: dayAt(day),
          bytesOut: exactly(sum(chosen.map(({ index }) => bytesOn(index, day)))),
          bytesIn: '1200000000',
          flows: 48_000,
          firstSeen: `${dayAt(day)}T00:00:02Z`,
          lastSeen: `${dayAt(day)}T23:59:51Z`,
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
    days: days.map((day) => ({ day: dayAt(day), share: shares[day] ?? 1 })),
  })),
  clocks: [],
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
