import type { DayColumns, PairColumns } from './day-series.ts';

/** A pair counts as novel for this many days after it was first seen. */
const NOVEL_DAYS = 60;
/** A novel pair this old that is still active counts as persistent. */
const PERSISTENT_DAYS = 7;
/** The place of those that are no entity. */
export const NOBODY = -1;

/**
 * Where an entity's running sums lie. Of volumes what lies beyond each clip is added up, not what lies below it: most pairs are
 * smaller than the smallest, and then there is nothing to add.
 */
const BYTES = 0;
const BEYOND = 1;
const NOVEL_BYTES = 5;
const NOVEL_BEYOND = 6;
const FIRST_CONTACTS = 10;
const PERSISTENT = 11;
const MAX_HOUR = 12;
const LARGEST_FIRST = 13;
const NOTHING = 14;
/** Rounded up so that they lie in as few lines of the processor's cache as can be. */
const WIDTH = 16;
const CLIPS = 4;

/** The running sums of one family: WIDTH for each of its entities, by place. */
export interface Sums {
  readonly entities: readonly string[];
  /** The place of each id, NOBODY for those that are no entity. */
  readonly placeOf: Int32Array;
  readonly sums: Float64Array;
  readonly hourBytes: Float64Array;
  readonly touched: Int32Array;
}

/** Returns sums of nothing. @param places of each of the ids. */
export function emptySums(entities: readonly string[], ids: Uint32Array, places: Int32Array): Sums {
  let most = 0;
  for (let i = 0; i < ids.length; i++) most = Math.max(most, (ids[i] as number) + 1);
  const placeOf = new Int32Array(most).fill(NOBODY);
  for (let i = 0; i < ids.length; i++) placeOf[ids[i] as number] = places[i] as number;
  return {
    entities,
    placeOf,
    sums: new Float64Array(entities.length * WIDTH),
    hourBytes: new Float64Array(entities.length),
    touched: new Int32Array(entities.length),
  };
}

/** Rows in the order of a column of small numbers, and where each number's begin. */
interface Grouped {
  readonly order: Int32Array;
  readonly starts: Int32Array;
}

function grouped(values: Int32Array, from: number, count: number): Grouped {
  const starts = new Int32Array(count + 1);
  for (let i = 0; i < values.length; i++) {
    const group = (values[i] as number) - from + 1;
    starts[group] = (starts[group] as number) + 1;
  }
  for (let group = 1; group <= count; group++)
    starts[group] = (starts[group] as number) + (starts[group - 1] as number);
  const order = new Int32Array(values.length);
  const next = starts.slice();
  for (let i = 0; i < values.length; i++) {
    const group = (values[i] as number) - from;
    const at = next[group] as number;
    order[at] = i;
    next[group] = at + 1;
  }
  return { order, starts };
}

/** Pairs in the order of their days, where each day's begin, and how many days ago each was first seen. */
interface OrderedPairs {
  readonly starts: Int32Array;
  readonly bytes: Float64Array;
  readonly ages: Int32Array;
}

/** Orders pairs by day once, with the place of each in the sums that it belongs to: a day's then lie together. */
export function pairSums(
  { day, bytes, firstDay }: PairColumns,
  fromDay: number,
  days: number,
  sums: readonly (readonly [Sums, Uint32Array])[],
): { readonly pairs: OrderedPairs; readonly sums: readonly (readonly [Sums, Int32Array])[] } {
  const { order, starts } = grouped(day, fromDay, days);
  const count = order.length;
  const pairs = { starts, bytes: new Float64Array(count), ages: new Int32Array(count) };
  for (let i = 0; i < count; i++) {
    const row = order[i] as number;
    pairs.bytes[i] = bytes[row] as number;
    pairs.ages[i] = (day[row] as number) - (firstDay[row] as number);
  }
  return { pairs, sums: sums.map(([each, ids]) => [each, placesIn(each, ids, order)] as const) };
}

function placesIn({ placeOf }: Sums, ids: Uint32Array, order: Int32Array): Int32Array {
  const places = new Int32Array(order.length);
  for (let i = 0; i < order.length; i++) places[i] = placeOf[ids[order[i] as number] as number] ?? NOBODY;
  return places;
}

/** Adds the pairs of one of the days, from 0. */
export function addPairs(
  { sums }: Sums,
  places: Int32Array,
  { starts, bytes, ages }: OrderedPairs,
  day: number,
  clips: Float64Array,
): void {
  const least = clips[0] as number;
  const to = starts[day + 1] as number;
  for (let i = starts[day] as number; i < to; i++) {
    const place = places[i] as number;
    if (place === NOBODY) continue;
    const at = place * WIDTH;
    const sent = bytes[i] as number;
    const age = ages[i] as number;
    const isNovel = age <= NOVEL_DAYS;
    sums[at + BYTES] = (sums[at + BYTES] as number) + sent;
    if (isNovel) sums[at + NOVEL_BYTES] = (sums[at + NOVEL_BYTES] as number) + sent;
    for (let c = 0; c < CLIPS && sent > least; c++) {
      const beyond = Math.max(0, sent - (clips[c] as number));
      sums[at + BEYOND + c] = (sums[at + BEYOND + c] as number) + beyond;
      if (isNovel) sums[at + NOVEL_BEYOND + c] = (sums[at + NOVEL_BEYOND + c] as number) + beyond;
    }
    if (age === 0) {
      sums[at + FIRST_CONTACTS] = (sums[at + FIRST_CONTACTS] as number) + 1;
      sums[at + LARGEST_FIRST] = Math.max(sums[at + LARGEST_FIRST] as number, sent);
    } else if (age >= PERSISTENT_DAYS && isNovel) {
      sums[at + PERSISTENT] = (sums[at + PERSISTENT] as number) + 1;
    }
  }
}

/** What was sent in the order of its hours, and where each hour's begins. */
interface OrderedHours {
  readonly starts: Int32Array;
  readonly bytes: Float64Array;
}

/** Orders what was sent by hour once, as pairSums does pairs. */
export function hourSums(
  { hour, bytes }: DayColumns['hours'],
  fromHour: number,
  hours: number,
  sums: readonly (readonly [Sums, Uint32Array])[],
): OrderedHours & { readonly sums: readonly (readonly [Sums, Int32Array])[] } {
  const { order, starts } = grouped(hour, fromHour, hours);
  const ordered = new Float64Array(order.length);
  for (let i = 0; i < order.length; i++) ordered[i] = bytes[order[i] as number] as number;
  const there = sums.filter(([{ entities }]) => entities.length > 0);
  return {
    starts,
    bytes: ordered,
    sums: there.map(([each, ids]) => [each, placesIn(each, ids, order)] as const),
  };
}

/** Sums one of the hours, from 0, and keeps what is the largest so far of each entity's. */
export function addHour(
  { sums, hourBytes, touched }: Sums,
  places: Int32Array,
  { starts, bytes }: OrderedHours,
  hour: number,
): void {
  let count = 0;
  const to = starts[hour + 1] as number;
  for (let i = starts[hour] as number; i < to; i++) {
    const place = places[i] as number;
    if (place === NOBODY) continue;
    if (hourBytes[place] === 0) touched[count++] = place;
    hourBytes[place] = (hourBytes[place] as number) + (bytes[i] as number);
  }
  for (let i = 0; i < count; i++) {
    const place = touched[i] as number;
    const at = place * WIDTH + MAX_HOUR;
    sums[at] = Math.max(sums[at] as number, hourBytes[place] as number);
    hourBytes[place] = 0;
  }
}

/**
 * Returns the statistics of those that sent anything, columns in the order of DAY_STATISTICS, and begins anew.
 * @param hasHours whether hours were told apart: a day of one hour is its own largest.
 */
export function takeSums(
  { entities, sums }: Sums,
  hasHours: boolean,
): { readonly entities: string[]; readonly columns: Float64Array[] } {
  const there: string[] = [];
  const all = new Int32Array(entities.length);
  for (let place = 0; place < entities.length; place++) {
    if (sums[place * WIDTH] === 0) continue;
    all[there.length] = place * WIDTH;
    there.push(entities[place] as string);
  }
  const rows = all.subarray(0, there.length);
  const clips = Array.from({ length: CLIPS }, (_, c) => c);
  const columns = [
    columnOf(sums, rows, BYTES),
    ...clips.map((c) => columnOf(sums, rows, BYTES, BEYOND + c)),
    ...clips.map((c) => columnOf(sums, rows, NOVEL_BYTES, NOVEL_BEYOND + c)),
    columnOf(sums, rows, FIRST_CONTACTS),
    columnOf(sums, rows, PERSISTENT),
    columnOf(sums, rows, hasHours ? MAX_HOUR : BYTES),
    columnOf(sums, rows, LARGEST_FIRST),
  ];
  sums.fill(0);
  return { entities: there, columns };
}

/** Returns one of the sums of some rows, less another that is always 0 where it is not stated. */
function columnOf(sums: Float64Array, rows: Int32Array, sum: number, less = NOTHING): Float64Array {
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const at = rows[i] as number;
    values[i] = (sums[at + sum] as number) - (sums[at + less] as number);
  }
  return values;
}
