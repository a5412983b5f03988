import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../src/operations/check.ts';
import { formatMicros } from '../../src/records/time.ts';
import { withYears } from '../../src/sources/year.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const YAML = (year: string) => `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 1, sensors: [gate] }]
sensors: [{ name: gate, files: "**", timezone: UTC, year: ${year} }]
`;
const login = (stamp: string, who: string) =>
  `${stamp} h sshd[${who.length}]: Accepted password for ${who} from 203.0.113.5 port 4 ssh2\n`;

/** Returns who began when, in the order of names. */
async function begins(ledger: TestLedger): Promise<string[]> {
  const rows = await ledger.facts('session');
  return rows.map((row) => `${row.principal} ${formatMicros(Number(row.startedAt)).slice(0, 16)}`).sort();
}

const NEW_YEAR = [
  login('Dec 30 10:00:00', 'a'),
  login('Dec 31 23:59:59', 'bb'),
  login('Jan  1 00:00:01', 'ccc'),
  // A machine whose lines come late, or whose clock is behind.
  login('Dec 31 23:59:58', 'dddd'),
  login('Jan  2 10:00:00', 'eeeee'),
];
const BEGAN = [
  'a 2026-12-30T10:00',
  'bb 2026-12-31T23:59',
  'ccc 2027-01-01T00:00',
  'dddd 2026-12-31T23:59',
  'eeeee 2027-01-02T10:00',
];

test('January behind December is of the next year, however the file grows, is rotated and packed', async () => {
  const ledger = testLedger(YAML('2026'));
  await ledger.importFiles({ 'auth.log': NEW_YEAR.slice(0, 2).join('') });
  const grown = await ledger.importFiles({ 'auth.log': NEW_YEAR.slice(0, 4).join('') });
  expect(grown.answer.commits[0]).toMatchObject({ status: 'grown', accepted: 2, rejected: 0 });
  const packed = await ledger.importFiles({ 'auth.log': '', 'auth.log.1.gz': gzipSync(NEW_YEAR.join('')) });
  expect(packed.answer.commits.find(({ file }) => file.endsWith('.gz'))).toMatchObject({
    status: 'grown',
    accepted: 1,
  });
  expect(await begins(ledger)).toEqual(BEGAN);
});

test('with `year: mtime` each file has the latest year that is not after its last change', async () => {
  const ledger = testLedger(YAML('mtime'));
  const put = (name: string, changed: string, text: string) => {
    writeFileSync(join(ledger.logs, name), text);
    utimesSync(join(ledger.logs, name), new Date(changed), new Date(changed));
  };
  put('auth.log.1', '2027-01-02T10:00:05Z', NEW_YEAR.join(''));
  put('auth.log.2', '2026-12-28T00:00:00Z', login('Mar  1 10:00:00', 'ffffff'));
  // Its zone may be ahead of UTC by less than a day.
  put('auth.log.3', '2026-12-31T20:00:00Z', login('Jan  1 03:00:00', 'ggggggg'));
  put('auth.log.4', '2027-03-01T00:00:00Z', login('Feb 29 10:00:00', 'hhhhhhhh'));
  const { answer } = await ledger.importFiles({});
  expect(answer.rejects).toEqual([]);
  expect(await begins(ledger)).toEqual([
    ...BEGAN,
    'ffffff 2026-03-01T10:00',
    'ggggggg 2027-01-01T03:00',
    'hhhhhhhh 2024-02-29T10:00',
  ]);
});

test('other logs of a sensor with a stated year, and months within a message, are what they were', async () => {
  const ledger = testLedger(YAML('2026'));
  const stamped = (at: string, who: string) => login(`2026-12-31T${at}:00+00:00`, who);
  const odd = `Dec  1 10:00:00 h sshd[9]: Jan  1 10:00:00 Accepted password\n`;
  const { answer } = await ledger.importFiles({
    'iso.log': stamped('10:00', 'a'),
    'auth.log': `${odd}${login('Dec  2 10:00:00', 'bb')}${login('<38>Jan  3 10:00:00', 'ccc')}`,
  });
  expect(answer.rejects).toEqual([]);
  expect(await begins(ledger)).toEqual(['a 2026-12-31T10:00', 'bb 2026-12-02T10:00', 'ccc 2027-01-03T10:00']);
});

test('check tells a stated year that puts a log apart from all others', async () => {
  const ledger = testLedger(`
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 1, sensors: [zeek] }]
sensors: [{ name: zeek, files: "conn*" }, { name: gate, files: "**", timezone: UTC, year: 2026 }]
`);
  const row = (at: string) => conn({ at, uid: at, from: '10.0.0.1 1', lasts: 1, sent: 1 });
  await ledger.importFiles({
    'conn.log': zeekTsv([row('2026-12-30T10:00:00Z'), row('2027-01-02T10:00:00Z')]),
    'auth.log': NEW_YEAR.join(''),
  });
  const said = async () => {
    const { answer } = await check({
      facility: ledger.facility,
      ledgerDir: ledger.dir,
      progress: () => undefined,
    });
    return answer.findings.flatMap(({ subject, finding }) => (subject === 'sensor gate' ? [finding] : []));
  };
  expect(await said()).toEqual([]);
  // The next file, and nobody has changed the year.
  await ledger.importFiles({ 'auth.log.1': login('Jan  3 10:00:00', 'fffffff') });
  expect(await said()).toEqual(['Its first line lies 361 days before that of every other sensor.']);
});

test('the same bytes in any pieces get the same years, and a beginning keeps its own', async () => {
  const months = ['Jan', 'Feb', 'Jun', 'Oct', 'Dec'];
  const line = fc
    .tuple(
      fc.constantFrom(...months),
      fc.integer({ min: 1, max: 31 }),
      fc.constantFrom('x', 'in Dec y', 'Jan z', 'y'.repeat(9_000)),
    )
    .map(([month, day, text]) => `${month} ${String(day).padStart(2)} 10:00:00 h ${text}\n`);
  const rewritten = async (text: string, size: number, year: number | 'mtime') => {
    async function* pieces() {
      for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
    }
    const parts: Buffer[] = [];
    for await (const part of withYears(pieces(), year, new Date('2027-03-01T00:00:00Z')))
      parts.push(Buffer.from(part));
    return Buffer.concat(parts).toString();
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 12 }),
      fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constant(30_000)),
      fc.nat(12),
      fc.constantFrom<(number | 'mtime')[]>(2026, 'mtime'),
      async (lines, size, kept, year) => {
        const whole = await rewritten(lines.join(''), 1_000_000, year);
        expect(await rewritten(lines.join(''), size, year)).toBe(whole);
        expect(whole.startsWith(await rewritten(lines.slice(0, kept).join(''), size, year))).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});
