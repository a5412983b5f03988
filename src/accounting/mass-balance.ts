import { z } from 'zod';
import type { Facility } from '../facility/facility.ts';
import type { Database } from '../ledger/duckdb/database.ts';
import { hostKey } from '../records/address.ts';
import { CELL_COLUMNS } from '../records/columns.ts';
import { FACT_COLUMNS } from '../records/families.ts';
import { sqlText } from '../records/sql-text.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import { placeNames } from './attribution/places.ts';
import type { NamedCellFiles } from './attribution/shares.ts';
import { sumCells } from './cell-query.ts';
import { type DayRange, filesSql, microsOf } from './facts.ts';
import { perspectiveOn } from './perspective.ts';
import { type ReadFiles, storageReads, transfersOut } from './reads.ts';

/** An amount of bytes between two bounds. */
export interface Amount {
  readonly low: bigint;
  readonly estimate: bigint;
  readonly high: bigint;
}

/**
 * What one principal read from storage on one day, against what left under its name: the series that a lasting
 * imbalance shows in. Reads without egress point to an unwatched path or to media, egress without reads to missing audit;
 * most reads of an honest day are neither, for jobs read what stays.
 */
export interface PrincipalBalance {
  readonly principal: string;
  /** Days since 1970. */
  readonly day: number;
  readonly bytesRead: Amount;
  /** False where files were opened whose size no log says: `bytesRead.high` is no bound then. */
  readonly readIsBounded: boolean;
  /** By flows: what was certainly its own, its share of what several could have opened, all that it could have. */
  readonly bytesOut: Amount;
  /** What transfer services say they sent for it. */
  readonly bytesMoved: bigint;
}

/** Files of the period; those of `reads` reach back as far as reads.ts says. */
export interface BalanceFiles {
  readonly cells: NamedCellFiles;
  readonly reads: ReadFiles;
  readonly transfers: readonly string[];
}

const NOTHING: Amount = { low: 0n, estimate: 0n, high: 0n };

/** Returns the balance of every principal on every day on which it read, sent or moved anything, by principal and day. */
export async function principalBalances(
  db: Database,
  files: BalanceFiles,
  days: DayRange,
): Promise<PrincipalBalance[]> {
  const balances = new Map<string, PrincipalBalance>();
  const put = (principal: string, day: number, part: Partial<PrincipalBalance>) => {
    const key = `${day} ${principal}`;
    const nothing = { bytesRead: NOTHING, readIsBounded: true, bytesOut: NOTHING, bytesMoved: 0n };
    balances.set(key, { ...nothing, ...balances.get(key), principal, day, ...part });
  };
  for (const { principal, day, bytesRead, opensWithoutSize } of await storageReads(db, files.reads, days))
    put(principal, day, { bytesRead, readIsBounded: opensWithoutSize === 0 });
  const hours = { fromHour: days.fromDay * HOURS_PER_DAY, toHour: (days.toDay + 1) * HOURS_PER_DAY };
  for (const sums of await sumCells(db, files.cells, 'dayOfPrincipal', hours)) {
    const bytesOut = { low: sums.bytesOutLow, estimate: sums.bytesOut, high: sums.bytesOutHigh };
    put(sums.name ?? 'unknown', Number(sums.key), { bytesOut });
  }
  for (const { principal, day, bytesOut } of await transfersOut(db, files.transfers, days))
    put(principal, day, { bytesMoved: bytesOut });
  return [...balances.values()].sort((a, b) =>
    a.principal < b.principal ? -1 : a.principal > b.principal ? 1 : a.day - b.day,
  );
}

const serverRow = z.object({ hostKey: z.bigint(), bytesMoved: z.bigint(), bytesOut: z.bigint() });
/** What a server's transfer logs say went to addresses outside, against the most that flows saw leave it. */
export type ServerBalance = z.infer<typeof serverRow>;

/**
 * Returns, for each server with transfer logs, what they say it sent outside on some days and the most that flows saw
 * leave it by any path. Transfers whose other end no log tells count for nothing: they may have stayed inside.
 */
export async function serverBalances(
  db: Database,
  files: { readonly cells: readonly string[]; readonly transfers: readonly string[] },
  days: DayRange,
  facility: Facility,
): Promise<ServerBalance[]> {
  const { hostOf, isInside } = perspectiveOn(facility, days.fromDay);
  const transfers = filesSql(files.transfers, FACT_COLUMNS.transfer);
  const names = await db.rows(
    `SELECT DISTINCT serverName AS name FROM ${transfers} WHERE serverLo IS NULL AND serverName IS NOT NULL ORDER BY 1`,
    z.object({ name: z.string() }),
  );
  const placed = placeNames(
    names.map(({ name }) => name),
    facility,
  );
  const rows = [...placed].map(([name, address]) => `(${sqlText(name)}, ${hostKey(address)}::UBIGINT)`);
  const places =
    rows.length > 0
      ? `(VALUES ${rows.join(', ')}) p(name, placedKey)`
      : `(SELECT '' AS name, 0::UBIGINT AS placedKey WHERE false) p`;
  const { from, to } = microsOf(days);
  const hours = `hour >= ${days.fromDay * HOURS_PER_DAY} AND hour < ${(days.toDay + 1) * HOURS_PER_DAY}`;
  return db.rows(
    `WITH moved AS (SELECT CASE WHEN serverLo IS NULL THEN placedKey ELSE ${hostOf('serverHi', 'serverLo')} END AS hostKey, bytes
       FROM ${transfers} LEFT JOIN ${places} ON p.name = serverName
       WHERE direction = 'out' AND endedAt >= ${from} AND endedAt < ${to} AND peerLo IS NOT NULL AND NOT ${isInside('peerHi', 'peerLo')}),
     sent AS (SELECT hostKey, sum(bytesOutHigh)::UBIGINT AS bytesOut FROM ${filesSql(files.cells, CELL_COLUMNS)}
       WHERE kind = 'egress' AND hostName IS NULL AND ${hours} GROUP BY hostKey)
     SELECT m.hostKey::UBIGINT AS hostKey, m.bytesMoved, coalesce(s.bytesOut, 0)::UBIGINT AS bytesOut
     FROM (SELECT hostKey, sum(bytes)::UBIGINT AS bytesMoved FROM moved WHERE hostKey IS NOT NULL GROUP BY hostKey) m
     LEFT JOIN sent s ON s.hostKey = m.hostKey ORDER BY m.hostKey`,
    serverRow,
  );
}
