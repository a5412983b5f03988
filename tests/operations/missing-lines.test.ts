import { expect, test } from 'vitest';
import { check } from '../../src/operations/check.ts';
import { hourlyRows } from '../support/hourly.ts';
import { type Files, testLedger } from '../support/ledgers.ts';
import { zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
sensors: [{ name: zeek, files: "conn*" }, { name: log, files: "**" }]
`;

/** Returns what `weir check` says of the lines of a log, imported file by file or at once. */
async function missing(files: Files, apart = false) {
  const ledger = testLedger(YAML);
  await ledger.importFiles({ 'conn.log': zeekTsv(hourlyRows('2026-03-01T00:00:00Z', 24)) });
  const imports = apart ? Object.entries(files).map((file) => Object.fromEntries([file])) : [files];
  for (const each of imports) {
    const { answer } = await ledger.importFiles(each);
    expect(answer.rejects).toEqual([]);
  }
  const { answer } = await check({
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
  });
  const found = answer.findings.filter(({ finding }) => finding.includes('numbered'));
  const gaps = answer.sensors.find(({ sensor }) => sensor === 'log')?.gaps ?? [];
  return {
    said: found.map(({ finding }) => finding),
    gaps: gaps.flatMap(({ from, to, reason }) =>
      reason.includes('missing') ? [`${from.slice(8, 16)} ${to.slice(8, 16)} ${reason}`] : [],
    ),
  };
}

/** Records of a changelog, one a minute from the first of March on; other types than openings have numbers too. */
function changelog(numbers: readonly number[]): string {
  const line = (number: number) => {
    const at = new Date(Date.UTC(2026, 2, 1, 0, number)).toISOString();
    const type = number % 3 === 0 ? '01CREAT' : '10OPEN';
    return `${number} ${type} ${at.slice(11, 19)}.000000000 ${at.slice(0, 10).replaceAll('-', '.')} 0x0 t=[0x200000401:0x2:0x0] u=1001:1001 nid=10.0.0.7@tcp\n`;
  };
  return numbers.map(line).join('');
}

const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test('Lustre numbers its records: what lies between two files, or was cut out of one, is missing', async () => {
  const whole = { 'a.log': changelog(upTo(50, 200)), 'b.log': changelog(upTo(201, 300)) };
  expect(await missing(whole)).toEqual({ said: [], gaps: [] });
  const cut = upTo(201, 300).filter((number) => number < 250 || number > 252);
  const broken = {
    'a.log': changelog(upTo(50, 200)),
    'c.log': changelog(upTo(301, 310)),
    'b.log': changelog(cut),
  };
  const found = await missing(broken, true);
  expect(found.gaps).toEqual(['01T03:59 01T04:59 3 of 60 lines are missing (numbers 240 to 299)']);
  expect(found.said).toEqual([expect.stringContaining('and 3 are on no line that was imported')]);
  expect(await missing(broken)).toEqual(found);
  const noFile = { 'a.log': broken['a.log'], 'c.log': broken['c.log'] };
  expect((await missing(noFile)).gaps).toEqual([
    '01T03:20 01T05:10 100 of 110 lines are missing (numbers 201 to 310)',
  ]);
});

test('auditd numbers its events by host: some that are missing are told, late ones and a boot are not', async () => {
  const event = (serial: number, host: string, second = serial) =>
    `node=${host} type=USER_ACCT msg=audit(${1772355600 + second}.100:${serial}): pid=1 uid=0\n`;
  const events = (from: number, to: number, host: string) =>
    upTo(from, to).map((serial) => event(serial, host));
  const of = (lines: readonly string[]) => ({ 'audit.log': lines.join('') });
  const early = events(20_000, 20_050, 'n1');
  const boot = upTo(1, 40).map((serial) => event(serial, 'n1', 20_100 + serial));
  expect(await missing(of([...early, ...boot, ...events(5, 9, 'n2')]))).toEqual({ said: [], gaps: [] });
  const late = [...early.slice(0, 20), ...early.slice(22), ...early.slice(20, 22)];
  expect((await missing(of(late))).said).toEqual([]);
  const deleted = await missing(of([...early.slice(0, 20), ...early.slice(27), ...events(5, 9, 'n2')]));
  expect(deleted.gaps).toEqual([
    expect.stringMatching(/7 of 51 lines of n1 are missing \(numbers 20000 to 20050\)$/),
  ]);
});
