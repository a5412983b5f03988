import { DAY_FAMILIES, DAY_STATISTICS } from '../records/day-statistics.ts';
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

const WIDTH = DAY_STATISTICS.length;
const columnOf = (name: (typeof DAY_STATISTICS)[number]) => DAY_STATISTICS.indexOf(name);
const CLIPS = columnOf('clip0');
const NOVEL = columnOf('novel0');
const FIRST_CONTACTS = columnOf('firstContacts');
const PERSISTENT = columnOf('persistent');
const MAX_HOUR = columnOf('maxHourBytes');
const LARGEST_FIRST = columnOf('largestFirstContactBytes');
const NOBODY = -1;

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
 * @param clipsBytes the ladder of clips, as many as DAY_STATISTICS has columns of them.
 */
export function daySums(
  columns: DayColumns,
  { fromDay, toDay }: DayRange,
  clipsBytes: readonly number[],
): (day: number) => SeriesTable[] {
  const { traffic, hosts, networks, hostPairs, pathPairs, principalPairs, tenantPairs } = columns;
  const [host, principal, tenant] = [hosts, columns.principals, columns.tenants].map(judged) as Three;
  const [network, as, path] = [judged(networks), systems(networks), sumsOf(columns.paths)];
  const centre = sumsOf({ ids: hosts.ids, texts: hosts.texts.map(() => 'centre') });
  const families = { host, principal, network, as, path, centre, tenant };
  const days = toDay - fromDay + 1;
  const ofDay = (pairs: PairColumns) => ({ pairs, rows: grouped(pairs.day, fromDay, days) });
  const kinds = [
    { ...ofDay(hostPairs), left: [host, centre], right: [network, as] },
    { ...ofDay(pathPairs), left: [path], right: [] },
    { ...ofDay(principalPairs), left: [principal], right: [] },
    { ...ofDay(tenantPairs), left: [tenant], right: [] },
  ];
  const hours = grouped(traffic.hour, fromDay * HOURS_PER_DAY, days * HOURS_PER_DAY);
  const senders = [
    [host, traffic.hostId],
    [centre, traffic.hostId],
    [principal, traffic.principalId],
    [network, traffic.networkId],
    [as, traffic.networkId],
    [path, traffic.pathId],
    [tenant, traffic.tenantId],
  ] as const;
  return (day) => {
    for (const { pairs, rows, left, right } of kinds) {
      const some = rowsOf(rows, day - fromDay);
      for (const sums of left) addPairs(sums, pairs, pairs.left, some, clipsBytes);
      for (const sums of right) addPairs(sums, pairs, pairs.networkId, some, clipsBytes);
    }
    for (let hour = 0; hour < HOURS_PER_DAY; hour++) {
      const some = rowsOf(hours, (day - fromDay) * HOURS_PER_DAY + hour);
      for (const [sums, ids] of some.length > 0 ? senders : []) addHour(sums, ids, traffic.bytes, some);
    }
    return DAY_FAMILIES.map((family) => take(family, families[family]));
  };
}

type Three = [Sums, Sums, Sums];

/** Sums of whom a source names. */
function judged(names: NameColumns): Sums {
  return sumsOf(names, UNKNOWN);
}

/** Names come sorted, so that equal ones are neighbours: they share a place. */
function sumsOf({ ids, texts }: NameColumns, nobody?: string): Sums {
  const entities: string[] = [];
  const places = texts.map((text) => {
    if (text === nobody) return NOBODY;
    if (entities.at(-1) !== text) entities.push(text);
    return entities.length - 1;
  });
  return emptySums(entities, ids, places);
}

/** Sums of the ASes of networks, whose names are plain letters and digits. */
function systems({ ids, as }: DayColumns['networks']): Sums {
  const entities = [...new Set(as)].filter((text) => text !== '').sort();
  const places = new Map(entities.map((text, place) => [text, place]));
  return emptySums(
    entities,
    ids,
    as.map((text) => places.get(text) ?? NOBODY),
  );
}

function emptySums(entities: readonly string[], ids: Uint32Array, places: readonly number[]): Sums {
  const placeOf = new Int32Array(ids.reduce((most, id) => Math.max(most, id + 1), 0)).fill(NOBODY);
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

function rowsOf({ order, starts }: Grouped, group: number): Int32Array {
  return order.subarray(starts[group], starts[group + 1]);
}

function addPairs(
  { sums, placeOf }: Sums,
  { day, bytes, firstDay }: PairColumns,
  ids: Uint32Array,
  rows: Int32Array,
  clipsBytes: readonly number[],
): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    const place = placeOf[ids[row] as number] as number;
    if (place === NOBODY) continue;
    const at = place * WIDTH;
    const sent = bytes[row] as number;
    const age = (day[row] as number) - (firstDay[row] as number);
    sums[at] = (sums[at] as number) + sent;
    for (let c = 0; c < clipsBytes.length; c++) {
      const clipped = Math.min(sent, clipsBytes[c] as number);
      sums[at + CLIPS + c] = (sums[at + CLIPS + c] as number) + clipped;
      if (age <= NOVEL_DAYS) sums[at + NOVEL + c] = (sums[at + NOVEL + c] as number) + clipped;
    }
    if (age === 0) {
      sums[at + FIRST_CONTACTS] = (sums[at + FIRST_CONTACTS] as number) + 1;
      sums[at + LARGEST_FIRST] = Math.max(sums[at + LARGEST_FIRST] as number, sent);
    } else if (age >= PERSISTENT_DAYS && age <= NOVEL_DAYS) {
      sums[at + PERSISTENT] = (sums[at + PERSISTENT] as number) + 1;
    }
  }
}

/** Sums one hour, and keeps what is the largest so far of each entity's. */
function addHour(
  { sums, placeOf, hourBytes, touched }: Sums,
  ids: Uint32Array,
  bytes: Float64Array,
  rows: Int32Array,
): void {
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    const place = placeOf[ids[row] as number] ?? NOBODY;
    if (place === NOBODY) continue;
    if (hourBytes[place] === 0) touched[count++] = place;
    hourBytes[place] = (hourBytes[place] as number) + (bytes[row] as number);
  }
  for (let i = 0; i < count; i++) {
    const place = touched[i] as number;
    const at = place * WIDTH + MAX_HOUR;
    sums[at] = Math.max(sums[at] as number, hourBytes[place] as number);
    hourBytes[place] = 0;
  }
}

/** Returns the sums of those that sent anything, and begins anew. */
function take(family: SeriesFamily, { entities, sums }: Sums): SeriesTable {
  const there: number[] = [];
  for (let place = 0; place < entities.length; place++) if (sums[place * WIDTH] !== 0) there.push(place);
  const columns = DAY_STATISTICS.map((_, column) => {
    const values = new Float64Array(there.length);
    for (let i = 0; i < there.length; i++) values[i] = sums[(there[i] as number) * WIDTH + column] as number;
    return values;
  });
  sums.fill(0);
  return { family, entities: there.map((place) => entities[place] as string), columns };
}
