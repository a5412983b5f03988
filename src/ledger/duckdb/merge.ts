import { join } from 'node:path';
import { z } from 'zod';
import { assertIdentity } from '../../errors.ts';
import { FACT_COLUMNS } from '../../records/families.ts';
import { sqlText, sqlTextList } from '../../records/sql-text.ts';
import { type DataFile, newId } from '../entries.ts';
import { hashFile, publish, type Stage } from '../files.ts';
import type { Merge } from '../maintain.ts';
import type { CompactionGroup } from '../retention.ts';
import { readSnapshot } from '../snapshot.ts';
import type { Database } from './database.ts';
import { ORIGIN_FAMILY, originSql } from './origins.ts';

/** Order of a merged file's rows: what is asked for together lies together, so that readers skip the rest. */
const ORDERS: Readonly<Record<string, string>> = {
  long: 'startedAt, uid',
  translation: 'startedAt, seenOrigPort',
  numbers: 'sensor, series, startedAt, firstNumber',
  reject: 'input, line',
  origin: 'file, firstRow',
  cell: 'hour, kind, path, hostKey, networkKey, service, initiator, principal',
  'coverage-cell': 'hour, sensor',
};

/** Families whose rows are told apart by their origins; merged, each row carries its own `input` and `line`. */
export const TRACED: ReadonlySet<string> = new Set(Object.keys(FACT_COLUMNS));

/**
 * Returns how a group of files of one family becomes one: all their rows and all their columns, sorted, each record
 * with the input and line it came from, because its place in a file says so no longer. The file is published
 * whole under a fresh name and counts once the journal names it. The stage must stay open until then.
 */
export function mergeWith(db: Database, stage: Stage, ledgerDir: string): Merge {
  return async (group) => {
    const { family, files, fromDay, toDay } = group;
    const id = newId();
    const temporary = stage.path(`${id}.parquet`);
    const source = TRACED.has(family)
      ? await tracedSql(db, ledgerDir, group)
      : `(SELECT * FROM ${parquetSql(files.map(({ path }) => join(ledgerDir, path)))})`;
    const order = ORDERS[family] ?? (TRACED.has(family) ? 'startedAt, line' : 'ALL');
    const written = await db.connection.runAndReadAll(
      // The limit: columns of many different values are smaller without a dictionary, and sooner written.
      `COPY (SELECT * FROM ${source} ORDER BY ${order}) TO ${sqlText(temporary)}
       (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 4000)`,
    );
    const rows = Number(written.getRowsJS()[0]?.[0] ?? 0);
    const expected = files.reduce((sum, file) => sum + file.rows, 0);
    assertIdentity(rows === expected, () => `${expected} rows of ${family} to merge, ${rows} merged`);
    const path = `merged/${id}-${family}.parquet`;
    const final = join(ledgerDir, path);
    publish(temporary, final);
    const merged: DataFile = { path, family, rows, fromDay, toDay, ...(await hashFile(final)) };
    return [merged];
  };
}

function parquetSql(paths: readonly string[], more = ''): string {
  return `read_parquet(${sqlTextList(paths)}, union_by_name=true${more})`;
}

/**
 * Returns the relation of a group's records with `input` and `line`: files merged before have both already, the
 * others' rows find them in the origin files of their commits (unset for commits that have none).
 */
async function tracedSql(db: Database, ledgerDir: string, group: CompactionGroup): Promise<string> {
  const snapshot = await readSnapshot(ledgerDir);
  const paths = group.files.map(({ path }) => path);
  const columns = await columnsOf(
    db,
    paths.map((path) => join(ledgerDir, path)),
  );
  const has = (path: string, column: string) => columns.get(join(ledgerDir, path))?.has(column) ?? false;
  const fresh = paths.filter((path) => !has(path, 'line'));
  const merged = paths.filter((path) => has(path, 'line'));
  const origins = snapshot
    .filesFor(ORIGIN_FAMILY, group.fromDay, group.toDay)
    .map(({ path }) => join(ledgerDir, path));
  const parts = [
    ...(merged.length > 0
      ? [`SELECT * FROM ${parquetSql(merged.map((path) => join(ledgerDir, path)))}`]
      : []),
    ...relationsByKey(fresh, (path) => has(path, 'stagedLine')).map(({ key, files }) => {
      const source = parquetSql(
        files.map((path) => join(ledgerDir, path)),
        ', filename=true, file_row_number=true',
      );
      const keyed = `substr(filename, ${ledgerDir.length + 2}) AS ledgerPath, ${key} AS rowKey`;
      return `SELECT r.* EXCLUDE (file_row_number, filename, ledgerPath, rowKey), o.input,
          o.firstLine + r.rowKey - o.firstRow AS line
        FROM (SELECT *, ${keyed} FROM ${source}) r
        LEFT JOIN ${bucketsSql(originSql(origins, files), `(SELECT ${keyed} FROM ${source})`)} o
          ON o.file = r.ledgerPath AND o.bucket = r.rowKey // ${BUCKET_ROWS} AND r.rowKey >= o.firstRow AND r.rowKey < o.endRow`;
    }),
  ];
  return `(${parts.join(' UNION ALL BY NAME ')})`;
}

/** Rows that look for their run together. */
const BUCKET_ROWS = 256;

/**
 * Returns the relation of runs of rows with their ends, once for each bucket of rows they reach into. So rows find
 * their run by equality: an ASOF join would sort all of them first.
 */
function bucketsSql(origins: string, keyed: string): string {
  const last = `SELECT ledgerPath, max(rowKey) + 1 AS endRow FROM ${keyed} GROUP BY ledgerPath`;
  return `(SELECT *, unnest(range(firstRow // ${BUCKET_ROWS}, (endRow - 1) // ${BUCKET_ROWS} + 1)) AS bucket FROM (
    SELECT o.*, least(coalesce(lead(firstRow) OVER (PARTITION BY o.file ORDER BY firstRow), l.endRow), l.endRow) AS endRow
    FROM ${origins} o JOIN (${last}) l ON l.ledgerPath = o.file) WHERE endRow > firstRow)`;
}

/** Rows are counted by their staged line where they carry it (origins.ts). */
function relationsByKey(files: readonly string[], carriesLine: (path: string) => boolean) {
  return [
    { key: '"stagedLine"', files: files.filter(carriesLine) },
    { key: 'file_row_number', files: files.filter((path) => !carriesLine(path)) },
  ].filter((part) => part.files.length > 0);
}

const columnRow = z.object({ file: z.string(), name: z.string() });

/** Returns the names of the columns of Parquet files, by file. */
export async function columnsOf(db: Database, files: readonly string[]): Promise<Map<string, Set<string>>> {
  const rows = await db.rows(
    `SELECT file_name AS file, name FROM parquet_schema(${sqlTextList(files)})`,
    columnRow,
  );
  const columns = new Map<string, Set<string>>();
  for (const { file, name } of rows) columns.set(file, (columns.get(file) ?? new Set()).add(name));
  return columns;
}
