import type { Centre } from './centre.ts';
import type { Flow } from './flow.ts';
import type { KnownSession } from './identities.ts';

/** What those who make flows share: the centre, its clients' next ports, and somebody who watches. */
export interface World {
  readonly centre: Centre;
  /** First day of the simulation, days since 1970. */
  readonly startDay: number;
  /** Returns the next ephemeral port of an address; one comes again after 28,000 others. */
  nextPort(address: string): number;
  /** Returns the next free address of a VPN domain's pool. */
  nextPoolAddress(prefix: string): string;
  observe(flow: Flow): void;
  /** Tells of a remote-access session before its flows. */
  enter(session: KnownSession): void;
}

const FIRST_PORT = 32_768;
const PORTS = 28_000;

/** Returns the world around a centre whose flows and sessions go to whoever watches. */
export function createWorld(
  centre: Centre,
  startDay: number,
  { observe, enter }: Pick<World, 'observe' | 'enter'>,
): World {
  const ports = new Map<string, number>();
  const leases = new Map<string, number>();
  return {
    centre,
    startDay,
    observe,
    enter,
    nextPort(address) {
      const used = ports.get(address) ?? address.charCodeAt(address.length - 1) * 397;
      ports.set(address, used + 1);
      return FIRST_PORT + (used % PORTS);
    },
    nextPoolAddress(prefix) {
      const used = leases.get(prefix) ?? 0;
      leases.set(prefix, used + 1);
      return `${prefix}${10 + (used % 240)}`;
    },
  };
}
