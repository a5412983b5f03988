import type { Database } from '../ledger/duckdb/database.ts';
import { sqlText } from '../records/sql-text.ts';

/**
 * A tunnel (gateway to client) carries what its content already counts, so it is a carrier, apart from
 * egress. Where no content was seen on its path in an hour, the carrier is all there is to count: it
 * becomes egress, under the service `tunnel`. Works on the table `cell`.
 * @param paths those with gateways; elsewhere a carrier is known to be one by its content.
 */
export async function countUnseenTunnels(db: Database, paths: readonly string[]): Promise<void> {
  await db.run(`UPDATE cell SET kind = 'egress', service = 'tunnel'
    WHERE kind = 'carrier' AND bytesOutHigh > 0 AND path IN (${paths.map(sqlText).join(', ')})
      AND (path, hour) NOT IN (SELECT path, hour FROM cell WHERE kind = 'egress' AND bytesOut + bytesIn > 0)`);
}
