import { createHash } from 'node:crypto';
import { createInternet, type Internet, type OutsideAs } from './internet.ts';
import { createRandom, type Random } from './random.ts';

/** What an inside host is for. */
export type HostRole = 'dtn' | 'portal' | 'login' | 'node';

/** An inside host; hosts that serve the outside have an IPv6 /64 of their own as well. */
export interface Host {
  readonly name: string;
  readonly role: HostRole;
  readonly address: string;
  readonly address6?: string;
}

/** A group of VPN accounts that shares a piece of the pool and is administered together. */
export interface VpnDomain {
  readonly name: string;
  /** Pool address without its last part. */
  readonly prefix: string;
  readonly accounts: readonly VpnAccount[];
}

/** A principal with remote access. */
export interface VpnAccount {
  readonly principal: string;
  readonly home: OutsideAs;
  readonly hosts: readonly Host[];
  /** Sessions on an ordinary working day. */
  readonly sessionsPerDay: number;
  /** Its share of the domain's volume, 1 on average. */
  readonly weight: number;
}

/** The whole facility and the world around it, fixed for one seed and scale. */
export interface Centre {
  readonly seed: string;
  readonly scale: number;
  readonly principals: number;
  readonly tenants: number;
  readonly hosts: readonly Host[];
  readonly byRole: Readonly<Record<HostRole, readonly Host[]>>;
  readonly gateway: string;
  readonly resolver: string;
  readonly domains: readonly VpnDomain[];
  readonly internet: Internet;
  /** Client fingerprints in use, commonest first. */
  readonly fingerprints: readonly string[];
  /** Mean egress of a working day at the start, in bytes. */
  readonly bytesPerDay: number;
}

/** The reference case at scale 1. */
const REFERENCE = { tenants: 6_000, principals: 20_000, hosts: 3_000, systems: 2_500, bytesPerDay: 69e12 };

/** Inside networks, pools and capacities as weir.yaml states them. */
export const NETWORKS = {
  inside: ['192.0.2.0/24', '10.0.0.0/8', '2001:db8:10::/48'],
  remoteAccess: ['10.200.0.0/14'],
};

/** Returns the centre that a seed and scale stand for. */
export function createCentre(seed: string, scale: number): Centre {
  const random = createRandom(`${seed}/centre`);
  const count = (full: number, least: number) => Math.max(least, Math.round(full * scale));
  // A small centre talks to fewer systems, but far more than in proportion.
  const internet = createInternet(Math.max(40, Math.round(REFERENCE.systems * Math.sqrt(scale))), random);
  const hosts = createHosts(count(REFERENCE.hosts, 16));
  const principals = count(REFERENCE.principals, 60);
  return {
    seed,
    scale,
    principals,
    tenants: count(REFERENCE.tenants, 20),
    hosts,
    byRole: {
      dtn: hosts.filter((host) => host.role === 'dtn'),
      portal: hosts.filter((host) => host.role === 'portal'),
      login: hosts.filter((host) => host.role === 'login'),
      node: hosts.filter((host) => host.role === 'node'),
    },
    gateway: '192.0.2.10',
    resolver: '192.0.2.11',
    domains: createDomains(Math.round(principals / 5), hosts, internet, random),
    internet,
    fingerprints: Array.from({ length: 60 }, (_, index) => fingerprintOf(`client ${index}`)),
    bytesPerDay: REFERENCE.bytesPerDay * scale,
  };
}

/** Returns 32 hex digits such as ja3 or hassh would give for a client. */
function fingerprintOf(client: string): string {
  return createHash('md5').update(`simulated ${client}`).digest('hex');
}

function createHosts(count: number): Host[] {
  const served = (least: number, share: number) => Math.min(64, least + Math.floor(count * share));
  const roles: [HostRole, number, number][] = [
    ['dtn', served(4, 0.006), 20],
    ['portal', served(2, 0.004), 100],
    ['login', served(4, 0.006), 170],
  ];
  const front = roles.flatMap(([role, size, first]) =>
    Array.from({ length: size }, (_, index) => ({
      name: `${role}${index + 1}`,
      role,
      address: `192.0.2.${first + index}`,
      address6: `2001:db8:10:${(first + index).toString(16)}::1`,
    })),
  );
  const nodes = Array.from(
    { length: count - front.length },
    (_, index): Host => ({
      name: `node${index + 1}`,
      role: 'node',
      address: `10.10.${index >> 7}.${10 + (index & 127)}`,
    }),
  );
  return [...front, ...nodes];
}

function createDomains(
  accounts: number,
  hosts: readonly Host[],
  internet: Internet,
  random: Random,
): VpnDomain[] {
  const access = internet.systems.filter((system) => system.kind === 'access' && system.openDay < 0);
  const count = Math.max(3, Math.ceil(accounts / 50));
  return Array.from({ length: count }, (_, domain) => ({
    name: `vpn-domain-${domain + 1}`,
    prefix: `10.${200 + (domain >> 8)}.${domain & 255}.`,
    accounts: Array.from({ length: Math.ceil(accounts / count) }, (_, index) => ({
      principal: `p${String(domain + count * index).padStart(5, '0')}`,
      home: random.pick(access),
      hosts: Array.from({ length: 2 + random.int(4) }, () => random.pick(hosts)),
      sessionsPerDay: random.lognormal(0.6, 0.6),
      weight: random.lognormal(0.6, 1),
    })),
  }));
}
