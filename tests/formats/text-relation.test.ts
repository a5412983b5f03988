import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '../../src/ledger/duckdb/database.ts';
import type { RawRelation } from '../../src/sources/relation.ts';
import { jsonRelation } from '../../src/sources/relation.ts';
import { pairsRelation, patternRelation, raggedRelation } from '../../src/sources/text-relation.ts';
import { temporaryFolder } from '../support/ledgers.ts';

/** Returns each line's fields by name, and whether it is a line of the format. */
async function fieldsOf(
  lines: readonly string[],
  relationOf: (path: string) => RawRelation,
  names: readonly string[],
): Promise<Record<string, unknown>[]> {
  const root = temporaryFolder();
  const path = join(root, 'lines');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  const db = await openDatabase({ root, temporary: join(root, 'engine'), threads: 1 });
  try {
    const { sql, field } = relationOf(path);
    const list = names.map((name) => `${field(name)} AS "${name}"`).join(', ');
    return await db.rows(`SELECT valid, ${list} FROM ${sql}`, z.record(z.string(), z.unknown()));
  } finally {
    db.close();
  }
}

test('a pattern gives its named groups; groups that took no part and fields it has not are unset', async () => {
  const pattern = "^(?<host>\\S+) (?:a|b)(?: user=(?<user>[^ ]*))?(?<rest>'.*)?$";
  const rows = await fieldsOf(
    ["h1 a user=o'neil", "h2 b'x", 'h3 c', 'h4 a user='],
    (path) => patternRelation(path, pattern, 'refused'),
    ['host', 'user', 'rest', 'other'],
  );
  expect(rows).toEqual([
    { valid: true, host: 'h1', user: "o'neil", rest: null, other: null },
    { valid: true, host: 'h2', user: null, rest: "'x", other: null },
    { valid: false, host: null, user: null, rest: null, other: null },
    { valid: true, host: 'h4', user: null, rest: null, other: null },
  ]);
});

test('pairs stand in any order, quoted or not; a key is no part of another', async () => {
  const rows = await fieldsOf(
    [
      'date=2026-03-01 srcip=10.0.0.1 xsrcip=1.1.1.1 msg="a srcip=9.9.9.9 b" user="x \\" y"',
      'user=bob,srcip=10.0.0.2;port=',
      'nothing here',
      'srcip="" port="7"',
      'user="x srcip=9.9.9.9 port=\\" msg=y" srcip=10.0.0.4 port=5 msg="a',
      // Quotes that only seem to close: one alone, one behind a backslash, one behind a backslash that stands for itself.
      'srcip=10.0.0.5 msg="',
      'srcip=10.0.0.6 msg="a\\"',
      'srcip=10.0.0.7 msg="a\\\\"',
    ],
    (path) => pairsRelation(path, 'srcip', ['srcip', 'user', 'port', 'msg'], 'refused'),
    ['srcip', 'user', 'port', 'msg'],
  );
  expect(rows).toEqual([
    { valid: true, srcip: '10.0.0.1', user: 'x \\" y', port: null, msg: 'a srcip=9.9.9.9 b' },
    { valid: true, srcip: '10.0.0.2', user: 'bob', port: null, msg: null },
    { valid: false, srcip: null, user: null, port: null, msg: null },
    { valid: true, srcip: null, user: null, port: '7', msg: null },
    { valid: true, srcip: '10.0.0.4', user: 'x srcip=9.9.9.9 port=\\" msg=y', port: '5', msg: null },
    { valid: true, srcip: '10.0.0.5', user: null, port: null, msg: null },
    { valid: true, srcip: '10.0.0.6', user: null, port: null, msg: null },
    { valid: true, srcip: '10.0.0.7', user: null, port: null, msg: 'a\\\\' },
  ]);
});

test('ragged values keep their places: empty ones, quoted ones with separators, short and long lines', async () => {
  const rows = await fieldsOf(
    [
      'Mar  1 fw: a,,"c, ""d""",e',
      'Mar  1 fw: a',
      'Mar  1 fw: ,b',
      'no prefix,b,c,d',
      'Mar  1 fw: a,b,c,d,e,f',
    ],
    (path) =>
      raggedRelation(
        path,
        {
          fields: ['one', 'two', 'three', 'four'],
          separator: ',',
          least: 2,
          prefix: '(?<month>\\w+) +\\d+ fw: ',
        },
        'refused',
      ),
    ['month', 'one', 'two', 'three', 'four'],
  );
  expect(rows).toEqual([
    { valid: true, month: 'Mar', one: 'a', two: null, three: 'c, "d"', four: 'e' },
    { valid: false, month: 'Mar', one: 'a', two: null, three: null, four: null },
    { valid: true, month: 'Mar', one: null, two: 'b', three: null, four: null },
    expect.objectContaining({ valid: false, month: null }),
    { valid: true, month: 'Mar', one: 'a', two: 'b', three: 'c', four: 'd' },
  ]);
});

test('keys of JSON reach into objects; a list is its text, a value in the place of an object is unset', async () => {
  const rows = await fieldsOf(
    ['{"a":{"b":1,"c":[1,"x"]},"id.x":"y"}', '{"a":7}', '[1]', '{"a":{"b":{"d":null}}}', '{"a":'],
    (path) => jsonRelation(path, ['a/b', 'a/c', 'id.x'], 'refused'),
    ['a/b', 'a/c', 'id.x'],
  );
  expect(rows).toEqual([
    { valid: true, 'a/b': '1', 'a/c': '[1,"x"]', 'id.x': 'y' },
    { valid: true, 'a/b': null, 'a/c': null, 'id.x': null },
    { valid: false, 'a/b': null, 'a/c': null, 'id.x': null },
    { valid: true, 'a/b': '{"d":null}', 'a/c': null, 'id.x': null },
    { valid: false, 'a/b': null, 'a/c': null, 'id.x': null },
  ]);
});
