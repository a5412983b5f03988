import { z } from 'zod';
import type { Facility } from '../../facility/facility.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import { hostKey, parseAddress } from '../../records/address.ts';
import { sqlText } from '../../records/sql-text.ts';

/** Rows of one INSERT. */
const ROWS_AT_ONCE = 2_000;

/**
 * Returns the host keys of names as logs write them: the name of a host of weir.yaml, with or without its domain, or
 * an address. Names that belong to nothing, or to several hosts, are missing.
 */
export function placeNames(names: readonly string[], facility: Pick<Facility, 'hosts'>): Map<string, bigint> {
  const exact = new Map<string, bigint>();
  const byAddress = new Map<bigint, bigint>();
  const byShort = new Map<string, Set<bigint>>();
  for (const { name, addresses } of facility.hosts) {
    const [first] = addresses;
    if (!first) continue;
    const key = hostKey(first);
    for (const address of addresses) byAddress.set(hostKey(address), key);
    exact.set(name.toLowerCase(), key);
    const short = shortName(name);
    byShort.set(short, (byShort.get(short) ?? new Set()).add(key));
  }
  return new Map(
    names.flatMap((name): [string, bigint][] => {
      const address = parseAddress(name);
      if (address) return [[name, byAddress.get(hostKey(address)) ?? hostKey(address)]];
      const known = exact.get(name.toLowerCase()) ?? placeOfShort(name, exact, byShort);
      return known === undefined ? [] : [[name, known]];
    }),
  );
}

/** A name with a domain is that of a host listed without one; a name without is that of the only host it begins. */
function placeOfShort(
  name: string,
  exact: ReadonlyMap<string, bigint>,
  byShort: ReadonlyMap<string, ReadonlySet<bigint>>,
): bigint | undefined {
  const short = shortName(name);
  if (name.includes('.')) return exact.get(short);
  const keys = [...(byShort.get(short) ?? [])];
  return keys.length === 1 ? keys[0] : undefined;
}

function shortName(name: string): string {
  return name.toLowerCase().split('.')[0] ?? '';
}

/**
 * Makes the table `place(name, hostKey, since, until)`: which host a name of the loaded records stood for, and when.
 * Names of weir.yaml hold always; all others are looked up in leases that name their host. Needs `identity_…`.
 */
export async function openPlaces(db: Database, facility: Facility): Promise<void> {
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
    'CREATE OR REPLACE TEMP TABLE place (name VARCHAR, hostKey UBIGINT, since BIGINT, until BIGINT)',
  );
  const values = [...placed].map(([name, key]) => `(${sqlText(name)}, ${key}, ${ALWAYS})`);
  for (let at = 0; at < values.length; at += ROWS_AT_ONCE)
    await db.run(`INSERT INTO place VALUES ${values.slice(at, at + ROWS_AT_ONCE).join(', ')}`);
  const named = [...rows.filter(({ name }) => !placed.has(name)).map(({ name }) => sqlText(name))];
  if (named.length === 0) return;
  const short = (name: string) => `split_part(lower(${name}), '.', 1)`;
  await db.run(
    `INSERT INTO place SELECT n.name, CASE WHEN addressHi = 0 THEN addressLo ELSE addressHi END, l.since, l.until
     FROM (SELECT unnest([${named.join(', ')}]) AS name) n JOIN lease_stretch l
       ON ${short('l.hostName')} = ${short('n.name')}
         AND (lower(l.hostName) = lower(n.name) OR NOT contains(l.hostName, '.') OR NOT contains(n.name, '.'))`,
  );
}

/** Since before and until after any record: 1970 to 2100, with room for clocks that are off. */
const ALWAYS = '-4000000000000000, 8000000000000000';
