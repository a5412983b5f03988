/**
 * The same flows in few files and in many, each imported in a fresh process: what a file costs beside its lines. By turns;
 * the median counts. Run: npx tsx benchmarks/files.ts [--flows 1000000] [--repeats 3]
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { splitLog } from './generate.ts';
import { describeMachine, inFreshProcess, median, table } from './measuring.ts';

const FILES = [100, 1_000, 10_000, 100_000];
const measured = z.object({ wallSeconds: z.number(), cpuSeconds: z.number(), peakMegabytes: z.number() });

const { values } = parseArgs({
  options: { flows: { type: 'string', default: '1000000' }, repeats: { type: 'string', default: '3' } },
});
const flows = Number(values.flows);
const folders: string[] = [];
for (const files of FILES) folders.push(await splitLog(flows, files));

const machine = await describeMachine();
const runs: z.infer<typeof measured>[][] = FILES.map(() => []);
for (let turn = 0; turn < Number(values.repeats); turn += 1) {
  for (const [index, folder] of folders.entries()) {
    runs[index]?.push(await inFreshProcess('import-once.ts', ['weir', folder], measured));
  }
}
const medians = runs.map((some) => ({
  wall: median(some.map(({ wallSeconds }) => wallSeconds)),
  cpu: median(some.map(({ cpuSeconds }) => cpuSeconds)),
  peak: median(some.map(({ peakMegabytes }) => peakMegabytes)),
}));
const [few = { wall: Number.NaN, cpu: Number.NaN, peak: Number.NaN }] = medians;
const rows = medians.map(({ wall, cpu, peak }, index) => {
  const files = FILES[index] ?? 0;
  const microsPerFile = index === 0 ? '-' : (((cpu - few.cpu) / files) * 1e6).toFixed(0);
  const ratios = [(wall / few.wall).toFixed(2), (cpu / few.cpu).toFixed(2)];
  const sizes = [files.toString(), (flows / files).toFixed(0)];
  return [...sizes, wall.toFixed(1), cpu.toFixed(1), ...ratios, microsPerFile, peak.toFixed(0)];
});
const titles = [
  'Files',
  'Flows a file',
  'Wall, s',
  'CPU, s',
  'Wall ratio',
  'CPU ratio',
  'CPU µs a file',
  'Peak RSS, MB',
];
console.log([...machine, table(titles, rows)].join('\n\n'));
