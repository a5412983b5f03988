import { expect, test } from 'vitest';
import { report } from '../../src/operations/report.ts';
import { commitFacts } from '../support/identity-facts.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
hosts: [{ name: login1, addresses: [10.0.0.1] }]
`;

const DAYS = ['2026-03-02', '2026-03-03'];
const sent = (day: string, index: number) =>
  conn({ at: `${day}T10:30:00Z`, uid: `C${day}`, lasts: 1, sent: 1001 + 1000 * index, got: 7 });
const stay = (principal: string, day: string) => ({
  uid: `${principal} ${day}`,
  principal,
  server: 'login1',
  event: 'end',
  startedAt: `${day}T10:00:00Z`,
  endedAt: `${day}T11:00:00Z`,
});

async function asked(ledger: TestLedger, by: 'principal' | 'tenant') {
  const { rows } = await report({
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
    by,
  });
  return rows.map(
    ({ key, bytesOut: { low, estimate, high }, bytesIn, flows }) =>
      `${key} ${low} ${estimate} ${high} ${flows} ${bytesIn}`,
  );
}

test('the same two on two days share each day once', async () => {
  const ledger = testLedger(YAML);
  await commitFacts(ledger, { session: DAYS.flatMap((day) => [stay('alice', day), stay('bob', day)]) });
  await ledger.importFiles({ 'conn.log': zeekTsv(DAYS.map(sent)) });
  const rows = await asked(ledger, 'principal');
  const [bytes, flows, came] = [2, 4, 5].map((place) =>
    rows.reduce((sum, row) => sum + Number(row.split(' ')[place]), 0),
  );
  expect([rows.length, bytes, flows, came]).toEqual([2, 1001 + 2001, 2, 14]);
  for (const row of rows) expect(row).toMatch(/^(alice|bob) 0 \d+ 3002 /);
});

test('a member is of the tenant of the day, from the first day of one to the last before the next', async () => {
  const ledger = testLedger(YAML);
  await commitFacts(ledger, {
    session: DAYS.map((day) => stay('dave', day)),
    member: [
      { principal: 'dave', tenant: 'physics', startedAt: '2026-03-02T00:00:00Z' },
      { principal: 'dave', tenant: 'biology', startedAt: '2026-03-03T00:00:00Z' },
    ],
  });
  await ledger.importFiles({ 'conn.log': zeekTsv(DAYS.map(sent)) });
  expect(await asked(ledger, 'tenant')).toEqual(['biology 2001 2001 2001 1 7', 'physics 1001 1001 1001 1 7']);
});
