import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { HANDSHAKE_COLUMNS } from '../records/columns.ts';
import { sqlText } from '../records/sql-text.ts';
import { filesSql } from './facts.ts';

/** What a connection said of itself. */
export interface SaidNames {
  readonly serverName: string | null;
  readonly clientFingerprint: string | null;
}

const row = z.object({
  sensor: z.string(),
  uid: z.string(),
  serverName: z.string().nullable(),
  clientFingerprint: z.string().nullable(),
});

/** Returns server name and client fingerprint of connections, by `sensor|uid`. */
export async function saidNames(
  db: Database,
  files: readonly string[],
  uids: readonly string[],
): Promise<Map<string, SaidNames>> {
  if (uids.length === 0) return new Map();
  const rows = await db.rows(
    `SELECT sensor, uid, max(serverName) AS serverName, max(clientFingerprint) AS clientFingerprint
     FROM ${filesSql(files, HANDSHAKE_COLUMNS)} WHERE uid IN (${uids.map(sqlText).join(', ')}) GROUP BY sensor, uid ORDER BY ALL`,
    row,
  );
  return new Map(rows.map(({ sensor, uid, ...names }) => [`${sensor}|${uid}`, names]));
}
