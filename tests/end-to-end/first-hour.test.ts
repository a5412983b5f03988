import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { importAnswer } from '../../src/operations/answers/import.ts';
import { tryAnswer } from '../../src/operations/answers/try.ts';
import { weir } from '../support/cli.ts';
import { hourlyRows } from '../support/hourly.ts';
import { temporaryFolder } from '../support/ledgers.ts';
import { zeekNdjson, zeekTsv } from '../support/zeek-text.ts';

/** Every POSIX system has it. */
const MKFIFO = 'mkfifo';

const rows = hourlyRows('2026-03-01T00:00:00Z', 5);
const tsv = zeekTsv(rows, { closed: false });
const lines = tsv.split('\n');

/** What lies in the folder that a new user points at: one good log among everything that can be wrong with a file. */
function damage(dir: string): void {
  const put = (name: string, bytes: string | Uint8Array) => writeFileSync(join(dir, name), bytes);
  const gz = gzipSync(Array.from({ length: 40 }, () => tsv).join(''));
  const flipped = Buffer.from(gz);
  flipped[gz.length >> 1] = (flipped[gz.length >> 1] ?? 0) ^ 0x10;
  put('good.log', tsv);
  put('a-cut.log.gz', gz.subarray(0, (gz.length * 2) / 3));
  put('a-flipped.log.gz', flipped);
  put('empty.log', '');
  put('long.log', `${tsv}${'x'.repeat(5_000_000)}\n`);
  put('no-header.log', lines.filter((line) => !line.startsWith('#')).join('\n'));
  const json = zeekNdjson(rows.map((row) => ({ ...row, _path: 'conn' })));
  put('broken.json', `${json}${json.slice(0, 40)}\n{\nnull\n[]\n`);
  put('latin.log', Buffer.concat([Buffer.from(tsv), Buffer.from([0x74, 0xff, 0xfe, 0x0a])]));
  put('crlf.log', tsv.replaceAll('\n', '\r\n'));
  execFileSync(MKFIFO, [join(dir, 'pipe.log')]);
  symlinkSync('/nowhere/else.log', join(dir, 'dangling.log'));
  mkdirSync(join(dir, 'x.log'));
}

describe('a folder with everything that can be wrong with a file', () => {
  const cwd = temporaryFolder();
  const logs = join(cwd, 'logs');
  beforeAll(() => {
    mkdirSync(logs);
    damage(logs);
  });

  const failures = [
    ['a-cut.log.gz', /cut|end of file.*; import it again when it is there in whole/],
    ['a-flipped.log.gz', /damaged gzip.*; import it again/],
    ['dangling.log', /symbolic link to \/nowhere\/else\.log, which does not exist/],
    ['pipe.log', /named pipe; feed it on standard input with -/],
  ] as const;

  it('init finds what is inside', async () => {
    const { code, err } = await weir(cwd, ['init', '--logs', 'logs', '--yes', '--path', 'border']);
    expect(code, err).toBe(0);
  });

  it('import --try says of each file what it is', async () => {
    const { code, out, err } = await weir(cwd, ['import', '--try', 'logs', '--json']);
    expect(code, err).toBe(3);
    const { files } = tryAnswer.parse(JSON.parse(out));
    const of = (name: string) => files.find(({ file }) => file.endsWith(`/${name}`));
    for (const [name, reason] of failures)
      expect(of(name)).toMatchObject({ status: 'failed', reason: expect.stringMatching(reason) });
    expect(of('empty.log')).toMatchObject({ status: 'left-alone', reason: 'empty' });
    expect(of('no-header.log')).toMatchObject({ reason: 'tab-separated text without a Zeek header' });
    const rejected = (name: string) => of(name)?.logs.map((log) => log.rejected);
    expect(['good.log', 'long.log', 'latin.log', 'crlf.log', 'broken.json'].map(rejected)).toEqual([
      [0],
      [1],
      [1],
      [0],
      [4],
    ]);
  });

  it('import takes what is whole, once, and says what is not, both times', async () => {
    for (const status of ['new', 'known']) {
      const { code, out, err } = await weir(cwd, ['import', 'logs', '--json']);
      expect(code, err).toBe(3);
      const { commits, rejects } = importAnswer.parse(JSON.parse(out));
      const failed = commits.filter((row) => row.status === 'failed');
      expect(failed.map(({ file }) => file.replace(`${logs}/`, ''))).toEqual(failures.map(([name]) => name));
      for (const [index, [, reason]] of failures.entries()) expect(failed[index]?.reason).toMatch(reason);
      const rest = commits.filter((row) => row.status !== 'failed');
      // The log with CR LF is another file of the same connections: copies, counted once.
      expect(rest.reduce((sum, { rejected }) => sum + rejected, 0)).toBe(status === 'new' ? 6 : 0);
      // long.log goes on where good.log ended: it is known as grown.
      expect(rest.every((row) => (row.status === 'known') === (status === 'known'))).toBe(true);
      expect(rejects.length).toBe(status === 'new' ? 6 : 0);
    }
  });

  it('a wrong weir.yaml is named where its figures are read', async () => {
    const wrong = join(cwd, 'wrong.yaml');
    writeFileSync(
      wrong,
      'facility: { name: x }\nnetworks: { inside: [192.0.2.0/24] }\npaths: [{ name: border, sensors: [s] }]\n',
    );
    const { code, out, err } = await weir(cwd, ['report', '--config', wrong, '--ledger', 'ledger']);
    expect(code, err).toBe(0);
    expect(out).toMatch(/100 % crosses no perimeter; at most 5 % may: .*weir check says what to do/);
  });

  it('what the machine refuses is no defect of Weir', async () => {
    writeFileSync(join(cwd, 'occupied'), '');
    const { code, err } = await weir(cwd, ['import', 'logs', '--ledger', 'occupied']);
    expect([code, err]).toEqual([
      3,
      expect.stringMatching(/occupied.*a part of the path is a file, not a folder/),
    ]);
    expect(err).not.toContain('defect');
    rmSync(join(cwd, 'occupied'));
  });
});
