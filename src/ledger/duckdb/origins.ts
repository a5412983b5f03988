import { z } from 'zod';
import { sqlText, sqlTextList } from '../../records/sql-text.ts';
import type { Database } from './database.ts';

/** Family of the files that say which input and line a commit's records came from. */
export const ORIGIN_FAMILY = 'origin';

/**
 * Columns of an origin file: the record `firstRow` of `file` came from line `firstLine` of `input`, and those after
 * it, up to the next run of the file, from the lines that follow. Rows of a file that has a column `stagedLine` are
 * counted by it, all others by their place in the file.
 */
const COLUMNS = 'file VARCHAR, firstRow BIGINT, input VARCHAR, firstLine BIGINT';

/** Makes the table that collects the origins of a commit's records. */
export async function openOrigins(db: Database): Promise<void> {
  await db.run(`CREATE OR REPLACE TEMP TABLE row_origin (${COLUMNS})`);
}

/**
 * Keeps where the records of a file just written came from. Needs the tables `origin` (staged lines) and `fault` (the
 * rejected ones): each reject ends a run of rows, unless the records carry their staged line.
 */
export async function noteOrigins(
  db: Database,
  target: string,
  rows: number,
  byStagedLine: boolean,
): Promise<void> {
  if (rows === 0) return;
  const file = sqlText(target);
  if (byStagedLine) {
    await db.run(`INSERT INTO row_origin SELECT ${file}, start, path, firstLine FROM origin`);
    return;
  }
  // A run begins at each input's segment and behind each reject; a row is its staged line less the rejects before it.
  await db.run(`INSERT INTO row_origin
    SELECT ${file}, firstRow, path, firstLine + staged - start FROM (
      SELECT staged - skipped AS firstRow, max(staged) AS staged FROM (
        SELECT staged, (sum(broken) OVER (ORDER BY staged RANGE UNBOUNDED PRECEDING))::BIGINT AS skipped FROM (
          SELECT start AS staged, 0 AS broken FROM origin UNION ALL SELECT staged + 1, 1 FROM fault))
      GROUP BY 1)
    ASOF JOIN origin ON staged >= start WHERE firstRow < ${rows}`);
}

/** A file as it was called while it was made, and as the ledger calls it. */
export interface NamedFile {
  readonly temporary: string;
  readonly path: string;
}

/** Writes the origins of a commit's files. Returns how many runs; writes nothing when there is none. */
export async function writeOrigins(
  db: Database,
  files: readonly NamedFile[],
  target: string,
): Promise<number> {
  await db.run('CREATE OR REPLACE TEMP TABLE origin_file (temporary VARCHAR, path VARCHAR)');
  for (let at = 0; at < files.length; at += 1000) {
    const some = files.slice(at, at + 1000);
    const values = some.map(({ temporary, path }) => `(${sqlText(temporary)}, ${sqlText(path)})`);
    await db.run(`INSERT INTO origin_file VALUES ${values.join(', ')}`);
  }
  const source = `row_origin r JOIN origin_file f ON f.temporary = r.file`;
  const [count] = await db.rows(
    `SELECT count(*) AS n FROM ${source}`,
    z.object({ n: z.bigint().transform(Number) }),
  );
  if (!count || count.n === 0) return 0;
  await db.run(
    `COPY (SELECT f.path AS file, firstRow, input, firstLine FROM ${source} ORDER BY 1, 2)
     TO ${sqlText(target)} (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2)`,
  );
  return count.n;
}

/** SQL of the relation of origin files that speak of some of the ledger's files; of no rows without any. */
export function originSql(originFiles: readonly string[], paths: readonly string[]): string {
  if (originFiles.length === 0)
    return `(SELECT NULL::VARCHAR AS file, 0::BIGINT AS firstRow, NULL::VARCHAR AS input, 0::BIGINT AS firstLine WHERE false)`;
  return `(SELECT file, firstRow, input, firstLine FROM read_parquet(${sqlTextList(originFiles)})
    WHERE file IN (${paths.map(sqlText).join(', ')}))`;
}
