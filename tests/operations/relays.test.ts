import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadDays } from '../../src/accounting/day-series.ts';
import { openSeries } from '../../src/accounting/series-tables.ts';
import { reportText } from '../../src/commands/report.ts';
import { check } from '../../src/operations/check.ts';
import { heaviestFlows } from '../../src/operations/explain-flows.ts';
import { withReading } from '../../src/operations/reading.ts';
import { report } from '../../src/operations/report.ts';
import { formatHost, formatNetwork } from '../../src/records/address.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

/** A router in whose network namespace conntrack and Squid wrote these, for transfers of known size (scripts/fixtures/network.sh). */
const YAML = `
facility: { name: Test Centre }
networks:
  inside: [10.0.0.0/24]
  relays: [{ cidr: 192.0.2.1, logs: [nat-1, squid-1] }]
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
sensors: [{ name: zeek, files: "zeek/**" }]
`;
const FIXTURES = join(import.meta.dirname, '..', 'formats', 'fixtures', 'network');
const fixture = (name: string) => readFileSync(join(FIXTURES, name), 'utf8');

/** Microseconds: the moments that the two logs tell. */
const at = (seconds: number) => Math.round(seconds * 1e6);
const border = (uid: string, since: number, lasts: number, port: number, sent: number, got: number) =>
  conn({ uid, at: at(since), from: `192.0.2.1 ${port}`, to: '192.0.2.2 8080', lasts, sent, got });

/** What a sensor outside would have logged of the same traffic: payload as curl counted it. */
const BORDER = zeekTsv([
  border('Cnat', 1_795_170_576.27, 1.2, 51_010, 88, 1_000_205),
  // Squid asked for both files over one connection, and opened another for the tunnel.
  border('Cget', 1_795_170_586.61, 5.05, 40_100, 300, 1_250_500),
  border('Ctunnel', 1_795_170_591.704, 0.04, 40_101, 700, 1_000_205),
  border('Cnobody', 1_795_170_595, 1, 40_102, 60_000, 40_000),
]);

async function imported(yaml = YAML): Promise<TestLedger> {
  const ledger = testLedger(yaml);
  await ledger.importFiles({
    'zeek/conn.log': BORDER,
    'nat-1/conntrack.log': fixture('conntrack.log'),
    'squid-1/access.log': fixture('squid.log'),
  });
  return ledger;
}

const question = (ledger: TestLedger) => ({
  facility: ledger.facility,
  ledgerDir: ledger.dir,
  progress: () => undefined,
});

test('by logs that a real NAT and a real proxy wrote, the client behind them is the host, and the report says how', async () => {
  const ledger = await imported();
  const answer = await report({ ...question(ledger), by: 'host' });
  expect(
    answer.rows.map(({ key, bytesOut, bytesIn, flows, via }) => [
      key,
      bytesOut.estimate,
      bytesIn,
      flows,
      via,
    ]),
  ).toEqual([
    ['192.0.2.1', '60000', '40000', 1, undefined],
    [
      '10.0.0.5',
      '1088',
      String(1_000_205 + 1_250_500 + 1_000_205),
      3,
      ['NAT log of nat-1', 'log of squid-1'],
    ],
  ]);
  expect(reportText(answer, 'Test Centre', 0)).toMatch(/10\.0\.0\.5 .*NAT log of nat-1; log of squid-1/);
  // The NAT's own line counts nothing once more.
  expect(answer.total.bytesOut).toEqual({ low: '61088', estimate: '61088', high: '61088' });
  expect(answer.corrections).toContainEqual(
    expect.objectContaining({ correction: expect.stringContaining('relayLogs'), records: 2 }),
  );
});

test('check tells how much of what passed relays is known, and of which relay nobody is', async () => {
  const { answer } = await check(question(await imported()));
  const relays = answer.findings.filter(({ subject }) => subject.startsWith('relay'));
  expect(relays).toMatchObject([
    {
      severity: 'note',
      subject: 'relays',
      finding: expect.stringMatching(
        / 97 % is of known hosts .*NAT log of nat-1 1\.00 MB.*of 2\.\d+ % no log/,
      ),
    },
    {
      subject: 'relay 192.0.2.1',
      finding: expect.stringContaining('100 kB passed it'),
      todo: expect.stringContaining('nat-1, squid-1'),
    },
  ]);
  expect(answer.findings.filter(({ finding }) => finding.includes('watches no path'))).toEqual([]);
  const without = await check(
    question(await imported(YAML.replace(', logs: [nat-1, squid-1]', '').replace('  relays', '  # relays'))),
  );
  expect(without.answer.findings.filter(({ subject }) => subject.startsWith('relay'))).toEqual([]);
});

async function heaviest(ledger: TestLedger, host: string, destination: string) {
  const pair = {
    host,
    destination,
    as: null,
    path: 'border',
    service: 'tcp/8080',
    initiator: 'inside',
    bytesOut: '1',
    activeDays: 1,
    firstSeen: '2026-11-20',
  };
  return withReading(question(ledger), async (reading) => {
    const [day = 0] = reading.snapshot.builtDays();
    await openSeries(reading.db);
    await loadDays(
      reading.db,
      reading.builtFiles('cell', day, day),
      { fromDay: day, toDay: day },
      {
        host: (key) => formatHost(key),
        network: (key) => ({ text: formatNetwork(key), as: null }),
      },
    );
    return heaviestFlows(reading, [pair], day, day, 10);
  });
}

test('the way back from a hidden host leads to the line of the border, with who stood behind a NAT and a proxy', async () => {
  const flows = await heaviest(await imported(), '10.0.0.5', '192.0.2.0/24');
  const of = (uid: string) => flows.find((flow) => flow.uid === uid);
  expect(of('Cnat')).toMatchObject({
    from: '192.0.2.1:51010',
    behind: '10.0.0.5:51010',
    line: expect.any(Number),
  });
  const client = { behind: '10.0.0.5', clients: [{ host: '10.0.0.5', principal: null }], clientCount: 1 };
  expect(of('Cget')).toMatchObject({ from: '192.0.2.1:40100', ...client, line: expect.any(Number) });
  expect(of('Ctunnel')).toMatchObject({ from: '192.0.2.1:40101', ...client });
  // What no log tells of is nobody's.
  expect(of('Cnobody')).toBeUndefined();
});

test('clients that share a connection of a proxy are named by what they were sent, those of others left out; a gateway tells identities', async () => {
  const ledger = testLedger(`
facility: { name: Test Centre }
networks:
  inside: [10.0.0.0/24]
  relays: [{ cidr: 10.0.0.8, logs: [squid] }, { cidr: 10.0.0.9, logs: [rgw] }]
hosts: [{ name: login1, addresses: [10.0.0.5] }]
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
sensors: [{ name: zeek, files: "zeek/**" }, { name: ldap, files: "ldap/**" }]
`);
  const since = 1_795_170_600;
  const squid = (end: number, client: string, bytes: number, user: string, server: string) =>
    `${end}.000   1000 ${client} TCP_MISS/200 ${bytes} GET http://${server}/a ${user} HIER_DIRECT/${server} text/plain\n`;
  const over = (uid: string, from: string, to: string, sent: number, got: number) =>
    conn({ uid, at: at(since), from, to, lasts: 10, sent, got });
  const served = {
    bucket: 'b',
    object: 'o',
    time: new Date((since + 2) * 1000).toISOString(),
    remote_addr: '198.51.100.9',
    user: '1001',
    operation: 'get_obj',
    http_status: '200',
    bytes_sent: 5_000_000,
    bytes_received: 0,
    total_time: 100,
  };
  await ledger.importFiles({
    'zeek/conn.log': zeekTsv([
      over('Cshared', '10.0.0.8 4000', '198.51.100.7 80', 1_000, 900_000),
      over('Cother', '10.0.0.8 4001', '198.51.100.8 80', 1_000, 300_000),
      over('Cgate', '198.51.100.9 4002', '10.0.0.9 443', 900, 5_100_000),
    ]),
    'squid/access.log':
      squid(since + 4, '10.0.0.5', 200_000, '-', '198.51.100.7') +
      squid(since + 6, '10.0.0.6', 600_000, 'carol', '198.51.100.7') +
      squid(since + 8, '10.0.0.6', 290_000, '-', '198.51.100.8'),
    'rgw/ops.log': `${JSON.stringify(served)}\n`,
    'ldap/a.csv': 'principal,uid,from\nalice,1001,2026-01-01\n',
  });
  const shared = await heaviest(ledger, '10.0.0.5', '198.51.100.0/24');
  expect(shared).toMatchObject([
    {
      uid: 'Cshared',
      behind: 'login1',
      clients: [
        { host: '10.0.0.6', principal: 'carol' },
        { host: 'login1', principal: null },
      ],
      clientCount: 2,
    },
  ]);
  const [gate] = await heaviest(ledger, '10.0.0.9', '198.51.100.0/24');
  expect(gate).toMatchObject({ uid: 'Cgate', clients: [{ host: null, principal: 'alice' }], clientCount: 1 });
  expect(gate).not.toHaveProperty('behind');
});
