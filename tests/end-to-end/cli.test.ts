import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkAnswer } from '../../src/operations/answers/check.ts';
import { decisionAnswer, decisionsAnswer } from '../../src/operations/answers/decide.ts';
import { detectAnswer } from '../../src/operations/answers/detect.ts';
import { importAnswer } from '../../src/operations/answers/import.ts';
import { initAnswer } from '../../src/operations/answers/init.ts';
import { logAnswer, queryAnswer, verifyAnswer } from '../../src/operations/answers/ledger.ts';
import { reportAnswer } from '../../src/operations/answers/report.ts';
import { shell, weir } from '../support/cli.ts';
import { temporaryFolder } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const HOUR = 3_600_000_000;
const START = Date.parse('2026-03-01T00:00:00Z') * 1000;

/** Six connections an hour for two days; each sends 1,000 B outward and the outside pulls 500,000 B over another. */
function border(hours: number): string {
  const rows = Array.from({ length: hours }, (_, hour) =>
    [0, 1, 2, 3, 4, 5].flatMap((part) => {
      const at = START + hour * HOUR + part * 600_000_000;
      const uid = `C${hour}x${part}`;
      return [
        conn({
          at,
          uid: `${uid}a`,
          lasts: 5,
          from: `10.0.0.${part + 1} 40000`,
          to: '198.51.100.7 443',
          sent: 1000,
          got: 20,
        }),
        conn({
          at,
          uid: `${uid}b`,
          lasts: 5,
          from: '203.0.113.9 50000',
          to: `10.0.0.${part + 1} 22`,
          sent: 30,
          got: 500_000,
        }),
      ];
    }),
  ).flat();
  return zeekTsv(rows);
}

const ESCAPE = String.fromCharCode(27);

describe('from nothing to a report', () => {
  const cwd = temporaryFolder();
  const logs = join(cwd, 'logs');
  beforeAll(() => {
    mkdirSync(logs);
    writeFileSync(join(logs, 'conn.00:00:00-01:00:00.log.gz'), gzipSync(border(48)));
    writeFileSync(
      join(logs, 'dns.log'),
      zeekTsv([{ ts: '1772323200.000000', query: 'example.org' }], { path: 'dns' }),
    );
  });

  it('writes weir.yaml from what the logs suggest, never without a word', async () => {
    const unasked = await weir(cwd, ['init', '--logs', 'logs']);
    expect(unasked.code).toBe(2);
    expect(unasked.err).toContain('never assumed');
    const made = await weir(cwd, ['init', '--json', '--logs', 'logs', '--yes', '--path', 'border:10']);
    expect(made.code, made.err).toBe(0);
    const answer = initAnswer.parse(JSON.parse(made.out));
    expect(answer).toMatchObject({ inside: ['10.0.0.0/24'], insideBy: 'accepted' });
    expect((await weir(cwd, ['init', '--inside', '10.0.0.0/8'])).code).toBe(2);
  });

  it('checks weir.yaml before anything is imported', async () => {
    const { code, out, err } = await weir(cwd, ['check', '--json']);
    expect(code, err).toBe(0);
    expect(checkAnswer.parse(JSON.parse(out)).findings.map(({ subject }) => subject)).toContain('ledger');
  });

  it('asks for an import when there is no ledger yet', async () => {
    const { code, out, err } = await weir(cwd, ['report']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('weir import');
  });

  it('imports, and finds nothing new the second time', async () => {
    const first = await weir(cwd, ['import', 'logs', '--json']);
    expect(first.code, first.err).toBe(0);
    const answer = importAnswer.parse(JSON.parse(first.out));
    expect(answer.commits).toMatchObject([
      { source: 'zeek.conn', accepted: 576, rejected: 0, status: 'new' },
    ]);
    expect(answer.leftAlone).toMatchObject([{ what: 'zeek.dns', lines: 1 }]);
    const again = await weir(cwd, ['import', 'logs']);
    expect(again.code).toBe(0);
    expect(again.out).toContain('Nothing new; no day changed');
  });

  it('reports to the byte what left, whoever opened the connection; flags in any order', async () => {
    const runs = await Promise.all([
      weir(cwd, ['report', '--by', 'initiator', '--json']),
      weir(cwd, ['--json', 'report', '--by=initiator']),
    ]);
    const [first, second] = runs.map(({ out }) => reportAnswer.parse(JSON.parse(out)));
    expect(second).toEqual(first);
    expect(first?.total.bytesOut.estimate).toBe(String(288 * 501_000));
    expect(first?.rows.map(({ key, bytesOut }) => [key, bytesOut.estimate])).toEqual([
      ['outside', String(288 * 500_000)],
      ['inside', String(288 * 1000)],
    ]);
    const person = await weir(cwd, ['report', '--by', 'destination', '--from', '2026-03-02']);
    expect(person.out).toMatch(/203\.0\.113\.0\/24\s+72\.0 MB/);
  });

  it('answers as of an earlier entry, and refuses one that is not there', async () => {
    const { code, out } = await weir(cwd, ['report', '--json', '--as-of', '1']);
    expect(code).toBe(0);
    expect(reportAnswer.parse(JSON.parse(out))).toMatchObject({ asOf: 1, rows: [] });
    expect((await weir(cwd, ['report', '--as-of', '99'])).code).toBe(2);
  });

  it('detects, with a promise that says what it rests on', async () => {
    const { code, out, err } = await weir(cwd, ['detect', '--json', '--fail-on-leads']);
    expect(code, err).toBe(0);
    expect(detectAnswer.parse(JSON.parse(out)).promise.unproven).toBe(true);
  });

  it('registers a transfer and lists it; refuses one of no scope, cap or end', async () => {
    const scope = ['--host', '10.0.0.1', '--destination', '198.51.100.9'];
    const flags = ['--owner', 'climate', '--cap', '5TB', '--until', '2999-01-01', '--note', 'mirror'];
    const made = await weir(cwd, ['register', '--json', ...scope, ...flags]);
    expect(made.code, made.err).toBe(0);
    const { allowances } = decisionAnswer.parse(JSON.parse(made.out));
    expect(allowances[0]).toMatchObject({
      capBytes: '5000000000000',
      scope: { host: '10.0.0.1', network: '198.51.100.0/24' },
    });
    const list = await weir(cwd, ['register', '--list', '--json']);
    expect(decisionsAnswer.parse(JSON.parse(list.out)).decisions).toHaveLength(1);
    expect((await weir(cwd, ['register', ...flags])).code).toBe(2);
    expect((await weir(cwd, ['register', ...scope, '--owner', 'x'])).err).toContain('--cap, --until, --note');
    expect((await weir(cwd, ['decide', 'nothing', 'dismissed', '--note', 'x'])).code).toBe(2);
  });

  it('keeps a journal that a checkpoint kept elsewhere can vouch for', async () => {
    const log = logAnswer.parse(JSON.parse((await weir(cwd, ['ledger', 'log', '--json'])).out));
    expect(log.entries.map(({ kind }) => kind).slice(0, 2)).toEqual(['commit', 'build']);
    expect(
      (await weir(cwd, ['ledger', 'keys', '--private', 'private.pem', '--public', 'public.pem'])).code,
    ).toBe(0);
    const signed = await weir(cwd, ['ledger', 'checkpoint', '--key', 'private.pem']);
    writeFileSync(join(cwd, 'checkpoint.json'), signed.out);
    const verified = await weir(cwd, [
      'ledger',
      'verify',
      '--json',
      '--checkpoint',
      'checkpoint.json',
      '--key',
      'public.pem',
    ]);
    expect(verified.code, verified.err).toBe(0);
    expect(verifyAnswer.parse(JSON.parse(verified.out)).problems).toEqual([]);
    const { entrySha256 } = JSON.parse(signed.out);
    const another = entrySha256.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0'));
    writeFileSync(join(cwd, 'checkpoint.json'), signed.out.replace(entrySha256, another));
    const forged = [
      'ledger',
      'verify',
      '--no-files',
      '--checkpoint',
      'checkpoint.json',
      '--key',
      'public.pem',
    ];
    expect((await weir(cwd, forged)).code).toBe(3);
  });

  it('answers SELECT over its views, exact counts as text, and runs nothing else', async () => {
    const sql =
      'SELECT orig, sum("origBytes") AS sent FROM flow WHERE "respPort" = 443 GROUP BY orig ORDER BY orig';
    const { code, out, err } = await weir(cwd, ['ledger', 'query', sql, '--json']);
    expect(code, err).toBe(0);
    expect(queryAnswer.parse(JSON.parse(out)).rows[0]).toEqual({ orig: '10.0.0.1', sent: '48000' });
    for (const forbidden of [
      "COPY (SELECT 1) TO 'ledger/ledger.json'",
      "SELECT * FROM read_text('/etc/hostname')",
      'SELECT 1; DROP VIEW flow',
      'SELECT nothing',
    ]) {
      expect((await weir(cwd, ['ledger', 'query', forbidden])).code, forbidden).toBe(2);
    }
    expect((await weir(cwd, ['report', '--json'])).code).toBe(0);
  });

  it('tidies up without changing a figure', async () => {
    const before = await weir(cwd, ['report', '--by', 'host', '--json', '--limit', '0']);
    expect((await weir(cwd, ['ledger', 'compact'])).code).toBe(0);
    expect((await weir(cwd, ['ledger', 'gc', '--dry-run'])).code).toBe(0);
    const after = await weir(cwd, ['report', '--by', 'host', '--json', '--limit', '0']);
    const figures = ({ out }: { out: string }) =>
      reportAnswer.omit({ asOf: true }).strip().parse(JSON.parse(out));
    expect(figures(after)).toEqual(figures(before));
  });

  it('ends quietly when its reader closes the pipe', async () => {
    const { code, out, err } = await shell(cwd, 'set -o pipefail; $WEIR report --by hour --json | head -1');
    expect({ code, out, err }).toEqual({ code: 0, out: '{\n', err: '' });
  });
});

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

describe('what comes from logs', () => {
  it('can do nothing to a terminal', async () => {
    const cwd = temporaryFolder();
    const evil = `${ESCAPE}]0;owned${String.fromCharCode(7)}${ESCAPE}[2J\u202eevil\u009b1m`;
    writeFileSync(
      join(cwd, 'weir.yaml'),
      `facility: { name: X }
mappings:
  - { name: given, files: "*.ndjson", time: t, host: h, destination: d, bytesOut: b, path: { value: border } }
`,
    );
    const row = { t: '2026-03-01T00:00:00Z', h: evil, d: evil, b: 1000 };
    writeFileSync(
      join(cwd, 'a.ndjson'),
      `${JSON.stringify(row)}\n${JSON.stringify({ ...row, b: `${evil}` })}\n`,
    );
    const runs = [
      await weir(cwd, ['import', 'a.ndjson', `${ESCAPE}[2Jmissing`]),
      await weir(cwd, ['report', '--by', 'host']),
      await weir(cwd, ['report', '--by', 'destination', '--json']),
      await weir(cwd, ['check']),
      await weir(cwd, ['ledger', 'query', 'SELECT * FROM reject']),
      await weir(cwd, [`${ESCAPE}[2J`]),
    ];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    const active = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;
    for (const { out, err } of runs) {
      expect(out).not.toMatch(active);
      expect(err).not.toMatch(active);
    }
    expect(runs[1]?.out).toContain('\\x1b]0;owned\\x07\\x1b[2J\\u{202e}evil\\x9b1m');
    expect(JSON.parse(runs[2]?.out ?? '').rows[0].key).toBe(evil);
  });
});
