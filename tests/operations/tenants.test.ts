import { expect, test } from 'vitest';
import { detect } from '../../src/operations/detect.ts';
import { formatDay } from '../../src/records/time.ts';
import { testLedger } from '../support/ledgers.ts';

const FIRST = 20_500;
const DAYS = 42;
const PEOPLE = 20;
const CELLS =
  '{ name: cells, files: "*.csv", time: day, per: day, host: host, principal: who, destination: peer, bytesOut: bytes, path: { value: border } }';

function yaml(tenants: string): string {
  return `
facility: { name: Test Centre }
paths:
  - { name: border, capacityGbps: 10 }
mappings:
  - ${CELLS}
${tenants}`;
}

const people = (from: number) => Array.from({ length: 5 }, (_, n) => `p${from + n}`).join(', ');
const TENANTS = `tenants:
${['alpha', 'beta', 'gamma', 'delta'].map((name, n) => `  - { name: ${name}, principals: [${people(5 * n)}] }`).join('\n')}
`;

/** A login node that everybody shares; from day 40 on each of beta's five sends 30 GB a day to a place of his own. */
function cells(): string {
  const lines = ['day,host,who,peer,bytes'];
  for (let day = 0; day < DAYS; day++) {
    for (let p = 0; p < PEOPLE; p++) {
      const bytes = 2e9 + ((day * 7 + p * 13) % 10) * 2e8;
      lines.push(`${formatDay(FIRST + day)},login,p${p},198.51.${p}.7,${bytes}`);
      if (day >= 40 && p >= 5 && p < 10)
        lines.push(`${formatDay(FIRST + day)},login,p${p},203.0.${p}.9,30000000000`);
    }
    lines.push(`${formatDay(FIRST + day)},login,unknown,198.51.99.7,5000000000`);
  }
  return `${lines.join('\n')}\n`;
}

test('tenants are entities of their own where somebody says who belongs to them, and nothing of them is there otherwise', async () => {
  const without = testLedger(yaml(''));
  await without.importFiles({ 'cells.csv': cells() });
  const ask = (ledger: typeof without, facility = ledger.facility) => ({
    facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
  });
  // Thresholds are set from the third week on.
  const before = await detect({ ...ask(without), to: formatDay(FIRST + 15) });
  expect(before.promise.extrapolatedThresholds).toContain('principal/bytes/day');
  expect(before.leads.filter(({ family }) => family === 'tenant')).toEqual([]);
  expect(before.promise.extrapolatedThresholds.filter((name) => name.startsWith('tenant'))).toEqual([]);

  // The same ledger, asked with tenants: what was judged without them does not stand.
  const { facility } = testLedger(yaml(TENANTS));
  const after = await detect(ask(without, facility));
  const [lead, ...more] = after.leads.filter(({ family }) => family === 'tenant');
  expect(more).toEqual([]);
  expect(lead?.entity).toBe('beta');
  expect(lead?.raisedOn).toBe(formatDay(FIRST + 40));
  expect(lead?.because).toMatch(/^Tenant beta: /);
  const campaign = after.campaigns.find(({ id }) => id === lead?.campaign);
  expect(campaign?.principals).toEqual(['p5', 'p6', 'p7', 'p8', 'p9']);
  expect(campaign?.destinations).toEqual([5, 6, 7, 8, 9].map((place) => `203.0.${place}.0/24`));
});
