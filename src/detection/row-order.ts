import type { Table } from './state.ts';

/** A day's entities come sorted and most were there the days before: so many places are looked at before the index is. */
const NEAR = 4;

/**
 * Returns the row of an entity, or undefined. A look into the index costs several times one at the next key in order.
 * @param after the row of the entity before it in the day's order; -1 at the first.
 */
export function findRow(table: Table, key: string, after: number): number | undefined {
  const { order, places, keys } = table;
  const from = after < 0 ? 0 : (places[after] ?? 0);
  const to = Math.min(from + NEAR, order.length);
  for (let place = from; place < to; place++) {
    const row = order[place] as number;
    if (keys[row] === key) return row;
  }
  return table.index.get(key);
}

/** Notes the order of the rows' keys, for findRow; it stays right, if less of a help, when rows come and go. */
export function orderRows(table: Table): void {
  const sorted = [...table.index.keys()].sort();
  table.order = Int32Array.from(sorted, (key) => table.index.get(key) as number);
  table.places = new Int32Array(table.capacity);
  for (let place = 0; place < table.order.length; place++) {
    table.places[table.order[place] as number] = place + 1;
  }
}
