import type { Address, Network } from '../records/address.ts';
import type { Channel } from './channels.ts';

/** A network and the UTC days on which it holds: `fromDay` inclusive, `toDay` exclusive, undefined = open. */
export interface DatedNetwork {
  readonly network: Network;
  readonly fromDay: number | undefined;
  readonly toDay: number | undefined;
  /** Name of the zone the entry was put in. */
  readonly zone: string | undefined;
}

/** An address that stands for others. */
export interface Relay extends DatedNetwork {
  /** Names of the sensors that write its own logs. */
  readonly logs: readonly string[];
}

export type ZoneKind = 'access' | 'management' | 'computing' | 'storage';

/** A zone of the facility (NIST SP 800-223). */
export interface Zone {
  readonly name: string;
  readonly kind: ZoneKind;
  readonly networks: readonly DatedNetwork[];
}

export type PathKind = 'border' | 'vpn' | 'transfer' | 'portal' | 'backup' | 'media';

/** A way across the perimeter. */
export interface Path {
  readonly name: string;
  readonly kind: PathKind;
  /** Bits per second out of the facility; undefined when the operator stated none. */
  readonly capacityBitsPerSecond: number | undefined;
  readonly gateways: readonly DatedNetwork[];
  /** Remote-access pools behind it. */
  readonly pools: readonly DatedNetwork[];
  /** Inside hosts that leave by it. */
  readonly hosts: readonly DatedNetwork[];
  /** Names of all sensors that watch it, by `paths[].sensors` or `sensors[].watches`; sorted. */
  readonly sensors: readonly string[];
  /** Interfaces through which it leaves, as `device:interface` of counter records. */
  readonly interfaces: readonly string[];
}

export type OnSiteKind = 'media' | 'tape' | 'link' | 'console';

/** A way out that crosses no network which Weir counts. */
export interface OnSiteChannel {
  readonly name: string;
  readonly kind: OnSiteKind;
  /** The most it can carry out in a day; undefined when the operator stated none. */
  readonly capacityBytesPerDay: bigint | undefined;
  /** Whether somebody keeps a log of its use. */
  readonly logged: boolean;
  /** Sensors whose logs of transfers hold, together, all that goes this way; empty where nobody says so. */
  readonly loggedBy: readonly string[];
  /** Identities that read from storage all that goes this way, all of it in storage logs; empty likewise. */
  readonly readBy: readonly string[];
}

/** Which keys of JSON lines say what of an access to storage. */
export interface AccessKeys {
  readonly time: string;
  readonly principal?: string | undefined;
  readonly job?: string | undefined;
  readonly host?: string | undefined;
  readonly path?: string | undefined;
  readonly operation?: string | undefined;
  readonly bytesRead?: string | undefined;
  readonly bytesWritten?: string | undefined;
}

/** What writes logs. */
export interface Sensor {
  readonly name: string;
  readonly files: readonly string[];
  /** IANA name or offset; undefined when not stated (then only logs with epoch or zoned times will do). */
  readonly timezone: string | undefined;
  /** Year of a file's first line, where its logs state none, or that the file's own time tells it; undefined when not stated. */
  readonly year: number | 'mtime' | undefined;
  /** Name of the format of its logs, where their content does not tell. */
  readonly format: string | undefined;
  /** Columns of its logs in order, where they have no header line. */
  readonly fields: readonly string[] | undefined;
  /** What its logs call the centre's own ends of transfers. */
  readonly ownEndpoints: readonly string[] | undefined;
  /** The keys of its JSON lines, where they are accesses of no known format. */
  readonly keys: AccessKeys | undefined;
  /** The host that wrote its logs, where they do not name it. */
  readonly host: string | undefined;
  /** One packet in how many; 1 where weir.yaml does not state it. */
  readonly samplingRate: number;
  /** Whether weir.yaml states the rate. */
  readonly samplingStated: boolean;
  /** Whether its counts are already multiplied by the rate. */
  readonly samplingScaled: boolean;
  readonly snapshotIntervalSeconds: number;
  /** Names of paths and zones stated as watched. */
  readonly watches: readonly string[];
  /** Whether a path names it without `sensors:` describing it. */
  readonly implied: boolean;
}

/** A host with several addresses. */
export interface NamedHost {
  readonly name: string;
  readonly addresses: readonly Address[];
}

/** A client organisation or project. */
export interface Tenant {
  readonly name: string;
  readonly principals: readonly string[];
}

/** Where a mapped value comes from: a column of the row, or the same constant for every row. */
export type MappedValue = { readonly column: string } | { readonly value: string };

/** How rows of ready-made cells or series are read. */
export interface Mapping {
  readonly name: string;
  readonly files: readonly string[];
  readonly format: 'csv' | 'ndjson' | 'parquet';
  readonly time: string;
  readonly timezone: string;
  readonly per: 'hour' | 'day';
  readonly bytesOut: string;
  readonly bytesIn: string | undefined;
  readonly flows: string | undefined;
  readonly arrival: string | undefined;
  /** Each is the constant `unknown` when weir.yaml does not state it. */
  readonly host: MappedValue;
  readonly destination: MappedValue;
  readonly path: MappedValue;
  readonly principal: MappedValue;
  readonly service: MappedValue;
  readonly initiator: MappedValue;
}

export interface DetectionSettings {
  readonly leadsPerWeek: number;
}

/** weir.yaml with everything parsed: what the rest of Weir knows about the centre. */
export interface Facility {
  readonly name: string;
  readonly names: readonly string[];
  readonly simulated: boolean;
  readonly inside: readonly DatedNetwork[];
  readonly remoteAccess: readonly DatedNetwork[];
  readonly relays: readonly Relay[];
  readonly zones: readonly Zone[];
  readonly paths: readonly Path[];
  readonly onSite: readonly OnSiteChannel[];
  /** Whether paths and on-site channels are declared to be every way out. */
  readonly channelsComplete: boolean;
  readonly sensors: readonly Sensor[];
  readonly hosts: readonly NamedHost[];
  readonly tenants: readonly Tenant[];
  /** Absolute path of the AS table. */
  readonly asnFile: string | undefined;
  readonly mappings: readonly Mapping[];
  readonly detection: DetectionSettings;
  readonly checks: { readonly maxUnclassifiedShare: number; readonly minCoverage: number };
  readonly retention: { readonly recordsDays: number; readonly cellsDays: number };
  /** Where new leads and incidents are sent. */
  readonly notify: readonly Channel[];
  /** The absolute path of the key under which names are kept; undefined where they are kept as they are. */
  readonly pseudonyms: { readonly keyFile: string } | undefined;
  /** Absolute path of the ledger's folder. */
  readonly ledgerDir: string;
  /** What the operator should know though nothing is wrong; whole sentences. */
  readonly remarks: readonly string[];
}

/** Returns whether a dated entry holds on a UTC day. */
export function holdsOn(entry: DatedNetwork, day: number): boolean {
  return (entry.fromDay ?? -Infinity) <= day && day < (entry.toDay ?? Infinity);
}
