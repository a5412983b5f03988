import { DAY_FAMILIES } from '../records/day-statistics.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import type { DayColumns, NameColumns } from './day-series.ts';
import type { DayRange } from './facts.ts';
import {
  addHour,
  addPairs,
  emptySums,
  hourSums,
  NOBODY,
  pairSums,
  type Sums,
  takeSums,
} from './running-sums.ts';
import { UNKNOWN } from './series-tables.ts';

/** One of the families. */
type SeriesFamily = (typeof DAY_FAMILIES)[number];

/** Statistics of one family's entities on one day, entities by code point, columns in the order of `DAY_STATISTICS`. */
export interface SeriesTable {
  readonly family: SeriesFamily;
  readonly entities: string[];
  readonly columns: Float64Array[];
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
    return DAY_FAMILIES.map((family) => ({ family, ...takeSums(families[family], hasHours) }));
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
