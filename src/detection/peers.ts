import { LOUD, PATIENT, RULES } from './channels.ts';
import { STANDING, type Table } from './state.ts';

const RECENT_DAYS = 28;
const PEERS_NEEDED = 8;

/**
 * Computes, at the beginning of a week, what newcomers are judged against: the 95 % quantile of what is
 * expected of their peers, and the median and the 95 % quantile of the peers' loudest days. Only entities active in the last 28 days.
 */
export function learnFromPeers(table: Table, day: number): void {
  const c = table.columns;
  const rows: number[] = [];
  for (let row = 0; row < table.keys.length; row++) {
    if (table.keys[row] !== '' && (c.seenDay[row] as number) >= day - RECENT_DAYS) rows.push(row);
  }
  if (!RULES[table.family].zeroBeforeBirth) {
    const own = rows.filter((row) => (c.standing[row] as number) >= STANDING.young);
    for (let s = 0; s < PATIENT; s++) {
      table.prior[s] = quantileOf(c.expected, PATIENT, s, own, 0.95);
    }
  }
  for (let l = 0; l < LOUD; l++) {
    const known = rows.filter((row) => (c.loudMax[row * LOUD + l] as number) > 0);
    table.loudPrior[l] = quantileOf(c.loudMax, LOUD, l, known, 0.5);
    table.loudPrior[LOUD + l] = quantileOf(c.loudMax, LOUD, l, known, 0.95);
  }
}

/** The quantile of one of the values that a column holds for each of some rows. */
function quantileOf(
  column: Float64Array,
  width: number,
  offset: number,
  rows: readonly number[],
  share: number,
): number {
  if (rows.length < PEERS_NEEDED) return 0;
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = column[(rows[i] as number) * width + offset] as number;
  return select(values, Math.floor(share * (rows.length - 1)));
}

/** The k-th smallest value (from 0), by quickselect: sorting every column of every week would be a fifth of the cost. */
function select(values: Float64Array, k: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((values[i] as number) < pivot) i += 1;
      while ((values[j] as number) > pivot) j -= 1;
      if (i > j) break;
      const swapped = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = swapped;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k] as number;
}
