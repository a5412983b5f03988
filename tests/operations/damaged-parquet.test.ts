import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigurationError, LedgerError } from '../../src/errors.ts';
import { detect } from '../../src/operations/detect.ts';
import { damageOf } from '../../src/operations/import/parquet-input.ts';
import { ledgerQuery } from '../../src/operations/ledger.ts';
import { report } from '../../src/operations/report.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';
import { writeParquet } from '../support/parquet.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const flow = (uid: string, sent: number) =>
  zeekTsv([conn({ uid, at: '2026-03-02T10:00:00Z', from: '10.0.0.1 40001', sent, got: 7, lasts: 1 })]);

const asking = ({ dir, facility }: TestLedger) => ({ facility, ledgerDir: dir, progress: () => undefined });

/** Makes the first page of a file unreadable, its length as it was: behind the magic of four bytes lies its header. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0xff, 4, 40));
}

/** Damages a file of the ledger in place, and returns its path. */
async function damageIn(ledger: TestLedger, family: string): Promise<string> {
  const file = (await ledger.snapshot()).files().find((each) => each.family === family);
  const path = join(ledger.dir, file?.path ?? '');
  damage(path);
  return path;
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test('cells damaged in place are an error of the ledger that names the file and what to do', async () => {
  const ledger = testLedger();
  await ledger.importFiles({ 'a.log': flow('C1', 1000) });
  const path = await damageIn(ledger, 'cell');
  for (const asked of [
    report({ ...asking(ledger), by: 'host' }),
    ledgerQuery({ ...asking(ledger), sql: 'SELECT * FROM cell', limit: 9 }),
  ]) {
    const error = await failure(asked);
    expect(error).toBeInstanceOf(LedgerError);
    expect(error).toMatchObject({ exitCode: 3, message: expect.stringContaining(path) });
    expect(error).toMatchObject({ message: expect.stringMatching(/run weir ledger verify.*from a backup$/) });
  }
});

test('detection, which reads days ahead of those it judges, says so too', async () => {
  const ledger = testLedger();
  const rows = Array.from({ length: 21 }, (_, day) =>
    conn({ uid: `C${day}`, at: Date.UTC(2026, 2, 2 + day, 10) * 1000, from: '10.0.0.1 40001', sent: 1000 }),
  );
  await ledger.importFiles({ 'a.log': zeekTsv(rows) });
  const cells = (await ledger.snapshot()).files().filter(({ family }) => family === 'cell');
  const last = cells.reduce((a, b) => (a.toDay > b.toDay ? a : b));
  rmSync(join(ledger.dir, last.path));
  const error = await failure(detect(asking(ledger)));
  expect(error).toBeInstanceOf(LedgerError);
  expect(error).toMatchObject({ message: expect.stringContaining(last.path) });
});

test('records damaged in place stop an import that reads them again, by name', async () => {
  const ledger = testLedger();
  await ledger.importFiles({ 'a.log': flow('C1', 1000) });
  const path = await damageIn(ledger, 'flow');
  const error = await failure(ledger.importFiles({ 'b.log': flow('C2', 2000) }));
  expect(error).toBeInstanceOf(LedgerError);
  expect(error).toMatchObject({ message: expect.stringContaining(path) });
});

test('what fails over a whole ledger is no damage of it: a wrong query stays one', async () => {
  const ledger = testLedger();
  await ledger.importFiles({ 'a.log': flow('C1', 1000) });
  for (const sql of ['SELECT * FROM nowhere', "SELECT strptime('x', '%Y') FROM cell"])
    expect(await failure(ledgerQuery({ ...asking(ledger), sql, limit: 9 })), sql).toBeInstanceOf(
      ConfigurationError,
    );
});

test('Parquet that is damaged within fails as an input, by name, whatever the engine calls it; others count', async () => {
  const ledger = testLedger(`
facility: { name: Test Centre }
mappings:
  - { name: series, files: "*.parquet", time: day, per: day, host: host, bytesOut: bytes, path: { value: border } }
`);
  const rows = "SELECT DATE '2026-03-01' AS \"day\", 'h1' AS host, 7 AS bytes";
  await writeParquet(join(ledger.logs, 'a.parquet'), rows);
  await writeParquet(join(ledger.logs, 'b.parquet'), rows.replace('7', '9'));
  damage(join(ledger.logs, 'b.parquet'));
  const { answer, failed } = await ledger.importFiles({});
  expect(failed).toBe(1);
  expect(answer.commits).toMatchObject([
    { status: 'new', accepted: 1 },
    {
      file: expect.stringContaining('b.parquet'),
      status: 'failed',
      reason: expect.stringMatching(/^damaged Parquet: .*import it again/),
    },
  ]);
  for (const kind of ['Not implemented', 'Out of Range', 'INTERNAL', 'Invalid'])
    expect(damageOf(new Error(`${kind} Error: x`)), kind).toMatch(/^damaged Parquet: x; import it again/);
  for (const words of ['IO Error: No space left on device', 'Binder Error: x'])
    expect(damageOf(new Error(words)), words).toBeUndefined();
});
