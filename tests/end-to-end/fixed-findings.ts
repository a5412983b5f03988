import { detectAnswer } from '../../src/operations/answers/detect.ts';
import { plantedAnswer } from '../../src/operations/answers/planted.ts';
import { dayAt, window } from './fixed-calendar.ts';

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
  raisedOn: dayAt(49 + index * 6),
  detectedAt: `${dayAt(50 + index * 6)}T02:10:00Z`,
  startedAt: {
    low: dayAt(38 + index * 6),
    estimate: dayAt(41 + index * 6),
    high: dayAt(46 + index * 6),
  },
  observedBytesPerDay: String(214_000_000_000 - index * 31_000_000_000),
  baselineBytesPerDay: String(96_000_000_000 - index * 17_000_000_000),
  channels: [
    {
      channel: 'clipped volume 0.3 GB',
      logEvidence: 14.2 - index,
      threshold: 6.8,
      since: dayAt(41),
    },
  ],
  campaign,
  decision: null,
  because,
});

/** What is detected there: two campaigns, and a lead of its own. */
export const detected = detectAnswer.parse({
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

const missed = {
  name: 'shadow',
  startedAt: '2026-01-20T00:00:00Z',
  endedAt: '2026-04-30T00:00:00Z',
  bytesOut: '310000000000',
  hosts: 300,
  destinations: ['192.0.2.128/25'],
};

/** What was planted there: three campaigns, of which one is missed. */
export const planted = plantedAnswer.parse({
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
    missed,
  ],
});
