import { appendFileSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Head, KnownPrefix, StagedInput } from './staged-input.ts';
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

/** A ledger that knows these inputs. */
function knowing(...inputs: StagedInput[]): {
  headLengths: number[];
  known: (head: Head, sensor: string) => KnownPrefix[];
} {
  const same = (a: Head, b: Head): boolean => a.bytes === b.bytes && a.sha256 === b.sha256;
  return {
    headLengths: inputs.map(({ head }) => head.bytes),
    known: (head, sensor) =>
      inputs
        .filter((input) => input.sensor === sensor && same(input.head, head))
        .map(({ bytesTo: bytes, sha256: hash }) => ({ bytes, sha256: hash })),
  };
}

const texts = (everything: { chunks: Parameters<typeof placedLines>[0] }, input = 0): string[] =>
  placedLines(everything.chunks, input).map(({ text }) => text);

it('a small input goes on at the same byte whether it is read at once or in pieces', async () => {
  const whole = `${connLog(4)}#close\t2026-03-01-01-00-00\n${connLog(2, 4)}`;
  for (let cut = connLog(0).length + 20; cut < whole.length; cut += 7) {
    const first = await stageFile(folder.write('conn.log', whole.slice(0, cut)));
    for (const bytes of [Buffer.from(whole), gzipSync(whole)]) {
      const grown = folder.write('grown.log', bytes);
      const [atOnce, inPieces] = [
        await stageFile(grown, knowing(first)),
        await stageFile(grown, { ...knowing(first), readBytes: 50 }),
      ];
      expect(atOnce.inputs, `cut at ${cut}`).toEqual(inPieces.inputs);
      expect(placedLines(atOnce.chunks, 0)).toEqual(placedLines(inPieces.chunks, 0));
      expect(atOnce.bytesFrom).toBe(first.bytesTo);
    }
  }
});

describe('going on where an import ended', () => {
  const marked = (text: string): string => text.replace('00-00-00', '00-00-01');

  it('a grown log, then rotated and compressed, brings each line once', async () => {
    const file = folder.write('conn.log', `${connLog(5)}${connLines(1, 5)[0]?.slice(0, 9)}`);
    const first = await stageFile(file);
    expect(first).toMatchObject({ status: 'new', staged: 5, waitingBytes: 9, bytesTo: connLog(5).length });
    expect(first.sha256).toBe(sha256(connLog(5)));
    writeFileSync(file, connLog(8));
    const second = await stageFile(file, { ...knowing(first), readBytes: 100 });
    expect(second).toMatchObject({ status: 'grown', staged: 3, lines: 3, bytesFrom: first.bytesTo });
    expect(texts(second)).toEqual(connLines(8).slice(5));
    expect(second.chunks[0]?.segments).toEqual([{ input: 0, firstLine: 14, lines: 3 }]);
    const rotated = folder.write('conn.00.log.gz', gzipSync(`${connLog(9)}#close\t2026-03-01-01-00-00\n`));
    const third = await stageFile(rotated, knowing(first, second));
    expect(third).toMatchObject({ status: 'grown', staged: 1, comments: 1, bytesFrom: second.bytesTo });
    expect(texts(third)).toEqual(connLines(9).slice(8));
    const again = await stageFile(rotated, knowing(first, second, third));
    expect(again).toMatchObject({ status: 'known', lines: 0, bytesTo: third.bytesTo, sha256: third.sha256 });
    expect(again.chunks).toEqual([]);
  });

  it('only the longest beginning that is the same counts, and only of the same sensor', async () => {
    const first = await stageFile(folder.write('a', connLog(20)));
    const other = await stageFile(folder.write('b', connLog(40)));
    const altered = { ...other, sha256: first.sha256 };
    const third = await stageFile(folder.write('c', connLog(45)), knowing(altered, first));
    expect(third).toMatchObject({ status: 'grown', bytesFrom: first.bytesTo, staged: 25 });
    const longer = { ...other, bytesTo: 1_000_000 };
    const fourth = await stageFile(folder.write('c', connLog(45)), knowing(longer, first));
    expect(fourth).toMatchObject({ status: 'grown', bytesFrom: first.bytesTo, staged: 25 });
    const elsewhere = await stageFile(folder.write('c', connLog(45)), {
      ...knowing(first),
      sensorOf: () => 'zeek-2',
    });
    expect(elsewhere).toMatchObject({ status: 'new', staged: 45 });
    const different = await stageFile(folder.write('d', marked(connLog(45))), knowing(first));
    expect(different).toMatchObject({ status: 'new', staged: 45 });
  });

  it('an unfinished line alone is no growth, and heads are as long as a power of two', async () => {
    const file = folder.write('a', connLog(0));
    const first = await stageFile(file);
    expect(first).toMatchObject({ status: 'new', lines: 8, head: { bytes: 128 } });
    expect(connLog(0).length).toBeLessThan(256);
    appendFileSync(file, '1\tC');
    expect(await stageFile(file, knowing(first))).toMatchObject({
      status: 'known',
      waitingBytes: 3,
      lines: 0,
    });
    appendFileSync(file, '1\t-\t-\n');
    expect(await stageFile(file, knowing(first))).toMatchObject({ status: 'grown', staged: 1, comments: 0 });
  });

  it('logs that have no more than their header in common have heads of their own', async () => {
    const header = connLog(0).replace('\tts\t', `\tts\t${'a-long-name\t'.repeat(40)}`);
    const log = (from: number) => header + connLog(200, from).slice(connLog(0).length);
    const [first, second] = [
      await stageFile(folder.write('a', log(0))),
      await stageFile(folder.write('b', log(9))),
    ];
    expect(first.head.sha256).not.toBe(second.head.sha256);
  });

  it('a log that is nothing but its header yet is the beginning of no other', async () => {
    folder.write('a.log', connLog(0));
    folder.write('b.log', connLog(3));
    const { inputs } = await stageAll([folder.path]);
    expect(inputs.map(({ status, staged, bytesFrom }) => [status, staged, bytesFrom])).toEqual([
      ['new', 0, 0],
      ['new', 3, 0],
    ]);
  });

  it('headers in the middle of what is known still count', async () => {
    const start = connLog(3) + connLog(3).replace('#path\tconn', '#path\tssl');
    const first = await stageFile(folder.write('a', start));
    const second = await stageFile(folder.write('a', `${start}9\tC9\t-\t-\n`), knowing(first));
    expect(second.chunks[0]?.layout).toMatchObject({ stream: 'ssl' });
  });

  it('the rest of a line that was taken for finished is rejected, not half counted', async () => {
    const first = await stageFile(folder.write('a.gz', gzipSync(`${connLog(1)}1\tC`)));
    expect(first).toMatchObject({ staged: 2, waitingBytes: 0 });
    const second = await stageFile(
      folder.write('a', `${connLog(1)}1\tC7\t-\t-\n2\tC\t-\t-\n`),
      knowing(first),
    );
    const reason = 'the rest of a line whose beginning was imported before';
    expect(second.rejected).toEqual([{ line: 10, lines: 1, text: '7\\x09-\\x09-', reason }]);
    expect(second).toMatchObject({ status: 'grown', staged: 1, lines: 2 });
    const third = await stageFile(folder.write('a', `${connLog(1)}1\tC\n`), knowing(first));
    expect(third).toMatchObject({ status: 'grown', staged: 0, comments: 1, rejectedLines: 0 });
  });

  it('a log beside its own compressed copy counts once', async () => {
    folder.write('conn.log', connLog(5));
    folder.write('conn.log.gz', gzipSync(connLog(7)));
    const { inputs } = await stageAll([folder.path]);
    expect(inputs.map(({ status, staged }) => [status, staged])).toEqual([
      ['new', 5],
      ['grown', 2],
    ]);
  });
});

describe('a last line without a newline', () => {
  it('is final in a compressed file, on standard input and after #close; it waits elsewhere', async () => {
    const text = `${connLog(1)}1\tC1\t-\t-`;
    expect(await stageFile(folder.write('a', text))).toMatchObject({ staged: 1, waitingBytes: 8 });
    expect(await stageFile(folder.write('b', gzipSync(text)))).toMatchObject({ staged: 2, waitingBytes: 0 });
    const closed = `${connLog(1)}#close\t2026-03-01-01-00-00`;
    expect(await stageFile(folder.write('c', closed))).toMatchObject({ comments: 9, waitingBytes: 0 });
    expect(await stageFile(folder.write('c', closed.slice(0, -1)))).toMatchObject({
      comments: 8,
      waitingBytes: 25,
    });
    expect(await stageFile(folder.write('d', `${closed}\n1\tC1\t-\t-`))).toMatchObject({ staged: 2 });
    const piped = await stageFile('-', { stdin: Readable.from([Buffer.from(text)]) });
    expect(piped).toMatchObject({ path: '-', staged: 2, waitingBytes: 0, compression: 'none' });
  });

  it('standard input is read once, however often it is asked for', async () => {
    const work = createFolder();
    const options = { workDir: work.path, stdin: Readable.from([Buffer.from(connLog(2))]) };
    expect(await stageFile('-', options)).toMatchObject({ staged: 2 });
    expect(await stageFile('-', options)).toMatchObject({ staged: 2 });
    work.remove();
  });

  it('standard input may be compressed', async () => {
    const piped = await stageFile('-', { stdin: Readable.from([gzipSync(connLog(3))]) });
    expect(piped).toMatchObject({ status: 'new', staged: 3, compression: 'gzip' });
  });
});
