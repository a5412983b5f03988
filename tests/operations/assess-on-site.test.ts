import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type AssessAnswer, assessAnswer } from '../../src/operations/answers/assess.ts';
import { assess } from '../../src/operations/assess.ts';
import { type TestLedger, temporaryFolder, testLedger } from '../support/ledgers.ts';

const GB = 1_000_000_000;
const START = Date.parse('2026-03-01T00:00:00Z');
const HOUR = 3_600_000;
const DAYS = 40;

/** Tape takes what the mover logged and `hsm` read from storage; disks are carried past every log. */
const YAML = (tape = 'loggedBy: [mover], readBy: [hsm]') => `
facility: { name: Test Centre, channelsComplete: true }
networks: { inside: [10.0.0.0/8] }
paths: []
onSite:
  - { name: tape, kind: tape, capacityPerDay: 2.4TB, ${tape} }
  - { name: disks, kind: media, capacityPerDay: 1TB }
sensors:
  - { name: mover, files: "mover/**", timezone: UTC }
  - name: nas
    files: "nas/**"
    format: access-json
    keys: { time: ts, principal: user, operation: op, bytesRead: size }
`;

const at = (hour: number, seconds = 1800) => new Date(START + hour * HOUR + seconds * 1000);
const dayOf = (hour: number) => at(hour).toISOString().slice(0, 10);

/** A line of xferlog: it names the end, and how long the transfer took. */
function moved(hour: number, bytes: number, hours = 0): string {
  const [, month, day, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at(hour).toUTCString())
    ? (at(hour)
        .toUTCString()
        .match(/^\w+, (?:0?)(\d+) (\w+) (\d+) ([\d:]+)/) ?? [])
    : [];
  const weekday = at(hour).toUTCString().slice(0, 3);
  return `${weekday} ${day} ${month?.padStart(2, ' ')} ${time} ${year} ${hours * 3600} 10.0.0.9 ${bytes} /tape/a b _ i r hsm ftp 0 * c\n`;
}
const read = (hour: number, user: string | undefined, bytes: number | undefined, op = 'read') =>
  `${JSON.stringify({ ts: at(hour).toISOString(), user, op, size: bytes })}\n`;

async function assessed(ledger: TestLedger, claim: string): Promise<AssessAnswer> {
  const claimFile = join(temporaryFolder(), 'claim.yaml');
  writeFileSync(claimFile, claim);
  const question = { facility: ledger.facility, ledgerDir: ledger.dir, progress: () => undefined, claimFile };
  return assessAnswer.parse(await assess(question));
}

const claim = (volume: string, from: string, to: string, channel = '{ name: tape }') => `
title: Planted
packedAtMost: 1
statements:
  - id: whole
    source: { who: somebody, saidOn: 2026-05-01 }
    volume: ${volume}
    window: { from: ${from}, to: ${to} }
    channel: ${channel}
`;
const tapeOf = (answer: AssessAnswer, window = 0) =>
  answer.bounds[window]?.channels.find(({ name }) => name === 'tape');
const hours = (length: number) => Array.from({ length }, (_, hour) => hour);

describe('an on-site channel of which logs are kept', () => {
  test('carried no more than its mover logged, and is unwatched where that is silent', async () => {
    const ledger = testLedger(YAML('loggedBy: [mover]'));
    const silent = (hour: number) => hour >= 100 && hour < 106;
    await ledger.importFiles({
      'mover/log': hours(DAYS * 24)
        .flatMap((hour) => (silent(hour) ? [] : [moved(hour, 10 * GB)]))
        .join(''),
    });
    const quiet = await assessed(ledger, claim('100TB', '2026-03-10', '2026-03-19'));
    expect(tapeOf(quiet)).toMatchObject({
      seen: { low: '0', estimate: '2400000000000', high: '2400000000000' },
      unseenHours: 0,
      most: '2400000000000',
    });
    expect(quiet.verdicts[0]?.kind).toBe('notPossible');
    expect(quiet.headline).toMatch(/^Not possible by tape: 100 TB .* at most 2\.40 TB can have left/);
    // Six silent hours at 100 GB each.
    const gap = await assessed(ledger, claim('500GB', '2026-03-05', '2026-03-05'));
    expect(tapeOf(gap)).toMatchObject({ unseenHours: 6, couldHaveBeen: '600000000000' });
    expect(gap.headline).toContain('Unwatched remain: tape for 6 h');
    // The disks are as unwatched as ever.
    const all = await assessed(ledger, claim('12TB', '2026-03-10', '2026-03-19', 'onSite'));
    expect(all.headline).toMatch(
      /^Possible only through disks: 12\.0 TB .* Unwatched remain: disks all the time\.$/,
    );
  });

  test('is unwatched before a silent hour for as long as a transfer takes: it is logged when it ends', async () => {
    const ledger = testLedger(YAML('loggedBy: [mover]'));
    const lines = hours(DAYS * 24).flatMap((hour) =>
      hour === 106 ? [] : [moved(hour, GB, hour === 50 ? 5 : 0)],
    );
    await ledger.importFiles({ 'mover/log': lines.join('') });
    // What began up to five hours before would be in the log of the silent hour.
    const answer = await assessed(ledger, claim('500GB', '2026-03-05', '2026-03-05'));
    expect(tapeOf(answer)?.unseenHours).toBe(6);
  });

  test('carried no more than its identities read, nameless reads included', async () => {
    const ledger = testLedger(YAML('readBy: [hsm]'));
    const lines = hours(DAYS * 24).flatMap((hour) => [
      read(hour, 'hsm', 5 * GB),
      read(hour, 'alice', 900 * GB),
      ...(hour === 300 ? [read(hour, undefined, 7 * GB)] : []),
      ...(hour === 24 * 25 + 4 ? [read(hour, 'hsm', undefined, 'open')] : []),
    ]);
    await ledger.importFiles({ 'nas/a.json': lines.join('') });
    const answer = await assessed(ledger, claim('10TB', '2026-03-10', '2026-03-19'));
    // Ten days of 120 GB, what nobody's name stands beside, and a day before and after, of which records may speak late.
    expect(tapeOf(answer)).toMatchObject({
      seen: { low: '0', estimate: String(1_207 * GB), high: String(1_447 * GB) },
      unseenHours: 0,
    });
    expect(answer.verdicts[0]?.kind).toBe('notPossible');
    // What was opened without a size may have been read whole, that day and around it.
    const opened = await assessed(ledger, claim('10TB', '2026-03-25', '2026-03-28'));
    expect(tapeOf(opened)?.unseenHours).toBe(72);
    const misspelt = testLedger(YAML('readBy: [hms]'), join(ledger.dir, '..'));
    expect(tapeOf(await assessed(misspelt, claim('10TB', '2026-03-10', '2026-03-19')))).toMatchObject({
      unseenHours: 240,
      because: ['no storage log ever names hms'],
    });
  });

  test('of two logs the one that says more counts', async () => {
    const ledger = testLedger(YAML());
    await ledger.importFiles({
      'mover/log': hours(DAYS * 24)
        .map((hour) => moved(hour, GB))
        .join(''),
      'nas/a.json': hours(DAYS * 24)
        .map((hour) => read(hour, 'hsm', 2 * GB))
        .join(''),
    });
    const answer = await assessed(ledger, claim('10TB', '2026-03-10', '2026-03-19'));
    expect(tapeOf(answer)?.most).toBe(String(240 * GB));
    expect(tapeOf(answer)?.because.join()).toContain('mover');
  });

  test('is unwatched when its log holds nothing, and a log that nobody writes is an error', async () => {
    const answer = await assessed(testLedger(YAML()), claim('1TB', '2026-03-10', '2026-03-19'));
    expect(tapeOf(answer)?.unseenHours).toBe(240);
    expect(() => testLedger(YAML('loggedBy: [moover]'))).toThrow(
      /loggedBy\[0\].*no sensor is called moover.*mover/,
    );
  });

  test('is never bounded by less than what truly went, whatever was logged when, and however long it took', async () => {
    // The truth, hour by hour: transfers of one to seven hours that move their bytes evenly; a log that is off now and then.
    const random = lcg(20260301);
    const truth: number[] = Array(DAYS * 24).fill(0);
    const off = hours(DAYS * 24).map(() => random() < 0.02);
    const lines: string[] = [];
    for (let hour = 0; hour < DAYS * 24; hour += 1) {
      const length = 1 + Math.floor(random() * (hour % 50 === 0 ? 7 : 2));
      const perHour = Math.floor(random() * 30 * GB);
      const first = hour - length + 1;
      if (first < 0) continue;
      for (let each = first; each <= hour; each += 1) truth[each] = (truth[each] ?? 0) + perHour;
      // It ends at half past; the last hour holds half, the one before the first the other half: no matter for whole days.
      if (!off[hour]) lines.push(moved(hour, perHour * length, length - 1));
    }
    const most = Math.max(...truth) * 24;
    const yaml = YAML('loggedBy: [mover]').replace('2.4TB', `${Math.ceil(most / 1e9)}GB`);
    const ledger = testLedger(yaml);
    await ledger.importFiles({ 'mover/log': lines.join('') });
    const windows = hours(45).map((index) => {
      const from = Math.floor(random() * (DAYS - 1));
      return { id: `w${index}`, from, to: Math.min(DAYS - 1, from + Math.floor(random() * 12)) };
    });
    const statements = windows.map(
      ({ id, from, to }) =>
        `  - { id: ${id}, source: { who: x, saidOn: 2026-05-01 }, window: { from: ${dayOf(from * 24)}, to: ${dayOf(to * 24)} } }`,
    );
    const told = `title: T\nstatements:\n  - { id: v, source: { who: x, saidOn: 2026-05-01 }, volume: 1TB }\n${statements.join('\n')}\n`;
    const answer = await assessed(ledger, told);
    expect(answer.bounds.length).toBeGreaterThan(30);
    const sharp: number[] = [];
    for (const { window, channels } of answer.bounds) {
      const fromHour = (Date.parse(window.from ?? '') - START) / HOUR;
      const toHour = (Date.parse(window.to) - START) / HOUR + 24;
      const truly = truth.slice(fromHour, toHour).reduce((sum, each) => sum + each, 0);
      const tape = channels.find(({ name }) => name === 'tape');
      expect(Number(tape?.most)).toBeGreaterThanOrEqual(truly);
      sharp.push(truly / Number(tape?.most));
    }
    // And it says something: a good part of each bound is what truly went.
    expect(Math.min(...sharp)).toBeGreaterThan(0.15);
  });
});

/** Numerical Recipes' generator: the same numbers in every run. */
function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
