import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '../../src/ledger/duckdb/database.ts';
import { createViews } from '../../src/ledger/duckdb/views.ts';
import { formatAddress, formatHost, formatNetwork, parseAddress } from '../../src/records/address.ts';
import { temporaryFolder } from '../support/ledgers.ts';

/** Every shape of RFC 5952: no zeros, one alone, runs of two and more, two runs alike, at the begin and at the end. */
const ADDRESSES = [
  '192.0.2.7',
  '2001:db8:1:2:3:4:5:6',
  '2001:db8:0:1:1:1:1:1',
  '2001:db8:0:0:1:0:0:1',
  '2001:0:0:1:0:0:0:1',
  '2001:db8::',
  '::1',
  '::',
  '1::',
  'fe80::10:0:0:1',
  '64:ff9b::c000:207',
];

test('addresses, hosts and networks are written in SQL as everywhere else', async () => {
  const folder = temporaryFolder();
  const db = await openDatabase({ root: folder, temporary: join(folder, 'engine') });
  try {
    await createViews(db, () => [], undefined);
    for (const text of ADDRESSES) {
      const address = parseAddress(text);
      if (!address) throw new Error(text);
      const key = address.hi === 0n ? address.lo : address.hi;
      const [row] = await db.rows(
        `SELECT weir_address(${address.hi}::UBIGINT, ${address.lo}::UBIGINT) AS address,
           weir_host(${key}::UBIGINT) AS host, weir_network(${key}::UBIGINT) AS network`,
        z.object({ address: z.string(), host: z.string(), network: z.string() }),
      );
      expect(row).toEqual({
        address: formatAddress(address),
        host: formatHost(key),
        network: formatNetwork(key),
      });
    }
  } finally {
    db.close();
  }
});
