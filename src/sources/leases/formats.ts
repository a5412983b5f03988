import type { LogFormat } from '../format.ts';
import { iscLeases } from './isc.ts';
import { keaLeases } from './kea.ts';

/** Leases of DHCP servers: which host had an address. */
export const LEASE_FORMATS: readonly LogFormat[] = [iscLeases, keaLeases];
