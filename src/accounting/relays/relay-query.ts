import { z } from 'zod';
import type { Facility, Relay } from '../../facility/facility.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import { contains, hostKey } from '../../records/address.ts';
import { CELL_COLUMNS } from '../../records/columns.ts';
import { HOURS_PER_DAY } from '../../records/time.ts';
import { filesSql } from '../facts.ts';

const resolvedRow = z.object({ via: z.string(), bytes: z.bigint() });
const unresolvedRow = z.object({
  relay: z.bigint().transform(Number),
  bytes: z.bigint(),
  days: z.array(z.number()),
});

/** What passed relays in some hours, bytes of both directions. */
export interface RelayBytes {
  /** Of whom logs of relays tell, by those logs. */
  readonly resolved: readonly z.infer<typeof resolvedRow>[];
  /** Of whom none does, by relay (index into those of weir.yaml), with the days. */
  readonly unresolved: readonly z.infer<typeof unresolvedRow>[];
}

/** Returns how much of what passed relays is known to be whose. Mapped cells are not asked. */
export async function relayBytes(
  db: Database,
  cellFiles: readonly string[],
  facility: Pick<Facility, 'relays' | 'hosts'>,
  { fromHour, toHour }: { readonly fromHour: number; readonly toHour: number },
): Promise<RelayBytes> {
  const cells = `${filesSql(cellFiles, CELL_COLUMNS)} WHERE hour >= ${fromHour} AND hour < ${toHour} AND hostName IS NULL`;
  const resolved = await db.rows(
    `SELECT via, sum(bytesOut + bytesIn)::UBIGINT AS bytes FROM ${cells} AND via IS NOT NULL GROUP BY via ORDER BY bytes DESC, via`,
    resolvedRow,
  );
  if (facility.relays.length === 0) return { resolved, unresolved: [] };
  const arms = facility.relays.map((relay, index) => `WHEN ${keysOf(relay, facility)} THEN ${index}`);
  const unresolved = await db.rows(
    `SELECT relay::BIGINT AS relay, sum(bytesOut + bytesIn)::UBIGINT AS bytes, list(DISTINCT hour // ${HOURS_PER_DAY} ORDER BY hour // ${HOURS_PER_DAY}) AS days
     FROM (SELECT *, CASE ${arms.join(' ')} END AS relay FROM ${cells} AND via IS NULL AND kind = 'egress' AND bytesOut + bytesIn > 0)
     WHERE relay IS NOT NULL GROUP BY relay ORDER BY relay`,
    unresolvedRow,
  );
  return { resolved, unresolved };
}

/** SQL that holds for host keys of a relay: its addresses, or the named hosts that have some of them. */
function keysOf({ network }: Relay, { hosts }: Pick<Facility, 'hosts'>): string {
  const named = hosts.flatMap(({ addresses }) => {
    const [first] = addresses;
    return first && addresses.some((address) => contains(network, address)) ? [hostKey(first)] : [];
  });
  const own = `hostKey BETWEEN ${hostKey(network.first)}::UBIGINT AND ${hostKey(network.last)}::UBIGINT`;
  return named.length === 0
    ? own
    : `(${own} OR hostKey IN (${named.map((key) => `${key}::UBIGINT`).join(', ')}))`;
}
