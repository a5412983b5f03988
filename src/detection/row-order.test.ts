import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { findRow, orderRows } from './row-order.ts';
import { addRow, createTable, removeRow } from './state.ts';

const name = fc.integer({ min: 0, max: 40 }).map((n) => `h${n}`);

test.prop([
  fc.array(fc.record({ key: name, what: fc.constantFrom('add', 'remove', 'order') })),
  fc.array(name),
])('finds what the index holds, whatever came, went and was ordered since', (steps, asked) => {
  const table = createTable('host', 4);
  for (const { key, what } of steps) {
    const row = table.index.get(key);
    if (what === 'order') orderRows(table);
    else if (what === 'remove' && row !== undefined) removeRow(table, row);
    else if (what === 'add' && row === undefined) addRow(table, key);
  }
  let after = -1;
  for (const key of asked) {
    const row = findRow(table, key, after);
    expect(row).toBe(table.index.get(key));
    after = row ?? after;
  }
});
