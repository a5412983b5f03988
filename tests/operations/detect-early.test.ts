import { expect, test } from 'vitest';
import { detect } from '../../src/operations/detect.ts';
import { hourlyRows } from '../support/hourly.ts';
import { testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const DAYS = 40;
const theft = conn({
  at: '2026-04-10T02:00:00Z',
  lasts: 1800,
  uid: 'CTheft',
  from: '10.0.0.3 40000',
  to: '203.0.113.9 443',
  sent: 900_000_000_000,
  got: 1000,
});

test('a loud theft is a lead minutes after its logs came, though the day has hardly begun', async () => {
  const ledger = testLedger();
  await ledger.importFiles({ 'conn.log': zeekTsv(hourlyRows('2026-03-01T00:00:00Z', DAYS * 24 + 3)) });
  const question = { facility: ledger.facility, ledgerDir: ledger.dir, progress: () => undefined };
  expect((await detect(question)).leads).toEqual([]);
  await ledger.importFiles({ 'theft.log': zeekTsv([theft]) });
  const { leads, campaigns } = await detect(question);
  const host = leads.find(({ family, entity }) => family === 'host' && entity === '10.0.0.3');
  expect(host).toMatchObject({ raisedOn: '2026-04-10', detectedAt: '2026-04-10T03:00:00Z' });
  expect(campaigns.some(({ hosts }) => hosts.includes('10.0.0.3'))).toBe(true);
  // Asked again, from the checkpoint of that day, the answer is the same.
  expect((await detect(question)).leads).toEqual(leads);
});
