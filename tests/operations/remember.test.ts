import { expect, it } from 'vitest';
import { register } from '../../src/operations/decide.ts';
import { rememberWhileStill } from '../../src/operations/remember.ts';
import { hourlyRows } from '../support/hourly.ts';
import { testLedger } from '../support/ledgers.ts';
import { zeekTsv } from '../support/zeek-text.ts';

it('asks again only when the journal says something new, and for each question by itself', async () => {
  const ledger = testLedger();
  await ledger.importFiles({ 'conn.log': zeekTsv(hourlyRows('2026-03-01T00:00:00Z', 2)) });
  const { position } = await ledger.snapshot();
  let asked = 0;
  const ask = rememberWhileStill(ledger.dir, async ({ name }: { name: string; asOf?: number }) => {
    asked += 1;
    return `${name} ${asked}`;
  });
  const answers: string[] = [];
  for (const question of [
    { name: 'a' },
    { name: 'a', asOf: position },
    { name: 'b' },
    { name: 'a', asOf: 1 },
    { name: 'a' },
  ]) {
    answers.push(await ask(question));
  }
  expect(answers).toEqual(['a 1', 'a 1', 'b 2', 'a 3', 'a 1']);
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
  expect(await ask({ name: 'a' })).toBe('a 4');
});
