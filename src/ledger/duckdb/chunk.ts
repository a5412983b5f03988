import { z } from 'zod';
import { InternalError } from '../../errors.ts';
import type { Facility } from '../../facility/facility.ts';
import { sqlText } from '../../records/sql-text.ts';
import { type Reading, type SensorSettings, type Stream, sourceOf } from '../../sources/format.ts';
import { readingOf } from '../../sources/formats.ts';
import type { Layout } from '../../sources/layout.ts';
import { settingsOf } from '../../sources/settings.ts';
import type { Database } from './database.ts';
import { forgetRefused, type LogOfChunk, REFUSED, writeLog } from './ingest.ts';
import { writeMixed } from './mixed.ts';
import { masked } from './pseudonyms.ts';
import type { ChunkToWrite, WrittenChunk } from './written-chunk.ts';

/** What of weir.yaml says how lines are to be read. */
type ReadingFacility = Pick<Facility, 'mappings' | 'sensors' | 'pseudonyms'>;

/** Writes all records of a chunk into files named `<prefix>-<family>-….parquet`. */
export async function writeChunk(
  db: Database,
  chunk: ChunkToWrite,
  facility: ReadingFacility,
  prefix: string,
): Promise<WrittenChunk> {
  await forgetRefused(db);
  const counted =
    chunk.layout.encoding === 'parquet' ? { ...chunk, ...(await describeParquet(db, chunk)) } : chunk;
  const plain = readingOf(counted.layout, facility.mappings);
  const reading = facility.pseudonyms ? masked(plain) : plain;
  const sensor = settingsOf(facility.sensors, chunk.sensor);
  if (reading.streamOf) return writeMixed(db, counted, reading, sensor, prefix);
  const [[name, stream] = []] = Object.entries(reading.streams);
  if (name === undefined || !stream) throw new InternalError(`${reading.source} reads no stream`);
  const log = onlyLog(counted, reading, stream, sensor);
  const target = `${prefix}-${log.rule.family}.parquet`;
  const { rows, counts } = await writeLog(db, log, chunk.origins, target);
  return {
    files: [{ family: log.rule.family, path: target, rows }],
    logs: [{ source: sourceOf(reading, name), counts }],
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
function onlyLog(
  { path, lines }: ChunkToWrite,
  reading: Reading,
  stream: Stream,
  sensor: SensorSettings,
): LogOfChunk {
  const { sql, quick, field } = reading.relation(path, REFUSED, stream.numbers ?? {});
  const rule = stream.rule(field, sensor);
  const notValid = reading.notValid === undefined ? [] : [{ when: 'NOT valid', says: reading.notValid }];
  const log: LogOfChunk = {
    rule: { ...rule, faults: [...notValid, ...rule.faults] },
    relation: sql,
    ordinal: undefined,
    shown: reading.shown,
    refused: reading.refuses === false ? undefined : REFUSED,
    lines,
  };
  return quick === undefined ? log : { ...log, quick };
}
