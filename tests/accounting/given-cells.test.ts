import { expect, test } from 'vitest';
import { testLedger } from '../support/ledgers.ts';
import { micros } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
mappings:
  - { name: series, files: "*.csv", time: day, per: day, host: host, bytesOut: bytes, bytesIn: came, flows: n, principal: who, arrival: known, path: { value: border } }
`;

test('of a day that is given as one row the connections stand in its first hour, the bytes in all', async () => {
  const ledger = testLedger(YAML);
  await ledger.importFiles({
    'a.csv': 'day,host,bytes,came,n,who,known\n2026-03-01,vm-1,2400,48,7,alice,\n',
  });
  const cells = await ledger.cells();
  expect(cells.map(({ flows }) => flows)).toEqual([7, ...Array(23).fill(0)]);
  expect(
    new Set(cells.map(({ out, low, high, in: came, ip }) => `${low} ${out} ${high} ${came} ${ip}`)),
  ).toEqual(new Set(['100 100 100 2 0']));
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
