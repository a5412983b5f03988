import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { report } from '../../src/operations/report.ts';
import { formatMicros } from '../../src/records/time.ts';
import { testLedger } from '../support/ledgers.ts';
import { destroyed } from '../support/relay-logs.ts';
import * as clouds from './cloud-samples.ts';
import * as counters from './counter-samples.ts';
import * as firewalls from './firewall-samples.ts';
import * as objects from './object-samples.ts';
import type { Sample } from './sample.ts';
import { SAMPLES } from './samples.ts';

/** What the client of the fixtures received, as curl counted it: bytes of headers and of the body. */
const FIXTURES = join(import.meta.dirname, 'fixtures', 'network');
const fixture = (name: string) => readFileSync(join(FIXTURES, name), 'utf8');
const RECEIVED = fixture('received.txt')
  .trim()
  .split('\n')
  .map((line) => line.split(' ').slice(1).map(Number));

async function factsOf(family: string, text: string, settings = '', inside = '192.0.2.0/24') {
  const ledger = testLedger(`
facility: { name: Test Centre }
networks: { inside: [${inside}, "2001:db8::/48"] }
paths: [{ name: border, capacityGbps: 100, sensors: [one] }]
sensors: [{ name: one, files: "**"${settings === '' ? '' : `, ${settings}`} }]
`);
  const { answer } = await ledger.importFiles({ 'a.log': text });
  const facts = await ledger.facts(family);
  const byTime = [...facts].sort((a, b) => Number(a.startedAt) - Number(b.startedAt));
  return { answer, facts: byTime.map(readable), ledger };
}

/** A fact as a person reads it: addresses of IPv4 in words, counts as numbers, times in ISO-8601, nothing unset. */
function readable(fact: Record<string, unknown>): Record<string, unknown> {
  const ends = Object.keys(fact).flatMap((key) => /^(\w+)Lo$/.exec(key)?.[1] ?? []);
  const shown = Object.entries(fact).flatMap(([key, value]): [string, unknown][] => {
    if (value === null || key === 'stagedLine' || /(?:Hi|Lo)$/.test(key)) return [];
    if (key === 'startedAt' || key === 'endedAt') return [[key, formatMicros(Number(value))]];
    return [[key, typeof value === 'bigint' ? Number(value) : value]];
  });
  const addresses = ends.flatMap((end): [string, unknown][] => {
    const low = fact[`${end}Lo`];
    if (typeof low !== 'bigint' || fact[`${end}Hi`] !== 0n) return [];
    return [[end, [24n, 16n, 8n, 0n].map((shift) => (low >> shift) & 255n).join('.')]];
  });
  return Object.fromEntries([...shown, ...addresses]);
}

const flowsOf = (sample: Sample, settings = sample.settings) => factsOf('flow', sample.text, settings);

test('conntrack of real traffic through NAT: both real ends, and the payload within the interval', async () => {
  const { facts, ledger, answer } = await factsOf('flow', fixture('conntrack.log'), '', '10.0.0.0/24');
  expect(facts.map(({ orig, resp, proto }) => `${orig} ${resp} ${proto}`).sort()).toEqual([
    '10.0.0.5 192.0.2.2 icmp',
    '10.0.0.5 192.0.2.2 tcp',
  ]);
  expect(answer.leftAlone.map(({ what, lines: count }) => [what, count])).toEqual([['conntrack.new', 2]]);
  const [headers = 0, body = 0] = RECEIVED[0] ?? [];
  const tcp = facts.find(({ proto }) => proto === 'tcp') ?? {};
  const packets = Number(tcp.respPackets);
  // What was sent again is in it, and nothing is missing.
  expect(Number(tcp.respIpBytes) - packets * 40).toBeGreaterThanOrEqual(headers + body);
  expect(Number(tcp.respIpBytes) - packets * 60).toBeLessThanOrEqual(headers + body);
  const cells = await ledger.cells();
  expect(cells.find(({ service }) => service === 'tcp/8080')).toMatchObject({
    initiator: 'inside',
    path: 'border',
  });
});

test('conntrack: behind a published address stands the server that answered', async () => {
  const { facts } = await factsOf(
    'flow',
    '[1795169675.001077]\t[DESTROY] tcp      6 118 TIME_WAIT src=198.51.100.7 dst=203.0.113.80 sport=44048 dport=80 packets=6 bytes=404 src=192.0.2.80 dst=198.51.100.7 sport=8080 dport=44048 packets=6 bytes=1058 [ASSURED]\n',
  );
  expect(facts).toMatchObject([
    {
      orig: '198.51.100.7',
      origPort: 44_048,
      resp: '192.0.2.80',
      respPort: 8080,
      origIpBytes: 404,
      respIpBytes: 1058,
    },
  ]);
});

test('squid of real traffic: replies with their headers to the byte, tunnels too, what was denied apart', async () => {
  const { facts, answer } = await factsOf('transfer', fixture('squid.log'));
  const [, first = [], second = [], tunnel = []] = RECEIVED;
  const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
  expect(facts.map(({ bytes }) => bytes).sort()).toEqual([sum(first), sum(second), 1_000_244].sort());
  // The body of what went through the tunnel, and its headers, which curl does not tell of the inner reply alone.
  expect(1_000_244).toBeGreaterThan(tunnel[0] ?? 0);
  expect(facts[0]).toMatchObject({
    peer: '10.0.0.5',
    server: '192.0.2.2',
    direction: 'out',
    protocol: 'http',
  });
  expect(answer.leftAlone.map(({ what, lines: count }) => [what, count])).toEqual([['squid.denied', 1]]);
});

test('leases of real servers: who had the address, from when until when', async () => {
  const isc = await factsOf('lease', fixture('dhcpd.leases'));
  expect(isc.facts).toMatchObject([{ address: '10.0.0.100', hostName: 'cn001' }]);
  expect(isc.answer.leftAlone).toMatchObject([{ what: 'isc-dhcp.free', lines: 1 }]);
  const kea = await factsOf('lease', fixture('kea-leases4.csv'));
  expect(kea.facts).toMatchObject([{ address: '10.0.0.100', hostName: 'cn001' }]);
  for (const { startedAt, endedAt, mac } of [...isc.facts, ...kea.facts]) {
    expect(Date.parse(String(endedAt)) - Date.parse(String(startedAt))).toBe(3_600_000);
    expect(mac).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
  }
});

test('flow logs of clouds: IP bytes of each direction at their hour; denied traffic counts nothing', async () => {
  const aws = await factsOf(
    'flow',
    `${clouds.AWS_VPC.text}${clouds.AWS_VPC.text.split('\n')[0]}
2 1 eni-1 198.51.100.9 192.0.2.1 49761 3389 6 20 4249 1772359200 1772359260 REJECT OK
2 1 eni-1 - - - - - - - 1772359200 1772359260 - NODATA
2 1 eni-1 - - - - - - - 1772359200 1772359260 - SKIPDATA
`,
  );
  expect(aws.facts).toMatchObject([
    {
      orig: '192.0.2.1',
      resp: '198.51.100.7',
      respPort: 443,
      origPackets: 100,
      origIpBytes: 150_000,
      state: 'one-way',
    },
    { orig: '192.0.2.1', resp: '198.51.100.7', respPort: 443, respPackets: 80, respIpBytes: 4840 },
  ]);
  expect(aws.answer.leftAlone.map(({ what }) => what).sort()).toEqual([
    'aws-vpc.nodata',
    'aws-vpc.rejected',
    'aws-vpc.skipdata',
  ]);
  expect(aws.answer.commits).toMatchObject([{ accepted: 2, rejected: 0, comments: 2 }]);
  const bare = clouds.AWS_VPC.text.split('\n').slice(1);
  for (const ingested of ['', '2026-03-01T10:02:00.000Z ']) {
    const text = bare.map((line) => (line === '' ? '' : `${ingested}${line}\n`)).join('');
    const { answer } = await factsOf('flow', text);
    expect(answer.commits).toMatchObject([{ source: 'aws-vpc.flow', accepted: 2, rejected: 0 }]);
  }
  const gcp = await flowsOf(clouds.GCP_VPC);
  expect(gcp.facts.find(({ proto }) => proto === 'tcp')).toMatchObject({
    startedAt: '2026-03-01T10:00:00.123456Z',
    origIpBytes: 150_000,
  });
  for (const sample of [clouds.AZURE_NSG, clouds.AZURE_VNET]) {
    const { facts } = await flowsOf(sample);
    expect(facts).toMatchObject([
      { origIpBytes: 0, respIpBytes: 0, state: 'part' },
      { orig: '192.0.2.1', origIpBytes: 150_000, respIpBytes: 4840, proto: 'tcp', respPort: 443 },
    ]);
  }
});

test('what a log leaves unsaid refuses it, by the name of the setting', async () => {
  const reason = async (sample: Sample, settings = '') =>
    (await factsOf('flow', sample.text, settings)).answer.commits.map((commit) => commit.reason);
  expect(await reason(clouds.GCP_VPC)).toEqual([expect.stringContaining('`samplingRate:`')]);
  expect(await reason(firewalls.PALOALTO_TRAFFIC)).toEqual([expect.stringContaining('`timezone:`')]);
  expect(await reason(firewalls.FILTERLOG)).toEqual([expect.stringContaining('`timezone:` and `year:`')]);
  expect(await reason(counters.COUNTER_CSV)).toEqual([expect.stringContaining('`timezone:`')]);
  const noBytes = firewalls.CONNTRACK.text.replaceAll(/packets=\d+ bytes=\d+ /g, '');
  expect(await reason({ ...firewalls.CONNTRACK, text: noBytes })).toEqual([
    expect.stringContaining('nf_conntrack_acct=1'),
  ]);
  const narrow = clouds.AWS_VPC_CUSTOM.text.replace(' bytes packets', ' x y');
  expect(await reason({ ...clouds.AWS_VPC_CUSTOM, text: narrow })).toEqual([
    expect.stringContaining('without packets, bytes'),
  ]);
  const untimed = counters.PROMETHEUS_TEXT.text.replaceAll(' 1772359200000', '');
  expect(await reason({ ...counters.PROMETHEUS_TEXT, text: untimed })).toEqual([
    expect.stringContaining('without the times'),
  ]);
});

test('firewalls: whole sessions from their begin, the server behind a published address, snapshots as such', async () => {
  const palo = await flowsOf(firewalls.PALOALTO_TRAFFIC);
  expect(palo.facts).toMatchObject([
    {
      startedAt: '2026-03-01T10:00:00Z',
      durationMicros: 120_000_000,
      origIpBytes: 150_000,
      respIpBytes: 4840,
      service: 'ssl',
    },
    { orig: '192.0.2.1', resp: '198.51.100.9', respPort: 8080, origPackets: 3, respPackets: 2 },
  ]);
  const forti = await flowsOf(firewalls.FORTIGATE_TRAFFIC);
  expect(forti.facts).toMatchObject([
    {
      startedAt: '2026-03-01T09:58:00Z',
      snapshot: false,
      origIpBytes: 150_000,
      uid: 'FGT60D/root/1259494050',
      proto: 'tcp',
    },
    { startedAt: '2026-03-01T09:59:59Z', snapshot: true, origIpBytes: 13_400, proto: 'tcp' },
  ]);
  const denied = firewalls.FORTIGATE_TRAFFIC.text.replace('action="close"', 'action="deny"');
  const { facts, answer } = await factsOf('flow', denied);
  expect(facts.length).toBe(1);
  expect(answer.leftAlone).toMatchObject([{ what: 'fortigate.traffic-refused', lines: 1 }]);
});

test('a protocol goes by its name, whatever number a log writes', async () => {
  for (const sample of [...SAMPLES, ...firewalls.FIREWALL_SAMPLES, ...clouds.CLOUD_SAMPLES]) {
    const protocols = (await flowsOf(sample)).facts.map(({ proto }) => proto);
    expect(protocols.length, sample.name).toBeGreaterThan(0);
    expect(protocols, sample.name).toEqual(protocols.map(() => expect.stringMatching(/^[a-z]/)));
  }
});

test('logs of packets are evidence of connections and of no byte', async () => {
  for (const sample of [firewalls.FILTERLOG, firewalls.NFTABLES]) {
    const { facts, ledger } = await flowsOf(sample);
    expect(facts[0]).toMatchObject({ orig: '192.0.2.1', resp: '198.51.100.7', respPort: 443, proto: 'tcp' });
    expect(facts.flatMap(({ origBytes, origIpBytes }) => [origBytes, origIpBytes])).toEqual(
      facts.flatMap(() => [undefined, undefined]),
    );
    const cells = await ledger.cells();
    expect(cells.map(({ out, high, ip }) => [out, high, ip])).toEqual(cells.map(() => [0n, 0n, 0n]));
    // Whoever counts nothing watches nothing.
    const subject = { facility: ledger.facility, ledgerDir: ledger.dir, progress: () => undefined };
    const { coverage } = await report({ ...subject, by: 'path' });
    expect(coverage).toMatchObject({
      share: 0,
      because: expect.arrayContaining(['no sensor gave a sign in this window']),
    });
  }
  const blocked = firewalls.FILTERLOG.text.replace('match,pass', 'match,block');
  const { facts, answer } = await factsOf('flow', blocked, firewalls.FILTERLOG.settings);
  expect([facts.length, answer.leftAlone.map(({ what }) => what)]).toEqual([1, ['filterlog-block']]);
  const dropped = firewalls.NFTABLES.text.replace('new: IN', 'DROP in: IN');
  const other = await factsOf('flow', dropped, firewalls.NFTABLES.settings);
  expect(other.answer.leftAlone.map(({ what }) => what)).toEqual(['firewall-refused']);
});

test('object stores: bodies sent and received, by whom, from begin to end', async () => {
  const s3 = await factsOf('transfer', objects.S3.text);
  expect(s3.facts).toMatchObject([
    {
      startedAt: '2026-03-01T10:00:00Z',
      endedAt: '2026-03-01T10:00:00.500Z',
      principal: 'arn:aws:iam::111122223333:user/alice',
      serverName: 'data-bucket.s3.us-west-1.amazonaws.com',
      path: 'data-bucket/photos/2026/a.jpg',
      direction: 'out',
      bytes: 150_000,
    },
    { direction: 'in', bytes: 4096, path: 'data-bucket/b.bin' },
  ]);
  const rgw = await factsOf('transfer', objects.RGW.text);
  expect(rgw.facts).toMatchObject([
    { principal: 'alice', path: 'data/a/b.bin', direction: 'out', bytes: 150_000, peer: '192.0.2.1' },
    { path: 'data/c.bin', direction: 'in', bytes: 4096 },
  ]);
  const failed = objects.S3.text.replace('HTTP/1.1" 200', 'HTTP/1.1" 403');
  expect((await factsOf('transfer', failed)).answer.leftAlone.map(({ what }) => what)).toEqual([
    's3.REST.GET.OBJECT without success',
  ]);
});

test('counters of every kind: device, interface, octets as they stood', async () => {
  const text = await factsOf('counter', counters.PROMETHEUS_TEXT.text);
  const at = '2026-03-01T10:00:00Z';
  const place = { device: '192.0.2.1', interface: 'eth0', counterBits: 64, startedAt: at };
  expect(text.facts).toContainEqual({ ...place, sensor: 'one', outOctets: 1_500_000_000 });
  expect(text.facts).toContainEqual({ ...place, sensor: 'one', inOctets: 4840 });
  const ofPage = counters.PROMETHEUS_TEXT.text.replaceAll(',instance="192.0.2.1:9116"', '');
  const page = await factsOf('counter', `${ofPage}sysUpTime 7 1772359200000\n`, 'host: router1');
  expect(page.answer.leftAlone).toMatchObject([{ what: 'prometheus-text.other metrics', lines: 1 }]);
  expect(page.facts).toMatchObject(text.facts.map((each) => ({ ...each, device: 'router1' })));
  const range = await factsOf('counter', counters.PROMETHEUS_RANGE.text);
  expect(range.facts).toContainEqual({ ...place, sensor: 'one', outOctets: 1_500_000_000 });
  expect(range.facts.at(-1)).toMatchObject({
    startedAt: '2026-03-01T10:01:00.500Z',
    outOctets: 1_500_150_000,
  });
  const csv = await factsOf('counter', counters.COUNTER_CSV.text, counters.COUNTER_CSV.settings);
  expect(csv.facts[0]).toMatchObject({ ...place, outOctets: 1_500_000_000, inOctets: 4840 });
  const telegraf = await factsOf('counter', counters.TELEGRAF.text);
  expect(telegraf.facts.map(({ interface: port, outOctets }) => [port, outOctets]).sort()).toEqual([
    ['Gi0/1', 1_500_000_000],
    ['eth0', 1_500_000_000],
  ]);
});

test('firewalls that translate say what each end was seen as on the other side, and when', async () => {
  const seen = async (sample: Pick<Sample, 'text' | 'settings'>) =>
    (await factsOf('translation', sample.text, sample.settings)).facts.map((fact) => [
      `${fact.orig}:${fact.origPort} ${fact.resp}:${fact.respPort}`,
      `${fact.seenOrig}:${fact.seenOrigPort} ${fact.seenResp}:${fact.seenRespPort}`,
      `${fact.startedAt} ${fact.endedAt} ${fact.timed}`,
    ]);
  const inside = '192.0.2.1:60329 198.51.100.7:443';
  const outside = '203.0.113.1:60329 198.51.100.7:443';
  // The second line of each translates nothing, or a published address only.
  expect(await seen(firewalls.FORTIGATE_TRAFFIC)).toEqual([
    [inside, outside, '2026-03-01T09:58:00Z 2026-03-01T10:00:00Z true'],
  ]);
  expect(await seen(firewalls.PALOALTO_TRAFFIC)).toEqual([
    [inside, outside, '2026-03-01T10:00:00Z 2026-03-01T10:02:00Z true'],
    [
      '192.0.2.1:60330 198.51.100.9:8080',
      '192.0.2.1:60330 203.0.113.80:80',
      '2026-03-01T10:02:00Z 2026-03-01T10:02:06Z true',
    ],
  ]);
  const end = '2026-03-01T10:02:00Z';
  const hidden = { end, from: '192.0.2.1 40001', to: '198.51.100.7 443', as: '203.0.113.1 50001' };
  const linux = [
    destroyed(hidden),
    destroyed({ ...hidden, lasted: 60 }),
    destroyed({ ...hidden, as: hidden.from }),
  ].join('');
  const pair = ['192.0.2.1:40001 198.51.100.7:443', '203.0.113.1:50001 198.51.100.7:443'];
  expect(await seen({ text: linux, settings: '' })).toEqual([
    [...pair, `2026-03-01T10:01:00Z ${end} true`],
    [...pair, `${end} ${end} false`],
  ]);
});
