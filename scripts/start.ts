import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { safeText } from '../src/commands/print/safe-text.ts';
import { renderTable } from '../src/commands/print/table.ts';
import { formatBytes, formatInstant, formatInterval } from '../src/commands/print/units.ts';
import { runCommand } from '../src/commands/program.ts';
import { progressLine } from '../src/commands/progress-line.ts';
import { portNumber } from '../src/commands/serve.ts';
import { serverOperations } from '../src/commands/serve-operations.ts';
import { ConfigurationError, WeirError } from '../src/errors.ts';
import { loadFacility } from '../src/facility/load.ts';
import type { DetectAnswer } from '../src/operations/answers/detect.ts';
import type { PlantedAnswer } from '../src/operations/answers/planted.ts';
import type { ServerOperations } from '../src/server/server-operations.ts';
import { type RunningServer, startServer } from '../src/server/start-server.ts';
import { matchPlanted, type Outcome } from '../web/src/match-planted.ts';

/**
 * `npm start`: simulates a small centre, imports its logs as a user would, detects, prints what left and what was
 * found beside what was planted, and serves the console. The demonstration lies in ./demo and is made once.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const demo = join(root, 'demo');
const campaignFile = join(root, 'examples', 'campaigns.yaml');
const config = join(demo, 'weir.yaml');
const marker = join(demo, 'complete.json');
const DEFAULT_PORT = 8417;
const startedMillis = Date.now();

/** Runs a command of the CLI as a user would, and shows it. @throws Error when it fails. */
async function weir(...args: string[]): Promise<void> {
  say(`$ weir ${args.map((arg) => arg.replace(root, '')).join(' ')}`);
  await runCommand(args);
  if (process.exitCode) throw new Error(`weir ${args[0]} ended with ${process.exitCode}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What the demonstration's telemetry depends on: the simulation's code and the thefts to plant. */
function recipe(): string {
  const hash = createHash('sha256').update(readFileSync(campaignFile));
  const folder = join(root, 'src', 'simulation');
  for (const name of readdirSync(folder)
    .filter((each) => !each.endsWith('.test.ts'))
    .sort()) {
    hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

/** Makes the demonstration's logs, unless those of the same recipe are there and complete. */
async function makeTelemetry(): Promise<void> {
  const wanted = recipe();
  const kept = existsSync(marker) && readFileSync(marker, 'utf8') === wanted;
  if (kept) return say(`The simulated centre in ${demo} is there already.`);
  for (const name of ['ledger', 'complete.json']) rmSync(join(demo, name), { recursive: true, force: true });
  await weir('simulate', demo, '--campaigns', campaignFile, '--force');
  writeFileSync(marker, wanted);
}

/** Builds the console's page when a source of it is newer than what was built. */
function buildConsole(): void {
  const built = join(root, 'web', 'dist', 'index.html');
  const sources = ['web/src', 'web/index.html', 'web/public', 'web/vite.config.ts', 'package-lock.json'];
  const newest = Math.max(...sources.map((name) => newestIn(join(root, name))));
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return;
  say('Building the console …');
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), 'build', 'web', '--logLevel', 'error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
    },
  );
}

function newestIn(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}

/** Prints the campaigns, each beside the theft it is, and what became of every theft. */
function printFindings(found: DetectAnswer, outcomes: readonly Outcome[]): void {
  const theftOf = (campaign: DetectAnswer['campaigns'][number]) =>
    matchPlanted(
      outcomes.map(({ planted }) => planted),
      { ...found, campaigns: [campaign], leads: [] },
    ).flatMap((each) => (each.campaign ? [each.planted.name] : []));
  say('\nCampaigns that deserve a look, ranked:');
  const right = { align: 'right' } as const;
  process.stdout.write(
    renderTable(
      [
        { title: '#', ...right },
        { title: 'LOSS', ...right },
        { title: 'BEGAN' },
        { title: 'FOUND' },
        { title: 'HOSTS', ...right },
        { title: 'DESTINATIONS' },
        { title: 'PLANTED' },
      ],
      found.campaigns.map((campaign) => {
        const { rank, bytesOut, startedAt, detectedAt, hosts, destinations } = campaign;
        return [
          String(rank),
          formatInterval(bytesOut),
          startedAt.estimate,
          detectedAt.slice(0, 10),
          String(hosts.length),
          `${destinations.slice(0, 2).join(', ')}${destinations.length > 2 ? ', …' : ''}`,
          theftOf(campaign).join(', ') || '-',
        ];
      }),
    ),
  );
  say('\nWhat was planted, and what became of it:');
  process.stdout.write(
    renderTable(
      [
        { title: 'THEFT' },
        { title: 'TRUE LOSS', ...right },
        { title: 'TRUE BEGIN' },
        { title: 'OUTCOME', whole: true },
      ],
      outcomes.map(({ planted, campaign, lead, daysToDetection }) => [
        planted.name,
        formatBytes(planted.bytesOut),
        formatInstant(planted.startedAt),
        campaign
          ? `campaign #${campaign.rank} after ${daysToDetection?.toFixed(1)} days, estimated ${formatInterval(campaign.bytesOut)}`
          : lead
            ? `a lead after ${daysToDetection?.toFixed(1)} days`
            : 'not found',
      ]),
    ),
  );
  say(safeText(found.promise.because));
}

/** Listens where WEIR_PORT says; without it on 8417, or on a free port when that one is taken. */
async function serve(operations: ServerOperations): Promise<RunningServer> {
  const stated = process.env.WEIR_PORT;
  if (stated !== undefined) return startServer(operations, { port: portNumber(stated) });
  return startServer(operations, { port: DEFAULT_PORT }).catch((error: unknown) => {
    if (!(error instanceof ConfigurationError)) throw error;
    return startServer(operations, { port: 0 });
  });
}

async function start(): Promise<void> {
  buildConsole();
  await makeTelemetry();
  await weir('import', '--config', config, join(demo, 'logs'));
  say('');
  await weir('report', '--config', config);
  const facility = await loadFacility(config);
  const operations = serverOperations(
    { facility, ledgerDir: facility.ledgerDir, progress: () => undefined },
    config,
  );
  const progress = progressLine(process.stderr, false);
  progress.report('detecting');
  const found = await operations.detect({});
  progress.clear();
  const planted: PlantedAnswer = (await operations.planted?.()) ?? { campaigns: [] };
  printFindings(found, matchPlanted(planted.campaigns, found));
  const server = await serve(operations);
  say(
    `\nReady after ${Math.round((Date.now() - startedMillis) / 1000)} s. The console is at ${server.url} (stop with Ctrl+C).`,
  );
  if (process.env.WEIR_START_EXIT === '1') {
    const page = await fetch(server.url);
    say(`The first page was served: ${page.status}, ${(await page.text()).length} characters.`);
    await server.close();
    return;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
}

try {
  await start();
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`npm start: ${safeText(text)}\n`);
  process.exitCode = error instanceof WeirError ? error.exitCode : (process.exitCode ?? 4);
}
