import { expect, test } from 'vitest';
import { balanceIn } from '../../src/operations/balance.ts';
import { withReading } from '../../src/operations/reading.ts';
import { commitFacts, type Facts } from '../support/identity-facts.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';
import { type ConnWords, conn, zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
hosts:
  - { name: cn001, addresses: [10.0.0.11] }
  - { name: cn002, addresses: [10.0.0.12] }
  - { name: cn003, addresses: [10.0.0.13] }
`;

const at = (day: number, time = '12:00:00') => `2026-03-0${day}T${time}Z`;

/** A connection from cn001 at noon of each day, whose bytes tell the day. */
const CONNS: readonly ConnWords[] = [1, 2, 3, 4, 5].map((day) => ({
  at: at(day),
  from: '10.0.0.11 4000',
  sent: 10 ** day,
  got: 0,
  lasts: 1,
}));

const job = (day: number, principal: string) => ({
  jobId: `${day}`,
  principal,
  hosts: 'cn001',
  startedAt: at(day, '11:00:00'),
  endedAt: at(day, '13:00:00'),
});
const account = (
  uid: string,
  principal: string,
  from: number,
  more: Readonly<Record<string, string>> = {},
) => ({
  sensor: 'ldap',
  uid,
  principal,
  startedAt: at(from, '00:00:00'),
  ...more,
});

async function built(...logs: readonly Facts[]): Promise<TestLedger> {
  const ledger = testLedger(YAML);
  for (const facts of logs) await commitFacts(ledger, facts);
  await ledger.importFiles({
    'conn.log': zeekTsv(CONNS.map((each, index) => conn({ uid: `C${index}`, ...each }))),
  });
  return ledger;
}

async function named(ledger: TestLedger): Promise<Record<number, string>> {
  const cells = (await ledger.cells()).filter(({ out }) => out > 0n);
  return Object.fromEntries(
    cells.map(({ out, principal, present }) => [String(out).length - 1, `${principal} ${present}`]),
  );
}

const JOBS: Facts = { job: [1, 2, 3, 4, 5].map((day) => job(day, '1001')) };

test('a number is who a directory says, from the day on which it says so, and nobody else before', async () => {
  const ledger = await built(JOBS, {
    account: [
      account('1001', 'alice', 2),
      account('1001', 'bob', 4),
      account('1002', 'carol', 1),
      account('1001', 'alice', 3),
    ],
  });
  expect(await named(ledger)).toEqual({ 1: '1001 1', 2: 'alice 1', 3: 'alice 1', 4: 'bob 1', 5: 'bob 1' });
});

test('where one has gone, where a directory has two names for a number, and where two do not agree, it stays the number', async () => {
  const users = ['1001', '1002', '1003'].map((uid, index) => ({ uid, host: `cn00${index + 1}` }));
  const days = [1, 2, 3, 4, 5];
  const ledger = testLedger(YAML);
  await commitFacts(ledger, {
    job: users.flatMap(({ uid, host }) =>
      days.map((day) => ({ ...job(day, uid), jobId: `${uid}.${day}`, hosts: host })),
    ),
    account: [
      account('1001', 'alice', 1, { endedAt: at(3, '00:00:00') }),
      account('1001', 'bob', 5),
      account('1002', 'alice', 1),
      account('1002', 'root', 3),
      account('1002', 'toor', 3),
      account('1003', 'alice', 1),
      account('1003', 'alice', 2, { sensor: 'nis' }),
      account('1003', 'bob', 3, { sensor: 'nis' }),
    ],
  });
  const conns = users.flatMap((_, index) =>
    CONNS.map((each, day) => conn({ uid: `C${index}${day}`, ...each, from: `10.0.0.1${index + 1} 4000` })),
  );
  await ledger.importFiles({ 'conn.log': zeekTsv(conns) });
  const cells = await ledger.cells();
  const of = (host: string) => cells.filter((cell) => cell.host === host).map(({ principal }) => principal);
  expect(of('10.0.0.11')).toEqual(['alice', 'alice', '1001', '1001', 'bob']);
  expect(of('10.0.0.12')).toEqual(['alice', 'alice', '1002', '1002', '1002']);
  expect(of('10.0.0.13')).toEqual(['1003', '1003', '1003', '1003', '1003']);
});

test('a number and its name are one who was present, and share with others as one', async () => {
  const ledger = await built(JOBS, {
    session: [
      { server: 'cn001', uid: '1', principal: 'alice', startedAt: at(2, '10:00:00') },
      { server: 'cn001', uid: '1', event: 'end', startedAt: at(2, '14:00:00') },
      { server: 'cn001', uid: '2', principal: 'dora', startedAt: at(3, '10:00:00') },
      { server: 'cn001', uid: '2', event: 'end', startedAt: at(3, '14:00:00') },
    ],
    account: [account('1001', 'alice', 1)],
  });
  expect(await named(ledger)).toMatchObject({ 2: 'alice 1', 3: 'unknown 2' });
  expect((await ledger.built('sharer')).map(({ principal }) => principal)).toEqual(['alice', 'dora']);
});

test('a directory that comes late has the days built again on which it names somebody otherwise, and no other', async () => {
  const ledger = await built({ job: [job(1, '1001'), job(2, '1002'), job(4, '1001')] });
  const rebuilt = async () => (await ledger.importFiles({})).answer.rebuiltDays;
  await commitFacts(ledger, { account: [account('1001', 'alice', 3), account('1003', 'carol', 1)] });
  expect(await rebuilt()).toEqual(['2026-03-04']);
  // The same again, as every dump of a directory says it, and a name for a number that nobody had.
  await commitFacts(ledger, { account: [account('1001', 'alice', 5), account('1004', 'dora', 1)] });
  expect(await rebuilt()).toEqual([]);
  await commitFacts(ledger, { account: [account('1001', 'alice', 1)] });
  expect(await rebuilt()).toEqual(['2026-03-01']);
  expect(await named(ledger)).toEqual({
    1: 'alice 1',
    2: '1002 1',
    3: 'unknown 0',
    4: 'alice 1',
    5: 'unknown 0',
  });
  const inTime = await built(
    { job: [job(1, '1001'), job(2, '1002'), job(4, '1001')] },
    { account: [account('1001', 'alice', 1)] },
  );
  expect(await named(inTime)).toEqual(await named(ledger));
});

test('what a number read and moved stands beside what its name sent; a counter goes on when its number gets a name', async () => {
  const reading = (day: number, bytesRead: number) => ({
    sensor: 'lustre',
    counter: 'OST0',
    jobId: '7',
    principal: '1001',
    startedAt: at(day, '06:00:00'),
    counterSince: at(1, '00:00:00'),
    bytesRead,
  });
  const ledger = await built({
    job: [{ ...job(1, 'alice'), endedAt: at(5, '23:00:00') }],
    access: [reading(1, 100), reading(3, 150), { ...reading(4, 9), principal: '1009', jobId: '8' }],
    transfer: [
      {
        principal: '1001',
        server: '10.0.0.11',
        peer: '198.51.100.9',
        bytes: 40,
        startedAt: at(3, '01:00:00'),
        endedAt: at(3, '01:01:00'),
      },
    ],
    account: [account('1001', 'alice', 2)],
  });
  const { facility, dir: ledgerDir } = ledger;
  const rows = await withReading({ facility, ledgerDir, progress: () => undefined }, (reading) =>
    balanceIn(reading, { fromHour: 0, toHour: 24 * 30_000 }),
  );
  expect(
    rows.map(({ principal, bytesRead, bytesMoved, bytesOut }) => [
      principal,
      bytesRead.estimate,
      bytesMoved,
      bytesOut.estimate,
    ]),
  ).toEqual([
    ['alice', '50', '40', '111110'],
    ['1001', '100', '0', '0'],
    ['1009', '9', '0', '0'],
  ]);
});
