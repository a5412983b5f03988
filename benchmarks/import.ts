/**
 * Import against what the engine alone needs for the same file, in one run, alternating, each in a fresh process;
 * medians. Plain logs: against DuckDB's COPY of the same columns from read_csv to Parquet. Gzip: against DuckDB's
 * bare scan of the same columns (count, or sum where they are numbers), which verifies nothing; Node's gunzip beside it.
 * Run: npx tsx benchmarks/import.ts [--flows 5000000] [--repeats 3]
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { gzippedLog, plainLog } from './generate.ts';
import { describeMachine, inFreshProcess, median, publishResults, table, verdict } from './measuring.ts';

const MOST_RATIO = 2;
const LEAST_FLOWS_PER_SECOND = 1.5e6;
const MOST_MEGABYTES = (2 * 1024 ** 3) / 1e6;

const measured = z.object({
  amount: z.number(),
  wallSeconds: z.number(),
  cpuSeconds: z.number(),
  peakMegabytes: z.number(),
});
type Measured = z.infer<typeof measured>;

const { values } = parseArgs({
  options: { flows: { type: 'string', default: '5000000' }, repeats: { type: 'string', default: '3' } },
});
const flows = Number(values.flows);

/** Measures pieces of work on a file by turns, after one that is thrown away and warms the page cache. */
async function measureFile(file: string, pieces: readonly string[]): Promise<Map<string, Measured>> {
  const runs = new Map<string, Measured[]>(pieces.map((piece) => [piece, []]));
  await inFreshProcess('import-once.ts', [pieces[0] ?? '', file], measured);
  for (let turn = 0; turn < Number(values.repeats); turn += 1) {
    for (const piece of pieces) {
      const one = await inFreshProcess('import-once.ts', [piece, file], measured);
      if (piece !== 'gunzip' && one.amount !== flows)
        throw new Error(`${piece}: ${one.amount} flows of ${flows}`);
      runs.get(piece)?.push(one);
    }
  }
  const middle = (all: readonly Measured[]): Measured => ({
    amount: all[0]?.amount ?? 0,
    wallSeconds: median(all.map(({ wallSeconds }) => wallSeconds)),
    cpuSeconds: median(all.map(({ cpuSeconds }) => cpuSeconds)),
    peakMegabytes: Math.max(...all.map(({ peakMegabytes }) => peakMegabytes)),
  });
  return new Map([...runs].map(([piece, all]) => [piece, middle(all)]));
}

const machine = await describeMachine();
const files = [
  { title: 'plain', path: await plainLog('ordinary', flows), against: ['copy'] },
  { title: 'plain, high cardinality', path: await plainLog('high', flows), against: ['copy'] },
  { title: 'gzip', path: await gzippedLog('ordinary', flows), against: ['scan', 'gunzip'] },
];
const rows: string[][] = [];
const verdicts: string[] = [];
for (const { title, path, against } of files) {
  const results = await measureFile(path, [...against, 'weir']);
  const [reference = ''] = against;
  const base = results.get(reference)?.wallSeconds ?? Number.NaN;
  for (const [piece, { wallSeconds, cpuSeconds, peakMegabytes }] of results) {
    const rate = piece === 'gunzip' ? '' : `${(flows / wallSeconds / 1e6).toFixed(2)} M`;
    rows.push([
      `${title}: ${piece}`,
      wallSeconds.toFixed(2),
      cpuSeconds.toFixed(2),
      rate,
      (wallSeconds / base).toFixed(2),
      Math.round(peakMegabytes).toString(),
    ]);
  }
  const weir = results.get('weir');
  if (!weir) continue;
  const ratio = weir.wallSeconds / base;
  const rate = flows / weir.wallSeconds;
  verdicts.push(
    verdict(
      `${title}: ${ratio.toFixed(2)} times \`${reference}\` (at most ${MOST_RATIO.toFixed(1)})`,
      ratio <= MOST_RATIO,
    ),
  );
  if (reference === 'copy')
    verdicts.push(
      verdict(
        `${title}: ${(rate / 1e6).toFixed(2)} M flows/s (at least 1.5)`,
        rate >= LEAST_FLOWS_PER_SECOND,
      ),
    );
  verdicts.push(
    verdict(
      `${title}: peak memory ${Math.round(weir.peakMegabytes)} MB (below 2 GiB)`,
      weir.peakMegabytes < MOST_MEGABYTES,
    ),
  );
}
publishResults('import.md', [
  '# Import',
  ...machine,
  `${flows} flows of one day, medians of ${values.repeats} runs by turns, each in a fresh process with a warm page cache. Weir's time is that of the whole import into a fresh ledger: records, rejects, cells, journal, fsync.`,
  table(['Work', 'Wall, s', 'CPU, s', 'Flows/s', 'Ratio', 'Peak RSS, MB'], rows),
  verdicts.join('\n'),
]);
