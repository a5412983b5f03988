import { expect, test } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '../../src/ledger/duckdb/database.ts';
import { sqlText } from '../../src/records/sql-text.ts';
import { instantIn, isZoneless } from '../../src/sources/values.ts';
import { zonedTime } from '../../src/sources/zoned-time.ts';
import { testLedger } from '../support/ledgers.ts';

const HOURS = 3_600_000_000n;
const SHEET = `
facility: { name: Test Centre }
paths: [{ name: border, capacityGbps: 10 }]
mappings:
  - { name: sheet, files: "*.csv", time: when, host: host, bytesOut: sent, timezone: Asia/Shanghai, path: { value: border } }
`;
const row = z.object({
  engine: z.bigint().nullable(),
  shanghai: z.bigint().nullable(),
  unstated: z.bigint().nullable(),
});

/** Dates and times as logs and spreadsheets write them, a few of which the engine does not read. */
const DATES = ['2026-03-02', '2026/03/02', '2026/3/2', '2026-3-2', '2026 03 02', '2026.03.02', '20260302'];
const TIMES = [
  '',
  ' 10:00:00',
  'T10:00:00.123456',
  ' 1:00:00',
  ' 10:00',
  '  10:00:00',
  '.10:00:00',
  ' 24:00:00',
];
const ZONES = ['', 'Z', '+01', '+0100', ' UTC', '-05:30', ' '];

test('a time that does not say its zone is of the stated one and of none else, however it is written', async () => {
  const db = await openDatabase({ root: '/tmp', temporary: '/tmp/weir-zones' });
  try {
    const texts = DATES.flatMap((date) =>
      TIMES.flatMap((time) => ZONES.flatMap((zone) => [`${date}${time}${zone}`, ` ${date}${time}${zone}`])),
    );
    const values = texts.map((text) => `(${sqlText(text)})`).join(', ');
    const rows = await db.rows(
      `SELECT epoch_us(TRY_CAST(t AS TIMESTAMPTZ)) AS engine, ${instantIn('t', 'Asia/Shanghai')} AS shanghai,
         ${zonedTime('t', undefined)} AS unstated FROM (VALUES ${values}) AS texts(t)`,
      row,
    );
    const read = texts.flatMap((text, index) => {
      const { engine, shanghai, unstated } = row.parse(rows[index]);
      return engine === null ? [] : [{ text, engine, shanghai, unstated }];
    });
    expect(read.length).toBeGreaterThan(100);
    for (const { text, engine, shanghai, unstated } of read) {
      const saysZone = /[A-Za-z]{3}|Z|:\d+[+-]\d|:\d\d\.\d+[+-]/.test(text);
      expect(isZoneless(text), text).toBe(!saysZone);
      expect([shanghai, unstated], text).toEqual(saysZone ? [engine, engine] : [engine - 8n * HOURS, null]);
    }
  } finally {
    db.close();
  }
});

test('a line that names a zone is of that zone, and no line behind it is', async () => {
  const files = (zone: string) => ({
    'a.csv': `when,host,sent\n2026-03-02 18:00:00 ${zone},a,7\n2026-03-02 18:00:00,b,5\n2026/3/2 18:00,c,1\n`,
  });
  for (const [stated, hours] of [
    ['UTC', 0n],
    ['Asia/Shanghai', 8n],
  ] as const) {
    const ledger = testLedger(SHEET.replace('Asia/Shanghai', stated));
    await ledger.importFiles(files('America/New_York'));
    const begins = (await ledger.facts('given')).map(({ startedAt }) => BigInt(String(startedAt)));
    const plain = 1_772_474_400_000_000n - hours * HOURS;
    expect(begins).toEqual([1_772_474_400_000_000n + 5n * HOURS, plain, plain]);
  }
});

test('slashes change nothing: the hours of a spreadsheet are those of the zone that weir.yaml states', async () => {
  const ledger = testLedger(SHEET);
  await ledger.importFiles({
    'a.csv':
      'when,host,sent\n2026/3/2 18:00,192.0.2.1,7\n2026-03-02 18:00:00,192.0.2.1,5\n1970/01/01 09:00,192.0.2.1,1\n',
  });
  const facts = await ledger.facts('given');
  expect(facts.map(({ startedAt, bytesOut }) => [startedAt, bytesOut])).toEqual([
    [1_772_445_600_000_000n, 7n],
    [1_772_445_600_000_000n, 5n],
  ]);
});
