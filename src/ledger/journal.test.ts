import { cpSync, existsSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildOf, commitOf, dataFile } from '../../tests/ledger/bodies.ts';
import { freshLedger, temporaryFolder } from '../../tests/ledger/folders.ts';
import { InputError, InternalError, LedgerError } from '../errors.ts';
import {
  type BodyInput,
  contentSha256Of,
  decodeEntry,
  encodeEntry,
  newId,
  sha256Of,
  ZERO_SHA256,
} from './entries.ts';
import { readLedger } from './files.ts';
import { append, rollBefore } from './journal.ts';
import { readAfter, rolledPath, START, singlePath } from './reading.ts';
import { readSnapshot } from './snapshot.ts';

describe('append', () => {
  test('numbers entries from 1 and chains each to the exact bytes of the one before', async () => {
    const dir = freshLedger();
    await append(dir, () => commitOf('first'));
    await append(dir, () => commitOf('second'));
    const lines = readAfter(readLedger(dir), START);
    expect(lines.map((line) => line.seq)).toEqual([1, 2]);
    const [first, second] = lines.map((line) => JSON.parse(line.bytes.toString()));
    expect(first.previous).toBe(ZERO_SHA256);
    expect(second.previous).toBe(sha256Of(readFileSync(singlePath(dir, 1))));
  });

  test('writes nothing when there is nothing to say', async () => {
    const dir = freshLedger();
    expect(await append(dir, () => undefined)).toBeUndefined();
    expect(readdirSync(join(dir, 'journal'))).toEqual([]);
  });

  test('prepares again with what came when another writer was faster', async () => {
    const dir = freshLedger();
    const seen: number[] = [];
    const entry = await append(dir, async (snapshot) => {
      seen.push(snapshot.position);
      if (seen.length === 1) await append(dir, () => commitOf('faster'));
      return commitOf('slower');
    });
    expect(seen).toEqual([0, 1]);
    expect(entry?.seq).toBe(2);
  });

  test('refuses an input range that was taken, a missing file, an id used before, the wrong kind of telemetry', async () => {
    const dir = freshLedger();
    const first = commitOf('same');
    await append(dir, () => first);
    await expect(append(dir, () => commitOf('same'))).rejects.toThrow(InternalError);
    await expect(append(dir, () => ({ ...commitOf('other'), id: first.id }))).rejects.toThrow(InternalError);
    await expect(append(dir, () => ({ ...commitOf('other'), simulated: false }))).rejects.toThrow(InputError);
    const doubled = [...commitOf('two').inputs, ...commitOf('two').inputs];
    const twice = { ...commitOf('two'), inputs: doubled, contentSha256: contentSha256Of(doubled) };
    await expect(append(dir, () => twice)).rejects.toThrow(/takes .* twice/);
    const mislabelled = { ...commitOf('other'), contentSha256: first.contentSha256 };
    await expect(append(dir, () => mislabelled)).rejects.toThrow(
      /contentSha256 that is not that of its inputs/,
    );
    const file = await dataFile(dir, { path: 'facts/a.parquet' });
    const absent = { ...file, path: 'facts/b.parquet' };
    await expect(append(dir, () => commitOf('other', [0], [absent]))).rejects.toThrow(LedgerError);
    const escaping = { ...file, path: '../facts/a.parquet' };
    await expect(append(dir, () => commitOf('other', [0], [escaping]))).rejects.toThrow(InternalError);
    expect((await readSnapshot(dir)).position).toBe(1);
  });

  test('a range without bytes takes nothing: what is known of a file can be said as often as it is met', async () => {
    const dir = freshLedger();
    const nothing = () => {
      const commit = commitOf('abcdef');
      const inputs = commit.inputs.map((input) => ({ ...input, bytesFrom: 6, lines: 0, accepted: 0 }));
      return { ...commit, inputs, contentSha256: contentSha256Of(inputs) };
    };
    await append(dir, nothing);
    await append(dir, () => commitOf('abcdef'));
    expect((await append(dir, nothing))?.seq).toBe(3);
    await expect(append(dir, () => commitOf('abcdef'))).rejects.toThrow(/committed by entry 2 already/);
  });

  test('refuses a compaction that changes the number of rows', async () => {
    const dir = freshLedger();
    const a = await dataFile(dir, { path: 'facts/a.parquet', rows: 3 });
    const b = await dataFile(dir, { path: 'facts/b.parquet', rows: 4 });
    await append(dir, () => commitOf('x', [0], [a, b]));
    const compact = async (rows: number) => {
      const files = [await dataFile(dir, { path: `facts/c-${rows}.parquet`, rows })];
      return append(dir, () => ({ kind: 'compact', id: newId(), replaced: [a.path, b.path], files }));
    };
    await expect(compact(8)).rejects.toThrow(InternalError);
    expect((await compact(7))?.seq).toBe(2);
  });
});

test('an entry never names a file twice, takes out what is not there, mixes facts with what was built of them or seals a day again', async () => {
  const dir = freshLedger();
  const [fact, other] = [
    await dataFile(dir, { path: 'facts/a.parquet' }),
    await dataFile(dir, { path: 'facts/b.parquet' }),
  ];
  const built = await dataFile(dir, { path: 'builds/a.parquet' });
  await append(dir, () => commitOf('x', [0], [fact, other]));
  const hash = sha256Of('inputs');
  await append(dir, () => buildOf(0, hash, [built]));
  const refuses = async (body: BodyInput, why: RegExp) => {
    await expect(append(dir, () => body)).rejects.toThrow(InternalError);
    await expect(append(dir, () => body)).rejects.toThrow(why);
  };
  const replacing = async (...replaced: string[]): Promise<BodyInput> => {
    const path = `facts/${newId()}.parquet`;
    return { kind: 'compact', id: newId(), replaced, files: [await dataFile(dir, { path, rows: 2 })] };
  };
  await refuses(commitOf('y', [0], [fact]), /a name used before/);
  await refuses(await replacing(fact.path, 'facts/never.parquet'), /no part of the ledger/);
  await refuses(await replacing(fact.path, built.path), /mixes facts with built files/);
  const expired = { kind: 'expire', id: newId(), reason: 'superseded', paths: ['builds/b.parquet'] } as const;
  await refuses({ ...expired, paths: [...expired.paths] }, /no part of the ledger/);
  await append(dir, () => ({ kind: 'seal', id: newId(), days: [{ day: 0, inputsSha256: hash }] }));
  await refuses(
    { kind: 'seal', id: newId(), days: [{ day: 0, inputsSha256: hash }] },
    /day 0 is sealed already/,
  );
  await refuses(
    { kind: 'seal', id: newId(), days: [{ day: 1, inputsSha256: hash }] },
    /a build it does not have/,
  );
  // What a compaction took out stays named: nobody may put other rows under its name.
  await append(dir, await replacing(fact.path, other.path).then((body) => () => body));
  await refuses(commitOf('y', [0], [fact]), /a name used before/);
  expect((await readSnapshot(dir)).position).toBe(4);
});

describe('roll', () => {
  test('keeps the bytes of every entry and goes on after them', async () => {
    const dir = freshLedger({ entriesPerRoll: 3 });
    for (let i = 0; i < 7; i += 1) await append(dir, () => commitOf(`input-${i}`));
    expect(readdirSync(join(dir, 'journal')).sort()).toEqual([
      '000000000001-000000000003.ndjson',
      '000000000004-000000000006.ndjson',
      '000000000007.json',
    ]);
    const lines = readAfter(readLedger(dir), START);
    expect(lines).toHaveLength(7);
    const second = lines[1];
    expect(readAfter(readLedger(dir), { seq: 2, sha256: second?.sha256 ?? '' })).toEqual(lines.slice(2));
  });

  test('is the same with the rolled file and single ones both there, and finishes what a crash left', async () => {
    const dir = freshLedger({ entriesPerRoll: 2 });
    await append(dir, () => commitOf('a'));
    const single = readFileSync(singlePath(dir, 1));
    await append(dir, () => commitOf('b'));
    const before = readAfter(readLedger(dir), START);
    const last = before[1]?.bytes ?? Buffer.of();
    writeFileSync(singlePath(dir, 1), single);
    writeFileSync(singlePath(dir, 2), last);
    expect(readAfter(readLedger(dir), START)).toEqual(before);
    rollBefore(readLedger(dir), 3);
    expect(readdirSync(join(dir, 'journal'))).toEqual(['000000000001-000000000002.ndjson']);
  });

  test('gives back a number that a roll has freed, and readers never see what stood there', async () => {
    const dir = freshLedger({ entriesPerRoll: 2 });
    await append(dir, () => commitOf('a'));
    let calls = 0;
    const late = await append(dir, async (snapshot) => {
      calls += 1;
      // While this one still prepares entry 2, others write entries 2 to 4 and roll 1 to 4: number 2 is free on disk.
      if (calls === 1) for (const name of ['b', 'c', 'd']) await append(dir, () => commitOf(name));
      return { kind: 'audit', id: newId(), payload: { preparedAt: snapshot.position } };
    });
    expect(calls).toBe(2);
    expect(late).toMatchObject({ seq: 5, payload: { preparedAt: 4 } });
    expect(existsSync(singlePath(dir, 2))).toBe(false);

    const phantom = { ...late, seq: 2, id: newId() } as Parameters<typeof encodeEntry>[0];
    writeFileSync(singlePath(dir, 2), encodeEntry(phantom));
    expect(readAfter(readLedger(dir), START)).toHaveLength(5);
    expect(readFileSync(rolledPath(readLedger(dir), 2), 'utf8')).not.toContain(phantom.id);
  });
});

test('a reader refuses a journal with a hole and one that got shorter', async () => {
  const dir = freshLedger();
  for (const name of ['a', 'b', 'c']) await append(dir, () => commitOf(name));
  const copy = join(temporaryFolder(), 'copy');
  cpSync(dir, copy, { recursive: true });
  unlinkSync(singlePath(copy, 2));
  await expect(readSnapshot(copy)).rejects.toThrow(/entry 2 .* is missing/);
  expect((await readSnapshot(dir)).position).toBe(3);
  unlinkSync(singlePath(dir, 3));
  await expect(readSnapshot(dir)).rejects.toThrow(/entry 3 .* is gone/);
});

test('a reader refuses an entry that does not follow the one before it as it was written, or bears another number', async () => {
  const dir = freshLedger();
  for (const name of ['a', 'b', 'c']) await append(dir, () => commitOf(name));
  const entryAt = (seq: number) => decodeEntry(readFileSync(singlePath(dir, seq)), 'here');
  const copyWith = (seq: number, part: object) => {
    const copy = join(temporaryFolder(), 'copy');
    cpSync(dir, copy, { recursive: true });
    writeFileSync(singlePath(copy, seq), encodeEntry({ ...entryAt(seq), ...part }));
    return copy;
  };
  await expect(readSnapshot(copyWith(2, {}))).resolves.toMatchObject({ position: 3 });
  // Each of these is an entry with a checksum that holds.
  await expect(readSnapshot(copyWith(2, { at: new Date(0).toISOString() }))).rejects.toThrow(
    /broken at entry 3: it does not follow entry 2/,
  );
  await expect(readSnapshot(copyWith(3, { previous: ZERO_SHA256 }))).rejects.toThrow(/broken at entry 3/);
  await expect(readSnapshot(copyWith(3, { seq: 4 }))).rejects.toThrow(/broken at entry 3/);
});
