import { z } from 'zod';
import type { Facility } from '../../facility/facility.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import { type Address, hostKey, parseAddress } from '../../records/address.ts';
import { sqlText } from '../../records/sql-text.ts';
import type { Perspective } from '../perspective.ts';

/** Rows of one INSERT. */
const ROWS_AT_ONCE = 2_000;

/**
 * Returns where names lead as logs write them: to the first address of a host of weir.yaml, by its name with or without the
 * domain or by any of its addresses, or to an address as it stands. Names that belong to nothing, or to several hosts, are
 * missing.
 */
export function placeNames(
  names: readonly string[],
  facility: Pick<Facility, 'hosts'>,
): Map<string, Address> {
  const exact = new Map<string, Address>();
  const byAddress = new Map<bigint, Address>();
  const byShort = new Map<string, Set<Address>>();
  for (const { name, addresses } of facility.hosts) {
    const [first] = addresses;
    if (!first) continue;
    for (const address of addresses) byAddress.set(hostKey(address), first);
    exact.set(name.toLowerCase(), first);
    const short = shortName(name);
    byShort.set(short, (byShort.get(short) ?? new Set()).add(first));
  }
  return new Map(
    names.flatMap((name): [string, Address][] => {
      const address = parseAddress(name);
      if (address) return [[name, byAddress.get(hostKey(address)) ?? address]];
      const known = exact.get(name.toLowerCase()) ?? placeOfShort(name, exact, byShort);
      return known === undefined ? [] : [[name, known]];
    }),
  );
}

/** A name with a domain is that of a host listed without one; a name without is that of the only host it begins. */
function placeOfShort(
  name: string,
  exact: ReadonlyMap<string, Address>,
  byShort: ReadonlyMap<string, ReadonlySet<Address>>,
): Address | undefined {
  const short = shortName(name);
  if (name.includes('.')) return exact.get(short);
  const hosts = [...(byShort.get(short) ?? [])];
  return hosts.length === 1 ? hosts[0] : undefined;
}

function shortName(name: string): string {
  return name.toLowerCase().split('.')[0] ?? '';
}

/**
 * Makes the table `place(name, machineKey, since, until)`: which machine a name of the loaded records stood for, and when.
 * Names of weir.yaml hold always; all others are looked up in leases that name their host, and so are IPv6 addresses of hosts
 * that are listed by others. Needs `identity_…`.
 */
export async function openPlaces(
  db: Database,
  facility: Facility,
  machineOf: Perspective['machineOf'],
): Promise<void> {
  const rows = await db.rows(
    `SELECT DISTINCT name FROM (
       SELECT server AS name FROM identity_session UNION ALL SELECT serverName FROM identity_transfer
       UNION ALL SELECT unnest(string_split(hosts, ',')) FROM identity_job)
     WHERE name IS NOT NULL AND name <> '' ORDER BY name`,
    z.object({ name: z.string() }),
  );
  const placed = placeNames(
    rows.map(({ name }) => name),
    facility,
  );
  await db.run(
    'CREATE OR REPLACE TEMP TABLE place (name VARCHAR, machineKey UBIGINT, since BIGINT, until BIGINT)',
  );
  const values = [...placed].map(
    ([name, { hi, lo }]) => `(${sqlText(name)}, ${hi}::UBIGINT, ${lo}::UBIGINT)`,
  );
  for (let at = 0; at < values.length; at += ROWS_AT_ONCE)
    await db.run(`INSERT INTO place SELECT name, ${machineOf('hi', 'lo')}, ${ALWAYS}
      FROM (VALUES ${values.slice(at, at + ROWS_AT_ONCE).join(', ')}) AS named(name, hi, lo)`);
  const named = rows.flatMap(({ name }) =>
    parseAddress(name) ? [] : [`(${sqlText(name)}, ${placed.has(name)})`],
  );
  if (named.length === 0) return;
  const short = (name: string) => `split_part(lower(${name}), '.', 1)`;
  await db.run(
    `INSERT INTO place SELECT n.name, ${machineOf('l.addressHi', 'l.addressLo')}, l.since, l.until
     FROM (VALUES ${named.join(', ')}) AS n(name, isListed) JOIN lease_stretch l
       ON ${short('l.hostName')} = ${short('n.name')}
         AND (lower(l.hostName) = lower(n.name) OR NOT contains(l.hostName, '.') OR NOT contains(n.name, '.'))
         AND (NOT n.isListed OR l.addressHi <> 0)
     WHERE (n.name, ${machineOf('l.addressHi', 'l.addressLo')}) NOT IN (SELECT (name, machineKey) FROM place)`,
  );
}

/** Since before and until after any record: 1970 to 2100, with room for clocks that are off. */
const ALWAYS = '-4000000000000000, 8000000000000000';
