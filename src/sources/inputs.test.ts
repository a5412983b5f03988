import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findInputs } from './inputs.ts';
import { createFolder, type Folder, stageAll } from './test-reading.ts';

/** Every POSIX system has it. */
const MKFIFO = 'mkfifo';

describe('findInputs', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = createFolder();
  });
  afterEach(() => folder.remove());

  const find = async (...paths: string[]): Promise<{ names: string[]; refused: [string, string][] }> => {
    const { inputs, refused } = await findInputs(paths, folder.path);
    const short = (path: string): string => path.replace(`${folder.path}/`, '');
    return {
      names: inputs.map(({ path }) => short(path)),
      refused: refused.map(({ path, reason }) => [short(path), reason]),
    };
  };

  it('walks folders in one order, past hidden and unfinished files', async () => {
    for (const name of ['b/conn.log', 'a/conn.log', 'b/.hidden', '.git/x', 'b/new.log.tmp', 'a.log']) {
      folder.write(name, 'x');
    }
    expect(await find('.')).toEqual({ names: ['a.log', 'a/conn.log', 'b/conn.log'], refused: [] });
    expect(await find('b/.hidden')).toEqual({ names: ['b/.hidden'], refused: [] });
  });

  it('gives the same for every order and repetition of its arguments', async () => {
    folder.write('a/1.log', 'x');
    folder.write('b/2.log', 'x');
    symlinkSync(join(folder.path, 'b/2.log'), join(folder.path, 'a/0-link.log'));
    const expected = { names: ['a/0-link.log', 'a/1.log'], refused: [] };
    expect(await find('a', 'b', 'b/2.log')).toEqual(expected);
    expect(await find('b/2.log', './b', 'a/*', 'a')).toEqual(expected);
  });

  it('matches globs, reads a matched folder whole, and refuses a glob without a match', async () => {
    for (const name of ['2026-03-01/conn.log.gz', '2026-03-02/conn.log', '2026-03-02/dns.log', 'x.csv']) {
      folder.write(name, 'x');
    }
    expect((await find('**/conn.*')).names).toEqual(['2026-03-01/conn.log.gz', '2026-03-02/conn.log']);
    expect((await find('2026-03-0[2-9]')).names).toEqual(['2026-03-02/conn.log', '2026-03-02/dns.log']);
    expect(await find('*.json')).toEqual({
      names: [],
      refused: [['*.json', 'no file matches this pattern']],
    });
  });

  it('knows sets, alternatives and single letters, and no pattern in the folder it stands in', async () => {
    for (const name of ['in[1]/conn.1.log', 'in[1]/conn.12.log', 'in[1]/ssl.2.log.gz', 'in[1]/dns.2.log']) {
      folder.write(name, 'x');
    }
    const here = join(folder.path, 'in[1]');
    const names = async (glob: string): Promise<string[]> =>
      (await findInputs([glob], here)).inputs.map(({ path }) => path.replace(`${here}/`, ''));
    expect(await names('{conn,ssl}.?.{log,log.gz}')).toEqual(['conn.1.log', 'ssl.2.log.gz']);
    expect(await names('*.[!1].*')).toEqual(['dns.2.log', 'ssl.2.log.gz']);
    expect(await names('../*/conn.12*')).toEqual(['conn.12.log']);
    expect(await names('*.[z-a]')).toEqual([]);
  });

  it('reads a file whose name looks like a pattern', async () => {
    folder.write('conn[1].log', 'x');
    expect((await find('conn[1].log')).names).toEqual(['conn[1].log']);
  });

  it('ends in loops of symbolic links, and refuses links that lead nowhere', async () => {
    folder.write('a/conn.log', 'x');
    symlinkSync(folder.path, join(folder.path, 'a/up'));
    symlinkSync('self', join(folder.path, 'self'));
    symlinkSync('gone', join(folder.path, 'dangling'));
    expect(await find('.')).toEqual({
      names: ['a/conn.log'],
      refused: [
        ['dangling', 'is a symbolic link to gone, which does not exist'],
        ['self', 'is a symbolic link that leads to itself'],
      ],
    });
  });

  it('says of a glob nothing about broken links that it does not name', async () => {
    folder.write('a.log', 'x');
    symlinkSync('gone', join(folder.path, 'old.log'));
    symlinkSync('self.gz', join(folder.path, 'self.gz'));
    expect(await find('a*')).toEqual({ names: ['a.log'], refused: [] });
    expect(await find('*.zip')).toEqual({ names: [], refused: [['*.zip', 'no file matches this pattern']] });
    expect((await find('*.log')).refused).toEqual([
      ['old.log', 'is a symbolic link to gone, which does not exist'],
    ]);
  });

  it('finds a file by a glob although a symbolic link to its folder comes first', async () => {
    folder.write('real/conn.log', 'x');
    symlinkSync('real', join(folder.path, 'alias'));
    expect((await find('real/*.log')).names).toEqual(['real/conn.log']);
    expect((await find('*/conn.log')).names).toEqual(['alias/conn.log']);
  });

  it('refuses what is missing or no file, and says what to do', async () => {
    execFileSync(MKFIFO, [join(folder.path, 'pipe')]);
    const server = createServer().listen(join(folder.path, 'socket'));
    folder.write('conn.log', 'x');
    const { names, refused } = await find('.', 'missing', 'conn.log/x', '/dev/null');
    server.close();
    expect(names).toEqual(['conn.log']);
    expect(refused).toEqual([
      ['/dev/null', 'is a device, not a file'],
      ['conn.log/x', 'a part of the path is not a folder'],
      ['missing', 'does not exist'],
      ['pipe', 'is a named pipe; feed it on standard input with -'],
      ['socket', 'is a socket, not a file'],
    ]);
  });

  it('refuses what it may not read and goes on with the rest; a file of a folder is refused when it is read', async () => {
    folder.write('open.log', 'x');
    const closed = folder.write('closed.log', 'x');
    chmodSync(closed, 0o000);
    mkdirSync(join(folder.path, 'closed'), { mode: 0o000 });
    chmodSync(folder.path, 0o755);
    // Root may read everything: become nobody for the moment.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    try {
      const reason = 'no permission to read it';
      const refused = [
        ['closed', reason],
        ['closed.log', reason],
      ];
      expect(await find('.', 'closed.log')).toEqual({ names: ['open.log'], refused });
      expect(await find('.')).toEqual({ names: ['closed.log', 'open.log'], refused: refused.slice(0, 1) });
      const [staged] = (await stageAll([folder.path])).inputs;
      expect(staged).toMatchObject({ path: closed, sensor: 'zeek-1', status: 'failed', reason });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('puts standard input last, once', async () => {
    folder.write('conn.log', 'x');
    expect((await find('-', 'conn.log', '-')).names).toEqual(['conn.log', '-']);
  });
});
