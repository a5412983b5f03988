import { beforeAll, expect, test } from 'vitest';
import { openTenants } from '../../src/accounting/attribution/tenants.ts';
import { casePeople, caseTenants, caseTraffic, passagesOf } from '../../src/accounting/case-traffic.ts';
import { loadDays } from '../../src/accounting/day-series.ts';
import { openSeries } from '../../src/accounting/series-tables.ts';
import { type Reading, withReading } from '../../src/operations/reading.ts';
import { report } from '../../src/operations/report.ts';
import { formatHost, formatNetwork } from '../../src/records/address.ts';
import { commitFacts } from '../support/identity-facts.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
hosts: [{ name: login1, addresses: [10.0.0.1] }]
tenants:
  - { name: climate, principals: [alice, bob] }
  - { name: genomes, principals: [carol] }
`;
const DAY = 20_514;
const at = (time: string) => `2026-03-02T${time}:00Z`;
const DAYS = { fromDay: DAY, toDay: DAY };
const SCOPES = [{ hosts: ['10.0.0.1'], networks: ['198.51.100.0/24'], sinceDay: DAY }];

let ledger: TestLedger;

/** Alice alone at nine; alice and bob at eleven; carol too at half past; nobody at one. */
beforeAll(async () => {
  ledger = testLedger(YAML);
  const login = (principal: string, from: string, to: string) => ({
    uid: principal,
    principal,
    server: 'login1',
    outer: '203.0.113.7',
    event: 'end',
    startedAt: at(from),
    endedAt: at(to),
  });
  await commitFacts(ledger, {
    session: [
      login('alice', '08:00', '12:00'),
      login('bob', '10:00', '12:00'),
      login('carol', '11:20', '12:00'),
    ],
  });
  const sent = (time: string, uid: string, bytes: number, to = '198.51.100.7 443') =>
    conn({ at: at(time), uid, lasts: 1, to, sent: bytes, got: 0 });
  await ledger.importFiles({
    'conn.log': zeekTsv([
      sent('09:00', 'A', 1_000),
      sent('11:00', 'B', 500),
      sent('11:30', 'C', 301),
      sent('13:00', 'D', 7),
      sent('09:10', 'E', 40, '192.0.2.7 443'),
      sent('11:10', 'F', 60, '192.0.2.7 443'),
    ]),
  });
});

function asked<Answer>(
  ask: (reading: Reading, files: { cells: string[]; sharers: string[] }) => Promise<Answer>,
) {
  const question = { facility: ledger.facility, ledgerDir: ledger.dir, progress: () => undefined };
  return withReading(question, async (reading) => {
    const files = {
      cells: reading.builtFiles('cell', DAY, DAY),
      sharers: reading.builtFiles('sharer', DAY, DAY),
    };
    await openSeries(reading.db);
    await loadDays(
      reading.db,
      files.cells,
      { fromDay: DAY, toDay: DAY },
      {
        host: (key) => formatHost(key),
        network: (key) => ({ text: formatNetwork(key), as: null }),
      },
    );
    return ask(reading, files);
  });
}

test('people of a case: certain, with a share, at most; the shares of all sum to what went', async () => {
  const { people, traffic } = await asked(async ({ db }, files) => ({
    people: await casePeople(db, files, SCOPES, DAY),
    traffic: await caseTraffic(db, files.cells, SCOPES, DAY),
  }));
  expect(traffic.map(({ principal, bytesOut }) => [principal, bytesOut])).toEqual([['unknown', 1_808n]]);
  const of = (name: string) => people.find(({ principal }) => principal === name);
  expect(of('alice')).toMatchObject({
    bytesOutLow: 1_000n,
    bytesOutHigh: 1_801n,
    sharedLeast: 2,
    sharedMost: 3,
  });
  expect(of('bob')).toMatchObject({ bytesOutLow: 0n, bytesOutHigh: 801n, sharedLeast: 2, sharedMost: 3 });
  expect(of('carol')).toMatchObject({ bytesOutLow: 0n, bytesOutHigh: 301n, sharedLeast: 3, sharedMost: 3 });
  expect(of('unknown')).toMatchObject({ bytesOut: 7n, bytesOutLow: 7n, sharedLeast: null });
  expect(people.reduce((sum, { bytesOut }) => sum + bytesOut, 0n)).toBe(1_808n);
});

test('tenants of a case: what only their people were present at is certainly theirs', async () => {
  const tenants = await asked(async ({ db, facility, factFiles }, files) => {
    await openTenants(db, factFiles('member', DAY, DAY), facility);
    return caseTenants(db, files, SCOPES, DAY);
  });
  const of = (name: string) => tenants.find(({ tenant }) => tenant === name);
  expect(of('climate')).toMatchObject({
    bytesOutLow: 1_500n,
    bytesOutHigh: 1_801n,
    principals: ['alice', 'bob'],
  });
  expect(of('genomes')).toMatchObject({ bytesOutLow: 0n, bytesOutHigh: 301n, principals: ['carol'] });
  expect(of('unknown')).toMatchObject({ bytesOut: 7n, principals: [] });
  expect(tenants.reduce((sum, { bytesOut }) => sum + bytesOut, 0n)).toBe(1_808n);
});

test('what breaks with an identity holds its share, as the report of it has it', async () => {
  const [alice] = await asked(({ db }, files) => passagesOf(db, files, 'principal', ['alice'], SCOPES, DAYS));
  const { total } = await report({
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
    by: 'destination',
    principal: 'alice',
  });
  expect(String(alice?.bytesOut)).toBe(total.bytesOut.estimate);
  // Forty bytes alone and half of sixty, to the one other place.
  expect(alice && [alice.bytesOut - alice.bytesOutOfCase, alice.counterparts]).toEqual([70n, 1]);
});
