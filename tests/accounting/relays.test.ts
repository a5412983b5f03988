import { expect, test } from 'vitest';
import { commitFacts } from '../support/identity-facts.ts';
import { type PlainCell, testLedger } from '../support/ledgers.ts';
import { destroyed, RELAY_YAML } from '../support/relay-logs.ts';
import { type ConnWords, conn, micros, zeekTsv } from '../support/zeek-text.ts';

const at = (time: string) => `2026-03-02T${time}Z`;
const SERVER = '198.51.100.7 443';

/** A connection as the border saw it: ten seconds, three bytes back. */
const border = (uid: string, time: string, from: string, sent: number, more: Partial<ConnWords> = {}) =>
  conn({ uid, at: at(time), from, to: SERVER, lasts: 10, sent, got: 3, ...more });

function shown(cells: readonly PlainCell[]): unknown[] {
  return cells
    .map(({ host, kind, path, out, flows, principal }) => [host, kind, path, Number(out), flows, principal])
    .sort();
}

async function cellsOf(files: Record<string, string>, yaml = RELAY_YAML): Promise<PlainCell[]> {
  const ledger = testLedger(yaml);
  await ledger.importFiles(files);
  return ledger.cells();
}

test('behind a NAT: a host is itself, a client of a pool passes through, who is in no log stays the relay', async () => {
  const cells = await cellsOf({
    'zeek/conn.log': zeekTsv([
      border('C1', '10:00:00', '192.0.2.5 40001', 1000),
      border('C2', '10:00:01', '192.0.2.5 40002', 20_000),
      border('C3', '10:00:02', '192.0.2.5 40003', 300_000),
      border('C4', '10:00:03', '10.0.0.9 40004', 4_000_000),
      // Met midway: the server seems to have opened it.
      conn({
        uid: 'C5',
        at: at('10:00:04'),
        from: SERVER,
        to: '192.0.2.5 40005',
        lasts: 10,
        sent: 3,
        got: 50_000_000,
      }),
    ]),
    'nat-1/conntrack.log': [
      destroyed({
        end: at('10:02:10'),
        lasted: 130,
        from: '10.0.1.1 50001',
        as: '192.0.2.5 40001',
        to: SERVER,
      }),
      destroyed({
        end: at('10:02:11'),
        lasted: 130,
        from: '10.200.3.4 5555',
        as: '192.0.2.5 40002',
        to: SERVER,
      }),
      destroyed({ end: at('10:02:14'), lasted: 130, from: '10.0.0.3 40005', to: SERVER }),
    ].join(''),
  });
  expect(shown(cells)).toEqual([
    ['10.0.0.1', 'egress', 'border', 1000, 1, 'unknown'],
    ['10.0.0.3', 'egress', 'border', 50_000_000, 1, 'unknown'],
    ['10.0.0.9', 'egress', 'border', 4_000_000, 1, 'unknown'],
    ['10.200.3.4', 'transit', 'border', 20_000, 1, 'unknown'],
    ['192.0.2.5', 'egress', 'border', 300_000, 1, 'unknown'],
  ]);
});

test('the host behind a NAT is named like any other: by session, lease, and the session of its own', async () => {
  const ledger = testLedger(RELAY_YAML);
  await commitFacts(ledger, {
    session: [
      {
        principal: 'alice',
        server: 'login1',
        event: 'end',
        startedAt: at('09:00:00'),
        endedAt: at('11:00:00'),
      },
      {
        principal: 'bob',
        server: 'login2',
        outer: '198.51.100.7',
        outerPort: 6000,
        startedAt: at('10:00:02'),
      },
    ],
    lease: [
      { address: '10.200.3.4', principal: 'carol', startedAt: at('08:00:00'), endedAt: at('12:00:00') },
    ],
  });
  await ledger.importFiles({
    'zeek/conn.log': zeekTsv([
      border('C1', '10:00:00', '192.0.2.5 40001', 1000),
      border('C2', '10:00:01', '192.0.2.5 40002', 20_000),
      // Outside calls a published address, behind which login2 answers.
      conn({
        uid: 'C3',
        at: at('10:00:02'),
        from: '198.51.100.7 6000',
        to: '192.0.2.5 2222',
        lasts: 10,
        sent: 3,
        got: 300_000,
      }),
    ]),
    'nat-1/conntrack.log': [
      destroyed({ end: at('10:02:10'), lasted: 130, from: '10.0.0.1 40001', to: SERVER }),
      destroyed({ end: at('10:02:11'), lasted: 130, from: '10.200.3.4 40002', to: SERVER }),
      destroyed({
        end: at('10:02:12'),
        lasted: 130,
        from: '198.51.100.7 6000',
        as: '198.51.100.7 6000',
        called: '192.0.2.5 2222',
        to: '10.0.0.2 22',
      }),
    ].join(''),
  });
  expect(shown(await ledger.cells())).toEqual([
    ['10.0.0.1', 'egress', 'border', 1000, 1, 'alice'],
    ['10.0.0.2', 'egress', 'border', 300_000, 1, 'bob'],
    ['10.200.3.4', 'transit', 'border', 20_000, 1, 'carol'],
  ]);
  expect((await ledger.built('cell')).map(({ via }) => via)).toEqual(Array(3).fill('NAT log of nat-1'));
});

test('of clients that had the same port one after the other, each connection is its own', async () => {
  const owner = (from: string, begin: string, lasted: number) =>
    destroyed({
      end: micros(at(begin)) + lasted * 1e6,
      lasted,
      from: `${from} 7`,
      as: '192.0.2.5 40001',
      to: '198.51.100.7 53',
      proto: 'udp',
    });
  const udp = (uid: string, time: string, sent: number, lasts: number) =>
    border(uid, time, '192.0.2.5 40001', sent, { to: '198.51.100.7 53', proto: 'udp', lasts });
  const cells = await cellsOf({
    'zeek/conn.log': zeekTsv([
      udp('C1', '09:00:00', 1, 5),
      udp('C2', '10:00:00', 20, 5),
      // It begins while the clock of the NAT, some seconds behind, still knows the one before.
      udp('C3', '10:00:40', 300, 5),
      udp('C4', '10:02:30', 4000, 600),
      udp('C5', '11:00:00', 50_000, 5),
      // Its log, in whole seconds, ends before it does.
      udp('C6', '12:00:00', 600_000, 5),
    ]),
    'nat-1/conntrack.log': [
      owner('10.0.0.11', '10:00:00', 35),
      owner('10.0.0.12', '10:00:36', 40),
      owner('10.0.0.13', '10:02:31', 640),
      owner('10.0.0.14', '11:02:00', 5),
      owner('10.0.0.15', '12:00:00', 4),
    ].join(''),
  });
  expect(cells.map(({ host, out }) => [host, Number(out)]).sort()).toEqual([
    ['10.0.0.11', 20],
    ['10.0.0.12', 300],
    ['10.0.0.13', 4000],
    ['10.0.0.15', 600_000],
    // Nobody's: no log speaks of that time.
    ['192.0.2.5', 1],
    ['192.0.2.5', 50_000],
  ]);
});

test('a log that does not say when connections began names those that ended shortly before', async () => {
  const ended = (end: string, from: string) => destroyed({ end: at(end), from: `${from} 40001`, to: SERVER });
  const cells = await cellsOf({
    'zeek/conn.log': zeekTsv([
      border('C1', '08:00:00', '192.0.2.5 40001', 1),
      border('C2', '09:00:00', '192.0.2.5 40001', 500, { lasts: 7200 }),
      border('C3', '12:00:00', '192.0.2.5 40001', 7000),
    ]),
    // A snapshot and the close of one connection belong together: two hours that end at 11:00.
    'zeek/conn_long.log': zeekTsv([border('C2', '09:00:00', '192.0.2.5 40001', 100, { lasts: 3600 })], {
      path: 'conn_long',
    }),
    'nat-1/conntrack.log':
      ended('11:02:00', '10.0.0.11') + ended('12:02:10', '10.0.0.12') + ended('12:20:00', '10.0.0.13'),
  });
  const byHost = new Map<string, number>();
  for (const { host, out } of cells) byHost.set(host, (byHost.get(host) ?? 0) + Number(out));
  expect([...byHost].sort()).toEqual([
    ['10.0.0.11', 500],
    ['10.0.0.12', 7000],
    ['192.0.2.5', 1],
  ]);
});

test('two sensors of which one is the NAT count a connection once, whichever paths they watch', async () => {
  const both = RELAY_YAML.replace(
    'name: border, capacityGbps: 100, sensors: [zeek]',
    'name: border, capacityGbps: 100, sensors: [zeek, nat-1]',
  );
  const gateway = RELAY_YAML.replace('{ cidr: 192.0.2.5, logs: [nat-1] }', '{ cidr: 192.0.2.9 }').replace(
    '192.0.2.250',
    '192.0.2.5',
  );
  const files = {
    'zeek/conn.log': zeekTsv([border('C1', '10:00:00', '192.0.2.5 40001', 1000)]),
    'nat-1/conntrack.log':
      destroyed({ end: at('10:03:10'), from: '10.0.0.1 40001', to: SERVER, sent: 1100 }) +
      // Nobody at the border saw this one.
      destroyed({ end: at('11:00:00'), lasted: 60, from: '10.0.0.1 40002', to: SERVER, sent: 20_040 }),
  };
  const sums = async (yaml: string) =>
    (await cellsOf(files, yaml)).map(({ host, path, out, flows }) => [host, path, Number(out), flows]).sort();
  // A NAT that watches no path says who it was and counts nothing itself; its address may be a tunnel's end as well.
  expect(await sums(RELAY_YAML)).toEqual([['10.0.0.1', 'border', 1000, 1]]);
  expect(
    await sums(gateway.replace('sensors:\n', 'sensors:\n  - { name: nat-1, files: "nat-1/**" }\n')),
  ).toEqual([['10.0.0.1', 'border', 1000, 1]]);
  // One that does is a second sensor: what both saw counts as the border saw it, to the byte.
  expect(await sums(both)).toEqual([
    ['10.0.0.1', 'border', 1000, 1],
    ['10.0.0.1', 'border', 20_000, 1],
  ]);
});
