/**
 * The other generator, built to be unlike the first: a centre of projects. Nobody has fixed habits; tenants run campaigns of
 * work that begin and end, each sends Pareto volumes through whichever node of a farm is free, and finds its
 * destinations by what its tenant used before, with new ones all the time. Semesters, month ends and steps of growth
 * instead of weekends and holidays; constant nightly backups; links that fail.
 */
import { createRandom, type Random } from '../../src/simulation/random.ts';
import {
  type Centre,
  DAYS,
  finish,
  RowBuilder,
  type Size,
  SPARE_NETWORKS,
  systemsByUse,
  type World,
} from './centre.ts';

interface Project {
  readonly tenant: number;
  readonly members: readonly number[];
  readonly bytesPerDay: number;
  /** Days of the week on which it works, as bits. */
  readonly weekdays: number;
  readonly farm: number;
  readonly endsOn: number;
}

interface Backup {
  readonly host: number;
  readonly principal: number;
  readonly network: number;
  readonly bytes: number;
}

const PROJECT_DAYS = 45;
const FARM_NODES = 12;

/** Returns a centre of projects: the same seed, the same centre. */
export function otherwiseCentre(size: Size, seed: number): Centre {
  const random = createRandom(`otherwise|${size.name}|${seed}`);
  const world = otherwiseWorld(size, random);
  const tenants = Math.ceil(size.principals / 8);
  const known: number[][] = Array.from({ length: tenants }, () => []);
  const levels = Float64Array.from({ length: tenants }, () => random.lognormal(1, 1));
  const concurrent = Math.ceil(size.principals / 4);
  const project = (day: number): Project => {
    const tenant = Math.floor(tenants * random.unit() ** 1.3);
    return {
      tenant,
      members: Array.from(
        { length: 1 + random.int(5) },
        () => (tenant * 8 + random.int(8)) % size.principals,
      ),
      bytesPerDay: (levels[tenant] as number) * Math.min(2e12, random.pareto(1e9, 0.95)),
      weekdays: 1 + random.int(127),
      farm: Math.floor(tenant % Math.ceil(size.hosts / FARM_NODES)),
      endsOn: day + 3 + random.exponential(PROJECT_DAYS),
    };
  };
  let projects = Array.from({ length: concurrent }, () => project(0));
  const backups = backupsOf(size, random);
  const coverage = coverageOf(random);
  const built = Array.from({ length: DAYS }, (_, day) => {
    projects = projects.filter(({ endsOn }) => endsOn > day);
    const steps = (day >= 150 ? 0.08 : 0) + (day >= 260 ? 0.08 : 0);
    const semester = 1 + 0.25 * triangle(day / 120) + steps;
    const wanted = concurrent * semester;
    for (let n = random.poisson(Math.max(0, wanted - projects.length)); n > 0; n--)
      projects.push(project(day));
    const rows = new RowBuilder();
    for (const each of projects) work(size, random, each, known[each.tenant] as number[], day, rows);
    for (const { host, principal, network, bytes } of backups) {
      rows.add(host, principal, network, bytes * (0.97 + 0.06 * random.unit()) * (day % 30 >= 28 ? 1.8 : 1));
    }
    return rows;
  });
  const days = finish(size, built, coverage);
  const ranked = { ...world, systemsByUse: systemsByUse(size, world.asOfNetwork, days) };
  return { generator: 'otherwise', seed, world: ranked, days, coverage };
}

function work(size: Size, random: Random, project: Project, known: number[], day: number, rows: RowBuilder) {
  if (((project.weekdays >> (day % 7)) & 1) === 0) return;
  const month = day % 30 >= 28 ? 1.4 : 1;
  for (const principal of project.members) {
    if (random.chance(0.4)) continue;
    for (let n = 1 + random.poisson(0.6); n > 0; n--) {
      // A Chinese restaurant: the more a tenant knows, the less often it goes somewhere new.
      const isNew = random.chance(4 / (4 + known.length));
      const network = isNew
        ? Math.floor(size.networks * random.unit() ** 2)
        : (known[random.int(known.length)] as number);
      known.push(network);
      if (known.length > 400) known.splice(random.int(known.length), 1);
      const host = (project.farm * FARM_NODES + random.int(FARM_NODES)) % size.hosts;
      const share = random.unit() / project.members.length;
      rows.add(host, principal, network, project.bytesPerDay * share * random.exponential(1) * month);
    }
  }
}

function triangle(phase: number): number {
  const part = phase - Math.floor(phase);
  return part < 0.5 ? 4 * part - 1 : 3 - 4 * part;
}

function backupsOf(size: Size, random: Random): Backup[] {
  return Array.from({ length: Math.ceil(size.principals / 150) }, () => ({
    host: random.int(size.hosts),
    principal: random.int(size.principals),
    network: random.int(40),
    bytes: random.lognormal(2e10, 1.2),
  }));
}

/** A link fails a few times a year for a day or two; now and then sensors miss a little. */
function coverageOf(random: Random): Float64Array {
  const coverage = new Float64Array(DAYS).fill(1);
  for (let day = 0; day < DAYS; day++) if (random.chance(0.03)) coverage[day] = 0.8 + 0.2 * random.unit();
  for (let n = 0; n < 4; n++) {
    const day = random.int(DAYS - 2);
    coverage[day] = 0.2 + 0.5 * random.unit();
    if (random.chance(0.5)) coverage[day + 1] = 0.5;
  }
  return coverage;
}

function otherwiseWorld(size: Size, random: Random): World {
  // Pareto-sized providers that own runs of neighbouring networks.
  const asOfNetwork = new Int32Array(size.networks + SPARE_NETWORKS);
  const weights = Float64Array.from({ length: size.systems }, () => Math.min(400, random.pareto(1, 0.8)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let as = 0;
  let filled = weights[0] as number;
  for (let network = 0; network < size.networks; network++) {
    while (as < size.systems - 1 && network >= (filled / total) * size.networks) {
      as += 1;
      filled += weights[as] as number;
    }
    asOfNetwork[network] = as;
  }
  for (let n = size.networks; n < asOfNetwork.length; n++) asOfNetwork[n] = random.int(size.systems);
  return {
    size,
    asOfNetwork,
    pathOfHost: Int32Array.from({ length: size.hosts }, (_, host) => host % 2),
    tenantOfPrincipal: Int32Array.from({ length: size.principals }, (_, principal) =>
      Math.floor(principal / 8),
    ),
    systemsByUse: [],
  };
}
