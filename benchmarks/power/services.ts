/**
 * A third generator, written when the method stood, so that nothing was chosen with it in sight: a centre of services. A
 * few farms answer people all over the world, instruments push every night, most people send once a week or on
 * working days, levels wander, and now and then somebody sends fifteen times as much for some days. Destinations are
 * Zipf-like; people come and go; mirrors are steady; the year swings by a seventh; links miss a part of six days.
 */
import { createRandom, type Random } from '../../src/simulation/random.ts';
import {
  type Centre,
  DAYS,
  finish,
  PATHS,
  RowBuilder,
  type Size,
  SPARE_NETWORKS,
  systemsByUse,
  type World,
} from './centre.ts';

type Manner = 'weekly' | 'workingDays' | 'nightly' | 'seldom';

interface Person {
  readonly principal: number;
  readonly host: number;
  readonly manner: Manner;
  readonly bytesPerDay: number;
  readonly weekday: number;
  readonly fromDay: number;
  readonly toDay: number;
  readonly places: number[];
  /** Logarithm of how far he is from his usual level, and days that are left of a burst. */
  level: number;
  burstDays: number;
}

interface Farm {
  readonly host: number;
  readonly principal: number;
  readonly visitors: number;
}

interface Mirror {
  readonly host: number;
  readonly principal: number;
  readonly network: number;
  readonly bytesPerDay: number;
}

const FARMS = 12;
const MIRRORS = 6;
const BURST = 15;
const PEOPLE_PER_TENANT = 20;

/** Returns a centre of services: the same seed, the same centre. */
export function servicesCentre(size: Size, seed: number): Centre {
  const random = createRandom(`services|${size.name}|${seed}`);
  const world = servicesWorld(size, random);
  const places = shuffled(size.networks, random);
  // Density 1/rank, as everybody's favourites are.
  const place = () =>
    places[Math.min(size.networks - 1, Math.floor(size.networks ** random.unit() - 1))] as number;
  const people = Array.from({ length: size.principals }, (_, principal) =>
    personOf(principal, size, random, place),
  );
  const someone = () => ({ host: random.int(size.hosts), principal: random.int(size.principals) });
  const farms = Array.from({ length: FARMS }, (): Farm => ({ ...someone(), visitors: 30 + random.int(120) }));
  const mirrors = Array.from(
    { length: MIRRORS },
    (): Mirror => ({ ...someone(), network: place(), bytesPerDay: random.lognormal(2e11, 0.8) }),
  );
  const coverage = new Float64Array(DAYS).fill(1);
  for (let n = 0; n < 6; n++) coverage[random.int(DAYS)] = 0.3 + 0.6 * random.unit();
  const built = Array.from({ length: DAYS }, (_, day) => {
    const rows = new RowBuilder();
    const season = 1 + 0.15 * Math.sin((2 * Math.PI * day) / 365);
    for (const person of people) live(person, day, season, random, place, rows);
    serve(farms, mirrors, day, size, random, rows);
    for (let n = random.poisson(size.principals / 8_000); n > 0; n--) {
      const { host, principal } = someone();
      rows.add(host, principal, place(), Math.min(15e12, random.pareto(2e11, 1.1)));
    }
    return rows;
  });
  const days = finish(size, built, coverage);
  const ranked = { ...world, systemsByUse: systemsByUse(size, world.asOfNetwork, days) };
  return { generator: 'services', seed, world: ranked, days, coverage };
}

function mannerOf(chance: number): Manner {
  if (chance < 0.3) return 'weekly';
  if (chance < 0.5) return 'workingDays';
  return chance < 0.6 ? 'nightly' : 'seldom';
}

function personOf(principal: number, { hosts }: Size, random: Random, place: () => number): Person {
  return {
    principal,
    host: random.int(hosts),
    manner: mannerOf(random.unit()),
    bytesPerDay: random.lognormal(3e8, 1.6),
    weekday: random.int(7),
    fromDay: random.chance(0.7) ? 0 : random.int(DAYS),
    toDay: random.chance(0.6) ? DAYS : 60 + random.int(DAYS),
    places: Array.from({ length: 1 + random.int(6) }, place),
    level: 0,
    burstDays: 0,
  };
}

function live(
  person: Person,
  day: number,
  season: number,
  random: Random,
  place: () => number,
  rows: RowBuilder,
): void {
  const { principal, host, manner, places } = person;
  if (day < person.fromDay || day >= person.toDay) return;
  // The sum of four uniforms is near enough to a normal step.
  const step = random.unit() + random.unit() + random.unit() + random.unit() - 2;
  person.level = 0.9 * person.level + 0.6 * step;
  if (random.chance(0.01)) places[random.int(places.length)] = place();
  if (person.burstDays > 0) person.burstDays -= 1;
  else if (random.chance(0.002)) person.burstDays = 2 + random.int(12);
  const bytes = person.bytesPerDay * season * Math.exp(person.level) * (person.burstDays > 0 ? BURST : 1);
  const known = () => places[random.int(places.length)] as number;
  const first = places[0] as number;
  if (manner === 'weekly') {
    if (day % 7 === person.weekday) rows.add(host, principal, first, 7 * bytes * random.exponential(1));
  } else if (manner === 'workingDays') {
    if (day % 7 >= 5 || !random.chance(0.6)) return;
    for (let n = random.poisson(2); n > 0; n--) {
      rows.add(host, principal, known(), bytes * random.exponential(0.5));
    }
  } else if (manner === 'nightly') {
    rows.add(host, principal, first, bytes * (0.9 + 0.2 * random.unit()));
  } else if (random.chance(0.08)) {
    rows.add(host, principal, random.chance(0.5) ? place() : known(), bytes * random.exponential(1));
  }
}

function serve(
  farms: readonly Farm[],
  mirrors: readonly Mirror[],
  day: number,
  size: Size,
  random: Random,
  rows: RowBuilder,
): void {
  for (const { host, principal, visitors } of farms) {
    for (let n = random.poisson(visitors * (day % 7 < 5 ? 1 : 0.5)); n > 0; n--) {
      rows.add(host, principal, random.int(size.networks), random.lognormal(3e6, 1.5));
    }
  }
  for (const { host, principal, network, bytesPerDay } of mirrors) {
    rows.add(host, principal, network, bytesPerDay * random.lognormal(1, 0.3));
  }
}

function shuffled(count: number, random: Random): number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [all[i], all[j]] = [all[j] as number, all[i] as number];
  }
  return all;
}

function servicesWorld(size: Size, random: Random): World {
  return {
    size,
    asOfNetwork: Int32Array.from({ length: size.networks + SPARE_NETWORKS }, (_, network) =>
      network < size.networks ? Math.floor(size.systems * random.unit() ** 2.5) : random.int(size.systems),
    ),
    pathOfHost: Int32Array.from({ length: size.hosts }, () => random.int(PATHS.length)),
    tenantOfPrincipal: Int32Array.from({ length: size.principals }, (_, principal) =>
      Math.floor(principal / PEOPLE_PER_TENANT),
    ),
    systemsByUse: [],
  };
}
