/** From daily cells to what detection is told: the same sums that the ledger computes in SQL (src/accounting/day-series.ts). */
import {
  CLIP_BYTES,
  type DayStatistics,
  type Family,
  type FamilyDay,
  type Statistic,
} from '../../src/detection/input.ts';
import { DAY_FAMILIES, DAY_STATISTICS } from '../../src/records/day-statistics.ts';
import { MICROS_PER_DAY } from '../../src/records/time.ts';
import { PATHS, type Rows, SPARE_NETWORKS, type World } from './centre.ts';

const WIDTH = DAY_STATISTICS.length;
const NOVEL_DAYS = 60;
const PERSISTENT_DAYS = 7;
/** Ready-made daily cells know no hours; a busy hour is taken for an eighth of the day. */
const BUSY_HOUR = 8;

/** One day's traffic merged to pairs: (host, network), and apart from them (principal, network). */
export interface DayPairs {
  readonly hosts: Pairs;
  readonly principals: Pairs;
  /** Undefined where nobody knows who belongs to which tenant. */
  readonly tenants?: Pairs;
}
interface Pairs {
  /** Left side · 2^20 + network. */
  readonly keys: Float64Array;
  readonly bytes: Float64Array;
  /** The day on which each pair was first seen in ordinary life. */
  readonly firsts: Int32Array;
}

/** When each pair was first seen. */
export interface Firsts {
  readonly hosts: Map<number, number>;
  readonly principals: Map<number, number>;
  readonly tenants: Map<number, number>;
}

/** Returns a memory of pairs that holds none. */
export function noFirsts(): Firsts {
  return { hosts: new Map(), principals: new Map(), tenants: new Map() };
}

/** Who sends, as one end of a pair. */
type Side = 'host' | 'principal' | 'tenant';

const NETWORKS = 2 ** 20;

function mergedBytes(rows: Rows, left: Int32Array): Map<number, number> {
  const sums = new Map<number, number>();
  for (let i = 0; i < left.length; i++) {
    const key = (left[i] as number) * NETWORKS + (rows.network[i] as number);
    sums.set(key, (sums.get(key) ?? 0) + (rows.bytes[i] as number));
  }
  return sums;
}

function pairsOf(day: number, rows: Rows, left: Int32Array, known: Map<number, number>): Pairs {
  const sums = mergedBytes(rows, left);
  const keys = Float64Array.from(sums.keys());
  const firsts = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number;
    const first = known.get(key);
    if (first === undefined) known.set(key, day);
    firsts[i] = first ?? day;
  }
  return { keys, bytes: Float64Array.from(sums.values()), firsts };
}

/** Merges a day of ordinary life and remembers its pairs. Days must come in order. */
export function mergeDay(day: number, rows: Rows, known: Firsts, tenantOf?: Int32Array): DayPairs {
  return {
    hosts: pairsOf(day, rows, rows.host, known.hosts),
    principals: pairsOf(day, rows, rows.principal, known.principals),
    ...(tenantOf ? { tenants: pairsOf(day, rows, tenantsOf(rows, tenantOf), known.tenants) } : {}),
  };
}

const tenantsOf = (rows: Rows, tenantOf: Int32Array) =>
  rows.principal.map((principal) => tenantOf[principal] as number);

/** Turns the days of one world into statistics; keeps its accumulators between days. */
export function statisticsMaker(world: World) {
  const { size } = world;
  const counts = {
    host: size.hosts,
    network: size.networks + SPARE_NETWORKS,
    as: size.systems,
    path: PATHS.length,
    centre: 1,
    principal: size.principals,
    tenant: size.principals,
  };
  const accumulators = DAY_FAMILIES.map((family) => new Accumulator(family, counts[family]));
  const of = (family: Family) => accumulators[DAY_FAMILIES.indexOf(family)] as Accumulator;
  const [host, network, as, path, centre] = [of('host'), of('network'), of('as'), of('path'), of('centre')];

  const leftOf = (rows: Rows, side: Side) =>
    side === 'tenant' ? tenantsOf(rows, world.tenantOfPrincipal) : rows[side];

  const add = (side: Side, key: number, bytes: number, age: number) => {
    const left = Math.floor(key / NETWORKS);
    if (side !== 'host') {
      of(side).add(left, bytes, age);
      return;
    }
    const right = key % NETWORKS;
    host.add(left, bytes, age);
    network.add(right, bytes, age);
    as.add(world.asOfNetwork[right] as number, bytes, age);
    path.add(world.pathOfHost[left] as number, bytes, age);
    centre.add(0, bytes, age);
  };

  /** A day's pairs with what a campaign adds to them; `own` remembers the campaign's pairs from day to day. */
  const addAll = (day: number, side: Side, pairs: Pairs, extra: Planting | undefined) => {
    const sums = extra?.rows ? mergedBytes(extra.rows, leftOf(extra.rows, side)) : undefined;
    const own = extra?.own[`${side}s`];
    const ordinary = extra?.ordinary[`${side}s`];
    for (let i = 0; i < pairs.keys.length; i++) {
      const key = pairs.keys[i] as number;
      let bytes = pairs.bytes[i] as number;
      let first = pairs.firsts[i] as number;
      const more = sums?.get(key);
      if (more !== undefined) {
        bytes += more;
        sums?.delete(key);
      }
      const early = own?.get(key);
      if (early !== undefined && early < first) first = early;
      if (more !== undefined && !own?.has(key)) own?.set(key, first);
      add(side, key, bytes, day - first);
    }
    if (!sums) return;
    for (const [key, bytes] of sums) {
      const seen = ordinary?.get(key) ?? day;
      const first = Math.min(day, seen, own?.get(key) ?? day);
      if (!own?.has(key)) own?.set(key, first);
      add(side, key, bytes, day - first);
    }
  };

  return (day: number, pairs: DayPairs, coverage: number, extra?: Planting): DayStatistics => {
    addAll(day, 'host', pairs.hosts, extra);
    addAll(day, 'principal', pairs.principals, extra);
    if (pairs.tenants) addAll(day, 'tenant', pairs.tenants, extra);
    const families = accumulators.map((each) => each.take());
    return { day, coverage, arrivedThroughMicros: (day + 1) * MICROS_PER_DAY, families };
  };
}

/** What a campaign adds to a day, and the memory of pairs that it needs. */
export interface Planting {
  readonly rows: Rows | undefined;
  readonly ordinary: Firsts;
  readonly own: Firsts;
}

/** Returns an entity's name. It says that it is simulated; names sort as numbers do. */
export function nameOf(family: Family, index: number): string {
  if (family === 'centre') return 'centre';
  return `SIMULATED-${family}-${String(index).padStart(6, '0')}`;
}

const allNames = new Map<Family, string[]>();

function namesOf(family: Family, entities: number): string[] {
  const names = allNames.get(family) ?? [];
  for (let i = names.length; i < entities; i++) names.push(nameOf(family, i));
  allNames.set(family, names);
  return names;
}

/** Sums of one family; a class, because it is most of the bench's time. */
class Accumulator {
  private readonly sums: Float64Array;
  private readonly isTouched: Uint8Array;
  private touched: number[] = [];
  private readonly names: string[];

  constructor(
    private readonly family: Family,
    entities: number,
  ) {
    this.sums = new Float64Array(entities * WIDTH);
    this.isTouched = new Uint8Array(entities);
    this.names = namesOf(family, entities);
  }

  /** Adds one pair of the day: its bytes, and its age in days. */
  add(entity: number, bytes: number, age: number): void {
    const { sums } = this;
    if (this.isTouched[entity] === 0) {
      this.isTouched[entity] = 1;
      this.touched.push(entity);
    }
    const at = entity * WIDTH;
    sums[at] = (sums[at] as number) + bytes;
    for (let c = 0; c < 4; c++) {
      const clipped = Math.min(bytes, CLIP_BYTES[c as 0]);
      sums[at + 1 + c] = (sums[at + 1 + c] as number) + clipped;
      if (age <= NOVEL_DAYS) sums[at + 5 + c] = (sums[at + 5 + c] as number) + clipped;
    }
    if (age === 0) {
      sums[at + 9] = (sums[at + 9] as number) + 1;
      sums[at + 12] = Math.max(sums[at + 12] as number, bytes);
    }
    if (age >= PERSISTENT_DAYS && age <= NOVEL_DAYS) sums[at + 10] = (sums[at + 10] as number) + 1;
  }

  /** Returns the day's sums and begins anew. */
  take(): FamilyDay {
    const { sums, names } = this;
    const active = Int32Array.from(this.touched).sort();
    const columns = DAY_STATISTICS.map(() => new Float64Array(active.length));
    const entities: string[] = [];
    for (let i = 0; i < active.length; i++) {
      const entity = active[i] as number;
      entities.push(names[entity] as string);
      for (let column = 0; column < WIDTH; column++) {
        (columns[column] as Float64Array)[i] = sums[entity * WIDTH + column] as number;
      }
      (columns[11] as Float64Array)[i] = Math.ceil((sums[entity * WIDTH] as number) / BUSY_HOUR);
      sums.fill(0, entity * WIDTH, (entity + 1) * WIDTH);
      this.isTouched[entity] = 0;
    }
    this.touched = [];
    const statistics = Object.fromEntries(DAY_STATISTICS.map((name, i) => [name, columns[i]]));
    return { family: this.family, entities, statistics: statistics as Record<Statistic, Float64Array> };
  }
}

/** Returns a statistic of an entity on a day; 0 when it was silent. */
export function statisticOf(
  today: DayStatistics,
  family: Family,
  entity: string,
  statistic: Statistic,
): number {
  const found = today.families.find((each) => each.family === family);
  if (!found) return 0;
  let low = 0;
  let high = found.entities.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((found.entities[middle] as string) < entity) low = middle + 1;
    else high = middle;
  }
  return found.entities[low] === entity ? (found.statistics[statistic][low] as number) : 0;
}
