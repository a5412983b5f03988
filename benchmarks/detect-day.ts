/**
 * What one more day of detection costs after 30 and after 303 days of history (39 weeks more, so that the added day
 * has the same place in its week) at equal live pairs: the same ledger, grown; each measurement in a fresh process,
 * medians. The checkpoints of the day before are put back before each.
 * Run: npx tsx benchmarks/detect-day.ts [--pairs 50000] [--repeats 3]
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { WORK } from './generate.ts';
import { describeMachine, inFreshProcess, median, publishResults, table, verdict } from './measuring.ts';
import { importPairDays } from './pairs.ts';

const MOST_RATIO = 1.2;
const FIRST_DAY = 20_089;
const HISTORIES = [30, 303] as const;
const DAYS_PER_FILE = 31;

const answered = z.object({
  wallSeconds: z.number(),
  cpuSeconds: z.number(),
  openWallSeconds: z.number(),
  openCpuSeconds: z.number(),
  leads: z.number(),
});
type Answered = z.infer<typeof answered>;

const { values } = parseArgs({
  options: { pairs: { type: 'string', default: '50000' }, repeats: { type: 'string', default: '3' } },
});
const pairs = Number(values.pairs);
const ledgerDir = join(WORK, `pairs-ledger-${process.pid}`);
const cache = join(ledgerDir, 'cache');
const keptCache = `${ledgerDir}-cache`;

function ask(piece: string, day: number): Promise<Answered> {
  return inFreshProcess('detect-once.ts', [piece, ledgerDir, String(day)], answered);
}

/** Medians of the same question asked several times, each time from the checkpoints of the day before. */
async function askAgain(piece: string, day: number): Promise<Answered> {
  const runs: Answered[] = [];
  for (let turn = 0; turn < Number(values.repeats); turn += 1) {
    rmSync(cache, { recursive: true, force: true });
    cpSync(keptCache, cache, { recursive: true });
    runs.push(await ask(piece, day));
  }
  const middle = (of: (run: Answered) => number) => median(runs.map(of));
  return {
    wallSeconds: middle(({ wallSeconds }) => wallSeconds),
    cpuSeconds: middle(({ cpuSeconds }) => cpuSeconds),
    openWallSeconds: middle(({ openWallSeconds }) => openWallSeconds),
    openCpuSeconds: middle(({ openCpuSeconds }) => openCpuSeconds),
    leads: runs[0]?.leads ?? 0,
  };
}

const machine = await describeMachine();
const measured: { judge: Answered; night: Answered; history: Answered }[] = [];
try {
  let imported = 0;
  for (const days of HISTORIES) {
    for (; imported < days; imported += Math.min(DAYS_PER_FILE, days - imported)) {
      const last = Math.min(imported + DAYS_PER_FILE, days) - 1;
      await importPairDays(ledgerDir, pairs, FIRST_DAY + imported, FIRST_DAY + last);
    }
    await ask('judge', FIRST_DAY + days - 1);
    rmSync(keptCache, { recursive: true, force: true });
    cpSync(cache, keptCache, { recursive: true });
    const added = FIRST_DAY + days;
    await importPairDays(ledgerDir, pairs, added, added);
    imported += 1;
    measured.push({
      judge: await askAgain('judge', added),
      night: await askAgain('night', added),
      history: await askAgain('history', added),
    });
  }
} finally {
  for (const folder of [ledgerDir, keptCache]) rmSync(folder, { recursive: true, force: true });
}

const [early, late] = measured;
if (!early || !late) throw new Error('nothing was measured');
const row = (title: string, of: (run: (typeof measured)[number]) => number): string[] => [
  title,
  of(early).toFixed(3),
  of(late).toFixed(3),
  (of(late) / of(early)).toFixed(2),
];
const ratio = late.judge.wallSeconds / early.judge.wallSeconds;
const nightRatio = late.night.wallSeconds / early.night.wallSeconds;
publishResults('detect-day.md', [
  '# One more day of detection',
  ...machine,
  `${pairs} live pairs a day, ${HISTORIES.join(' and ')} days judged before; medians of ${values.repeats} runs, each in a fresh process that starts from the checkpoint of the day before.`,
  table(
    ['Seconds', `after ${HISTORIES[0]} days`, `after ${HISTORIES[1]} days`, 'Ratio'],
    [
      row('judging the day, wall', ({ judge }) => judge.wallSeconds),
      row('judging the day, CPU', ({ judge }) => judge.cpuSeconds),
      row('opening the ledger, wall', ({ judge }) => judge.openWallSeconds),
      row('`detect --from` that day, wall', ({ night }) => night.wallSeconds),
      row('`detect --from` that day, CPU', ({ night }) => night.cpuSeconds),
      row('`detect` of the whole history, wall', ({ history }) => history.wallSeconds),
    ],
  ),
  `Leads in the whole history: ${early.history.leads} and ${late.history.leads}; with them \`detect\` of the whole history assembles campaigns from all the days they speak of, and costs accordingly.`,
  [
    verdict(`judging one more day: ${ratio.toFixed(2)} times (below ${MOST_RATIO})`, ratio < MOST_RATIO),
    verdict(
      `\`detect --from\` that day as a whole: ${nightRatio.toFixed(2)} times (below ${MOST_RATIO})`,
      nightRatio < MOST_RATIO,
    ),
  ].join('\n'),
]);
