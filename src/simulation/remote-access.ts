import { MICROS_PER_HOUR, MICROS_PER_SECOND } from '../records/time.ts';
import type { Host, VpnAccount, VpnDomain } from './centre.ts';
import { pickAddress, pickNetwork, pickSystem } from './internet.ts';
import { createRandom, exactExp, type Random } from './random.ts';
import { activityOn, instantOn } from './rhythm.ts';
import { FASTEST } from './services.ts';
import type { World } from './world.ts';

/** A VPN client for the time of one session. */
export interface VpnSession {
  /** Whose it is. */
  readonly principal: string;
  readonly startedAtMicros: number;
  readonly durationMicros: number;
  /** The lent inside address. */
  readonly poolAddress: string;
  /** Where the client really is. */
  readonly outsideAddress: string;
  readonly fingerprint: string;
  readonly campaign?: number;
}

/** One connection between an inside host and a VPN client. */
export interface TunnelFlow {
  readonly host: Host;
  readonly startedAtMicros: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Whether the client opened it. */
  readonly pulled: boolean;
  readonly bytesPerSecond: number;
}

/** The VPN content's share of the centre's egress, and how it is cut into flows. */
const SHARE = 0.07;
const FLOWS_PER_SESSION = 14;
const SIGMA = 1.7;
const FULL_TUNNEL = 0.15;
/** What encapsulation adds: 60 bytes or so on packets of 1,400. */
const TUNNEL_OVERHEAD = 0.04;
const OPENVPN_PORT = 1_194;
/** The client's endpoint agent, which reports to the centre all the time. */
const AGENT_PORT = 8_514;
const AGENT_BYTES_PER_SECOND = 6;
const CLIENT_PORTS = [22, 443, 443, 445, 2_049];

/** Returns the maker of ordinary VPN sessions for a day: content, its tunnel, and what only passes through. */
export function createRemoteAccess(world: World): (day: number) => void {
  const { centre, startDay } = world;
  const accounts = centre.domains.flatMap((domain) =>
    domain.accounts.map((account) => ({ domain, account })),
  );
  const weight = accounts.reduce((sum, { account }) => sum + account.weight * account.sessionsPerDay, 0);
  const bytesPerWeight = (SHARE * centre.bytesPerDay) / weight / FLOWS_PER_SESSION;

  return (day) => {
    const random = createRandom(`${centre.seed}/vpn/${day}`);
    const activity = activityOn(day, startDay, centre.seed);
    for (const { domain, account } of accounts) {
      for (let sessions = random.poisson(account.sessionsPerDay * activity); sessions > 0; sessions--) {
        const session = openSession(world, domain, account, day, random);
        const content = contentOf(session, account, bytesPerWeight, random);
        carry(
          world,
          session,
          content,
          random.chance(FULL_TUNNEL) ? browse(world, session, day, random) : [],
          random,
        );
      }
    }
  };
}

/**
 * Lets a session happen: each content flow as the VPN's own sensor sees it, what passes through to the Internet
 * and the tunnel around both as the border sees them. The client's agent talks as long as the tunnel stands, so
 * there is no hour with a tunnel and without content.
 */
export function carry(
  world: World,
  session: VpnSession,
  content: readonly TunnelFlow[],
  passing: readonly { bytesOut: number; bytesIn: number }[],
  random: Random,
): void {
  const outsidePort = world.nextPort(session.outsideAddress);
  world.enter({ ...session, outsidePort });
  for (const flow of content) observeContent(world, session, flow, random);
  const tunnel = {
    startedAtMicros: Math.floor(session.startedAtMicros / MICROS_PER_SECOND) * MICROS_PER_SECOND,
    durationMicros: Math.ceil(session.durationMicros / MICROS_PER_SECOND) * MICROS_PER_SECOND,
    protocol: 'udp' as const,
    insideOpened: false,
    ending: 'closed' as const,
  };
  const beats = Math.ceil((tunnel.durationMicros / MICROS_PER_SECOND) * AGENT_BYTES_PER_SECOND);
  world.observe({
    ...tunnel,
    sensor: 'zeek-vpn',
    meaning: 'vpn',
    orig: session.poolAddress,
    origPort: world.nextPort(session.poolAddress),
    resp: world.centre.resolver,
    respPort: AGENT_PORT,
    origBytes: beats,
    respBytes: beats,
  });
  const outward = [beats, ...content.map((flow) => flow.bytesOut), ...passing.map((flow) => flow.bytesIn)];
  const inward = [beats, ...content.map((flow) => flow.bytesIn), ...passing.map((flow) => flow.bytesOut)];
  world.observe({
    ...tunnel,
    sensor: 'zeek-border',
    meaning: 'carrier',
    orig: session.outsideAddress,
    origPort: outsidePort,
    resp: world.centre.gateway,
    respPort: OPENVPN_PORT,
    origBytes: encapsulated(inward),
    respBytes: encapsulated(outward),
    campaign: session.campaign,
  });
}

/** Returns what a tunnel needs for its content, its own handshake included. */
function encapsulated(parts: readonly number[]): number {
  return 3_000 + Math.ceil(parts.reduce((sum, bytes) => sum + bytes, 0) * (1 + TUNNEL_OVERHEAD));
}

function openSession(
  world: World,
  domain: VpnDomain,
  account: VpnAccount,
  day: number,
  random: Random,
): VpnSession {
  const network = pickNetwork(account.home, day - world.startDay, true, random);
  return {
    principal: account.principal,
    startedAtMicros: instantOn(day, 'office', random),
    durationMicros: Math.ceil(Math.min(14, random.lognormal(3, 0.7)) * MICROS_PER_HOUR),
    poolAddress: world.nextPoolAddress(domain.prefix),
    outsideAddress: pickAddress(network, random),
    fingerprint: random.pick(world.centre.fingerprints),
  };
}

function contentOf(
  session: VpnSession,
  account: VpnAccount,
  bytesPerWeight: number,
  random: Random,
): TunnelFlow[] {
  const median = (account.weight * bytesPerWeight) / exactExp((SIGMA * SIGMA) / 2);
  return Array.from({ length: random.poisson(FLOWS_PER_SESSION) }, () => ({
    host: random.pick(account.hosts),
    startedAtMicros: session.startedAtMicros + random.int(session.durationMicros * 0.9),
    bytesOut: Math.ceil(random.lognormal(median, SIGMA)),
    bytesIn: Math.ceil(random.lognormal(30_000, 1.6)),
    pulled: random.chance(0.93),
    bytesPerSecond: random.lognormal(4e6, 0.6),
  }));
}

function observeContent(world: World, session: VpnSession, flow: TunnelFlow, random: Random): void {
  const port = random.pick(CLIENT_PORTS);
  const [orig, resp] = flow.pulled
    ? [session.poolAddress, flow.host.address]
    : [flow.host.address, session.poolAddress];
  const speed = Math.min(FASTEST.vpn, flow.bytesPerSecond);
  const log = port === 22 ? 'ssh' : port === 443 ? 'ssl' : undefined;
  world.observe({
    sensor: 'zeek-vpn',
    meaning: 'vpn',
    startedAtMicros: flow.startedAtMicros,
    durationMicros: 30_000 + Math.ceil(((flow.bytesOut + flow.bytesIn) / speed) * MICROS_PER_SECOND),
    orig,
    origPort: world.nextPort(orig),
    resp,
    respPort: port,
    protocol: 'tcp',
    service: log ?? (port === 445 ? 'smb' : undefined),
    origBytes: flow.pulled ? flow.bytesIn : flow.bytesOut,
    respBytes: flow.pulled ? flow.bytesOut : flow.bytesIn,
    insideOpened: !flow.pulled,
    ending: 'closed',
    handshake: log && {
      log,
      serverName: `${flow.host.name}.centre.example`,
      fingerprint: session.fingerprint,
    },
    campaign: session.campaign,
  });
}

/** Full tunnel: the client's own browsing leaves by the centre's border. */
function browse(world: World, session: VpnSession, day: number, random: Random) {
  return Array.from({ length: 1 + random.int(12) }, () => {
    const system = pickSystem(world.centre.internet, day - world.startDay, random);
    const network = pickNetwork(system, day - world.startDay, true, random);
    const bytesOut = Math.ceil(random.lognormal(6_000, 1.2));
    const bytesIn = Math.ceil(random.lognormal(200_000, 1.6));
    if (!network.ipv4) return { bytesOut: 0, bytesIn: 0 };
    world.observe({
      sensor: 'zeek-border',
      meaning: 'transit',
      startedAtMicros: session.startedAtMicros + random.int(session.durationMicros * 0.9),
      durationMicros: 100_000 + random.int(20 * MICROS_PER_SECOND),
      orig: session.poolAddress,
      origPort: world.nextPort(session.poolAddress),
      resp: pickAddress(network, random),
      respPort: 443,
      protocol: 'tcp',
      service: 'ssl',
      origBytes: bytesOut,
      respBytes: bytesIn,
      insideOpened: true,
      ending: 'closed',
      handshake: { log: 'ssl', serverName: `as${system.asn}.example`, fingerprint: session.fingerprint },
    });
    return { bytesOut, bytesIn };
  });
}
