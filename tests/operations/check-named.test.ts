import { expect, test } from 'vitest';
import type { KnownFlows } from '../../src/accounting/attribution/attribution-query.ts';
import { check } from '../../src/operations/check.ts';
import { missingNames } from '../../src/operations/check-named.ts';
import { commitFacts, type FactWords } from '../support/identity-facts.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8], remoteAccess: [10.200.0.0/16] }
paths:
  - { name: border, capacityGbps: 100, sensors: [zeek] }
  - { name: vpn, capacityGbps: 10, gateways: [10.0.0.250], sensors: [zeek] }
sensors: [{ name: zeek, files: "conn*" }]
hosts: [{ name: login1, addresses: [10.0.0.1] }]
`;
const FLOWS = 30;

const at = (day: number, hour: number, minute = 0) =>
  new Date(Date.UTC(2026, 2, day, hour, minute)).toISOString().replace('.000Z', 'Z');

/** Ten days: who was lent 10.200.0.9, who was on login1, and what both sent; days in the lists have no such line, or no flow. */
async function ledgerOf(noLease: readonly number[], noLogin: readonly number[], quiet: readonly number[]) {
  const ledger: TestLedger = testLedger(YAML);
  const days = Array.from({ length: 10 }, (_, index) => index + 1);
  const spans = (kind: string, more: FactWords, without: readonly number[]) =>
    days
      .filter((day) => !without.includes(day))
      .map((day) => ({
        kind,
        event: 'end',
        uid: `${kind}${day}`,
        principal: 'alice',
        startedAt: at(day, 8),
        endedAt: at(day, 20),
        ...more,
      }));
  await commitFacts(ledger, {
    session: [
      ...spans('vpn', { assigned: '10.200.0.9' }, noLease),
      ...spans('ssh', { server: 'login1' }, noLogin),
    ],
  });
  const conns = days.flatMap((day) =>
    Array.from({ length: FLOWS }, (_, index) => [
      ...(quiet.includes(day)
        ? []
        : [{ from: `10.200.0.9 ${4000 + index}`, to: '10.0.0.40 443', sent: 1, got: 100 }]),
      { from: `10.0.0.1 ${4000 + index}`, to: '198.51.100.9 443', sent: 100, got: 1 },
      // A server that nobody is logged in on.
      { from: `10.0.0.2 ${4000 + index}`, to: '198.51.100.9 443', sent: 100, got: 1 },
    ]).flatMap((three, index) =>
      three.map((words, place) =>
        conn({ at: at(day, 10, index), lasts: 1, uid: `C${day}-${index}-${place}`, ...words }),
      ),
    ),
  );
  await ledger.importFiles({ 'conn.log': zeekTsv(conns) });
  const { answer } = await check({
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
  });
  return answer.findings.filter(({ subject }) => subject.startsWith('path '));
}

test('logs of leases and of logins that are missing show in the connections that they used to name', async () => {
  expect(await ledgerOf([4, 5], [7], [2])).toEqual([
    {
      severity: 'warning',
      subject: 'path border',
      finding: expect.stringMatching(
        /^Of its 60 connections on 2026-03-07 0 % are known by presence; 50 % are usual\. .*logins or jobs is missing/,
      ),
      todo: expect.stringContaining('Import it'),
    },
    {
      severity: 'warning',
      subject: 'path vpn',
      finding: expect.stringMatching(
        /^Of its 60 connections on 2026-03-04 to 2026-03-05 0 % are known by lease; 100 % are usual\. .*lent which address/,
      ),
      todo: expect.stringContaining('Import it'),
    },
  ]);
});

/** Days of one path: all its connections, and how many of them are known by presence. */
const rowsOf = (days: readonly (readonly [all: number, known: number])[]): KnownFlows[] =>
  days.flatMap(([all, known], day) => [
    { path: 'border', day, basis: 'presence', flows: known },
    { path: 'border', day, basis: 'unknown', flows: all - known },
  ]);
const usual = Array.from({ length: 9 }, () => [1_000, 500] as const);

test('a quarter of what is usual is no hole, less is; quiet days, few days and logs that name hardly anybody are none', () => {
  const holes = (...days: (readonly [number, number])[]) =>
    missingNames(rowsOf([...usual, ...days])).map(
      ({ finding }) => /connections on (.*?) \S+ % are known/.exec(finding)?.[1],
    );
  expect(holes([1_000, 125])).toEqual([]);
  expect(holes([1_000, 124])).toEqual(['1970-01-10']);
  // By chance nobody may be known of 39 where every second is usual, and nothing is said of a day without any.
  expect(holes([39, 0], [0, 0], [40, 0], [1_000, 0])).toEqual(['1970-01-12 to 1970-01-13']);
  expect(missingNames(rowsOf([...usual.slice(0, 3), [1_000, 0]]))).toEqual([]);
  expect(missingNames(rowsOf([...usual.map(() => [1_000, 49] as const), [1_000, 0]]))).toEqual([]);
});
