import { open, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { InternalError } from '../../errors.ts';
import { sqlText } from '../../records/sql-text.ts';
import { type Reading, type SensorSettings, sourceOf } from '../../sources/format.ts';
import type { Field, RawRelation } from '../../sources/relation.ts';
import { groupField, groupsSql, matched } from '../../sources/text-relation.ts';
import type { Database } from './database.ts';
import {
  forgetRefused,
  type LineOrigin,
  type LogCount,
  type LogOfChunk,
  loadOrigins,
  REFUSED,
  writeGoodLog,
  writeLog,
} from './ingest.ts';
import { writeNumbers } from './numbers.ts';
import { translates } from './translations.ts';
import type { ChunkToWrite, WrittenChunk, WrittenFile } from './written-chunk.ts';

/**
 * Writes a chunk whose lines may belong to any log: they are parsed once into a table and written log by log. Lines
 * that belong to none (no JSON object, not of the format) belong to the chunk's log when it has only one, else to
 * the format as a whole.
 */
export async function writeMixed(
  db: Database,
  chunk: ChunkToWrite,
  reading: Reading,
  sensor: SensorSettings,
  prefix: string,
): Promise<WrittenChunk> {
  const raw = reading.relation(chunk.path, REFUSED, {});
  const uniform = await writeUniform(db, chunk, reading, raw, sensor, prefix);
  if (uniform) return uniform;
  await db.run(`CREATE OR REPLACE TEMP TABLE mixed_line AS
    SELECT row_number() OVER () - 1 AS staged, *, ${streamSql(reading, raw.field)} AS stream
    FROM ${raw.sql}`);
  await renumberPastRefused(db);
  const streams = await db.rows(
    'SELECT stream, count(*) AS lines FROM mixed_line GROUP BY stream ORDER BY stream NULLS LAST',
    z.object({ stream: z.string().nullable(), lines: z.bigint().transform(Number) }),
  );
  const read = streams.flatMap(({ stream, lines }) =>
    stream !== null && Object.hasOwn(reading.streams, stream) ? [{ stream, lines }] : [],
  );
  const numbers = await writeNumbers(db, reading, raw.field, sensor.name, `${prefix}-numbers.parquet`);
  const files: WrittenFile[] = numbers ? [numbers] : [];
  const logs: { source: string; counts: readonly LogCount[] }[] = [];
  const broken = streams.find(({ stream }) => stream === null)?.lines ?? 0;
  const only = read.length === 1 && read.length === streams.filter(({ stream }) => stream !== null).length;
  for (const { stream, lines } of read) {
    const log = logOfStream(raw, reading, stream, sensor, lines, only ? broken : 0);
    const target = `${prefix}-${log.rule.family}-${stream}.parquet`;
    const { rows, counts } = await writeLog(db, log, chunk.origins, target);
    files.push({ family: log.rule.family, path: target, rows, translates: translates(log.rule) });
    logs.push({ source: sourceOf(reading, stream), counts });
  }
  if (broken > 0 && !only) {
    const counts = await rejectBroken(db, chunk.origins, reading, broken, prefix);
    logs.push({ source: reading.source, counts });
  }
  const known = read.map(({ stream }) => stream);
  return { files, logs, leftAlone: await leftAloneByInput(db, chunk.origins, reading, known) };
}

/** Writes a chunk whose lines are all good and of one log, as most are, in one pass; undefined where they are not. */
async function writeUniform(
  db: Database,
  chunk: ChunkToWrite,
  reading: Reading,
  raw: RawRelation,
  sensor: SensorSettings,
  prefix: string,
): Promise<WrittenChunk | undefined> {
  if (raw.quick === undefined || reading.numbered) return undefined;
  const name = (await streamOfFirstLine(db, chunk.path, reading)) ?? '';
  const stream = Object.hasOwn(reading.streams, name) ? reading.streams[name] : undefined;
  if (!stream || stream.pattern !== undefined) return undefined;
  const rule = stream.rule(raw.field, sensor);
  const ofLine = streamSql(reading, raw.field);
  const log: LogOfChunk = {
    rule: {
      ...rule,
      faults: [
        { when: `${ofLine} IS DISTINCT FROM ${sqlText(name)}`, says: 'of another log' },
        ...rule.faults,
      ],
    },
    relation: raw.quick,
    ordinal: undefined,
    shown: reading.shown,
    refused: REFUSED,
    lines: chunk.lines,
  };
  const target = `${prefix}-${rule.family}-${name}.parquet`;
  const written = await writeGoodLog(db, log, chunk.origins, target);
  if (!written) return undefined;
  return {
    files: [{ family: rule.family, path: target, rows: written.rows, translates: translates(rule) }],
    logs: [{ source: sourceOf(reading, name), counts: written.counts }],
    leftAlone: [],
  };
}

/** Asks it of a file of the one line: a reader of the chunk would take in far more to find it. */
async function streamOfFirstLine(db: Database, path: string, reading: Reading): Promise<string | undefined> {
  const line = await firstLineOf(path);
  if (line === undefined) return undefined;
  const alone = `${path}-first`;
  await writeFile(alone, line, { mode: 0o600 });
  try {
    const { sql, field } = reading.relation(alone, REFUSED, {});
    const [row] = await db.rows(
      `SELECT ${streamSql(reading, field)} AS stream FROM ${sql}`,
      z.object({ stream: z.string().nullable() }),
    );
    return row?.stream ?? undefined;
  } finally {
    await forgetRefused(db);
    await rm(alone);
  }
}

/** Longer first lines are left to the reading of mixed lines. */
const FIRST_LINE_BYTES = 64 * 1024;

async function firstLineOf(path: string): Promise<Buffer | undefined> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(FIRST_LINE_BYTES) });
    const end = buffer.subarray(0, bytesRead).indexOf(LINE_END) + 1;
    return end > 0 ? buffer.subarray(0, end) : undefined;
  } finally {
    await handle.close();
  }
}

const LINE_END = 10;

function streamSql(reading: Reading, field: Field): string {
  return `CASE WHEN valid THEN ${reading.streamOf?.(field)} END`;
}

/** A line that the reader refused (a raw control character) takes part as a line that is none of the format. */
async function renumberPastRefused(db: Database): Promise<void> {
  const [row] = await db.rows(`SELECT count(*) AS n FROM ${REFUSED}`, z.object({ n: z.bigint() }));
  if (!row || row.n === 0n) return;
  await db.run(`CREATE OR REPLACE TEMP TABLE mixed_line AS
    WITH gap AS (SELECT DISTINCT line - 1 AS place, left(csv_line, 1000) AS text FROM ${REFUSED}),
    moved AS (SELECT place - (row_number() OVER (ORDER BY place) - 1) AS accepted, row_number() OVER (ORDER BY place) AS skipped FROM gap),
    step AS (SELECT accepted, max(skipped) AS skipped FROM moved GROUP BY accepted)
    SELECT j.* REPLACE (j.staged + coalesce(s.skipped, 0) AS staged) FROM mixed_line j ASOF LEFT JOIN step s ON j.staged >= s.accepted
    UNION ALL BY NAME SELECT place AS staged, text AS line, false AS valid FROM gap`);
}

function logOfStream(
  raw: RawRelation,
  reading: Reading,
  name: string,
  sensor: SensorSettings,
  lines: number,
  broken: number,
): LogOfChunk {
  const stream = reading.streams[name];
  if (!stream) throw new InternalError(`no rule for ${sourceOf(reading, name)}`);
  const { pattern } = stream;
  const own = pattern === undefined ? undefined : groupField('own', pattern);
  const rule = stream.rule(own ? eitherField(own, raw.field) : raw.field, sensor);
  const faults = [
    ...notValidOf(reading),
    ...(pattern === undefined
      ? []
      : [{ when: `NOT ${matched('own')}`, says: `line: not as ${name} is written` }]),
    ...rule.faults,
  ];
  const where = broken > 0 ? `stream = ${sqlText(name)} OR stream IS NULL` : `stream = ${sqlText(name)}`;
  const columns = pattern === undefined ? '*' : `*, ${groupsSql('line', pattern)} AS own`;
  return {
    rule: { ...rule, faults },
    relation: `(SELECT ${columns} FROM mixed_line WHERE ${where} ORDER BY staged)`,
    ordinal: 'staged',
    shown: reading.shown,
    refused: undefined,
    lines: lines + broken,
  };
}

/** Fields of a stream's own pattern before those of the format. */
function eitherField(own: Field, shared: Field): Field {
  return (...names) => {
    const found = own(...names);
    return found === 'NULL::VARCHAR' ? shared(...names) : found;
  };
}

function notValidOf(reading: Reading) {
  return reading.notValid === undefined ? [] : [{ when: 'NOT valid', says: reading.notValid }];
}

async function rejectBroken(
  db: Database,
  origins: readonly LineOrigin[],
  reading: Reading,
  lines: number,
  prefix: string,
): Promise<LogCount[]> {
  const log: LogOfChunk = {
    rule: {
      family: 'coverage',
      texts: {},
      values: {},
      columns: { startedAt: '0::BIGINT' },
      faults: [...notValidOf(reading), { when: 'true', says: `not a line of ${reading.source}` }],
    },
    relation: '(SELECT * FROM mixed_line WHERE stream IS NULL ORDER BY staged)',
    ordinal: 'staged',
    shown: reading.shown,
    refused: undefined,
    lines,
  };
  return (await writeLog(db, log, origins, `${prefix}-none.parquet`)).counts;
}

async function leftAloneByInput(
  db: Database,
  origins: readonly LineOrigin[],
  reading: Reading,
  read: readonly string[],
): Promise<WrittenChunk['leftAlone']> {
  await loadOrigins(db, origins);
  const known = read.length > 0 ? `AND stream NOT IN (${read.map(sqlText).join(', ')})` : '';
  const rows = await db.rows(
    `SELECT input, stream, count(*) AS lines
     FROM (SELECT staged, stream FROM mixed_line WHERE stream IS NOT NULL ${known}) ASOF JOIN origin ON staged >= start
     GROUP BY ALL ORDER BY ALL`,
    z.object({
      input: z.bigint().transform(Number),
      stream: z.string(),
      lines: z.bigint().transform(Number),
    }),
  );
  const called = reading.leftAloneAs ?? ((stream: string) => `${reading.source}.${stream}`);
  return rows
    .map(({ input, stream, lines }) => ({ input, what: called(stream), lines }))
    .sort((a, b) => a.input - b.input || (a.what < b.what ? -1 : 1));
}
