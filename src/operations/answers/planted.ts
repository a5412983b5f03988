import { z } from 'zod';
import { bytesText, instantText } from './common.ts';

/**
 * One campaign that the simulation planted: the truth to hold the findings against.
 * `destinations` are keys as campaigns and leads name them (networks, addresses, AS numbers); any of them identifies it.
 */
export const plantedCampaign = z.strictObject({
  name: z.string(),
  startedAt: instantText,
  endedAt: instantText,
  bytesOut: bytesText,
  hosts: z.number().int().nonnegative(),
  destinations: z.array(z.string()),
});

/** What was planted in simulated telemetry. */
export const plantedAnswer = z.strictObject({ campaigns: z.array(plantedCampaign) });
/** What was planted in simulated telemetry. */
export type PlantedAnswer = z.infer<typeof plantedAnswer>;
/** One planted campaign as the answers carry it. */
export type PlantedCampaign = z.infer<typeof plantedCampaign>;
