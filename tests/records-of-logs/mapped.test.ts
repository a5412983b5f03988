import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sumOf, testLedger } from '../support/ledgers.ts';
import { writeParquet } from '../support/parquet.ts';

const yaml = (mapping: string) => `
facility: { name: Test Centre }
mappings:
  - { name: series, time: day, bytesOut: bytes, ${mapping} }
`;

const DAILY = yaml('files: "*.csv*", per: day, host: host, destination: as');

test('a day of a series is one cell, exactly, and keeps its names', async () => {
  const ledger = testLedger(DAILY);
  const { answer } = await ledger.importFiles({
    'series.csv':
      'day,host,as,bytes\n2026-03-01,host-7,AS64500,1000\n2026-03-02,10.0.0.9,198.51.100.0/24,23\n2026-03-02,2001:db8::1,2001:db8:5::/48,1\n',
  });
  expect(answer.commits).toMatchObject([
    { source: 'mapping.series', accepted: 3, rejected: 0, bytesOut: '1024' },
  ]);
  const cells = await ledger.cells();
  const named = cells.filter(({ host }) => host === 'host-7');
  expect(named).toHaveLength(1);
  expect(named[0]).toMatchObject({
    hour: '2026-03-01T00:00:00Z',
    kind: 'egress',
    network: 'AS64500',
    path: 'unknown',
    service: 'unknown',
    initiator: 'unknown',
    principal: 'unknown',
    out: 1000n,
  });
  expect(sumOf(cells, ({ host }) => host === '10.0.0.9').out).toBe(23n);
  expect(new Set(cells.map(({ host, network }) => `${host} ${network}`))).toEqual(
    new Set(['host-7 AS64500', '10.0.0.9 198.51.100.0/24', '2001:db8::/64 2001:db8:5::/48']),
  );
});

test('hourly rows with all columns, of CSV with quotes and other separators, of NDJSON', async () => {
  const mapping =
    'per: hour, host: h, destination: d, path: { value: border }, principal: p, service: s, initiator: i, bytesIn: came, flows: n, arrival: known';
  const expected = {
    hour: '2026-03-01T10:00:00Z',
    host: 'node, one',
    network: 'a "b"',
    path: 'border',
    principal: 'alice',
    service: 'https',
    initiator: 'outside',
    out: 5n,
    in: 2n,
    flows: 3,
  };
  const header = ['day', 'h', 'd', 'p', 's', 'i', 'came', 'n', 'known', 'bytes'];
  for (const separator of [',', ';', '\t', '|']) {
    const csv = testLedger(yaml(`files: "*.csv", ${mapping}`));
    const cells = [
      '2026-03-01T10:59:59Z',
      '"node, one"',
      '"a ""b"""',
      'alice',
      'https',
      'outside',
      '2',
      '3',
      '2026-03-01T11:30:00Z',
      '5',
    ];
    await csv.importFiles({ 'x.csv': `${header.join(separator)}\n${cells.join(separator)}\n` });
    expect(await csv.cells()).toMatchObject([expected]);
  }
  const json = testLedger(yaml(`files: "*.ndjson", ${mapping}`));
  const row = {
    day: 1_772_359_200,
    h: 'node, one',
    d: 'a "b"',
    p: 'alice',
    s: 'https',
    i: 'outside',
    came: 2,
    n: 3,
    known: 1_772_364_600_000,
    bytes: 5,
  };
  await json.importFiles({ 'x.ndjson': `${JSON.stringify(row)}\n` });
  expect(await json.cells()).toMatchObject([expected]);
});

test('rows of CSV that are no rows are rejected with their line, a quote that never ends takes no other row', async () => {
  const ledger = testLedger(DAILY);
  const lines = [
    'day,host,as,bytes',
    '2026-03-01,a,AS1,1',
    '2026-03-01,a,AS1,-1',
    '2026-03-01,"a,AS1,7',
    '2026-03-01,b,AS1,1',
    'someday,a,AS1,1',
    '2026-03-01,a,AS1',
    '2026-03-01,a,AS1,1,2',
    '2026-03-01,a,AS1,',
    '2026-03-01,"c""d",AS1,1',
    '2026-03-01,e"f,AS1,1',
    '',
    '2026-03-01,g,AS1,1',
  ];
  const { answer } = await ledger.importFiles({ 'x.csv': `${lines.join('\n')}\n` });
  expect(answer.rejects.map(({ line, column }) => [line, column])).toEqual([
    [3, 'bytes'],
    [4, null],
    [6, 'day'],
    [7, 'fields'],
    [8, 'fields'],
    [9, 'bytes'],
    [11, null],
  ]);
  expect(answer.commits).toMatchObject([{ lines: 13, accepted: 4, rejected: 7, comments: 2 }]);
  expect(new Set((await ledger.cells()).map(({ host }) => host))).toEqual(new Set(['a', 'b', 'c"d', 'g']));
});

test('a day of another time zone lies on the two UTC days it really had', async () => {
  const ledger = testLedger(DAILY.replace('per: day', 'per: day, timezone: Asia/Shanghai'));
  await ledger.importFiles({ 'x.csv': 'day,host,as,bytes\n2026-03-02,a,AS1,2400\n' });
  const cells = await ledger.cells();
  expect(cells.map(({ hour, out }) => [hour, out])).toEqual([
    ['2026-03-01T16:00:00Z', 800n],
    ['2026-03-02T00:00:00Z', 1600n],
  ]);
});

test('times without a zone are in the mapping’s, times with one are their own', async () => {
  const ledger = testLedger(yaml('files: "*.csv", per: hour, timezone: Asia/Shanghai'));
  await ledger.importFiles({
    'x.csv':
      'day,bytes\n2026-03-01 18:30:00,1\n2026-03-01T10:30:00Z,2\n1772361000,4\n2026-03-01T12:30:00+02:00,8\n',
  });
  expect((await ledger.cells()).map(({ hour, out }) => [hour, out])).toEqual([['2026-03-01T10:00:00Z', 15n]]);
});

test('Parquet of dates, timestamps and big integers; a damaged one fails alone', async () => {
  const ledger = testLedger(yaml('files: "*.parquet", per: day, host: "the host", destination: as'));
  mkdirSync(ledger.logs, { recursive: true });
  await writeParquet(
    join(ledger.logs, 'a.parquet'),
    `SELECT * FROM (VALUES (DATE '2026-03-01', 'h1', 'AS1', 9007199254740991::HUGEINT), (DATE '2026-03-02', 'h2', NULL, 5), (DATE '2026-03-02', 'h2', NULL, NULL), (DATE '2026-03-03', 'h3', 'AS1', -1)) AS t("day", "the host", "as", "bytes")`,
  );
  await writeParquet(
    join(ledger.logs, 'b.parquet'),
    `SELECT TIMESTAMP '2026-03-01 00:00:00' AS "day", 7 AS "bytes"`,
  );
  const { answer } = await ledger.importFiles({
    'c.parquet': `PAR1${'x'.repeat(500)}PAR1`,
    'd.parquet': 'PAR1',
  });
  expect(answer.commits.map(({ status, accepted, rejected }) => [status, accepted, rejected])).toEqual([
    ['new', 2, 2],
    ['new', 1, 0],
    ['failed', 0, 0],
    ['failed', 0, 0],
  ]);
  expect(answer.rejects.map(({ line, column }) => [line, column])).toEqual([
    [3, 'bytes'],
    [4, 'bytes'],
  ]);
  expect(sumOf(await ledger.cells()).out).toBe(9_007_199_254_740_991n + 12n);
});

test('a mapping reads compressed files, and a grown one goes on behind its header', async () => {
  const ledger = testLedger(DAILY);
  const text = 'day,host,as,bytes\n2026-03-01,a,AS1,1\n';
  await ledger.importFiles({ 'x.csv': text });
  const { answer } = await ledger.importFiles(
    { 'x.csv.gz': gzipSync(`${text}2026-03-02,a,AS1,2\n`) },
    { paths: ['x.csv.gz'] },
  );
  expect(answer.commits).toMatchObject([{ status: 'grown', accepted: 1, rejected: 0 }]);
  expect(sumOf(await ledger.cells()).out).toBe(3n);
});

test('a zone may be an offset, and its hours need not be whole ones of UTC', async () => {
  for (const [zone, first, before] of [
    ['+08:00', '2026-03-01T16:00:00Z', 8n],
    ['-03:30', '2026-03-02T03:00:00Z', 21n],
    ['Asia/Kolkata', '2026-03-01T18:00:00Z', 6n],
    ['America/New_York', '2026-03-02T05:00:00Z', 19n],
  ] as const) {
    const ledger = testLedger(DAILY.replace('per: day', `per: day, timezone: "${zone}"`));
    await ledger.importFiles({ 'x.csv': 'day,host,as,bytes\n2026-03-02,a,AS1,24\n' });
    const [early, late] = await ledger.cells();
    expect([zone, early?.hour, early?.out, late?.out]).toEqual([zone, first, before, 24n - before]);
  }
});
