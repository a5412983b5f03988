/**
 * Centres of many shapes, each with one habit of life and nothing else: no mixture hides what a method makes of it. The
 * budget is held against each of them from the first judged day on.
 */
import { createRandom, exactExp, type Random } from '../../src/simulation/random.ts';
import {
  type Centre,
  DAYS,
  PATHS,
  RowBuilder,
  type Rows,
  SPARE_NETWORKS,
  TENTH,
  type World,
} from './centre.ts';

/** One day's life, added to rows. */
type Day = (day: number, rows: RowBuilder) => void;

/** How large a shape is, and what prepares its life. */
interface Shape {
  readonly name: string;
  readonly hosts: number;
  readonly principals: number;
  readonly networks: number;
  readonly life: (random: Random, shape: Shape) => Day;
}

interface Person {
  readonly principal: number;
  readonly host: number;
  readonly bytes: number;
  readonly networks: number[];
}

const YEAR_DAYS = 360;

/** An index below `count` with density 1/rank. */
const ranked = (random: Random, count: number) => Math.min(count - 1, Math.floor(count ** random.unit() - 1));

function someNetworks(random: Random, most: number, networks: number): number[] {
  return Array.from({ length: 1 + random.int(most) }, () => ranked(random, networks));
}

function people(random: Random, { principals, hosts, networks }: Shape, sigma: number): Person[] {
  return Array.from({ length: principals }, (_, principal) => ({
    principal,
    host: random.int(hosts),
    bytes: random.lognormal(1.2e8, sigma),
    networks: someNetworks(random, 4, networks),
  }));
}

function send(rows: RowBuilder, random: Random, person: Person, factor: number, sigma: number): void {
  for (const network of person.networks)
    rows.add(person.host, person.principal, network, person.bytes * factor * random.lognormal(1, sigma));
}

/** Pairs (host, network) that send every day for `lifeDays`, then make way for another. */
const longPairs =
  (pairs: number, lifeDays: number): Shape['life'] =>
  (random, { hosts, networks }) => {
    const born = () => ({
      host: random.int(hosts),
      network: random.int(networks),
      bytes: 2e4 * 8_000 ** random.unit(),
    });
    const all = Array.from({ length: pairs }, born);
    return (day, rows) => {
      for (let i = 0; i < pairs; i++) {
        if (day > 0 && (day + 37 * i) % lifeDays === 0) all[i] = born();
        const { host, network, bytes } = all[i] as (typeof all)[number];
        rows.add(host, 0, network, bytes * (0.5 + random.unit()));
      }
    };
  };

/** People who send to the same few places, on half of the days, less at weekends. */
const steady: Shape['life'] = (random, shape) => {
  const all = people(random, shape, 2);
  return (day, rows) => {
    for (const person of all) if (random.chance(0.5)) send(rows, random, person, day % 7 >= 5 ? 0.3 : 1, 1);
  };
};

/** Transfers without habit: Poisson by person, volumes of a heavy tail, places by their rank. */
const transfers: Shape['life'] = (random, { principals, hosts, networks }) => {
  const host = Array.from({ length: principals }, () => random.int(hosts));
  const rate = Array.from({ length: principals }, () => random.lognormal(0.22, 1.2));
  return (day, rows) => {
    for (let p = 0; p < principals; p++) {
      for (let n = random.poisson((rate[p] as number) * (day % 7 >= 5 ? 0.4 : 1)); n > 0; n--)
        rows.add(host[p] as number, p, ranked(random, networks), Math.min(5e13, random.pareto(2e7, 0.9)));
    }
  };
};

/** Projects of some weeks each, with pauses of months. */
const bursts: Shape['life'] = (random, { principals, hosts, networks }) => {
  const begin = (principal: number, day: number) => {
    const fromDay = day + 20 + random.int(80);
    const person = {
      principal,
      host: random.int(hosts),
      bytes: random.lognormal(5e8, 1.8),
      networks: someNetworks(random, 3, networks),
    };
    return { person, fromDay, toDay: fromDay + 5 + random.int(35) };
  };
  const all = Array.from({ length: principals }, (_, p) => begin(p, random.int(100) - 100));
  return (day, rows) => {
    all.forEach((project, p) => {
      if (day >= project.toDay) all[p] = begin(p, day);
      if (day >= project.fromDay && day < project.toDay) send(rows, random, project.person, 1, 0.6);
    });
  };
};

/** People who stay for four months on average, and look at new places now and then. */
const churn: Shape['life'] = (random, shape) => {
  const { principals, hosts, networks } = shape;
  let next = 0;
  const born = (day: number) => ({
    person: {
      principal: next++ % principals,
      host: random.int(hosts),
      bytes: random.lognormal(1.1e8, 1.8),
      networks: someNetworks(random, 5, networks),
    },
    until: day + 1 + random.exponential(120),
  });
  const all = Array.from({ length: Math.floor(principals / 4) }, () => born(0));
  return (day, rows) => {
    all.forEach(({ person, until }, i) => {
      if (day >= until) all[i] = born(day);
      if (!random.chance(day % 7 >= 5 ? 0.2 : 0.5)) return;
      const guest = { ...person, networks: [random.int(networks)] };
      send(rows, random, random.chance(0.15) ? guest : person, 1, 1.1);
    });
  };
};

/** Twice as many people at the end of the year as at its beginning, each sending twice as much. */
const growth: Shape['life'] = (random, shape) => {
  const all = people(random, shape, 1.8).map((person) => ({
    person,
    fromDay: random.chance(0.5) ? 0 : random.int(YEAR_DAYS),
  }));
  return (day, rows) => {
    for (const { person, fromDay } of all) {
      if (day < fromDay || !random.chance(0.4)) continue;
      if (random.chance(0.01)) person.networks[0] = ranked(random, shape.networks);
      send(rows, random, person, 1 + day / YEAR_DAYS, 1);
    }
  };
};

/** Jobs of the month, of the week, and of every day. */
const calendars: Shape['life'] = (random, shape) => {
  const all = people(random, shape, 2).map((person) => ({
    person,
    every: random.pick([30, 30, 7, 7, 1]),
    phase: random.int(30),
  }));
  return (day, rows) => {
    for (const { person, every, phase } of all)
      if ((day + phase) % every === 0) send(rows, random, person, every, 0.7);
  };
};

/** Levels that wander for weeks at a time. */
const wandering: Shape['life'] = (random, shape) => {
  const all = people(random, shape, 1.8).map((person) => ({ person, level: random.normal() }));
  return (_day, rows) => {
    for (const each of all) {
      each.level = 0.985 * each.level + 0.17 * random.normal();
      if (random.chance(0.5)) send(rows, random, each.person, exactExp(each.level), 0.5);
    }
  };
};

/** Machines that send the same every day, to a twentieth. */
const machines: Shape['life'] = (random, shape) => {
  const all = people(random, shape, 2);
  return (_day, rows) => {
    for (const person of all) send(rows, random, person, 0.975 + 0.05 * random.unit(), 0);
  };
};

/** Beam times: an instrument is silent for weeks and then sends terabytes every day of a campaign to its visitors' homes. */
const beamTimes: Shape['life'] = (random, { principals, hosts, networks }) => {
  const idle = (day: number) => ({ fromDay: day + 3 + random.int(40), toDay: 0, networks: [0], bytes: 0 });
  const all = Array.from({ length: hosts }, () => idle(-random.int(40)));
  return (day, rows) => {
    all.forEach((beam, host) => {
      if (beam.toDay === 0 && day >= beam.fromDay) {
        beam.toDay = day + 2 + random.int(9);
        beam.networks = someNetworks(random, 3, networks);
        beam.bytes = random.lognormal(3e10, 1.3);
      }
      if (beam.toDay === 0) return;
      for (const network of beam.networks)
        rows.add(host, random.int(principals), network, beam.bytes * random.lognormal(1, 0.4));
      if (day >= beam.toDay) all[host] = idle(day);
    });
  };
};

/** Good and bad weeks that everybody shares: queues that fill, links that slow down. */
const tides: Shape['life'] = (random, shape) => {
  const all = people(random, shape, 1.5);
  let tide = 0;
  return (day, rows) => {
    tide = 0.9 * tide + 0.25 * random.normal();
    for (const person of all) {
      if (random.chance(0.02))
        person.networks[random.int(person.networks.length)] = ranked(random, shape.networks);
      if (random.chance(0.4)) send(rows, random, person, (day % 7 >= 5 ? 0.5 : 1) * exactExp(tide), 0.9);
    }
  };
};

/** Readers from everywhere: a few servers, thousands of outside networks that come and go, small and large downloads. */
const readers: Shape['life'] = (random, { hosts, networks }) => {
  const popular = Array.from({ length: hosts }, () => random.lognormal(8, 1));
  return (day, rows) => {
    for (let host = 0; host < hosts; host++) {
      const visitors = (popular[host] as number) * (day % 7 >= 5 ? 0.6 : 1);
      for (let n = random.poisson(visitors); n > 0; n--)
        rows.add(
          host,
          0,
          random.chance(0.5) ? ranked(random, networks) : random.int(networks),
          random.lognormal(4e6, 2.2),
        );
    }
  };
};

const size = (hosts: number, principals: number, networks: number) => ({ hosts, principals, networks });

/** Shapes that were in sight when thresholds learned to be refuted. */
export const SHAPES: readonly Shape[] = [
  { name: '4,000 pairs that live for 200 days', ...size(2_000, 1, 10_000), life: longPairs(4_000, 200) },
  { name: '8,000 pairs that live for 200 days', ...size(2_000, 1, 10_000), life: longPairs(8_000, 200) },
  { name: 'steady people', ...size(300, 1_000, 2_000), life: steady },
  { name: 'transfers without habit', ...size(300, 2_000, 3_400), life: transfers },
  { name: 'bursts of weeks', ...size(300, 800, 3_000), life: bursts },
  { name: 'people who come and go', ...size(300, 6_000, 12_000), life: churn },
  { name: 'fourfold growth in a year', ...size(400, 2_000, 4_000), life: growth },
  { name: 'jobs of the month and the week', ...size(300, 1_000, 2_000), life: calendars },
  { name: 'levels that wander', ...size(300, 1_500, 3_000), life: wandering },
  { name: 'machines', ...size(300, 1_000, 2_000), life: machines },
  { name: 'twenty hosts of thirty people', ...size(20, 30, 60), life: steady },
];

/** Shapes that were written when the method stood. */
export const UNSEEN_SHAPES: readonly Shape[] = [
  { name: 'beam times', ...size(60, 600, 1_500), life: beamTimes },
  { name: 'weeks that everybody shares', ...size(300, 1_500, 3_000), life: tides },
  { name: 'readers from everywhere', ...size(150, 1, 20_000), life: readers },
];

/** Returns a centre of a shape: the same seed, the same centre. */
export function shapedCentre(shape: Shape, seed: number): Centre {
  const random = createRandom(`${shape.name}|${seed}`);
  const systems = Math.ceil(shape.networks / 12);
  const world: World = {
    size: { ...TENTH, ...shape, name: 'tenth', systems },
    asOfNetwork: Int32Array.from({ length: shape.networks + SPARE_NETWORKS }, () =>
      Math.floor(systems * random.unit() ** 2),
    ),
    pathOfHost: Int32Array.from({ length: shape.hosts }, () => random.int(PATHS.length)),
    tenantOfPrincipal: Int32Array.from({ length: shape.principals }, (_, principal) =>
      Math.floor(principal / 20),
    ),
    systemsByUse: [],
  };
  const live = shape.life(random, shape);
  const days = Array.from({ length: DAYS }, (_, day): Rows => {
    const rows = new RowBuilder();
    live(day, rows);
    return rows.rows();
  });
  return { generator: shape.name, seed, world, days, coverage: new Float64Array(DAYS).fill(1) };
}
