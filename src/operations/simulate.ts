import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import { parseDay } from '../records/time.ts';
import { readCampaigns } from '../simulation/campaign-file.ts';
import { DEMONSTRATION, simulate } from '../simulation/simulate.ts';
import type { SimulateAnswer } from './answers/simulate.ts';
import type { Progress } from './progress.ts';

/** What to simulate; what is left out is as in the demonstration. */
export interface SimulateRequest {
  /** An empty folder, or one that does not exist. */
  readonly folder: string;
  readonly seed?: string;
  readonly scale?: number;
  readonly days?: number;
  /** First UTC day. */
  readonly start?: string;
  /** File of the campaigns to plant; none without one. */
  readonly campaignFile?: string;
  /** Write over an earlier simulation. */
  readonly force?: boolean;
  readonly progress: Progress;
}

/** What a simulation writes into its folder. */
const WRITTEN = [
  'logs',
  'identity',
  'weir.yaml',
  'weir-identities.yaml',
  'as.csv',
  'truth.json',
  'principals.json',
];

/**
 * Writes the telemetry of a centre that does not exist: the same bytes for the same request.
 * @throws ConfigurationError when the folder holds something, or the request makes no sense.
 */
export async function simulateCentre(request: SimulateRequest): Promise<SimulateAnswer> {
  const { folder, progress } = request;
  await makeRoom(folder, request.force === true);
  const campaigns = request.campaignFile === undefined ? [] : await readCampaigns(request.campaignFile);
  const days = request.days ?? DEMONSTRATION.days;
  const seed = request.seed ?? DEMONSTRATION.seed;
  const summary = await simulate({
    outDir: folder,
    seed,
    scale: request.scale ?? DEMONSTRATION.scale,
    days,
    startDay: request.start === undefined ? DEMONSTRATION.startDay : startDayOf(request.start),
    campaigns,
    progress: (done, all) => progress(`simulated ${done} of ${all} days`),
  });
  const { logsDir, weirYaml, truthFile, ...counts } = summary;
  return {
    folder,
    logs: logsDir,
    config: weirYaml,
    truth: truthFile,
    seed,
    days,
    campaigns: campaigns.map(({ name }) => name),
    ...counts,
  };
}

/** A folder with something else in it is never written into; an earlier simulation only when told to. */
async function makeRoom(folder: string, force: boolean): Promise<void> {
  if (!existsSync(folder)) return;
  const there = await readdir(folder).catch(() => {
    throw new ConfigurationError(`${folder} is no folder`);
  });
  if (there.length === 0) return;
  if (!there.includes('truth.json') && !there.includes('logs')) {
    throw new ConfigurationError(`${folder} is not empty and holds no simulation; name another folder`);
  }
  if (!force)
    throw new ConfigurationError(`${folder} holds a simulation; name another folder, or give --force`);
  for (const name of WRITTEN) await rm(join(folder, name), { recursive: true, force: true });
}

function startDayOf(text: string): number {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? parseDay(text) : undefined;
  if (day !== undefined) return day;
  throw new ConfigurationError(`--start ${text}: give a UTC day such as 2026-03-01`);
}
