import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reportText } from '../../src/commands/report.ts';
import { type ReportQuestion, report } from '../../src/operations/report.ts';
import { commitFacts, type FactWords } from '../support/identity-facts.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';
import { conn, micros, zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8], remoteAccess: [10.200.0.0/16] }
paths:
  - { name: border, capacityGbps: 100, sensors: [zeek] }
  - { name: vpn, capacityGbps: 10, gateways: [10.0.0.250], sensors: [zeek] }
hosts:
  - { name: login1, addresses: [10.0.0.1, 10.0.1.1] }
  - { name: login2, addresses: [10.0.0.2] }
tenants:
  - { name: climate, principals: [alice, bob] }
  - { name: physics, principals: [carol] }
`;

function ask(ledger: TestLedger, question: Partial<ReportQuestion>) {
  return report({
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
    by: 'principal',
    ...question,
  });
}

const START = micros('2026-03-02T00:00:00Z');
const instant = fc.integer({ min: 0, max: 2 * 86_400 }).map((seconds) => START + seconds * 1_000_000);
const who = fc.constantFrom('alice', 'bob', 'carol', 'dave');
const server = fc.constantFrom('login1', 'login2');
const outside = fc.constantFrom('198.51.100.7', '203.0.113.9', '10.200.0.5');

const flow = fc.record({
  at: instant,
  lasts: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 100_000 })),
  host: fc.constantFrom('10.0.0.1', '10.0.1.1', '10.0.0.2'),
  other: outside,
  sent: fc.integer({ min: 0, max: 1_000_003 }),
  got: fc.integer({ min: 0, max: 101 }),
});
const session = fc.record({
  at: instant,
  lasts: fc.integer({ min: 1, max: 60_000 }),
  principal: who,
  server,
});
const transfer = fc.record({
  at: instant,
  lasts: fc.integer({ min: 0, max: 3_000 }),
  principal: who,
  server: fc.constantFrom('10.0.0.1', '10.0.0.2'),
  peer: outside,
  bytes: fc.integer({ min: 0, max: 9_999_999 }),
});
const lease = fc.record({ at: instant, principal: who });

const facts = fc.record({
  flows: fc.array(flow, { minLength: 5, maxLength: 40 }),
  sessions: fc.array(session, { minLength: 1, maxLength: 25 }),
  transfers: fc.array(transfer, { minLength: 1, maxLength: 8 }),
  leases: fc.array(lease, { minLength: 1, maxLength: 5 }),
});

const ends = ({ at, lasts }: { at: number; lasts: number }) => ({
  startedAt: at,
  endedAt: at + lasts * 1_000_000,
});

test('whoever is named, and with whomever they share: the parts sum to what left, to the byte and the connection', async () => {
  await fc.assert(
    fc.asyncProperty(facts, async ({ flows, sessions, transfers, leases }) => {
      const log = {
        'conn.log': zeekTsv(
          flows.map(({ at, lasts, host, other, sent, got }, index) =>
            conn({
              at,
              uid: `C${index}`,
              lasts,
              from: `${host} ${2000 + index}`,
              to: `${other} 443`,
              sent,
              got,
            }),
          ),
        ),
      };
      const plain = testLedger(YAML);
      await plain.importFiles(log);
      const named = testLedger(YAML);
      const words = {
        session: sessions.map(
          (each, index): FactWords => ({
            uid: `${index}`,
            event: 'end',
            principal: each.principal,
            server: each.server,
            ...ends(each),
          }),
        ),
        transfer: transfers.map(
          (each): FactWords => ({
            principal: each.principal,
            server: each.server,
            peer: each.peer,
            bytes: each.bytes,
            ...ends(each),
          }),
        ),
        lease: leases.map(
          ({ at, principal }): FactWords => ({ address: '10.200.0.5', principal, startedAt: at }),
        ),
      };
      await commitFacts(named, words);
      await named.importFiles(log);
      const before = await ask(plain, { by: 'path' });
      expect((await ask(named, { by: 'path' })).rows).toEqual(before.rows);
      for (const by of ['principal', 'tenant'] as const) {
        for (const path of [undefined, 'border', 'vpn']) {
          const question = path === undefined ? {} : { path };
          const { total, rows } = await ask(named, { by, ...question });
          const sum = (of: (row: (typeof rows)[number]) => string | number) =>
            rows.reduce((all, row) => all + BigInt(of(row)), 0n);
          expect(sum(({ bytesOut }) => bytesOut.estimate)).toBe(BigInt(total.bytesOut.estimate));
          expect(sum(({ bytesIn }) => bytesIn)).toBe(BigInt(total.bytesIn));
          expect(sum((row) => row.flows)).toBe(BigInt(total.flows));
          for (const { bytesOut } of rows) {
            expect(
              BigInt(bytesOut.low) <= BigInt(bytesOut.estimate) &&
                BigInt(bytesOut.estimate) <= BigInt(bytesOut.high),
            ).toBe(true);
            expect(BigInt(bytesOut.high) <= BigInt(total.bytesOut.high)).toBe(true);
          }
        }
      }
    }),
    { numRuns: 4 },
  );
});

/** Two who are of one tenant, and a third, on one login node at overlapping times. */
async function threeOnOneHost(): Promise<TestLedger> {
  const ledger = testLedger(YAML);
  const stay = (uid: string, principal: string, from: string, to: string) => ({
    uid,
    principal,
    server: 'login1',
    event: 'end',
    startedAt: `2026-03-02T${from}:00Z`,
    endedAt: `2026-03-02T${to}:00Z`,
  });
  await commitFacts(ledger, {
    session: [
      stay('1', 'alice', '08:00', '12:00'),
      stay('2', 'bob', '09:00', '12:00'),
      stay('3', 'dave', '11:00', '12:00'),
    ],
    member: [
      { principal: 'dave', tenant: 'physics', startedAt: '2026-03-01T00:00:00Z' },
      { principal: 'dave', tenant: 'biology', startedAt: '2026-03-03T00:00:00Z' },
    ],
  });
  const at = (time: string, sent: number, net: string) =>
    conn({
      at: `2026-03-02T${time}:00Z`,
      uid: `C${sent}`,
      lasts: 1,
      sent,
      got: 0,
      to: `198.51.${net}.7 443`,
    });
  await ledger.importFiles({
    'conn.log': zeekTsv([
      at('08:30', 1_000, '100'),
      at('09:30', 20_001, '101'),
      at('11:30', 300_000, '102'),
      at('13:00', 7, '103'),
    ]),
  });
  return ledger;
}

test('a report by principal says what was theirs, their share, and all they were present at', async () => {
  const ledger = await threeOnOneHost();
  const answer = await ask(ledger, {});
  const rows = answer.rows.map(({ key, bytesOut, oneOf }) => [
    key,
    bytesOut.low,
    bytesOut.high,
    oneOf?.least,
    oneOf?.most,
  ]);
  expect(rows).toEqual([
    ['alice', '1000', '321001', 2, 3],
    ['bob', '0', '320001', 2, 3],
    ['dave', '0', '300000', 3, 3],
    ['unknown', '7', '7', undefined, undefined],
  ]);
  const shares = Object.fromEntries(answer.rows.map(({ key, bytesOut }) => [key, Number(bytesOut.estimate)]));
  expect(shares.dave).toBe(100_000);
  expect([shares.alice, shares.bob]).toEqual(
    expect.arrayContaining([expect.closeTo(111_000, -1), expect.closeTo(110_000, -1)]),
  );
  const text = reportText(answer, 'Test Centre', 0);
  expect(text).toMatch(/alice .*part: one of 2 to 3 present/);
  expect(text).toMatch(/dave .*all: one of 3 present/);
  expect(text).toMatch(/unknown .*nobody known/);
});

test('a tenant is certain of what only its own people were present at; members count by the day', async () => {
  const ledger = await threeOnOneHost();
  const { rows } = await ask(ledger, { by: 'tenant' });
  expect(rows.map(({ key, bytesOut }) => [key, ...Object.values(bytesOut)])).toEqual([
    ['climate', '21001', '221001', '321001'],
    ['physics', '0', '100000', '300000'],
    ['unknown', '7', '7', '7'],
  ]);
  const climate = await ask(ledger, { by: 'principal', tenant: 'climate' });
  expect(climate.rows.map(({ key }) => key)).toEqual(['alice', 'bob']);
  expect(climate.total.bytesOut.estimate).toBe('221001');
  const bob = await ask(ledger, { by: 'destination', principal: 'bob' });
  expect(bob.rows.map(({ key, bytesOut }) => [key, bytesOut.low, bytesOut.high])).toEqual([
    ['198.51.102.0/24', '0', '300000'],
    ['198.51.101.0/24', '0', '20001'],
  ]);
  await expect(ask(ledger, { tenant: 'biologie' })).rejects.toThrow('names such a tenant');
});

test('what cannot be split evenly falls to one as often as to the other', async () => {
  const ledger = await threeOnOneHost();
  const odd = Array.from({ length: 40 }, (_, index) =>
    conn({ at: `2026-03-02T10:00:${10 + index}Z`, uid: `CB${index}`, sent: 1, to: `203.0.${index}.7 443` }),
  );
  await ledger.importFiles({ 'odd.log': zeekTsv(odd) });
  const window = { from: '2026-03-02T10:00:00Z', to: '2026-03-02T11:00:00Z' };
  const { rows } = await ask(ledger, window);
  expect(rows.map(({ key, bytesOut }) => [key, bytesOut.estimate]).sort()).toEqual([
    ['alice', '20'],
    ['bob', '20'],
  ]);
});
