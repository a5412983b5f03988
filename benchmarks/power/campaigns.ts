/** Planted campaigns: who sends what, where and when, beside the ordinary life of a centre. */
import { createRandom, type Random } from '../../src/simulation/random.ts';
import { type Centre, DAYS, HISTORY_DAYS, RowBuilder, type Rows, type World } from './centre.ts';

export type Destinations = 'oneAs' | 'tenQuiet' | 'cloud' | 'fresh' | 'hops' | 'own';
export type Pacing = 'steady' | 'bulk' | 'ramp' | 'shadow';

/** One kind of theft, in terms of the full size. */
export interface Case {
  readonly name: string;
  readonly terabytes: number;
  readonly days: number;
  readonly hosts: number;
  readonly identities: number;
  readonly destinations: Destinations;
  readonly pacing: Pacing;
}

/** A campaign as planted into one centre. */
export interface Planted {
  readonly startDay: number;
  /** What it adds to each day of the run, as the sensors saw it; undefined on days without. */
  readonly days: readonly (Rows | undefined)[];
  /** Bytes that left each day, seen or not. */
  readonly lostBytes: Float64Array;
  readonly hosts: ReadonlySet<number>;
  readonly principals: ReadonlySet<number>;
}

interface Stream {
  readonly host: number;
  readonly principal: number;
  readonly weight: number;
  /** Networks it may use today; the weights share its bytes. */
  readonly networks: (day: number) => number;
}

/** Returns the campaign that a case and a seed plant into a centre; first byte at a random hour of its first day. */
export function plant(centre: Centre, what: Case, seed: number): Planted {
  const random = createRandom(`campaign|${what.name}|${centre.generator}|${centre.seed}|${seed}`);
  const { scale } = centre.world.size;
  const startDay = HISTORY_DAYS + random.int(7);
  const lastDay = Math.min(DAYS, startDay + what.days) - 1;
  const people = victims(centre, what, random);
  const places = placesOf(centre.world, what.destinations, random);
  const streams = streamsOf(what, people, places, random);
  const pace = paceOf(what, random);
  // What one host sends on a day is alike in a small centre and in a large one.
  const total = what.terabytes * 1e12 * (what.hosts < 10 ? 1 : scale);
  // What falls beyond the end of the run is not taken: volume is per duration.
  const planned = Array.from({ length: what.days }, (_, n) => pace(n));
  planned[0] = (planned[0] as number) * random.unit();
  const sum = planned.reduce((all, share) => all + share, 0);
  const built: (RowBuilder | undefined)[] = Array.from({ length: DAYS }, () => undefined);
  const shadow = what.pacing === 'shadow' ? shadowShares(centre, people, startDay, lastDay) : undefined;
  for (let day = startDay; day <= lastDay; day++) {
    const rows = new RowBuilder();
    if (shadow) follow(centre, shadow, people, what, total, day, places, rows);
    else
      send(streams, (total * (planned[day - startDay] as number)) / sum, day - startDay, what, random, rows);
    built[day] = rows;
  }
  const lostBytes = Float64Array.from(built, (rows) => (rows ? rows.total() : 0));
  return {
    startDay,
    lostBytes,
    days: built.map((rows, day) => rows?.rows(centre.coverage[day])),
    hosts: new Set(people.hosts),
    principals: new Set(people.principals),
  };
}

interface Victims {
  readonly hosts: readonly number[];
  readonly principals: readonly number[];
  /** Where each principal already sends: (host, network), heaviest first. */
  readonly habits: ReadonlyMap<number, readonly { host: number; network: number }[]>;
}

const few = (count: number, scale: number) => (count < 10 ? count : Math.max(1, Math.round(count * scale)));

/** Hosts and identities in use; a shadow or somebody who hides among a victim's own places takes regular ones. */
function victims(centre: Centre, what: Case, random: Random): Victims {
  const { size } = centre.world;
  const activeDays = new Float64Array(size.principals);
  const hostBytes = new Float64Array(size.hosts);
  const pairs = new Map<number, Map<number, number>>();
  for (const rows of centre.days.slice(HISTORY_DAYS - 90, HISTORY_DAYS)) {
    const today = new Set<number>();
    for (let i = 0; i < rows.bytes.length; i++) {
      const [host, principal] = [rows.host[i] as number, rows.principal[i] as number];
      today.add(principal);
      hostBytes[host] = (hostBytes[host] as number) + (rows.bytes[i] as number);
      const own = pairs.get(principal) ?? new Map<number, number>();
      pairs.set(principal, own);
      const key = host * 2 ** 20 + (rows.network[i] as number);
      own.set(key, (own.get(key) ?? 0) + (rows.bytes[i] as number));
    }
    for (const principal of today) activeDays[principal] = (activeDays[principal] as number) + 1;
  }
  const hidden = what.pacing === 'shadow' || what.destinations === 'own';
  const least = hidden ? 30 : 5;
  const known = [...activeDays.keys()].filter((p) => (activeDays[p] as number) >= least);
  const principals = sample(known, few(what.identities, size.scale), random);
  const used = [...hostBytes.keys()].filter((host) => (hostBytes[host] as number) > 0);
  const habits = new Map(
    principals.map((principal) => [
      principal,
      [...(pairs.get(principal) ?? new Map<number, number>())]
        .sort(([a, x], [b, y]) => y - x || a - b)
        .slice(0, 8)
        .map(([key]) => ({ host: Math.floor(key / 2 ** 20), network: key % 2 ** 20 })),
    ]),
  );
  return { principals, hosts: sample(used, few(what.hosts, size.scale), random), habits };
}

function sample(from: readonly number[], count: number, random: Random): number[] {
  const pool = [...from];
  return Array.from(
    { length: Math.min(count, pool.length) },
    () => pool.splice(random.int(pool.length), 1)[0] as number,
  );
}

type Places = (stream: number, day: number) => number;

function placesOf(world: World, destinations: Destinations, random: Random): Places {
  const { size, systemsByUse, asOfNetwork } = world;
  const networksOf = (as: number, spare: boolean) => {
    const own: number[] = [];
    const [from, to] = spare ? [size.networks, asOfNetwork.length] : [0, size.networks];
    for (let n = from; n < to && own.length < 8; n++) if (asOfNetwork[n] === as) own.push(n);
    return own;
  };
  const quiet = systemsByUse.slice(Math.floor(size.systems / 2));
  const among = (systems: readonly number[], spare: boolean) =>
    systems.flatMap((as) => networksOf(as, spare));
  const fixed =
    (networks: readonly number[]): Places =>
    (stream) =>
      networks[stream % networks.length] as number;
  if (destinations === 'oneAs') return fixed(among(sample(quiet, 1, random), true).slice(0, 2));
  if (destinations === 'tenQuiet')
    return fixed(among(sample(quiet, 10, random), true).filter((_, i) => i % 4 === 0));
  if (destinations === 'cloud') return fixed(among(systemsByUse.slice(0, 3), false));
  const spare = (n: number) => size.networks + (n % (asOfNetwork.length - size.networks));
  if (destinations === 'hops') return (stream, day) => spare(1_000 + Math.floor(day / 7) * 16 + (stream % 8));
  return (stream, day) => spare(stream * 367 + day);
}

function streamsOf(what: Case, people: Victims, places: Places, random: Random): Stream[] {
  const { hosts, principals, habits } = people;
  const count = Math.max(hosts.length, principals.length);
  return Array.from({ length: count }, (_, i): Stream => {
    const principal = principals[i % principals.length] as number;
    const weight = random.lognormal(1, 0.5);
    const own = habits.get(principal) ?? [];
    if (what.destinations === 'own' && own.length > 0) {
      const pair = own[Math.floor(i / principals.length) % own.length] as { host: number; network: number };
      // His places, from as many hosts as there are: the victim's own where they suffice.
      const host = hosts.length > principals.length ? (hosts[i % hosts.length] as number) : pair.host;
      return { host, principal, weight, networks: () => pair.network };
    }
    return { host: hosts[i % hosts.length] as number, principal, weight, networks: (day) => places(i, day) };
  });
}

/** Shares of the volume by day of the campaign. */
function paceOf(what: Case, random: Random): (n: number) => number {
  if (what.pacing === 'ramp') return (n) => n + 1;
  if (what.pacing === 'bulk') return () => (random.chance(0.12) ? random.pareto(1, 1.5) : 0);
  return () => 0.7 + 0.6 * random.unit();
}

function send(
  streams: readonly Stream[],
  bytes: number,
  n: number,
  what: Case,
  random: Random,
  rows: RowBuilder,
) {
  if (bytes <= 0) return;
  // Bulk-like thieves use few streams at a time.
  // In a slow ramp streams join one by one over half of the time.
  const joined =
    what.pacing === 'ramp' ? Math.ceil((streams.length * 2 * (n + 1)) / what.days) : streams.length;
  const active =
    what.pacing === 'bulk' && streams.length > 4
      ? streams.filter(() => random.chance(0.25))
      : streams.slice(0, joined);
  const today = active.length > 0 ? active : streams.slice(0, 1);
  const all = today.reduce((sum, { weight }) => sum + weight, 0);
  for (const { host, principal, weight, networks } of today) {
    rows.add(host, principal, networks(n), (bytes * weight) / all);
  }
}

/** Each victim's own bytes over the campaign: a shadow sends in proportion to them, as much from each victim. */
function shadowShares(
  centre: Centre,
  people: Victims,
  startDay: number,
  lastDay: number,
): Map<number, number> {
  const sums = new Map(people.principals.map((principal) => [principal, 0]));
  for (let day = startDay; day <= lastDay; day++) {
    const rows = centre.days[day] as Rows;
    for (let i = 0; i < rows.bytes.length; i++) {
      const principal = rows.principal[i] as number;
      const sum = sums.get(principal);
      if (sum !== undefined) sums.set(principal, sum + (rows.bytes[i] as number));
    }
  }
  return new Map([...sums].filter(([, sum]) => sum > 0));
}

/**
 * A shadow: bytes only beside the victim's own, from its hosts, on its days, in proportion to its volume, to its own
 * networks or to a cloud.
 */
function follow(
  centre: Centre,
  shares: ReadonlyMap<number, number>,
  people: Victims,
  what: Case,
  total: number,
  day: number,
  places: Places,
  rows: RowBuilder,
): void {
  const order = new Map(people.principals.map((principal, i) => [principal, i]));
  const today = centre.days[day] as Rows;
  for (let i = 0; i < today.bytes.length; i++) {
    const stream = order.get(today.principal[i] as number);
    const own = shares.get(today.principal[i] as number);
    if (stream === undefined || own === undefined) continue;
    const network = what.destinations === 'own' ? (today.network[i] as number) : places(stream, day);
    const bytes = ((total / shares.size) * (today.bytes[i] as number)) / own;
    rows.add(today.host[i] as number, today.principal[i] as number, network, bytes);
  }
}
