import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigurationError } from '../errors.ts';
import { parseDay } from '../records/time.ts';

const SI: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15 };

/** A byte count with an SI unit, such as `40TB`, read as a whole number of bytes. */
const byteCount = z
  .string()
  .regex(/^\d+(\.\d+)?\s*(B|kB|MB|GB|TB|PB)$/, 'write a number and an SI unit, such as 40TB')
  .transform((text, context) => {
    const [, amount = '', unit = ''] = /^([\d.]+)\s*(\w+)$/.exec(text) ?? [];
    const bytes = Math.round(Number(amount) * (SI[unit] ?? 0));
    if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
    context.addIssue({ code: 'custom', message: 'must lie between 1 B and 9 PB' });
    return z.NEVER;
  });

/** A day of the simulation: an offset from its first day, or a date, kept as `day` (days since 1970). */
const start = z.union([
  z.number().int().nonnegative(),
  z
    .string()
    .refine((text) => parseDay(text) !== undefined, 'write a day offset or a date such as 2026-03-01'),
]);

const destinations = z.strictObject({
  kind: z.enum(['oneAs', 'quietAses', 'sharedCloud', 'freshPerStream', 'weeklyHops']),
  count: z.number().int().min(1).max(1000).default(1),
});

/** One theft to plant, as `examples/campaigns.yaml` writes it; `bytes` is a number of bytes after parsing. */
const plantedCampaignSchema = z.strictObject({
  name: z.string().regex(/^[\w -]{1,80}$/, 'letters, digits, spaces, _ and - only'),
  start,
  days: z.number().int().min(1).max(3650),
  bytes: byteCount,
  hosts: z.number().int().min(1),
  principals: z.number().int().min(1),
  destinations,
  pacing: z.enum(['steady', 'bulkLike', 'slowRamp']).default('steady'),
  pull: z.number().min(0).max(1).default(1),
  path: z.enum(['border', 'vpn']),
});

/** A file of thefts to plant. */
export const campaignFileSchema = z.strictObject({ campaigns: z.array(plantedCampaignSchema) });

/** One theft to plant; `start` is an offset in days from the simulation's first day, or a date. */
export type PlantedCampaign = z.output<typeof plantedCampaignSchema>;

/**
 * Returns the campaigns of a YAML text.
 * @throws ConfigurationError that names the file and the key at fault.
 */
export function parseCampaigns(text: string, file: string): PlantedCampaign[] {
  let document: unknown;
  try {
    document = parse(text);
  } catch (cause) {
    throw new ConfigurationError(`${file}: not YAML: ${(cause as Error).message}`, { cause });
  }
  const parsed = campaignFileSchema.safeParse(document);
  if (parsed.success) return parsed.data.campaigns;
  const faults = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'top level'}: ${issue.message}`,
  );
  throw new ConfigurationError(`${file}: ${faults.join('; ')}`);
}

/**
 * Returns the campaigns of a YAML file.
 * @throws ConfigurationError when it cannot be read or does not hold campaigns.
 */
export async function readCampaigns(file: string): Promise<PlantedCampaign[]> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new ConfigurationError(`${file}: cannot be read: ${cause.message}`, { cause });
  });
  return parseCampaigns(text, file);
}
