import { MICROS_PER_SECOND } from '../records/time.ts';
import type { Centre, Host } from './centre.ts';
import { type OutsideAs, pickAddress, pickNetwork, pickSystem } from './internet.ts';
import { createRandom, exactExp, type Random } from './random.ts';
import { activityOn, instantOn } from './rhythm.ts';
import { FASTEST, SERVICES, type Service } from './services.ts';
import type { World } from './world.ts';

/** Something that goes on for weeks between an inside host and a place outside. */
interface Relation {
  readonly host: Host;
  readonly system: OutsideAs;
  readonly remotes: readonly string[];
  readonly pulled: boolean;
  /** Relative number and size of its flows, 1 on average. */
  readonly rate: number;
  readonly size: number;
  readonly lastDay: number;
  readonly fingerprint: string;
  /** Projects come in bursts: days of much activity, days of almost none. */
  busy: boolean;
}

interface Population {
  readonly service: Service;
  relations: Relation[];
  readonly flowsPerRate: number;
  readonly bytesPerSize: number;
  readonly birthsPerDay: number;
}

const BUSY = 1.9;
const IDLE = 0.1;
/** Flows that go to a place never tried before, in a relation's own system: every week has new destinations. */
const ROAMING = 0.02;
const LONG_SESSIONS_PER_HOST = 0.012;
const LONG_SESSION_SHARE = 0.02;

/** Returns the maker of the border's ordinary traffic, which must be asked for each day in turn. */
export function createNormalLife(world: World): (day: number) => void {
  const { centre, startDay } = world;
  const random = createRandom(`${centre.seed}/relations`);
  const populations = SERVICES.map((service) => createPopulation(centre, service, startDay, random));

  return (day) => {
    const today = createRandom(`${centre.seed}/life/${day}`);
    const activity = activityOn(day, startDay, centre.seed);
    for (const population of populations) {
      renew(population, centre, day, startDay, random);
      for (const relation of population.relations) {
        relation.busy = random.chance(0.2) ? !relation.busy : relation.busy;
        liveThrough(world, population, relation, day, activity, today);
      }
    }
    openLongSessions(world, day, today);
  };
}

function createPopulation(centre: Centre, service: Service, startDay: number, random: Random): Population {
  const count = Math.max(6, Math.round(centre.principals * service.relationsPerPrincipal));
  const relations = Array.from({ length: count }, () =>
    createRelation(centre, service, startDay, startDay, random),
  );
  const rates = relations.reduce((sum, relation) => sum + relation.rate, 0);
  const sizes = relations.reduce((sum, relation) => sum + relation.rate * relation.size, 0);
  const flows = centre.hosts.length * service.flowsPerHost;
  return {
    service,
    relations,
    flowsPerRate: flows / rates,
    bytesPerSize: (service.share * centre.bytesPerDay * rates) / sizes / flows,
    birthsPerDay: count / service.lifeDays,
  };
}

function createRelation(
  centre: Centre,
  service: Service,
  day: number,
  startDay: number,
  random: Random,
): Relation {
  const host = random.pick(centre.byRole[service.role]);
  const ipv4Only = host.address6 === undefined || random.chance(0.7);
  const system = systemFor(centre, service, day - startDay, ipv4Only, random);
  return {
    host,
    system,
    remotes: Array.from({ length: 1 + random.int(3) }, () =>
      pickAddress(pickNetwork(system, day - startDay, ipv4Only, random), random),
    ),
    pulled: random.chance(service.pulled),
    rate: random.lognormal(0.6, 1),
    size: random.lognormal(0.7, 0.8),
    lastDay: day + Math.ceil(random.exponential(service.lifeDays)),
    fingerprint: centre.fingerprints[Math.floor(random.pareto(1, 0.9)) % centre.fingerprints.length] ?? '',
    busy: random.chance(0.5),
  };
}

/** Clouds take what is pushed to clouds; everything else goes where weight leads. */
function systemFor(
  centre: Centre,
  service: Service,
  day: number,
  ipv4Only: boolean,
  random: Random,
): OutsideAs {
  for (;;) {
    const system = pickSystem(centre.internet, day, random);
    if (ipv4Only && !system.networks.some((network) => network.ipv4 && network.openDay <= day)) continue;
    if (service.name === 'cloud' && system.kind !== 'cloud' && random.chance(0.7)) continue;
    return system;
  }
}

function renew(population: Population, centre: Centre, day: number, startDay: number, random: Random): void {
  population.relations = population.relations.filter((relation) => relation.lastDay > day);
  if (day === startDay) return;
  for (let births = random.poisson(population.birthsPerDay); births > 0; births--) {
    population.relations.push(createRelation(centre, population.service, day, startDay, random));
  }
}

function liveThrough(
  world: World,
  { service, flowsPerRate, bytesPerSize }: Population,
  relation: Relation,
  day: number,
  activity: number,
  random: Random,
): void {
  const steady = service.name === 'replication';
  const mood = steady ? 1 : relation.busy ? BUSY : IDLE;
  const flows = random.poisson(relation.rate * flowsPerRate * (steady ? 1 : activity) * mood);
  if (flows === 0) return;
  const median = (bytesPerSize * relation.size) / exactExp((service.sigma * service.sigma) / 2);
  const most = 0.2 * world.centre.bytesPerDay;
  for (let flow = 0; flow < flows; flow++) {
    const bytesOut = Math.ceil(Math.min(most, random.lognormal(median, service.sigma)));
    moveData(world, service, relation, day, bytesOut, random);
  }
}

function moveData(
  world: World,
  service: Service,
  relation: Relation,
  day: number,
  bytesOut: number,
  random: Random,
) {
  const bytesIn = Math.ceil(random.lognormal(service.bytesIn, 1) + bytesOut * 1e-4);
  const remote = random.chance(ROAMING) ? roam(world, relation, day, random) : random.pick(relation.remotes);
  const local = remote.includes(':')
    ? (relation.host.address6 ?? relation.host.address)
    : relation.host.address;
  const speed = Math.min(FASTEST.border, random.lognormal(service.bytesPerSecond, 0.6));
  const [orig, resp] = relation.pulled ? [remote, local] : [local, remote];
  world.observe({
    sensor: 'zeek-border',
    meaning: 'border',
    startedAtMicros: instantOn(day, service.shape, random),
    durationMicros:
      40_000 + Math.ceil(((bytesOut + bytesIn) / speed) * MICROS_PER_SECOND) + random.int(200_000),
    orig,
    origPort: world.nextPort(orig),
    resp,
    respPort: service.port + (service.ports ? random.int(service.ports) : 0),
    protocol: 'tcp',
    service: service.zeekService,
    origBytes: relation.pulled ? bytesIn : bytesOut,
    respBytes: relation.pulled ? bytesOut : bytesIn,
    insideOpened: !relation.pulled,
    ending: random.chance(0.06) ? 'reset' : 'closed',
    handshake: service.zeekService && {
      log: service.zeekService,
      serverName: relation.pulled
        ? `${relation.host.name}.centre.example`
        : `as${relation.system.asn}.example`,
      fingerprint: relation.fingerprint,
    },
  });
}

function roam(world: World, relation: Relation, day: number, random: Random): string {
  const ipv4Only = relation.host.address6 === undefined;
  const network = pickNetwork(relation.system, day - world.startDay, ipv4Only, random);
  return network.ipv4 || !ipv4Only ? pickAddress(network, random) : random.pick(relation.remotes);
}

/** SSH sessions of days, pulling at a constant rate; the sensor writes snapshots of them. */
function openLongSessions(world: World, day: number, random: Random): void {
  const { centre } = world;
  const perDay = Math.max(0.4, centre.hosts.length * LONG_SESSIONS_PER_HOST);
  const median = (LONG_SESSION_SHARE * centre.bytesPerDay) / perDay / 2;
  for (let sessions = random.poisson(perDay); sessions > 0; sessions--) {
    const host = random.pick(centre.byRole.login);
    const system = systemFor(centre, SERVICES[1] as Service, day - world.startDay, true, random);
    const orig = pickAddress(pickNetwork(system, day - world.startDay, true, random), random);
    const hours = Math.min(300, random.lognormal(40, 0.9));
    world.observe({
      sensor: 'zeek-border',
      meaning: 'border',
      startedAtMicros: instantOn(day, 'office', random),
      durationMicros: Math.ceil(hours * 3_600) * MICROS_PER_SECOND,
      orig,
      origPort: world.nextPort(orig),
      resp: host.address,
      respPort: 22,
      protocol: 'tcp',
      service: 'ssh',
      origBytes: Math.ceil(hours * random.lognormal(400_000, 1)),
      respBytes: Math.ceil(Math.min(hours * 3_600 * FASTEST.border, random.lognormal(median, 1.2))),
      insideOpened: false,
      ending: random.chance(0.3) ? 'reset' : 'closed',
      handshake: {
        log: 'ssh',
        serverName: `${host.name}.centre.example`,
        fingerprint: random.pick(centre.fingerprints),
      },
      snapshots: true,
    });
  }
}
