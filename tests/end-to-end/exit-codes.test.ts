import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkAnswer } from '../../src/operations/answers/check.ts';
import { decisionAnswer } from '../../src/operations/answers/decide.ts';
import { detectAnswer } from '../../src/operations/answers/detect.ts';
import { importAnswer } from '../../src/operations/answers/import.ts';
import { weir } from '../support/cli.ts';
import { temporaryFolder } from '../support/ledgers.ts';
import { border, START } from './border-log.ts';

describe('exit codes', () => {
  it('are 2 for a wrong command line or configuration, with nothing on stdout', async () => {
    const cwd = temporaryFolder();
    for (const args of [
      ['report', '--nope'],
      ['nope'],
      ['report', '--by', 'colour'],
      ['report'],
      ['import'],
    ]) {
      const { code, out, err } = await weir(cwd, args);
      expect({ args, code, out }).toEqual({ args, code: 2, out: '' });
      expect(err).not.toBe('');
    }
    writeFileSync(join(cwd, 'weir.yaml'), 'facility: { name: X }\npathes: []\n');
    expect((await weir(cwd, ['check'])).err).toMatch(/weir\.yaml:2:1 pathes: unknown key/);
  });

  it('are 0 for help and version', async () => {
    const cwd = temporaryFolder();
    expect((await weir(cwd, ['--help'])).out).toContain('Exit codes');
    expect((await weir(cwd, ['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('are 3 when an input fails as a whole; the rest is imported, JSON stays alone on stdout', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'weir.yaml'), 'facility: { name: X }\nnetworks: { inside: [10.0.0.0/8] }\n');
    mkdirSync(join(cwd, 'logs'));
    const good = gzipSync(border(3));
    const damaged = Buffer.from(good);
    damaged[Math.floor(damaged.length / 2)] = (damaged[Math.floor(damaged.length / 2)] ?? 0) ^ 0xff;
    writeFileSync(join(cwd, 'logs', 'a.log.gz'), damaged);
    writeFileSync(join(cwd, 'logs', 'b.log.gz'), good);
    const { code, out } = await weir(cwd, ['import', '--json', 'logs', 'missing.log']);
    expect(code).toBe(3);
    const { commits } = importAnswer.parse(JSON.parse(out));
    expect(commits.map(({ status, accepted }) => [status, accepted])).toEqual([
      ['failed', 0],
      ['new', 36],
      ['failed', 0],
    ]);
  });

  it('are 0 for a ledger in which nothing is, which says so', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'weir.yaml'), 'facility: { name: X }\nnetworks: { inside: [10.0.0.0/8] }\n');
    writeFileSync(join(cwd, 'empty.log'), '');
    expect((await weir(cwd, ['import', 'empty.log'])).code).toBe(0);
    for (const command of ['report', 'detect']) {
      const { code, out } = await weir(cwd, [command]);
      expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/holds nothing yet/) });
      expect(out).not.toContain('1970');
    }
  });

  it('are 3 when check finds an error', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'weir.yaml'), 'facility: { name: X }\nnetworks: { inside: [192.168.0.0/16] }\n');
    const { code, err } = await weir(cwd, ['import', '-'], border(3));
    expect(code, err).toBe(0);
    const checked = await weir(cwd, ['check', '--json']);
    expect(checked.code).toBe(3);
    const { unclassified, findings } = checkAnswer.parse(JSON.parse(checked.out));
    expect(unclassified.share).toBe(1);
    expect(findings[0]).toMatchObject({ severity: 'error', subject: 'networks' });
  });
});

describe('leads and decisions', () => {
  const cwd = temporaryFolder();
  beforeAll(async () => {
    writeFileSync(
      join(cwd, 'weir.yaml'),
      `facility: { name: Series }
mappings:
  - { name: nightly, files: "*.csv", time: day, per: day, host: host, destination: place, bytesOut: bytes, path: { value: border } }
`,
    );
    const rows = Array.from({ length: 60 }, (_, day) => {
      const date = new Date(START / 1000 + day * 86_400_000).toISOString().slice(0, 10);
      const usual = [1, 2, 3].map(
        (host) =>
          `${date},host${host},AS6450${host},${1_000_000_000 + ((day * 37 + host * 11) % 17) * 10_000_000}`,
      );
      return day === 55 ? [...usual, `${date},host1,AS64999,90000000000000`] : usual;
    }).flat();
    writeFileSync(join(cwd, 'a.csv'), `day,host,place,bytes\n${rows.join('\n')}\n`);
    const { code, err } = await weir(cwd, ['import', 'a.csv']);
    expect(code, err).toBe(0);
  });

  it('ends with 1 on leads when told to, and with 0 once a person has said what they are', async () => {
    const found = await weir(cwd, ['detect', '--json', '--fail-on-leads']);
    expect(found.code, found.err).toBe(1);
    const { campaigns, leads } = detectAnswer.parse(JSON.parse(found.out));
    expect(campaigns[0]?.hosts).toEqual(['host1']);
    for (const target of [
      campaigns[0]?.id ?? '',
      ...leads.filter(({ campaign }) => campaign !== campaigns[0]?.id).map(({ id }) => id),
    ]) {
      const said = await weir(cwd, [
        'decide',
        target,
        'dismissed',
        '--note',
        'a restore test',
        '--by',
        'ann',
        '--json',
      ]);
      expect(said.code, said.err).toBe(0);
      expect(decisionAnswer.parse(JSON.parse(said.out))).toMatchObject({
        verb: 'dismissed',
        by: 'ann',
        target,
      });
    }
    expect((await weir(cwd, ['detect', '--fail-on-leads'])).code).toBe(0);
  });
});
