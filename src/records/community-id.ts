import { createHash } from 'node:crypto';
import { type Address, compareAddresses, isIpv4 } from './address.ts';

/** A connection as Community ID sees it; for ICMP the ports are type and code (or the answering type). */
export interface FlowTuple {
  readonly from: Address;
  readonly to: Address;
  readonly fromPort: number;
  readonly toPort: number;
  /** IP protocol number. */
  readonly protocol: number;
}

const ICMP = 1;
const ICMP6 = 58;
const SCTP = 132;
const WITH_PORTS: ReadonlySet<number> = new Set([ICMP, 6, 17, ICMP6, SCTP]);

/** ICMP types that answer each other; every other type has no way back, and its ends keep their order. */
const ANSWERS: ReadonlyMap<number, ReadonlyMap<number, number>> = new Map([
  [ICMP, bothWays([0, 8], [9, 10], [13, 14], [15, 16], [17, 18])],
  [ICMP6, bothWays([128, 129], [130, 131], [133, 134], [135, 136], [139, 140], [144, 145])],
]);

function bothWays(...pairs: readonly (readonly [number, number])[]): Map<number, number> {
  return new Map(
    pairs.flatMap(([a, b]): [number, number][] => [
      [a, b],
      [b, a],
    ]),
  );
}

/**
 * Returns the Community ID of a connection, version 1, seed 0: the same for both directions and in every tool that
 * follows https://github.com/corelight/community-id-spec.
 */
export function communityId(tuple: FlowTuple): string {
  const { protocol } = tuple;
  const answers = ANSWERS.get(protocol);
  const answer = answers?.get(tuple.fromPort);
  const sent = answer === undefined ? tuple : { ...tuple, toPort: answer };
  const keepsOrder = answers !== undefined && answer === undefined;
  const order = compareAddresses(sent.from, sent.to) || sent.fromPort - sent.toPort;
  const { from, to, fromPort, toPort } = keepsOrder || order < 0 ? sent : turned(sent);
  const hash = createHash('sha1').update(Buffer.alloc(2)).update(bytesOf(from)).update(bytesOf(to));
  hash.update(Buffer.of(protocol, 0));
  if (WITH_PORTS.has(protocol))
    hash.update(Buffer.of(fromPort >> 8, fromPort & 255, toPort >> 8, toPort & 255));
  return `1:${hash.digest('base64')}`;
}

function turned(tuple: FlowTuple): FlowTuple {
  return { ...tuple, from: tuple.to, to: tuple.from, fromPort: tuple.toPort, toPort: tuple.fromPort };
}

function bytesOf(address: Address): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64BE(address.hi, 0);
  bytes.writeBigUInt64BE(address.lo, 8);
  return isIpv4(address) ? bytes.subarray(12) : bytes;
}

const NUMBERS: Readonly<Record<string, number>> = {
  tcp: 6,
  udp: 17,
  sctp: SCTP,
  icmp6: ICMP6,
  'icmp-v6': ICMP6,
  'ipv6-icmp': ICMP6,
};

/** Returns the IP protocol number of a protocol as logs name it; undefined for one they cannot name. Zeek says `icmp` for ICMPv6 too. */
export function protocolNumber(name: string, between: Address): number | undefined {
  const lower = name.toLowerCase();
  if (lower === 'icmp') return isIpv4(between) ? ICMP : ICMP6;
  const number = /^\d{1,3}$/.test(lower) ? Number(lower) : NUMBERS[lower];
  return number !== undefined && number <= 255 ? number : undefined;
}
