import { z } from 'zod';
import { sqlText, sqlTextList } from '../../records/sql-text.ts';
import type { RejectedLine } from '../../sources/rejects.ts';
import type { Database } from './database.ts';

/** A rejected line as shown to a person. */
export interface ShownReject {
  readonly file: string;
  readonly line: number;
  readonly column: string | null;
  readonly reason: string;
  readonly text: string | null;
}

/**
 * Writes the table `reject` and the lines rejected before they were parsed to a file, ordered by input and
 * line. Returns how many; writes nothing when there is none. `withText` false: the lines themselves are not kept.
 */
export async function writeRejects(
  db: Database,
  staged: readonly (RejectedLine & { input: string })[],
  target: string,
  withText: boolean,
): Promise<number> {
  for (let at = 0; at < staged.length; at += 500) {
    const values = staged.slice(at, at + 500).map(({ input, line, lines, column, reason, text }) => {
      const place = column === undefined ? 'NULL' : sqlText(`byte ${column}`);
      return `(${sqlText(input)}, ${line}, ${lines}, ${place}, ${sqlText(reason)}, ${sqlText(text)})`;
    });
    await db.run(`INSERT INTO reject
      SELECT input, line + part, "column", reason, nullif(text, '') FROM
      (SELECT *, unnest(range(0, lines)) AS part FROM (VALUES ${values.join(', ')}) AS v(input, line, lines, "column", reason, text))`);
  }
  const [count] = await db.rows('SELECT count(*) AS n FROM reject', z.object({ n: z.bigint() }));
  if (!count || count.n === 0n) return 0;
  const lines = withText ? '*' : '* REPLACE (NULL::VARCHAR AS text)';
  await db.run(
    `COPY (SELECT ${lines} FROM reject ORDER BY input, line) TO ${sqlText(target)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  return Number(count.n);
}

/** Returns the first rejects of some reject files. */
export async function readRejects(
  db: Database,
  files: readonly string[],
  most: number,
): Promise<ShownReject[]> {
  if (files.length === 0) return [];
  return db.rows(
    `SELECT input AS file, line, "column", reason, text FROM read_parquet(${sqlTextList(files)}) ORDER BY input, line LIMIT ${most}`,
    z.object({
      file: z.string(),
      line: z.bigint().transform(Number),
      column: z.string().nullable(),
      reason: z.string(),
      text: z.string().nullable(),
    }),
  );
}
