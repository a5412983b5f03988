import { expect, test } from 'vitest';
import { commitFacts } from '../support/identity-facts.ts';
import { comparable, type Files, type TestLedger, testLedger } from '../support/ledgers.ts';
import { destroyed, fetched, RELAY_YAML } from '../support/relay-logs.ts';
import { conn, micros, zeekTsv } from '../support/zeek-text.ts';

const SERVER = '198.51.100.7 443';
const day = (number: number, time: string) => `2026-03-0${number}T${time}Z`;
const since = (number: number, time: string) => micros(day(number, time));

/** Connections behind a NAT and a proxy by the day on which they begin; some last over midnight, one over three days. */
const BORDER: Files = {
  'zeek/conn-1.log': zeekTsv([
    conn({
      uid: 'C1',
      at: day(1, '12:00:00'),
      from: '192.0.2.5 40001',
      to: SERVER,
      lasts: 5,
      sent: 11,
      got: 1,
    }),
    conn({
      uid: 'C2',
      at: day(1, '23:58:00'),
      from: '192.0.2.5 40002',
      to: SERVER,
      lasts: 110,
      sent: 220,
      got: 1,
    }),
    conn({
      uid: 'C3',
      at: day(1, '23:59:00'),
      from: '192.0.2.6 40003',
      to: SERVER,
      lasts: 300,
      sent: 3000,
      got: 90_000,
    }),
  ]),
  'zeek/conn-2.log': zeekTsv([
    conn({
      uid: 'C4',
      at: day(2, '20:00:00'),
      from: '192.0.2.5 40004',
      to: SERVER,
      lasts: 170_000,
      sent: 444_444,
      got: 1,
    }),
    conn({
      uid: 'C5',
      at: day(2, '21:00:00'),
      from: '192.0.2.6 40005',
      to: SERVER,
      lasts: 100_000,
      sent: 55_555,
      got: 2_000_000,
    }),
  ]),
  'zeek/conn-3.log': zeekTsv([
    conn({
      uid: 'C6',
      at: day(3, '12:00:00'),
      from: '192.0.2.5 40006',
      to: SERVER,
      lasts: 5,
      sent: 6,
      got: 1,
    }),
  ]),
  'zeek/conn-5.log': zeekTsv([
    conn({
      uid: 'C7',
      at: day(5, '12:00:00'),
      from: '10.0.0.7 40007',
      to: SERVER,
      lasts: 5,
      sent: 7,
      got: 1,
    }),
  ]),
  // Five days through the proxy, of which its log speaks on the first.
  'zeek/conn-8.log': zeekTsv([
    conn({
      uid: 'C8',
      at: day(1, '13:00:00'),
      from: '192.0.2.6 40008',
      to: '203.0.113.9 443',
      lasts: 388_800,
      sent: 88_888,
      got: 8_000_000,
    }),
  ]),
  'squid-1/z.log': fetched({
    at: day(1, '14:00:00'),
    lasts: 9,
    client: '10.0.0.8',
    server: '203.0.113.9',
    bytes: 7_900_000,
  }),
};
/** What comes last of all, and touches a day on which no log of a relay speaks. */
const LAST: Files = {
  'zeek/conn-9.log': zeekTsv([
    conn({
      uid: 'C9',
      at: day(5, '13:00:00'),
      from: '10.0.0.7 40009',
      to: SERVER,
      lasts: 5,
      sent: 9,
      got: 1,
    }),
  ]),
};
const RELAYS: Files = {
  // Of the night before: the NAT forgot it after midnight, and does not say when it began.
  'nat-1/a.log': destroyed({ end: day(2, '00:02:00'), from: '10.0.0.2 40002', to: SERVER }),
  'nat-1/b.log': destroyed({
    end: since(2, '20:00:00') + 170_100e6,
    lasted: 170_100,
    from: '10.0.0.4 40004',
    to: SERVER,
  }),
  'nat-1/c.log':
    destroyed({ end: day(1, '12:02:05'), lasted: 125, from: '10.0.0.1 40001', to: SERVER }) +
    destroyed({ end: day(3, '12:02:05'), lasted: 125, from: '10.0.0.6 40006', to: SERVER }),
  'squid-1/d.log': fetched({ at: day(2, '00:00:10'), lasts: 20, client: '10.0.0.3', bytes: 60_000 }),
  'squid-1/e.log':
    fetched({ at: day(3, '10:00:00'), lasts: 20, client: '10.0.0.5', bytes: 1_000_000 }) +
    fetched({ at: day(2, '22:00:00'), lasts: 20, client: '10.0.0.3', bytes: 900_000 }),
};
const DAYS_OF: Readonly<Record<string, readonly number[]>> = {
  'nat-1/a.log': [1, 2],
  'nat-1/b.log': [2, 3, 4],
  'nat-1/c.log': [1, 3],
  'squid-1/d.log': [1, 2],
  'squid-1/e.log': [2, 3, 4],
};

async function importOne(ledger: TestLedger, files: Files): Promise<string[]> {
  return (await ledger.importFiles(files)).answer.rebuiltDays;
}

test('logs of relays that come late give the cells of logs in time, in any order; the days they touch are built again', async () => {
  const inTime = testLedger(RELAY_YAML);
  await inTime.importFiles({ ...BORDER, ...RELAYS, ...LAST });
  const expected = comparable(await inTime.cells());
  expect(new Set((await inTime.cells()).map(({ host }) => host))).toEqual(
    new Set([
      '10.0.0.1',
      '10.0.0.2',
      '10.0.0.3',
      '10.0.0.4',
      '10.0.0.5',
      '10.0.0.6',
      '10.0.0.7',
      '10.0.0.8',
      '192.0.2.6',
    ]),
  );
  const late = testLedger(RELAY_YAML);
  await late.importFiles(BORDER);
  for (const [name, text] of Object.entries(RELAYS)) {
    const rebuilt = await importOne(late, { [name]: text });
    expect([name, rebuilt]).toEqual([name, DAYS_OF[name]?.map((number) => day(number, '').slice(0, 10))]);
  }
  expect(await importOne(late, LAST)).toEqual(['2026-03-05']);
  expect(comparable(await late.cells())).toEqual(expected);
  const early = testLedger(RELAY_YAML);
  for (const [name, text] of [
    ...Object.entries(LAST),
    ...Object.entries(RELAYS),
    ...Object.entries(BORDER),
  ].reverse())
    await importOne(early, { [name]: text });
  expect(comparable(await early.cells())).toEqual(expected);
});

test('late sessions of a hidden host have the days built again into which its connections last', async () => {
  type Stay = readonly [principal: string, server: string, from: string, to: string];
  const sessions = (ledger: TestLedger, [principal, server, from, to]: Stay) =>
    commitFacts(ledger, { session: [{ principal, server, event: 'end', startedAt: from, endedAt: to }] });
  const inTime = testLedger(RELAY_YAML);
  const late = testLedger(RELAY_YAML);
  const files: Files = {
    'zeek/conn.log': zeekTsv([
      conn({
        uid: 'C1',
        at: day(1, '23:00:00'),
        from: '192.0.2.5 40001',
        to: SERVER,
        lasts: 100_000,
        sent: 100_000,
        got: 1,
      }),
      conn({
        uid: 'C2',
        at: day(1, '22:00:00'),
        from: '192.0.2.6 40002',
        to: '203.0.113.9 443',
        lasts: 40_000,
        sent: 9,
        got: 80_000,
      }),
    ]),
    'nat-1/a.log': destroyed({
      end: since(1, '23:00:00') + 100_060e6,
      lasted: 100_060,
      from: '10.0.0.1 40001',
      to: SERVER,
    }),
    'squid-1/b.log': fetched({
      at: day(1, '23:30:00'),
      lasts: 5,
      client: '10.0.0.2',
      server: '203.0.113.9',
      bytes: 79_000,
    }),
  };
  const stays: readonly Stay[] = [
    ['alice', 'login1', day(1, '22:55:00'), day(1, '23:05:00')],
    ['bob', 'login2', day(1, '23:29:00'), day(1, '23:40:00')],
  ];
  for (const stay of stays) await sessions(inTime, stay);
  await inTime.importFiles(files);
  await late.importFiles(files);
  const rebuilt: string[][] = [];
  for (const stay of stays) {
    await sessions(late, stay);
    rebuilt.push((await late.importFiles({})).answer.rebuiltDays);
  }
  expect(rebuilt).toEqual([
    ['2026-03-01', '2026-03-02', '2026-03-03'],
    ['2026-03-01', '2026-03-02'],
  ]);
  expect(comparable(await late.cells())).toEqual(comparable(await inTime.cells()));
  expect(new Set((await late.cells()).map(({ principal }) => principal))).toEqual(new Set(['alice', 'bob']));
});
