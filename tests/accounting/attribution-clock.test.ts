import { expect, test } from 'vitest';
import { commitFacts } from '../support/identity-facts.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';
import { conn, micros, zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
hosts: [{ name: login1, addresses: [10.0.0.1] }]
`;

const START = micros('2026-03-02T08:00:00Z');
const SECOND = 1_000_000;

/** Sessions one after the other, half an hour each; their sensor's clock is off by so many seconds, on one day. */
async function withOffset(offsetSeconds: number, sessions: number): Promise<TestLedger> {
  const ledger = testLedger(YAML);
  const begins = Array.from({ length: sessions }, (_, index) => START + index * 1800 * SECOND);
  const off = offsetSeconds * SECOND;
  await commitFacts(ledger, {
    session: begins.flatMap((begin, index) => {
      const own = {
        sensor: 'sshd',
        server: 'login1',
        uid: `u${index}`,
        principal: `p${index}`,
        outer: '203.0.113.7',
        outerPort: 50_000 + index,
      };
      return [
        { ...own, startedAt: begin + off + (index % 3) * 200_000 },
        { ...own, event: 'end', startedAt: begin + off + 1799 * SECOND },
      ];
    }),
  });
  await ledger.importFiles({
    'conn.log': zeekTsv(
      begins.flatMap((at, index) => [
        conn({
          at,
          uid: `S${index}`,
          lasts: 1799,
          from: `203.0.113.7 ${50_000 + index}`,
          to: '10.0.0.1 22',
          sent: 10,
          got: 1,
        }),
        // Just after the login and just before the end: the clock decides whose they are.
        conn({ at: at + 5 * SECOND, uid: `A${index}`, lasts: 1, sent: 1000, got: 0 }),
        conn({ at: at + 1795 * SECOND, uid: `B${index}`, lasts: 1, sent: 1000, got: 0 }),
      ]),
    ),
  });
  return ledger;
}

async function exactBytes(ledger: TestLedger): Promise<Record<string, bigint>> {
  const sums: Record<string, bigint> = {};
  for (const { principal, basis, out } of await ledger.cells())
    if (basis === 'presence') sums[principal] = (sums[principal] ?? 0n) + out;
  return sums;
}

async function clockOf(ledger: TestLedger): Promise<Record<string, string>> {
  const snapshot = await ledger.snapshot();
  const [day = 0] = snapshot.builtDays();
  const totals = snapshot.buildOf(day)?.totals ?? {};
  return Object.fromEntries(Object.entries(totals).filter(([name]) => name.startsWith('clock.')));
}

test.each([30, -30, 240])(
  'a clock that is off by %i seconds is found, said and taken out',
  async (offset) => {
    const ledger = await withOffset(offset, 9);
    expect(await clockOf(ledger)).toEqual({
      'clock.sshd.offsetMicros': String(offset * SECOND + 200_000),
      'clock.sshd.spreadMicros': '200000',
      'clock.sshd.matches': '9',
    });
    const expected = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`p${index}`, 2000n]));
    expect(await exactBytes(ledger)).toEqual(expected);
  },
);

test('too few sessions say nothing of a clock, and still name their own connections', async () => {
  const ledger = await withOffset(30, 4);
  expect(await clockOf(ledger)).toEqual({});
  const own = (await ledger.cells()).filter(({ basis }) => basis === 'connection');
  expect(own.map(({ principal }) => principal).sort()).toEqual(['p0', 'p1', 'p2', 'p3']);
  expect(await exactBytes(ledger)).not.toEqual({ p0: 2000n, p1: 2000n, p2: 2000n, p3: 2000n });
});

test("each day's clock is its own, so that a day does not depend on those built with it", async () => {
  const ledger = testLedger(YAML);
  const days = [micros('2026-03-02T08:00:00Z'), micros('2026-03-03T08:00:00Z')];
  const each = days.flatMap((day, d) =>
    Array.from({ length: 6 }, (_, index) => ({
      begin: day + index * 600 * SECOND,
      port: 40_000 + 100 * d + index,
      off: d === 0 ? 20 : -40,
    })),
  );
  await commitFacts(ledger, {
    session: each.map(({ begin, port, off }) => ({
      sensor: 'sshd',
      server: 'login1',
      uid: `u${port}`,
      principal: 'alice',
      outer: '203.0.113.7',
      outerPort: port,
      startedAt: begin + off * SECOND,
    })),
  });
  await ledger.importFiles({
    'conn.log': zeekTsv(
      each.map(({ begin, port }) =>
        conn({
          at: begin,
          uid: `C${port}`,
          lasts: 5,
          from: `203.0.113.7 ${port}`,
          to: '10.0.0.1 22',
          sent: 1,
          got: 1,
        }),
      ),
    ),
  });
  const snapshot = await ledger.snapshot();
  expect(snapshot.builtDays().map((day) => snapshot.buildOf(day)?.totals['clock.sshd.offsetMicros'])).toEqual(
    ['20000000', '-40000000'],
  );
});
