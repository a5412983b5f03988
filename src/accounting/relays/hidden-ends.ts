import { z } from 'zod';
import type { Facility } from '../../facility/facility.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import type { FoundFlow } from '../../ledger/duckdb/trace.ts';
import { type Address, hostKey } from '../../records/address.ts';
import { TUPLE } from '../../records/flow-ends.ts';
import { sqlText } from '../../records/sql-text.ts';
import { relayLookOn } from './look.ts';
import { RELAY_TABLES } from './relays.ts';
import { matchSeen, openSeen } from './translations.ts';

/** An end of a connection. */
export interface End extends Address {
  readonly port: number;
}

/** Relays and gateways of more addresses than this are not looked through one by one. */
const MOST_ADDRESSES = 4_096n;

/** Returns the host keys of addresses that stand for others, whenever they do. */
export function relayKeys({ relays, paths }: Pick<Facility, 'relays' | 'paths'>): bigint[] {
  const networks = [...relays, ...paths.flatMap(({ gateways }) => gateways)].map(({ network }) => network);
  return networks.flatMap(({ first, last }) => {
    const [from, to] = [hostKey(first), hostKey(last)];
    if (to - from >= MOST_ADDRESSES) return [];
    return Array.from({ length: Number(to - from) + 1 }, (_, index) => from + BigInt(index));
  });
}

const row = z.object({
  place: z.bigint().transform(Number),
  origHi: z.bigint(),
  origLo: z.bigint(),
  origPort: z.number(),
  respHi: z.bigint(),
  respLo: z.bigint(),
  respPort: z.number(),
});

/**
 * Returns, for each connection that was seen as a relay's, its real ends by the logs of NAT; undefined where none tells.
 * @param day the day whose weir.yaml says what a relay is.
 */
export async function hiddenEnds(
  db: Database,
  flows: readonly FoundFlow[],
  translationFiles: readonly string[],
  facility: Facility,
  day: number,
): Promise<({ orig: End; resp: End } | undefined)[]> {
  const look = relayLookOn(facility, day);
  if (!look || flows.length === 0 || translationFiles.length === 0) return flows.map(() => undefined);
  const values = flows.map(
    ({ orig, resp, proto, startedAt, durationMicros }, place) =>
      `(${place}::BIGINT, ${orig.hi}::UBIGINT, ${orig.lo}::UBIGINT, ${orig.port}::USMALLINT, ${resp.hi}::UBIGINT, ${resp.lo}::UBIGINT, ${resp.port}::USMALLINT,
        ${proto === null ? 'NULL::VARCHAR' : sqlText(proto)}, ${startedAt}::BIGINT, ${startedAt + durationMicros}::BIGINT)`,
  );
  await openSeen(db, translationFiles, look);
  await db.run(`CREATE OR REPLACE TEMP TABLE relay_touch AS SELECT ${TUPLE} AS tuple, *
    FROM (VALUES ${values.join(', ')}) AS v(place, origHi, origLo, origPort, respHi, respLo, respPort, proto, startedAt, endedAt)`);
  await matchSeen(db);
  const rows = await db.rows(
    'SELECT f.place, m.* EXCLUDE (tuple, startedAt, sensor) FROM relay_touch f JOIN relay_match m ON m.tuple = f.tuple AND m.startedAt = f.startedAt',
    row,
  );
  for (const table of RELAY_TABLES) await db.run(`DROP TABLE IF EXISTS ${table}`);
  const found = new Map(rows.map((each) => [each.place, each]));
  return flows.map((_, place) => {
    const each = found.get(place);
    return (
      each && {
        orig: { hi: each.origHi, lo: each.origLo, port: each.origPort },
        resp: { hi: each.respHi, lo: each.respLo, port: each.respPort },
      }
    );
  });
}
