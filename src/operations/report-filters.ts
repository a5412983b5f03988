import type { CellFilter } from '../accounting/cell-query.ts';
import { ConfigurationError } from '../errors.ts';
import type { Facility } from '../facility/facility.ts';
import { hostAliases, hostNames } from '../facility/zones.ts';
import { hostKey, networkKey, parseAddress } from '../records/address.ts';

/** What a report may be narrowed to; all of it must hold. */
export interface ReportFilters {
  readonly host?: string;
  readonly destination?: string;
  readonly service?: string;
  readonly principal?: string;
  readonly tenant?: string;
  readonly path?: string;
  readonly initiator?: string;
}

/** Returns filters as conditions on cells. */
export function filterOf(filters: ReportFilters, facility: Facility): Partial<CellFilter> {
  return {
    ...(filters.host === undefined ? {} : hostFilter(filters.host, facility)),
    ...(filters.destination === undefined ? {} : destinationFilter(filters.destination)),
    ...(filters.principal === undefined ? {} : { principals: [filters.principal] }),
    ...(filters.tenant === undefined ? {} : { tenant: filters.tenant }),
    ...(filters.service === undefined ? {} : { service: filters.service }),
    ...(filters.path === undefined ? {} : { path: filters.path }),
    ...(filters.initiator === undefined ? {} : { initiator: filters.initiator }),
  };
}

function hostFilter(host: string, facility: Facility): Partial<CellFilter> {
  const named = [...hostNames(facility).entries()].filter(([, name]) => name === host).map(([key]) => key);
  if (named.length > 0) return { hostKeys: named };
  const address = parseAddress(host.replace(/\/64$/, ''));
  if (!address) return { hostName: host };
  const key = hostKey(address);
  return { hostKeys: [hostAliases(facility).get(key) ?? key] };
}

function destinationFilter(destination: string): Partial<CellFilter> {
  const address = parseAddress(destination.replace(/\/(24|48)$/, ''));
  return address ? { networkKeys: [networkKey(address)] } : { networkName: destination };
}

/** An address or a network, as far as its letters go: names of hosts begin otherwise or have no dot, colon or slash. */
const LIKE_ADDRESS = /^(?=.*[.:/])[\d:][\da-f.:]*(?:\/\d+)?$/i;

/**
 * Returns normally when a question that found nothing can be meant: "0 B" is an answer about a host that sent nothing, and a
 * false one about a mistyped address, a network of another size or a path that is none.
 * @param isNamed whether anything in the period comes under one filter alone.
 * @throws ConfigurationError naming the filter that stands for nothing.
 */
export async function assertMeant(
  { host, destination, path }: ReportFilters,
  facility: Facility,
  isNamed: (filter: ReportFilters) => Promise<boolean>,
): Promise<void> {
  if (host !== undefined && LIKE_ADDRESS.test(host)) {
    if (filterOf({ host }, facility).hostKeys === undefined && !(await isNamed({ host })))
      throw new ConfigurationError(
        `--host ${host}: is no address of a host; give one (192.0.2.1), or a name of weir.yaml`,
      );
  }
  if (destination !== undefined && LIKE_ADDRESS.test(destination)) {
    if (filterOf({ destination }, facility).networkKeys === undefined && !(await isNamed({ destination })))
      throw new ConfigurationError(
        `--destination ${destination}: is no network that cells know; give an address, its /24 or its /48`,
      );
  }
  if (path === undefined || facility.paths.some(({ name }) => name === path)) return;
  if (await isNamed({ path })) return;
  const known = facility.paths.map(({ name }) => name).join(', ');
  throw new ConfigurationError(
    `--path ${path}: neither weir.yaml nor the period has such a path; there is ${known || 'none'}`,
  );
}
