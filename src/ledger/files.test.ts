import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshLedger, temporaryFolder } from '../../tests/ledger/folders.ts';
import { ConfigurationError, InputError, LedgerError } from '../errors.ts';
import { sha256Of } from './entries.ts';
import {
  hashFile,
  openLedger,
  openStage,
  publish,
  readLedger,
  writeDurably,
  writeExclusively,
} from './files.ts';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('openLedger', () => {
  test('makes a ledger only when asked, readable by its owner only, and opens it again', () => {
    const dir = join(temporaryFolder(), 'deep', 'ledger');
    expect(() => openLedger(dir)).toThrow(ConfigurationError);
    expect(existsSync(dir)).toBe(false);
    const made = openLedger(dir, { create: true });
    expect(made).toMatchObject({ dir, format: 1, simulated: false, entriesPerRoll: 1000 });
    expect(openLedger(dir, { create: true })).toEqual(made);
    expect([modeOf(dir), modeOf(join(dir, 'journal')), modeOf(join(dir, 'ledger.json'))]).toEqual([
      0o700, 0o700, 0o600,
    ]);
  });

  test('a real ledger refuses simulated telemetry and the other way round', () => {
    expect(() => openLedger(freshLedger(), { simulated: false })).toThrow(InputError);
    const real = join(temporaryFolder(), 'real');
    openLedger(real, { create: true, simulated: false });
    expect(() => openLedger(real, { create: true, simulated: true })).toThrow(InputError);
    expect(openLedger(real).simulated).toBe(false);
  });

  test('another format and a damaged ledger.json are named', () => {
    const dir = freshLedger();
    writeFileSync(join(dir, 'ledger.json'), JSON.stringify({ ...readLedger(dir), format: 2 }));
    expect(() => openLedger(dir)).toThrow(/ledger format 1/);
    writeFileSync(join(dir, 'ledger.json'), '{');
    expect(() => openLedger(dir)).toThrow(LedgerError);
  });
});

test('of several writers of one name the first wins and nothing is left behind', () => {
  const path = join(temporaryFolder(), 'name');
  expect(writeExclusively(path, Buffer.from('first'), 'test')).toBe(true);
  expect(writeExclusively(path, Buffer.from('second'), 'test')).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe('first');
  expect(readdirSync(join(path, '..'))).toEqual(['name']);
});

test('a staged file is published under folders made for it, and the stage goes', async () => {
  const dir = freshLedger();
  const stage = openStage(dir);
  writeFileSync(stage.path('rows'), 'rows', { mode: 0o600 });
  const final = join(dir, 'facts', '2026', 'a.parquet');
  publish(stage.path('rows'), final);
  stage.close();
  expect(await hashFile(final)).toEqual({ bytes: 4, sha256: sha256Of('rows') });
  expect(readdirSync(join(dir, 'tmp'))).toEqual([]);
  expect(modeOf(join(dir, 'facts', '2026'))).toBe(0o700);
});

test('writeDurably replaces the whole content and leaves one private file', () => {
  const path = join(temporaryFolder(), 'state', 'a.json');
  writeDurably(path, 'a long first content');
  writeDurably(path, 'second');
  expect(readFileSync(path, 'utf8')).toBe('second');
  expect(modeOf(path)).toBe(0o600);
  expect(readdirSync(join(path, '..'))).toEqual(['a.json']);
});
