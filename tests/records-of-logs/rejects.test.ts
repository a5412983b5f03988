import { expect, test } from 'vitest';
import { sumOf, testLedger } from '../support/ledgers.ts';
import { conn, type ZeekRow, zeekNdjson, zeekTsv } from '../support/zeek-text.ts';

const AT = '2026-03-01T10:00:00Z';

/** What makes a line a reject: fields of a good connection put wrong, and the column that must be named. */
const WRONG: readonly { readonly fields: ZeekRow; readonly column: string }[] = [
  ...[
    '',
    'yesterday',
    'nan',
    'inf',
    '-inf',
    '1e400',
    '-1',
    '0',
    '99999999999999999999',
    'infinity',
    'epoch',
    '2026-13-01T00:00:00Z',
  ].map((ts) => ({ fields: { ts }, column: 'ts' })),
  ...['nan', 'inf', '-inf', '1e400', 'long', '1e300'].map((duration) => ({
    fields: { duration },
    column: 'duration',
  })),
  ...[
    '',
    '10.0.0',
    '10.0.0.0.1',
    '10.0.0.256',
    '10.0.0.-1',
    '1.2.3.4/8',
    'example.org',
    ':::',
    '1::2:',
    ':1::2',
    '1:2:3:4:5:6:7::8',
    '1:2:3',
    '2001:db8::1::2',
    '2001:db8:1:2:3:4:5:6:7',
    'g::1',
    '12345::',
    '::ffff:10.0.0.999',
    '1.2.3.4\u00a0',
  ].map((host) => ({ fields: { 'id.orig_h': host }, column: 'id.orig_h' })),
  { fields: { 'id.resp_h': 'nowhere' }, column: 'id.resp_h' },
  ...['65536', '-1', 'http', '1e9', ''].map((port) => ({
    fields: { 'id.resp_p': port },
    column: 'id.resp_p',
  })),
  { fields: { 'id.orig_p': '70000' }, column: 'id.orig_p' },
  ...[
    'orig_bytes',
    'resp_bytes',
    'missed_bytes',
    'orig_pkts',
    'orig_ip_bytes',
    'resp_pkts',
    'resp_ip_bytes',
  ].map((name) => ({ fields: { [name]: '-5' }, column: name })),
  ...['', 'many', 'nan', 'inf', '1e400', '18446744073709551616', '9007199254740993', 'T'].map((count) => ({
    fields: { orig_bytes: count },
    column: 'orig_bytes',
  })),
];

const FIELDS = [
  'ts',
  'uid',
  'id.orig_h',
  'id.orig_p',
  'id.resp_h',
  'id.resp_p',
  'proto',
  'duration',
  'orig_bytes',
  'resp_bytes',
  'missed_bytes',
  'orig_pkts',
  'orig_ip_bytes',
  'resp_pkts',
  'resp_ip_bytes',
];

test('every wrong value of a text log is a reject with its line and column; the lines around it count', async () => {
  const ledger = testLedger();
  const good = (index: number) =>
    conn({ at: AT, from: `10.0.0.1 ${1000 + index}`, uid: `C${index}`, lasts: 1, sent: 1 });
  const rows = WRONG.flatMap(({ fields }, index) => [good(index), { ...good(5000 + index), ...fields }]);
  const { answer } = await ledger.importFiles({ 'conn.log': zeekTsv(rows, { fields: FIELDS }) });
  const header = 8;
  expect(answer.rejects.map(({ line, column }) => ({ line, column }))).toEqual(
    WRONG.map(({ column }, index) => ({ line: header + 2 * (index + 1), column })),
  );
  expect(answer.commits).toMatchObject([{ accepted: WRONG.length, rejected: WRONG.length }]);
  expect(sumOf(await ledger.cells())).toEqual({ out: BigInt(WRONG.length), in: 0n, flows: WRONG.length });
});

test('every wrong value of JSON lines is a reject with its line and column', async () => {
  const ledger = testLedger();
  // Texts stay texts in JSON, so what a text log refuses is refused here too.
  const cases = WRONG.filter(
    ({ fields }) =>
      !('ts' in fields) && !('duration' in fields) && !('id.resp_p' in fields) && !('id.orig_p' in fields),
  );
  const rows = cases.map(({ fields }, index) => ({
    ...conn({ at: AT, from: `10.0.0.1 ${1000 + index}`, lasts: 1, sent: 1 }),
    ...fields,
  }));
  const { answer } = await ledger.importFiles({
    'conn.log': zeekNdjson([conn({ at: AT, sent: 1 }), ...rows]),
  });
  expect(answer.rejects.map(({ line, column }) => ({ line, column }))).toEqual(
    cases.map(({ column }, index) => ({ line: index + 2, column })),
  );
});

test('lines with too few or too many fields are rejected where they stand, beside lines that break a rule', async () => {
  const ledger = testLedger();
  const good = (index: number) => conn({ at: AT, from: `10.0.0.1 ${1000 + index}`, lasts: 1, sent: 1 });
  const wrong = { ...good(9), orig_bytes: '-1' };
  const lines = zeekTsv([wrong, good(1), good(2), wrong, good(3), wrong], { closed: false }).split('\n');
  const few = 'only\tthree\tfields';
  const many = `${lines[9]}\tone\ttoo\tmany`;
  // Both kinds at the start, at the end, next to each other and alone: 8 header lines, then
  const body = [
    few,
    lines[8],
    many,
    lines[9],
    few,
    few,
    lines[10],
    lines[11],
    many,
    lines[12],
    lines[13],
    few,
  ];
  const { answer } = await ledger.importFiles({
    'conn.log': `${[...lines.slice(0, 8), ...body].join('\n')}\n`,
  });
  expect(
    answer.rejects.map(({ line, column, reason }) => [line, column, column === 'fields' ? '' : reason]),
  ).toEqual([
    [9, 'fields', ''],
    [10, 'orig_bytes', 'not a count below 2^53'],
    [11, 'fields', ''],
    [13, 'fields', ''],
    [14, 'fields', ''],
    [16, 'orig_bytes', 'not a count below 2^53'],
    [17, 'fields', ''],
    [19, 'orig_bytes', 'not a count below 2^53'],
    [20, 'fields', ''],
  ]);
  expect(answer.commits).toMatchObject([{ accepted: 3, rejected: 9, comments: 8, lines: 20 }]);
});

test('rejects of many small files in one chunk are told with their own file and line', async () => {
  const ledger = testLedger();
  const good = conn({ at: AT, lasts: 1, sent: 1 });
  const bad = { ...good, orig_bytes: 'x' };
  const shapes = [[good, bad], [bad, good], [bad], [good], [bad, bad, good, good, bad]];
  const files = Object.fromEntries(
    shapes.map((rows, index) => {
      const shifted = rows.map((row, place) => ({ ...row, 'id.orig_p': String(100 * index + place + 1) }));
      return [
        `${index}.log`,
        zeekTsv(shifted, { closed: false }).replace(/$/, index % 2 === 0 ? 'short\n' : ''),
      ];
    }),
  );
  const { answer } = await ledger.importFiles(files);
  const told = answer.rejects.map(({ file, line, column }) => [file.slice(-5), line, column]);
  expect(told.sort()).toEqual(
    [
      ['0.log', 10, 'orig_bytes'],
      ['0.log', 11, 'fields'],
      ['1.log', 9, 'orig_bytes'],
      ['2.log', 9, 'orig_bytes'],
      ['2.log', 10, 'fields'],
      ['4.log', 9, 'orig_bytes'],
      ['4.log', 10, 'orig_bytes'],
      ['4.log', 13, 'orig_bytes'],
      ['4.log', 14, 'fields'],
    ].sort(),
  );
  expect(answer.rejects.filter(({ file }) => file.endsWith('3.log'))).toEqual([]);
  expect(answer.commits.map(({ accepted, rejected }) => [accepted, rejected])).toEqual([
    [1, 2],
    [1, 1],
    [0, 2],
    [1, 0],
    [2, 4],
  ]);
});

test('the numbers of rejected lines hold over the borders of buffers that are read in parallel', async () => {
  const ledger = testLedger();
  const pad = 'p'.repeat(900);
  const rows = Array.from({ length: 60_000 }, (_, index) => ({
    ...conn({ at: AT, from: `10.0.${index >> 8}.${index & 255} 1`, lasts: 1, sent: 1 }),
    note: pad,
  }));
  const lines = zeekTsv(rows, { closed: false }).split('\n');
  const few = [100, 20_000, 33_333, 59_999];
  const wrong = [101, 19_999, 33_335, 60_001];
  for (const at of few) lines[at] = `few\t${pad}`;
  for (const at of wrong)
    lines[at] = lines[at]?.replace('\ttcp\t1.000000\t1\t', '\ttcp\t1.000000\t-1\t') ?? '';
  const { answer } = await ledger.importFiles({ 'conn.log': lines.join('\n') });
  expect(answer.rejects.map(({ line, column }) => [line - 1, column])).toEqual(
    [...few.map((at) => [at, 'fields']), ...wrong.map((at) => [at, 'orig_bytes'])].sort(
      ([a], [b]) => Number(a) - Number(b),
    ),
  );
  expect(answer.commits).toMatchObject([{ accepted: 59_992, rejected: 8 }]);
});

test('a line with too few or too many fields is rejected with as many as it has', async () => {
  const ledger = testLedger();
  const whole = zeekTsv([conn({ at: AT, uid: 'C1', sent: 1 })]);
  const fields =
    whole
      .split('\n')
      .find((line) => line.startsWith('#fields'))
      ?.split('\t').length ?? 0;
  const { answer } = await ledger.importFiles({
    'a.log': `${whole}bad\tline\n${'x\t'.repeat(fields - 1)}x\n`,
  });
  expect(answer.rejects.map(({ reason }) => reason)).toEqual([
    `expected number of columns: ${fields - 1} found: 2`,
    `expected number of columns: ${fields - 1} found: ${fields}`,
  ]);
});
