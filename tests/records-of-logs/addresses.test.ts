import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Address, formatAddress, parseAddress } from '../../src/records/address.ts';
import { testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

test('addresses are read by the engine as they are everywhere else, in every spelling', async () => {
  const half = fc.oneof(
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    fc.constantFrom(0n, 1n, 0xffffn, 0xffff_0000_0001n, 1n << 48n),
  );
  const texts = fc
    .sample(fc.tuple(half, half, fc.boolean()), { numRuns: 600, seed: 6 })
    .map(([hi, lo, spelledOut]) => (spelledOut ? groups({ hi, lo }).join(':') : formatAddress({ hi, lo })));
  const ledger = testLedger();
  const { answer } = await ledger.importFiles({
    'conn.log': zeekTsv(
      texts.map((text, index) => conn({ at: '2026-03-01T10:00:00Z', from: `${text} ${index + 1}`, sent: 1 })),
    ),
  });
  expect(answer.rejects).toEqual([]);
  const read = (await ledger.facts('flow')).map(({ origHi, origLo }) => ({ hi: origHi, lo: origLo }));
  expect(read).toEqual(texts.map((text) => parseAddress(text)));
});

function groups({ hi, lo }: Address): string[] {
  const value = (hi << 64n) | lo;
  return Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(16 * (7 - index))) & 0xffffn).toString(16),
  );
}
