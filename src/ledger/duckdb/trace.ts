import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { LedgerError } from '../../errors.ts';
import { communityId, protocolNumber } from '../../records/community-id.ts';
import { ENDED } from '../../records/flow-time.ts';
import { sqlText, sqlTextList } from '../../records/sql-text.ts';
import type { LedgerFile } from '../fold.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Database } from './database.ts';
import { columnsOf } from './merge.ts';
import { ORIGIN_FAMILY, originSql } from './origins.ts';

/** A record by its place: a file of the ledger (as the journal or as the disk calls it) and the row in it, from 0. */
export interface RecordPlace {
  readonly file: string;
  readonly row: number;
}

/** Where a record was logged: the input as it was called at import, and the line in it, from 1. */
export interface LinePlace {
  readonly input: string;
  readonly line: number;
}

/** Places asked for in one statement. */
const BATCH = 1_000;

/**
 * Returns the input and line of each record (flow, handshake, coverage, given), in the order asked; undefined where
 * the ledger does not know, as for commits of versions that kept no origins. The same before and after compaction.
 * @throws LedgerError when a file is no part of the ledger as of the snapshot.
 */
export async function traceRows(
  db: Database,
  snapshot: Snapshot,
  ledgerDir: string,
  places: readonly RecordPlace[],
): Promise<(LinePlace | undefined)[]> {
  const found: (LinePlace | undefined)[] = places.map(() => undefined);
  const byFile = new Map<string, { row: number; index: number }[]>();
  for (const [index, { file, row }] of places.entries()) {
    const path = relative(resolve(ledgerDir), resolve(ledgerDir, file));
    byFile.set(path, [...(byFile.get(path) ?? []), { row, index }]);
  }
  for (const [path, wanted] of byFile) {
    const file = snapshot.file(path);
    if (!file) throw new LedgerError(`${path} is no part of the ledger as of entry ${snapshot.position}`);
    const relation = await linesSql(db, snapshot, resolve(ledgerDir), file);
    for (let at = 0; at < wanted.length; at += BATCH) {
      const some = wanted.slice(at, at + BATCH);
      const lines = await linesOf(db, relation, some);
      for (const { row, index } of some) found[index] = lines.get(row);
    }
  }
  return found;
}

/** SQL of a file's records as `place` (row from 0), `input` and `line`, for rows that `WHERE` names. */
async function linesSql(db: Database, snapshot: Snapshot, ledgerDir: string, file: LedgerFile) {
  const path = join(ledgerDir, file.path);
  const columns = (await columnsOf(db, [path])).get(path);
  const rows = (select: string) => (places: string) =>
    `SELECT file_row_number AS place, ${select} FROM read_parquet(${sqlText(path)}, file_row_number=true) WHERE file_row_number IN (${places})`;
  if (columns?.has('line')) return rows('input, line');
  const keyed = rows(columns?.has('stagedLine') ? '"stagedLine" AS rowKey' : 'file_row_number AS rowKey');
  const origins = snapshot
    .filesFor(ORIGIN_FAMILY, file.fromDay, file.toDay)
    .map((origin) => join(ledgerDir, origin.path));
  return (places: string) =>
    `SELECT r.place, o.input, o.firstLine + r.rowKey - o.firstRow AS line FROM (${keyed(places)}) r
     ASOF JOIN ${originSql(origins, [file.path])} o ON r.rowKey >= o.firstRow`;
}

const number = z.union([z.bigint(), z.number()]).transform(Number);
const lineRow = z.object({ place: number, input: z.string(), line: number });

async function linesOf(
  db: Database,
  relation: (places: string) => string,
  wanted: readonly { row: number }[],
): Promise<Map<number, LinePlace>> {
  const rows = await db.rows(
    `SELECT * FROM (${relation(wanted.map(({ row }) => row).join(', '))}) WHERE input IS NOT NULL`,
    lineRow,
  );
  return new Map(rows.map(({ place, input, line }) => [place, { input, line }]));
}

/** Which connections to find. Keys as in cells (records/address.ts); a caller who knows aliases adds their keys. */
export interface FlowFilter {
  /** With a moment in [fromMicros, toMicros). */
  readonly fromMicros: number;
  readonly toMicros: number;
  /** Between any of these inside hosts … */
  readonly hostKeys?: readonly bigint[];
  /** … and any of these outside networks. At least one of the two is to be given. */
  readonly networkKeys?: readonly bigint[];
  /** How many at most, those that carried most outward first. */
  readonly limit: number;
}

/** A connection with its place in the ledger and the names other tools know it by. */
export interface FoundFlow extends RecordPlace {
  readonly startedAt: number;
  readonly durationMicros: number;
  readonly sensor: string;
  readonly uid: string | null;
  /** Unset for protocols that the log does not name. */
  readonly communityId: string | undefined;
  readonly orig: { readonly hi: bigint; readonly lo: bigint; readonly port: number };
  readonly resp: { readonly hi: bigint; readonly lo: bigint; readonly port: number };
  readonly proto: string | null;
  readonly service: string | null;
  readonly initiator: 'inside' | 'outside';
  /** Payload from the host to the network and back, as logged. */
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Whether it was still open when this was logged. */
  readonly snapshot: boolean;
}

const flowRow = z.object({
  file: z.string(),
  row: number,
  startedAt: number,
  durationMicros: number,
  sensor: z.string(),
  uid: z.string().nullable(),
  origHi: z.bigint(),
  origLo: z.bigint(),
  origPort: z.number(),
  respHi: z.bigint(),
  respLo: z.bigint(),
  respPort: z.number(),
  proto: z.string().nullable(),
  service: z.string().nullable(),
  snapshot: z.boolean(),
  origInside: z.boolean(),
  bytesOut: number,
  bytesIn: number,
});

const hostKey = (side: string) => `(CASE WHEN ${side}Hi = 0 THEN ${side}Lo ELSE ${side}Hi END)`;
const networkKey = (side: string) =>
  `(CASE WHEN ${side}Hi = 0 THEN (${side}Lo >> 8) << 8 ELSE (${side}Hi >> 16) << 16 END)`;

/**
 * Returns the heaviest connections between hosts and networks, whoever opened them. Of a connection that several lines
 * speak of (snapshots) the closing one is shown, else the latest. Bytes are those of that line: what the ledger counts
 * after corrections stands in cells.
 * @param files flow files, absolute paths; a found flow's `file` is one of them.
 */
export async function findFlows(
  db: Database,
  files: readonly string[],
  filter: FlowFilter,
): Promise<FoundFlow[]> {
  if (files.length === 0) return [];
  const rows = await db.rows(
    `WITH seen AS (SELECT *, ${isBetween('orig', 'resp', filter)} AS origInside
        FROM read_parquet(${sqlTextList(files)}, union_by_name=true, filename=true, file_row_number=true)
        WHERE startedAt < ${filter.toMicros} AND ${ENDED} >= ${filter.fromMicros}
          AND (${isBetween('orig', 'resp', filter)} OR ${isBetween('resp', 'orig', filter)})),
      sided AS (SELECT filename AS file, file_row_number AS "row", *,
          coalesce(CASE WHEN origInside THEN origBytes ELSE respBytes END, 0) AS bytesOut,
          coalesce(CASE WHEN origInside THEN respBytes ELSE origBytes END, 0) AS bytesIn FROM seen)
    SELECT file, "row", startedAt, coalesce(durationMicros, 0) AS durationMicros, sensor, uid, origHi, origLo, origPort,
      respHi, respLo, respPort, proto, service, snapshot, origInside, bytesOut, bytesIn FROM sided
    QUALIFY row_number() OVER (PARTITION BY sensor, coalesce(uid, file || "row") ORDER BY snapshot, ${ENDED} DESC, file, "row") = 1
    ORDER BY bytesOut DESC, startedAt, sensor, uid LIMIT ${Math.max(0, Math.floor(filter.limit))}`,
    flowRow,
  );
  return rows.map(foundOf);
}

/** SQL that holds when `host` is one of the hosts and `network` lies in one of the networks. */
function isBetween(host: string, network: string, { hostKeys, networkKeys }: FlowFilter): string {
  const among = (key: string, keys: readonly bigint[]) =>
    keys.length === 0 ? 'false' : `${key} IN (${keys.map((each) => `${each}::UBIGINT`).join(', ')})`;
  const conditions = [
    ...(hostKeys ? [among(hostKey(host), hostKeys)] : []),
    ...(networkKeys ? [among(networkKey(network), networkKeys)] : []),
  ];
  return conditions.length === 0 ? 'true' : `(${conditions.join(' AND ')})`;
}

function foundOf(found: z.infer<typeof flowRow>): FoundFlow {
  const { origHi, origLo, origPort, respHi, respLo, respPort, origInside, ...rest } = found;
  const orig = { hi: origHi, lo: origLo, port: origPort };
  const resp = { hi: respHi, lo: respLo, port: respPort };
  const protocol = found.proto === null ? undefined : protocolNumber(found.proto, orig);
  const tuple = { from: orig, to: resp, fromPort: origPort, toPort: respPort };
  return {
    ...rest,
    orig,
    resp,
    initiator: origInside ? 'inside' : 'outside',
    communityId: protocol === undefined ? undefined : communityId({ ...tuple, protocol }),
  };
}
