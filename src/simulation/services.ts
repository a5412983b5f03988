import type { HostRole } from './centre.ts';
import type { DayShape } from './rhythm.ts';

/** One way in which the centre's users move data, with its part of the day's flows and bytes. */
export interface Service {
  readonly name: string;
  readonly role: HostRole;
  /** Responder's port; with `ports`, the first of that many. */
  readonly port: number;
  readonly ports?: number;
  readonly zeekService?: 'ssl' | 'ssh';
  /** Probability that the outside opens the connection: then its bytes leave as responder bytes. */
  readonly pulled: number;
  /** Lasting relations per principal at the start. */
  readonly relationsPerPrincipal: number;
  /** Mean life of a relation in days. */
  readonly lifeDays: number;
  /** Connections a day for each inside host, on average. */
  readonly flowsPerHost: number;
  /** Share of the centre's egress. */
  readonly share: number;
  /** Spread of a relation's flow sizes (log scale). */
  readonly sigma: number;
  readonly bytesPerSecond: number;
  readonly shape: DayShape;
  /** Median bytes that come in beside, for each flow. */
  readonly bytesIn: number;
}

/** The services of the border; the VPN's content has the rest of the egress (remote-access.ts). */
export const SERVICES: readonly Service[] = [
  {
    name: 'portal',
    role: 'portal',
    port: 443,
    zeekService: 'ssl',
    pulled: 1,
    relationsPerPrincipal: 1.2,
    lifeDays: 120,
    flowsPerHost: 70,
    share: 0.17,
    sigma: 1.8,
    bytesPerSecond: 8e6,
    shape: 'office',
    bytesIn: 2_400,
  },
  {
    name: 'ssh',
    role: 'login',
    port: 22,
    zeekService: 'ssh',
    pulled: 0.92,
    relationsPerPrincipal: 0.7,
    lifeDays: 200,
    flowsPerHost: 26,
    share: 0.09,
    sigma: 2,
    bytesPerSecond: 2e7,
    shape: 'office',
    bytesIn: 20_000,
  },
  {
    name: 'bulk',
    role: 'dtn',
    port: 50_000,
    ports: 1_000,
    pulled: 0.5,
    relationsPerPrincipal: 0.2,
    lifeDays: 90,
    flowsPerHost: 10,
    share: 0.43,
    sigma: 1.5,
    bytesPerSecond: 6e7,
    shape: 'flat',
    bytesIn: 50_000,
  },
  {
    name: 'transfer control',
    role: 'dtn',
    port: 2_811,
    pulled: 0.5,
    relationsPerPrincipal: 0.1,
    lifeDays: 150,
    flowsPerHost: 5,
    share: 1e-7,
    sigma: 0.5,
    bytesPerSecond: 2e3,
    shape: 'flat',
    bytesIn: 3_000,
  },
  {
    name: 'replication',
    role: 'dtn',
    port: 873,
    pulled: 0,
    relationsPerPrincipal: 0.02,
    lifeDays: 2_000,
    flowsPerHost: 3,
    share: 0.1,
    sigma: 0.5,
    bytesPerSecond: 5e7,
    shape: 'night',
    bytesIn: 900_000,
  },
  {
    name: 'cloud',
    role: 'node',
    port: 443,
    zeekService: 'ssl',
    pulled: 0,
    relationsPerPrincipal: 0.35,
    lifeDays: 150,
    flowsPerHost: 14,
    share: 0.12,
    sigma: 1.9,
    bytesPerSecond: 1.2e7,
    shape: 'flat',
    bytesIn: 6_000,
  },
  {
    name: 'web',
    role: 'node',
    port: 443,
    zeekService: 'ssl',
    pulled: 0,
    relationsPerPrincipal: 0.9,
    lifeDays: 60,
    flowsPerHost: 100,
    share: 1e-4,
    sigma: 1,
    bytesPerSecond: 2e4,
    shape: 'office',
    bytesIn: 80_000,
  },
];

/** Fastest single connection, in bytes per second: keeps flows within what the paths can carry. */
export const FASTEST = { border: 120e6, vpn: 25e6 };
