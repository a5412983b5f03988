import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { check } from '../../src/operations/check.ts';
import { report } from '../../src/operations/report.ts';
import { hourlyRows } from '../support/hourly.ts';
import { PLAIN_YAML, type TestLedger, testLedger } from '../support/ledgers.ts';
import { micros, zeekTsv } from '../support/zeek-text.ts';

const FROM = '2026-03-01T00:00:00Z';
const MINUTE = 60_000_000;
const HOURS = 48;

/** A report every so many minutes, for as long as `runs` holds, with what has to be changed of it. */
function losses(
  runs: (minute: number) => boolean,
  change: (minute: number) => object = () => ({}),
  every = 15,
) {
  const rows = [];
  for (let minute = every; minute < HOURS * 60; minute += every) {
    if (!runs(minute)) continue;
    const ts = ((micros(FROM) + minute * MINUTE) / 1e6).toFixed(6);
    rows.push({ ts, ts_delta: `${every * 60}.000000`, peer: 'zeek', gaps: 0, acks: 100, ...change(minute) });
  }
  return zeekTsv(rows, { path: 'capture_loss' });
}

async function checked(ledger: TestLedger) {
  const { answer } = await check({
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
  });
  const { gaps = [], days = [] } = answer.sensors.find(({ sensor }) => sensor === 'zeek') ?? {};
  const said = answer.findings.map(({ subject, finding }) => `${subject}: ${finding}`);
  return { gaps, said, shares: days.map(({ share }) => share) };
}

async function ledgerOf(reports: string, conns = zeekTsv(hourlyRows(FROM, HOURS))) {
  const ledger = testLedger();
  await ledger.importFiles({ 'conn.log': conns, 'capture_loss.log': reports });
  return ledger;
}

test('what no report speaks of counts as unseen, over midnight and within an hour, day by day built', async () => {
  // Nothing from 23:15 to 00:30, and nothing from 09:15 to 09:45 of the second day.
  const minute = (day: number, hour: number, past: number) => (day * 24 + hour) * 60 + past;
  const pauses = [
    [minute(0, 23, 15), minute(1, 0, 30)],
    [minute(1, 9, 15), minute(1, 9, 45)],
  ];
  const runs = (at: number) => pauses.every(([from = 0, to = 0]) => at <= from || at > to);
  const ledger = await ledgerOf(losses(runs, undefined, 5));
  const { gaps, said, shares } = await checked(ledger);
  expect(gaps.map(({ from, to }) => `${from.slice(5, 16)} ${to.slice(5, 16)}`)).toEqual([
    '03-01T23:15 03-02T00:30',
    '03-02T09:00 03-02T10:00',
  ]);
  expect(shares).toEqual([round(1 - 0.75 / 24), round(1 - 1 / 24)]);
  expect(said).toEqual([
    expect.stringMatching(
      /^sensor zeek: Its reports on itself leave out 2 times, .*23:15Z to .*00:30Z: no report on itself for 75 min/,
    ),
  ]);
  const { coverage, couldHaveBeen } = await report({
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
    by: 'host',
  });
  // 1.75 of 48 h at 100 Gbit/s.
  expect(coverage.share).toBe(round(1 - 1.75 / 48));
  expect(couldHaveBeen.bytes).toBe('78750000000000');
  expect(coverage.because).toEqual(['path border: sensors lost or did not report on what amounts to 1.75 h']);
});

test('a restart, a log of reports that is missing, and reports that never follow on each other, are no holes', async () => {
  const restart = await ledgerOf(losses((minute) => minute !== 600));
  expect(await checked(restart)).toMatchObject({ gaps: [], shares: [1, 1] });
  // Records go on in whole hours of the pause: the sensor saw.
  const noReports = await ledgerOf(losses((minute) => minute <= 600 || minute > 780));
  expect(await checked(noReports)).toMatchObject({ gaps: [], shares: [1, 1] });
  const samples = await ledgerOf(losses((minute) => minute % 60 === 15));
  expect(await checked(samples)).toMatchObject({ gaps: [], shares: [1, 1] });
});

test('a clock that was set back or ahead is told, and takes nothing from what was watched', async () => {
  const back = losses(() => true).concat(
    zeekTsv(
      [
        {
          ts: `${micros(FROM) / 1e6 + 36_000 - 400}.000000`,
          ts_delta: '900.000000',
          peer: 'zeek',
          gaps: 0,
          acks: 1,
        },
      ],
      {
        path: 'capture_loss',
      },
    ),
  );
  const { said, shares } = await checked(await ledgerOf(back));
  expect(shares).toEqual([1, 1]);
  expect(said).toEqual([
    expect.stringMatching(/^sensor zeek: Its clock seems to have jumped \(2026-03-01T09:00Z .* set back/),
  ]);
  const ahead = losses(
    (minute) => minute <= 600 || minute >= 720,
    (minute) => (minute === 720 ? { ts_delta: '7200.000000' } : {}),
  );
  expect((await checked(await ledgerOf(ahead))).said).toEqual([
    expect.stringContaining('a report over 120 min where 15 min are usual: its clock was set ahead'),
  ]);
});

test('what Suricata counts since it began is taken apart; a new process begins at nothing', async () => {
  const ledger = testLedger(PLAIN_YAML);
  const line = (minute: number, uptime: number, pkts: number, drops: number) =>
    `${JSON.stringify({
      timestamp: new Date((micros(FROM) + minute * MINUTE) / 1000).toISOString(),
      event_type: 'stats',
      stats: { uptime, capture: { kernel_drops: drops }, decoder: { pkts } },
    })}\n`;
  const threads = `{"timestamp":"2026-03-01T00:00:00Z","event_type":"stats","stats":{"uptime":9,"threads":{}}}\n`;
  await ledger.importFiles({
    // Of the first what was before the day is not known; the process began again at 01:20.
    'eve.json': `${line(10, 86_400, 5000, 100)}${line(40, 88_200, 5900, 200)}${line(70, 90_000, 6000, 200)}${line(90, 600, 70, 7)}${line(110, 1800, 80, 7)}${threads}`,
  });
  // The next day begins as if nothing were known of the one before, whether they are built together or not.
  await ledger.importFiles({ 'next.json': `${line(1450, 82_200, 900, 9)}${line(1460, 82_800, 1000, 9)}` });
  const together = testLedger(PLAIN_YAML);
  const text = readFileSync(join(ledger.logs, 'eve.json'), 'utf8');
  const next = readFileSync(join(ledger.logs, 'next.json'), 'utf8');
  await together.importFiles({ 'eve.json': `${text}${next}` });
  const rows = await ledger.built('coverage-cell');
  expect(await together.built('coverage-cell')).toEqual(rows);
  const hour = (row: Record<string, unknown>) => Number(row.hour) - micros(FROM) / (60 * MINUTE);
  expect(rows.map((row) => [hour(row), row.reports, row.seen, row.lost]).sort()).toEqual([
    [0, 2n, 900n, 100n],
    [1, 3n, 180n, 7n],
    [24, 2n, 100n, 0n],
  ]);
});

function round(share: number): number {
  return Math.round(share * 1e6) / 1e6;
}
