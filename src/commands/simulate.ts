import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { SimulateAnswer } from '../operations/answers/simulate.ts';
import { contextOf, stated, wholeNumber } from './context.ts';
import { counted, formatBytes, formatExact } from './print/units.ts';

interface SimulateFlags {
  readonly seed?: string;
  readonly scale?: number;
  readonly days?: number;
  readonly start?: string;
  readonly campaigns?: string;
  readonly force?: boolean;
}

/** Adds `weir simulate`. */
export function addSimulate(program: Command): void {
  program
    .command('simulate')
    .description('write the telemetry of a centre that does not exist, and the truth beside it')
    .argument('<folder>', 'where to; a folder that is empty or not there')
    .option('--seed <text>', 'the same seed gives the same bytes')
    .option('--scale <number>', '1 is a centre of 6,000 tenants and 69 TB a day; default: 0.015', positive)
    .option('--days <number>', 'days of telemetry; default: 120', wholeNumber('--days'))
    .option('--start <day>', 'first UTC day')
    .option('--campaigns <file>', 'thefts to plant, such as examples/campaigns.yaml')
    .option('--force', 'write over an earlier simulation')
    .action(async (folder: string, { campaigns, ...flags }: SimulateFlags, self: Command) => {
      const context = contextOf(self);
      const { simulateCentre } = await import('../operations/simulate.ts');
      const answer = await simulateCentre({
        ...stated(flags),
        ...(campaigns === undefined ? {} : { campaignFile: resolve(campaigns) }),
        folder: resolve(folder),
        progress: context.progress.report,
      });
      context.answer(answer, simulateText);
    });
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('give a number above 0.');
}

function simulateText(answer: SimulateAnswer): string {
  const { folder, days, connections, lines, files, compressedBytes, hosts, principals, campaigns } = answer;
  return [
    `Simulated ${counted(days, 'day')} of ${counted(hosts, 'host')} and ${counted(principals, 'principal')}: ${formatExact(connections)} connections, ${formatExact(lines)} lines in ${counted(files, 'file')}, ${formatBytes(BigInt(compressedBytes))} compressed.\n`,
    campaigns.length === 0 ? 'Nothing was planted.\n' : `Planted: ${campaigns.join(', ')} (truth.json).\n`,
    `Next: weir import --config ${folder}/weir.yaml ${folder}/logs\n`,
  ].join('');
}
