/** A small centre for the tests of this room: benign pairs with heavy tails, and what is planted among them. */
import { DAY_FAMILIES, DAY_STATISTICS } from '../records/day-statistics.ts';
import {
  CLIP_BYTES,
  type DayStatistics,
  type Family,
  type FamilyDay,
  type PairDay,
  type Statistic,
} from './input.ts';

/** Returns a generator of uniform numbers in [0, 1): the same seed, the same numbers (mulberry32). */
export function uniforms(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Returns a generator of standard normal numbers. */
export function normals(uniform: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** One pair's bytes on one day, before anybody knows when it was first seen. */
export interface Sent {
  readonly host: string;
  readonly network: string;
  readonly as: string;
  readonly path: string;
  /** Empty unless a test says who. */
  readonly principal?: string;
  readonly bytesOut: number;
}

interface Habit {
  readonly host: number;
  readonly network: number;
  readonly level: number;
  readonly activity: number;
  readonly endsOn: number;
}

export interface CentreOptions {
  readonly seed: number;
  readonly days: number;
  readonly hosts?: number;
  readonly networks?: number;
  /** New habits a day for the whole centre. */
  readonly churn?: number;
}

const asOf = (network: number) => `AS${64500 + (network % 23)}`;

/** Returns each day's benign pairs: habits with lognormal days, weekends, churn, and single visits. */
export function benignDays({ seed, days, hosts = 120, networks = 200, churn = 2 }: CentreOptions): Sent[][] {
  const uniform = uniforms(seed);
  const normal = normals(uniform);
  const below = (n: number) => Math.floor(uniform() * n);
  const habit = (endsOn: number): Habit => ({
    host: below(hosts),
    // Popular networks are visited more: a square law.
    network: Math.floor(networks * uniform() ** 2),
    level: Math.exp(17 + 2 * normal()),
    activity: 0.15 + 0.85 * uniform(),
    endsOn,
  });
  let habits = Array.from({ length: hosts * 5 }, () => habit(20 + below(3 * days)));
  return Array.from({ length: days }, (_, day) => {
    const weekend = day % 7 >= 5 ? 0.5 : 1;
    habits = habits.filter(({ endsOn }) => endsOn > day);
    for (let n = 0; n < churn * 2 * uniform(); n++) habits.push(habit(day + 5 + below(days)));
    const sent: Sent[] = [];
    const send = (host: number, network: number, bytesOut: number) =>
      sent.push({
        host: `h${host}`,
        network: `n${network}`,
        as: asOf(network),
        path: host % 4 ? 'border' : 'vpn',
        bytesOut,
      });
    for (const { host, network, level, activity } of habits) {
      if (uniform() < activity * weekend) send(host, network, Math.floor(level * Math.exp(1.2 * normal())));
    }
    for (let n = 0; n < 6; n++) send(below(hosts), below(networks), Math.floor(Math.exp(13 + 2 * normal())));
    return sent;
  });
}

/** Returns the days summed to pairs, with the day each pair was first seen, sorted by host and network. */
export function pairDays(days: readonly (readonly Sent[])[], fromDay: number): PairDay[][] {
  const firsts = new Map<string, number>();
  return days.map((sent, i) => {
    const pairs = new Map<string, PairDay>();
    for (const one of sent) {
      const key = `${one.host}|${one.network}`;
      const firstDay = firsts.get(key) ?? fromDay + i;
      firsts.set(key, firstDay);
      const bytesOut = one.bytesOut + (pairs.get(key)?.bytesOut ?? 0);
      pairs.set(key, { ...one, principal: one.principal ?? '', day: fromDay + i, bytesOut, firstDay });
    }
    return [...pairs.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
  });
}

type Sums = Record<Statistic, number>;

function addPair(sums: Sums, pair: PairDay): void {
  const age = pair.day - pair.firstDay;
  sums.bytes += pair.bytesOut;
  sums.maxHourBytes += Math.ceil(pair.bytesOut / 8);
  CLIP_BYTES.forEach((clip, c) => {
    sums[`clip${c}` as 'clip0'] += Math.min(pair.bytesOut, clip);
    if (age <= 60) sums[`novel${c}` as 'novel0'] += Math.min(pair.bytesOut, clip);
  });
  if (age === 0) {
    sums.firstContacts += 1;
    sums.largestFirstContactBytes = Math.max(sums.largestFirstContactBytes, pair.bytesOut);
  }
  if (age >= 7 && age <= 60) sums.persistent += 1;
}

/** Returns what detection is told of one day's pairs. */
export function statisticsOf(day: number, pairs: readonly PairDay[], coverage = 1): DayStatistics {
  const families = DAY_FAMILIES.map((family): FamilyDay => {
    const entities = new Map<string, Sums>();
    for (const pair of pairs) {
      const key = family === 'centre' ? 'centre' : (pair[family as Exclude<Family, 'centre'>] ?? '');
      if (key === '') continue;
      const sums = entities.get(key) ?? (Object.fromEntries(DAY_STATISTICS.map((name) => [name, 0])) as Sums);
      entities.set(key, sums);
      addPair(sums, pair);
    }
    const keys = [...entities.keys()].sort();
    const statistics = Object.fromEntries(
      DAY_STATISTICS.map((name) => [
        name,
        Float64Array.from(keys, (key) => (entities.get(key) as Sums)[name]),
      ]),
    ) as Record<Statistic, Float64Array>;
    return { family, entities: keys, statistics };
  });
  return { day, coverage, arrivedThroughMicros: (day + 1) * 86_400_000_000, families };
}
