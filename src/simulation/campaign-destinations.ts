import type { PlantedCampaign } from './campaign-file.ts';
import { type OutsideAs, type OutsideNetwork, pickAddress, pickNetwork } from './internet.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** Where a stream goes to, or where a VPN session comes from. */
export interface Destination {
  readonly address: string;
  /** The /24 or /48 that a ledger files it under. */
  readonly network: string;
  readonly asn: number;
}

const DAYS_PER_WEEK = 7;

/**
 * Returns the chooser of a campaign's destinations: it is asked once for each stream (or VPN session) of a day.
 * All are IPv4, because most inside hosts are.
 */
export function planDestinations(
  world: World,
  plan: PlantedCampaign,
  firstDay: number,
  random: Random,
): (day: number, today: Random) => Destination {
  const offset = firstDay - world.startDay;
  const known = world.centre.internet.systems.filter(
    (system) => system.openDay < 0 && system.networks.some((network) => network.ipv4 && network.openDay < 0),
  );
  const { kind, count } = plan.destinations;
  if (kind === 'freshPerStream') {
    return (day, today) => destinationIn(today.pick(known), day - world.startDay, today);
  }
  if (kind === 'weeklyHops') {
    const hops = shuffled(known, random);
    return (day, today) => {
      const week = Math.floor((day - firstDay) / DAYS_PER_WEEK);
      const system = hops[(week * count + today.int(count)) % hops.length] as OutsideAs;
      return destinationIn(system, day - world.startDay, today);
    };
  }
  const pool = poolOf(kind, count, known, random);
  const fixed = Array.from({ length: count }, (_, index) =>
    destinationIn(pool[index % pool.length] as OutsideAs, offset, random),
  );
  return (_, today) => today.pick(fixed);
}

/** Systems are in the order of their use: clouds first, the quiet ones at the end. */
function poolOf(
  kind: string,
  count: number,
  known: readonly OutsideAs[],
  random: Random,
): readonly OutsideAs[] {
  const rest = known.filter((system) => system.kind === 'institute');
  if (kind === 'sharedCloud') return known.filter((system) => system.kind === 'cloud');
  if (kind === 'oneAs') return [random.pick(rest)];
  const quiet = rest.slice(-Math.max(count * 2, Math.ceil(rest.length / 3)));
  return shuffled(quiet, random).slice(0, count);
}

function destinationIn(system: OutsideAs, day: number, random: Random): Destination {
  const network: OutsideNetwork = pickNetwork(system, day, true, random);
  return { address: pickAddress(network, random), network: network.cidr, asn: system.asn };
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((item) => ({ item, at: random.uint32() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
