import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../tests/support/ledgers.ts';
import { refusalOf } from './refusals.ts';

function refused(operation: () => unknown, place?: string): string | undefined {
  try {
    operation();
  } catch (error) {
    return refusalOf(error, place);
  }
  throw new Error('nothing was refused');
}

test('what the machine refuses is said with its place and what to do', () => {
  const dir = temporaryFolder();
  const file = join(dir, 'file');
  writeFileSync(file, '');
  symlinkSync('loop', join(dir, 'loop'));
  expect(refused(() => mkdirSync(join(file, 'journal')))).toBe(
    `${join(file, 'journal')}: a part of the path is a file, not a folder; name another path`,
  );
  expect(refused(() => readFileSync(dir), dir)).toBe(`${dir}: it is a folder, not a file; name a file`);
  expect(refused(() => readFileSync(join(dir, 'loop')))).toContain('leads to itself');
  // What a full disk answers, and what the engine makes of it.
  expect(refused(() => writeFileSync('/dev/full', 'x'))).toMatch(
    /no space is left; make room and run the command again/,
  );
  const engine = new Error('IO Error: Could not write file "/x/y": No space left on device');
  expect(refusalOf(engine)).toMatch(/no space is left/);
});

test('on a read-only file system and without permission too, by the codes of the system', () => {
  const of = (code: string, syscall = 'open') =>
    refusalOf(Object.assign(new Error(code), { code, syscall, path: '/ledger/tmp' }));
  expect(of('EACCES')).toBe(
    '/ledger/tmp: no permission; run weir as a user who has it, or give it to this one',
  );
  expect(of('EROFS')).toMatch(/read-only/);
  expect(of('ENOENT', 'mkdir')).toMatch(/read-only/);
});

test('a missing file and a mistake of Weir are no refusals', () => {
  const dir = temporaryFolder();
  expect(refused(() => readFileSync(join(dir, 'none')))).toBeUndefined();
  expect(refusalOf(new TypeError('x is undefined'))).toBeUndefined();
  expect(refusalOf('text')).toBeUndefined();
});
