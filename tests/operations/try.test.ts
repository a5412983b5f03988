import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tryText } from '../../src/commands/print/tried.ts';
import { parseFacility } from '../../src/facility/load.ts';
import { tryAnswer } from '../../src/operations/answers/try.ts';
import { tryLogs } from '../../src/operations/try.ts';
import { temporaryFolder } from '../support/ledgers.ts';
import { writeParquet } from '../support/parquet.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [192.0.2.0/24] }
paths: [{ name: border, capacityGbps: 10, sensors: [aws] }]
mappings:
  - { name: series, files: "*.parquet", format: parquet, time: at, per: hour, host: host, bytesOut: bytes, path: { value: border } }
sensors: [{ name: aws, files: "aws*" }, { name: fw, files: "fw*", timezone: UTC, year: 2026 }, { name: other, files: "other*" }, { name: vpn, files: "openvpn*", timezone: Asia/Shanghai, host: gate, fields: [a] }]
`;
const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n';
const flow = (bytes: number | string) =>
  `2 123456789010 eni-1 192.0.2.1 198.51.100.7 40001 443 6 100 ${bytes} 1772359200 1772359260 ACCEPT OK\n`;

async function tried(files: Readonly<Record<string, string | Uint8Array>>) {
  const root = temporaryFolder();
  mkdirSync(join(root, 'logs'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'logs', name), text);
  const facility = parseFacility(YAML, 'weir.yaml', root);
  const { answer, failed } = await tryLogs({
    facility,
    paths: ['logs'],
    cwd: root,
    progress: () => undefined,
    rows: 2,
  });
  tryAnswer.parse(answer);
  return { answer, failed, root };
}

test('the first records as Weir understands them, with what weir.yaml says of the sensor, and nothing written', async () => {
  const { answer, failed, root } = await tried({
    'aws.log': `${HEADER}${flow(150_000)}${flow('many')}${flow(7)}${flow(8)}`,
    'fw.log':
      'Mar  1 10:00:00 gw sshd[7]: Accepted password for alice from 198.51.100.7 port 55554 ssh2\nMar  1 10:00:00 gw cron[8]: x\n',
    'other.log':
      'Mar  1 10:00:00 gw sshd[7]: Accepted password for alice from 198.51.100.7 port 55554 ssh2\n',
    'other.txt': 'hello\n',
  });
  const [aws, fw, refused, stranger] = answer.files;
  expect(aws).toMatchObject({
    status: 'read',
    sensor: 'aws',
    whole: true,
    logs: [{ source: 'aws-vpc.flow', accepted: 3, rejected: 1 }],
    rejects: [{ line: 3, column: 'bytes', reason: 'not a count below 2^53' }],
  });
  const [flows] = aws?.records ?? [];
  expect(flows).toMatchObject({ family: 'flow', records: 3 });
  const cell = (row: number, column: string) => flows?.rows[row]?.[flows.columns.indexOf(column)];
  expect([0, 1].map((row) => [cell(row, 'orig'), cell(row, 'resp'), cell(row, 'origIpBytes')])).toEqual([
    ['192.0.2.1', '198.51.100.7', '150000'],
    ['192.0.2.1', '198.51.100.7', '7'],
  ]);
  expect(cell(0, 'time')).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/);
  expect(flows?.rows.length).toBe(2);
  expect(fw).toMatchObject({ settings: { timezone: 'UTC', year: 2026 }, leftAlone: [{ lines: 1 }] });
  expect(refused).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('`timezone:` and `year:`'),
  });
  expect(stranger).toMatchObject({ status: 'left-alone', reason: 'plain text' });
  expect(failed).toBe(1);
  expect(existsSync(join(root, 'ledger'))).toBe(false);
  const text = tryText(answer);
  expect(text).toContain('read as aws-vpc.flow (3 taken, 1 rejected); all 5 lines');
  expect(text).toContain('line 3, bytes: not a count below 2^53');
});

test('every address of a session is shown as people write it, and every time as one', async () => {
  const line = (text: string) =>
    `2026-03-01 10:00:00 alice/203.0.113.5:4000 MULTI: primary virtual ${text}\n`;
  const { answer } = await tried({
    'openvpn.log': `2026-03-01 10:00:00 203.0.113.5:4000 [alice] Peer Connection Initiated with [AF_INET6]2001:db8:0:7::5:4000
${line('IP for alice/203.0.113.5:4000: 10.200.0.2')}${line('IPv6 for alice/203.0.113.5:4000: 2001:db8:200::2')}`,
  });
  const [session] = answer.files[0]?.records ?? [];
  const shown = (session?.rows ?? []).map((row) => row.map((value) => String(value)));
  expect(session?.columns).toContain('assigned6');
  expect(session?.columns).not.toContain('observedAt');
  expect(shown.flat()).toContain('2001:db8:200::2');
  expect(shown.flat().filter((text) => /^\d{16}$/.test(text))).toEqual([]);
  expect(tryText(answer)).toContain('sensor vpn: timezone Asia/Shanghai, host gate, its fields\n');
});

test('of a large file the beginning is read', async () => {
  const { answer } = await tried({ 'aws.log': `${HEADER}${flow(1).repeat(60_000)}` });
  const [file] = answer.files;
  expect(file).toMatchObject({ status: 'read', whole: false });
  expect(file?.lines).toBeGreaterThan(1_000);
  expect(file?.lines).toBeLessThan(60_000);
});

test('Parquet is looked at where only a copy may be read, and cut Parquet is said to be', async () => {
  const file = join(temporaryFolder(), 'x.parquet');
  const row = (at: string) => `SELECT '${at}' AS at, 'vm-1' AS host, 1000 AS bytes`;
  await writeParquet(file, `${row('2026-03-01T10:00:00Z')} UNION ALL ${row('yesterday')}`);
  const whole = readFileSync(file);
  const { answer, failed } = await tried({
    'a.parquet': whole,
    'b.parquet': whole.subarray(0, whole.length - 9),
  });
  expect(answer.files).toMatchObject([
    {
      status: 'read',
      sensor: 'series',
      whole: true,
      lines: 2,
      logs: [{ source: 'mapping.series', accepted: 1, rejected: 1 }],
    },
    { status: 'failed', reason: expect.stringMatching(/^damaged Parquet: .*; import it again/) },
  ]);
  expect(failed).toBe(1);
  expect(JSON.stringify(answer)).not.toContain('look-input');
});

test('lines that are rejected before they are parsed are counted where an import counts them', async () => {
  const bad = Buffer.concat([Buffer.from(`${HEADER}${flow(7)}`), Buffer.from([0xff, 0xfe, 0x0a])]);
  const { answer } = await tried({ 'aws.log': bad });
  expect(answer.files).toMatchObject([{ lines: 3, logs: [{ accepted: 1, rejected: 1 }] }]);
  expect(tryText(answer)).toContain('(1 taken, 1 rejected); all 3 lines');
});
