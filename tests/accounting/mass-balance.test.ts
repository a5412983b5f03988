import { expect, test } from 'vitest';
import { reportText } from '../../src/commands/report.ts';
import { reportAnswer } from '../../src/operations/answers/report.ts';
import { check } from '../../src/operations/check.ts';
import { report } from '../../src/operations/report.ts';
import { commitFacts } from '../support/identity-facts.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
hosts: [{ name: login1, addresses: [10.0.0.1] }, { name: dtn, addresses: [10.0.0.40] }]
`;

const at = (time: string) => `2026-03-02T${time}:00Z`;
const asked = (ledger: TestLedger) => ({
  facility: ledger.facility,
  ledgerDir: ledger.dir,
  progress: () => undefined,
});

async function centre(movedBytes: number): Promise<TestLedger> {
  const ledger = testLedger(YAML);
  const stay = (uid: string, principal: string, from: string, to: string) => ({
    uid,
    principal,
    server: 'login1',
    event: 'end',
    startedAt: at(from),
    endedAt: at(to),
  });
  await commitFacts(ledger, {
    session: [stay('1', 'alice', '08:00', '10:00'), stay('2', 'bob', '09:00', '10:00')],
    job: [{ jobId: '77', principal: 'carol', hosts: 'cn1', startedAt: at('06:00'), endedAt: at('07:00') }],
    access: [
      { principal: 'alice', bytesRead: 500, startedAt: at('08:10') },
      {
        principal: 'bob',
        operation: 'open',
        bytesRead: 9_000,
        bytesReadIsBound: true,
        startedAt: at('09:10'),
      },
      { principal: 'bob', operation: 'open', startedAt: at('09:11') },
      { jobId: '77', bytesRead: 70_000, startedAt: at('06:30') },
    ],
    transfer: [
      {
        principal: 'dave',
        server: undefined,
        serverName: 'dtn',
        peer: '198.51.100.7',
        bytes: movedBytes,
        startedAt: at('11:00'),
        endedAt: at('11:10'),
      },
      {
        principal: 'dave',
        server: '10.0.0.40',
        peer: '10.0.0.1',
        bytes: 8e12,
        startedAt: at('12:00'),
        endedAt: at('12:10'),
      },
    ],
  });
  await ledger.importFiles({
    'conn.log': zeekTsv([
      conn({ at: at('08:30'), uid: 'A', lasts: 1, sent: 3_000, got: 0 }),
      conn({ at: at('09:30'), uid: 'B', lasts: 1, sent: 20_000, got: 0 }),
      conn({
        at: at('11:00'),
        uid: 'D',
        lasts: 500,
        from: '10.0.0.40 5000',
        to: '198.51.100.7 443',
        sent: 2_000_000,
        got: 0,
      }),
    ]),
  });
  return ledger;
}

test('each principal has its reads set against what left: what is certain here and impossible there is told', async () => {
  const answer = reportAnswer.parse(
    await report({ ...asked(await centre(1_900_000)), by: 'path', balance: true }),
  );
  const told = (answer.balance ?? []).map((row) => [
    row.principal,
    Object.values(row.bytesRead).join(' '),
    `${row.bytesOut.low} ${row.bytesOut.high}`,
    row.bytesMoved,
    row.readNotLeft,
    row.leftNotRead,
  ]);
  expect(told).toEqual([
    // The other transfer stayed inside: moved, but nothing left with it.
    ['dave', '0 0 0', '2000000 2000000', '8000001900000', '0', '2000000'],
    ['carol', '70000 70000 70000', '0 0', '0', '70000', '0'],
    ['bob', '0 9000 9000', '0 20000', '0', '0', '0'],
    ['alice', '500 500 500', '3000 23000', '0', '0', '2500'],
  ]);
  expect(answer.balance?.find(({ principal }) => principal === 'bob')?.readIsBounded).toBe(false);
  const text = reportText(answer, 'Test Centre', 0);
  expect(text).toMatch(/carol +70\.0 kB +0 B/);
  expect(text).toMatch(/bob .* or more/);
});

test('transfer logs that tell of more than flows saw leave their server point to a path that nobody watches', async () => {
  const found = async (ledger: TestLedger) =>
    (await check(asked(ledger))).answer.findings.filter(({ subject }) => subject === 'host dtn');
  expect(await found(await centre(1_900_000))).toEqual([]);
  const [finding] = await found(await centre(3_000_000_000));
  expect(finding?.finding).toBe(
    'In the period its transfer logs say that 3.00 GB went outside; flows saw at most 2.00 MB leave it.',
  );
});
