import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sumCells } from '../../src/accounting/cell-query.ts';
import { openDatabase } from '../../src/ledger/duckdb/database.ts';
import { createViews, select } from '../../src/ledger/duckdb/views.ts';
import { CELL_COLUMNS, sqlType } from '../../src/records/columns.ts';
import { temporaryFolder } from '../support/ledgers.ts';
import { writeParquet } from '../support/parquet.ts';

/** Columns that cells of sealed days, built by an earlier version, do not have. */
const LATER = ['basis', 'present', 'sharers'];

test('cells of sealed days that an earlier version built are read beside those of today: nobody shares them', async () => {
  const dir = temporaryFolder();
  const row = (principal: string, names: readonly string[]) =>
    `SELECT ${CELL_COLUMNS.filter(({ name }) => names.includes(name))
      .map(({ name, type }) => {
        const value = {
          principal: `'${principal}'`,
          kind: `'egress'`,
          path: `'border'`,
          bytesOut: '7',
          present: '1',
        }[name];
        return `${value ?? (type === 'text' ? `'x'` : '1')}::${sqlType(type)} AS "${name}"`;
      })
      .join(', ')}`;
  const all = CELL_COLUMNS.map(({ name }) => name).filter((name) => name !== 'sharers');
  const [older, newer] = [join(dir, 'older.parquet'), join(dir, 'newer.parquet')];
  await writeParquet(
    older,
    row(
      'alice',
      all.filter((name) => !LATER.includes(name)),
    ),
  );
  await writeParquet(newer, `${row('alice', all)} UNION ALL ${row('bob', all)}`);
  const db = await openDatabase({ root: dir, temporary: join(dir, 'engine'), threads: 1 });
  try {
    const sums = await sumCells(db, { cells: [older, newer], sharers: [] }, 'principal', {
      fromHour: 0,
      toHour: 9,
    });
    expect(sums.map(({ key, bytesOut, sharedMost }) => [key, bytesOut, sharedMost])).toEqual([
      ['alice', 14n, null],
      ['bob', 7n, null],
    ]);
    await createViews(db, (_, built) => (built ? [older] : []), undefined);
    const { rows } = await select(db, 'SELECT principal, basis, present FROM cell', 5);
    expect(rows).toEqual([['alice', null, null]]);
  } finally {
    db.close();
  }
});
