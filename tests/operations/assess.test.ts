import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assessText } from '../../src/commands/assess.ts';
import { type AssessAnswer, assessAnswer } from '../../src/operations/answers/assess.ts';
import { assess, assessmentSvg } from '../../src/operations/assess.ts';
import { type TestLedger, temporaryFolder, testLedger } from '../support/ledgers.ts';

const GB = 1_000_000_000;

/** Hourly sums of two paths arrive ready-made; the backup link and the tape library are listed and not watched. */
const YAML = `
facility: { name: Test Centre, channelsComplete: true }
paths:
  - { name: border, capacityGbps: 10 }
  - { name: vpn, kind: vpn, capacityGbps: 1 }
  - { name: replica, kind: backup, capacityGbps: 0.1 }
onSite:
  - { name: library, kind: tape, capacityPerDay: 2TB, logged: true }
mappings:
  - { name: border-sums, files: "border/**", time: time, per: hour, bytesOut: bytes, flows: flows, path: { value: border } }
  - { name: vpn-sums, files: "vpn/**", time: time, per: hour, bytesOut: bytes, flows: flows, path: { value: vpn } }
  - { name: replica-sums, files: "replica/**", time: time, per: hour, bytesOut: bytes, path: { value: replica } }
`;

const START = Date.parse('2026-03-01T00:00:00Z');

/** Returns sums of 45 days, by the hour: ordinary ones of a path, and what the test adds; no line for undefined. */
function sums(perHour: number, more: (hour: number) => number | undefined): string {
  const lines = Array.from({ length: 45 * 24 }, (_, hour) => {
    const extra = more(hour);
    const bytes = Math.round(perHour * (0.85 + 0.1 * ((Math.floor(hour / 24) * 5) % 4)));
    return extra === undefined
      ? ''
      : `${new Date(START + hour * 3_600_000).toISOString()},${bytes + extra},20\n`;
  });
  return `time,bytes,flows\n${lines.join('')}`;
}

const CLAIM = `
title: Planted
packedAtMost: 1
statements:
  - id: whole
    source: { who: somebody, saidOn: 2026-04-20 }
    volume: 3TB
    window: { from: 2026-04-01, to: 2026-04-10 }
`;

async function assessed(ledger: TestLedger, claim = CLAIM): Promise<AssessAnswer> {
  const claimFile = join(temporaryFolder(), 'claim.yaml');
  writeFileSync(claimFile, claim);
  const question = { facility: ledger.facility, ledgerDir: ledger.dir, progress: () => undefined, claimFile };
  return assessAnswer.parse(await assess(question));
}

/** April 1 to 10, in hours of the sums. */
const stolen = (hour: number) => hour >= 31 * 24 && hour < 41 * 24;

describe('weir assess', () => {
  test('counts what storage served once, though its counters are cumulative', async () => {
    const ledger = testLedger(`${YAML}sensors: [{ name: lustre, files: "lustre/**" }]\n`);
    const at = (day: string, sum: number) => `obdfilter.scratch-OST0000.job_stats=
job_stats:
- job_id:          "dd.1001"
  snapshot_time:   ${Date.parse(day) / 1000}
  start_time:      ${Date.parse('2026-04-01T00:00:00Z') / 1000}
  read_bytes:      { samples: 5, unit: bytes, min: 4096, max: 1048576, sum: ${sum} }
  write_bytes:     { samples: 0, unit: bytes, min: 0, max: 0, sum: 0 }
`;
    await ledger.importFiles({
      'border/sums.csv': sums(10 * GB, () => 0),
      'lustre/1.txt': at('2026-04-02T00:00:00Z', 1_000),
      'lustre/2.txt': at('2026-04-03T00:00:00Z', 3_000),
      'lustre/3.txt': at('2026-04-04T00:00:00Z', 7_000),
    });
    const [bounds] = (await assessed(ledger)).bounds;
    expect(bounds?.storageReads?.byPrincipal).toEqual([{ principal: '1001', bytesRead: '7000' }]);
  });

  test('works with capacities alone', async () => {
    const answer = await assessed(testLedger(YAML));
    expect(answer.asOf).toBeNull();
    const [bounds] = answer.bounds;
    // Ten days at 10 + 1 + 0.1 Gbit/s, and of two terabytes.
    expect(bounds?.channels.map(({ name, most }) => [name, most])).toEqual([
      ['border', '1080000000000000'],
      ['vpn', '108000000000000'],
      ['replica', '10800000000000'],
      ['library', '20000000000000'],
    ]);
    expect(bounds).toMatchObject({
      remote: '1198800000000000',
      onSite: '30800000000000',
      total: '1218800000000000',
    });
    expect(answer.verdicts[0]?.kind).toBe('onlyThrough');
    expect(answer.verdicts[0]?.neededBitsPerSecond?.low).toBe(27_777_778);
    const tooMuch = await assessed(testLedger(YAML), CLAIM.replace('3TB', '2PB'));
    expect(tooMuch.headline).toMatch(
      /^Not possible: 2\.00 PB in 2026-04-01 to 2026-04-10, 10 days, where at most 1\.22 PB can have left/,
    );
  });

  test('finds a theft among what the paths carried, with what was to be expected of them', async () => {
    const ledger = testLedger(YAML);
    await ledger.importFiles({
      'border/a.csv': sums(20 * GB, () => 0),
      'vpn/a.csv': sums(1 * GB, (hour) => (stolen(hour) ? 12.5 * GB : 0)),
      'replica/a.csv': sums(0.1 * GB, () => 0),
    });
    const answer = await assessed(ledger);
    const of = (name: string) => answer.bounds[0]?.channels.find((each) => each.name === name);
    expect(of('vpn')).toMatchObject({ unseenHours: 0, couldHaveBeen: '0' });
    expect(of('vpn')?.most).toBe(of('vpn')?.seen.high);
    expect(Number(of('vpn')?.seen.estimate) / 3.24e12).toBeCloseTo(1, 2);
    expect(Number(of('vpn')?.unexplained?.low) / 3e12).toBeGreaterThan(0.99);
    expect(Number(of('vpn')?.unexplained?.high) / 3e12).toBeLessThan(1.01);
    expect(Number(of('border')?.unexplained?.estimate)).toBeLessThan(200 * GB);
    expect(of('vpn')?.because).toEqual([
      'expected as on 31 watched days before the window, 2026-03-01 to 2026-03-31',
    ]);
    expect(answer.verdicts[0]?.kind).toBe('supported');
    expect(answer.headline).toMatch(
      /^Supported by 3\.\d+ TB \(.*\) that left beyond what was to be expected by vpn.* Unwatched remain: library all the time\.$/,
    );
    // The same logs bound an invented volume: what was seen, and what tape can carry.
    const invented = await assessed(ledger, CLAIM.replace('3TB', '40TB'));
    expect(invented.verdicts[0]?.kind).toBe('notPossible');
  });

  test('says which path nobody watched, and for how long', async () => {
    const ledger = testLedger(YAML);
    const blind = (hour: number) => hour >= 33 * 24 && hour < 36 * 24;
    await ledger.importFiles({
      'border/a.csv': sums(20 * GB, (hour) => (blind(hour) ? undefined : 0)),
      'vpn/a.csv': sums(1 * GB, () => 0),
      'replica/a.csv': sums(0.1 * GB, () => 0),
    });
    const answer = await assessed(ledger, CLAIM.replace('3TB', '150TB'));
    const border = answer.bounds[0]?.channels.find(({ name }) => name === 'border');
    expect(border).toMatchObject({ unseenHours: 72, couldHaveBeen: '324000000000000' });
    expect(answer.headline).toContain('Possible only through border: 150 TB claimed');
    expect(answer.headline).toContain('Unwatched remain: border for 3 days; library all the time');
    // Four silent hours in a quiet night are idle to coverage; a bound takes them for unwatched.
    const quiet = testLedger(YAML.replace(', flows: flows, path: { value: vpn }', ', path: { value: vpn }'));
    const silent = (hour: number) => hour >= 33 * 24 && hour < 33 * 24 + 4;
    await quiet.importFiles({
      'vpn/a.csv': sums(GB, (hour) => (silent(hour) || hour < 30 * 24 ? undefined : 0)),
    });
    const vpn = (await assessed(quiet)).bounds[0]?.channels.find(({ name }) => name === 'vpn');
    expect(vpn).toMatchObject({ unseenHours: 4, couldHaveBeen: '1800000000000' });
    expect(vpn?.because).toContain('4 h without any record count as unwatched');
    // Days before the logs begin are as blind as any.
    const early = await assessed(ledger, CLAIM.replace('from: 2026-04-01', 'from: 2026-02-25'));
    expect(early.bounds[0]?.channels.find(({ name }) => name === 'vpn')?.unseenHours).toBe(96);
  });

  test('the shipped example is assessed, marked as unconfirmed, and its picture is drawn', async () => {
    const root = join(import.meta.dirname, '../../examples');
    const { facility } = testLedger(readFileSync(join(root, 'tianjin-2026.weir.yaml'), 'utf8'));
    const question = { facility, ledgerDir: temporaryFolder(), progress: () => undefined };
    const answer = assessAnswer.parse(
      await assess({ ...question, claimFile: join(root, 'tianjin-2026.claim.yaml') }),
    );
    expect(answer.claim.note).toContain('Unconfirmed');
    expect(answer.contradictions.map(({ between, about }) => [...between, about])).toEqual([
      ['six-months', 'since-february', 'duration'],
    ]);
    expect(answer.verdicts.map(({ kind }) => kind)).not.toContain('notPossible');
    expect(assessmentSvg(answer)).toContain('<title id="weir-title">');
    const page = readFileSync(join(root, '../docs/claims.md'), 'utf8');
    const shown = /```\n(Alleged theft[\s\S]*?)```/.exec(page)?.[1]?.split('\n') ?? [];
    const printed = assessText(answer).split('\n');
    expect(shown.filter((line) => !line.startsWith('…') && !printed.includes(line))).toEqual([]);
    expect(shown.length).toBeGreaterThan(60);
  });
});
