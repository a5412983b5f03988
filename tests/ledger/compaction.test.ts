import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseFacility } from '../../src/facility/load.ts';
import { type Database, openDatabase } from '../../src/ledger/duckdb/database.ts';
import { findFlows, traceRows } from '../../src/ledger/duckdb/trace.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { hostKey, networkKey, parseAddress } from '../../src/records/address.ts';
import {
  cellsOf,
  comparable,
  PLAIN_YAML,
  type TestLedger,
  temporaryFolder,
  testLedger,
} from '../support/ledgers.ts';
import { type ConnWords, conn, zeekNdjson, zeekTsv } from '../support/zeek-text.ts';
import { compactAll } from './upkeep.ts';

const DAY = '2026-01-05';
const at = (minute: number, day = DAY) => Date.parse(`${day}T00:00:00Z`) * 1000 + minute * 60_000_000;

/** Runs something with an engine over a ledger. */
async function withEngine<Result>(dir: string, run: (db: Database) => Promise<Result>): Promise<Result> {
  const db = await openDatabase({
    root: resolve(dir),
    temporary: join(temporaryFolder(), 'engine'),
    threads: 2,
  });
  try {
    return await run(db);
  } finally {
    db.close();
  }
}

const uidRow = z.object({ uid: z.string(), row: z.bigint().transform(Number) });

/** Asserts that each record of a family leads to a line of its input that holds the record's uid; returns how many. */
async function assertWayBack(ledger: TestLedger, family: string): Promise<number> {
  const snapshot = await ledger.snapshot();
  const files = snapshot.filesFor(family, 0, 60_000);
  const texts = new Map<string, string[]>();
  const linesOf = (input: string): string[] => {
    const lines = texts.get(input) ?? readFileSync(input, 'utf8').split('\n');
    texts.set(input, lines);
    return lines;
  };
  return withEngine(ledger.dir, async (db) => {
    let traced = 0;
    for (const { path } of files) {
      const rows = await db.rows(
        `SELECT uid, file_row_number AS "row" FROM read_parquet('${resolve(ledger.dir, path)}', file_row_number=true)`,
        uidRow,
      );
      const places = await traceRows(
        db,
        snapshot,
        ledger.dir,
        rows.map(({ row }) => ({ file: path, row })),
      );
      for (const [index, { uid }] of rows.entries()) {
        const place = places[index];
        const line = place ? linesOf(place.input)[place.line - 1] : undefined;
        expect(line?.slice(0, 200) ?? 'no line').toContain(uid);
        traced += 1;
      }
    }
    return traced;
  });
}

const uid = (name: string, index: number) => `C${name}${String(index).padStart(4, '0')}x`;
const some = (name: string, count: number, words: (index: number) => Partial<ConnWords> = () => ({})) =>
  Array.from({ length: count }, (_, i) => conn({ at: at(i), uid: uid(name, i), sent: 100 + i, ...words(i) }));

/** Several inputs in a chunk: text with rejects of every kind in between, JSON lines of several logs, grown files. */
function hardFiles(): Record<string, string> {
  const text = zeekTsv(some('text', 40)).split('\n');
  text.splice(11, 0, 'too\tfew');
  text.splice(14, 1, (text[14] ?? '').replace('10.0.0.1', 'nobody'), '', '# a comment', 'bad\0byte');
  text.splice(30, 0, 'too\tfew', 'too\tfew');
  text.splice(40, 0, (text[41] ?? '').replace('198.51.100.7', '198.51.100.777'));
  const flows = some('json', 30).map((row) => ({ _path: 'conn', ...row }));
  const mixed = flows.flatMap((row, i) => [
    row,
    ...(i % 3 === 0
      ? [{ _path: 'ssl', ts: '1767571200.5', uid: uid('tls', i), server_name: 'a.example' }]
      : []),
    ...(i % 5 === 0 ? [{ _path: 'dns', ts: '1767571200.5', uid: uid('dns', i) }] : []),
  ]);
  const json = zeekNdjson(mixed).split('\n');
  json.splice(7, 0, '{"_path":"conn","ts":', 'no json');
  json.splice(20, 1, (json[20] ?? '').replace(/"ts":[^,]*/, '"ts":"never"'));
  return {
    'a.log': text.join('\n'),
    'b.json': json.join('\n'),
    'c.log': zeekTsv(some('plain', 5)),
    'd.log': zeekTsv(some('open', 6), { closed: false }),
    'e.json': zeekNdjson(some('lone', 8)),
  };
}

const grown = () => zeekTsv(some('open', 13), { closed: false });

test('the way back to input and line holds before and after compaction, of days and then of months', async () => {
  const ledger = testLedger();
  await ledger.importFiles(hardFiles());
  await ledger.importFiles({ 'd.log': grown() });
  const flows = await assertWayBack(ledger, 'flow');
  const handshakes = await assertWayBack(ledger, 'handshake');
  expect(flows).toBeGreaterThan(85);
  expect(handshakes).toBeGreaterThan(8);
  expect(await compactAll(ledger, '2026-01-20')).not.toHaveLength(0);
  expect(await assertWayBack(ledger, 'flow')).toBe(flows);
  await ledger.importFiles({
    'late.log': zeekTsv(some('late', 7)),
    'next.log': zeekTsv(some('next', 9, (i) => ({ at: at(i, '2026-01-06') }))),
  });
  expect(await compactAll(ledger, '2026-06-01')).not.toHaveLength(0);
  expect((await ledger.snapshot()).filesFor('flow', 0, 60_000)).toHaveLength(1);
  expect(await assertWayBack(ledger, 'flow')).toBe(flows + 16);
  expect(await assertWayBack(ledger, 'handshake')).toBe(handshakes);
  expect(await compactAll(ledger, '2026-06-01')).toEqual([]);
  for (const { path } of (await ledger.snapshot()).files()) {
    expect(`${path} ${(statSync(join(ledger.dir, path)).mode & 0o777).toString(8)}`).toBe(`${path} 600`);
  }
  expect((await verifyLedger(ledger.dir, { files: true })).problems).toEqual([]);
});

test('an input large enough for a chunk of its own is traced as well', async () => {
  const ledger = testLedger();
  const lines = zeekTsv(some('big', 2000, () => ({ history: 'D'.repeat(9000) }))).split('\n');
  lines.splice(1500, 0, 'too\tfew');
  const small = { 'small.log': zeekTsv(some('small', 3)), 'tail.log': zeekTsv(some('tail', 3)) };
  await ledger.importFiles({ 'big.log': lines.join('\n'), ...small });
  expect(await assertWayBack(ledger, 'flow')).toBe(2006);
  await compactAll(ledger, '2026-06-01');
  expect(await assertWayBack(ledger, 'flow')).toBe(2006);
});

test('merging keeps every row and column, and merged records amount to the same cells', async () => {
  const ledger = testLedger();
  const long = some('long', 4, (i) => ({ at: at(600 * i), lasts: 90_000, sent: 1e6 + i }));
  await ledger.importFiles({ 'a.log': zeekTsv([...some('a', 20), ...long]) });
  await ledger.importFiles({ 'b.json': zeekNdjson(some('b', 20)), 'c.log': zeekTsv(some('a', 9)) });
  const facts = async () =>
    (await ledger.facts('flow'))
      .map(({ input: _input, line: _line, ...row }) =>
        Object.keys(row)
          .sort()
          .map((name) => `${name} ${row[name]}`)
          .join(' '),
      )
      .sort();
  const [rows, cells] = [await facts(), await ledger.cells()];
  expect(await compactAll(ledger, '2026-06-01')).not.toEqual([]);
  expect(await facts()).toEqual(rows);
  const wider = parseFacility(
    PLAIN_YAML.replace('capacityGbps: 100', 'capacityGbps: 90'),
    'weir.yaml',
    ledger.dir,
  );
  const { answer } = await ledger.importFiles({}, { facility: wider });
  expect(answer.rebuiltDays).toContain(DAY);
  expect(comparable(await cellsOf(ledger.dir, wider))).toEqual(comparable(cells));
});

test('the heaviest connections of a host or network are found from either side, with line, uid and community id', async () => {
  const ledger = testLedger();
  const upload = conn({
    at: at(1),
    uid: 'Cup',
    from: '10.0.0.1 40000',
    to: '198.51.100.7 443',
    sent: 5000,
    got: 10,
  });
  const pulled = conn({
    at: at(2),
    uid: 'Cpull',
    from: '198.51.100.9 50000',
    to: '10.0.0.1 22',
    sent: 20,
    got: 9000,
  });
  const other = conn({
    at: at(3),
    uid: 'Cother',
    from: '10.0.0.2 40000',
    to: '203.0.113.1 443',
    sent: 99_999,
  });
  await ledger.importFiles({
    'a.log': zeekTsv([other, upload, pulled]),
    'open_conn.log': zeekTsv([{ ...pulled, resp_bytes: 4000 }], { path: 'open_conn' }),
  });
  await compactAll(ledger, '2026-06-01');
  const snapshot = await ledger.snapshot();
  const files = snapshot.filesFor('flow', 0, 60_000).map(({ path }) => resolve(ledger.dir, path));
  const [host, network] = [parseAddress('10.0.0.1'), parseAddress('198.51.100.0')];
  if (!host || !network) throw new Error('addresses');
  await withEngine(ledger.dir, async (db) => {
    const filter = {
      fromMicros: at(0),
      toMicros: at(1440),
      hostKeys: [hostKey(host)],
      networkKeys: [networkKey(network)],
      limit: 10,
    };
    const found = await findFlows(db, files, filter);
    expect(
      found.map(({ uid: name, bytesOut, bytesIn, initiator }) => [name, bytesOut, bytesIn, initiator]),
    ).toEqual([
      ['Cpull', 9000, 20, 'outside'],
      ['Cup', 5000, 10, 'inside'],
    ]);
    expect(found.map(({ communityId }) => communityId)).toEqual([
      expect.stringMatching(/^1:[\w+/]{27}=$/),
      expect.stringMatching(/^1:[\w+/]{27}=$/),
    ]);
    const lines = await traceRows(db, snapshot, ledger.dir, found);
    expect(lines).toEqual([
      { input: join(ledger.logs, 'a.log'), line: 11 },
      { input: join(ledger.logs, 'a.log'), line: 10 },
    ]);
    expect(await findFlows(db, files, { ...filter, fromMicros: at(10) })).toEqual([]);
  });
});
