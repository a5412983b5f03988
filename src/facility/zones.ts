import { createHash } from 'node:crypto';
import {
  type Address,
  compareAddresses,
  formatAddress,
  hostKey,
  isIpv4,
  type Network,
  parseNetwork,
} from '../records/address.ts';
import { type DatedNetwork, type Facility, holdsOn } from './facility.ts';
import { addressOfValue, compareValues, valueOfAddress } from './values.ts';

/** What an address is to the facility. `local` never crosses a perimeter: multicast, link-local, loopback. */
export type AddressZone = 'inside' | 'remoteAccess' | 'relay' | 'gateway' | 'local' | 'outside';

/** A run of addresses that are the same thing to the facility. */
export interface ZoneRange {
  readonly first: Address;
  readonly last: Address;
  readonly zone: Exclude<AddressZone, 'outside'>;
  /** Path of a gateway, of a host bound to one (`paths[].hosts`), or of a remote-access pool. */
  readonly path?: string;
  /** Host key of the named host that owns these addresses (`hosts:`). */
  readonly host?: bigint;
}

/** Addresses that never leave a link or a machine (RFC 6890) or stand for many (RFC 5771, RFC 4291). */
const LOCAL = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '255.255.255.255/32',
  '::/128',
  '::1/128',
  'fe80::/10',
  'ff00::/8',
].flatMap((cidr) => parseNetwork(cidr) ?? []);

/** What one network says about the addresses in it. Higher ranks win, then the narrower network. */
interface Layer {
  readonly first: bigint;
  readonly last: bigint;
  readonly says: 'zone' | 'path' | 'host';
  readonly rank: number;
  readonly zone?: ZoneRange['zone'];
  readonly path?: string;
  readonly host?: bigint;
}

const RANKS = { local: 0, inside: 1, remoteAccess: 2, relay: 3, gateway: 4 } as const;

/**
 * Returns the facility's address ranges on a UTC day: sorted, not overlapping, neighbours merged.
 * A gateway outranks a relay, a relay a remote-access pool, a pool the inside, the inside `local`;
 * what lies in no range is outside.
 */
export function zoneRangesOn(facility: Facility, day: number): ZoneRange[] {
  const layers = layersOn(facility, day);
  const edges = [...new Set(layers.flatMap((layer) => [layer.first, layer.last + 1n]))].sort(compareValues);
  const starts = [...layers].sort((a, b) => compareValues(a.first, b.first));
  const ranges: ZoneRange[] = [];
  let active: Layer[] = [];
  let next = 0;
  for (const [index, edge] of edges.entries()) {
    const end = edges[index + 1];
    if (end === undefined) break;
    active = active.filter((layer) => layer.last >= edge);
    for (let layer = starts[next]; layer && layer.first <= edge; layer = starts[next]) {
      active.push(layer);
      next += 1;
    }
    const range = settle(active, edge, end - 1n);
    if (range) append(ranges, range);
  }
  return ranges;
}

/** Returns the range an address lies in, undefined when it is outside. Binary search. */
export function zoneRangeOf(ranges: readonly ZoneRange[], address: Address): ZoneRange | undefined {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range && compareAddresses(range.first, address) <= 0) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low - 1];
  return range && compareAddresses(address, range.last) <= 0 ? range : undefined;
}

/** Returns what an address is to the facility, `outside` when it lies in no range. */
export function zoneOf(ranges: readonly ZoneRange[], address: Address): AddressZone {
  return zoneRangeOf(ranges, address)?.zone ?? 'outside';
}

/** Returns, for the key of each address of a named host, the key of its first: one DTN is one host. */
export function hostAliases(facility: Facility): Map<bigint, bigint> {
  return new Map(
    facility.hosts.flatMap(({ addresses }) => {
      const [first] = addresses;
      return first ? addresses.map((address) => [hostKey(address), hostKey(first)] as const) : [];
    }),
  );
}

/** Returns the names of named hosts by the key that hostAliases maps to. */
export function hostNames(facility: Facility): Map<bigint, string> {
  return new Map(
    facility.hosts.flatMap(({ name, addresses: [first] }) =>
      first ? [[hostKey(first), name] as const] : [],
    ),
  );
}

/**
 * Returns the digest (sha256, hex) of everything in weir.yaml that changes what a day's facts amount to:
 * the ranges valid that day, the logs of relays, the paths with capacity and sensors, the named hosts, and the sensors'
 * sampling and snapshot interval. Names of the facility, tenants, globs and thresholds are not in it, and neither
 * order nor another way of writing the same networks changes it.
 */
export function configSha256On(facility: Facility, day: number): string {
  const known = digests.get(facility) ?? new Map<string, string>();
  digests.set(facility, known);
  const holding = datedNetworks(facility)
    .map((entry) => (holdsOn(entry, day) ? 1 : 0))
    .join('');
  const digest = known.get(holding) ?? digestOn(facility, day);
  known.set(holding, digest);
  return digest;
}

/** Digests by which dated networks hold: every day of a ledger is asked for, and most days are alike. */
const digests = new WeakMap<Facility, Map<string, string>>();

/** All that depends on the day in what a facility's digest is made of. */
function datedNetworks({ inside, remoteAccess, relays, paths }: Facility): DatedNetwork[] {
  const ofPaths = paths.flatMap(({ gateways, pools, hosts }) => [...gateways, ...pools, ...hosts]);
  return [...inside, ...remoteAccess, ...relays, ...ofPaths];
}

function digestOn(facility: Facility, day: number): string {
  const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  const lines = [
    ...zoneRangesOn(facility, day).map(({ first, last, zone, path, host }) => [
      'range',
      formatAddress(first),
      formatAddress(last),
      zone,
      path ?? null,
      host?.toString() ?? null,
    ]),
    ...facility.relays
      .filter((relay) => relay.logs.length > 0 && holdsOn(relay, day))
      .map(({ network: { cidr }, logs }) => ['relay', cidr, [...logs].sort()]),
    ...[...hostAliases(facility)].map(([alias, host]) => ['host', alias.toString(), host.toString()]),
    ...facility.paths.map(({ name, kind, capacityBitsPerSecond, sensors }) => [
      'path',
      name,
      kind,
      capacityBitsPerSecond ?? null,
      [...sensors].sort(),
    ]),
    ...facility.sensors.map(({ name, samplingRate, samplingScaled, snapshotIntervalSeconds }) => [
      'sensor',
      name,
      samplingRate,
      samplingScaled,
      snapshotIntervalSeconds,
    ]),
  ].map((line) => JSON.stringify(line));
  return createHash('sha256').update(lines.sort(byText).join('\n')).digest('hex');
}

function layersOn(facility: Facility, day: number): Layer[] {
  const dated = (entries: readonly DatedNetwork[], layer: Omit<Layer, 'first' | 'last'>): Layer[] =>
    entries.filter((entry) => holdsOn(entry, day)).map(({ network }) => ({ ...bounds(network), ...layer }));
  const zone = (name: keyof typeof RANKS) => ({ says: 'zone' as const, rank: RANKS[name], zone: name });
  return [
    ...LOCAL.map((network) => ({ ...bounds(network), ...zone('local') })),
    ...dated(facility.inside, zone('inside')),
    ...dated(facility.remoteAccess, zone('remoteAccess')),
    ...dated(facility.relays, zone('relay')),
    ...facility.paths.flatMap((path) => [
      ...dated(path.gateways, { ...zone('gateway'), path: path.name }),
      ...dated(path.pools, { says: 'path', rank: RANKS.remoteAccess, path: path.name }),
      ...dated(path.hosts, { says: 'path', rank: RANKS.inside, path: path.name }),
    ]),
    ...facility.hosts.flatMap(({ addresses: [first, ...others] }) =>
      first
        ? [first, ...others].map((address) => ({
            ...keyBounds(address),
            says: 'host' as const,
            rank: 0,
            host: hostKey(first),
          }))
        : [],
    ),
  ];
}

/** Returns what the layers over one run of addresses amount to, undefined when it is outside. */
function settle(active: readonly Layer[], first: bigint, last: bigint): ZoneRange | undefined {
  const best = (candidates: readonly Layer[]) =>
    candidates.reduce<Layer | undefined>(
      (held, layer) => (held && !outranks(layer, held) ? held : layer),
      undefined,
    );
  const winner = best(active.filter((layer) => layer.says === 'zone'));
  if (!winner?.zone) return undefined;
  const { zone } = winner;
  // A pool's path holds where the pool stands, a host's path and name where the facility itself stands.
  const own = zone === 'inside' || zone === 'relay';
  const pathRank = own ? RANKS.inside : zone === 'remoteAccess' ? RANKS.remoteAccess : undefined;
  const path =
    winner.path ?? best(active.filter((layer) => layer.says === 'path' && layer.rank === pathRank))?.path;
  const host = own || zone === 'gateway' ? active.find((layer) => layer.says === 'host')?.host : undefined;
  return {
    first: addressOfValue(first),
    last: addressOfValue(last),
    zone,
    ...(path === undefined ? {} : { path }),
    ...(host === undefined ? {} : { host }),
  };
}

function outranks(layer: Layer, held: Layer): boolean {
  if (layer.rank !== held.rank) return layer.rank > held.rank;
  return layer.last - layer.first < held.last - held.first;
}

/** Adds a range, widening the last one where the two say the same and touch. */
function append(ranges: ZoneRange[], range: ZoneRange): void {
  const before = ranges.at(-1);
  const same =
    before &&
    before.zone === range.zone &&
    before.path === range.path &&
    before.host === range.host &&
    valueOfAddress(before.last) + 1n === valueOfAddress(range.first);
  if (same) ranges[ranges.length - 1] = { ...before, last: range.last };
  else ranges.push(range);
}

function bounds(network: Network): { first: bigint; last: bigint } {
  return { first: valueOfAddress(network.first), last: valueOfAddress(network.last) };
}

/** Returns the addresses that share a host key with this one: itself for IPv4, its /64 for IPv6. */
function keyBounds(address: Address): { first: bigint; last: bigint } {
  if (isIpv4(address)) return { first: address.lo, last: address.lo };
  const first = address.hi << 64n;
  return { first, last: first | 0xffff_ffff_ffff_ffffn };
}
