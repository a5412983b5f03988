/**
 * Raw logs of a folder or file to ranked campaigns, in a process of its own, told on standard output as JSON; days.ts
 * starts it. Run: npx tsx benchmarks/days-once.ts PATH
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { detect } from '../src/operations/detect.ts';
import { benchmarkFacility, importFresh } from './subject.ts';

/** Bytes of all files below a folder whose names end in some text. */
function bytesOf(folder: string, ending: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

const [path = ''] = process.argv.slice(2);
const sizes = { recordBytes: 0, cellBytes: 0, detectSeconds: 0, leads: 0 };
const cpu = process.cpuUsage();
const began = performance.now();
const flows = await importFresh(path, async (ledgerDir) => {
  sizes.recordBytes = bytesOf(join(ledgerDir, 'records'), '-flow.parquet');
  sizes.cellBytes = bytesOf(join(ledgerDir, 'builds'), '-cell.parquet');
  const importedAt = performance.now();
  const { leads } = await detect({ facility: benchmarkFacility(), ledgerDir, progress: () => undefined });
  sizes.detectSeconds = (performance.now() - importedAt) / 1000;
  sizes.leads = leads.length;
});
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    flows,
    ...sizes,
    wallSeconds: (performance.now() - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1000,
  }),
);
