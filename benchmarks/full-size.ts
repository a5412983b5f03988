/**
 * `weir detect` over 180 days of the power bench's centre at full size, after import: time and peak memory from question
 * to answer, each in a fresh process; a third of the days, all of them, and the last of them as a run each night asks.
 * Run: npx tsx benchmarks/full-size.ts [--days 180]
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { FIRST_DAY, importFullSize } from './full-size-centre.ts';
import { WORK } from './generate.ts';
import { describeMachine, inFreshProcess, publishResults, table, verdict } from './measuring.ts';

const MOST_SECONDS = 20;
const MOST_MEGABYTES = (2 * 1024 ** 3) / 1e6;

const measured = z.object({
  wallSeconds: z.number(),
  cpuSeconds: z.number(),
  peakMegabytes: z.number(),
  leads: z.number(),
  campaigns: z.number(),
});
type Measured = z.infer<typeof measured>;

const { values } = parseArgs({ options: { days: { type: 'string', default: '180' } } });
const days = Number(values.days);
const third = Math.ceil(days / 3);
const machine = await describeMachine();
const ledgerDir = join(WORK, `full-size-ledger-${process.pid}`);
const judge = (count: number): Promise<Measured> =>
  inFreshProcess('full-size-once.ts', [ledgerDir, String(FIRST_DAY + count - 1)], measured);

let cells = 0;
let results: [Measured, Measured, Measured];
try {
  cells = await importFullSize(ledgerDir, days);
  const forget = () => rmSync(join(ledgerDir, 'cache'), { recursive: true, force: true });
  const early = await judge(third);
  forget();
  await judge(days - 1);
  const night = await judge(days);
  forget();
  results = [early, await judge(days), night];
} finally {
  rmSync(ledgerDir, { recursive: true, force: true });
}

const [early, all] = results;
const titles = [`${third} days`, `${days} days`, `the last day, after ${days - 1}`];
publishResults('full-size.md', [
  '# A centre at full size',
  ...machine,
  `${cells} ready-made daily cells of ${days} days: 3,000 hosts, 20,000 principals, 34,000 networks of 2,500 ASes. \`weir detect\` from question to answer, in fresh processes, one run each, files in the page cache.`,
  table(
    ['Judged', 'Wall, s', 'CPU, s', 'Peak RSS, MB', 'Leads', 'Campaigns'],
    results.map(({ wallSeconds, cpuSeconds, peakMegabytes, leads, campaigns }, index) => [
      titles[index] as string,
      wallSeconds.toFixed(1),
      cpuSeconds.toFixed(1),
      Math.round(peakMegabytes).toString(),
      String(leads),
      String(campaigns),
    ]),
  ),
  [
    verdict(
      `${days} days judged in ${all.wallSeconds.toFixed(1)} s (below ${MOST_SECONDS} for 180)`,
      all.wallSeconds < MOST_SECONDS,
    ),
    verdict(
      `peak memory ${Math.round(all.peakMegabytes)} MB (below 2 GiB), ${(all.peakMegabytes / early.peakMegabytes).toFixed(2)} times that of ${third} days`,
      all.peakMegabytes < MOST_MEGABYTES,
    ),
  ].join('\n'),
]);
