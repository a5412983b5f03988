import { z } from 'zod';
import type { Facility } from '../../facility/facility.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import { FLOW_COLUMNS } from '../../records/columns.ts';
import { TRANSLATION_COLUMNS } from '../../records/families.ts';
import { TUPLE } from '../../records/flow-ends.ts';
import { MICROS_PER_DAY } from '../../records/time.ts';
import { filesSql } from '../facts.ts';
import { relayLookOn } from './look.ts';
import { FORGOTTEN_MICROS, isApart, NAT_SLACK_MICROS } from './translations.ts';

/** Files of flows and of what logs of NAT say of them. */
interface Sight {
  readonly flows: readonly string[];
  readonly translations: readonly string[];
}

const ENDED = '(startedAt + greatest(coalesce(durationMicros, 0), 0))';
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
