import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type PlainCell, testLedger } from '../support/ledgers.ts';
import { NFDUMP_CSV, NFDUMP_CSV_NEW, NFDUMP_JSON, NFDUMP_JSON_OTHERS } from './nfdump-samples.ts';
import type { Sample } from './sample.ts';
import { AKVORADO, ARGUS, EVE, GOFLOW2 } from './samples.ts';

const FLOWS = join(import.meta.dirname, 'fixtures', 'flows');

/** The client of the fixtures' traffic is inside, the server outside. */
function yamlOf(settings: string): string {
  return `
facility: { name: Test Centre }
networks: { inside: [192.0.2.1, "2001:db8::1"] }
paths: [{ name: border, capacityGbps: 100, sensors: [one] }]
sensors: [{ name: one, files: "**"${settings === '' ? '' : `, ${settings}`} }]
`;
}

async function importFixture(name: string, settings: string) {
  const ledger = testLedger(yamlOf(settings));
  const { answer, failed } = await ledger.importFiles({ [name]: readFileSync(join(FLOWS, name)) });
  return { ledger, answer, failed };
}

async function importSample({ text, settings }: Sample, more = '') {
  const ledger = testLedger(yamlOf([settings, more].filter((part) => part !== '').join(', ')));
  const { answer } = await ledger.importFiles({ 'flows.log': text });
  return { answer, flows: await ledger.facts('flow'), handshakes: await ledger.facts('handshake'), ledger };
}

const exchange = z.object({
  address: z.string(),
  proto: z.enum(['tcp', 'udp']),
  sent: z.number(),
  received: z.number(),
});
type Exchange = z.infer<typeof exchange>;

/** What the traffic of the fixtures carried, as those who sent it counted. */
const SENT: readonly Exchange[] = readFileSync(join(FLOWS, 'sent.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .flatMap((line) => z.array(exchange).parse(JSON.parse(line)));

/** Sent payload of a protocol between the two hosts, over IPv4 or IPv6. */
function sentBytes(proto: string, isV6: boolean): { out: bigint; in: bigint } {
  const made = SENT.filter((each) => each.proto === proto && each.address.includes(':') === isV6);
  return {
    out: BigInt(made.reduce((sum, { sent }) => sum + sent, 0)),
    in: BigInt(made.reduce((sum, { received }) => sum + received, 0)),
  };
}

function total(cells: readonly PlainCell[], proto: string, isV6: boolean) {
  const its = cells.filter(
    ({ kind, service, host }) =>
      kind === 'egress' && service.startsWith(`${proto}/500`) && host.includes(':') === isV6,
  );
  const sum = (of: 'out' | 'low' | 'high' | 'in') => its.reduce((bytes, cell) => bytes + cell[of], 0n);
  return { low: sum('low'), out: sum('out'), high: sum('high'), in: sum('in') };
}

test.each([
  ['nfdump-1.7.1.csv', 'timezone: Asia/Shanghai'],
  ['nfdump-1.7.1.json', 'timezone: Asia/Shanghai'],
  ['nfcapd.capture', ''],
])('%s of real traffic: what was sent lies within the interval, UDP to the byte', async (name, settings) => {
  const { ledger, answer } = await importFixture(name, settings);
  expect(answer.commits).toMatchObject([{ status: 'new', rejected: 0 }]);
  const cells = await ledger.cells();
  for (const isV6 of [false, true]) {
    const tcp = total(cells, 'tcp', isV6);
    const truth = sentBytes('tcp', isV6);
    expect(tcp.low <= truth.out && truth.out <= tcp.high, `${truth.out} in ${tcp.low}..${tcp.high}`).toBe(
      true,
    );
    // Options of TCP are within the bytes: a few per cent above what was received.
    expect(Number(tcp.in) / Number(truth.in)).toBeGreaterThanOrEqual(1);
    expect(Number(tcp.in) / Number(truth.in)).toBeLessThan(1.05);
    const udp = total(cells, 'udp', isV6);
    if (!isV6) expect(udp).toMatchObject(sentBytes('udp', isV6));
  }
  const hours = new Set(cells.map(({ hour }) => hour));
  expect([...hours]).toEqual(['2026-11-20T09:00:00Z']);
});

test('an nfcapd capture and what nfdump writes of it are the same flows', async () => {
  const flowsOf = async (name: string, settings: string) => {
    const { ledger } = await importFixture(name, settings);
    const flows = await ledger.facts('flow');
    return flows
      .map(({ stagedLine: _, ...flow }) => flow)
      .sort((a, b) => (JSON.stringify(a, digits) < JSON.stringify(b, digits) ? -1 : 1));
  };
  expect(await flowsOf('nfcapd.capture', '')).toEqual(
    await flowsOf('nfdump-1.7.1.json', 'timezone: Asia/Shanghai'),
  );
});

function digits(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

test('a capture fails as a whole when nfdump is missing, when it complains, and when it is compressed', async () => {
  const capture = readFileSync(join(FLOWS, 'nfcapd.capture'));
  const path = process.env.PATH;
  const reasonOf = async (bytes: Buffer) => {
    const ledger = testLedger(yamlOf(''));
    const { answer, failed } = await ledger.importFiles({ capture: bytes });
    expect({ failed, facts: (await ledger.facts('flow')).length }).toEqual({ failed: 1, facts: 0 });
    return answer.commits[0]?.reason;
  };
  expect(await reasonOf(capture.subarray(0, 1000))).toMatch(/^nfdump could not read it: /);
  try {
    process.env.PATH = '/nonexistent';
    expect(await reasonOf(capture)).toMatch(/apt install nfdump/);
  } finally {
    process.env.PATH = path;
  }
});

test('Argus counts payload: exact, in both directions, whatever the headers', async () => {
  const { ledger, answer } = await importFixture('argus-epoch.csv', '');
  expect(answer.commits).toMatchObject([{ source: 'argus.flow', rejected: 0 }]);
  expect(answer.leftAlone.map(({ what }) => what)).toEqual(['argus.arp', 'argus.man']);
  const cells = await ledger.cells();
  for (const isV6 of [false, true]) {
    const { out, in: back } = sentBytes('tcp', isV6);
    const tcp = total(cells, 'tcp', isV6);
    expect(tcp).toMatchObject({ low: tcp.out, high: tcp.out, in: back });
    // What the network sent twice is counted twice.
    expect(tcp.out - out).toBeLessThan(100n);
    expect(tcp.out).toBeGreaterThanOrEqual(out);
    expect(total(cells, 'udp', isV6)).toMatchObject(sentBytes('udp', isV6));
  }
});

test('Argus as ra writes it by default is refused with the command that writes what is needed', async () => {
  const { answer, failed } = await importFixture('argus-default.csv', '');
  expect(failed).toBe(1);
  expect(answer.commits[0]?.reason).toMatch(/without Dur, SrcPkts.*write it with ra -n -u -c,/);
  const named = ARGUS.text.replace('192.0.2.1,40001', '192.0.2.1,ssh');
  const { answer: other } = await importSample({ ...ARGUS, text: named });
  expect(other.commits[0]?.reason).toMatch(/names in the place of ports/);
});

test('EVE: events of one connection are one, of either kind; those not read are named', async () => {
  const alert = '{"timestamp":"2026-03-01T10:00:00.000000+0100","event_type":"alert","flow_id":1}\n';
  const halves = [
    ['192.0.2.1', 40001, '198.51.100.7', 443, 1000, 1300000],
    ['198.51.100.7', 443, '192.0.2.1', 40001, 800, 60000],
  ].map(([src_ip, src_port, dest_ip, dest_port, pkts, bytes]) => ({
    timestamp: '2026-03-01T10:05:00.000001+0100',
    flow_id: 1234567890123456,
    event_type: 'netflow',
    src_ip,
    src_port,
    dest_ip,
    dest_port,
    proto: 'TCP',
    netflow: {
      pkts,
      bytes,
      start: '2026-03-01T10:00:00.000000+0100',
      end: '2026-03-01T10:04:00.500000+0100',
    },
  }));
  const [flow = ''] = EVE.text.split('\n');
  const lines = halves.map((half) => `${JSON.stringify(half)}\n`).join('');
  const cellOf = async (text: string) => {
    const { answer, ledger, handshakes, flows } = await importSample({ ...EVE, text });
    const cells = (await ledger.cells()).filter(({ kind }) => kind === 'egress');
    return { answer, handshakes, flows, cells: cells.map(({ out, in: back, ip }) => ({ out, back, ip })) };
  };
  const once = { out: 1_260_000n, back: 28_000n, ip: 1_300_000n };
  expect((await cellOf(`${flow}\n`)).cells).toEqual([once]);
  expect((await cellOf(`${flow}\n${lines}`)).cells.reduce((sum, { ip }) => sum + ip, 0n)).toBe(once.ip);
  expect((await cellOf(lines)).cells.reduce((sum, { ip }) => sum + ip, 0n)).toBe(once.ip);
  const all = await cellOf(`${EVE.text}${alert}`);
  expect(all.answer.leftAlone).toMatchObject([{ what: 'suricata.alert', lines: 1 }]);
  const byUid = [...all.handshakes].sort((a, b) => (String(a.uid) < String(b.uid) ? -1 : 1));
  expect(byUid).toMatchObject([
    {
      uid: '1234567890123456',
      protocol: 'ssl',
      serverName: 'store.example.org',
      clientFingerprint: 't13d1516h2_8daaf6152771_02713d6af862',
    },
    { uid: '77', protocol: 'ssh', serverName: 'OpenSSH_8.4', clientFingerprint: 'abc' },
  ]);
  expect(all.flows.find(({ service }) => service === 'ssl')).toMatchObject({
    startedAt: BigInt(Date.UTC(2026, 2, 1, 9) * 1000),
    durationMicros: 240_500_000n,
    uid: '1234567890123456',
    proto: 'tcp',
    origPort: 40001,
    respPort: 443,
    origBytes: null,
    origIpBytes: 1_300_000n,
    respIpBytes: 60_000n,
    state: 'closed',
  });
});

test('records of one direction are turned to the end that was connected to, whichever sent them', async () => {
  for (const sample of [NFDUMP_CSV, NFDUMP_JSON, NFDUMP_CSV_NEW]) {
    const { flows } = await importSample(sample);
    const ends = flows
      .filter(({ proto }) => proto === 'tcp')
      .map(({ origPort, respPort, origIpBytes, respIpBytes, origPackets, respPackets, state }) => [
        [origPort, respPort, state],
        [origIpBytes, origPackets, respIpBytes, respPackets],
      ]);
    expect(ends, sample.name).toEqual([
      [
        [40001, 5001, 'one-way'],
        [234120n, 656n, null, null],
      ],
      [
        [40001, 5001, 'one-way'],
        [null, null, 1037396n, 719n],
      ],
    ]);
  }
  const { flows } = await importSample(NFDUMP_CSV_NEW);
  expect(flows.find(({ proto }) => proto === 'icmp')).toMatchObject({
    origPort: 8,
    respPort: 0,
    origIpBytes: 252n,
  });
  const { flows: both } = await importSample(GOFLOW2);
  expect(both).toMatchObject([
    {
      startedAt: 1772355600123456n,
      durationMicros: 9876543n,
      proto: 'tcp',
      origIpBytes: 150000n,
      origPackets: 100n,
    },
    {
      startedAt: 1772355700000000n,
      durationMicros: 0n,
      proto: 'udp',
      origPort: 40000,
      respPort: 53,
      respIpBytes: 1514n,
    },
  ]);
  const { flows: rows } = await importSample(AKVORADO);
  expect(rows).toMatchObject([
    {
      startedAt: BigInt(Date.UTC(2026, 2, 1, 10, 0, 7) * 1000),
      origIpBytes: 150000n,
      respPort: 443,
      proto: 'tcp',
    },
    { proto: 'icmp', origPort: 128, respPort: 0 },
  ]);
});

test('milliseconds that nfdump 1.6 wrote without leading zeros are milliseconds', async () => {
  const { flows } = await importSample(NFDUMP_JSON_OTHERS);
  const at = BigInt(Date.UTC(2021, 2, 22, 18, 35, 56, 12) * 1000);
  expect(flows).toMatchObject([
    { startedAt: at, durationMicros: 994_999n },
    { startedAt: at + 60_000_000n, durationMicros: 994_999n },
  ]);
});
