import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceMapping } from './recognise.ts';
import { stageInputs } from './stage.ts';
import {
  connLines,
  connLog,
  createFolder,
  type Folder,
  placedLines,
  sha256,
  stageAll,
  stageFile,
} from './test-reading.ts';

let folder: Folder;
beforeEach(() => {
  folder = createFolder();
});
afterEach(() => folder.remove());

const texts = (everything: { chunks: Parameters<typeof placedLines>[0] }, input = 0): string[] =>
  placedLines(everything.chunks, input).map(({ text }) => text);

describe('grouping', () => {
  it('puts small inputs of one layout and sensor into one chunk', async () => {
    folder.write('a/conn.07:00:00-08:00:00.log.gz', gzipSync(connLog(3)));
    folder.write('a/conn.08:00:00-09:00:00.log.gz', gzipSync(connLog(2, 3)));
    folder.write('a/ssl.log', connLog(1).replace('#path\tconn', '#path\tssl'));
    folder.write('b/conn.log', connLog(2, 9));
    const sensorOf = (path: string): string => path.slice(folder.path.length + 1, folder.path.length + 2);
    const { chunks, order } = await stageAll([folder.path], { sensorOf });
    expect(chunks.map(({ sensor, lines, segments }) => ({ sensor, lines, segments }))).toEqual([
      {
        sensor: 'a',
        lines: 5,
        segments: [
          { input: 0, firstLine: 9, lines: 3 },
          { input: 1, firstLine: 9, lines: 2 },
        ],
      },
      { sensor: 'a', lines: 1, segments: [{ input: 2, firstLine: 9, lines: 1 }] },
      { sensor: 'b', lines: 2, segments: [{ input: 3, firstLine: 9, lines: 2 }] },
    ]);
    expect(chunks[0]?.text).toBe([...connLines(5), ''].join('\n'));
    expect(chunks.every(({ unsettled }) => unsettled === undefined)).toBe(true);
    expect(order.map((item) => (item.kind === 'input' ? [item.index, item.settled] : 'chunk'))).toEqual([
      'chunk',
      'chunk',
      'chunk',
      [0, false],
      [1, false],
      [2, false],
      [3, true],
    ]);
  });

  it('cuts a large input at line ends into chunks of its own, before it is known to be good', async () => {
    folder.write('a.log', connLog(2, 7_000));
    folder.write('b.log', connLog(1_000));
    const { order, chunks } = await stageAll([folder.path], {
      groupBytes: 2_000,
      chunkBytes: 5_000,
      readBytes: 500,
    });
    const own = chunks.filter(({ unsettled }) => unsettled === 1);
    expect(own.length).toBeGreaterThan(5);
    expect(
      own.every(({ bytes, text }) => bytes < 5_600 && bytes === text.length && text.endsWith('\n')),
    ).toBe(true);
    expect(texts({ chunks }, 1)).toEqual(connLines(1_000));
    expect(order.map((item) => (item.kind === 'input' ? item.index : item.unsettled))).toEqual([
      undefined,
      0,
      ...own.map(() => 1),
      1,
    ]);
  });

  it('accounts for inputs in their order, whatever their size and fate', async () => {
    folder.write('a.log', connLog(2));
    folder.write('b.log', connLog(2));
    folder.write('c.log', connLog(300, 50));
    folder.write('d.txt', 'text\n');
    folder.write('e.log', connLog(1, 9_000));
    folder.write('f.txt', 'text\n');
    const { order } = await stageAll([folder.path], { groupBytes: 3_000, chunkBytes: 5_000, readBytes: 500 });
    const inputs = order.filter((item) => item.kind === 'input');
    expect(inputs.map(({ index, status }) => [index, status])).toEqual([
      [0, 'new'],
      [1, 'known'],
      [2, 'new'],
      [3, 'left-alone'],
      [4, 'new'],
      [5, 'left-alone'],
    ]);
    expect(inputs.map(({ settled }) => settled)).toEqual([false, true, true, true, false, true]);
  });

  it('keeps streams, columns and separators of one file apart', async () => {
    const custom = '#separator \\x7c\n#unset_field|?\n#path|ssh\n#fields|ts|uid\n7|C7\n';
    const labelled = connLog(1).replace('\torig_bytes', '\torig_bytes\tlabel');
    const dns = connLog(3).replace('#path\tconn', '#path\tdns');
    const file = folder.write('conn.log', connLog(2) + custom + dns + labelled + connLog(1, 2));
    const { chunks, leftAlone, staged, lines } = await stageFile(file);
    expect(leftAlone).toEqual({ 'zeek.dns': 3 });
    expect({ staged, lines }).toEqual({ staged: 5, lines: 10 + 5 + 11 + 9 + 9 });
    expect(chunks.map(({ layout, lines: count }) => [layout, count])).toEqual([
      [
        expect.objectContaining({
          stream: 'conn',
          separator: '\t',
          fields: ['ts', 'uid', 'id.orig_h', 'orig_bytes'],
        }),
        3,
      ],
      [expect.objectContaining({ stream: 'ssh', separator: '|', unsetField: '?', fields: ['ts', 'uid'] }), 1],
      [expect.objectContaining({ fields: ['ts', 'uid', 'id.orig_h', 'orig_bytes', 'label'] }), 1],
    ]);
    expect(chunks[0]?.segments).toEqual([
      { input: 0, firstLine: 9, lines: 2 },
      { input: 0, firstLine: 44, lines: 1 },
    ]);
  });

  it('takes JSON of all streams in one file as it is, and unites the keys', async () => {
    folder.write('a', '{"_path":"conn","ts":1}\n{"_path":"dns","ts":2}\n');
    folder.write('b', '{"_path":"ssl","server_name":"x"}\n{"cut":\n');
    const { chunks, inputs } = await stageAll([folder.path]);
    expect(chunks.map(({ lines, layout }) => [lines, layout.fields])).toEqual([
      [4, ['_path', 'server_name', 'ts']],
    ]);
    expect(inputs.map(({ status, staged }) => [status, staged])).toEqual([
      ['new', 2],
      ['new', 2],
    ]);
  });

  it('reads mapped CSV without its header, and Parquet in place', async () => {
    const parquet = folder.write('x.parquet', 'PAR1 any bytes PAR1');
    folder.write('x.csv', '\uFEFFtime,host\r\n1,a\r\n\r\n2,b\r\n');
    const mappingOf = (path: string): SourceMapping =>
      path.endsWith('csv') ? { name: 'series', format: 'csv' } : { name: 'cells', format: 'parquet' };
    const { chunks, inputs } = await stageAll([folder.path], { mappingOf });
    const csv = chunks.find(({ layout }) => layout.encoding === 'csv');
    expect([csv?.text, csv?.layout.fields]).toEqual(['1,a\n2,b\n', ['time', 'host']]);
    expect(inputs[0]).toMatchObject({ lines: 4, staged: 2, comments: 2 });
    const whole = chunks.find(({ layout }) => layout.encoding === 'parquet');
    expect(whole).toMatchObject({ path: parquet, bytes: 19, unsettled: 1 });
    expect(inputs[1]).toMatchObject({ status: 'new', bytesTo: 19, sha256: sha256('PAR1 any bytes PAR1') });
    expect(readdirSync(folder.path)).toContain('x.parquet');
  });

  it('keeps no more than the chunk in hand and the next one on disk', async () => {
    const file = folder.write('b.log', connLog(2_000));
    const work = createFolder();
    const options = {
      workDir: work.path,
      sensorOf: () => 's',
      known: () => [],
      headLengths: [],
      acceptsSimulated: false,
      mappingOf: () => undefined,
    };
    const sizes = { groupBytes: 1_000, chunkBytes: 4_000, readBytes: 500 };
    let most = 0;
    for await (const item of stageInputs([{ path: file, kind: 'file' }], { ...options, ...sizes })) {
      await new Promise((done) => setTimeout(done, 5));
      most = Math.max(most, readdirSync(work.path).length);
      if (item.kind === 'chunk') await item.release();
    }
    // One where the machine was slow to prepare the next.
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(2);
    expect(readdirSync(work.path)).toEqual([]);
    work.remove();
  });
});

describe('lines that are dropped', () => {
  it('are listed with line, reason, column and a printable beginning', async () => {
    const bad = [
      Buffer.from('a\u0000\tb'),
      Buffer.from([0x61, 0xc3, 0x28]),
      Buffer.from('x'.repeat(1_048_577)),
    ];
    const body = Buffer.concat(bad.flatMap((line) => [line, Buffer.from('\n')]));
    const file = folder.write(
      'conn.log',
      Buffer.concat([Buffer.from('early\n'), Buffer.from(connLog(1)), body]),
    );
    const { rejected, rejectedLines, chunks } = await stageFile(file);
    expect(rejected).toEqual([
      { line: 1, lines: 1, text: 'early', reason: 'data before any #fields' },
      { line: 11, lines: 1, text: 'a\\x00\\x09b', reason: 'NUL byte', column: 2 },
      { line: 12, lines: 1, text: 'a\\xc3(', reason: 'invalid UTF-8', column: 2 },
      {
        line: 13,
        lines: 1,
        text: 'x'.repeat(1_000),
        reason: 'line of 1048577 bytes is longer than a line may be',
      },
    ]);
    expect(rejectedLines).toBe(4);
    expect(texts({ chunks })).toEqual(connLines(1));
  });

  it('of CSV are those whose quotes would reach into other lines', async () => {
    const lines = ['a;b', '1;"x;""y"', '"1";2', '1;"open', '1;b"c"', '"";', '1; "c"', '3;4'];
    const file = folder.write('x.csv', `${lines.join('\n')}\n`);
    const read = await stageFile(file, { mappingOf: () => ({ name: 'm', format: 'csv' }) });
    expect(read.rejected.map(({ line, reason }) => [line, reason])).toEqual(
      [4, 5, 7].map((line) => [line, 'quotes that do not enclose a whole field']),
    );
    expect(texts(read)).toEqual(['1;"x;""y"', '"1";2', '"";', '3;4']);
  });

  it('are listed as runs beyond the limit of detail', async () => {
    const file = folder.write(
      'conn.log',
      `${connLog(1)}${'\u0000\n'.repeat(50)}1\tC\n${'\u0000\n'.repeat(2)}`,
    );
    const { rejected, rejectedLines } = await stageFile(file, { detailedRejects: 3 });
    expect(rejectedLines).toBe(52);
    expect(rejected.slice(3)).toEqual([
      { line: 13, lines: 47, text: '', reason: 'NUL byte' },
      { line: 61, lines: 2, text: '', reason: 'NUL byte' },
    ]);
  });

  it('of a gigabyte stream by in bounded memory', async () => {
    const gigabyte = 1024 ** 3;
    // Members of zeros stand for text: 16 MiB each, a few kilobytes on disk.
    const member = gzipSync(Buffer.alloc(16 * 1024 ** 2, 'x'), { level: 1 });
    const members = Array.from({ length: 64 }, () => member);
    const file = folder.write(
      'conn.log.gz',
      Buffer.concat([gzipSync(connLog(1)), ...members, gzipSync('\n1\tC9\t-\t-\n')]),
    );
    const before = process.memoryUsage().rss;
    const { rejected, staged, lines, status } = await stageFile(file);
    expect({ status, staged, lines }).toEqual({ status: 'new', staged: 2, lines: 11 });
    expect(rejected).toEqual([
      {
        line: 10,
        lines: 1,
        text: 'x'.repeat(1_000),
        reason: `line of ${gigabyte} bytes is longer than a line may be`,
      },
    ]);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 ** 2);
  });
});
