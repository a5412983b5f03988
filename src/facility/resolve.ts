import { resolve } from 'node:path';
import { parseAddress, parseNetwork } from '../records/address.ts';
import { parseByteCount } from '../records/byte-text.ts';
import { parseDay } from '../records/time.ts';
import { resolveChannels } from './channels.ts';
import type { DatedNetwork, Facility, MappedValue, Mapping, Path, Relay, Sensor, Zone } from './facility.ts';
import type { NetworkEntry, WeirYaml } from './schema.ts';

const BITS_PER_GIGABIT = 1_000_000_000;
const UNKNOWN: MappedValue = { value: 'unknown' };

/**
 * Returns the facility that a validated weir.yaml describes, all networks parsed. It takes the text at its
 * word: contradictions are found by meaning.ts, which must have run before.
 * @param folder the folder that relative paths in weir.yaml start from.
 */
export function resolveFacility(yaml: WeirYaml, folder: string): Facility {
  const sensors = resolveSensors(yaml);
  const paths = resolvePaths(yaml, sensors);
  return {
    name: yaml.facility.name,
    names: yaml.facility.names,
    simulated: yaml.facility.simulated,
    inside: datedNetworks(yaml.networks.inside),
    remoteAccess: datedNetworks(yaml.networks.remoteAccess),
    relays: resolveRelays(yaml.networks.relays),
    zones: resolveZones(yaml),
    paths,
    onSite: yaml.onSite.map(({ capacityPerDay, ...channel }) => ({
      ...channel,
      capacityBytesPerDay: capacityPerDay === undefined ? undefined : parseByteCount(capacityPerDay),
    })),
    channelsComplete: yaml.facility.channelsComplete,
    sensors,
    hosts: yaml.hosts.map((host) => ({
      name: host.name,
      addresses: host.addresses.flatMap((text) => parseAddress(text) ?? []),
    })),
    tenants: yaml.tenants,
    asnFile: yaml.asn === undefined ? undefined : resolve(folder, yaml.asn),
    mappings: yaml.mappings.map(resolveMapping),
    detection: yaml.detection,
    checks: yaml.checks,
    retention: yaml.retention,
    notify: resolveChannels(yaml.notify, folder),
    pseudonyms: yaml.pseudonyms && { keyFile: resolve(folder, yaml.pseudonyms.keyFile) },
    ledgerDir: resolve(folder, yaml.ledger),
    remarks: remarksOn(sensors, paths, relayLogs(yaml.networks.relays)),
  };
}

/** Returns the entries of a network list, parsed. */
export function datedNetworks(entries: readonly NetworkEntry[]): DatedNetwork[] {
  return entries.flatMap((entry) => {
    const dated = typeof entry === 'string' ? { cidr: entry } : entry;
    const network = parseNetwork(dated.cidr);
    if (!network) return [];
    const dayOf = (text: string | undefined) => (text === undefined ? undefined : parseDay(text));
    return [{ network, fromDay: dayOf(dated.from), toDay: dayOf(dated.to), zone: dated.zone }];
  });
}

function resolveRelays(entries: WeirYaml['networks']['relays']): Relay[] {
  return entries.flatMap((entry) =>
    datedNetworks([entry]).map((dated) => ({ ...dated, logs: typeof entry === 'string' ? [] : entry.logs })),
  );
}

/** Returns the names of the sensors that write logs of relays. */
export function relayLogs(relays: WeirYaml['networks']['relays']): string[] {
  return [...new Set(relays.flatMap((entry) => (typeof entry === 'string' ? [] : entry.logs)))];
}

/**
 * Returns the names of the sensors that paths name and `sensors:` does not describe. weir.yaml stays short
 * that way: such a sensor takes the folder of its own name.
 */
export function impliedSensorNames(yaml: WeirYaml): string[] {
  const described = new Set((yaml.sensors ?? []).map((sensor) => sensor.name));
  const named = (yaml.paths ?? []).flatMap((path) => path.sensors);
  return [...new Set(named)].filter((name) => !described.has(name));
}

function resolveSensors(yaml: WeirYaml): Sensor[] {
  const described = (yaml.sensors ?? []).map((sensor) => ({
    ...sensor,
    files: typeof sensor.files === 'string' ? [sensor.files] : sensor.files,
    timezone: sensor.timezone,
    year: sensor.year,
    format: sensor.format,
    fields: sensor.fields,
    ownEndpoints: sensor.ownEndpoints,
    keys: sensor.keys,
    host: sensor.host,
    samplingRate: sensor.samplingRate ?? 1,
    samplingStated: sensor.samplingRate !== undefined,
    implied: false,
  }));
  const names = impliedSensorNames(yaml);
  const onlyMapped = yaml.mappings.length > 0 && yaml.networks.inside.length === 0;
  if (described.length === 0 && names.length === 0 && !onlyMapped) names.push('sensor');
  const alone = described.length + names.length === 1;
  const seen = [...described.map(({ name }) => name), ...names];
  const ofRelays = relayLogs(yaml.networks.relays).filter((name) => !seen.includes(name));
  const implied = [...names, ...ofRelays].map((name) => ({
    name,
    files: [alone && names.includes(name) ? '**' : `${name}/**`],
    timezone: undefined,
    year: undefined,
    format: undefined,
    fields: undefined,
    ownEndpoints: undefined,
    keys: undefined,
    host: undefined,
    samplingRate: 1,
    samplingStated: false,
    samplingScaled: false,
    snapshotIntervalSeconds: 300,
    watches: [],
    implied: true,
  }));
  return [...described, ...implied];
}

function resolvePaths(yaml: WeirYaml, sensors: readonly Sensor[]): Path[] {
  const stated = yaml.paths ?? defaultPaths(yaml, sensors);
  const kindOf = (path: (typeof stated)[number]) =>
    path.kind ?? (path.gateways.length > 0 ? 'vpn' : 'border');
  const vpnCount = stated.filter((path) => kindOf(path) === 'vpn').length;
  return stated.map((path) => {
    const kind = kindOf(path);
    const allPools = kind === 'vpn' && vpnCount === 1 ? yaml.networks.remoteAccess : [];
    const watching = sensors.filter((sensor) => sensor.watches.includes(path.name)).map(({ name }) => name);
    return {
      name: path.name,
      kind,
      capacityBitsPerSecond:
        path.capacityGbps === undefined ? undefined : Math.round(path.capacityGbps * BITS_PER_GIGABIT),
      gateways: datedNetworks(path.gateways),
      pools: datedNetworks(path.pools ?? allPools),
      hosts: datedNetworks(path.hosts),
      sensors: [...new Set([...path.sensors, ...watching])].sort(),
      interfaces: [...new Set(path.interfaces)],
    };
  });
}

/** Returns the paths of a weir.yaml that states none: those its mappings name, and one for its sensors. */
function defaultPaths(yaml: WeirYaml, sensors: readonly Sensor[]): NonNullable<WeirYaml['paths']> {
  const named = yaml.mappings.flatMap((mapping) =>
    typeof mapping.path === 'object' ? [mapping.path.value] : [],
  );
  const names = new Set(sensors.length > 0 ? ['border', ...named] : named);
  return [...names].map((name) => ({
    name,
    gateways: [],
    hosts: [],
    interfaces: [],
    sensors: name === 'border' ? sensors.map((sensor) => sensor.name) : [],
  }));
}

/** Returns the zones, with the networks that were put into them by `zone:` on a network entry. */
function resolveZones(yaml: WeirYaml): Zone[] {
  const { inside, remoteAccess, relays } = yaml.networks;
  const placed = datedNetworks([...inside, ...remoteAccess, ...relays]);
  return yaml.zones.map((zone) => ({
    name: zone.name,
    kind: zone.kind,
    networks: [...datedNetworks(zone.networks), ...placed.filter((entry) => entry.zone === zone.name)],
  }));
}

function resolveMapping(mapping: WeirYaml['mappings'][number]): Mapping {
  const files = typeof mapping.files === 'string' ? [mapping.files] : mapping.files;
  const mapped = (column: string | { value: string } | undefined): MappedValue =>
    column === undefined ? UNKNOWN : typeof column === 'string' ? { column } : column;
  return {
    name: mapping.name,
    files,
    format: mapping.format ?? formatByName(files[0] ?? ''),
    time: mapping.time,
    timezone: mapping.timezone,
    per: mapping.per,
    bytesOut: mapping.bytesOut,
    bytesIn: mapping.bytesIn,
    flows: mapping.flows,
    arrival: mapping.arrival,
    host: mapped(mapping.host),
    destination: mapped(mapping.destination),
    path: mapped(mapping.path),
    principal: mapped(mapping.principal),
    service: mapped(mapping.service),
    initiator: mapped(mapping.initiator),
  };
}

function formatByName(glob: string): Mapping['format'] {
  if (/\.parquet$/i.test(glob)) return 'parquet';
  return /\.(ndjson|jsonl|json)(\.gz|\.zst)?$/i.test(glob) ? 'ndjson' : 'csv';
}

function remarksOn(
  sensors: readonly Sensor[],
  paths: readonly Path[],
  ofRelays: readonly string[],
): string[] {
  const implied = sensors
    .filter((sensor) => sensor.implied && !sensor.files.includes('**'))
    .map(
      (sensor) =>
        `sensor ${sensor.name} is named by a path or relay but not described under sensors; it takes the files ${sensor.files.join(', ')}`,
    );
  const idle = sensors
    .filter(({ name }) => !ofRelays.includes(name) && !paths.some((path) => path.sensors.includes(name)))
    .map(
      ({ name }) =>
        `sensor ${name} watches no path; what it sees counts in none: name it under paths[].sensors`,
    );
  const blind = paths
    .filter((path) => path.sensors.length === 0)
    .map((path) => `path ${path.name} has no sensor; what leaves by it stays unseen`);
  const unsized = paths
    .filter((path) => path.capacityBitsPerSecond === undefined)
    .map((path) => `path ${path.name} has no capacityGbps; what could have left unseen by it has no bound`);
  return [...implied, ...idle, ...blind, ...unsized];
}
