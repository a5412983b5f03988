import { expect, test } from 'vitest';
import { testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

test('rule 7: a record is one sign of life, in the hour it ended, however long it lasted', async () => {
  const ledger = testLedger();
  await ledger.importFiles({
    'conn.log': zeekTsv([
      conn({ at: '2026-03-01T10:00:00Z', uid: 'CTen', from: '10.0.0.1 1', lasts: 4 * 86_400, sent: 1 }),
      conn({ at: '2026-03-01T10:00:00Z', uid: 'CDay', from: '10.0.0.1 2', lasts: 7200, sent: 1 }),
      conn({ at: '2026-03-01T23:30:00Z', uid: 'CNight', from: '10.0.0.1 3', lasts: 3000, sent: 1 }),
      conn({ at: '2026-03-01T10:20:00Z', uid: 'CShort', from: '10.0.0.1 4', lasts: 1, sent: 1 }),
    ]),
    'capture_loss.log': zeekTsv(
      [
        { ts: '1772359200.000000', ts_delta: '900', peer: 'w1', gaps: 3, acks: 100 },
        { ts: '1772359300.000000', ts_delta: '900', peer: 'w2', gaps: 1, acks: 50 },
      ],
      { path: 'capture_loss' },
    ),
    // A million packets without a drop do not dilute what the acknowledgements miss.
    'stats.log': zeekTsv([{ ts: '1772359250.000000', peer: 'w1', pkts_proc: 1_000_000, pkts_dropped: 0 }], {
      path: 'stats',
    }),
  });
  const rows = await ledger.built('coverage-cell');
  const hour = (row: Record<string, unknown>) =>
    new Date(Number(row.hour) * 3_600_000).toISOString().slice(0, 13);
  expect(
    rows.map((row) => [hour(row), row.sensor, row.records, row.reports, row.seen, row.lost]).sort(),
  ).toEqual([
    ['2026-03-01T10', 'zeek', 1n, 3n, 146n, 4n],
    ['2026-03-01T12', 'zeek', 1n, 0n, 0n, 0n],
    ['2026-03-02T00', 'zeek', 1n, 0n, 0n, 0n],
    ['2026-03-05T10', 'zeek', 1n, 0n, 0n, 0n],
  ]);

  // Built by itself, the last day says the same of the connection that began long before.
  const late = conn({ at: '2026-03-05T10:10:00Z', uid: 'CLate', from: '10.0.0.1 5', lasts: 1, sent: 1 });
  const { answer } = await ledger.importFiles({ 'late.log': zeekTsv([late]) });
  expect(answer.rebuiltDays).toEqual(['2026-03-05']);
  const last = (await ledger.built('coverage-cell')).filter((row) => hour(row) === '2026-03-05T10');
  expect(last.map(({ records }) => records)).toEqual([2n]);
});

test('a change of weir.yaml revises the days it holds on, and taken back gives the old answer again', async () => {
  const yaml = (inside: string) => `
facility: { name: T }
networks: { inside: [10.0.0.0/8${inside}] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
`;
  const root = testLedger(yaml('')).dir;
  const first = testLedger(yaml(''), `${root}-config`);
  const rows = ['2026-03-01', '2026-03-02'].map((day) =>
    conn({ at: `${day}T10:00:00Z`, uid: `C${day}`, from: '203.0.113.9 1', lasts: 1, sent: 5 }),
  );
  await first.importFiles({ 'conn.log': zeekTsv(rows) });
  const before = await first.cells();
  expect(before.map(({ kind }) => kind)).toEqual(['unclassified', 'unclassified']);
  const other = testLedger(yaml(', { cidr: 203.0.113.0/24, from: 2026-03-02 }'), `${root}-config`);
  const { answer } = await other.importFiles({});
  expect(answer.rebuiltDays).toEqual(['2026-03-02']);
  expect((await other.cells()).map(({ kind }) => kind)).toEqual(['unclassified', 'egress']);
  const back = await first.importFiles({});
  expect(back.answer.rebuiltDays).toEqual([]);
  expect(await first.cells()).toEqual(before);
});
