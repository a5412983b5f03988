import { z } from 'zod';
import type { Facility } from '../../facility/facility.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import { FLOW_COLUMNS } from '../../records/columns.ts';
import { TRANSLATION_COLUMNS } from '../../records/families.ts';
import { TUPLE } from '../../records/flow-ends.ts';
import { ENDED } from '../../records/flow-time.ts';
import { MICROS_PER_DAY } from '../../records/time.ts';
import { TRANSFER_SLACK_MICROS } from '../attribution/identity.ts';
import { filesSql } from '../facts.ts';
import { addressKeySql } from '../zone-sql.ts';
import { type RelayLook, relayLookOn } from './look.ts';
import { FORGOTTEN_MICROS, isApart, NAT_SLACK_MICROS } from './translations.ts';

/** Files of flows and of what logs of NAT say of them. */
interface Sight {
  readonly flows: readonly string[];
  readonly translations: readonly string[];
}

const ENDS = ['OrigHi', 'OrigLo', 'OrigPort', 'RespHi', 'RespLo', 'RespPort'];

/**
 * Returns the days of connections, seen as a relay's, of which new records and known ones tell together who they were:
 * those of new flows of which a known log speaks, and those of known flows of which a new log does. Ascending.
 */
export async function daysOfSeen(
  db: Database,
  added: Sight,
  known: Sight,
  facility: Facility,
  day: number,
): Promise<number[]> {
  const look = relayLookOn(facility, day);
  if (!look) return [];
  const met = [
    { flows: added.flows, translations: known.translations },
    { flows: known.flows, translations: added.translations },
  ].filter(({ flows, translations }) => flows.length > 0 && translations.length > 0);
  if (met.length === 0) return [];
  const parts = met.map(({ flows, translations }) => {
    const seen = ENDS.map((name) => `seen${name} AS ${name.charAt(0).toLowerCase()}${name.slice(1)}`);
    return `SELECT f.startedAt AS flowSince, f.endedAt AS flowUntil, t.since, t.until
      FROM (SELECT ${TUPLE} AS tuple, startedAt, ${ENDED} AS endedAt FROM ${filesSql(flows, FLOW_COLUMNS)} WHERE ${isApart(look, [])}) f
      JOIN (SELECT ${TUPLE} AS tuple, since, until FROM (SELECT startedAt AS since, endedAt AS until, proto, ${seen.join(', ')}
        FROM ${filesSql(translations, TRANSLATION_COLUMNS)})) t
      ON t.tuple = f.tuple AND f.startedAt <= t.until + ${NAT_SLACK_MICROS} AND f.endedAt >= t.since - ${FORGOTTEN_MICROS}`;
  });
  const daysOf = (since: string, until: string) =>
    `SELECT unnest(range(${since} // ${MICROS_PER_DAY}, ${until} // ${MICROS_PER_DAY} + 1)) AS day FROM met`;
  const rows = await db.rows(
    `WITH met AS (${parts.join(' UNION ALL ')})
     SELECT DISTINCT day FROM (${daysOf('flowSince', 'flowUntil')} UNION ALL ${daysOf('since', 'until')}) ORDER BY day`,
    z.object({ day: z.bigint().transform(Number) }),
  );
  return rows.map((row) => row.day);
}

/**
 * SQL for who stood behind relays in connections that last over a midnight: `momentAt` (when to ask who was there),
 * `startedAt`, `endedAt`, `key` (the address) and `machineKey`; by logs of NAT, and by rows of proxies in `identity_transfer`.
 */
export function hiddenSpans(
  flows: readonly string[],
  translations: readonly string[],
  look: RelayLook,
  machineOf: (hi: string, lo: string) => string,
): string {
  const overnight = `(SELECT *, ${TUPLE} AS tuple FROM (SELECT *, ${ENDED} AS endedAt FROM ${filesSql(flows, FLOW_COLUMNS)})
    WHERE startedAt // ${MICROS_PER_DAY} < endedAt // ${MICROS_PER_DAY} AND ${isApart(look, [])})`;
  const keys = (hi: string, lo: string) =>
    `${addressKeySql(hi, lo)} AS key, ${machineOf(hi, lo)} AS machineKey`;
  const seen = ENDS.map((name) => `seen${name} AS ${name.charAt(0).toLowerCase()}${name.slice(1)}`);
  const told = `(SELECT *, ${TUPLE} AS tuple FROM (SELECT startedAt AS since, endedAt AS until, proto, ${seen.join(', ')},
    ${['orig', 'resp'].flatMap((end) => [`${end}Hi AS ${end}RealHi`, `${end}Lo AS ${end}RealLo`]).join(', ')}
    FROM ${filesSql(translations, TRANSLATION_COLUMNS)}))`;
  const byNat = ['orig', 'resp'].map(
    (
      end,
    ) => `SELECT f.startedAt AS momentAt, f.startedAt, f.endedAt, ${keys(`t.${end}RealHi`, `t.${end}RealLo`)}
      FROM ${overnight} f JOIN ${told} t ON t.tuple = f.tuple AND f.startedAt <= t.until + ${NAT_SLACK_MICROS} AND f.endedAt >= t.since - ${FORGOTTEN_MICROS}`,
  );
  const byProxy = ['orig', 'resp'].map(
    (end) => `SELECT r.startedAt AS momentAt, f.startedAt, f.endedAt, ${keys('r.peerHi', 'r.peerLo')}
      FROM ${overnight} f JOIN identity_transfer r ON r.serverLo = f.${end}Lo AND r.serverHi = f.${end}Hi AND r.peerLo IS NOT NULL
        AND f.startedAt <= r.startedAt + ${TRANSFER_SLACK_MICROS} AND r.startedAt <= f.endedAt + ${TRANSFER_SLACK_MICROS}`,
  );
  return [...(translations.length > 0 ? byNat : []), ...byProxy].join(' UNION ALL ');
}
