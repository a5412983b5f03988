import { rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import { assertIdentity } from '../../errors.ts';
import { ENDED } from '../../records/flow-time.ts';
import { sqlText } from '../../records/sql-text.ts';
import { faultSql, goodSql, type RecordRule, selectList, valuesSql } from '../../sources/record.ts';
import { type Database, isOfData } from './database.ts';
import { noteOrigins } from './origins.ts';

/** Staged line `start` and those after it, up to the next segment, come from an input's lines from `firstLine` on. */
export interface LineOrigin {
  readonly start: number;
  readonly input: number;
  readonly path: string;
  readonly firstLine: number;
}

/** One log's lines within a chunk, ready to be written as records. */
export interface LogOfChunk {
  readonly rule: RecordRule;
  /** One row per line the reader accepted, in order; with `ordinal` when the relation numbers staged lines itself. */
  readonly relation: string;
  readonly ordinal: string | undefined;
  /** SQL of a line as shown among the rejects. */
  readonly shown: string;
  /** Table with the lines the reader refused (its column `line` counts from 1), if there is one. */
  readonly refused: string | undefined;
  /** Number of staged lines that belong to this log. */
  readonly lines: number;
  /** The same lines read in a quicker way, which fails where not all of them are good. */
  readonly quick?: string;
}

/** What became of one input's lines of one log. */
export interface LogCount {
  readonly input: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly bytes: bigint;
  readonly fromMicros: number | null;
  readonly toMicros: number | null;
}

const nullableMicros = z.union([z.bigint().transform(Number), z.null()]);
const countRow = z.object({
  input: z.bigint().transform(Number),
  accepted: z.bigint().transform(Number),
  bytes: z.bigint(),
  from: nullableMicros,
  to: nullableMicros,
});

/** Records of one log that were written: how many rows, and the counts per input. */
export interface WrittenLog {
  readonly rows: number;
  readonly counts: LogCount[];
}

/**
 * Writes the records of one log of a chunk to a Parquet file and its rejects to the table `reject`. Nearly every chunk
 * has good lines only and is read the quick way; any other is read once more, for its rejects and their reasons.
 * @returns what was written. The identity lines = accepted + rejected is asserted.
 */
export async function writeLog(
  db: Database,
  log: LogOfChunk,
  origins: readonly LineOrigin[],
  target: string,
): Promise<WrittenLog> {
  const quickly =
    log.quick === undefined
      ? undefined
      : await writeGoodLog(db, { ...log, relation: log.quick }, origins, target);
  if (quickly) return quickly;
  await copyLog(db, log, target);
  await collectRefused(db, log);
  const broken = await collectFaults(db, log, target);
  if (broken > 0) {
    const all = `${target}.all`;
    await rename(target, all);
    await db.run(
      `COPY (SELECT * FROM read_parquet(${sqlText(all)}) WHERE fault IS NULL) TO ${sqlText(target)} ${PARQUET}`,
    );
    await rm(all);
  }
  return account(db, log, origins, target);
}

/** Writes the records of a log if all of its lines are good; returns undefined, and leaves no trace, where one is not. */
export async function writeGoodLog(
  db: Database,
  log: LogOfChunk,
  origins: readonly LineOrigin[],
  target: string,
): Promise<WrittenLog | undefined> {
  const copy = `COPY (SELECT * FROM ${goodSql(log.rule, log.relation)}) TO ${sqlText(target)} ${PARQUET}`;
  const isGood = await db.run(copy).then(() => true, ifOfData);
  if (isGood) {
    await openFaults(db);
    return account(db, log, origins, target);
  }
  await rm(target, { force: true });
  return undefined;
}

/** Which line is at fault, and why, the careful reading says better than the engine; any other failure is one. */
function ifOfData(error: unknown): false {
  if (isOfData(error)) return false;
  throw error;
}

/** Good and broken lines are written in one pass, side by side: a filter would have every value computed twice. */
async function copyLog(
  db: Database,
  { rule, ordinal, shown, relation }: LogOfChunk,
  target: string,
): Promise<void> {
  const staged = ordinal ? `, ${ordinal} AS "stagedLine"` : '';
  await db.run(`COPY (SELECT ${selectList(rule.columns)}${staged}, fault, CASE WHEN fault IS NOT NULL THEN ${shown} END AS shown
    FROM (SELECT *, ${faultSql(rule)} AS fault FROM ${valuesSql(rule, relation)})) TO ${sqlText(target)} ${PARQUET}`);
}

async function account(
  db: Database,
  log: LogOfChunk,
  origins: readonly LineOrigin[],
  target: string,
): Promise<WrittenLog> {
  const rows = await countRows(db, target);
  const rejected = await rejectsByInput(db, origins);
  const total = [...rejected.values()].reduce((sum, each) => sum + each, 0);
  assertIdentity(
    rows + total === log.lines,
    () => `${log.lines} lines staged, ${rows} accepted, ${total} rejected`,
  );
  await noteOrigins(db, target, rows, log.ordinal !== undefined);
  return { rows, counts: await countsByInput(db, log, origins, target, rejected) };
}

/**
 * Columns of many different values are not tried as dictionaries for long: a fifth less time, and smaller files than
 * with the engine's own limit.
 */
const PARQUET = '(FORMAT parquet, COMPRESSION lz4, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 4000)';

async function countRows(db: Database, path: string): Promise<number> {
  return numberOf(db, `SELECT count(*) AS n FROM read_parquet(${sqlText(path)})`);
}

async function numberOf(db: Database, sql: string): Promise<number> {
  const [row] = await db.rows(sql, z.object({ n: z.bigint() }));
  return Number(row?.n ?? 0n);
}

/** Table of the lines the reader refused; its scans are in a second one beside it. */
export const REFUSED = 'refused_line';

/** Makes ready for the next reading. */
export async function forgetRefused(db: Database): Promise<void> {
  for (const table of [REFUSED, `${REFUSED}_scan`]) await db.run(`DROP TABLE IF EXISTS ${table}`);
}

async function openFaults(db: Database): Promise<void> {
  await db.run('CREATE OR REPLACE TEMP TABLE fault (staged BIGINT, reason VARCHAR, text VARCHAR)');
}

/** Puts the lines the reader refused into `fault`, numbered as staged lines from 0. */
async function collectRefused(db: Database, log: LogOfChunk): Promise<void> {
  await openFaults(db);
  if (!log.refused) return;
  // A line that lacks fields is refused once for each of them; the first time says how many it has.
  await db.run(`INSERT INTO fault
    SELECT line - 1, arg_min(reason, (coalesce(TRY_CAST(regexp_extract(reason, 'found: (\\d+)$', 1) AS INTEGER), 0), reason)), left(any_value(csv_line), 1000)
    FROM (SELECT line, csv_line, CASE WHEN error_type IN ('MISSING COLUMNS', 'TOO MANY COLUMNS') THEN 'fields: ' || lcase(error_message)
      ELSE lcase(error_type::VARCHAR) || ': ' || error_message END AS reason FROM ${log.refused}) GROUP BY line`);
}

/**
 * Adds the lines that break a rule; returns how many. A row of the file is the staged line of its number,
 * moved on by the refused lines before it.
 */
async function collectFaults(db: Database, log: LogOfChunk, target: string): Promise<number> {
  const broken = `SELECT *, ${log.ordinal ? '"stagedLine"' : 'file_row_number'} AS accepted
    FROM read_parquet(${sqlText(target)}, file_row_number=true) WHERE fault IS NOT NULL`;
  const count = await numberOf(db, `SELECT count(*) AS n FROM (${broken})`);
  if (count === 0) return 0;
  await db.run(`INSERT INTO fault
    WITH refused AS (SELECT place, max(skipped) AS skipped FROM (
      SELECT staged - (row_number() OVER (ORDER BY staged) - 1) AS place, row_number() OVER (ORDER BY staged) AS skipped FROM fault) GROUP BY place)
    SELECT accepted + coalesce(skipped, 0), fault, shown FROM (${broken}) ASOF LEFT JOIN refused ON accepted >= place`);
  return count;
}

/** Moves `fault` into `reject` with file and line; returns how many by input. */
async function rejectsByInput(db: Database, origins: readonly LineOrigin[]): Promise<Map<number, number>> {
  await loadOrigins(db, origins);
  await db.run(`INSERT INTO reject
    SELECT path, firstLine + staged - start, CASE WHEN contains(reason, ': ') THEN split_part(reason, ': ', 1) END,
      CASE WHEN contains(reason, ': ') THEN substr(reason, instr(reason, ': ') + 2) ELSE reason END, text
    FROM fault ASOF JOIN origin ON staged >= start`);
  const rows = await db.rows(
    'SELECT input, count(*) AS n FROM fault ASOF JOIN origin ON staged >= start GROUP BY input',
    z.object({ input: z.bigint(), n: z.bigint() }),
  );
  return new Map(rows.map(({ input, n }) => [Number(input), Number(n)]));
}

/** Makes the table `origin`: which input and line each run of staged lines came from. */
export async function loadOrigins(db: Database, origins: readonly LineOrigin[]): Promise<void> {
  await db.run(
    'CREATE OR REPLACE TEMP TABLE origin (start BIGINT, input BIGINT, path VARCHAR, firstLine BIGINT)',
  );
  for (let at = 0; at < origins.length; at += 1000) {
    const values = origins
      .slice(at, at + 1000)
      .map(({ start, input, path, firstLine }) => `(${start}, ${input}, ${sqlText(path)}, ${firstLine})`);
    await db.run(`INSERT INTO origin VALUES ${values.join(', ')}`);
  }
}

/**
 * Counts records by input. Where records carry no staged line, an input's records are a run of rows: its
 * staged lines less the rejects before them.
 */
async function countsByInput(
  db: Database,
  log: LogOfChunk,
  origins: readonly LineOrigin[],
  target: string,
  rejected: ReadonlyMap<number, number>,
): Promise<LogCount[]> {
  const bytes =
    log.rule.family === 'flow'
      ? 'coalesce(origBytes, 0) + coalesce(respBytes, 0)'
      : log.rule.family === 'given'
        ? 'bytesOut'
        : '0';
  const ended = log.rule.family === 'flow' ? ENDED : 'startedAt';
  const row = log.ordinal ? '"stagedLine"' : 'file_row_number';
  const starts = log.ordinal
    ? 'SELECT start, input FROM origin'
    : `SELECT start - (SELECT count(*) FROM fault WHERE staged < start) AS start, max(input) AS input FROM origin GROUP BY 1`;
  const single = new Set(origins.map(({ input }) => input)).size === 1;
  const source = `read_parquet(${sqlText(target)}, file_row_number=true)`;
  const from = single
    ? `(SELECT *, ${origins[0]?.input ?? 0}::BIGINT AS input FROM ${source})`
    : `${source} ASOF JOIN (${starts}) ON ${row} >= start`;
  const found = await db.rows(
    `SELECT input, count(*) AS accepted, sum(${bytes})::UBIGINT AS bytes, min(startedAt) AS "from", max(${ended}) AS "to"
     FROM ${from} GROUP BY input`,
    countRow,
  );
  const byInput = new Map(found.map((counts) => [counts.input, counts]));
  return [...new Set([...byInput.keys(), ...rejected.keys()])]
    .sort((a, b) => a - b)
    .map((input) => {
      const row = byInput.get(input);
      return {
        input,
        accepted: row?.accepted ?? 0,
        rejected: rejected.get(input) ?? 0,
        bytes: row?.bytes ?? 0n,
        fromMicros: row?.from ?? null,
        toMicros: row?.to ?? null,
      };
    });
}
