import { expect, test } from 'vitest';
import { commitFacts, type Facts } from '../support/identity-facts.ts';
import { comparable, type TestLedger, testLedger } from '../support/ledgers.ts';
import { type ConnWords, conn, zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8], remoteAccess: [10.200.0.0/16] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
hosts:
  - { name: login1, addresses: [10.0.0.1, 10.0.1.1] }
  - { name: login2, addresses: [10.0.0.2] }
`;

/** A day of small connections of two hosts each, and one of login1 that lasts from the third to the fifth. */
const DAYS = [1, 2, 3, 4, 5, 6, 7, 8];
const CONNS: readonly ConnWords[] = [
  ...DAYS.flatMap((day) =>
    ['03:00', '12:00', '23:30'].flatMap((time, index) => [
      {
        at: `2026-03-0${day}T${time}:00Z`,
        from: `10.0.1.1 ${4000 + index}`,
        sent: 100 + day,
        got: 0,
        lasts: 1,
      },
      {
        at: `2026-03-0${day}T${time}:00Z`,
        from: `10.0.0.2 ${4000 + index}`,
        sent: 10 + day,
        got: 0,
        lasts: 1,
      },
    ]),
  ),
  { at: '2026-03-03T22:00:00Z', from: '10.0.0.1 5000', sent: 900_000, got: 0, lasts: 100_000 },
  {
    at: '2026-03-02T23:45:00Z',
    from: '203.0.113.9 6000',
    to: '10.0.0.2 22',
    sent: 0,
    got: 80_000,
    lasts: 1800,
  },
  {
    at: '2026-03-01T23:58:00Z',
    from: '203.0.113.10 7000',
    to: '10.0.0.2 1094',
    sent: 0,
    got: 60_000,
    lasts: 600,
  },
  {
    at: '2026-03-06T23:00:00Z',
    from: '203.0.113.9 6001',
    to: '10.0.0.2 22',
    sent: 0,
    got: 70_000,
    lasts: 7000,
  },
];

function flows(): Record<string, string> {
  return { 'conn.log': zeekTsv(CONNS.map((each, index) => conn({ uid: `C${index}`, ...each }))) };
}

const session = (uid: string, principal: string, server = 'login1') => ({
  uid,
  principal,
  server,
  kind: 'ssh',
});

/** What logs say, by the log that says it: each may come alone. */
const LOGS: readonly Facts[] = [
  { session: [{ ...session('1', 'alice'), startedAt: '2026-03-03T21:00:00Z' }] },
  { session: [{ ...session('1', 'alice'), startedAt: '2026-03-04T13:00:00Z', event: 'end' }] },
  {
    session: [
      {
        ...session('2', 'bob', 'login2'),
        outer: '203.0.113.9',
        outerPort: 6000,
        startedAt: '2026-03-02T23:45:03Z',
      },
    ],
  },
  {
    job: [
      {
        jobId: '9',
        principal: 'carol',
        hosts: 'login1,login2',
        startedAt: '2026-03-05T00:00:00Z',
        endedAt: '2026-03-05T14:00:00Z',
      },
    ],
  },
  {
    transfer: [
      {
        principal: 'dave',
        server: '10.0.0.2',
        peer: '203.0.113.9',
        bytes: 5,
        startedAt: '2026-03-07T00:10:00Z',
        endedAt: '2026-03-07T00:20:00Z',
      },
    ],
  },
  {
    session: [
      {
        ...session('frank.7:3@[203.0.113.10]', 'frank', 'login2'),
        kind: 'data',
        outer: '203.0.113.10',
        startedAt: '2026-03-01T23:58:01Z',
      },
    ],
  },
  {
    lease: [
      {
        address: '10.0.0.2',
        principal: 'erin',
        startedAt: '2026-03-08T00:30:00Z',
        endedAt: '2026-03-08T05:00:00Z',
      },
    ],
  },
];

async function rebuild(ledger: TestLedger): Promise<string[]> {
  return (await ledger.importFiles({})).answer.rebuiltDays;
}

test('records that come late, one after the other in any order, give the cells of records in time', async () => {
  const inTime = testLedger(YAML);
  for (const log of LOGS) await commitFacts(inTime, log);
  await inTime.importFiles(flows());
  const expected = comparable(await inTime.cells());
  for (const order of [LOGS, [...LOGS].reverse()]) {
    const late = testLedger(YAML);
    await late.importFiles(flows());
    for (const [index, log] of order.entries()) {
      await commitFacts(late, log);
      if (index % 3 === 2 || index === order.length - 1) await rebuild(late);
    }
    expect(comparable(await late.cells())).toEqual(expected);
  }
  const named = new Set(
    (await inTime.cells()).filter(({ present }) => present === 1).map(({ principal }) => principal),
  );
  expect([...named].sort()).toEqual(['alice', 'bob', 'carol', 'dave', 'erin', 'frank']);
});

test('late records have the days rebuilt that they touch, and those into which connections last that began there', async () => {
  const ledger = testLedger(YAML);
  await ledger.importFiles(flows());
  const rebuilt: string[][] = [];
  for (const log of LOGS) {
    await commitFacts(ledger, log);
    rebuilt.push(await rebuild(ledger));
  }
  expect(rebuilt).toEqual([
    // The begin: a day long from there on, and the connection that it may have opened lasts to the fifth.
    ['2026-03-03', '2026-03-04', '2026-03-05'],
    // The end takes back the hours after it.
    ['2026-03-04'],
    // Its own connection begins within minutes of midnight and lasts beyond.
    ['2026-03-02', '2026-03-03'],
    ['2026-03-04', '2026-03-05'],
    ['2026-03-06', '2026-03-07'],
    // The login is within a minute of a connection that lasts beyond midnight.
    ['2026-03-01', '2026-03-02'],
    ['2026-03-08'],
  ]);
});

test('days build the same alone and together, whatever sessions and connections reach over their midnights', async () => {
  const together = testLedger(YAML);
  for (const log of LOGS) await commitFacts(together, log);
  await together.importFiles(flows());
  const apart = testLedger(YAML);
  for (const log of LOGS) await commitFacts(apart, log);
  for (const some of ['12', '3', '456', '78']) {
    const part = CONNS.flatMap((each, index) =>
      some.includes(String(each.at).charAt(9)) ? [conn({ uid: `C${index}`, ...each })] : [],
    );
    await apart.importFiles({ [`conn-${some}.log`]: zeekTsv(part) });
  }
  expect(comparable(await apart.cells())).toEqual(comparable(await together.cells()));
});

test('sessions alone build no day: there is nothing to name', async () => {
  const ledger = testLedger(YAML);
  await commitFacts(ledger, LOGS[0] ?? {});
  expect(await rebuild(ledger)).toEqual([]);
  expect((await ledger.snapshot()).builtDays()).toEqual([]);
});
