import { expect, test } from 'vitest';
import { testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

/** Ways in which a count may be written; each is one number, whoever reads it. */
const WRITTEN = [
  '7',
  '00012',
  '+5',
  '1e3',
  '0x10',
  '1_000',
  '1.5',
  '1.4',
  '.5',
  '5.',
  ' 7',
  '9007199254740992',
];

function rows(more: readonly Record<string, unknown>[]) {
  const good = WRITTEN.map((text, index) => ({
    ...conn({
      at: '2026-03-01T10:00:00Z',
      uid: `C${index}`,
      from: `10.0.0.1 ${index + 1}`,
      lasts: 1,
      sent: 1,
    }),
    orig_bytes: text,
    resp_ip_bytes: text,
    duration: text,
  }));
  return zeekTsv([...good, ...more] as Parameters<typeof zeekTsv>[0]);
}

test('a chunk reads the same whether the reader makes its numbers or one bad value has it read as text', async () => {
  const clean = testLedger();
  const first = await clean.importFiles({ 'conn.log': rows([]) });
  const bad = { ...conn({ at: '2026-03-01T10:00:00Z', uid: 'CBad', sent: 1 }), orig_bytes: 'many' };
  const mixed = testLedger();
  const second = await mixed.importFiles({ 'conn.log': rows([bad]) });
  expect(second.answer.rejects.map(({ column, reason }) => [column, reason])).toContainEqual([
    'orig_bytes',
    'not a count below 2^53',
  ]);
  expect(second.answer.rejects.length).toBe(first.answer.rejects.length + 1);
  expect(await mixed.facts('flow')).toEqual(await clean.facts('flow'));
});
