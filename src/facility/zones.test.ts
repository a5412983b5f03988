import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Address,
  compareAddresses,
  contains,
  formatAddress,
  IPV4_BASE,
  parseAddress,
  parseNetwork,
} from '../records/address.ts';
import { parseDay } from '../records/time.ts';
import type { Facility } from './facility.ts';
import { parseFacility } from './load.ts';
import { configSha256On, hostAliases, hostNames, zoneOf, zoneRangeOf, zoneRangesOn } from './zones.ts';

const facilityOf = (text: string) => parseFacility(text, 'weir.yaml', '/srv/weir');

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(text);
  return parsed;
}

function day(text: string): number {
  const parsed = parseDay(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

const base = `
facility: { name: Example }
networks:
  inside: [192.0.2.0/24, 10.0.0.0/8, "2001:db8::/32"]
  remoteAccess: [10.200.0.0/14]
  relays: [192.0.2.5, 10.200.0.1]
paths:
  - { name: border, capacityGbps: 100, sensors: [zeek-1], hosts: [192.0.2.64/28] }
  - { name: dtn, kind: transfer, hosts: [192.0.2.70], sensors: [zeek-1] }
  - { name: vpn, capacityGbps: 10, gateways: [192.0.2.10], sensors: [zeek-vpn] }
hosts:
  - { name: dtn-1, addresses: [192.0.2.70, 192.0.2.71, "2001:db8:0:7::1"] }
`;

test('each address is what the most telling network says', () => {
  const ranges = zoneRangesOn(facilityOf(base), 20_000);
  const zones = Object.fromEntries(
    [
      '192.0.2.10',
      '192.0.2.5',
      '192.0.2.6',
      '10.200.0.1',
      '10.203.255.255',
      '10.204.0.0',
      '2001:db8::9',
      '2001:db9::9',
      '198.51.100.1',
      '224.0.0.251',
      '255.255.255.255',
      '169.254.1.1',
      'fe80::1',
      'ff02::fb',
      '127.0.0.1',
      '::1',
      '::',
      '0.0.0.0',
      '::ffff:192.0.2.10',
    ].map((text) => [text, zoneOf(ranges, address(text))]),
  );
  expect(zones).toEqual({
    '192.0.2.10': 'gateway',
    '192.0.2.5': 'relay',
    '192.0.2.6': 'inside',
    '10.200.0.1': 'relay',
    '10.203.255.255': 'remoteAccess',
    '10.204.0.0': 'inside',
    '2001:db8::9': 'inside',
    '2001:db9::9': 'outside',
    '198.51.100.1': 'outside',
    '224.0.0.251': 'local',
    '255.255.255.255': 'local',
    '169.254.1.1': 'local',
    'fe80::1': 'local',
    'ff02::fb': 'local',
    '127.0.0.1': 'local',
    '::1': 'local',
    '::': 'local',
    '0.0.0.0': 'local',
    '::ffff:192.0.2.10': 'gateway',
  });
});

test('gateways, bound hosts and pools carry their path; the narrower network wins', () => {
  const ranges = zoneRangesOn(facilityOf(base), 20_000);
  const pathOf = (text: string) => zoneRangeOf(ranges, address(text))?.path;
  expect(pathOf('192.0.2.10')).toBe('vpn');
  expect(pathOf('192.0.2.69')).toBe('border');
  expect(pathOf('192.0.2.70')).toBe('dtn');
  expect(pathOf('10.201.0.1')).toBe('vpn');
  expect(pathOf('192.0.2.1')).toBeUndefined();
});

test('the addresses of one named host share its first key', () => {
  const facility = facilityOf(base);
  const first = address('192.0.2.70').lo;
  const ranges = zoneRangesOn(facility, 20_000);
  expect(hostAliases(facility)).toEqual(
    new Map([
      [first, first],
      [address('192.0.2.71').lo, first],
      [address('2001:db8:0:7::').hi, first],
    ]),
  );
  expect(hostNames(facility)).toEqual(new Map([[first, 'dtn-1']]));
  expect(zoneRangeOf(ranges, address('192.0.2.71'))?.host).toBe(first);
  expect(zoneRangeOf(ranges, address('2001:db8:0:7:8:8:8:8'))?.host).toBe(first);
  expect(zoneRangeOf(ranges, address('192.0.2.72'))?.host).toBeUndefined();
});

test('an entry holds from its first day to before its last', () => {
  const facility = facilityOf(`
facility: { name: Example }
networks: { inside: [{ cidr: 192.0.2.0/24, from: 2026-03-01, to: 2026-04-01 }, 10.0.0.0/8] }
`);
  const zoneOn = (date: string) => zoneOf(zoneRangesOn(facility, day(date)), address('192.0.2.1'));
  expect(['2026-02-28', '2026-03-01', '2026-03-31', '2026-04-01'].map(zoneOn)).toEqual([
    'outside',
    'inside',
    'inside',
    'outside',
  ]);
});

// Few bits of address space, so that random networks nest, touch and repeat often.
const v4 = fc
  .integer({ min: 0, max: 255 })
  .map((low) => ({ hi: 0n, lo: IPV4_BASE + 0xc0_00_02_00n + BigInt(low) }));
const v6 = fc.integer({ min: 0, max: 255 }).map((low) => ({ hi: 0x2001_0db8_0000_0000n, lo: BigInt(low) }));
const anyAddress = fc.oneof(v4, v6);
const anyNetwork = fc.tuple(anyAddress, fc.integer({ min: 0, max: 8 })).map(([base, hostBits]) => {
  const width = base.hi === 0n ? 32 : 128;
  const network = parseNetwork(`${formatAddress(base)}/${width - hostBits}`);
  if (!network) throw new Error('not a network');
  return { network, fromDay: undefined, toDay: undefined, zone: undefined };
});
const someNetworks = fc.array(anyNetwork, { maxLength: 8 });

test('ranges never overlap and classify every address as the naive rule does', () => {
  const empty = facilityOf('facility: { name: Example }\nnetworks: { inside: [192.0.2.0/24] }');
  fc.assert(
    fc.property(
      fc.record({
        inside: someNetworks,
        remoteAccess: someNetworks,
        relays: someNetworks,
        gateways: someNetworks,
      }),
      fc.array(anyAddress, { minLength: 20, maxLength: 40 }),
      ({ inside, remoteAccess, relays, gateways }, addresses) => {
        const path = {
          ...empty.paths[0],
          name: 'vpn',
          kind: 'vpn' as const,
          gateways,
          interfaces: [],
        };
        const paths = [{ capacityBitsPerSecond: undefined, pools: [], hosts: [], sensors: [], ...path }];
        const facility: Facility = {
          ...empty,
          inside,
          remoteAccess,
          relays: relays.map((relay) => ({ ...relay, logs: [] })),
          paths,
        };
        const ranges = zoneRangesOn(facility, 20_000);
        for (const [index, range] of ranges.entries()) {
          expect(compareAddresses(range.first, range.last)).toBeLessThanOrEqual(0);
          const before = ranges[index - 1];
          if (before) expect(compareAddresses(before.last, range.first)).toBeLessThan(0);
        }
        const edges = [inside, remoteAccess, relays, gateways]
          .flat()
          .flatMap(({ network }) => [network.first, network.last]);
        for (const probe of [...addresses, ...edges]) {
          const within = (list: typeof inside) => list.some(({ network }) => contains(network, probe));
          const naive = within(gateways)
            ? 'gateway'
            : within(relays)
              ? 'relay'
              : within(remoteAccess)
                ? 'remoteAccess'
                : within(inside)
                  ? 'inside'
                  : 'outside';
          expect(zoneOf(ranges, probe)).toBe(naive);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('the digest changes with what changes a day, and with nothing else', () => {
  const digest = (text: string, on = 20_000) => configSha256On(facilityOf(text), on);
  const before = digest(base);
  const same = [
    base.replace('name: Example', 'name: Renamed'),
    base.replace('10.0.0.0/8', '10.0.0.0/9, 10.128.0.0/9'),
    base.replace('192.0.2.0/24', '{ cidr: 192.0.2.0/24, to: 2099-01-01 }'),
    `${base}ledger: /elsewhere\ndetection: { leadsPerWeek: 5 }\ntenants: [{ name: a }]\n`,
    base.replace('relays: [192.0.2.5, 10.200.0.1]', 'relays: [10.200.0.1, 192.0.2.5]'),
  ];
  const other = [
    base.replace('10.0.0.0/8', '10.0.0.0/9, 10.200.0.0/16'),
    base.replace('capacityGbps: 10,', 'capacityGbps: 20,'),
    base.replace('sensors: [zeek-vpn]', 'sensors: [zeek-1]'),
    base.replace('gateways: [192.0.2.10]', 'gateways: [192.0.2.11]'),
    base.replace('192.0.2.71, ', ''),
    base.replace('relays: [192.0.2.5, ', 'relays: ['),
    base.replace('relays: [192.0.2.5, ', 'relays: [{ cidr: 192.0.2.5, logs: [zeek-1] }, '),
    `${base}sensors: [{ name: zeek-vpn }, { name: zeek-1, files: z, samplingRate: 10 }]\n`,
  ];
  for (const text of same) expect(digest(text)).toBe(before);
  for (const text of other) expect(digest(text)).not.toBe(before);
  const dated = base.replace('192.0.2.0/24', '{ cidr: 192.0.2.0/24, from: 2026-01-01 }');
  expect(digest(dated, day('2026-01-01'))).toBe(digest(base, day('2026-01-01')));
  expect(digest(dated, day('2025-12-31'))).not.toBe(digest(base, day('2025-12-31')));
});
