import { z } from 'zod';
import type { Facility } from '../facility/facility.ts';
import { type Database, isOfData } from '../ledger/duckdb/database.ts';
import { FLOW_COLUMNS } from '../records/columns.ts';
import { LOGGED_PACKET } from '../records/flow-parts.ts';
import { ENDED } from '../records/flow-time.ts';
import { sqlText } from '../records/sql-text.ts';
import { HOURS_PER_DAY, MICROS_PER_DAY } from '../records/time.ts';
import { openAccounts } from './attribution/accounts.ts';
import {
  ATTRIBUTION_TABLES,
  hasIdentity,
  type LoadedRecords,
  openAttribution,
  sharerSql,
} from './attribution/attribute.ts';
import type { ClockOffset } from './attribution/connections.ts';
import { CELL_NAMES, cellSql, type Sums } from './cells.ts';
import { type CorrectionCount, correctionCounts } from './corrections.ts';
import { coverageSql } from './coverage.ts';
import { type DayRange, EVER, type FactFiles, filesSql, overlapsSql } from './facts.ts';
import { type Perspective, perspectiveOn } from './perspective.ts';
import { openPieces, openRelays, RELAY_TABLES, uncountedFlows } from './relays/relays.ts';
import { settle } from './settle.ts';
import { countUnseenTunnels } from './tunnels.ts';

/** Part of every build's name: raise it whenever the same facts would amount to something else. */
export const BUILD_VERSION = '6';

/**
 * Up to so many days are summed one by one, straight into their files; more are summed at once into a table. The log
 * of one day always has flows that reach into the next: its few are found without reading all.
 */
const MOST_DAYS_APART = 2;

/** A file of one day's build, just written. */
export interface BuiltFile {
  readonly day: number;
  readonly family: 'cell' | 'coverage-cell' | 'sharer';
  readonly path: string;
  readonly rows: number;
}

/** What a range of days amounts to. */
export interface BuiltRange {
  readonly files: readonly BuiltFile[];
  readonly corrections: readonly CorrectionCount[];
  /** How far sensors of sessions were off, by day. */
  readonly clocks: ReadonlyMap<number, readonly ClockOffset[]>;
}

/**
 * Builds the cells and the coverage of a range of days whose configuration is the same, from their facts
 * alone, and writes a file of each per day into `folder`.
 */
export async function buildDays(
  db: Database,
  files: FactFiles,
  range: DayRange,
  facility: Facility,
  folder: string,
): Promise<BuiltRange> {
  const perspective = perspectiveOn(facility, range.fromDay);
  await openAccounts(db, files.identity('account', EVER));
  const parents = await collectTunnels(db, files, range);
  const relays = await openRelays(db, files, range, facility, perspective, folder);
  const real = relays ? { ...files, real: relays.flows } : files;
  await settle(db, real, range, perspective);
  const pieces = relays ? await openPieces(db, relays) : undefined;
  const made = {
    files: real,
    facility,
    perspective,
    parents,
    folder,
    pieces,
    hasParts: relays?.hasParts ?? false,
  };
  const cells = hasIdentity(files.identity)
    ? await writeNamedCells(db, made, range)
    : { files: await writeCells(db, made, range), clocks: new Map() };
  const packets = await hasPackets(db, files);
  await db.run(`CREATE OR REPLACE TEMP TABLE coverage_cell AS ${coverageSql(files, range, packets)}`);
  const coverage = await writeByDay(db, 'coverage_cell', 'coverage-cell', range, folder, 'ORDER BY ALL');
  const interval = Math.max(300, ...facility.sensors.map((sensor) => sensor.snapshotIntervalSeconds));
  const corrections = [
    ...(await correctionCounts(db, files, range, perspective, 3 * interval * 1_000_000)),
    ...(relays ? await uncountedFlows(db, files, range, perspective, relays) : []),
  ];
  for (const table of [
    'piece',
    'suspect',
    'suspect_fact',
    'suspect_state',
    'suspect_connection',
    'suspect_copy',
    'long_row',
    'coverage_cell',
    ...RELAY_TABLES,
  ]) {
    await db.run(`DROP TABLE IF EXISTS ${table}`);
  }
  return { files: [...cells.files, ...coverage], corrections, clocks: cells.clocks };
}

/** Returns whether a flow stands for a packet that a firewall logged; of logs that have none hardly anything is read. */
async function hasPackets(db: Database, files: FactFiles): Promise<boolean> {
  const found = await db.rows(
    `SELECT 1 AS one FROM ${filesSql(files.flow, FLOW_COLUMNS)} WHERE state = ${sqlText(LOGGED_PACKET)} LIMIT 1`,
    z.object({ one: z.number() }),
  );
  return found.length > 0;
}

/** Collects the uids of tunnels with the days on which their content has records of its own; undefined when there is none. */
async function collectTunnels(db: Database, files: FactFiles, range: DayRange): Promise<string | undefined> {
  await db.run(`CREATE OR REPLACE TEMP TABLE tunnel_day AS
    SELECT DISTINCT uid, unnest(range(startedAt // ${MICROS_PER_DAY}, ${ENDED} // ${MICROS_PER_DAY} + 1)) AS day
    FROM (SELECT unnest(regexp_extract_all(parents, '[A-Za-z0-9]+')) AS uid, startedAt, durationMicros
      FROM ${filesSql(files.flow, FLOW_COLUMNS)} WHERE parents IS NOT NULL AND ${overlapsSql(range)})`);
  const [row] = await db.rows('SELECT count(*) AS n FROM tunnel_day', z.object({ n: z.bigint() }));
  return row && row.n > 0n ? 'tunnel_day' : undefined;
}

/** What the cells of a range are made of, once it is settled. */
interface Settled {
  readonly files: FactFiles;
  readonly facility: Facility;
  readonly perspective: Perspective;
  readonly parents: string | undefined;
  readonly folder: string;
  /** The relation of pieces where logs of relays have their say. */
  readonly pieces: string | undefined;
  readonly hasParts: boolean;
}

/** Adds up quickly, and exactly where a cell is too large for that. */
async function summed<Result>(work: (sums: Sums) => Promise<Result>): Promise<Result> {
  try {
    return await work('quickly');
  } catch (error) {
    if (!isOfData(error)) throw error;
    return work('exactly');
  }
}

async function writeCells(
  db: Database,
  { files, facility, perspective, parents, folder, pieces }: Settled,
  range: DayRange,
): Promise<BuiltFile[]> {
  const sql = (days: DayRange, sums: Sums) =>
    `SELECT ${CELL_NAMES} FROM (${cellSql(files, days, perspective, parents, undefined, pieces, sums)})`;
  const tunnelPaths = facility.paths.flatMap(({ name, gateways }) => (gateways.length > 0 ? [name] : []));
  if (tunnelPaths.length === 0 && range.toDay - range.fromDay < MOST_DAYS_APART) {
    const written: BuiltFile[] = [];
    for (let day = range.fromDay; day <= range.toDay; day += 1) {
      const only = { fromDay: day, toDay: day };
      written.push(await summed((sums) => writeDay(db, `(${sql(only, sums)})`, 'cell', day, folder, '')));
    }
    return written;
  }
  await summed((sums) => db.run(`CREATE OR REPLACE TEMP TABLE cell AS ${sql(range, sums)}`));
  if (tunnelPaths.length > 0) await countUnseenTunnels(db, tunnelPaths);
  const written = await writeByDay(db, 'cell', 'cell', range, folder, '');
  await db.run('DROP TABLE cell');
  return written;
}

/**
 * Writes the cells of each day with whoever can have opened its connections, and beside them those who share some.
 * Days go one by one: the clocks of one day are corrected by that day alone.
 */
async function writeNamedCells(
  db: Database,
  { files, facility, perspective, parents, folder, pieces, hasParts }: Settled,
  range: DayRange,
): Promise<Pick<BuiltRange, 'files' | 'clocks'>> {
  const tunnelPaths = facility.paths.flatMap(({ name, gateways }) => (gateways.length > 0 ? [name] : []));
  const written: BuiltFile[] = [];
  const clocks = new Map<number, readonly ClockOffset[]>();
  const loaded: LoadedRecords = { lastDay: range.toDay, days: new Set(), records: 0n };
  for (let day = range.fromDay; day <= range.toDay; day += 1) {
    const attribution = await openAttribution(db, files, day, facility, perspective, hasParts, loaded);
    const only = { fromDay: day, toDay: day };
    const cells = await summed(async (sums) => {
      const sql = `SELECT ${CELL_NAMES} FROM (${cellSql(files, only, perspective, parents, attribution, pieces, sums)})`;
      if (tunnelPaths.length === 0) return writeDay(db, `(${sql})`, 'cell', day, folder, '');
      await db.run(`CREATE OR REPLACE TEMP TABLE cell AS ${sql}`);
      await countUnseenTunnels(db, tunnelPaths);
      return writeDay(db, 'cell', 'cell', day, folder, '');
    });
    written.push(cells);
    if (!attribution) continue;
    clocks.set(day, attribution.clock);
    const sharers = await sharerSql(db, `read_parquet(${sqlText(cells.path)})`, day);
    const shared = await writeDay(db, sharers, 'sharer', day, folder, 'ORDER BY ALL');
    if (shared.rows > 0) written.push(shared);
  }
  for (const table of [...ATTRIBUTION_TABLES, 'cell']) await db.run(`DROP TABLE IF EXISTS ${table}`);
  return { files: written, clocks };
}

async function writeByDay(
  db: Database,
  table: string,
  family: BuiltFile['family'],
  range: DayRange,
  folder: string,
  order: string,
): Promise<BuiltFile[]> {
  const written: BuiltFile[] = [];
  for (let day = range.fromDay; day <= range.toDay; day += 1) {
    const hours = `hour BETWEEN ${day * HOURS_PER_DAY} AND ${day * HOURS_PER_DAY + HOURS_PER_DAY - 1}`;
    const source = range.fromDay === range.toDay ? table : `(SELECT * FROM ${table} WHERE ${hours})`;
    written.push(await writeDay(db, source, family, day, folder, order));
  }
  return written;
}

async function writeDay(
  db: Database,
  source: string,
  family: BuiltFile['family'],
  day: number,
  folder: string,
  order: string,
): Promise<BuiltFile> {
  const path = `${folder}/${day}-${family}.parquet`;
  const written = await db.connection.runAndReadAll(
    // The limit: columns of many different values are not tried as dictionaries for long.
    `COPY (SELECT * FROM ${source} ${order})
     TO ${sqlText(path)} (FORMAT parquet, COMPRESSION lz4, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 4000)`,
  );
  return { day, family, path, rows: Number(written.getRowsJS()[0]?.[0] ?? 0) };
}
