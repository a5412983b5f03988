import { sqlText } from '../../records/sql-text.ts';
import type { RecordRule } from '../record.ts';
import { type Fault, missing, wrong } from '../values.ts';

interface Named {
  readonly name: string;
  readonly text: string;
}

/** What a line says of a lease; times as SQL for microseconds over `text`. */
export interface LeaseFields {
  readonly address: Named;
  readonly start: Named & { readonly value: (text: string) => string };
  readonly end: Named & { readonly value: (text: string) => string };
  readonly mac: Named;
  readonly hostName: string;
  readonly faults?: readonly Fault[];
}

const TIME = 'a time between 1990 and 2100';

/** Returns how the lines of a log become leases of addresses. */
export function leaseRule(
  { address, start, end, mac, hostName, faults }: LeaseFields,
  sensor: string,
): RecordRule {
  return {
    family: 'lease',
    texts: {
      t_address: address.text,
      t_start: start.text,
      t_end: end.text,
      t_mac: `lower(${mac.text})`,
      t_host: hostName,
    },
    parts: { plain: 'weir_plain(t_address)', pieces: 'weir_parts(weir_plain(t_address))' },
    values: {
      v_hi: 'weir_hi(plain)',
      v_lo: 'weir_lo(plain, pieces)',
      v_start: start.value('t_start'),
      v_end: end.value('t_end'),
      v_mac: `CASE WHEN regexp_full_match(t_mac, '[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5,19}') THEN t_mac END`,
    },
    columns: {
      startedAt: 'v_start',
      endedAt: 'v_end',
      sensor: sqlText(sensor),
      addressHi: 'v_hi',
      addressLo: 'v_lo',
      principal: 'NULL::VARCHAR',
      hostName: `nullif(t_host, '')`,
      mac: 'v_mac',
    },
    faults: [
      missing(address.name, 't_address'),
      wrong(address.name, 't_address', 'v_lo', 'an IP address'),
      missing(start.name, 't_start'),
      wrong(start.name, 't_start', 'v_start', TIME),
      wrong(end.name, 't_end', 'v_end', TIME),
      wrong(mac.name, 't_mac', 'v_mac', 'a hardware address'),
      { when: 'v_end < v_start', says: `${end.name}: before the start` },
      ...(faults ?? []),
    ],
  };
}
