import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONN_HEADER, connLog, createFolder, type Folder, stageAll, stageFile } from './test-reading.ts';

let folder: Folder;
beforeEach(() => {
  folder = createFolder();
});
afterEach(() => folder.remove());

describe('inputs that fail or are left alone', () => {
  it('damaged gzip, small: no line of it is in any chunk', async () => {
    const whole = gzipSync(connLog(2_000));
    folder.write('a.log.gz', whole.subarray(0, whole.length - 3));
    folder.write('b.log', connLog(1, 5));
    const { chunks, inputs } = await stageAll([folder.path]);
    expect(inputs[0]).toMatchObject({ status: 'failed', compression: 'gzip', lines: 0, bytesTo: 0 });
    expect(inputs[0]?.reason).toMatch(/unexpected end/);
    expect(chunks.flatMap(({ segments }) => segments.map(({ input }) => input))).toEqual([1]);
  });

  it('damaged gzip, large: its chunks are unsettled and its account says failed', async () => {
    const whole = gzipSync(connLog(90_000));
    whole[whole.length - 6] = 0x5a;
    const file = folder.write('a.log.gz', whole);
    const { order } = await stageAll([file], { groupBytes: 100_000, chunkBytes: 1_000_000 });
    const staged = order.slice(0, -1);
    expect(staged.length).toBeGreaterThan(0);
    expect(staged.every((item) => item.kind === 'chunk' && item.unsettled === 0)).toBe(true);
    expect(order.at(-1)).toMatchObject({ kind: 'input', status: 'failed', settled: true });
  });

  it('cut zstd and a name that promises compression', async () => {
    folder.write('a.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x3e]));
    folder.write('b.gz', Buffer.from([0, 1, 2, 3, 0xff]));
    const { inputs } = await stageAll([folder.path]);
    expect(inputs.map(({ status }) => status)).toEqual(['failed', 'failed']);
  });

  it('a file that is gone, or shrinks while it is read', async () => {
    const gone = await stageAll([]);
    expect(gone.order).toEqual([]);
    const file = folder.write('a.log', connLog(20_000));
    const options = { groupBytes: 1_000, chunkBytes: 2_000, readBytes: 1_000 };
    const shrunk = await stageFile(file, {
      ...options,
      known: () => {
        truncateSync(file, 500_000);
        return [];
      },
      headLengths: [256],
    });
    expect(shrunk).toMatchObject({ status: 'failed', reason: expect.stringContaining('shrank') });
  });

  it('headers that no reader could take: too many, too wide, or separators that do not separate', async () => {
    const many = Array.from({ length: 300 }, (_, i) => `#path\tconn\n#fields\tts\tf${i}\n1\t2\n`).join('');
    expect(await stageFile(folder.write('a', many))).toMatchObject({
      status: 'failed',
      reason: 'more than 256 different headers in one file',
    });
    const wide = `#path\tconn\n#fields\t${Array.from({ length: 1_001 }, (_, i) => `f${i}`).join('\t')}\n1\n`;
    expect((await stageFile(folder.write('b', wide))).rejected[0]?.reason).toBe(
      '#fields names more than 1000 columns',
    );
    const same = '#separator \\x09\n#unset_field\t\\x09\n#path\tconn\n#fields\tts\tuid\n1\t2\n';
    expect((await stageFile(folder.write('c', same))).rejected[0]?.reason).toMatch(/not usable/);
  });

  it('strangers, empty files and other streams are named', async () => {
    folder.write('1', '');
    folder.write('2', 'Dear diary: nothing happened today.\n');
    folder.write('3.gz', gzipSync('a,b\n'));
    folder.write('4.log', connLog(7).replace('#path\tconn', '#path\tdns'));
    const { inputs, chunks } = await stageAll([folder.path]);
    expect(chunks).toEqual([]);
    expect(inputs.map(({ status, reason, leftAlone }) => [status, reason, leftAlone])).toEqual([
      ['left-alone', 'empty', {}],
      ['left-alone', 'plain text', {}],
      ['left-alone', 'gzip of CSV without a mapping in weir.yaml', {}],
      ['left-alone', 'zeek.dns', { 'zeek.dns': 7 }],
    ]);
  });

  it('the mark of simulated telemetry is passed on', async () => {
    const file = folder.write('conn.log', `#weir-simulated\n${connLog(1)}`);
    expect((await stageFile(file)).simulated).toBe(true);
    expect((await stageFile(folder.write('x', connLog(1)))).simulated).toBe(false);
  });

  it('marked telemetry counts nowhere but in a simulated ledger, wherever in the file the mark stands', async () => {
    for (const text of [
      `#weir-simulated\n${connLog(1)}`,
      `${connLog(40_000)}#weir-simulated\n${connLog(1)}`,
    ]) {
      const file = folder.write('conn.log', text);
      const { chunks, inputs } = await stageAll([file], { acceptsSimulated: false, chunkBytes: 4_000 });
      expect(inputs[0]).toMatchObject({ status: 'failed', staged: 0 });
      expect(inputs[0]?.reason).toContain('simulated');
      expect(chunks.filter(({ unsettled }) => unsettled === undefined)).toEqual([]);
    }
  });
});

describe('what is wrong with Weir is thrown', () => {
  it('a work folder that is gone', async () => {
    const file = folder.write('a', connLog(1));
    await expect(stageAll([file], { workDir: join(folder.path, 'missing') })).rejects.toThrow('ENOENT');
  });
});

describe('column names', () => {
  it('may be any, in any order, and the first may be the node', async () => {
    const header = CONN_HEADER.map((line) => line.replace('#fields\tts', '#fields\t_node_name\tts'));
    const { chunks } = await stageFile(folder.write('a', `${header.join('\n')}\nworker-1\t1\tC1\t-\t-\n`));
    expect(chunks[0]?.layout.fields[0]).toBe('_node_name');
  });

  it('a file cut by another tool in mid-copy does not stop the rest', async () => {
    const file = folder.write('a', connLog(100));
    truncateSync(file, connLog(100).length - 5);
    expect(await stageFile(file)).toMatchObject({ status: 'new', staged: 99 });
  });
});
