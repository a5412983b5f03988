import { z } from 'zod';
import type { Address } from '../../records/address.ts';
import { sqlText } from '../../records/sql-text.ts';
import type { SensorSettings, Stream } from '../../sources/format.ts';
import { readingOf } from '../../sources/formats.ts';
import type { Layout } from '../../sources/layout.ts';
import { selectList, valuesSql } from '../../sources/record.ts';
import type { RawRelation } from '../../sources/relation.ts';
import type { Database } from './database.ts';
import { forgetRefused, REFUSED } from './ingest.ts';

/** The ends of a connection and the bytes between them, as far as its log counts any. */
export interface SampledFlow {
  readonly orig: Address;
  readonly resp: Address;
  readonly bytes: number;
}

/** Nothing is known of the sensor yet; the ends of a connection depend on none of it. */
const NOBODY: SensorSettings = {
  name: 'sample',
  format: undefined,
  timezone: 'UTC',
  year: undefined,
  samplingRate: undefined,
  samplingScaled: false,
};

const number = z.union([z.bigint(), z.number()]).transform(Number);
const row = z.object({
  origHi: z.bigint(),
  origLo: z.bigint(),
  respHi: z.bigint(),
  respLo: z.bigint(),
  bytes: number,
});

/** Returns the first connections of a staged chunk, at most `most`; none where its log is not one of connections. */
export async function sampleFlows(
  db: Database,
  path: string,
  layout: Layout,
  most: number,
): Promise<SampledFlow[]> {
  await forgetRefused(db);
  const reading = readingOf(layout, []);
  const raw = reading.relation(path, REFUSED, {});
  const found: SampledFlow[] = [];
  for (const [name, stream] of Object.entries(reading.streams)) {
    if (stream.pattern !== undefined || found.length >= most) continue;
    const ofStream = reading.streamOf
      ? `(SELECT * FROM ${raw.sql} WHERE valid AND (${reading.streamOf(raw.field)}) = ${sqlText(name)})`
      : raw.sql;
    found.push(...(await endsOf(db, raw, stream, ofStream, most - found.length)));
    await forgetRefused(db);
  }
  return found;
}

async function endsOf(
  db: Database,
  raw: RawRelation,
  stream: Stream,
  relation: string,
  most: number,
): Promise<SampledFlow[]> {
  const rule = stream.rule(raw.field, NOBODY);
  if (rule.family !== 'flow') return [];
  const bytes = ['orig', 'resp'].map((end) => `coalesce(${end}Bytes, ${end}IpBytes, 0)`).join(' + ');
  const rows = await db.rows(
    `SELECT origHi, origLo, respHi, respLo, ${bytes} AS bytes
     FROM (SELECT ${selectList(rule.columns)} FROM ${valuesSql(rule, relation)})
     WHERE origLo IS NOT NULL AND respLo IS NOT NULL LIMIT ${Math.floor(most)}`,
    row,
  );
  return rows.map((each) => ({
    orig: { hi: each.origHi, lo: each.origLo },
    resp: { hi: each.respHi, lo: each.respLo },
    bytes: each.bytes,
  }));
}
