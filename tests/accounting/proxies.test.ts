import { expect, test } from 'vitest';
import { commitFacts } from '../support/identity-facts.ts';
import { type PlainCell, type TestLedger, testLedger } from '../support/ledgers.ts';
import { destroyed, fetched, RELAY_YAML, served } from '../support/relay-logs.ts';
import { type ConnWords, conn, zeekTsv } from '../support/zeek-text.ts';

const at = (time: string) => `2026-03-02T${time}Z`;

/** A connection of the proxy as the border saw it. */
const border = (
  uid: string,
  time: string,
  lasts: number,
  sent: number,
  got: number,
  more: Partial<ConnWords> = {},
) =>
  conn({
    uid,
    at: at(time),
    from: `192.0.2.6 ${40_000 + Number(uid.slice(1))}`,
    to: '198.51.100.7 443',
    lasts,
    sent,
    got,
    ...more,
  });

function shown(cells: readonly PlainCell[]): unknown[] {
  return cells
    .map(({ host, kind, out, in: got, flows, principal }) => [
      host,
      kind,
      Number(out),
      Number(got),
      flows,
      principal,
    ])
    .sort();
}

/** Two stay on login1 and login2; carol has an address of the pool. */
async function ledgerWithPeople(yaml = RELAY_YAML): Promise<TestLedger> {
  const ledger = testLedger(yaml);
  const stay = (principal: string, server: string) => ({
    principal,
    server,
    event: 'end',
    startedAt: at('00:00:00'),
    endedAt: at('23:59:00'),
  });
  await commitFacts(ledger, {
    session: [stay('alice', 'login1'), stay('bob', 'login2')],
    lease: [
      { address: '10.200.3.4', principal: 'carol', startedAt: at('08:00:00'), endedAt: at('20:00:00') },
    ],
  });
  return ledger;
}

test('a tunnel through a proxy is of the client whose time and bytes it has, with what it sent', async () => {
  const ledger = await ledgerWithPeople();
  await ledger.importFiles({
    'zeek/conn.log': zeekTsv([
      // Two at once to one server: one fetches, the other sends.
      border('C1', '10:00:00', 60, 500, 9_000_000),
      border('C2', '10:00:05', 50, 70_000_000, 40_000),
      border('C3', '10:30:00', 60, 3000, 8_000_000),
      border('C4', '11:00:00', 60, 20, 100_000),
    ]),
    'squid-1/access.log': [
      fetched({ at: at('10:00:00'), lasts: 60, client: '10.0.0.1', bytes: 9_000_100, method: 'CONNECT' }),
      fetched({ at: at('10:00:05'), lasts: 50, client: '10.0.0.2', bytes: 40_039, method: 'CONNECT' }),
      fetched({ at: at('10:30:00'), lasts: 60, client: '10.200.3.4', bytes: 8_000_000, method: 'CONNECT' }),
    ].join(''),
  });
  expect(shown(await ledger.cells())).toEqual([
    ['10.0.0.1', 'egress', 500, 9_000_000, 1, 'alice'],
    ['10.0.0.2', 'egress', 70_000_000, 40_000, 1, 'bob'],
    ['10.200.3.4', 'transit', 3000, 8_000_000, 1, 'carol'],
    // In no log of the proxy.
    ['192.0.2.6', 'egress', 20, 100_000, 1, 'unknown'],
  ]);
  expect(new Set((await ledger.built('cell')).map(({ via }) => via))).toEqual(
    new Set(['log of squid-1', null]),
  );
});

test("clients that share a connection of the proxy share its bytes by what each was sent, the rest is nobody's", async () => {
  const ledger = await ledgerWithPeople();
  await ledger.importFiles({
    'zeek/conn.log': zeekTsv([border('C1', '10:00:00', 600, 1001, 10_000_003)]),
    'squid-1/access.log': [
      fetched({ at: at('10:00:01'), lasts: 5, client: '10.0.0.1', bytes: 3_000_000 }),
      fetched({ at: at('10:01:00'), lasts: 5, client: '10.0.0.2', bytes: 1_000_000 }),
      fetched({ at: at('10:02:00'), lasts: 5, client: '10.0.0.1', bytes: 1_000_000, user: 'dave' }),
    ].join(''),
  });
  const cells = await ledger.cells();
  const rows = shown(cells) as [string, string, number, number, number, string][];
  rows.sort((a, b) => (a[5] < b[5] ? -1 : 1));
  expect(rows.map(([host, , , , flows, who]) => [host, flows, who])).toEqual([
    ['10.0.0.1', 0, 'alice'],
    ['10.0.0.2', 0, 'bob'],
    ['10.0.0.1', 0, 'dave'],
    ['192.0.2.6', 1, 'unknown'],
  ]);
  const sum = (column: 2 | 3) => rows.reduce((all, row) => all + row[column], 0);
  expect([sum(2), sum(3)]).toEqual([1001, 10_000_003]);
  const [alice = 0, bob = 0, dave = 0, rest = 0] = rows.map((row) => row[3]);
  // What the log says and a twentieth for headers; three to one to one.
  expect(rest).toBeGreaterThan(4_700_000);
  expect(rest).toBeLessThan(5_000_000);
  expect(Math.abs(alice - 3 * bob)).toBeLessThan(4);
  expect(Math.abs(dave - bob)).toBeLessThan(2);
  for (const { out, low, high } of cells) expect([low <= out, out <= high]).toEqual([true, true]);
});

test('of a connection over midnight whoever asked on either day has its part on both', async () => {
  const ledger = testLedger(RELAY_YAML);
  const hour = (from: string, to: string) => ({ event: 'end', startedAt: from, endedAt: to });
  await commitFacts(ledger, {
    session: [
      { principal: 'alice', server: 'login1', ...hour(at('23:45:00'), at('23:58:00')) },
      { principal: 'bob', server: 'login2', ...hour('2026-03-03T00:01:00Z', '2026-03-03T00:15:00Z') },
    ],
  });
  await ledger.importFiles({
    'zeek/conn.log': zeekTsv([border('C1', '23:50:00', 1200, 8000, 4_000_000)]),
    'squid-1/access.log': [
      fetched({ at: at('23:51:00'), lasts: 5, client: '10.0.0.1', bytes: 2_000_000 }),
      fetched({ at: '2026-03-03T00:05:00Z', lasts: 5, client: '10.0.0.2', bytes: 2_000_000 }),
    ].join(''),
  });
  const cells = await ledger.cells();
  expect(
    cells.map(({ hour: begin, principal, out }) => [begin.slice(0, 10), principal, Number(out)]).sort(),
  ).toEqual([
    ['2026-03-02', 'alice', 2000],
    ['2026-03-02', 'bob', 2000],
    ['2026-03-03', 'alice', 2000],
    ['2026-03-03', 'bob', 2000],
  ]);
});

test('behind a NAT and a proxy stands the client of the proxy; both logs say so', async () => {
  const yaml = RELAY_YAML.replace(
    '{ cidr: 192.0.2.6, logs: [squid-1] }',
    '{ cidr: 10.9.9.9, logs: [squid-1] }',
  );
  const ledger = await ledgerWithPeople(yaml);
  await ledger.importFiles({
    'zeek/conn.log': zeekTsv([border('C1', '10:00:00', 60, 500, 9_000_000, { from: '192.0.2.5 61000' })]),
    'nat-1/conntrack.log': destroyed({
      end: at('10:03:00'),
      lasted: 180,
      from: '10.9.9.9 40001',
      as: '192.0.2.5 61000',
      to: '198.51.100.7 443',
    }),
    'squid-1/access.log': fetched({ at: at('10:00:00'), lasts: 60, client: '10.0.0.1', bytes: 9_000_100 }),
  });
  expect(shown(await ledger.cells())).toEqual([['10.0.0.1', 'egress', 500, 9_000_000, 1, 'alice']]);
  expect((await ledger.built('cell')).map(({ via }) => via)).toEqual(['NAT log of nat-1, log of squid-1']);
});

test('a gateway stays the host; whose its bytes are its log says, and of which part of them', async () => {
  const ledger = testLedger(RELAY_YAML);
  const client = (uid: string, time: string, got: number) =>
    conn({
      uid,
      at: at(time),
      from: `198.51.100.7 ${50_000 + Number(uid.slice(1))}`,
      to: '192.0.2.7 443',
      lasts: 100,
      sent: 900,
      got,
    });
  await ledger.importFiles({
    'zeek/conn.log': zeekTsv([
      client('C1', '10:00:00', 6_000_000),
      client('C2', '11:00:00', 100_000_000),
      client('C3', '12:00:00', 77),
    ]),
    'rgw-1/ops.json': [
      served({ at: at('10:00:02'), lasts: 2, client: '198.51.100.7', user: 'erin', bytes: 4_000_000 }),
      served({ at: at('10:00:20'), lasts: 2, client: '198.51.100.7', user: 'frank', bytes: 2_000_000 }),
      served({ at: at('11:00:01'), lasts: 2, client: '198.51.100.7', user: 'erin', bytes: 10_000_000 }),
    ].join(''),
  });
  const rows = shown(await ledger.cells()) as [string, string, number, number, number, string][];
  const byName = (name: string) =>
    rows
      .filter(([host, , , , , who]) => host === '192.0.2.7' && who === name)
      .reduce((all, row) => all + row[2], 0);
  expect(byName('frank')).toBe(2_000_000);
  expect(byName('erin')).toBeGreaterThan(14_000_000);
  expect(byName('erin')).toBeLessThan(14_600_000);
  expect(rows.reduce((all, row) => all + row[2], 0)).toBe(106_000_077);
});

test('a proxy whose log weir.yaml does not name is known by what it says, if there is only one', async () => {
  const files = {
    'zeek/conn.log': zeekTsv([border('C1', '10:00:00', 60, 500, 9_000_000)]),
    'proxy/access.log': fetched({ at: at('10:00:00'), lasts: 60, client: '10.0.0.1', bytes: 9_000_100 }),
  };
  const hosts = async (relays: string) => {
    const yaml = RELAY_YAML.replace(/relays:\n( {4}.*\n)+/, `relays: [${relays}]\n`).replace(
      'sensors:\n',
      'sensors:\n  - { name: proxy, files: "proxy/**" }\n',
    );
    const ledger = testLedger(yaml);
    await ledger.importFiles(files);
    return (await ledger.cells()).map(({ host }) => host);
  };
  expect(await hosts('192.0.2.6')).toEqual(['10.0.0.1']);
  expect(await hosts('192.0.2.6, { cidr: 192.0.2.5, logs: [nat-1] }')).toEqual(['10.0.0.1']);
  // With two it could be either's.
  expect(await hosts('192.0.2.6, 192.0.2.5')).toEqual(['192.0.2.6']);
});
