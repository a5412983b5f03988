import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openDatabase } from '../../src/ledger/duckdb/database.ts';
import { daysOfFile } from '../../src/ledger/duckdb/file-days.ts';
import { contentSha256Of, type DataFile, newId, sha256Of } from '../../src/ledger/entries.ts';
import { hashFile, openLedger, publish } from '../../src/ledger/files.ts';
import { append } from '../../src/ledger/journal.ts';
import { daysOfCommit } from '../../src/operations/import/commit-days.ts';
import { parseAddress } from '../../src/records/address.ts';
import { type Column, sqlType } from '../../src/records/columns.ts';
import { FACT_COLUMNS, type FactFamily } from '../../src/records/families.ts';
import { sqlText } from '../../src/records/sql-text.ts';
import { type TestLedger, temporaryFolder } from './ledgers.ts';
import { micros } from './zeek-text.ts';

/** A record in few words: times are ISO-8601, `outer`, `assigned`, `address`, `server` (of transfers), `peer` addresses. */
export type FactWords = Readonly<Record<string, string | number | boolean | undefined>>;

/** Records by family. */
export type Facts = Partial<Readonly<Record<FactFamily, readonly FactWords[]>>>;

const DEFAULTS: Readonly<Record<string, FactWords>> = {
  session: { kind: 'ssh', event: 'begin' },
  transfer: { direction: 'out', protocol: 'gridftp', bytes: 1 },
  access: { operation: 'read', bytesReadIsBound: false },
};

/**
 * Writes records into a ledger as an import of their logs would: files, the days they make dirty, one commit. Tests of
 * what a build makes of records stay independent of how logs spell them.
 */
export async function commitFacts(ledger: TestLedger, facts: Facts): Promise<void> {
  openLedger(ledger.dir, { create: true, simulated: ledger.facility.simulated });
  const work = temporaryFolder();
  const db = await openDatabase({ root: resolve(ledger.dir), temporary: join(work, 'engine'), threads: 1 });
  try {
    const id = newId();
    const files: DataFile[] = [];
    for (const [family, rows] of Object.entries(facts)) {
      const temporary = join(work, 'engine', `${family}.parquet`);
      mkdirSync(join(work, 'engine'), { recursive: true });
      const columns: readonly Column[] = FACT_COLUMNS[family as FactFamily];
      const values = rows.map(
        (row) => `(${columns.map((column) => literal(column, family, row)).join(', ')})`,
      );
      await db.run(
        `COPY (SELECT ${columns.map(({ name, type }) => `"${name}"::${sqlType(type)} AS "${name}"`).join(', ')}
           FROM (VALUES ${values.join(', ')}) AS v(${columns.map(({ name }) => `"${name}"`).join(', ')}))
         TO ${sqlText(temporary)} (FORMAT parquet)`,
      );
      const days = await daysOfFile(db, temporary, family);
      const path = `records/${id}/${family}.parquet`;
      publish(temporary, join(ledger.dir, path));
      const span = { fromDay: days[0] ?? 0, toDay: days.at(-1) ?? 0 };
      files.push({ path, family, rows: rows.length, ...span, ...(await hashFile(join(ledger.dir, path))) });
    }
    const text = JSON.stringify(facts);
    const input = {
      sensor: 'facts',
      path: `/logs/${id}`,
      source: 'facts',
      bytesFrom: 0,
      bytesTo: text.length,
      prefixSha256: sha256Of(text),
      head: { bytes: text.length, sha256: sha256Of(text) },
      lines: 1,
      accepted: 1,
      rejected: 0,
      comments: 0,
      bytesOut: '0',
      fromMicros: null,
      toMicros: null,
      verified: true,
      streams: [],
    };
    await append(ledger.dir, async (snapshot) => ({
      kind: 'commit',
      id,
      simulated: ledger.facility.simulated,
      inputs: [input],
      files,
      days: await daysOfCommit(db, ledger.dir, { files, days: [] }, snapshot, ledger.facility),
      contentSha256: contentSha256Of([input]),
    }));
  } finally {
    db.close();
  }
}

const ADDRESSES = ['outer', 'assigned', 'assigned6', 'address', 'peer', 'server'];

function literal({ name, type }: Column, family: string, row: FactWords): string {
  const words: FactWords = { sensor: 'sessions', ...DEFAULTS[family], ...row };
  const half = /^(.+)(Hi|Lo)$/.exec(name);
  if (half && ADDRESSES.includes(half[1] ?? '')) {
    const address = parseAddress(String(words[half[1] ?? ''] ?? ''));
    if (!address) return 'NULL';
    return `${half[2] === 'Hi' ? address.hi : address.lo}`;
  }
  const value = words[name];
  if (value === undefined) return 'NULL';
  if (type === 'micros' && typeof value === 'string') return String(micros(value));
  return typeof value === 'string' ? sqlText(value) : String(value);
}
