import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Recognition, recognise, type SourceMapping } from './recognise.ts';
import { CONN_HEADER, connLog } from './test-reading.ts';

const cells: SourceMapping = { name: 'cells', format: 'csv' };
const series: SourceMapping = { name: 'series', format: 'ndjson' };
const old: SourceMapping = { name: 'old', format: 'parquet' };

function judge(content: string | Buffer, mapping?: SourceMapping, isFinal = true): Recognition {
  const head = Buffer.isBuffer(content) ? content : Buffer.from(content);
  return recognise({ head, isWhole: true, isFinal }, mapping);
}

describe('Zeek', () => {
  it('text is known by its header, whatever surrounds it', () => {
    expect(judge(connLog(1))).toEqual({ kind: 'zeek-tsv', simulated: false });
    expect(judge(`\uFEFF${connLog(1)}`)).toEqual({ kind: 'zeek-tsv', simulated: false });
    expect(judge(connLog(1).replaceAll('\n', '\r\n'))).toEqual({ kind: 'zeek-tsv', simulated: false });
  });

  it('text may begin before its header', () => {
    expect(judge(`cut line\n${connLog(1)}`).kind).toBe('zeek-tsv');
  });

  it('text carries the mark of simulated telemetry', () => {
    const marked = [...CONN_HEADER, '#weir-simulated seed 7', '1\tC1\t192.0.2.1\t1', ''].join('\n');
    expect(judge(marked)).toEqual({ kind: 'zeek-tsv', simulated: true });
    expect(judge(`#weir-simulated\n${connLog(1)}`)).toEqual({ kind: 'zeek-tsv', simulated: true });
  });

  it('text without #fields cannot be read', () => {
    const header = CONN_HEADER.filter((line) => !line.startsWith('#fields'));
    const what = 'Zeek header without #fields';
    expect(judge([...header, '1\tC1', ''].join('\n'))).toEqual({ kind: 'unknown', what });
    expect(judge(`${header.join('\n')}\n`, undefined, false).kind).toBe('zeek-tsv');
  });

  it.each([
    [{ _path: 'conn' }],
    [{ '@stream': 'ssl' }],
    [{ _stream: 'dns' }],
    [{ ts: 1, uid: 'C1', 'id.orig_h': '192.0.2.1' }],
    [{ ts: 1, id_orig_h: '192.0.2.1' }],
    [{ ts: 1, fuid: 'F1' }],
    [{ ts: 1, ts_delta: 900, peer: 'zeek', acks: 1 }],
    [{ ts: 1, peer: 'zeek', pkts_proc: 1 }],
  ])('JSON is known by its keys: %j', (line) => {
    const fields = Object.keys(line).sort();
    const layout = { source: 'zeek', encoding: 'ndjson', fields };
    const expected = { kind: 'lines', layout, headerLines: 0, simulated: false };
    expect(judge(`\n${JSON.stringify(line)}\n`)).toEqual(expected);
    expect(judge(`{"broken":\n${JSON.stringify(line)}\n`)).toEqual(expected);
  });

  it('JSON gathers the keys of the first 200 lines and the mark', () => {
    const lines = Array.from({ length: 250 }, (_, i) =>
      JSON.stringify({ _path: 'conn', [`k${i}`]: { inner: 1 } }),
    );
    const found = judge(`${lines.join('\n')}\n`);
    expect(found.kind === 'lines' && found.layout.fields.length).toBe(201);
    expect(judge('{"_path":"conn","weir_simulated":true}\n')).toMatchObject({ simulated: true });
  });
});

describe('sources of weir.yaml', () => {
  it('CSV: columns from the first line that is no comment, separator from that line', () => {
    const layout = {
      source: 'mapping',
      mapping: 'cells',
      encoding: 'csv',
      fields: ['a', 'b;c', 'd'],
      separator: ';',
    };
    const expected = { kind: 'lines', layout, headerLines: 1, simulated: false };
    expect(judge('# note\na;"b;c"; d\n1;2;3\n', cells)).toEqual(expected);
    const wide = Buffer.from('\uFEFFa;b\r\n1;2\r\n', 'utf16le');
    expect(judge(wide, cells)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('UTF-8') });
  });

  it('NDJSON, whatever its keys', () => {
    const layout = { source: 'mapping', mapping: 'series', encoding: 'ndjson', fields: ['host', 'n'] };
    const expected = { kind: 'lines', layout, headerLines: 0, simulated: false };
    expect(judge('{"host":"a","n":1}\n', series)).toEqual(expected);
    expect(judge('text\n', series).kind).toBe('unknown');
  });

  it('Parquet by its magic number', () => {
    expect(judge('PAR1....', old)).toMatchObject({
      kind: 'parquet',
      layout: { mapping: 'old' },
    });
    expect(judge('text\n', old)).toMatchObject({ what: 'not Parquet, as mapping old expects' });
    expect(judge('PAR1....')).toMatchObject({ what: 'Parquet without a mapping in weir.yaml' });
  });
});

describe('everything else is named', () => {
  it.each([
    ['{"a":1}\n', 'JSON lines (a)'],
    ['{"a":\n', 'broken JSON'],
    ['[{"a":1}]\n', 'JSON array'],
    ['time,host,bytes\n', 'CSV without a mapping in weir.yaml'],
    ['1\tC1\t192.0.2.1\t1\n', 'tab-separated text without a Zeek header'],
    ['hello there\n', 'plain text'],
    ['# A readme\n', 'plain text that begins with a comment'],
    [Buffer.from([0xd4, 0xc3, 0xb2, 0xa1, 0, 0]), 'packet capture'],
    [Buffer.from('PK\u0003\u0004....'), 'zip archive'],
    [gzipSync('x').subarray(4), 'binary'],
    [Buffer.from('\uFEFFtime,host\n', 'utf16le'), 'UTF-16 text'],
  ])('%j', (content, what) => {
    expect(judge(content)).toEqual({ kind: 'unknown', what });
  });

  it('waits for a first line', () => {
    expect(judge('#separ', undefined, false)).toEqual({ kind: 'nothing-yet' });
    expect(judge('#separ').kind).toBe('unknown');
    expect(recognise({ head: Buffer.alloc(99, 'a'), isWhole: false, isFinal: false }, undefined)).toEqual({
      kind: 'unknown',
      what: 'a first line too long to judge',
    });
  });
});
