/** What is kept of each principal and tenant for the mass balance: weeks of what they made, read and sent, and what of it is left. */

/** What was made or brought in covers egress for so many weeks, the running one included. */
export const COVER_WEEKS = 14;
/** So often may what was made leave: results are fetched again. */
export const COPIES = 2;
/** Weeks in a ring: the longest look back, and room for the running week. */
const RING = 16;
/** Whole weeks that are recent, and the ones before them that say what is usual. */
const RECENT_WEEKS = 4;
const USUAL_WEEKS = 8;
/** What may exceed the usual before it says anything. */
const TOLERANCE = 0.5;

/** Weekly sums that are judged, in the order of the columns `beyond` and `sums`: beyond own products, the tenant's, and all reads. */
export const BEYONDS = 3;

type Numbers = Int32Array | Float64Array;

/** Columns of a fixed width, one row for each name. */
export interface Roster<Columns extends Readonly<Record<string, Numbers>>> {
  readonly widths: readonly (readonly [keyof Columns & string, 'int' | 'float', number])[];
  readonly index: Map<string, number>;
  keys: string[];
  readonly free: number[];
  capacity: number;
  columns: Columns;
}

/** What is known of a principal. */
export type PrincipalColumns = Readonly<{
  seenDay: Int32Array;
  /** Day of its last lead, plus one; 0 before the first. */
  leadDay: Int32Array;
  week: Int32Array;
  birthWeek: Int32Array;
  /** By statistic: the last day on which its sum was about nothing. */
  since: Int32Array;
  out: Float64Array;
  made: Float64Array;
  /** Read by no job. */
  read: Float64Array;
  /** Of each week's products, and of its products and reads, the bytes that no egress has used up yet. */
  madeLeft: Float64Array;
  readLeft: Float64Array;
  /** By week and statistic: egress that nothing covered. */
  beyond: Float64Array;
  /** By statistic: what of it was beyond the usual, of the weeks before the running one, forgotten week by week. */
  sums: Float64Array;
}>;

/** What is known of a tenant: what its members made. */
export type TenantColumns = Readonly<{
  seenDay: Int32Array;
  week: Int32Array;
  made: Float64Array;
  madeLeft: Float64Array;
}>;

const PRINCIPAL_WIDTHS: Roster<PrincipalColumns>['widths'] = [
  ['seenDay', 'int', 1],
  ['leadDay', 'int', 1],
  ['week', 'int', 1],
  ['birthWeek', 'int', 1],
  ['since', 'int', BEYONDS + 1],
  ['out', 'float', RING],
  ['made', 'float', RING],
  ['read', 'float', RING],
  ['madeLeft', 'float', RING],
  ['readLeft', 'float', RING],
  ['beyond', 'float', RING * BEYONDS],
  ['sums', 'float', BEYONDS],
];

const TENANT_WIDTHS: Roster<TenantColumns>['widths'] = [
  ['seenDay', 'int', 1],
  ['week', 'int', 1],
  ['made', 'float', RING],
  ['madeLeft', 'float', RING],
];

function columnsOf<Columns extends Readonly<Record<string, Numbers>>>(
  widths: Roster<Columns>['widths'],
  capacity: number,
  old?: Columns,
): Columns {
  const entries = widths.map(([name, kind, width]) => {
    const data = kind === 'int' ? new Int32Array(capacity * width) : new Float64Array(capacity * width);
    if (old) data.set(old[name] as Numbers);
    return [name, data];
  });
  return Object.fromEntries(entries) as Columns;
}

function createRoster<Columns extends Readonly<Record<string, Numbers>>>(
  widths: Roster<Columns>['widths'],
  capacity: number,
): Roster<Columns> {
  return { widths, index: new Map(), keys: [], free: [], capacity, columns: columnsOf(widths, capacity) };
}

/** Returns a roster of principals that knows none. */
export function createPrincipals(capacity = 64): Roster<PrincipalColumns> {
  return createRoster(PRINCIPAL_WIDTHS, capacity);
}

/** Returns a roster of tenants that knows none. */
export function createTenants(capacity = 64): Roster<TenantColumns> {
  return createRoster(TENANT_WIDTHS, capacity);
}

/** Makes room for at least so many rows. */
export function reserve<Columns extends Readonly<Record<string, Numbers>>>(
  roster: Roster<Columns>,
  rows: number,
): void {
  if (rows <= roster.capacity) return;
  roster.capacity = Math.max(2 * roster.capacity, rows);
  roster.columns = columnsOf(roster.widths, roster.capacity, roster.columns);
}

/** Returns a name's row, a blank one for a name that is new, and whether it is. */
export function rowOf<Columns extends Readonly<Record<string, Numbers>>>(
  roster: Roster<Columns>,
  name: string,
): { row: number; isNew: boolean } {
  const known = roster.index.get(name);
  if (known !== undefined) return { row: known, isNew: false };
  const row = roster.free.pop() ?? roster.keys.length;
  reserve(roster, row + 1);
  roster.keys[row] = name;
  roster.index.set(name, row);
  return { row, isNew: true };
}

/** Forgets a row: its columns are blank again and it is free for another name. */
export function dropRow<Columns extends Readonly<Record<string, Numbers>>>(
  roster: Roster<Columns>,
  row: number,
): void {
  for (const [name, , width] of roster.widths)
    (roster.columns[name] as Numbers).fill(0, row * width, (row + 1) * width);
  roster.index.delete(roster.keys[row] as string);
  roster.keys[row] = '';
  roster.free.push(row);
}

/** Empties the weeks of a ring after a row's last one, up to a week. @param width values of each week. */
export function clearWeeks(ring: Float64Array, row: number, lastWeek: number, week: number, width = 1): void {
  for (let w = Math.max(lastWeek + 1, week - RING + 1); w <= week; w++) {
    const at = (row * RING + (w % RING)) * width;
    ring.fill(0, at, at + width);
  }
}

/** Adds to the running week of a ring. */
export function addTo(ring: Float64Array, row: number, week: number, bytes: number): void {
  const at = row * RING + (week % RING);
  ring[at] = (ring[at] as number) + bytes;
}

/**
 * Uses up what the weeks of a cover have left, the newest first: who sends what he made leaves nothing behind, and what was
 * made long ago and stayed covers little. Returns the bytes that it did not cover.
 */
export function useUp(left: Float64Array, row: number, week: number, bytes: number): number {
  let open = bytes;
  for (let w = week; w > week - COVER_WEEKS && w >= 0 && open > 0; w--) {
    const at = row * RING + (w % RING);
    const used = Math.min(open, left[at] as number);
    left[at] = (left[at] as number) - used;
    open -= used;
  }
  return open;
}

/** Returns the sum of a ring over the weeks [from, to]. */
export function sumWeeks(ring: Float64Array, row: number, from: number, to: number): number {
  let sum = 0;
  for (let w = Math.max(0, from); w <= to; w++) sum += ring[row * RING + (w % RING)] as number;
  return sum;
}

/** Returns what the last four whole weeks of a ring came to, a day: whole bytes. */
export function usualADay(ring: Float64Array, row: number, week: number): number {
  return Math.floor(sumWeeks(ring, row, week - RECENT_WEEKS, week - 1) / (7 * RECENT_WEEKS));
}

/** Adds to the running week of one statistic. */
export function addBeyond(
  c: PrincipalColumns,
  row: number,
  week: number,
  statistic: number,
  bytes: number,
): void {
  const at = (row * RING + (week % RING)) * BEYONDS + statistic;
  c.beyond[at] = (c.beyond[at] as number) + bytes;
}

/**
 * Returns the mean of what was uncovered in each of the weeks five to twelve before a week; NaN while none of them was learned.
 * @param learnedWeek the first week whose uncovered egress is known.
 */
export function usualBeyond(
  c: PrincipalColumns,
  row: number,
  week: number,
  statistic: number,
  learnedWeek: number,
): number {
  const from = Math.max(learnedWeek, week - RECENT_WEEKS - USUAL_WEEKS);
  const weeks = week - RECENT_WEEKS - from;
  if (weeks <= 0) return Number.NaN;
  let sum = 0;
  for (let w = from; w < from + weeks; w++)
    sum += c.beyond[(row * RING + (w % RING)) * BEYONDS + statistic] as number;
  return sum / weeks;
}

/** Returns what of a week's uncovered egress exceeds half as much again as what is usual; 0 while nothing is. */
export function beyondUsual(
  c: PrincipalColumns,
  row: number,
  week: number,
  statistic: number,
  learnedWeek: number,
): number {
  const usual = usualBeyond(c, row, week, statistic, learnedWeek);
  if (Number.isNaN(usual)) return 0;
  const bytes = c.beyond[(row * RING + (week % RING)) * BEYONDS + statistic] as number;
  return Math.max(0, Math.round(bytes - (1 + TOLERANCE) * usual));
}

/** Returns what was read in each of the weeks five to twelve before a week, in the mean. */
export function usualReads(c: PrincipalColumns, row: number, week: number): number {
  return sumWeeks(c.read, row, week - RECENT_WEEKS - USUAL_WEEKS, week - RECENT_WEEKS - 1) / USUAL_WEEKS;
}

/**
 * Returns by how much the reads of the running week and the four before exceed what is usual: neither their level nor their
 * ratio to what they led to (egress and products) was seen in the eight weeks before those. 0 of a newcomer.
 */
export function readsBeyondUsual(c: PrincipalColumns, row: number, week: number): number {
  const recent = week - RECENT_WEEKS;
  const first = recent - USUAL_WEEKS;
  if (first < 0 || (c.birthWeek[row] as number) > first) return 0;
  const ledTo = (from: number, to: number) =>
    sumWeeks(c.out, row, from, to) + sumWeeks(c.made, row, from, to);
  const read = sumWeeks(c.read, row, recent, week);
  const usualRead = usualReads(c, row, week) * USUAL_WEEKS;
  const usualLedTo = ledTo(first, recent - 1);
  const ratio = usualLedTo > 0 ? Math.max(1, usualRead / usualLedTo) : 1;
  const level = (usualRead * (RECENT_WEEKS + 1)) / USUAL_WEEKS;
  return Math.max(0, Math.round(read - (1 + TOLERANCE) * Math.max(ratio * ledTo(recent, week), level)));
}
