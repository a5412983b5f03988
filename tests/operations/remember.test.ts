import { expect, it } from 'vitest';
import { register } from '../../src/operations/decide.ts';
import { rememberWhileStill } from '../../src/operations/remember.ts';
import { hourlyRows } from '../support/hourly.ts';
import { testLedger } from '../support/ledgers.ts';
import { zeekTsv } from '../support/zeek-text.ts';

it('asks again only when the journal says something new, and for each question by itself', async () => {
  const ledger = testLedger();
  await ledger.importFiles({ 'conn.log': zeekTsv(hourlyRows('2026-03-01T00:00:00Z', 2)) });
  let asked = 0;
  const ask = rememberWhileStill(ledger.dir, async (question: string) => {
    asked += 1;
    return `${question} ${asked}`;
  });
  expect([await ask('a'), await ask('a'), await ask('b'), await ask('a')]).toEqual([
    'a 1',
    'a 1',
    'b 2',
    'a 1',
  ]);
  await register({
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    owner: 'o',
    host: '10.0.0.1',
    cap: '1TB',
    from: '2026-03-01',
    until: '2026-03-02',
    note: 'n',
    by: 'b',
  });
  expect(await ask('a')).toBe('a 3');
});
