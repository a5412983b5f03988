import { TRANSLATION_COLUMNS } from '../../records/families.ts';
import { ENDED } from '../../records/flow-time.ts';
import { sqlText } from '../../records/sql-text.ts';
import type { RecordRule } from '../../sources/record.ts';
import type { Database } from './database.ts';

/** Returns whether a rule's flows tell what their ends were seen as on the other side of a NAT. */
export function translates(rule: RecordRule): boolean {
  return 'seenOrigLo' in rule.columns;
}

/**
 * Writes the translations that a file of flows tells: a row for each side on which an end bore another address. Behind
 * the NAT the originator is seen as what it was changed to; before it the responder as what was called. Returns how many.
 */
export async function writeTranslations(db: Database, flowPath: string, path: string): Promise<number> {
  const side = (seen: 'Orig' | 'Resp') => {
    const own = seen.toLowerCase();
    // Types of ICMP are no ports: where the other side has none it is the same.
    const port = `coalesce(seen${seen}Port, ${own}Port)`;
    const seenAs = ['orig', 'resp'].flatMap((end) =>
      ['Hi', 'Lo', 'Port'].map((part) => {
        const source = end === own ? (part === 'Port' ? port : `seen${seen}${part}`) : `${end}${part}`;
        return `${source} AS seen${end === 'orig' ? 'Orig' : 'Resp'}${part}`;
      }),
    );
    return `SELECT * EXCLUDE (seenOrigHi, seenOrigLo, seenOrigPort, seenRespHi, seenRespLo, seenRespPort), ${seenAs.join(', ')}
      FROM told WHERE seen${seen}Lo IS NOT NULL AND seen${seen}Hi IS NOT NULL
        AND (seen${seen}Hi, seen${seen}Lo, ${port}) <> (${own}Hi, ${own}Lo, ${own}Port)`;
  };
  const result = await db.connection.runAndReadAll(
    `COPY (WITH told AS (SELECT *, ${ENDED} AS endedAt, coalesce(durationMicros, 0) > 0 AS timed
         FROM read_parquet(${sqlText(flowPath)}))
       SELECT ${TRANSLATION_COLUMNS.map(({ name }) => `"${name}"`).join(', ')} FROM (${side('Orig')} UNION ALL ${side('Resp')}))
     TO ${sqlText(path)} (FORMAT parquet, COMPRESSION lz4, PARQUET_VERSION v2)`,
  );
  return Number(result.getRowsJS()[0]?.[0] ?? 0);
}
