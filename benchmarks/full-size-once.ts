/**
 * Judges the days of a full-size ledger up to a last one, in a process of its own, told on standard output as JSON;
 * full-size.ts starts it. Run: npx tsx benchmarks/full-size-once.ts LEDGER LAST-DAY
 */
import { detect } from '../src/operations/detect.ts';
import { formatDay } from '../src/records/time.ts';
import { fullSizeFacility } from './full-size-centre.ts';

const [ledgerDir = '', lastDay = ''] = process.argv.slice(2);
const question = { facility: fullSizeFacility(), ledgerDir, progress: () => undefined };
const cpu = process.cpuUsage();
const began = performance.now();
const { leads, campaigns } = await detect({ ...question, to: formatDay(Number(lastDay)) });
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    wallSeconds: (performance.now() - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1000,
    leads: leads.length,
    campaigns: campaigns.length,
  }),
);
