import { readTruth } from '../simulation/truth-file.ts';
import type { PlantedAnswer } from './answers/planted.ts';

/**
 * Returns what a simulation planted, from the truth it wrote beside its logs; destinations as detection names
 * them: networks, and systems as `AS64500`. A campaign that never sent a byte is left out.
 * @throws InputError when the file is no truth.
 */
export async function planted(truthFile: string): Promise<PlantedAnswer> {
  const truth = await readTruth(truthFile);
  return {
    campaigns: truth.campaigns.flatMap(({ name, firstByteAt, lastByteAt, bytesOut, hosts, destinations }) => {
      if (firstByteAt === null || lastByteAt === null) return [];
      const systems = destinations.asns.map((asn) => `AS${asn}`);
      return [
        {
          name,
          startedAt: firstByteAt,
          endedAt: lastByteAt,
          bytesOut,
          hosts: hosts.length,
          destinations: [...destinations.networks, ...systems],
        },
      ];
    }),
  };
}
