import { gzipSync } from 'node:zlib';
import { fc, test } from '@fast-check/vitest';
import { afterAll, describe, expect, it } from 'vitest';
import { type NaiveReading, readNaively } from './naive-reading.ts';
import { CONN_HEADER, connLines, connLog, createFolder, placedLines, stageFile } from './test-reading.ts';

const folder = createFolder();
afterAll(() => folder.remove());

const MAX_LINE_BYTES = 80;
/** Lines of every kind that reading distinguishes, common ones more often. */
const piece = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...connLines(20)) },
  { weight: 2, arbitrary: fc.constantFrom('', '\r', '#', '# note', '#close\t2026-03-01-01-00-00') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...CONN_HEADER, '#path\tdns', '#path\topen-conn', '#separator \\x7c'),
  },
  { weight: 1, arbitrary: fc.constantFrom('#path|ssl', '#fields|ts|uid', '1|C1', 'a\rb', 'é#\u{1F600}') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'nul\u0000',
      '#nul\u0000',
      '\u0000',
      '\uFEFF\uFEFF',
      '\uFEFF# bom',
      'b\uFEFF\tom',
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 78, max: 83 }).map((length) => 'x'.repeat(length)) },
  { weight: 1, arbitrary: fc.constantFrom('y'.repeat(400), `#${'z'.repeat(300)}`) },
);
const line = fc.oneof(
  { weight: 9, arbitrary: piece.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 90 }).map((bytes) => Buffer.from(bytes)) },
);
const lines = fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\n', '\r\n')), { maxLength: 60 });
const header = Buffer.from(`${CONN_HEADER.join('\n')}\n`);
const log = fc
  .tuple(lines, fc.boolean())
  .map(([all, ended]) =>
    Buffer.concat([
      header,
      ...all.flatMap(([text, end]) => [text, Buffer.from(end)]),
      Buffer.from(ended ? '' : '1\tC'),
    ]),
  );

async function readReally(file: string, options: Parameters<typeof stageFile>[1]): Promise<NaiveReading> {
  const { chunks, rejected, rejectedLines, staged, ...read } = await stageFile(file, options);
  const { lines: seen, comments, leftAlone, bytesTo, sha256, waitingBytes } = read;
  const placed = placedLines(chunks, 0);
  const left = Object.values(leftAlone).reduce((sum, count) => sum + count, 0);
  expect(seen).toBe(staged + rejectedLines + comments + left);
  expect(placed.length).toBe(staged);
  const reasons = rejected.map(({ line: at, reason }) => ({ line: at, reason }));
  return { placed, rejected: reasons, lines: seen, comments, leftAlone, bytesTo, sha256, waitingBytes };
}

describe('reading in large buffers is reading line by line', () => {
  const readBytes = fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined });
  test.prop([log, readBytes, fc.integer({ min: 1, max: 2000 }), fc.boolean()], {
    numRuns: 150,
  })(
    'for any lines, any buffer boundaries or none, and any chunk size',
    async (bytes, bufferBytes, groupBytes, compressed) => {
      const file = folder.write('log', compressed ? gzipSync(bytes) : bytes);
      const buffers = bufferBytes === undefined ? {} : { readBytes: bufferBytes };
      const options = { ...buffers, groupBytes, chunkBytes: 2 * groupBytes, maxLineBytes: MAX_LINE_BYTES };
      expect(await readReally(file, options)).toEqual(readNaively(bytes, compressed, MAX_LINE_BYTES));
    },
  );

  test.prop([fc.array(fc.tuple(fc.nat(3_999), line), { maxLength: 6 })], { numRuns: 25 })(
    'where few anomalies lie in much clean text',
    async (anomalies) => {
      const all = connLines(4_000).map((text) => Buffer.from(text));
      for (const [at, text] of anomalies) all[at] = text;
      const bytes = Buffer.concat([header, ...all.flatMap((text) => [text, Buffer.from('\n')])]);
      const file = folder.write('log', bytes);
      expect(await readReally(file, { maxLineBytes: MAX_LINE_BYTES })).toEqual(
        readNaively(bytes, false, MAX_LINE_BYTES),
      );
    },
  );
});

describe('a single anomaly in clean text is found wherever it lies', () => {
  const anomalies: [string, Buffer][] = [
    ['a blank line', Buffer.from('')],
    ['a blank line that ends in CR', Buffer.from('\r')],
    ['a line that ends in CR', Buffer.from('1\tC\t-\t-\r')],
    ['a CR inside', Buffer.from('1\tC\r\t-\t-')],
    ['a comment', Buffer.from('# note')],
    ['a NUL', Buffer.from('1\u0000')],
    ['broken UTF-8', Buffer.from([0x31, 0xff])],
    ['a byte order mark', Buffer.from('\uFEFF1\tC\t-\t-')],
    ['a line over the limit', Buffer.alloc(MAX_LINE_BYTES + 1, 'x')],
    ['another stream', Buffer.from('#path\tdns')],
    ['nothing: a # inside', Buffer.from('1\tC#\t-\t-')],
    ['nothing: a line at the limit', Buffer.alloc(MAX_LINE_BYTES, 'x')],
  ];
  it.each(anomalies)('%s', async (_, anomaly) => {
    const clean = connLines(1_500).map((text) => Buffer.from(text));
    for (const at of [0, 1, 700, 1_498, 1_500]) {
      const all = [...clean.slice(0, at), anomaly, ...clean.slice(at)];
      const bytes = Buffer.concat([header, ...all.flatMap((text) => [text, Buffer.from('\n')])]);
      const file = folder.write('log', bytes);
      expect(await readReally(file, { maxLineBytes: MAX_LINE_BYTES })).toEqual(
        readNaively(bytes, false, MAX_LINE_BYTES),
      );
    }
  });
});

it('comments by the ten thousand are one anomaly as well, before lines, between them and behind', async () => {
  const clean = connLines(20).map((text) => `${text}\n`);
  const comments = '# note\n'.repeat(30_000);
  const around = [0, 10, 20].map((at) => [clean.slice(0, at), comments, clean.slice(at)].flat().join(''));
  for (const text of around) {
    const bytes = Buffer.concat([header, Buffer.from(text)]);
    const file = folder.write('log', bytes);
    const { comments: found, placed } = await readReally(file, { maxLineBytes: MAX_LINE_BYTES });
    expect(placed).toHaveLength(20);
    expect(found).toBeGreaterThanOrEqual(30_000);
  }
});

describe('a log cut at any byte', () => {
  const whole = Buffer.from(`${connLog(4)}#close\t2026-03-01-01-00-00\n${connLog(2, 4)}`);
  const all = readNaively(whole, false, MAX_LINE_BYTES).placed.map(({ text }) => text);

  it('brings a prefix of its lines, and all bytes are read or wait', async () => {
    for (let bytes = 0; bytes <= whole.length; bytes += 1) {
      const file = folder.write('cut', whole.subarray(0, bytes));
      const { status, chunks, lines: seen, staged, comments, rejectedLines, ...read } = await stageFile(file);
      expect(status, `cut at ${bytes}`).toBe(bytes === 0 ? 'left-alone' : 'new');
      expect(seen).toBe(staged + comments + rejectedLines);
      expect(read.bytesTo + read.waitingBytes).toBe(bytes);
      const texts = placedLines(chunks, 0).map(({ text }) => text);
      if (rejectedLines === 0 && whole[bytes - 1] === 10) expect(texts).toEqual(all.slice(0, texts.length));
    }
  });
});
