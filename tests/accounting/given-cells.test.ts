import { expect, test } from 'vitest';
import { testLedger } from '../support/ledgers.ts';
import { micros } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
mappings:
  - { name: series, files: "*.csv", time: day, per: day, host: host, bytesOut: bytes, bytesIn: came, flows: n, principal: who, arrival: known, path: { value: border } }
`;

test('a day that is given as one row is one cell', async () => {
  const ledger = testLedger(YAML);
  await ledger.importFiles({
    'a.csv': 'day,host,bytes,came,n,who,known\n2026-03-01,vm-1,2400,48,7,alice,\n',
  });
  const cells = await ledger.cells();
  const words = cells.map(
    ({ hour, flows, out, low, high, in: came, ip }) =>
      `${hour.slice(11, 13)} ${flows} ${low} ${out} ${high} ${came} ${ip}`,
  );
  expect(words).toEqual(['00 7 2400 2400 2400 48 0']);
});

test('a day of another zone is a cell of each UTC day, by the hours that it has there', async () => {
  const ledger = testLedger(YAML.replace('per: day', 'per: day, timezone: Asia/Shanghai'));
  await ledger.importFiles({
    'a.csv':
      'day,host,bytes,came,n,who,known\n2026-03-02,vm-1,2405,48,7,alice,\n2026-03-03,vm-1,24,0,1,alice,\n',
  });
  const cells = await ledger.cells();
  // 2405 bytes: 101 in each of the first five hours, 100 in the others; the first eight lie before midnight UTC.
  expect(
    cells.map(({ hour, flows, out, in: came }) => `${hour.slice(0, 13)} ${flows} ${out} ${came}`),
  ).toEqual([
    '2026-03-01T16 7 805 16',
    '2026-03-02T00 0 1600 32',
    '2026-03-02T16 1 8 0',
    '2026-03-03T00 0 16 0',
  ]);
});

test('whom a row names is stated, whom it does not name nobody knows', async () => {
  const ledger = testLedger(YAML);
  await ledger.importFiles({
    'a.csv': 'day,host,bytes,came,n,who,known\n2026-03-01,vm-1,24,0,1,alice,\n2026-03-01,vm-2,24,0,1,,\n',
  });
  const cells = await ledger.cells();
  const words = cells.map(
    ({ host, principal, basis, present }) => `${host} ${principal} ${basis} ${present}`,
  );
  expect([...new Set(words)].sort()).toEqual(['vm-1 alice stated 1', 'vm-2 unknown unknown 0']);
});

test('a row is known when it says so, else at the end of its day', async () => {
  const ledger = testLedger(YAML);
  await ledger.importFiles({
    'a.csv':
      'day,host,bytes,came,n,who,known\n2026-03-01,vm-1,24,0,1,alice,2026-03-02T06:30:00Z\n2026-03-01,vm-2,24,0,1,bob,\n',
  });
  const cells = await ledger.built('cell');
  const arrived = new Map(cells.map(({ principal, arrivedAt }) => [principal, Number(arrivedAt)]));
  expect(arrived.get('alice')).toBe(micros('2026-03-02T06:30:00Z'));
  expect(arrived.get('bob')).toBe(micros('2026-03-02T00:00:00Z'));
});
