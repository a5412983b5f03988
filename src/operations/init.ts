import { writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import { guessInside } from '../facility/guess.ts';
import { parseFacility } from '../facility/load.ts';
import { type ConfigAnswers, renderConfig } from '../facility/template.ts';
import type { SuggestionAnswer } from './answers/init.ts';
import { sampleLogs } from './init-sample.ts';
import type { Progress } from './progress.ts';

/** What a centre says of itself before anything is imported. */
export interface CentreAnswers {
  readonly name: string;
  readonly inside: readonly string[];
  readonly remoteAccess: readonly string[];
  readonly relays: readonly string[];
  readonly paths: readonly { readonly name: string; readonly capacityGbps?: number }[];
  readonly sensors: readonly { readonly name: string; readonly files: string }[];
  /** Why a network is thought inside, by its CIDR; stands beside it as a comment. */
  readonly insideBecause: Readonly<Record<string, string>>;
}

/** Returns which networks the logs suggest to be inside, best first, with the evidence. Never assumed by itself. */
export async function suggestInside(
  paths: readonly string[],
  cwd: string,
  progress: Progress,
): Promise<SuggestionAnswer> {
  const { observations, ...counts } = await sampleLogs(paths, cwd, progress);
  return {
    ...counts,
    candidates: guessInside(observations).map(
      ({ network, confidence, evidence, addressesSeen, conversations }) => ({
        cidr: network.cidr,
        confidence,
        evidence: [...evidence],
        addressesSeen,
        conversations,
      }),
    ),
  };
}

/**
 * Writes a commented weir.yaml. A sensor watches the path of its own name, else the first one.
 * @throws ConfigurationError when the answers contradict each other, or the file exists and `force` is not set.
 */
export async function writeConfig(answers: CentreAnswers, file: string, force: boolean): Promise<void> {
  const { name, inside, remoteAccess, relays, insideBecause } = answers;
  const config: ConfigAnswers = {
    facility: { name },
    networks: { inside: [...inside], remoteAccess: [...remoteAccess], relays: [...relays] },
    ...(answers.sensors.length > 0 ? { sensors: answers.sensors.map((sensor) => ({ ...sensor })) } : {}),
    ...(answers.paths.length > 0 ? { paths: pathsOf(answers) } : {}),
    insideBecause,
  };
  const text = renderConfig(config);
  parseFacility(text, basename(file), dirname(file));
  await writeFile(file, text, { flag: force ? 'w' : 'wx' }).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EEXIST' ? 'exists already; give --force to write over it' : error.message;
    throw new ConfigurationError(`${file}: ${reason}`, { cause: error });
  });
}

function pathsOf({ paths, sensors }: CentreAnswers): NonNullable<ConfigAnswers['paths']> {
  const names = sensors.length > 0 ? sensors.map(({ name }) => name) : ['sensor'];
  const named = new Set(paths.map(({ name }) => name));
  return paths.map((path, index) => ({
    ...path,
    sensors: names.filter((sensor) => sensor === path.name || (index === 0 && !named.has(sensor))),
  }));
}
