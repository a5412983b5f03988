import { expect, test } from 'vitest';
import { commitFacts, type FactWords } from '../support/identity-facts.ts';
import { type PlainCell, testLedger } from '../support/ledgers.ts';
import { type ConnWords, conn, zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8], remoteAccess: [10.200.0.0/16], relays: [10.9.9.9] }
paths:
  - { name: border, capacityGbps: 100, sensors: [zeek] }
  - { name: vpn, capacityGbps: 10, gateways: [10.0.0.250], sensors: [zeek] }
hosts:
  - { name: login1, addresses: [10.0.0.1, 10.0.1.1] }
  - { name: login2, addresses: [10.0.0.2] }
  - { name: cn001, addresses: [10.0.0.11] }
  - { name: dtn.example.org, addresses: [10.0.0.40] }
  - { name: proxy, addresses: [10.9.9.9] }
`;

/** Returns a ledger of some connections and of what other logs say of who was where. */
async function attributed(conns: readonly ConnWords[], facts: Parameters<typeof commitFacts>[1]) {
  const ledger = testLedger(YAML);
  await commitFacts(ledger, facts);
  await ledger.importFiles({
    'conn.log': zeekTsv(conns.map((each, index) => conn({ uid: `C${index}`, lasts: 1, ...each }))),
  });
  return ledger;
}

/** Returns who the cells name, on what basis and beside how many others, with the bytes out. */
function named(cells: readonly PlainCell[]): string[] {
  return cells
    .filter(({ out }) => out > 0n)
    .map(({ principal, basis, present, out }) => `${principal} by ${basis} (${present}): ${out}`)
    .sort();
}

const day = (time: string) => `2026-03-02T${time}Z`;
const login = (words: FactWords): FactWords => ({ server: 'login1', outer: '203.0.113.7', ...words });

test('nobody is known where no record says anything', async () => {
  const ledger = testLedger(YAML);
  await ledger.importFiles({
    'conn.log': zeekTsv([conn({ at: day('10:00:00'), uid: 'C', lasts: 1, sent: 5, got: 0 })]),
  });
  expect(named(await ledger.cells())).toEqual(['unknown by unknown (0): 5']);
  expect(await ledger.built('sharer')).toEqual([]);
});

test('a login node has whoever is logged in when a connection begins: one, several, nobody', async () => {
  const ledger = await attributed(
    [
      { at: day('08:00:00'), sent: 1, got: 0, to: '198.51.100.1 443' },
      { at: day('09:30:00'), sent: 20, got: 0, to: '198.51.101.1 443' },
      { at: day('10:30:00'), sent: 300, got: 0, to: '198.51.102.1 443', from: '10.0.1.1 4000' },
      { at: day('11:30:00'), sent: 4000, got: 0, to: '198.51.103.1 443' },
      { at: day('12:00:00'), sent: 50000, got: 0, to: '198.51.104.1 443' },
    ],
    {
      session: [
        login({ uid: '1', principal: 'alice', startedAt: day('09:00:00') }),
        login({ uid: '1', event: 'end', startedAt: day('12:00:00') }),
        login({ uid: '2', principal: 'bob', startedAt: day('10:00:00'), server: 'LOGIN1.example.org' }),
        login({
          uid: '2',
          principal: 'bob',
          event: 'end',
          startedAt: day('11:00:00'),
          server: 'LOGIN1.example.org',
        }),
        // Twice at the same time is still one of them.
        login({
          uid: '3',
          principal: 'alice',
          startedAt: day('10:10:00'),
          endedAt: day('10:50:00'),
          event: 'end',
        }),
      ],
    },
  );
  expect(named(await ledger.cells())).toEqual([
    'alice by presence (1): 20',
    'alice by presence (1): 4000',
    'unknown by presence (2): 300',
    'unknown by unknown (0): 1',
    'unknown by unknown (0): 50000',
  ]);
  const sharers = await ledger.built('sharer');
  expect(
    sharers.map(({ principal, fromWeight, toWeight, total }) => [principal, fromWeight, toWeight, total]),
  ).toEqual([
    ['alice', 0n, 1n, 2n],
    ['bob', 1n, 2n, 2n],
  ]);
});

test("a session's own connection is its principal's, whoever else is on the host and however long it lasts", async () => {
  const ledger = await attributed(
    [
      {
        at: day('10:00:00'),
        lasts: 200_000,
        from: '203.0.113.7 50000',
        to: '10.0.0.1 22',
        sent: 0,
        got: 900,
      },
      { at: day('10:00:00'), lasts: 5, from: '203.0.113.7 50001', to: '10.0.0.1 22', sent: 0, got: 7 },
    ],
    {
      session: [
        login({ uid: '1', principal: 'alice', outerPort: 50000, startedAt: day('10:00:02') }),
        login({ uid: '2', principal: 'bob', outerPort: 50002, startedAt: day('09:00:02') }),
        // The same address and port at another server is another connection.
        login({
          uid: '3',
          principal: 'carol',
          outerPort: 50001,
          startedAt: day('10:00:01'),
          server: 'login2',
        }),
      ],
    },
  );
  const cells = await ledger.cells();
  const long = cells.filter(({ out, principal }) => out > 0n && principal === 'alice');
  expect(new Set(long.map(({ basis, present }) => `${basis} ${present}`))).toEqual(new Set(['connection 1']));
  expect(long.reduce((sum, { out }) => sum + out, 0n)).toBe(900n);
  expect(new Set(long.map(({ hour }) => hour.slice(0, 10)))).toEqual(
    new Set(['2026-03-02', '2026-03-03', '2026-03-04']),
  );
  // Opened from outside, and by no session that is known: bob, who is there, has not opened it.
  expect(cells.filter(({ out }) => out === 7n).map(({ principal }) => principal)).toEqual(['unknown']);
});

test('an address of a pool is whose it is at the moment: leases switch, one without an end ends at the next', async () => {
  const pull = (at: string, got: number, net: number): ConnWords => ({
    at: day(at),
    from: `10.200.0.5 ${4000 + net}`,
    to: '10.0.0.2 22',
    sent: 0,
    got,
    service: `s${net}`,
  });
  const ledger = await attributed(
    [
      pull('08:00:00', 1, 1),
      pull('09:30:00', 2, 2),
      pull('10:30:00', 3, 3),
      pull('13:00:00', 4, 4),
      pull('15:00:00', 5, 5),
    ],
    {
      session: [
        { kind: 'vpn', uid: 'v1', principal: 'alice', assigned: '10.200.0.5', startedAt: day('09:00:00') },
        { kind: 'vpn', uid: 'v2', principal: 'bob', assigned: '10.200.0.5', startedAt: day('10:00:00') },
        { kind: 'vpn', uid: 'v2', event: 'end', startedAt: day('12:00:00') },
      ],
      lease: [{ address: '10.200.0.5', principal: 'carol', startedAt: day('14:00:00') }],
    },
  );
  expect(named(await ledger.cells())).toEqual([
    'alice by lease (1): 2',
    'bob by lease (1): 3',
    'carol by lease (1): 5',
    'unknown by unknown (0): 1',
    'unknown by unknown (0): 4',
  ]);
});

test('a job is on all its nodes while it runs; a rerun and a dump of it while it ran are the same job', async () => {
  const from = (host: string, at: string, sent: number): ConnWords => ({
    at: day(at),
    from: `${host} 4000`,
    sent,
    got: 0,
    service: `s${sent}`,
  });
  const ledger = await attributed(
    [
      from('10.0.0.11', '10:30:00', 1),
      from('10.0.0.11', '12:30:00', 2),
      from('10.0.0.2', '10:30:00', 3),
      from('10.0.0.11', '20:00:00', 4),
    ],
    {
      job: [
        {
          jobId: '7',
          principal: 'alice',
          hosts: 'cn001,login2,cn999',
          startedAt: day('10:00:00'),
          state: 'RUNNING',
        },
        {
          jobId: '7',
          principal: 'alice',
          hosts: 'cn001,login2,cn999',
          startedAt: day('10:00:00'),
          endedAt: day('11:00:00'),
          state: 'COMPLETED',
        },
        { jobId: '8', principal: 'bob', hosts: 'cn001', startedAt: day('19:00:00'), state: 'RUNNING' },
      ],
    },
  );
  expect(named(await ledger.cells())).toEqual([
    'alice by presence (1): 1',
    'alice by presence (1): 3',
    'bob by presence (1): 4',
    'unknown by unknown (0): 2',
  ]);
});

test('what a transfer log names went over its connections; several at once share by their bytes', async () => {
  const over = (port: number, at: string, lasts: number, sent: number): ConnWords => ({
    at: day(at),
    lasts,
    from: `10.0.0.40 ${port}`,
    to: '198.51.100.9 443',
    sent,
    got: 0,
    service: `s${port}`,
  });
  const moved = (words: FactWords): FactWords => ({ server: '10.0.0.40', peer: '198.51.100.9', ...words });
  const ledger = await attributed(
    [over(1, '10:00:00', 60, 1000), over(2, '12:00:00', 600, 40_003), over(3, '16:00:00', 5, 7)],
    {
      transfer: [
        moved({ principal: 'alice', bytes: 990, startedAt: day('10:00:05'), endedAt: day('10:00:50') }),
        moved({ principal: 'alice', bytes: 10_000, startedAt: day('12:01:00'), endedAt: day('12:02:00') }),
        moved({
          principal: 'bob',
          bytes: 30_000,
          startedAt: day('12:03:00'),
          endedAt: day('12:09:00'),
          server: undefined,
          serverName: 'dtn',
        }),
        moved({
          principal: 'carol',
          bytes: 9,
          startedAt: day('12:03:00'),
          endedAt: day('12:09:00'),
          peer: '198.51.100.10',
        }),
      ],
      session: [{ principal: 'operator', server: 'dtn', uid: '1', startedAt: day('09:00:00') }],
    },
  );
  expect(named(await ledger.cells())).toEqual([
    'alice by transfer (1): 1000',
    'operator by presence (1): 7',
    'unknown by transfer (2): 40003',
  ]);
  expect(
    (await ledger.built('sharer')).map(({ principal, fromWeight, toWeight, total }) => [
      principal,
      fromWeight,
      toWeight,
      total,
    ]),
  ).toEqual([
    ['alice', 0n, 10_000n, 40_000n],
    ['bob', 10_000n, 40_000n, 40_000n],
  ]);
});

test('a login at a data server is the connections that begin with it, and no presence there', async () => {
  const from = (port: number, at: string, got: number): ConnWords => ({
    at: day(at),
    lasts: 600,
    from: `203.0.113.7 ${port}`,
    to: '10.0.0.40 1094',
    sent: 0,
    got,
    service: `s${port}`,
  });
  const data = (words: FactWords): FactWords => ({
    kind: 'data',
    server: 'dtn',
    outer: '203.0.113.7',
    ...words,
  });
  const ledger = await attributed(
    [
      from(1, '10:00:00', 100),
      from(2, '12:00:00', 2000),
      from(3, '14:00:00', 30_000),
      // Long after the login, of which a transfer log tells, and opened on the server while somebody was connected.
      from(4, '10:05:00', 400_000),
      from(5, '16:00:00', 5_000_000),
      { at: day('10:01:00'), from: '10.0.0.40 9', to: '198.51.100.9 443', sent: 60_000_000, got: 0 },
    ],
    {
      session: [
        data({ uid: 'a', principal: 'alice', startedAt: day('10:00:02') }),
        data({ uid: 'a', event: 'end', startedAt: day('10:00:02'), endedAt: day('10:10:00') }),
        data({ uid: 'b', principal: 'alice', startedAt: day('12:00:02') }),
        data({ uid: 'c', principal: 'alice', startedAt: day('12:00:03') }),
        data({ uid: 'd', principal: 'bob', startedAt: day('12:00:30') }),
        data({ uid: 'e', principal: 'carol', startedAt: day('14:00:02'), outer: '203.0.113.8' }),
        data({ uid: 'f', principal: 'dave', startedAt: day('16:00:01') }),
      ],
      transfer: [
        {
          principal: 'erin',
          server: '10.0.0.40',
          peer: '203.0.113.7',
          bytes: 9,
          startedAt: day('16:00:05'),
          endedAt: day('16:05:00'),
        },
      ],
    },
  );
  expect(named(await ledger.cells())).toEqual([
    'alice by transfer (1): 100',
    'erin by transfer (1): 5000000',
    'unknown by transfer (2): 2000',
    'unknown by unknown (0): 30000',
    'unknown by unknown (0): 400000',
    'unknown by unknown (0): 60000000',
  ]);
  // Two logins of one and one of another: each half.
  expect(
    (await ledger.built('sharer')).map(({ principal, fromWeight, toWeight, total }) => [
      principal,
      fromWeight,
      toWeight,
      total,
    ]),
  ).toEqual([
    ['alice', 0n, 1n, 2n],
    ['bob', 1n, 2n, 2n],
  ]);
});

test('a relay stands for others: whoever is logged in on it has opened nothing', async () => {
  const ledger = await attributed([{ at: day('10:00:00'), from: '10.9.9.9 4000', sent: 9, got: 0 }], {
    session: [{ principal: 'admin', server: 'proxy', uid: '1', startedAt: day('09:00:00') }],
    lease: [{ principal: 'admin', address: '10.9.9.9', startedAt: day('09:00:00') }],
  });
  expect(named(await ledger.cells())).toEqual(['unknown by unknown (0): 9']);
});

test('who comes through another host is known there: the same principal, or those who were present', async () => {
  const ledger = await attributed(
    [
      { at: day('10:30:00'), from: '10.0.0.2 4000', sent: 1, got: 0, service: 'a' },
      { at: day('12:30:00'), from: '10.0.0.2 4000', sent: 2, got: 0, service: 'b' },
      { at: day('12:30:00'), from: '10.0.0.11 4000', sent: 3, got: 0, service: 'c' },
    ],
    {
      session: [
        login({ uid: '1', principal: 'alice', startedAt: day('09:00:00') }),
        login({ uid: '1', event: 'end', startedAt: day('13:00:00') }),
        login({ uid: '2', principal: 'bob', startedAt: day('10:00:00') }),
        login({ uid: '2', event: 'end', startedAt: day('11:00:00') }),
        { uid: '3', principal: 'bob', server: 'login2', outer: '10.0.1.1', startedAt: day('10:15:00') },
        { uid: '3', event: 'end', server: 'login2', startedAt: day('11:00:00') },
        { uid: '4', principal: 'root', server: 'login2', outer: '10.0.0.1', startedAt: day('12:00:00') },
        { uid: '5', principal: 'root', server: 'cn001', outer: '10.0.0.2', startedAt: day('12:10:00') },
      ],
    },
  );
  expect(named(await ledger.cells())).toEqual([
    'bob by presence (1): 1',
    'unknown by presence (2): 2',
    'unknown by presence (2): 3',
  ]);
  expect(new Set((await ledger.built('sharer')).map(({ principal }) => principal))).toEqual(
    new Set(['alice', 'root']),
  );
});

test('names are placed by DHCP leases where weir.yaml has none, at their time', async () => {
  const ledger = await attributed(
    [
      { at: day('10:00:00'), from: '10.0.5.5 4000', sent: 1, got: 0, service: 'a' },
      { at: day('10:00:00'), from: '10.0.5.6 4000', sent: 2, got: 0, service: 'b' },
    ],
    {
      lease: [
        {
          address: '10.0.5.5',
          hostName: 'vis7',
          mac: '02:00:00:00:00:01',
          startedAt: day('08:00:00'),
          endedAt: day('20:00:00'),
        },
      ],
      session: [{ principal: 'alice', server: 'vis7.example.org', uid: '1', startedAt: day('09:00:00') }],
    },
  );
  expect(named(await ledger.cells())).toEqual(['alice by presence (1): 1', 'unknown by unknown (0): 2']);
});

test('a session ends with the line that says so, whichever process wrote it, and lasts while it is listed', async () => {
  const pull = (at: string, got: number): ConnWords => ({
    at: day(at),
    from: '10.200.0.7 4000',
    to: '10.0.0.2 22',
    sent: 0,
    got,
    service: `s${got}`,
  });
  const listed = (at: string, begun: string) => ({
    kind: 'vpn',
    event: 'snapshot',
    principal: 'bob',
    assigned: '10.200.0.7',
    startedAt: day(begun),
    observedAt: day(at),
  });
  const ledger = await attributed(
    [
      { at: day('09:30:00'), sent: 1, got: 0, service: 'a' },
      { at: day('11:30:00'), sent: 2, got: 0, service: 'b' },
      pull('12:30:00', 3),
      pull('13:55:00', 4),
      pull('14:30:00', 5),
    ],
    {
      session: [
        login({ uid: 'login1[7]', principal: 'alice', outerPort: 50000, startedAt: day('09:00:00') }),
        login({ uid: 'login1[9]', event: 'end', outerPort: 50000, startedAt: day('11:00:00') }),
        listed('13:00:00', '12:00:00'),
        listed('13:50:00', '12:00:00'),
      ],
    },
  );
  expect(named(await ledger.cells())).toEqual([
    'alice by presence (1): 1',
    'bob by lease (1): 3',
    'bob by lease (1): 4',
    'unknown by unknown (0): 2',
    'unknown by unknown (0): 5',
  ]);
});

test('what one line of a session says holds for the others: the address from one, the name from another, the end from a third', async () => {
  const pull = (at: string, got: number, from: string): ConnWords => ({
    at: day(at),
    from: `${from} 4000`,
    to: '10.0.0.2 22',
    sent: 0,
    got,
    service: `s${got}`,
  });
  const vpn = { kind: 'vpn', uid: '203.0.113.5:53642', outer: '203.0.113.5', outerPort: 53642 };
  const at = (time: string) => ({ startedAt: day(time), observedAt: day(time) });
  const ledger = await attributed(
    [pull('09:30:00', 1, '10.200.0.2'), pull('09:31:00', 2, '10.200.0.3'), pull('11:30:00', 3, '10.200.0.2')],
    {
      session: [
        { ...vpn, principal: 'alice', ...at('09:00:00') },
        { ...vpn, event: 'snapshot', assigned: '10.200.0.2', ...at('09:00:00') },
        { ...vpn, event: 'snapshot', assigned6: '10.200.0.3', ...at('09:00:00') },
        { ...vpn, event: 'end', endedAt: day('11:00:00'), ...at('11:00:00') },
      ],
    },
  );
  expect(named(await ledger.cells())).toEqual([
    'alice by lease (1): 1',
    'alice by lease (1): 2',
    'unknown by unknown (0): 3',
  ]);
});
