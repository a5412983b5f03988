import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readsByPrincipal } from '../../src/accounting/access-query.ts';
import { openDatabase } from '../../src/ledger/duckdb/database.ts';
import { columnList, sqlType } from '../../src/records/columns.ts';
import { FACT_COLUMNS } from '../../src/records/families.ts';
import { sqlText } from '../../src/records/sql-text.ts';
import { MICROS_PER_DAY } from '../../src/records/time.ts';
import { temporaryFolder } from '../support/ledgers.ts';

test('reads are summed by identity over the days they reach into, with what is a bound and what has no size', async () => {
  const root = temporaryFolder();
  const db = await openDatabase({ root, temporary: join(root, 'engine'), threads: 1 });
  try {
    const row = (
      from: number,
      to: number | null,
      principal: string | null,
      operation: string,
      read: bigint | null,
      bound: boolean,
    ) => {
      const values: Record<string, string> = {
        startedAt: String(from * MICROS_PER_DAY),
        endedAt: to === null ? 'NULL' : String(to * MICROS_PER_DAY - 1),
        sensor: "'lustre'",
        principal: principal === null ? 'NULL' : sqlText(principal),
        operation: sqlText(operation),
        bytesRead: read === null ? 'NULL' : String(read),
        bytesReadIsBound: String(bound),
      };
      return `SELECT ${FACT_COLUMNS.access.map(({ name, type }) => `(${values[name] ?? 'NULL'})::${sqlType(type)} AS "${name}"`).join(', ')}`;
    };
    const rows = [
      row(10, 11, 'ann', 'read', 1n << 60n, false),
      row(11, 12, 'ann', 'read', 7n, false),
      row(9, 11, 'bob', 'open', 500n, true),
      row(11, null, 'bob', 'read', null, false),
      row(11, null, null, 'read', 3n, false),
      row(11, null, 'cat', 'write', null, false),
      row(8, 10, 'dan', 'read', 9n, false),
      row(12, 13, 'dan', 'read', 9n, false),
    ];
    const file = join(root, 'access.parquet');
    await db.run(
      `COPY (SELECT ${columnList(FACT_COLUMNS.access)} FROM (${rows.join(' UNION ALL ')})) TO ${sqlText(file)} (FORMAT parquet)`,
    );
    expect(await readsByPrincipal(db, [file], { fromDay: 10, toDay: 11 })).toEqual([
      { principal: 'ann', bytesRead: (1n << 60n) + 7n, boundBytes: 0n, unsized: 0 },
      { principal: 'bob', bytesRead: 500n, boundBytes: 500n, unsized: 1 },
      { principal: 'unknown', bytesRead: 3n, boundBytes: 0n, unsized: 0 },
    ]);
    expect(await readsByPrincipal(db, [], { fromDay: 10, toDay: 11 })).toEqual([]);
  } finally {
    db.close();
  }
});
