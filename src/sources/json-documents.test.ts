import { fc, test as propertyTest } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { objectPerLine } from './json-documents.ts';

async function rewritten(text: string, cuts: readonly number[] = []): Promise<string> {
  const bytes = Buffer.from(text);
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  async function* pieces(): AsyncGenerator<Buffer> {
    let from = 0;
    for (const end of [...ends, bytes.length]) {
      // The reader reuses its buffers: what is kept must be copied.
      const piece = Buffer.from(bytes.subarray(from, end));
      yield piece;
      piece.fill(0);
      from = end;
    }
  }
  const out: Buffer[] = [];
  for await (const buffer of objectPerLine()(pieces(), { path: '', compression: 'none' })) {
    out.push(Buffer.from(buffer));
  }
  return Buffer.concat(out).toString();
}

const record = fc.dictionary(
  fc.string(),
  fc.oneof(fc.string(), fc.integer(), fc.array(fc.string()), fc.object()),
);

propertyTest.prop([
  fc.array(record, { maxLength: 8 }),
  fc.constantFrom(0, 1, '\t'),
  fc.array(fc.nat(), { maxLength: 9 }),
])(
  'every object of an array comes out once, in order, wherever the bytes are cut',
  async (records, indent, cuts) => {
    const text = await rewritten(JSON.stringify(records, null, indent), cuts);
    const lines = text.split('\n').filter((line) => line !== '');
    expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(records)));
  },
);

test('an object stands on the line on which it ended', async () => {
  const text = '[\n{\n "a": 1\n},\n{"b":2},\n\n{ "c":\n3 }\n]\n';
  const lines = (await rewritten(text)).split('\n');
  expect(lines[3]).toBe('{ "a": 1}');
  expect(lines[4]).toBe('{"b":2}');
  expect(lines[7]).toBe('{ "c":3 }');
  expect(lines.length).toBe(text.split('\n').length);
});

test('a broken object costs itself: what follows is found again', async () => {
  const lost = '[\n{"a": "no end,\n"b": 1},\n{"c": 2}\n]\n';
  const lines = (await rewritten(lost)).split('\n').filter((line) => line !== '');
  expect(lines[0]).toBe('{"a": "no end,');
  expect(lines.at(-1)).toBe('{"c": 2}');
  const stray = (await rewritten('[ 7, {"a":1}, "x" ]\n')).split('\n').filter((line) => line !== '');
  expect(stray).toEqual(['7', '{"a":1}', '"x" ]']);
});

test('an object that goes on without end is let go in pieces, in bounded memory', async () => {
  const endless = `[{"a": [\n${'1,\n'.repeat(400_000)}`;
  const text = await rewritten(endless);
  expect(text.split('\n').length).toBeGreaterThan(40_000);
});

test('an object that is still being written is no line yet', async () => {
  expect(await rewritten('[{"a":1},\n{"b":')).toBe('{"a":1}\n{"b":');
});
