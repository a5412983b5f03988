/**
 * The reference generator: a centre of habits. Each principal has a few places it sends to, with log-normal days,
 * weekends, holidays, growth and churn; beside them single visits and bulk transfers of days.
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

interface Habit {
  readonly host: number;
  readonly principal: number;
  readonly network: number;
  readonly level: number;
  readonly activity: number;
  readonly endsOn: number;
}

interface Bulk {
  readonly host: number;
  readonly principal: number;
  readonly network: number;
  readonly bytesPerDay: number;
  readonly endsOn: number;
}

/** What a run may change, for the calibration bench; the defaults are the reference centre. */
export interface Habits {
  /** Growth of all levels in a year. */
  readonly growth: number;
  /** Days on which a merger brings a tenth more tenants at once. */
  readonly mergers: readonly number[];
  readonly holidays: readonly (readonly [number, number])[];
  /** Days, and what of them was seen. */
  readonly outages: readonly (readonly [number, number])[];
}

export const ORDINARY: Habits = {
  growth: 0.25,
  mergers: [],
  holidays: [
    [96, 106],
    [278, 288],
  ],
  outages: [
    [41, 0.85],
    [77, 0.6],
    [133, 0.3],
    [211, 0.9],
    [240, 0.7],
    [305, 0.4],
  ],
};

const HABITS_PER_PRINCIPAL = 5;
const HABIT_DAYS = 250;
const WEEKEND = 0.55;
const HOLIDAY = 0.6;

/** Returns a centre of habits: the same seed, the same centre. */
export function everydayCentre(size: Size, seed: number, habits: Habits = ORDINARY): Centre {
  const random = createRandom(`everyday|${size.name}|${seed}`);
  const world = everydayWorld(size, random);
  const people = peopleOf(size, random);
  const habit = (principal: number, from: number): Habit => ({
    principal,
    host: people.host(principal),
    network: people.network(principal),
    level: random.lognormal(60e6, 2.3),
    activity: (people.activity[principal] as number) * (0.3 + 0.7 * random.unit()),
    endsOn: from + random.exponential(HABIT_DAYS),
  });
  const count = size.principals * HABITS_PER_PRINCIPAL;
  let current = Array.from({ length: count }, () => habit(people.any(), 0));
  let bulks: Bulk[] = [];
  const coverage = new Float64Array(DAYS).fill(1);
  for (const [day, seen] of habits.outages) coverage[day] = seen;
  const built = Array.from({ length: DAYS }, (_, day) => {
    current = current.filter(({ endsOn }) => endsOn > day);
    for (let n = random.poisson(count / HABIT_DAYS); n > 0; n--) current.push(habit(people.any(), day));
    if (habits.mergers.includes(day)) {
      for (let n = 0; n < count / 10; n++) current.push(habit(people.any(), day));
    }
    bulks = [...bulks.filter(({ endsOn }) => endsOn > day), ...newBulks(size, random, people, day)];
    const off = habits.holidays.some(([from, to]) => day >= from && day < to) ? HOLIDAY : 1;
    const season = (day % 7 >= 5 ? WEEKEND : 1) * off;
    return oneDay(size, random, people, current, bulks, season, (1 + habits.growth) ** (day / 365));
  });
  const days = finish(size, built, coverage);
  const ranked = { ...world, systemsByUse: systemsByUse(size, world.asOfNetwork, days) };
  return { generator: 'everyday', seed, world: ranked, days, coverage };
}

type People = ReturnType<typeof peopleOf>;

function oneDay(
  size: Size,
  random: Random,
  people: People,
  habits: readonly Habit[],
  bulks: readonly Bulk[],
  season: number,
  growth: number,
): RowBuilder {
  const rows = new RowBuilder();
  for (const { host, principal, network, level, activity } of habits) {
    if (!random.chance(activity * season)) continue;
    rows.add(host, principal, network, level * growth * random.lognormal(1, 1.1));
  }
  for (const { host, principal, network, bytesPerDay } of bulks) {
    rows.add(host, principal, network, bytesPerDay * (0.5 + random.unit()));
  }
  for (let n = random.poisson(size.principals * 0.4 * season); n > 0; n--) {
    const principal = people.any();
    rows.add(people.host(principal), principal, random.int(size.networks), random.lognormal(4e5, 2));
  }
  return rows;
}

/** Transfers of 0.2 to 20 TB over up to a week, as data-transfer nodes make them. */
function newBulks(size: Size, random: Random, people: People, day: number): Bulk[] {
  return Array.from({ length: random.poisson((size.principals / 20_000) * 3) }, () => {
    const principal = people.any();
    const days = 1 + random.int(7);
    const bytes = Math.min(20e12, random.pareto(2e11, 1.05));
    const host = random.int(Math.ceil(size.hosts / 60));
    return {
      host,
      principal,
      network: people.network(principal),
      bytesPerDay: bytes / days,
      endsOn: day + days,
    };
  });
}

function everydayWorld(size: Size, random: Random): World {
  const asOfNetwork = new Int32Array(size.networks + SPARE_NETWORKS);
  // A few providers hold many networks: ranks drawn with density 1/rank.
  const rank = () => Math.min(size.systems - 1, Math.floor(size.systems ** random.unit() - 1));
  for (let n = 0; n < asOfNetwork.length; n++) {
    asOfNetwork[n] = n < size.networks ? rank() : random.int(size.systems);
  }
  return {
    size,
    asOfNetwork,
    pathOfHost: Int32Array.from({ length: size.hosts }, (_, host) =>
      host < size.hosts / 60 ? 3 : random.int(PATHS.length - 1),
    ),
    tenantOfPrincipal: Int32Array.from({ length: size.principals }, () =>
      Math.floor((size.principals / 3.3) * random.unit() ** 1.5),
    ),
    systemsByUse: [],
  };
}

function peopleOf(size: Size, random: Random) {
  const homes = Int32Array.from({ length: 3 * size.principals }, () =>
    Math.floor(size.hosts * random.unit() ** 1.6),
  );
  return {
    activity: Float64Array.from({ length: size.principals }, () => 0.04 + 0.9 * random.unit() ** 2),
    any: () => Math.floor(size.principals * random.unit() ** 1.4),
    host: (principal: number) => homes[3 * principal + random.int(3)] as number,
    /** Popular networks are visited more; most of all, each principal has its own corner. */
    network: (principal: number) =>
      random.chance(0.5)
        ? Math.floor(size.networks * random.unit() ** 3)
        : (principal * 7919 + random.int(12) * 104_729) % size.networks,
  };
}
