import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll } from 'vitest';
import { z } from 'zod';
import { BUILD_VERSION } from '../../src/accounting/build.ts';
import { parseFacility } from '../../src/facility/load.ts';
import { configSha256On } from '../../src/facility/zones.ts';
import { openDatabase } from '../../src/ledger/duckdb/database.ts';
import { readSnapshot, type Snapshot } from '../../src/ledger/snapshot.ts';
import { type ImportOptions, importLogs } from '../../src/operations/import/import.ts';
import { formatHost, formatNetwork } from '../../src/records/address.ts';
import { sqlTextList } from '../../src/records/sql-text.ts';
import { formatHour, formatMicros } from '../../src/records/time.ts';

const folders: string[] = [];

afterAll(() => {
  for (const dir of folders) rmSync(dir, { recursive: true, force: true });
});

/** Returns a fresh folder that goes away with the test file. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'weir-test-'));
  folders.push(dir);
  return dir;
}

/** One border, one sensor that takes every file; inside is 10.0.0.0/8 and 2001:db8:10::/48. */
export const PLAIN_YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8, "2001:db8:10::/48"] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
sensors: [{ name: zeek, files: "**" }]
`;

/** A cell as a person reads it. */
export interface PlainCell {
  readonly hour: string;
  readonly kind: string;
  readonly path: string;
  readonly host: string;
  readonly network: string;
  readonly service: string;
  readonly initiator: string;
  readonly principal: string;
  readonly basis: string;
  readonly present: number;
  readonly out: bigint;
  readonly low: bigint;
  readonly high: bigint;
  readonly in: bigint;
  readonly ip: bigint;
  readonly flows: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

/** Files by their name below the import folder. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A ledger of a test, with the folder its logs lie in. */
export interface TestLedger {
  readonly dir: string;
  readonly logs: string;
  readonly facility: ImportOptions['facility'];
  /** Writes files and imports the whole folder, or only `paths` of it. */
  importFiles(files: Files, options?: Partial<ImportOptions>): ReturnType<typeof importLogs>;
  snapshot(): Promise<Snapshot>;
  /** Returns the cells of all days, sorted. */
  cells(): Promise<PlainCell[]>;
  /** Returns the rows of fact files of a family as DuckDB has them. */
  facts(family: string): Promise<Record<string, unknown>[]>;
  /** Returns the rows of the files of a family that the days were built into. */
  built(family: string): Promise<Record<string, unknown>[]>;
  /** Returns the corrections of all days by name. */
  corrections(): Promise<Record<string, { records: number; bytes: bigint }>>;
}

/** Returns a fresh ledger under a weir.yaml. */
export function testLedger(yaml = PLAIN_YAML, root = temporaryFolder()): TestLedger {
  const logs = join(root, 'logs');
  const dir = join(root, 'ledger');
  mkdirSync(logs, { recursive: true });
  const facility = parseFacility(yaml, 'weir.yaml', root);
  return {
    dir,
    logs,
    facility,
    importFiles(files, options = {}) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(logs, name)), { recursive: true });
        writeFileSync(join(logs, name), content);
      }
      return importLogs({
        facility,
        ledgerDir: dir,
        paths: ['.'],
        cwd: logs,
        progress: () => undefined,
        ...options,
      });
    },
    snapshot: () => readSnapshot(dir),
    cells: () => cellsOf(dir, facility),
    facts: (family) => factsOf(dir, family),
    async built(family) {
      const snapshot = await readSnapshot(dir);
      return queryFiles(
        dir,
        snapshot.builtFilesFor(family, FIRST_DAY, LAST_DAY, wantedBuild(snapshot, facility)),
        '',
      );
    },
    async corrections() {
      return correctionsOf(await readSnapshot(dir), facility);
    },
  };
}

const FIRST_DAY = 0;
const LAST_DAY = 60_000;

function wantedBuild(snapshot: Snapshot, facility: TestLedger['facility']) {
  return (day: number) => snapshot.inputsSha256Of(day, configSha256On(facility, day), BUILD_VERSION);
}

const number = z.union([z.bigint(), z.number()]).transform(Number);
const cellRow = z.object({
  hour: number,
  kind: z.string(),
  path: z.string(),
  hostKey: z.bigint(),
  hostName: z.string().nullable(),
  networkKey: z.bigint(),
  networkName: z.string().nullable(),
  service: z.string(),
  initiator: z.string(),
  principal: z.string(),
  basis: z.string(),
  present: number,
  bytesOut: z.bigint(),
  bytesOutLow: z.bigint(),
  bytesOutHigh: z.bigint(),
  bytesIn: z.bigint(),
  ipBytesOut: z.bigint(),
  flows: number,
  firstAt: number,
  lastAt: number,
});

/** Returns all cells of a ledger, sorted by everything. */
export async function cellsOf(dir: string, facility: TestLedger['facility']): Promise<PlainCell[]> {
  const snapshot = await readSnapshot(dir);
  const files = snapshot.builtFilesFor('cell', FIRST_DAY, LAST_DAY, wantedBuild(snapshot, facility));
  const rows = await queryFiles(dir, files, 'ORDER BY ALL');
  return rows.map((raw) => {
    const row = cellRow.parse(raw);
    return {
      hour: formatHour(row.hour),
      kind: row.kind,
      path: row.path,
      host: row.hostName ?? formatHost(row.hostKey),
      network: row.networkName ?? formatNetwork(row.networkKey),
      service: row.service,
      initiator: row.initiator,
      principal: row.principal,
      basis: row.basis,
      present: row.present,
      out: row.bytesOut,
      low: row.bytesOutLow,
      high: row.bytesOutHigh,
      in: row.bytesIn,
      ip: row.ipBytesOut,
      flows: row.flows,
      firstAt: formatMicros(row.firstAt),
      lastAt: formatMicros(row.lastAt),
    };
  });
}

async function factsOf(dir: string, family: string): Promise<Record<string, unknown>[]> {
  return queryFiles(dir, (await readSnapshot(dir)).filesFor(family, FIRST_DAY, LAST_DAY), '');
}

async function queryFiles(
  dir: string,
  files: readonly { path: string }[],
  tail: string,
): Promise<Record<string, unknown>[]> {
  if (files.length === 0) return [];
  const temporary = join(temporaryFolder(), 'engine');
  const db = await openDatabase({ root: resolve(dir), temporary, threads: 1 });
  try {
    const list = sqlTextList(files.map(({ path }) => resolve(dir, path)));
    return await db.rows(
      `SELECT * FROM read_parquet(${list}, union_by_name=true) ${tail}`,
      z.record(z.string(), z.unknown()),
    );
  } finally {
    db.close();
  }
}

function correctionsOf(snapshot: Snapshot, facility: TestLedger['facility']) {
  const wanted = wantedBuild(snapshot, facility);
  const found: Record<string, { records: number; bytes: bigint }> = {};
  for (const day of snapshot.builtDays()) {
    for (const [key, value] of Object.entries(snapshot.buildOf(day, wanted(day))?.totals ?? {})) {
      const [, name = '', what] = /^correction\.(.+)\.(records|bytes)$/.exec(key) ?? [];
      if (what === undefined) continue;
      const known = found[name] ?? { records: 0, bytes: 0n };
      found[name] =
        what === 'records'
          ? { ...known, records: known.records + Number(value) }
          : { ...known, bytes: known.bytes + BigInt(value) };
    }
  }
  return found;
}

/** What matters of cells when they are added up. */
export interface Sums {
  readonly out: bigint;
  readonly in: bigint;
  readonly flows: number;
}

/** Returns the sums of cells of one kind (egress unless told), or of those a test picks. */
export function sumOf(
  cells: readonly PlainCell[],
  picks: (cell: PlainCell) => boolean = ({ kind }) => kind === 'egress',
): Sums {
  return cells
    .filter(picks)
    .reduce(
      (sum, cell) => ({ out: sum.out + cell.out, in: sum.in + cell.in, flows: sum.flows + cell.flows }),
      {
        out: 0n,
        in: 0n,
        flows: 0,
      },
    );
}

/** Returns cells without the instants that bytes were placed at, in one order. */
export function comparable(cells: readonly PlainCell[]): string[] {
  return cells
    .map((cell) => JSON.stringify(cell, (_, value) => (typeof value === 'bigint' ? String(value) : value)))
    .sort();
}
