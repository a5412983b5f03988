import { readdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commitOf, dataFile } from '../../tests/ledger/bodies.ts';
import { freshLedger } from '../../tests/ledger/folders.ts';
import { ConfigurationError, LedgerError } from '../errors.ts';
import { createCheckpoint, generateKeys } from './checkpoint.ts';
import { encodeEntry, sha256Of } from './entries.ts';
import { append } from './journal.ts';
import { singlePath } from './reading.ts';
import { type VerifyOptions, verifyLedger } from './verify.ts';

/** Returns a ledger of five entries in blocks of two, each entry with a data file. */
async function ledgerOfFive(note = ''): Promise<string> {
  const dir = freshLedger({ entriesPerRoll: 2 });
  for (let i = 1; i <= 5; i += 1) {
    const file = await dataFile(dir, { path: `facts/${i}.parquet` });
    await append(dir, () => commitOf(`input ${i}${note}`, [i], [file]));
  }
  return dir;
}

const codesOf = async (dir: string, options: Partial<VerifyOptions> = {}) =>
  (await verifyLedger(dir, { files: true, ...options })).problems.map((problem) => problem.code);

describe('the journal', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await ledgerOfFive();
  });

  test('an intact ledger has no problems, and without a checkpoint the result says how little that shows', async () => {
    const result = await verifyLedger(dir, { files: true });
    expect(result).toMatchObject({ position: 5, filesNamed: 5, filesHashed: 5, problems: [], leftovers: [] });
    expect(result.statement).toMatch(/^Inner consistency only: .* only a checkpoint kept elsewhere/);
    expect((await verifyLedger(dir, { files: false })).statement).toMatch(/content was not read/);
  });

  test('a flipped bit anywhere in the journal is found', async () => {
    const folder = join(dir, 'journal');
    const files = readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
    for (const { name, bytes } of files) {
      // Every ninth byte, so that every field of every entry is met, each time another bit.
      for (let at = 0; at < bytes.length; at += 9) {
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
        writeFileSync(join(folder, name), flipped);
        const found = await codesOf(dir, { files: false });
        expect(found.length, `bit ${at % 8} of byte ${at} of ${name}`).toBeGreaterThan(0);
      }
      writeFileSync(join(folder, name), bytes);
    }
    const last = files.at(-1);
    const newline = Buffer.from(last?.bytes ?? []);
    newline.writeUInt8(0x0b, newline.length - 1);
    writeFileSync(join(folder, last?.name ?? ''), newline);
    expect(await codesOf(dir)).toContain('entry-damaged');
    writeFileSync(join(folder, last?.name ?? ''), last?.bytes ?? '');
    expect(await codesOf(dir)).toEqual([]);
  });

  test('an entry taken out of the middle and one put in its place are found', async () => {
    const single = await ledgerOfFive();
    renameSync(singlePath(single, 5), singlePath(single, 6));
    expect(await codesOf(single)).toEqual(expect.arrayContaining(['entry-missing', 'chain-broken']));
    const other = await ledgerOfFive(' of another ledger');
    const [rolled = ''] = readdirSync(join(other, 'journal'));
    const mixed = await ledgerOfFive();
    writeFileSync(join(mixed, 'journal', rolled), readFileSync(join(other, 'journal', rolled)));
    expect(await codesOf(mixed)).toEqual(['chain-broken']);
  });

  test('entries that were never admissible are found, an input committed twice above all', async () => {
    const twice = freshLedger();
    await append(twice, () => commitOf('same'));
    // A second entry that is well chained and takes the first one's input again, past append's checks.
    const previous = sha256Of(readFileSync(singlePath(twice, 1)));
    const writer = { weir: '0', host: 'h', pid: 1 };
    const entry = { seq: 2, at: new Date(0).toISOString(), previous, writer, ...commitOf('same') };
    writeFileSync(singlePath(twice, 2), encodeEntry({ ...entry, kind: 'commit' }));
    const { problems } = await verifyLedger(twice, { files: true });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'entry-inconsistent', where: 'entry 2' });
    expect(problems[0]?.message).toMatch(/committed by entry 1 already/);
  });
});

test('files that are missing, cut or changed are each named', async () => {
  const dir = await ledgerOfFive();
  const path = (i: number) => join(dir, 'facts', `${i}.parquet`);
  unlinkSync(path(1));
  writeFileSync(path(2), 'short');
  writeFileSync(path(3), readFileSync(path(3), 'utf8').replace('rows', 'ROWS'));
  const { problems } = await verifyLedger(dir, { files: true });
  expect(problems.map((problem) => [problem.code, problem.where])).toEqual([
    ['file-missing', 'facts/1.parquet'],
    ['file-changed', 'facts/2.parquet'],
    ['file-changed', 'facts/3.parquet'],
  ]);
  expect(await codesOf(dir, { files: false })).toEqual(['file-missing', 'file-changed']);
});

describe('checkpoints', () => {
  const { publicKey, privateKey } = generateKeys();

  test('an unchanged ledger that has grown since matches', async () => {
    const dir = await ledgerOfFive();
    const checkpoint = await createCheckpoint(dir, privateKey);
    await append(dir, () => commitOf('later'));
    const result = await verifyLedger(dir, { files: true, checkpoint, publicKey });
    expect(result.problems).toEqual([]);
    expect(result.statement).toMatch(/Nothing up to entry 5 has changed .* signed with the given key/);
    expect((await verifyLedger(dir, { files: true, checkpoint })).statement).toMatch(
      /signature was not checked/,
    );
  });

  test('a cut journal, a consistent rewrite and another ledger are found', async () => {
    const dir = await ledgerOfFive();
    const checkpoint = await createCheckpoint(dir, privateKey);
    const rewritten = await ledgerOfFive(' rewritten');
    rmSync(join(rewritten, 'ledger.json'));
    writeFileSync(join(rewritten, 'ledger.json'), readFileSync(join(dir, 'ledger.json')));
    expect(await codesOf(rewritten)).toEqual([]);
    expect(await codesOf(rewritten, { checkpoint, publicKey })).toEqual(['history-rewritten']);
    expect(await codesOf(await ledgerOfFive(), { checkpoint, publicKey })).toContain('checkpoint-foreign');
    unlinkSync(singlePath(dir, 5));
    expect(await codesOf(dir)).toEqual([]);
    expect(await codesOf(dir, { checkpoint, publicKey })).toEqual(['history-cut']);
  });

  test('a checkpoint changed in any field, or signed by somebody else, is forged', async () => {
    const dir = await ledgerOfFive();
    const checkpoint = await createCheckpoint(dir, privateKey);
    const forged = [
      { ...checkpoint, seq: 4 },
      { ...checkpoint, ledgerId: 'c0ffee00-0000-4000-8000-000000000000' },
      { ...checkpoint, at: new Date(0).toISOString() },
      { ...checkpoint, entrySha256: '0'.repeat(64) },
      { ...checkpoint, signature: '' },
      await createCheckpoint(dir, generateKeys().privateKey),
    ];
    for (const each of forged)
      expect(await codesOf(dir, { checkpoint: each, publicKey })).toEqual(['checkpoint-forged']);
  });

  test('a wrong key and an empty journal are refused', async () => {
    await expect(createCheckpoint(await ledgerOfFive(), 'no key')).rejects.toThrow(ConfigurationError);
    await expect(createCheckpoint(freshLedger(), privateKey)).rejects.toThrow(LedgerError);
  });
});
