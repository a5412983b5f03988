/**
 * The import of one day's flows in a process of its own, told on standard output as JSON; attribution.ts starts it.
 * Run: npx tsx benchmarks/attribution-once.ts plain|named|weeks FLOWS SESSIONS
 */
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseFacility } from '../src/facility/load.ts';
import { importLogs } from '../src/operations/import/import.ts';
import { plainLog, WORK } from './generate.ts';
import { sessionLog } from './sessions.ts';

const FACILITY = `
facility: { name: Benchmark }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
sensors:
  - { name: zeek, files: ['ordinary-*'] }
  - { name: sshd, files: ['sessions-*'] }
`;

const DAYS_AROUND = 8;
const LOOK_EVERY_MILLIS = 500;

const [piece = '', flows = '', sessions = ''] = process.argv.slice(2);
if (piece !== 'plain' && piece !== 'named' && piece !== 'weeks')
  throw new Error(`no such piece of work: ${piece}`);
const facility = parseFacility(FACILITY, 'weir.yaml', WORK);
const ledgerDir = join(WORK, `ledger-${process.pid}`);

async function take(file: string): Promise<number> {
  const { answer } = await importLogs({
    facility,
    ledgerDir,
    paths: [file],
    cwd: WORK,
    progress: () => undefined,
  });
  return answer.commits.reduce((sum, { accepted }) => sum + accepted, 0);
}

/** Bytes of all files below a folder, those that come and go meanwhile left out. */
function bytesIn(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce(
      (sum, name) => sum + (lstatSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  } catch {
    return 0;
  }
}

try {
  const log = await plainLog('ordinary', Number(flows));
  // Days before and behind the day itself that are in the ledger, with as many sessions each.
  const around = piece === 'weeks' ? DAYS_AROUND : 0;
  for (let day = -around; piece !== 'plain' && day <= around; day += 1)
    await take(sessionLog(Number(sessions), day));
  const cpu = process.cpuUsage();
  let diskBytes = 0;
  const looking = setInterval(() => {
    diskBytes = Math.max(diskBytes, bytesIn(ledgerDir));
  }, LOOK_EVERY_MILLIS);
  const began = performance.now();
  const amount = await take(log);
  const wallSeconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(looking);
  diskBytes = Math.max(diskBytes, bytesIn(ledgerDir));
  console.log(
    JSON.stringify({
      amount,
      wallSeconds,
      cpuSeconds: (user + system) / 1e6,
      peakMegabytes: process.resourceUsage().maxRSS / 1000,
      diskMegabytes: diskBytes / 1e6,
    }),
  );
} finally {
  rmSync(ledgerDir, { recursive: true, force: true });
}
