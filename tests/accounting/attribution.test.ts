import { expect, test } from 'vitest';
import type { FactWords } from '../support/identity-facts.ts';
import { testLedger } from '../support/ledgers.ts';
import { type ConnWords, conn, zeekTsv } from '../support/zeek-text.ts';
import { attributed, day, named, YAML } from './attributed.ts';

test('nobody is known where no record says anything', async () => {
  const ledger = testLedger(YAML);
  await ledger.importFiles({
    'conn.log': zeekTsv([conn({ at: day('10:00:00'), uid: 'C', lasts: 1, sent: 5, got: 0 })]),
  });
  expect(named(await ledger.cells())).toEqual(['unknown by unknown (0): 5']);
  expect(await ledger.built('sharer')).toEqual([]);
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

test('a job that begins again has left its first nodes, though no line says when it was given up', async () => {
  const job = { jobId: '7', principal: 'alice' };
  const ledger = await attributed(
    [
      { at: day('10:30:00'), from: '10.0.0.11 4000', sent: 1, got: 0 },
      { at: day('12:30:00'), from: '10.0.0.11 4001', sent: 20, got: 0, to: '198.51.101.1 443' },
      { at: day('12:30:00'), from: '10.0.0.2 4000', sent: 300, got: 0, to: '198.51.102.1 443' },
    ],
    {
      job: [
        { ...job, hosts: 'cn001', startedAt: day('10:00:00') },
        { ...job, hosts: 'login2', startedAt: day('12:00:00') },
      ],
    },
  );
  expect(named(await ledger.cells())).toEqual([
    'alice by presence (1): 1',
    'alice by presence (1): 300',
    'unknown by unknown (0): 20',
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

test('who sends files to a server has no part in what others fetch there at the same time, also beyond midnight', async () => {
  const moved = (principal: string, direction: string, bytes: number): FactWords => ({
    server: '10.0.0.40',
    peer: '198.51.100.9',
    startedAt: day('23:30:00'),
    endedAt: '2026-03-03T01:30:00Z',
    principal,
    direction,
    bytes,
  });
  const over = (port: number, sent: number, got: number): ConnWords => ({
    at: day('23:30:00'),
    lasts: 7_200,
    from: `198.51.100.9 ${port}`,
    to: '10.0.0.40 443',
    sent,
    got,
    service: `s${port}`,
  });
  const ledger = await attributed(
    // Fetched, sent, both about alike (a control connection), and one more that fetches.
    [over(1, 400, 8_000_000), over(2, 90_000_000, 4_000), over(3, 30_000, 40_000), over(4, 0, 800)],
    { transfer: [moved('alice', 'out', 8_000_000), moved('bob', 'in', 90_000_000)] },
  );
  const cells = (await ledger.cells()).filter(({ out }) => out > 0n);
  const who = (service: string) => [
    ...new Set(
      cells
        .filter((cell) => cell.service === service)
        .map(({ principal, present }) => `${principal} (${present})`),
    ),
  ];
  expect(new Set(cells.map(({ hour }) => hour.slice(0, 10))).size).toBe(2);
  expect(['s1', 's2', 's3', 's4'].map(who)).toEqual([
    ['alice (1)'],
    ['bob (1)'],
    ['unknown (2)'],
    ['alice (1)'],
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
