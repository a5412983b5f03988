import { z } from 'zod';
import { InternalError } from '../../errors.ts';
import type { Mapping } from '../../facility/facility.ts';
import { sqlText } from '../../records/sql-text.ts';
import type { Layout } from '../../sources/layout.ts';
import { ZEEK_STREAMS } from '../../sources/layout.ts';
import { mappedFields, mappedRule } from '../../sources/mapped.ts';
import {
  jsonRelation,
  type NumberFields,
  parquetRelation,
  type RawRelation,
  separatedRelation,
  shownLine,
} from '../../sources/relation.ts';
import { streamOfLine, ZEEK_JSON_KEYS, zeekNumbers, zeekRule } from '../../sources/zeek/streams.ts';
import type { Database } from './database.ts';
import {
  forgetRefused,
  type LineOrigin,
  type LogCount,
  type LogOfChunk,
  loadOrigins,
  REFUSED,
  writeLog,
} from './ingest.ts';

/** A staged chunk as the store takes it. */
export interface ChunkToWrite {
  readonly path: string;
  readonly layout: Layout;
  readonly sensor: string;
  readonly lines: number;
  readonly origins: readonly LineOrigin[];
}

/** A file of records just written, not yet part of the ledger. */
export interface WrittenFile {
  readonly family: string;
  readonly path: string;
  readonly rows: number;
}

/** What became of a chunk. */
export interface WrittenChunk {
  readonly files: readonly WrittenFile[];
  readonly logs: readonly { readonly source: string; readonly counts: readonly LogCount[] }[];
  readonly leftAlone: readonly { readonly input: number; readonly what: string; readonly lines: number }[];
}

/** Writes all records of a chunk into files named `<prefix>-<family>-….parquet`. */
export async function writeChunk(
  db: Database,
  chunk: ChunkToWrite,
  mappings: readonly Mapping[],
  prefix: string,
): Promise<WrittenChunk> {
  await forgetRefused(db);
  if (chunk.layout.source === 'zeek' && chunk.layout.encoding === 'ndjson')
    return writeJson(db, chunk, prefix);
  const counted =
    chunk.layout.encoding === 'parquet' ? { ...chunk, ...(await describeParquet(db, chunk)) } : chunk;
  const { source, log } = separatedLog(counted, mappings);
  const target = `${prefix}-${log.rule.family}.parquet`;
  const { rows, counts } = await writeLog(db, log, chunk.origins, target);
  return {
    files: [{ family: log.rule.family, path: target, rows }],
    logs: [{ source, counts }],
    leftAlone: [],
  };
}

/** A Parquet file is not staged, so its rows and columns are asked of itself. */
async function describeParquet(db: Database, { path, layout }: ChunkToWrite) {
  const source = `read_parquet(${sqlText(path)})`;
  const [row] = await db.rows(`SELECT count(*) AS n FROM ${source}`, z.object({ n: z.bigint() }));
  const columns = await db.rows(`DESCRIBE SELECT * FROM ${source}`, z.object({ column_name: z.string() }));
  const fields = columns.map(({ column_name: name }) => name);
  return { lines: Number(row?.n ?? 0n), layout: { ...layout, fields } as Layout };
}

/** The only log of a chunk whose lines all have one layout. */
function separatedLog(
  chunk: ChunkToWrite,
  mappings: readonly Mapping[],
): { source: string; log: LogOfChunk } {
  const { layout, path, sensor, lines } = chunk;
  if (layout.source === 'zeek' && layout.encoding === 'tsv') {
    const read = (numbers: NumberFields): LogOfChunk => {
      const relation = separatedRelation(path, layout, REFUSED, numbers);
      return logOf(
        zeekRule(layout.stream, relation.field, sensor),
        relation.sql,
        shownLine(layout),
        lines,
        REFUSED,
      );
    };
    return {
      source: `zeek.${layout.stream}`,
      log: { ...read(zeekNumbers(layout.stream)), asText: read({}) },
    };
  }
  const mapping =
    layout.source === 'mapping' ? mappings.find(({ name }) => name === layout.mapping) : undefined;
  if (!mapping || layout.source !== 'mapping') throw new InternalError(`no mapping for a chunk of ${path}`);
  const [relation, shown, refused] = mappedRelation(path, layout, mapping);
  const rule = mappedRule(mapping, relation.field, sensor);
  if (layout.encoding === 'ndjson') {
    const strict = { ...rule, faults: [NOT_JSON, ...rule.faults] };
    return { source: `mapping.${mapping.name}`, log: logOf(strict, relation.sql, shown, lines, refused) };
  }
  return { source: `mapping.${mapping.name}`, log: logOf(rule, relation.sql, shown, lines, refused) };
}

function mappedRelation(
  path: string,
  layout: Extract<Layout, { source: 'mapping' }>,
  mapping: Mapping,
): [RawRelation, string, string | undefined] {
  switch (layout.encoding) {
    case 'csv':
      return [separatedRelation(path, layout, REFUSED), shownLine(layout), REFUSED];
    case 'ndjson': {
      const relation = jsonRelation(path, mappedFields(mapping), REFUSED);
      return [relation, 'left(line, 1000)', REFUSED];
    }
    case 'parquet':
      return [parquetRelation(path, layout.fields), 'NULL::VARCHAR', undefined];
  }
}

function logOf(
  rule: LogOfChunk['rule'],
  relation: string,
  shown: string,
  lines: number,
  refused: string | undefined,
): LogOfChunk {
  return { rule, relation, ordinal: undefined, shown, refused, lines };
}

/**
 * JSON lines may belong to any log, so they are parsed once into a table and written log by log. Lines
 * that are no JSON object belong to the chunk's log when it has only one, else to `zeek`.
 */
async function writeJson(db: Database, chunk: ChunkToWrite, prefix: string): Promise<WrittenChunk> {
  const raw = jsonRelation(chunk.path, ZEEK_JSON_KEYS, REFUSED);
  await db.run(`CREATE OR REPLACE TEMP TABLE json_line AS
    SELECT row_number() OVER () - 1 AS staged, line, valid, fields, CASE WHEN valid THEN ${streamOfLine(raw.field)} END AS stream
    FROM ${raw.sql}`);
  await renumberPastRefused(db);
  const streams = await db.rows(
    'SELECT stream, count(*) AS lines FROM json_line GROUP BY stream ORDER BY stream NULLS LAST',
    z.object({ stream: z.string().nullable(), lines: z.bigint().transform(Number) }),
  );
  const read = streams.flatMap(({ stream, lines }) =>
    stream !== null && ZEEK_STREAMS.has(stream) ? [{ stream, lines }] : [],
  );
  const files: WrittenFile[] = [];
  const logs: { source: string; counts: readonly LogCount[] }[] = [];
  const broken = streams.find(({ stream }) => stream === null)?.lines ?? 0;
  const only = read.length === 1 && read.length === streams.filter(({ stream }) => stream !== null).length;
  for (const { stream, lines } of read) {
    const log = jsonLog(raw, stream, chunk.sensor, lines, only ? broken : 0);
    const target = `${prefix}-${log.rule.family}-${stream}.parquet`;
    const { rows, counts } = await writeLog(db, log, chunk.origins, target);
    files.push({ family: log.rule.family, path: target, rows });
    logs.push({ source: `zeek.${stream}`, counts });
  }
  if (broken > 0 && !only)
    logs.push({ source: 'zeek', counts: await rejectBroken(db, chunk.origins, broken, prefix) });
  return {
    files,
    logs,
    leftAlone: await leftAloneByInput(
      db,
      chunk.origins,
      read.map(({ stream }) => stream),
    ),
  };
}

/** A line with a raw control character was refused by the reader: it takes part as a line that is no JSON. */
async function renumberPastRefused(db: Database): Promise<void> {
  const [row] = await db.rows(`SELECT count(*) AS n FROM ${REFUSED}`, z.object({ n: z.bigint() }));
  if (!row || row.n === 0n) return;
  await db.run(`CREATE OR REPLACE TEMP TABLE json_line AS
    WITH gap AS (SELECT DISTINCT line - 1 AS place, left(csv_line, 1000) AS text FROM ${REFUSED}),
    moved AS (SELECT place - (row_number() OVER (ORDER BY place) - 1) AS accepted, row_number() OVER (ORDER BY place) AS skipped FROM gap),
    step AS (SELECT accepted, max(skipped) AS skipped FROM moved GROUP BY accepted)
    SELECT j.staged + coalesce(s.skipped, 0) AS staged, line, valid, fields, stream FROM json_line j ASOF LEFT JOIN step s ON j.staged >= s.accepted
    UNION ALL SELECT place, text, false, NULL, NULL FROM gap`);
}

function jsonLog(
  raw: RawRelation,
  stream: string,
  sensor: string,
  lines: number,
  broken: number,
): LogOfChunk {
  const rule = zeekRule(stream, raw.field, sensor);
  const where = broken > 0 ? `stream = ${sqlText(stream)} OR stream IS NULL` : `stream = ${sqlText(stream)}`;
  return {
    rule: { ...rule, faults: [NOT_JSON, ...rule.faults] },
    relation: `(SELECT * FROM json_line WHERE ${where} ORDER BY staged)`,
    ordinal: 'staged',
    shown: 'left(line, 1000)',
    refused: undefined,
    lines: lines + broken,
  };
}

const NOT_JSON = { when: 'NOT valid', says: 'not a JSON object' };

async function rejectBroken(
  db: Database,
  origins: readonly LineOrigin[],
  lines: number,
  prefix: string,
): Promise<LogCount[]> {
  const log: LogOfChunk = {
    rule: {
      family: 'coverage',
      texts: {},
      values: {},
      columns: { startedAt: '0::BIGINT' },
      faults: [NOT_JSON],
    },
    relation: '(SELECT * FROM json_line WHERE stream IS NULL ORDER BY staged)',
    ordinal: 'staged',
    shown: 'left(line, 1000)',
    refused: undefined,
    lines,
  };
  return (await writeLog(db, log, origins, `${prefix}-none.parquet`)).counts;
}

async function leftAloneByInput(
  db: Database,
  origins: readonly LineOrigin[],
  read: readonly string[],
): Promise<WrittenChunk['leftAlone']> {
  await loadOrigins(db, origins);
  const known = read.length > 0 ? `AND stream NOT IN (${read.map(sqlText).join(', ')})` : '';
  return db.rows(
    `SELECT input, CASE WHEN stream = 'unknown' THEN 'JSON lines of no known log' ELSE 'zeek.' || stream END AS what, count(*) AS lines
     FROM (SELECT staged, stream FROM json_line WHERE stream IS NOT NULL ${known}) ASOF JOIN origin ON staged >= start
     GROUP BY ALL ORDER BY ALL`,
    z.object({ input: z.bigint().transform(Number), what: z.string(), lines: z.bigint().transform(Number) }),
  );
}
