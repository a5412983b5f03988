import type { Facility, Path, Sensor } from '../facility/facility.ts';
import { pathsOfSensor } from '../facility/sensors.ts';
import { zoneRangesOn } from '../facility/zones.ts';
import { sqlText } from '../records/sql-text.ts';
import { addressKeySql, networkSql, ZONE_CODES, zoneSql } from './zone-sql.ts';

/** What a connection is to the perimeter, as small integers inside a statement. */
export const KINDS = ['egress', 'transit', 'carrier', 'internal', 'unclassified'] as const;
/** One of the kinds. */
export type Kind = (typeof KINDS)[number];

/** Name of the path of connections whose sensor watches none. */
export const UNASSIGNED_PATH = 'unassigned';

/** Assumed where weir.yaml states no capacity: nothing sold today carries more over one link (1 Tbit/s). */
const ASSUMED_BITS_PER_SECOND = 1e12;

/** A bound beyond any record, within 64 bits. */
const MOST_BYTES = 9e18;

/**
 * How the facility looks at connections on one day, as SQL over flow columns extended with `origZone` and
 * `respZone` (zone codes with bound path, see zone-sql.ts).
 */
export interface Perspective {
  /** Path names; statements carry indexes into this list. */
  readonly paths: readonly string[];
  readonly origZone: string;
  readonly respZone: string;
  /** Index into KINDS. */
  readonly kind: string;
  /** Whether the originator stands on the inner side. */
  readonly origInner: string;
  readonly path: string;
  readonly hostKey: string;
  readonly networkKey: string;
  /**
   * Key of the machine under which logins and jobs are known; NULL for relays, gateways and what is no way out, and for what
   * was opened from outside: nobody on the host has opened that.
   */
  readonly presenceKey: string;
  /** Key of the address of a remote-access pool at either end; NULL where there is none. */
  readonly lentKey: string;
  /** Returns SQL for the host key of an inside address. */
  readonly hostOf: (hi: string, lo: string) => string;
  /**
   * Returns SQL for the key of the machine that an inside address is: machines of one IPv6 /64 are one host in cells, and
   * who was at work on one of them was not on the others.
   */
  readonly machineOf: (hi: string, lo: string) => string;
  /** Returns SQL that tells addresses of inside hosts: no relays, gateways or pools. */
  readonly isInside: (hi: string, lo: string) => string;
  /** Returns SQL that tells addresses of no zone: neither the facility's own nor lent to its clients. */
  readonly isOutside: (hi: string, lo: string) => string;
  /** Most bytes one direction can carry in the record's duration. */
  readonly mostBytes: string;
  /** How sampled sensors' counts are read; undefined when no sensor samples. */
  readonly sampling: Sampling | undefined;
}

const { outside, inside, remoteAccess, gateway, local } = ZONE_CODES;
const OWN = `(${ZONE_CODES.inside}, ${ZONE_CODES.relay}, ${ZONE_CODES.gateway})`;

/** Returns the facility's perspective on a UTC day. */
export function perspectiveOn(facility: Facility, day: number): Perspective {
  const paths = [...facility.paths.map(({ name }) => name), UNASSIGNED_PATH];
  const zones = zoneSql(zoneRangesOn(facility, day), paths);
  const orig = '(origZone & 7)';
  const resp = '(respZone & 7)';
  const kind = `(CASE
    WHEN ${orig} = ${local} OR ${resp} = ${local} THEN 3
    WHEN ${orig} IN ${OWN} AND ${resp} IN ${OWN} THEN 3
    WHEN (${orig} = ${gateway} AND ${resp} = ${outside}) OR (${orig} = ${outside} AND ${resp} = ${gateway}) THEN 2
    WHEN ${orig} IN ${OWN} OR ${resp} IN ${OWN} THEN 0
    WHEN ${orig} = ${remoteAccess} OR ${resp} = ${remoteAccess} THEN 1
    ELSE 4 END)`;
  const hostIfOrig = zones.host('origHi', 'origLo');
  const hostIfResp = zones.host('respHi', 'respLo');
  const keys = identityKeys(orig, resp, zones.machine);
  return {
    paths,
    origZone: zones.code('origHi', 'origLo'),
    respZone: zones.code('respHi', 'respLo'),
    kind,
    origInner: `(CASE WHEN ${orig} IN ${OWN} THEN true WHEN ${resp} IN ${OWN} THEN false ELSE ${resp} <> ${remoteAccess} OR ${orig} = ${remoteAccess} END)`,
    path: pathSql(facility, paths),
    hostKey: `(CASE WHEN origInner THEN ${hostIfOrig} ELSE ${hostIfResp} END)`,
    networkKey: `(CASE WHEN origInner THEN ${networkSql('respHi', 'respLo')} ELSE ${networkSql('origHi', 'origLo')} END)`,
    ...keys,
    hostOf: zones.host,
    machineOf: zones.machine,
    isInside: (hi, lo) => `((${zones.code(hi, lo)}) & 7) = ${inside}`,
    isOutside: (hi, lo) => `((${zones.code(hi, lo)}) & 7) = ${outside}`,
    mostBytes: mostBytesSql(facility),
    sampling: samplingSql(facility),
  };
}

/** Returns the keys by which who was there is looked up, as SQL over viewed flows (facts.ts). */
function identityKeys(
  orig: string,
  resp: string,
  machineOf: Perspective['machineOf'],
): Pick<Perspective, 'presenceKey' | 'lentKey'> {
  const lentOrig = addressKeySql('origHi', 'origLo');
  const lentResp = addressKeySql('respHi', 'respLo');
  // A client of a pool stands outside; only on its way to the Internet is it the inner end.
  const [outer, inner] = [
    `CASE WHEN origInner THEN ${resp} ELSE ${orig} END`,
    `CASE WHEN origInner THEN ${orig} ELSE ${resp} END`,
  ];
  const [lentOuter, lentInner] = [
    `CASE WHEN origInner THEN ${lentResp} ELSE ${lentOrig} END`,
    `CASE WHEN origInner THEN ${lentOrig} ELSE ${lentResp} END`,
  ];
  return {
    presenceKey: `(CASE WHEN kind < 3 AND origInner AND (${inner}) = ${inside} THEN CASE WHEN origHi = 0 THEN hostKey ELSE ${machineOf('origHi', 'origLo')} END END)`,
    lentKey: `(CASE WHEN kind > 2 THEN NULL WHEN (${outer}) = ${remoteAccess} THEN ${lentOuter} WHEN (${inner}) = ${remoteAccess} THEN ${lentInner} END)`,
  };
}

/**
 * Returns SQL for the path's index, over `kind`, `origInner`, the zones and `sensor`. A range of weir.yaml bound to a
 * path (gateway, pool, data-transfer host) decides; else what the sensor watches: content of remote access
 * goes to its VPN path, all else to its first path that is none.
 */
function pathSql(facility: Facility, paths: readonly string[]): string {
  const vpn = facility.paths.filter(({ kind }) => kind === 'vpn');
  const indexOf = (path: Path | undefined) => (path ? paths.indexOf(path.name) : paths.length - 1);
  const bySensor = (choose: (watched: readonly Path[]) => Path | undefined) => {
    const arms = facility.sensors.map(
      ({ name }) => `WHEN ${sqlText(name)} THEN ${indexOf(choose(pathsOfSensor(facility, name)))}`,
    );
    return arms.length === 0
      ? String(indexOf(choose([])))
      : `(CASE sensor ${arms.join(' ')} ELSE ${indexOf(choose([]))} END)`;
  };
  const inner = '((CASE WHEN origInner THEN origZone ELSE respZone END) >> 3)';
  const outer = '((CASE WHEN origInner THEN respZone ELSE origZone END) >> 3)';
  const outerIsPool = `(((CASE WHEN origInner THEN respZone ELSE origZone END) & 7) = ${remoteAccess})`;
  const remote = bySensor((watched) => watched.find(({ kind }) => kind === 'vpn') ?? vpn[0] ?? watched[0]);
  const border = bySensor((watched) => watched.find(({ kind }) => kind !== 'vpn') ?? watched[0]);
  return `(CASE
    WHEN kind IN (0, 2) AND ${outerIsPool} THEN CASE WHEN ${outer} > 0 THEN ${outer} - 1 ELSE ${remote} END
    WHEN kind IN (0, 2) AND ${inner} > 0 THEN ${inner} - 1
    ELSE ${border} END)`;
}

/** One packet in `rate` was seen; `factor` is what is left to multiply counts by. SQL over `sensor`. */
export interface Sampling {
  readonly rate: string;
  readonly factor: string;
}

function samplingSql({ sensors }: Facility): Sampling | undefined {
  const sampled = sensors.filter(({ samplingRate }) => samplingRate > 1);
  if (sampled.length === 0) return undefined;
  const bySensor = (value: (sensor: Sensor) => number) =>
    `(CASE sensor ${sampled.map((sensor) => `WHEN ${sqlText(sensor.name)} THEN ${value(sensor)}`).join(' ')} ELSE 1 END)`;
  return {
    rate: bySensor(({ samplingRate }) => samplingRate),
    factor: bySensor(({ samplingRate, samplingScaled }) => (samplingScaled ? 1 : samplingRate)),
  };
}

/** Returns SQL for capacity times duration (a second is added: timestamps are not that exact), bytes. */
function mostBytesSql(facility: Facility): string {
  const capacity = (sensor: string) => {
    const stated = pathsOfSensor(facility, sensor).map(
      (path) => path.capacityBitsPerSecond ?? ASSUMED_BITS_PER_SECOND,
    );
    return Math.floor(Math.max(...(stated.length > 0 ? stated : [ASSUMED_BITS_PER_SECOND])) / 8);
  };
  const capacities = facility.sensors.map(({ name }) => ({ name, bytesPerSecond: capacity(name) }));
  const arms = capacities.map(({ name, bytesPerSecond }) => `WHEN ${sqlText(name)} THEN ${bytesPerSecond}`);
  const assumed = ASSUMED_BITS_PER_SECOND / 8;
  const fastest = Math.max(assumed, ...capacities.map(({ bytesPerSecond }) => bytesPerSecond));
  const bytesPerSecond =
    arms.length === 0 ? String(assumed) : `(CASE sensor ${arms.join(' ')} ELSE ${assumed} END)`;
  return `(${bytesPerSecond}::BIGINT * least(2 + lastedMicros // 1000000, ${Math.floor(MOST_BYTES / fastest)}))`;
}
