import { type Facility, holdsOn } from '../../facility/facility.ts';
import { pathsOfSensor } from '../../facility/sensors.ts';
import { zoneRangesOn } from '../../facility/zones.ts';
import type { Network } from '../../records/address.ts';
import { ZONE_CODES, zoneSql } from '../zone-sql.ts';

/** What weir.yaml says of relays on one day, as SQL over the halves of an address. */
export interface RelayLook {
  /** Holds for addresses that may stand for others: relays, and gateways, which may be NAT as well. */
  readonly touches: (hi: string, lo: string) => string;
  /** The number of the relay's entry, from 1; 0 for what is no relay. */
  readonly entry: (hi: string, lo: string) => string;
  /** The code of the zone. */
  readonly zone: (hi: string, lo: string) => string;
  /** The sensors that write the logs of each entry, in the order of entries. */
  readonly logs: readonly (readonly string[])[];
  /** Returns whether a sensor watches any path: what it sees counts there. */
  readonly watches: (sensor: string) => boolean;
}

/** Returns how relays are told on a day; undefined where nothing stands for others. */
export function relayLookOn(facility: Facility, day: number): RelayLook | undefined {
  const ranges = zoneRangesOn(facility, day);
  const standing = ranges.filter(({ zone }) => zone === 'relay' || zone === 'gateway');
  if (standing.length === 0) return undefined;
  const bare = standing.map(({ first, last, zone }) => ({ first, last, zone }));
  const stands = zoneSql(bare, []);
  const zones = zoneSql(ranges, [...facility.paths.map(({ name }) => name)]);
  const entries = facility.relays.filter((relay) => holdsOn(relay, day));
  // The narrowest of entries within each other is the address's own.
  const narrowest = entries
    .map(({ network }, index) => ({ network, number: index + 1 }))
    .sort((a, b) => sizeOf(a.network) - sizeOf(b.network) || a.number - b.number);
  return {
    touches: (hi, lo) => `(${stands.code(hi, lo)} <> 0)`,
    entry: (hi, lo) =>
      entries.length === 0
        ? '0'
        : `(CASE WHEN ${stands.code(hi, lo)} & 7 <> ${ZONE_CODES.relay} THEN 0 ${narrowest
            .map(({ network, number }) => `WHEN ${withinSql(network, hi, lo)} THEN ${number}`)
            .join(' ')} ELSE 0 END)`,
    zone: (hi, lo) => `(${zones.code(hi, lo)} & 7)`,
    logs: entries.map(({ logs }) => logs),
    watches: (sensor) => pathsOfSensor(facility, sensor).length > 0,
  };
}

function sizeOf({ first, last }: Network): number {
  return Number(((last.hi - first.hi) << 64n) + last.lo - first.lo);
}

function withinSql({ first, last }: Network, hi: string, lo: string): string {
  return `((${hi}, ${lo}) >= (${first.hi}::UBIGINT, ${first.lo}::UBIGINT) AND (${hi}, ${lo}) <= (${last.hi}::UBIGINT, ${last.lo}::UBIGINT))`;
}
