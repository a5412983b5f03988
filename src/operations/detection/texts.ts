import type { EntityTexts } from '../../accounting/series-tables.ts';
import { loadAsTable } from '../../facility/asn.ts';
import type { Facility } from '../../facility/facility.ts';
import { hostNames } from '../../facility/zones.ts';
import { formatHost, formatNetwork } from '../../records/address.ts';

/**
 * Returns how hosts and destinations are called: a named host by its name, others by address; a destination
 * also by its AS where the operator's table knows it, or where it arrived as one.
 */
export async function entityTexts(facility: Facility): Promise<EntityTexts> {
  const names = hostNames(facility);
  const table = facility.asnFile ? await loadAsTable(facility.asnFile) : undefined;
  return {
    host: (key, name) => (name !== '' ? name : (names.get(key) ?? formatHost(key))),
    network: (key, name) => {
      if (name !== '') return { text: name, as: /^AS\d+$/.test(name) ? name : null };
      const found = table?.asOfNetworkKey(key);
      return { text: formatNetwork(key), as: found ? `AS${found.asn}` : null };
    },
  };
}
