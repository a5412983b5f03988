import { type Address, formatAddress, isIpv4, type Network, parseNetwork } from '../records/address.ts';
import { addressOfValue, compareValues, valueOfAddress } from './values.ts';

/** What the logs show about one address. */
export interface AddressObservation {
  readonly address: Address;
  /** Distinct addresses it talked with. */
  readonly peers: number;
  /** Conversations it opened, and conversations that were opened to it. */
  readonly asOriginator: number;
  readonly asResponder: number;
  /** Bytes it sent and received. */
  readonly bytes: number;
  /** How often the sensor itself called it local and remote (Zeek's local_orig and local_resp). */
  readonly localFlags?: { readonly local: number; readonly remote: number };
}

/** A network that may be inside. Never assumed: shown to a person with its evidence and confirmed. */
export interface InsideCandidate {
  readonly network: Network;
  /** From 0 to 1; a rank for the eye, not a probability. Below 0.5 more speaks against it than for it. */
  readonly confidence: number;
  /** Why, in sentences. */
  readonly evidence: readonly string[];
  readonly addressesSeen: number;
  /** Ends of conversations that lie in it. */
  readonly conversations: number;
}

/** Addresses that may not be routed on the Internet (RFC 1918, RFC 6598, RFC 4193). */
const PRIVATE = [
  { cidr: '10.0.0.0/8', says: 'private (RFC 1918)', confidence: 0.9 },
  { cidr: '172.16.0.0/12', says: 'private (RFC 1918)', confidence: 0.9 },
  { cidr: '192.168.0.0/16', says: 'private (RFC 1918)', confidence: 0.9 },
  { cidr: 'fc00::/7', says: 'unique local (RFC 4193)', confidence: 0.9 },
  {
    cidr: '100.64.0.0/10',
    says: "shared with a carrier (RFC 6598), so it may be the provider's",
    confidence: 0.5,
  },
].map((block) => ({ ...block, range: rangeOf(block.cidr) }));

const NOBODY = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/3',
  '::/127',
  'fe80::/10',
  'ff00::/8',
].map(rangeOf);

/** Public addresses are first taken together by what registries hand out: /16 of IPv4, /32 of IPv6. */
const GROUP_BITS = { v4: 96 + 16, v6: 32 };
/** A candidate is never narrower than this. */
const NARROWEST_BITS = { v4: 96 + 24, v6: 48 };
/** A /16 of which this many /24 are in use is taken whole. */
const WIDE_SUBNETS = 8;
/** The part of all public ends that must stay unexplained for one more public network to be looked for. */
const UNEXPLAINED_SHARE = 0.1;
/** A public network must be an end of at least this part of the conversations still unexplained. */
const LEAST_COVER = 0.3;
const FEW_VOTES = 10;

interface Group {
  readonly members: readonly Seen[];
  readonly ends: number;
  readonly votes: { readonly local: number; readonly remote: number };
}

interface Seen extends AddressObservation {
  readonly value: bigint;
  readonly ends: number;
}

/**
 * Returns the networks that look as if they were inside, best first.
 *
 * Private ranges in use are candidates by themselves. A public network is one when it is an end of nearly
 * every conversation that the private ranges leave unexplained: a border sensor sees no others. Where the
 * sensor voted local or remote, its votes are shown and weigh most, except that a vote `remote` on public
 * addresses counts little when it called only private ones local: that is Zeek's factory setting.
 */
export function guessInside(observations: readonly AddressObservation[]): InsideCandidate[] {
  const seen = observations
    .map((item) => ({
      ...item,
      value: valueOfAddress(item.address),
      ends: item.asOriginator + item.asResponder,
    }))
    .filter(({ value }) => !NOBODY.some((range) => within(range, value)));
  const owned = PRIVATE.map((block) => ({
    block,
    group: groupOf(seen.filter(({ value }) => within(block.range, value))),
  })).filter(({ group }) => group.members.length > 0);
  const publicSeen = seen.filter(({ value }) => !PRIVATE.some(({ range }) => within(range, value)));
  const all = groupOf(seen);
  const fromPrivate = owned.map(({ block, group }) => privateCandidate(block, group, all));
  const groups = [...groupsOf(publicSeen).values()].map(groupOf).sort((a, b) => b.ends - a.ends);
  const byEnds = publicCandidates(groups, all.ends - groupOf(publicSeen).ends);
  const fromPublic = byEnds.length > 0 ? byEnds : byPeers(groups, seen.length - publicSeen.length);
  return [...fromPrivate, ...fromPublic].sort(
    (a, b) =>
      b.confidence - a.confidence ||
      b.conversations - a.conversations ||
      (a.network.cidr < b.network.cidr ? -1 : 1),
  );
}

function privateCandidate(block: (typeof PRIVATE)[number], group: Group, all: Group): InsideCandidate {
  const share = all.ends === 0 ? 0 : group.ends / (all.ends / 2);
  const evidence = [
    `${count(group.members.length, 'address', 'addresses')} seen in ${block.cidr}, which is ${block.says}`,
    endsInWords(group.ends, share),
    ...votesInWords(group.votes),
  ];
  const { local, remote } = group.votes;
  const doubt = !isVoted(group.votes) || local >= remote ? 0 : local * 9 <= remote ? 0.6 : 0.4;
  const rare = share < 0.05;
  if (rare) evidence.push('rare here: it may belong to somebody else');
  const confidence = block.confidence - doubt - (rare ? 0.3 : 0);
  return candidate(group, confidence, evidence);
}

/** Returns public networks until they and the private ones explain the conversations seen. */
function publicCandidates(groups: readonly Group[], privateEnds: number): InsideCandidate[] {
  const publicEnds = groups.reduce((total, group) => total + group.ends, 0);
  const trusted = groups.some((group) => isVoted(group.votes) && group.votes.local > group.votes.remote);
  const found: InsideCandidate[] = [];
  // A conversation has two ends. Those with a private end explain one public end each; of the rest, one
  // end must be an inside public network.
  let unexplained = (publicEnds - privateEnds) / 2;
  for (const group of groups) {
    const local = isVoted(group.votes) && group.votes.local > group.votes.remote;
    const cover = unexplained > 0 ? Math.min(1, group.ends / unexplained) : 0;
    const needed = unexplained * 2 > UNEXPLAINED_SHARE * publicEnds && cover >= LEAST_COVER;
    const refuted = trusted && isVoted(group.votes) && !local;
    if (!local && (!needed || refuted)) continue;
    const confidence = local ? 0.95 : 0.85 * cover * (isRivalled(group, groups) ? 0.5 : 1);
    found.push(
      candidate(group, confidence, [
        `${count(group.members.length, 'public address', 'public addresses')} seen, with ${count(peersOf(group), 'pair', 'pairs')} of peers`,
        endsInWords(group.ends, publicEnds === 0 ? 0 : group.ends / (publicEnds / 2)),
        ...votesInWords(group.votes),
        ...(isRivalled(group, groups)
          ? ['another public network takes part as often: either may be the inside']
          : []),
      ]),
    );
    unexplained -= Math.min(unexplained, group.ends);
  }
  return found;
}

/**
 * Returns the public network that must have talked with public addresses: some of its members had more peers
 * than there are private addresses. It helps where traffic among private addresses hides what they explain.
 */
function byPeers(groups: readonly Group[], privateCount: number): InsideCandidate[] {
  const pairsOf = (group: Group) =>
    group.members.reduce((total, { peers }) => total + Math.max(0, peers - privateCount), 0);
  const total = groups.reduce((sum, group) => sum + pairsOf(group), 0);
  return groups
    .filter((group) => total > 0 && pairsOf(group) >= 0.45 * total)
    .slice(0, 1)
    .map((group) =>
      candidate(group, 0.4, [
        `${count(group.members.length, 'public address', 'public addresses')} seen, some with more peers than there are private addresses: they talk with other public addresses`,
        ...votesInWords(group.votes),
      ]),
    );
}

/** Returns whether another group takes part nearly as often, so that the two ends cannot be told apart. */
function isRivalled(group: Group, groups: readonly Group[]): boolean {
  return groups.some(
    (other) =>
      other !== group && other.ends >= 0.9 * group.ends && other.members.length >= group.members.length,
  );
}

function candidate(group: Group, confidence: number, evidence: readonly string[]): InsideCandidate {
  return {
    network: networkOver(group.members),
    confidence: Math.round(Math.max(0.05, confidence) * 100) / 100,
    evidence,
    addressesSeen: group.members.length,
    conversations: group.ends,
  };
}

/** Returns the narrowest sensible network over all members that were alive (sent, or exchanged bytes). */
function networkOver(members: readonly Seen[]): Network {
  const alive = members.filter((member) => member.asOriginator > 0 || member.bytes > 0);
  const values = (alive.length > 0 ? alive : members).map(({ value }) => value);
  const [least = 0n, most = 0n] = extremes(values);
  const v4 = isIpv4(addressOfValue(least));
  const narrowest = v4 ? NARROWEST_BITS.v4 : NARROWEST_BITS.v6;
  const group = v4 ? GROUP_BITS.v4 : GROUP_BITS.v6;
  let bits = narrowest;
  while (bits > 0 && prefixOf(least, bits) !== prefixOf(most, bits)) bits -= 1;
  const subnets = new Set(values.map((value) => prefixOf(value, narrowest))).size;
  if (subnets >= WIDE_SUBNETS) bits = Math.min(bits, group);
  const base = addressOfValue(prefixOf(least, bits) << BigInt(128 - bits));
  const cidr = `${formatAddress(base)}/${v4 ? bits - 96 : bits}`;
  return parseNetwork(cidr) ?? { cidr, first: base, last: addressOfValue(most) };
}

function groupsOf(seen: readonly Seen[]): Map<bigint, Seen[]> {
  const groups = new Map<bigint, Seen[]>();
  for (const item of seen) {
    const bits = isIpv4(item.address) ? GROUP_BITS.v4 : GROUP_BITS.v6;
    const key = prefixOf(item.value, bits) << BigInt(128 - bits);
    const members = groups.get(key);
    if (members) members.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function groupOf(members: readonly Seen[]): Group {
  const sum = (of: (member: Seen) => number) => members.reduce((total, member) => total + of(member), 0);
  return {
    members,
    ends: sum((member) => member.ends),
    votes: {
      local: sum((member) => member.localFlags?.local ?? 0),
      remote: sum((member) => member.localFlags?.remote ?? 0),
    },
  };
}

function peersOf(group: Group): number {
  return group.members.reduce((total, { peers }) => total + peers, 0);
}

function isVoted({ local, remote }: Group['votes']): boolean {
  return local + remote >= FEW_VOTES;
}

function endsInWords(ends: number, share: number): string {
  return `${count(ends, 'end', 'ends')} of conversations, ${Math.round(100 * share)} for every 100 conversations seen`;
}

function votesInWords({ local, remote }: Group['votes']): string[] {
  if (local + remote === 0) return [];
  return [`the sensor called it local ${local} times and remote ${remote} times`];
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function extremes(values: readonly bigint[]): bigint[] {
  const sorted = [...values].sort(compareValues);
  return sorted.length === 0 ? [] : [sorted[0] ?? 0n, sorted.at(-1) ?? 0n];
}

function prefixOf(value: bigint, bits: number): bigint {
  return value >> BigInt(128 - bits);
}

function rangeOf(cidr: string): { first: bigint; last: bigint } {
  const network = parseNetwork(cidr);
  return network
    ? { first: valueOfAddress(network.first), last: valueOfAddress(network.last) }
    : { first: 1n, last: 0n };
}

function within(range: { first: bigint; last: bigint }, value: bigint): boolean {
  return range.first <= value && value <= range.last;
}
