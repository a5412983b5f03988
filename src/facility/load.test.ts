import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigurationError } from '../errors.ts';
import { findConfig, loadFacility, parseFacility } from './load.ts';

const smallest = `facility: { name: Example Centre, names: [EXC, 示例中心] }
networks: { inside: [192.0.2.0/24, 10.0.0.0/8], remoteAccess: [10.200.0.0/14], relays: [192.0.2.5] }
paths:
  - { name: border, capacityGbps: 100, sensors: [zeek-1] }
  - { name: vpn, capacityGbps: 10, gateways: [192.0.2.10], sensors: [zeek-vpn] }
sensors:
  - { name: zeek-1, files: "zeek-1/**", timezone: UTC }
`;

/** Returns the lines of the error that a text raises. */
function complaints(text: string): string[] {
  try {
    parseFacility(text, 'weir.yaml', '/srv');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const minimal = 'facility: { name: X }\nnetworks: { inside: [10.0.0.0/8] }\n';

test('the documentation shows the smallest useful form as it is tested here', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const [shown = '', mapping = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block);
  expect(shown).toBe(smallest);
  expect(complaints(smallest + mapping)).toEqual([]);
});

test('the smallest useful form loads with sound defaults', () => {
  const facility = parseFacility(smallest, 'weir.yaml', '/srv/weir');
  expect(facility).toMatchObject({
    name: 'Example Centre',
    names: ['EXC', '示例中心'],
    simulated: false,
    ledgerDir: '/srv/weir/ledger',
    asnFile: undefined,
    detection: { leadsPerWeek: 1 },
    checks: { maxUnclassifiedShare: 0.05, minCoverage: 0.9 },
    retention: { recordsDays: 400, cellsDays: 3650 },
  });
  expect(
    facility.paths.map(({ name, kind, capacityBitsPerSecond }) => [name, kind, capacityBitsPerSecond]),
  ).toEqual([
    ['border', 'border', 100_000_000_000],
    ['vpn', 'vpn', 10_000_000_000],
  ]);
  expect(facility.paths[1]?.pools.map(({ network }) => network.cidr)).toEqual(['10.200.0.0/14']);
  expect(facility.sensors.map(({ name, files, implied }) => [name, files, implied])).toEqual([
    ['zeek-1', ['zeek-1/**'], false],
    ['zeek-vpn', ['zeek-vpn/**'], true],
  ]);
  expect(facility.remarks).toHaveLength(1);
  expect(facility.remarks[0]).toContain('zeek-vpn');
});

test('two lines are enough: one border, one sensor that takes every file', () => {
  const facility = parseFacility(minimal, 'weir.yaml', '/srv');
  expect(facility.paths.map(({ name, sensors }) => [name, sensors])).toEqual([['border', ['sensor']]]);
  expect(facility.sensors.map(({ name, files }) => [name, files])).toEqual([['sensor', ['**']]]);
});

test('a mapping of a series needs no networks, and its constants name the paths', () => {
  const facility = parseFacility(
    `facility: { name: Series }
mappings:
  - { name: vms, files: "series/*.csv.gz", time: time, per: hour, host: entity, bytesOut: bytes_out, path: {value: border} }
`,
    'weir.yaml',
    '/srv',
  );
  expect(facility.paths.map(({ name }) => name)).toEqual(['border']);
  expect(facility.sensors).toEqual([]);
  expect(facility.mappings[0]).toMatchObject({
    format: 'csv',
    timezone: 'UTC',
    host: { column: 'entity' },
    path: { value: 'border' },
    destination: { value: 'unknown' },
    principal: { value: 'unknown' },
  });
});

test('all problems of shape are listed at once, each with its place and what to do', () => {
  expect(
    complaints(`facility: { name: 12 }
networks:
  inside: [10.0.0.0/33, { cidr: 192.0.2.0/24, form: 2026-01-01 }, 7]
paths:
  - { name: border, capacityGbs: 100 }
  - name: vpn
    capacityGbps: -3
    kind: vnp
  - { capacityGbps: many }
sensors:
  - { name: a, timezone: Mars/Olympus }
colour: blue
`),
  ).toEqual([
    'weir.yaml:1:19 facility.name: must be text; put 12 in quotes',
    'weir.yaml:3:12 networks.inside[0]: "10.0.0.0/33" is no network: write an address or CIDR such as 192.0.2.0/24',
    'weir.yaml:3:47 networks.inside[1].form: unknown key; did you mean from?',
    'weir.yaml:3:67 networks.inside[2]: must be text or a group of keys, not 7',
    'weir.yaml:5:21 paths[0].capacityGbs: unknown key; did you mean capacityGbps?',
    'weir.yaml:7:19 paths[1].capacityGbps: must be above 0',
    'weir.yaml:8:11 paths[1].kind: must be one of border, vpn, transfer, portal, backup, media; did you mean vpn?',
    'weir.yaml:9:5 paths[2].name: is missing; add it (text)',
    'weir.yaml:9:21 paths[2].capacityGbps: must be a number, not "many"',
    'weir.yaml:11:26 sensors[0].timezone: "Mars/Olympus" is no time zone: write UTC, a name such as Asia/Shanghai, or +08:00',
    'weir.yaml:12:1 colour: unknown key; the keys here are facility, networks, zones, paths, onSite, sensors, hosts, tenants, asn, mappings, detection, checks, retention, notify, pseudonyms, ledger',
  ]);
});

test.each([
  [
    'duplicate names',
    `${minimal}paths: [{ name: a }, { name: a }]`,
    '3:30 paths[1].name: the name a is taken',
  ],
  [
    'a slip in a sensor name',
    `${minimal}paths: [{ name: a, sensors: [zek-1] }]\nsensors: [{ name: zeek-1 }]`,
    '3:30 paths[0].sensors[0]: no sensor is called zek-1; did you mean zeek-1?',
  ],
  [
    'a gateway that is not inside',
    `${minimal}paths: [{ name: v, gateways: [192.0.2.1] }]`,
    '3:31 paths[0].gateways[0]: is in no inside network',
  ],
  [
    'a gateway of two paths',
    `${minimal}paths: [{ name: v, gateways: [10.0.0.1] }, { name: w, gateways: [10.0.0.1] }]`,
    'paths[1].gateways[0]: 10.0.0.1 is in path v as well',
  ],
  [
    'a pool that is none',
    `${minimal}paths: [{ name: v, kind: vpn, pools: [10.1.0.0/16] }]`,
    'paths[0].pools[0]: is in no network of networks.remoteAccess',
  ],
  [
    'a network in two zones',
    `${minimal}zones: [{ name: a, kind: access, networks: [10.1.0.0/16] }, { name: s, kind: storage, networks: [10.1.0.0/16] }]`,
    'zones[1].networks[0]: 10.1.0.0/16 is in zone a as well',
  ],
  [
    'a host bound to two paths',
    `${minimal}paths: [{ name: a, hosts: [10.1.1.1] }, { name: b, hosts: [10.1.1.1/32] }]`,
    'paths[1].hosts[0]: 10.1.1.1/32 is in path a as well',
  ],
  [
    'dates the wrong way round',
    'facility: { name: X }\nnetworks: { inside: [{ cidr: 10.0.0.0/8, from: 2026-02-01, to: 2026-02-01 }] }',
    'networks.inside[0].to: must lie after `from`',
  ],
  [
    'an unknown zone',
    'facility: { name: X }\nnetworks: { inside: [{ cidr: 10.0.0.0/8, zone: storage }] }',
    'networks.inside[0].zone: no zone is called storage',
  ],
  [
    'an address of two hosts',
    `${minimal}hosts: [{ name: a, addresses: [10.0.0.1] }, { name: b, addresses: [10.0.0.1] }]`,
    'hosts[1].addresses[0]: 10.0.0.1 belongs to host a already',
  ],
  [
    'one glob for two sensors',
    `${minimal}sensors: [{ name: a }, { name: b }]`,
    'sensors[1].files: a takes the files ** already; tell them apart',
  ],
  [
    'a glob that is none',
    `${minimal}sensors: [{ name: a, files: ['x-[9-0]'] }]`,
    'sensors[0].files[0]: "x-[9-0]" is no glob',
  ],
  ['nothing inside', 'facility: { name: X }', 'networks.inside: no network is inside'],
  ['a repeated key', `${minimal}ledger: a\nledger: b`, '4:1 not valid YAML: Map keys must be unique'],
  ['an empty file', '', 'facility: is missing; add it (a group of keys)'],
])('%s is a problem with a place', (_, text, expected) => {
  expect(complaints(text).join('\n')).toContain(expected);
});

test('an address of two hosts, and machines of one /64, are told apart', () => {
  const twice = (address: string) =>
    complaints(
      `facility: { name: A }\nnetworks: { inside: [10.0.0.0/8, "2001:db8::/32"] }\nhosts: [{ name: a, addresses: [10.0.0.1, "2001:db8::1"] }, { name: b, addresses: ["${address}"] }]\n`,
    );
  expect(twice('10.0.0.1')).toEqual([expect.stringContaining('10.0.0.1 belongs to host a already; remove')]);
  expect(twice('2001:db8::2')).toEqual([
    expect.stringMatching(/2001:db8::\/64 belongs to host a already: .* all of its \/64\. Leave out IPv6/),
  ]);
  expect(twice('2001:db8:0:1::2')).toEqual([]);
});

test('nested zones and a network that moves between zones are no contradiction', () => {
  const zones = `zones:
  - { name: a, kind: access, networks: [10.0.0.0/8, { cidr: 10.9.0.0/16, to: 2026-03-01 }] }
  - { name: s, kind: storage, networks: [10.1.0.0/16, { cidr: 10.9.0.0/16, from: 2026-03-01 }] }
`;
  expect(complaints(minimal + zones)).toEqual([]);
});

test('a sensor may say what it watches, beside the path that names it', () => {
  const facility = parseFacility(
    `${minimal}paths: [{ name: border, sensors: [z] }]\nsensors: [{ name: z }, { name: a, files: "a/**", watches: [border] }]`,
    'weir.yaml',
    '/srv',
  );
  expect(facility.paths[0]?.sensors).toEqual(['a', 'z']);
});

test('what is allowed but leaves a gap is remarked on', () => {
  const { remarks } = parseFacility(
    `${minimal}paths: [{ name: border }]\nsensors: [{ name: zeek }]`,
    'weir.yaml',
    '/srv',
  );
  expect(remarks).toEqual([
    'sensor zeek watches no path; what it sees counts in none: name it under paths[].sensors',
    'path border has no sensor; what leaves by it stays unseen',
    'path border has no capacityGbps; what could have left unseen by it has no bound',
  ]);
});

test('weir.yaml is found in the folder or where --config says, and a missing one is explained', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-config-'));
  try {
    expect(() => findConfig(folder)).toThrow(/no weir.yaml in .*weir init/);
    expect(() => findConfig(folder, 'other.yaml')).toThrow(/other.yaml: no such file/);
    writeFileSync(join(folder, 'weir.yaml'), smallest);
    const found = findConfig(folder);
    expect(found).toBe(join(folder, 'weir.yaml'));
    expect((await loadFacility(found)).ledgerDir).toBe(join(folder, 'ledger'));
    await expect(loadFacility(folder)).rejects.toThrow(/cannot read/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('aliases cannot blow a small file up', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]
`;
  expect(complaints(bomb).join()).toContain('not valid YAML');
});

test('on-site channels carry exact byte rates and share their names with no path', () => {
  const onSite = (channels: string) => `${minimal}onSite: [${channels}]\n`;
  const facility = parseFacility(
    onSite(
      '{ name: library, kind: tape, capacityPerDay: 1.5TB, logged: true }, { name: disks, kind: media }',
    ),
    'weir.yaml',
    '/srv',
  );
  expect(facility.onSite).toEqual([
    {
      name: 'library',
      kind: 'tape',
      capacityBytesPerDay: 1_500_000_000_000n,
      logged: true,
      loggedBy: [],
      readBy: [],
    },
    { name: 'disks', kind: 'media', capacityBytesPerDay: undefined, logged: false, loggedBy: [], readBy: [] },
  ]);
  expect(facility.channelsComplete).toBe(false);
  expect(complaints(onSite('{ name: library, kind: tape, capacityPerDay: much }'))).toEqual([
    'weir.yaml:3:55 onSite[0].capacityPerDay: "much" is no byte count: write a number and an SI unit, such as 20TB',
  ]);
  expect(
    complaints(`${minimal}paths: [{ name: border }]\nonSite: [{ name: border, kind: tape }]\n`)[0],
  ).toContain('onSite[0].name: the name border is taken already');
});

test('a relay names the sensors that write its own logs; they need no path, and a slip is told', () => {
  const yaml = (logs: string) => `
facility: { name: Example }
networks: { inside: [10.0.0.0/8], relays: [192.0.2.5, { cidr: 192.0.2.6, logs: [${logs}] }] }
paths: [{ name: border, capacityGbps: 1, sensors: [zeek] }]
sensors: [{ name: zeek, files: "zeek/**" }, { name: nat-1, files: "nat/*.log" }]
`;
  const facility = parseFacility(yaml('nat-1, squid-1'), 'weir.yaml', '/srv');
  expect(facility.relays.map(({ logs }) => logs)).toEqual([[], ['nat-1', 'squid-1']]);
  expect(facility.sensors.find(({ name }) => name === 'squid-1')).toMatchObject({
    files: ['squid-1/**'],
    implied: true,
  });
  expect(facility.remarks.filter((remark) => remark.includes('watches no path'))).toEqual([]);
  expect(complaints(yaml('nat-2'))).toEqual([
    expect.stringContaining('no sensor is called nat-2; did you mean nat-1'),
  ]);
});
