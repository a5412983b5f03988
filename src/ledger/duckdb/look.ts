import { z } from 'zod';
import type { Facility } from '../../facility/facility.ts';
import { FACT_COLUMNS } from '../../records/families.ts';
import { writeChunk } from './chunk.ts';
import type { Database } from './database.ts';
import { openOrigins } from './origins.ts';
import { createViews, type QueryResult, select } from './views.ts';
import type { ChunkToWrite, WrittenChunk } from './written-chunk.ts';

const reject = z.object({
  line: z.bigint().transform(Number),
  column: z.string().nullable(),
  reason: z.string(),
  text: z.string().nullable(),
});

/** The first records of one family that a chunk holds, as `weir ledger query` shows them. */
export interface SeenRecords extends Pick<QueryResult, 'columns' | 'rows'> {
  readonly family: string;
  readonly records: number;
}

/** What a chunk amounts to, looked at apart from any ledger. */
export interface SeenChunk {
  readonly written: WrittenChunk;
  readonly records: readonly SeenRecords[];
  readonly rejects: readonly z.infer<typeof reject>[];
}

/** Halves of addresses, times and what is for the machine alone; addresses and times stand beside them as text. */
const NOT_SHOWN = /^(?:.*(?:Hi|Lo)|startedAt|endedAt|observedAt|counterSince|sensor)$/;

/**
 * Reads a chunk as an import would, into files of its own that begin with `prefix`, and returns the first `most` records of each
 * family and the first rejects. Columns that are set in none of them are left out.
 */
export async function lookAtChunk(
  db: Database,
  chunk: ChunkToWrite,
  facility: Pick<Facility, 'mappings' | 'sensors' | 'pseudonyms'>,
  prefix: string,
  most: number,
): Promise<SeenChunk> {
  await db.run(
    'CREATE OR REPLACE TEMP TABLE reject (input VARCHAR, line BIGINT, "column" VARCHAR, reason VARCHAR, text VARCHAR)',
  );
  await openOrigins(db);
  const written = await writeChunk(db, chunk, facility, prefix);
  const rejects = await db.rows(
    `SELECT line, "column", reason, text FROM reject ORDER BY line LIMIT ${Math.floor(most)}`,
    reject,
  );
  await db.run('DROP TABLE reject');
  const families = [...new Set(written.files.map(({ family }) => family))].filter((family) =>
    Object.hasOwn(FACT_COLUMNS, family),
  );
  const records: SeenRecords[] = [];
  await createViews(
    db,
    (family) => written.files.filter((file) => file.family === family).map(({ path }) => path),
    undefined,
  );
  for (const family of families) {
    const files = written.files.filter((file) => file.family === family);
    const count = files.reduce((sum, { rows }) => sum + rows, 0);
    if (count === 0) continue;
    const found = await select(db, `SELECT * FROM "${family}"`, most);
    records.push({ family, records: count, ...readable(found) });
  }
  // The next chunk collects its rejects under the same name.
  await db.run('DROP VIEW reject');
  return { written, records, rejects };
}

/** Leaves out what says nothing, and puts the time first. */
function readable({ columns, rows }: QueryResult): Pick<QueryResult, 'columns' | 'rows'> {
  const shown = columns
    .map((name, index) => ({ name, index }))
    .filter(({ name, index }) => !NOT_SHOWN.test(name) && rows.some((row) => row[index] !== null))
    .sort((a, b) => rankOf(a.name) - rankOf(b.name));
  return {
    columns: shown.map(({ name }) => name),
    rows: rows.map((row) => shown.map(({ index }) => row[index] ?? null)),
  };
}

/** Times and ends before all else. */
const FIRST = ['time', 'end', 'observed', 'orig', 'origPort', 'resp', 'respPort'];

function rankOf(name: string): number {
  const place = FIRST.indexOf(name);
  return place === -1 ? FIRST.length : place;
}
