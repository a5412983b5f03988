import { z } from 'zod';
import type { Facility } from '../../facility/facility.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import type { FoundFlow } from '../../ledger/duckdb/trace.ts';
import { TUPLE } from '../../records/flow-ends.ts';
import { sqlText } from '../../records/sql-text.ts';
import type { DayRange, FactFiles } from '../facts.ts';
import { perspectiveOn } from '../perspective.ts';
import { relayLookOn } from './look.ts';
import { openParts, proxySensors } from './parts.ts';
import { openTouch, RELAY_TABLES } from './relays.ts';
import { matchSeen, openSeen, REAL_ENDS, WITH_MATCH } from './translations.ts';

/** Whom a relay's log says that a connection was made for. */
export interface Client {
  /** The host within that asked a proxy; null of a gateway, whose clients are outside. */
  readonly hostKey: bigint | null;
  readonly principal: string | null;
}

/** Files of the days around the connections. */
export interface ClientFiles {
  readonly flow: readonly string[];
  readonly long: readonly string[];
  readonly translation: readonly string[];
  readonly identity: FactFiles['identity'];
}

const row = z.object({
  place: z.bigint().transform(Number),
  hostKey: z.bigint().nullable(),
  principal: z.string().nullable(),
});

/**
 * Returns, for each connection of a proxy or a gateway, whose it was by the relay's own log, the greatest part first;
 * nobody where no log tells. The rows of a log go to the connection each fits best, so all that the relay had with the
 * same far ends are looked through.
 */
export async function clientsOf(
  db: Database,
  flows: readonly FoundFlow[],
  files: ClientFiles,
  facility: Facility,
  days: DayRange,
): Promise<(readonly Client[])[]> {
  const look = relayLookOn(facility, days.toDay);
  const nobody = flows.map(() => []);
  if (!look || flows.length === 0) return nobody;
  const proxies = await proxySensors(db, files.identity('transfer', days), look);
  if (proxies.size === 0) return nobody;
  const values = flows.map(
    ({ orig, resp, proto, startedAt }, place) =>
      `(${place}::BIGINT, ${orig.hi}::UBIGINT, ${orig.lo}::UBIGINT, ${orig.port}::USMALLINT, ${resp.hi}::UBIGINT, ${resp.lo}::UBIGINT, ${resp.port}::USMALLINT,
        ${proto === null ? 'NULL::VARCHAR' : sqlText(proto)}, ${startedAt}::BIGINT)`,
  );
  const asked = `(SELECT *, ${TUPLE} AS tuple FROM (VALUES ${values.join(', ')})
    AS v(place, origHi, origLo, origPort, respHi, respLo, respPort, proto, startedAt))`;
  const ends = `(SELECT origHi AS hi, origLo AS lo FROM ${asked} UNION SELECT respHi, respLo FROM ${asked})`;
  const isNear = `(origHi, origLo) IN (SELECT (hi, lo) FROM ${ends}) AND (respHi, respLo) IN (SELECT (hi, lo) FROM ${ends})`;
  await openSeen(db, files.translation, look);
  await openTouch(db, files.flow, files.long, look, isNear);
  await matchSeen(db);
  const perspective = perspectiveOn(facility, days.toDay);
  const found = (await openParts(db, files, days, look, proxies, perspective))
    ? await db.rows(
        `WITH real AS (SELECT place, startedAt, ${TUPLE} AS tuple FROM (SELECT r.place, r.startedAt, r.proto, ${REAL_ENDS} FROM ${asked} r ${WITH_MATCH}))
         SELECT f.place, p.hostKey, p.principal FROM real f JOIN relay_part p ON p.tuple = f.tuple AND f.startedAt BETWEEN p.since AND p.until
         WHERE p.via IS NOT NULL ORDER BY f.place, p.weightOut DESC, p.ordinal`,
        row,
      )
    : [];
  for (const table of RELAY_TABLES) await db.run(`DROP TABLE IF EXISTS ${table}`);
  return flows.map((_, index) =>
    found.filter(({ place }) => place === index).map(({ hostKey, principal }) => ({ hostKey, principal })),
  );
}
