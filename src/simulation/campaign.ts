import { ConfigurationError } from '../errors.ts';
import { MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_SECOND, parseDay } from '../records/time.ts';
import { type Destination, planDestinations } from './campaign-destinations.ts';
import type { PlantedCampaign } from './campaign-file.ts';
import type { Host, VpnAccount, VpnDomain } from './centre.ts';
import { createRandom, type Random } from './random.ts';
import { carry, type TunnelFlow, type VpnSession } from './remote-access.ts';
import { instantOn } from './rhythm.ts';
import { FASTEST } from './services.ts';
import type { CampaignTruth } from './truth.ts';
import type { World } from './world.ts';

/** Bytes of one stream: small ones by default, transfers like those of the data-transfer nodes if bulk-like. */
const SMALL_STREAM_BYTES = 120e6;
const BULK_STREAM_BYTES = 6e9;
const STREAMS_PER_HOST = 40;

/** A campaign settled for one world: who, from where, to where, how much on which day. */
interface Settled {
  readonly world: World;
  readonly plan: PlantedCampaign;
  /** Index among the campaigns, by which the truth knows it. */
  readonly index: number;
  readonly truth: CampaignTruth;
  readonly hosts: readonly Host[];
  readonly domain: VpnDomain;
  readonly accounts: readonly VpnAccount[];
  readonly fingerprint: string;
  readonly destinationOn: (day: number, today: Random) => Destination;
}

/**
 * Returns the maker of a campaign's flows for a day. It only makes records of flows: nothing in it can move data.
 * @throws ConfigurationError when the campaign does not lie inside the simulated days.
 */
export function createCampaign(
  world: World,
  plan: PlantedCampaign,
  index: number,
  days: number,
  truth: CampaignTruth,
): (day: number) => void {
  const firstDay = firstDayOf(plan, world.startDay);
  if (firstDay < world.startDay || firstDay + plan.days > world.startDay + days) {
    throw new ConfigurationError(
      `campaign ${plan.name}: its days do not lie within the ${days} days simulated; change start or days`,
    );
  }
  const name = `${world.centre.seed}/campaign/${plan.name}`;
  const random = createRandom(name);
  const budgets = splitBytes(plan.bytes, dayWeights(plan, firstDay, random));
  const domain = random.pick(world.centre.domains);
  const campaign: Settled = {
    world,
    plan,
    index,
    truth,
    hosts: someOf(world.centre.hosts, plan.hosts, random),
    domain,
    accounts: someOf(domain.accounts, plan.principals, random),
    fingerprint: random.pick(world.centre.fingerprints.slice(0, 12)),
    destinationOn: planDestinations(world, plan, firstDay, random),
  };

  return (day) => {
    const bytes = budgets[day - firstDay];
    if (bytes === undefined || bytes === 0) return;
    const today = createRandom(`${name}/${day}`);
    const streams = planStreams(campaign, bytes, today);
    for (const stream of streams) truth.hosts.add(stream.host.address);
    if (plan.path === 'vpn') throughVpn(campaign, streams, day, today);
    else for (const stream of streams) overBorder(campaign, stream, day, today);
  };
}

function firstDayOf(plan: PlantedCampaign, startDay: number): number {
  return typeof plan.start === 'number' ? startDay + plan.start : (parseDay(plan.start) ?? 0);
}

function dayWeights(plan: PlantedCampaign, firstDay: number, random: Random): number[] {
  return Array.from({ length: plan.days }, (_, offset) => {
    if (plan.pacing === 'slowRamp') return offset + 1;
    const weekend = (firstDay + offset + 4) % 7 === 0 || (firstDay + offset + 4) % 7 === 6;
    return plan.pacing === 'bulkLike' ? random.lognormal(weekend ? 0.5 : 1, 0.5) : 1;
  });
}

/** Splits a whole number of bytes by weights; the parts add up to it exactly. */
function splitBytes(bytes: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let reached = 0;
  let given = 0;
  return weights.map((weight, index) => {
    reached += weight;
    const until =
      index === weights.length - 1 ? bytes : Math.min(bytes, Math.floor(bytes * (reached / total)));
    const part = until - given;
    given = until;
    return part;
  });
}

function someOf<T>(list: readonly T[], count: number, random: Random): T[] {
  const rest = [...list];
  return Array.from({ length: Math.min(count, rest.length) }, () =>
    rest.splice(random.int(rest.length), 1),
  ).flat();
}

interface Stream {
  readonly host: Host;
  readonly bytesOut: number;
  readonly pulled: boolean;
}

function planStreams({ plan, hosts }: Settled, bytes: number, random: Random): Stream[] {
  const usual = plan.pacing === 'bulkLike' ? BULK_STREAM_BYTES : SMALL_STREAM_BYTES;
  const count = Math.max(1, Math.min(Math.round(bytes / usual), hosts.length * STREAMS_PER_HOST));
  const sizes = splitBytes(
    bytes,
    Array.from({ length: count }, () => random.lognormal(1, 0.6)),
  );
  return sizes.map((bytesOut) => ({ host: random.pick(hosts), bytesOut, pulled: random.chance(plan.pull) }));
}

function overBorder(
  campaign: Settled,
  { host, bytesOut, pulled }: Stream,
  day: number,
  random: Random,
): void {
  const { world, plan, truth } = campaign;
  const bulk = plan.pacing === 'bulkLike';
  const destination = campaign.destinationOn(day, random);
  const bytesIn = 2_000 + Math.ceil(bytesOut * 2e-4);
  const speed = Math.min(FASTEST.border, random.lognormal(bulk ? 5e7 : 6e6, 0.4));
  const [orig, resp] = pulled ? [destination.address, host.address] : [host.address, destination.address];
  truth.networks.add(destination.network);
  truth.systems.add(destination.asn);
  world.observe({
    sensor: 'zeek-border',
    meaning: 'border',
    startedAtMicros: instantOn(day, bulk ? 'office' : 'flat', random),
    durationMicros: 60_000 + Math.ceil((bytesOut / speed) * MICROS_PER_SECOND),
    orig,
    origPort: world.nextPort(orig),
    resp,
    respPort: 443,
    protocol: 'tcp',
    service: 'ssl',
    origBytes: pulled ? bytesIn : bytesOut,
    respBytes: pulled ? bytesOut : bytesIn,
    insideOpened: !pulled,
    ending: 'closed',
    handshake: {
      log: 'ssl',
      serverName: pulled ? `${host.name}.centre.example` : `as${destination.asn}.example`,
      fingerprint: campaign.fingerprint,
    },
    campaign: campaign.index,
  });
}

/** Compromised accounts log in from outside; each session carries its part of the day's streams. */
function throughVpn(campaign: Settled, streams: readonly Stream[], day: number, random: Random): void {
  const { world, accounts, domain, truth } = campaign;
  const share = 0.4 + 0.4 * random.unit();
  const active = someOf(accounts, Math.max(1, Math.round(accounts.length * share)), random);
  active.forEach((account, position) => {
    const home = campaign.destinationOn(day, random);
    const session: VpnSession = {
      principal: account.principal,
      startedAtMicros: day * MICROS_PER_DAY + random.int(14 * MICROS_PER_HOUR),
      durationMicros: (5 + random.int(5)) * MICROS_PER_HOUR,
      poolAddress: world.nextPoolAddress(domain.prefix),
      outsideAddress: home.address,
      fingerprint: campaign.fingerprint,
      campaign: campaign.index,
    };
    const content = streams
      .filter((_, stream) => stream % active.length === position)
      .map((stream) => tunnelled(session, stream, random));
    if (content.length === 0) return;
    truth.principals.add(account.principal);
    truth.networks.add(`${domain.prefix}0/24`);
    truth.tunnelNetworks.add(home.network);
    truth.systems.add(home.asn);
    carry(world, session, content, [], random);
  });
}

function tunnelled(session: VpnSession, stream: Stream, random: Random): TunnelFlow {
  return {
    ...stream,
    startedAtMicros: session.startedAtMicros + random.int(session.durationMicros * 0.9),
    bytesIn: 4_000 + Math.ceil(stream.bytesOut * 2e-4),
    bytesPerSecond: random.lognormal(4e6, 0.4),
  };
}
