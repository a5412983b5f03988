import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { detect } from '../../src/operations/detect.ts';
import { hourlyRows } from '../support/hourly.ts';
import { commitFacts, type Facts } from '../support/identity-facts.ts';
import { testLedger } from '../support/ledgers.ts';
import { zeekTsv } from '../support/zeek-text.ts';

async function tenDays() {
  const ledger = testLedger();
  await ledger.importFiles({ 'conn.log': zeekTsv(hourlyRows('2026-03-01T00:00:00Z', 240)) });
  const question = { facility: ledger.facility, ledgerDir: ledger.dir, progress: () => undefined };
  const kept = () => readdirSync(join(ledger.dir, 'cache', 'detection')).sort();
  return { ledger, question, kept };
}

test('several runs of detection at once give one answer and leave whole checkpoints only', async () => {
  const { question, kept } = await tenDays();
  const answers = await Promise.all([1, 2, 3, 4].map(() => detect(question)));
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(kept()).toHaveLength(2);
  expect(kept().filter((name) => name.startsWith('new-'))).toEqual([]);
  expect(await detect(question)).toEqual(answers[0]);
});

test('a look into the past leaves the states of the newest days', async () => {
  const { question, kept } = await tenDays();
  await detect(question);
  const newest = kept();
  await detect({ ...question, to: '2026-03-05' });
  expect(kept()).toEqual(expect.arrayContaining(newest));
});

test('storage logs and directories that come late have the states made anew that were weighed without them', async () => {
  const { ledger, question, kept } = await tenDays();
  const startedAt = '2026-03-04T12:00:00Z';
  const madeAnew = async (facts: Facts) => {
    await commitFacts(ledger, facts);
    const before = kept();
    await detect(question);
    return kept().some((name) => !before.includes(name));
  };
  await detect(question);
  expect(await madeAnew({ handshake: [{ uid: 'C', protocol: 'ssh', startedAt }] })).toBe(false);
  expect(await madeAnew({ access: [{ principal: '1001', bytesRead: 7, startedAt }] })).toBe(true);
  expect(await madeAnew({ account: [{ uid: '1001', principal: 'alice', startedAt }] })).toBe(true);
});
