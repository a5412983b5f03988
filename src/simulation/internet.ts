import type { Random } from './random.ts';

/** One network of the simulated Internet: a /24 of IPv4 or a /48 of IPv6. */
export interface OutsideNetwork {
  readonly cidr: string;
  readonly ipv4: boolean;
  /** Text before the last part of an address in it. */
  readonly prefix: string;
  /** Day offset from which it is in use; negative before the simulation. */
  readonly openDay: number;
}

/** One autonomous system that does not exist. */
export interface OutsideAs {
  readonly asn: number;
  readonly name: string;
  readonly country: string;
  readonly kind: 'cloud' | 'access' | 'institute';
  readonly weight: number;
  readonly openDay: number;
  readonly networks: readonly OutsideNetwork[];
  /** The /36 of IPv6 that its /48s are cut from, and its IPv4 networks: the rows of as.csv. */
  readonly cidrs: readonly string[];
}

/** The outside world, most used systems first. */
export interface Internet {
  readonly systems: readonly OutsideAs[];
  /** Running sums of the weights, for picking. */
  readonly cumulative: readonly number[];
}

/** Country codes that ISO 3166 leaves to users: no nation is accused. */
const COUNTRIES = ['XA', 'XB', 'XC', 'XD', 'XE', 'XF', 'XG', 'XH', 'XI', 'XJ'];
const CLOUDS = 5;

/** Every /24 that documentation or benchmarking may use: RFC 5737 and RFC 2544. */
const IPV4_PREFIXES = [
  ...Array.from({ length: 512 }, (_, index) => `198.${18 + (index >> 8)}.${index & 255}.`),
  '198.51.100.',
  '203.0.113.',
];

/** Returns the Internet of `systems` autonomous systems, some of which open only during the simulation. */
export function createInternet(count: number, random: Random): Internet {
  const ipv4 = assignIpv4(count);
  const systems = Array.from({ length: count }, (_, rank) => createSystem(rank, ipv4[rank] ?? [], random));
  const cumulative: number[] = [];
  for (const { weight } of systems) cumulative.push((cumulative.at(-1) ?? 0) + weight);
  return { systems, cumulative };
}

/** Returns a system by weight among those open on a day. */
export function pickSystem(internet: Internet, day: number, random: Random): OutsideAs {
  const { systems, cumulative } = internet;
  const total = cumulative[cumulative.length - 1] ?? 0;
  for (;;) {
    const target = random.unit() * total;
    let low = 0;
    for (let high = systems.length - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] ?? 0) < target) low = middle + 1;
      else high = middle;
    }
    const system = systems[low];
    if (system && system.openDay <= day) return system;
  }
}

/** Returns an open network of a system, IPv4 only where asked and where the system has any. */
export function pickNetwork(
  system: OutsideAs,
  day: number,
  ipv4Only: boolean,
  random: Random,
): OutsideNetwork {
  const open = system.networks.filter((network) => network.openDay <= day && (network.ipv4 || !ipv4Only));
  return open.length > 0 ? random.pick(open) : (system.networks[0] as OutsideNetwork);
}

/** Returns an address of a network. */
export function pickAddress(network: OutsideNetwork, random: Random): string {
  const host = 1 + random.int(250);
  return network.ipv4 ? `${network.prefix}${host}` : `${network.prefix}:${host.toString(16)}`;
}

/** Returns a /48 of a system by number: how a thief gets networks that nobody has used. */
function ipv6Network(rank: number, number: number): OutsideNetwork {
  // 3fff::/20 (RFC 9637) leaves 16 bits for the system (a /36 each) and 12 for its /48s.
  const second = (rank >> 4).toString(16);
  const third = (((rank & 15) << 12) | number).toString(16);
  const prefix = `3fff:${second}:${third}:`;
  return { cidr: `${prefix}:/48`, ipv4: false, prefix, openDay: -1 };
}

function createSystem(rank: number, prefixes: readonly string[], random: Random): OutsideAs {
  const kind = rank < CLOUDS ? 'cloud' : rank % 4 === 0 ? 'access' : 'institute';
  const openDay = rank < 20 || random.chance(0.8) ? -1 : random.int(400);
  const later = (index: number) =>
    index === 0 || random.chance(0.6) ? openDay : openDay + 1 + random.int(500);
  const ipv4 = prefixes.map((prefix, index) => ({
    cidr: `${prefix}0/24`,
    ipv4: true,
    prefix,
    openDay: later(index),
  }));
  const ipv6 = Array.from({ length: kind === 'cloud' ? 24 : 1 + random.int(6) }, (_, index) => ({
    ...ipv6Network(rank, index),
    openDay: later(index),
  }));
  return {
    asn: rank < 16 ? 64_496 + rank : rank < 32 ? 65_536 + rank - 16 : 4_200_000_000 + rank,
    name: `Simulated ${kind} ${rank + 1}`,
    country: random.pick(COUNTRIES),
    kind,
    weight: 1 / (rank + 3),
    openDay,
    networks: [...ipv4, ...ipv6],
    cidrs: [...ipv4.map((network) => network.cidr), ipv6Network(rank, 0).cidr.replace('/48', '/36')],
  };
}

/** One /24 for each system while they last, the rest to the most used ones. */
function assignIpv4(systems: number): string[][] {
  const shares: string[][] = Array.from({ length: systems }, () => []);
  const spare = Math.max(0, IPV4_PREFIXES.length - systems);
  IPV4_PREFIXES.forEach((prefix, index) => {
    const extra = index - systems;
    const rank = extra < 0 ? index : Math.floor((extra * extra * Math.min(40, systems)) / (spare * spare));
    shares[rank]?.push(prefix);
  });
  return shares;
}
