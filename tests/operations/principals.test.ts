import { expect, test } from 'vitest';
import { detect } from '../../src/operations/detect.ts';
import { formatDay } from '../../src/records/time.ts';
import { testLedger } from '../support/ledgers.ts';

const YAML = `
facility: { name: Test Centre }
paths:
  - { name: border, capacityGbps: 10 }
mappings:
  - { name: cells, files: "*.csv", time: day, per: day, host: host, principal: who, destination: peer, bytesOut: bytes, path: { value: border } }
`;
const FIRST = 20_500;
const DAYS = 48;
const PEOPLE = 20;

/** A login node that everybody shares; from day 40 on `p3` sends 30 GB a day to a place of its own. */
function cells(): string {
  const lines = ['day,host,who,peer,bytes'];
  for (let day = 0; day < DAYS; day++) {
    for (let p = 0; p < PEOPLE; p++) {
      const bytes = 2e9 + ((day * 7 + p * 13) % 10) * 2e8;
      lines.push(`${formatDay(FIRST + day)},login,p${p},198.51.${p}.7,${bytes}`);
    }
    if (day >= 40) lines.push(`${formatDay(FIRST + day)},login,p3,203.0.113.9,30000000000`);
    lines.push(`${formatDay(FIRST + day)},login,unknown,198.51.99.7,5000000000`);
  }
  return `${lines.join('\n')}\n`;
}

test('ready-made cells that name principals give leads on principals, and campaigns name them; nobody unknown', async () => {
  const ledger = testLedger(YAML);
  await ledger.importFiles({ 'cells.csv': cells() });
  const { leads, campaigns } = await detect({
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
  });
  const named = leads.filter(({ family }) => family === 'principal');
  expect(named.map(({ entity }) => entity)).toEqual(['p3']);
  expect(named[0]?.raisedOn).toBe(formatDay(FIRST + 40));
  const campaign = campaigns.find(({ principals }) => principals.includes('p3'));
  expect(campaign?.principals).toEqual(['p3']);
  expect(campaign?.destinations).toContain('203.0.113.0/24');
});
