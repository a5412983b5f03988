import { fc, test as propertyTest } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { commentOut } from './rewrite.ts';

async function rewritten(text: string, cuts: readonly number[], tail: boolean): Promise<string> {
  const bytes = Buffer.from(text);
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  async function* pieces(): AsyncGenerator<Buffer> {
    let from = 0;
    for (const end of [...ends, bytes.length]) {
      yield bytes.subarray(from, end);
      from = end;
    }
  }
  const out: Buffer[] = [];
  const rewrite = commentOut(['Summary', 'ts,'], { tail });
  for await (const buffer of rewrite(pieces(), { path: '', compression: 'none' }))
    out.push(Buffer.from(buffer));
  return Buffer.concat(out).toString();
}

const line = fc.constantFrom(
  '',
  'a,b',
  'ts,te',
  'Summary',
  'Summary,',
  ' Summary',
  'aSummary',
  'ts',
  '1,2,3',
);

propertyTest.prop([fc.array(line), fc.array(fc.nat(), { maxLength: 9 }), fc.boolean(), fc.boolean()])(
  'marked lines become comments, every other byte stays, wherever the bytes are cut',
  async (lines, cuts, tail, ended) => {
    const text = lines.join('\n') + (ended ? '\n' : '');
    const isMarked = (each: string) => each.startsWith('Summary') || each.startsWith('ts,');
    const first = text.split('\n').findIndex(isMarked);
    const expected = text
      .split('\n')
      .map((each, index, all) => {
        const isLast = index === all.length - 1 && each === '';
        const behind = tail && first !== -1 && index >= first;
        return (behind || isMarked(each)) && !isLast ? `#${each}` : each;
      })
      .join('\n');
    expect(await rewritten(text, cuts, tail)).toBe(expected);
  },
);

test('a line beyond any length goes through in pieces', async () => {
  const long = 'x'.repeat(20_000_000);
  expect(
    (await rewritten(`${long}\nSummary\n`, [9_000_000, 18_000_000], false)).endsWith('x\n#Summary\n'),
  ).toBe(true);
});
