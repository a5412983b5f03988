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
import { zeekTsv } from '../support/zeek-text.ts';
import { border } from './border-log.ts';

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
