import { expect, test } from 'vitest';
import { testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 1000000, sensors: [zeek] }]
`;

test('a capacity of petabits and a connection of days overflow nothing', async () => {
  const ledger = testLedger(YAML);
  await ledger.importFiles({
    'conn.log': zeekTsv([conn({ at: '2026-03-01T10:00:00Z', lasts: 2 * 86_400, sent: 1n << 52n })]),
  });
  const all = await ledger.cells();
  expect(all.reduce((sum, cell) => sum + cell.out, 0n)).toBe(1n << 52n);
});

test('rule 10: sums above 2^53 are exact', async () => {
  const ledger = testLedger(YAML);
  const most = (1n << 53n) - 1n;
  const rows = Array.from({ length: 9 }, (_, index) =>
    conn({
      at: '2026-03-01T10:00:00Z',
      lasts: 600,
      from: `10.0.0.1 ${index + 1}`,
      sent: most,
      got: most - 1n,
    }),
  );
  await ledger.importFiles({ 'conn.log': zeekTsv(rows) });
  const [cell, ...others] = await ledger.cells();
  expect(others).toEqual([]);
  expect(cell).toMatchObject({ out: 9n * most, low: 9n * most, high: 9n * most, in: 9n * (most - 1n) });
  const [day] = (await ledger.snapshot()).builtDays();
  expect((await ledger.snapshot()).buildOf(day ?? 0)?.totals['bytesOut.egress']).toBe(String(9n * most));
});

test('rule 10: instants are UTC to the microsecond, whatever the log writes', async () => {
  const ledger = testLedger(YAML);
  const row = (ts: string, port: number) => ({ ...conn({ at: 0, from: `10.0.0.1 ${port}`, sent: 1 }), ts });
  const texts = [
    '1772359200.123456',
    '1772359200123.456',
    '2026-03-01T10:00:00.123456Z',
    '2026-03-01T18:00:00.123456+08:00',
    '2026-03-01T10:00:00.123456',
    '4102444799.999999',
  ];
  await ledger.importFiles({ 'conn.log': zeekTsv(texts.map(row)) });
  expect((await ledger.facts('flow')).map(({ startedAt }) => startedAt)).toEqual([
    ...Array(5).fill(1_772_359_200_123_456n),
    4_102_444_799_999_999n,
  ]);
});
