import { compareAddresses, contains, formatHost, hostKey, isIpv4, parseAddress } from '../records/address.ts';
import type { DatedNetwork } from './facility.ts';
import { channelProblems } from './notify-meaning.ts';
import { editDistance, type KeyPath, type Problem, suggest } from './problems.ts';
import { datedNetworks, impliedSensorNames } from './resolve.ts';
import type { NetworkEntry, WeirYaml } from './schema.ts';

interface Placed {
  readonly path: KeyPath;
  readonly entry: DatedNetwork;
  /** Name of the zone or path that owns the entry. */
  readonly owner: string;
}

/** Returns what a well-formed weir.yaml says that cannot be true; empty when it makes sense. */
export function problemsInMeaning(yaml: WeirYaml): Problem[] {
  return [
    ...duplicateNames(yaml),
    ...emptyPerimeter(yaml),
    ...impossibleDates(yaml),
    ...sensorProblems(yaml),
    ...zoneProblems(yaml),
    ...pathNetworkProblems(yaml),
    ...hostProblems(yaml),
    ...onSiteProblems(yaml),
    ...channelProblems(yaml.notify),
  ];
}

function duplicateNames(yaml: WeirYaml): Problem[] {
  const named = (section: string, items: readonly { name: string }[]) =>
    items.map((item, index) => ({ name: item.name, path: [section, index, 'name'] as KeyPath }));
  const scopes = [
    named('zones', yaml.zones),
    [...named('paths', yaml.paths ?? []), ...named('onSite', yaml.onSite)],
    [...named('sensors', yaml.sensors ?? []), ...named('mappings', yaml.mappings)],
    named('hosts', yaml.hosts),
    named('tenants', yaml.tenants),
    named('notify', yaml.notify),
  ];
  const twice = scopes.flatMap((scope) =>
    scope
      .filter(({ name }, index) => scope.findIndex((other) => other.name === name) < index)
      .map(({ name, path }) => ({ path, message: `the name ${name} is taken already; choose another` })),
  );
  const reserved = [
    ...named('sensors', yaml.sensors ?? []).filter(({ name }) => name === 'unassigned'),
    ...named('paths', yaml.paths ?? []).filter(({ name }) => name === 'unknown'),
  ].map(({ name, path }) => ({ path, message: `the name ${name} has a meaning of its own; choose another` }));
  return [...twice, ...reserved];
}

function emptyPerimeter(yaml: WeirYaml): Problem[] {
  if (yaml.networks.inside.length > 0 || yaml.mappings.length > 0) return [];
  const message = 'no network is inside; list those of the centre (`weir init` can guess them from the logs)';
  return [{ path: ['networks', 'inside'], message }];
}

/** Returns every network list of weir.yaml with where it stands. */
function networkLists(yaml: WeirYaml): { path: KeyPath; entries: readonly NetworkEntry[]; owner: string }[] {
  const perimeter = (['inside', 'remoteAccess', 'relays'] as const).map((key) => ({
    path: ['networks', key],
    entries: yaml.networks[key],
    owner: key,
  }));
  const zones = yaml.zones.map((zone, index) => ({
    path: ['zones', index, 'networks'],
    entries: zone.networks,
    owner: zone.name,
  }));
  const paths = (yaml.paths ?? []).flatMap((path, index) =>
    (['gateways', 'pools', 'hosts'] as const).map((key) => ({
      path: ['paths', index, key],
      entries: path[key] ?? [],
      owner: path.name,
    })),
  );
  return [...perimeter, ...zones, ...paths];
}

function placedIn(yaml: WeirYaml, belongs: (path: KeyPath) => boolean): Placed[] {
  return networkLists(yaml)
    .filter(({ path }) => belongs(path))
    .flatMap(({ path, entries, owner }) =>
      datedNetworks(entries).map((entry, index) => ({ path: [...path, index], entry, owner })),
    );
}

function impossibleDates(yaml: WeirYaml): Problem[] {
  return placedIn(yaml, () => true)
    .filter(({ entry }) => (entry.fromDay ?? -Infinity) >= (entry.toDay ?? Infinity))
    .map(({ path }) => ({
      path: [...path, 'to'],
      message: 'must lie after `from`: `to` is the first day on which the entry holds no more',
    }));
}

function sensorProblems(yaml: WeirYaml): Problem[] {
  const sensors = yaml.sensors ?? [];
  const implied = new Set(impliedSensorNames(yaml));
  const used = new Set((yaml.paths ?? []).flatMap((path) => path.sensors));
  const unused = sensors.filter((sensor) => !used.has(sensor.name)).map((sensor) => sensor.name);
  // A name that is nearly that of a described sensor which no path names is a slip, not another sensor.
  const slips = (yaml.paths ?? []).flatMap((path, index) =>
    path.sensors.flatMap((name, position) => {
      const meant = unused.find((other) => editDistance(name.toLowerCase(), other.toLowerCase()) <= 2);
      if (!implied.has(name) || meant === undefined) return [];
      const message = `no sensor is called ${name}; did you mean ${meant}? Describe ${name} under sensors otherwise`;
      return [{ path: ['paths', index, 'sensors', position] as KeyPath, message }];
    }),
  );
  const seen = [...(yaml.paths ?? []), ...yaml.zones].map(({ name }) => name);
  const strangers = sensors.flatMap((sensor, index) =>
    sensor.watches.flatMap((name, position) =>
      seen.includes(name) || (name === 'border' && yaml.paths === undefined)
        ? []
        : [
            {
              path: ['sensors', index, 'watches', position] as KeyPath,
              message: `no path or zone is called ${name}; ${suggest(name, seen) ?? `there are ${seen.join(', ') || 'none'}`}`,
            },
          ],
    ),
  );
  return [...slips, ...strangers, ...relayLogSlips(yaml), ...sharedGlobs(yaml)];
}

/** A relay's log is that of a sensor: a name that is nearly a described one is a slip. */
function relayLogSlips({ networks, sensors = [] }: WeirYaml): Problem[] {
  const described = sensors.map(({ name }) => name);
  return networks.relays.flatMap((entry, index) =>
    (typeof entry === 'string' ? [] : entry.logs).flatMap((name, position) => {
      const meant = described.find((other) => editDistance(name.toLowerCase(), other.toLowerCase()) <= 2);
      if (described.includes(name) || meant === undefined) return [];
      const message = `no sensor is called ${name}; did you mean ${meant}? Describe ${name} under sensors otherwise`;
      return [{ path: ['networks', 'relays', index, 'logs', position] as KeyPath, message }];
    }),
  );
}

function sharedGlobs(yaml: WeirYaml): Problem[] {
  const takers = [
    ...(yaml.sensors ?? []).map((taker, index) => ({ taker, path: ['sensors', index] })),
    ...yaml.mappings.map((taker, index) => ({ taker, path: ['mappings', index] })),
  ];
  const globs = takers.flatMap(({ taker, path }) =>
    [taker.files].flat().map((glob) => ({ glob, name: taker.name, path: [...path, 'files'] })),
  );
  return globs.flatMap(({ glob, name, path }, index) => {
    const earlier = globs.slice(0, index).find((other) => other.glob === glob && other.name !== name);
    return earlier
      ? [{ path, message: `${earlier.name} takes the files ${glob} already; tell them apart` }]
      : [];
  });
}

function zoneProblems(yaml: WeirYaml): Problem[] {
  const names = yaml.zones.map((zone) => zone.name);
  const onEntries = placedIn(yaml, ([section]) => section === 'networks');
  const unknown = placedIn(yaml, () => true)
    .filter(({ entry }) => entry.zone !== undefined && !names.includes(entry.zone))
    .map(({ entry, path }) => ({
      path: [...path, 'zone'],
      message: `no zone is called ${entry.zone}; ${suggest(entry.zone ?? '', names) ?? 'describe it under zones'}`,
    }));
  const placed = [
    ...onEntries.flatMap((item) => (item.entry.zone ? [{ ...item, owner: item.entry.zone }] : [])),
    ...placedIn(yaml, ([section]) => section === 'zones'),
  ];
  return [...unknown, ...contradictions(placed, 'zone')];
}

function pathNetworkProblems(yaml: WeirYaml): Problem[] {
  const under = (key: string) => placedIn(yaml, (path) => path[0] === 'paths' && path[2] === key);
  const networksOf = (key: string) => placedIn(yaml, (path) => path[0] === 'networks' && path[1] === key);
  const inside = networksOf('inside');
  const relays = networksOf('relays');
  const pools = networksOf('remoteAccess');
  const [gateways, hosts] = [under('gateways'), under('hosts')];
  return [
    ...notWithin(
      gateways,
      [...inside, ...relays],
      'is in no inside network; a gateway is where the tunnel ends inside',
    ),
    ...notWithin(hosts, [...inside, ...relays], 'is in no inside network; list it under networks.inside'),
    ...notWithin(under('pools'), pools, 'is in no network of networks.remoteAccess; list it there'),
    ...contradictions(gateways, 'path'),
    ...contradictions(hosts, 'path'),
    ...contradictions(under('pools'), 'path'),
  ];
}

function hostProblems(yaml: WeirYaml): Problem[] {
  const inside = placedIn(yaml, ([section, key]) => section === 'networks' && key !== 'remoteAccess');
  const listed = yaml.hosts.flatMap((host, index) =>
    host.addresses.flatMap((text, position) => {
      const address = parseAddress(text);
      return address
        ? [{ address, host: index, path: ['hosts', index, 'addresses', position] as KeyPath }]
        : [];
    }),
  );
  const owners = new Map<bigint, number>();
  return listed.flatMap(({ address, host, path }): Problem[] => {
    const key = hostKey(address);
    const owner = owners.get(key) ?? host;
    owners.set(key, owner);
    if (!inside.some(({ entry }) => contains(entry.network, address))) {
      return [{ path, message: 'is in no inside network; list it under networks.inside' }];
    }
    if (owner === host) return [];
    const owned = `${formatHost(key)} belongs to host ${yaml.hosts[owner]?.name} already`;
    const message = isIpv4(address)
      ? `${owned}; remove one of the two`
      : `${owned}: a host of hosts is all of its /64. Leave out IPv6 addresses of machines that share one; DHCPv6 leases tell who is on which`;
    return [{ path, message }];
  });
}

/** A log that no sensor writes would bound nothing, in silence. */
function onSiteProblems(yaml: WeirYaml): Problem[] {
  const names = [...(yaml.sensors ?? []).map(({ name }) => name), ...impliedSensorNames(yaml)];
  return yaml.onSite.flatMap(({ loggedBy }, index) =>
    loggedBy.flatMap((name, position) => {
      if (names.includes(name)) return [];
      const message = `no sensor is called ${name}; ${suggest(name, names) ?? `there are ${names.join(', ') || 'none'}`}`;
      return [{ path: ['onSite', index, 'loggedBy', position] as KeyPath, message }];
    }),
  );
}

function notWithin(items: readonly Placed[], homes: readonly Placed[], message: string): Problem[] {
  return items
    .filter(({ entry }) => !homes.some((home) => covers(home.entry, entry)))
    .map(({ path }) => ({ path, message }));
}

function covers(outer: DatedNetwork, inner: DatedNetwork): boolean {
  return (
    compareAddresses(outer.network.first, inner.network.first) <= 0 &&
    compareAddresses(inner.network.last, outer.network.last) <= 0
  );
}

/** Nested networks are settled by the more specific one; the same network in two places cannot be. */
function contradictions(items: readonly Placed[], kind: string): Problem[] {
  return items.flatMap((item, index): Problem[] => {
    const rival = items
      .slice(0, index)
      .find(
        (other) =>
          other.owner !== item.owner &&
          covers(other.entry, item.entry) &&
          covers(item.entry, other.entry) &&
          (other.entry.fromDay ?? -Infinity) < (item.entry.toDay ?? Infinity) &&
          (item.entry.fromDay ?? -Infinity) < (other.entry.toDay ?? Infinity),
      );
    if (!rival) return [];
    const message = `${item.entry.network.cidr} is in ${kind} ${rival.owner} as well; keep one, or give them days (from, to)`;
    return [{ path: item.path, message }];
  });
}
