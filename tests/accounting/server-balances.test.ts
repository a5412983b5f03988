import { expect, test } from 'vitest';
import { serverBalances } from '../../src/accounting/mass-balance.ts';
import { balanceIn } from '../../src/operations/balance.ts';
import { type Reading, withReading } from '../../src/operations/reading.ts';
import { formatHost } from '../../src/records/address.ts';
import { dayOfMicros } from '../../src/records/time.ts';
import { commitFacts, type FactWords } from '../support/identity-facts.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';
import { conn, micros, zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8], remoteAccess: [10.200.0.0/16] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
hosts:
  - { name: dtn, addresses: [10.0.0.40] }
  - { name: idle, addresses: [10.0.0.41] }
`;
const OUTSIDE = '198.51.100.7';
const DAY = dayOfMicros(micros('2026-03-02T00:00:00Z'));

/** A transfer that ended at an instant; named by its server's name unless told otherwise. */
const moved = (endedAt: string, bytes: number, words: FactWords = {}): FactWords => ({
  principal: 'ann',
  serverName: 'dtn',
  peer: OUTSIDE,
  startedAt: '2026-03-01T20:00:00Z',
  endedAt,
  bytes,
  ...words,
});
const flow = (at: string, sent: number, words: object = {}) =>
  conn({
    at,
    uid: `C${sent}`,
    lasts: 1,
    from: '10.0.0.40 5000',
    to: `${OUTSIDE} 443`,
    sent,
    got: 0,
    ...words,
  });

function asked<Answer>(ledger: TestLedger, ask: (reading: Reading) => Promise<Answer>): Promise<Answer> {
  return withReading({ facility: ledger.facility, ledgerDir: ledger.dir, progress: () => undefined }, ask);
}

test('a server is measured by what its logs say went outside, and by the most that flows of the same days saw leave it', async () => {
  const ledger = testLedger(YAML);
  await commitFacts(ledger, {
    transfer: [
      moved('2026-03-02T00:00:00Z', 1),
      moved('2026-03-02T23:59:59Z', 10, { serverName: undefined, server: '10.0.0.40' }),
      moved('2026-03-02T12:00:00Z', 100, { peer: '10.200.0.9' }),
      // What came in, stayed inside, or may have; and what went on other days.
      moved('2026-03-02T12:00:00Z', 1000, { direction: 'in' }),
      moved('2026-03-02T12:00:00Z', 10_000, { peer: '10.0.0.1' }),
      moved('2026-03-02T12:00:00Z', 100_000, { peer: undefined }),
      moved('2026-03-01T23:59:59Z', 1_000_000),
      moved('2026-03-03T00:00:00Z', 10_000_000),
      moved('2026-03-02T12:00:00Z', 7, { serverName: 'idle' }),
    ],
  });
  await ledger.importFiles({
    'conn.log': zeekTsv([
      flow('2026-03-02T00:30:00Z', 500),
      flow('2026-03-02T23:30:00Z', 60),
      flow('2026-03-02T12:30:00Z', 9_000, { to: '10.0.0.1 443' }),
      flow('2026-03-01T23:30:00Z', 80_000),
      flow('2026-03-03T00:30:00Z', 700_000),
    ]),
  });
  const days = { fromDay: DAY, toDay: DAY };
  const balances = await asked(ledger, (reading) =>
    serverBalances(
      reading.db,
      {
        cells: reading.builtFiles('cell', DAY - 1, DAY + 1),
        transfers: reading.factFiles('transfer', DAY - 1, DAY + 1),
      },
      days,
      reading.facility,
    ),
  );
  expect(balances.map(({ hostKey, ...rest }) => ({ host: formatHost(hostKey), ...rest }))).toEqual([
    { host: '10.0.0.40', bytesMoved: 111n, bytesOut: 560n },
    { host: '10.0.0.41', bytesMoved: 7n, bytesOut: 0n },
  ]);
});

test('a balance is one of bounds: by person and then by day, with all that a shared host can have sent', async () => {
  const ledger = testLedger(YAML);
  const stay = (principal: string) => ({
    uid: principal,
    principal,
    server: 'dtn',
    event: 'end',
    startedAt: '2026-03-02T08:00:00Z',
    endedAt: '2026-03-02T18:00:00Z',
  });
  await commitFacts(ledger, {
    session: [stay('ann'), stay('bob')],
    transfer: [moved('2026-03-03T12:00:00Z', 5, { principal: 'abe' }), moved('2026-03-02T12:00:00Z', 3)],
  });
  await ledger.importFiles({
    'conn.log': zeekTsv([
      flow('2026-03-02T17:30:00Z', 1000, { from: '10.0.0.40 6000', to: '203.0.113.9 443' }),
    ]),
  });
  const window = { fromHour: DAY * 24, toHour: (DAY + 2) * 24 };
  const rows = await asked(ledger, (reading) => balanceIn(reading, window));
  expect(
    rows
      .map(({ principal, bytesOut, bytesMoved }) => [principal, bytesOut.low, bytesOut.high, bytesMoved])
      .sort(),
  ).toEqual([
    ['abe', '0', '0', '5'],
    ['ann', '0', '1000', '3'],
    ['bob', '0', '1000', '0'],
  ]);
});
