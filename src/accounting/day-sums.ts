import { DAY_FAMILIES } from '../records/day-statistics.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import type { DayColumns, NameColumns, PairColumns } from './day-series.ts';
import type { DayRange } from './facts.ts';
import { UNKNOWN } from './series-tables.ts';

/** A pair counts as novel for this many days after it was first seen. */
const NOVEL_DAYS = 60;
/** A novel pair this old that is still active counts as persistent. */
const PERSISTENT_DAYS = 7;

/** One of the families. */
type SeriesFamily = (typeof DAY_FAMILIES)[number];

/** Statistics of one family's entities on one day, entities by code point, columns in the order of `DAY_STATISTICS`. */
export interface SeriesTable {
  readonly family: SeriesFamily;
  readonly entities: string[];
  readonly columns: Float64Array[];
}

const NOBODY = -1;

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
interface Sums {
  readonly entities: readonly string[];
  /** The place of each id, NOBODY for those that are no entity. */
  readonly placeOf: Int32Array;
  readonly sums: Float64Array;
  readonly hourBytes: Float64Array;
  readonly touched: Int32Array;
}

/**
 * Returns what sums each of the days that were read: whole numbers, exact below 2^53 in whatever order they are added.
 * @param clipsBytes the ladder of clips, ascending, as many as DAY_STATISTICS has columns of them.
 */
export function daySums(
  columns: DayColumns,
  { fromDay, toDay }: DayRange,
  clipsBytes: readonly number[],
): (day: number) => SeriesTable[] {
  const { hours, hosts, networks, hostPairs, pathPairs, principalPairs, tenantPairs } = columns;
  const [host, principal, tenant] = [hosts, columns.principals, columns.tenants].map(judged) as Three;
  const [network, as, path] = [judged(networks), systems(networks), sumsOf(columns.paths)];
  const centre = emptySums(
    hosts.ids.length > 0 ? ['centre'] : [],
    hosts.ids,
    new Int32Array(hosts.ids.length),
  );
  const families = { host, principal, network, as, path, centre, tenant };
  const days = toDay - fromDay + 1;
  const clips = Float64Array.from(clipsBytes);
  const sides = [
    pairSums(hostPairs, fromDay, days, [
      [host, hostPairs.left],
      [centre, hostPairs.left],
      [network, hostPairs.networkId],
      [as, hostPairs.networkId],
      [path, hostPairs.pathId],
    ]),
    pairSums(pathPairs, fromDay, days, [[path, pathPairs.left]]),
    pairSums(principalPairs, fromDay, days, [[principal, principalPairs.left]]),
    pairSums(tenantPairs, fromDay, days, [[tenant, tenantPairs.left]]),
  ];
  const byHour = hourSums(hours, fromDay * HOURS_PER_DAY, days * HOURS_PER_DAY, [
    [host, hours.hostId],
    [centre, hours.hostId],
    [principal, hours.principalId],
    [network, hours.networkId],
    [as, hours.networkId],
    [path, hours.pathId],
    [tenant, hours.tenantId],
  ]);
  return (day) => {
    for (const { pairs, sums } of sides) {
      for (const [each, places] of sums) addPairs(each, places, pairs, day - fromDay, clips);
    }
    const first = (day - fromDay) * HOURS_PER_DAY;
    const hasHours = byHour.starts[first] !== byHour.starts[first + HOURS_PER_DAY];
    for (let hour = first; hasHours && hour < first + HOURS_PER_DAY; hour++) {
      for (const [each, places] of byHour.sums) addHour(each, places, byHour, hour);
    }
    return DAY_FAMILIES.map((family) => take(family, families[family], hasHours));
  };
}

type Three = [Sums, Sums, Sums];

/** Sums of whom a source names. */
function judged(names: NameColumns): Sums {
  return sumsOf(names, UNKNOWN);
}

/** Ids come in the order of their names, so that equal ones are neighbours: they share a place. */
function sumsOf({ ids, texts }: NameColumns, nobody?: string): Sums {
  const entities: string[] = [];
  let last: string | undefined;
  const places = Int32Array.from(ids, (id) => {
    const text = texts[id] as string;
    if (text === nobody) return NOBODY;
    if (text !== last) entities.push(text);
    last = text;
    return entities.length - 1;
  });
  return emptySums(entities, ids, places);
}

/** Sums of the ASes of networks, whose names are plain letters and digits. */
function systems({ ids, as }: DayColumns['networks']): Sums {
  const there = new Set<string>();
  for (const id of ids) there.add(as[id] as string);
  there.delete('');
  const entities = [...there].sort();
  const places = new Map(entities.map((text, place) => [text, place]));
  return emptySums(
    entities,
    ids,
    Int32Array.from(ids, (id) => places.get(as[id] as string) ?? NOBODY),
  );
}

function emptySums(entities: readonly string[], ids: Uint32Array, places: Int32Array): Sums {
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
function pairSums(
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

function addPairs(
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
function hourSums(
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

/** Sums one hour, and keeps what is the largest so far of each entity's. */
function addHour(
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
 * Returns the statistics of those that sent anything, and begins anew.
 * @param hasHours whether hours were told apart: a day of one hour is its own largest.
 */
function take(family: SeriesFamily, { entities, sums }: Sums, hasHours: boolean): SeriesTable {
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
  return { family, entities: there, columns };
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
