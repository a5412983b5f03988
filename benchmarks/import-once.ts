/**
 * One measured piece of work in a process of its own, told on standard output as JSON; import.ts starts it.
 * Run: npx tsx benchmarks/import-once.ts weir|copy|scan|gunzip FILE
 */
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { openDatabase } from '../src/ledger/duckdb/database.ts';
import { sqlText } from '../src/records/sql-text.ts';
import { WORK } from './generate.ts';
import { importFresh } from './subject.ts';

/** The columns of the generated logs, typed, in the order of the file. */
const COLUMNS = {
  ts: 'DOUBLE',
  uid: 'VARCHAR',
  orig_h: 'VARCHAR',
  orig_p: 'USMALLINT',
  resp_h: 'VARCHAR',
  resp_p: 'USMALLINT',
  proto: 'VARCHAR',
  service: 'VARCHAR',
  duration: 'DOUBLE',
  orig_bytes: 'UBIGINT',
  resp_bytes: 'UBIGINT',
  conn_state: 'VARCHAR',
  local_orig: 'VARCHAR',
  local_resp: 'VARCHAR',
  missed_bytes: 'UBIGINT',
  history: 'VARCHAR',
  orig_pkts: 'UBIGINT',
  orig_ip_bytes: 'UBIGINT',
  resp_pkts: 'UBIGINT',
  resp_ip_bytes: 'UBIGINT',
  tunnel_parents: 'VARCHAR',
};
/** What Weir's records have no column for. */
const UNUSED = ['local_orig', 'local_resp'];

const kept = Object.keys(COLUMNS).filter((name) => !UNUSED.includes(name));

function readSql(file: string): string {
  const columns = Object.entries(COLUMNS).map(([name, type]) => `'${name}': '${type}'`);
  return `read_csv(${sqlText(file)}, delim='\\t', header=false, quote='', escape='', comment='#', nullstr='-',
    auto_detect=false, columns={${columns.join(', ')}})`;
}

async function withEngine<Result>(
  work: (db: Awaited<ReturnType<typeof openDatabase>>, folder: string) => Promise<Result>,
) {
  const folder = join(WORK, `engine-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  // The engine as Weir opens it: as many threads, as much memory, insertion order kept.
  const db = await openDatabase({ root: WORK, temporary: folder });
  try {
    return await work(db, folder);
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const PIECES: Readonly<Record<string, (file: string) => Promise<number>>> = {
  weir: importFresh,
  copy: (file) =>
    withEngine(async (db, folder) => {
      const target = join(folder, 'copy.parquet');
      const reader = await db.connection.runAndReadAll(
        `COPY (SELECT ${kept.join(', ')} FROM ${readSql(file)}) TO ${sqlText(target)} (FORMAT parquet)`,
      );
      return Number(reader.getRowsJS()[0]?.[0] ?? 0);
    }),
  scan: (file) =>
    withEngine(async (db) => {
      const sums = kept.map((name) =>
        COLUMNS[name as keyof typeof COLUMNS] === 'VARCHAR' ? `count(${name})` : `sum(${name})`,
      );
      const [row] = await db.rows(
        `SELECT count(*) AS n, ${sums.join(', ')} FROM ${readSql(file)}`,
        z.object({ n: z.bigint() }),
      );
      return Number(row?.n ?? 0n);
    }),
  gunzip: async (file) => {
    let bytes = 0;
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.length;
        done();
      },
    });
    await pipeline(
      createReadStream(file, { highWaterMark: 1 << 20 }),
      createGunzip({ chunkSize: 1 << 20 }),
      sink,
    );
    return bytes;
  },
};

const [piece = '', file = ''] = process.argv.slice(2);
const work = PIECES[piece];
if (!work) throw new Error(`no such piece of work: ${piece}; give one of ${Object.keys(PIECES).join(', ')}`);
const cpu = process.cpuUsage();
const began = performance.now();
const amount = await work(file);
const wallSeconds = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    amount,
    wallSeconds,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1000,
  }),
);
