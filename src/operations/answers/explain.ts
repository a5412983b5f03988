import { z } from 'zod';
import { bytesText, dayText, instantText } from './common.ts';
import { campaign, lead } from './detect.ts';

/** One pair (host, destination) of what is explained, heaviest first. */
export const explainedPair = z.strictObject({
  host: z.string(),
  destination: z.string(),
  as: z.string().nullable(),
  path: z.string(),
  service: z.string(),
  initiator: z.string(),
  bytesOut: bytesText,
  activeDays: z.number().int().positive(),
  firstSeen: dayText,
});

/** A connection behind the figures, with the way back to the line it was logged on. */
export const explainedFlow = z.strictObject({
  startedAt: instantText,
  from: z.string(),
  to: z.string(),
  service: z.string().nullable(),
  bytesOut: bytesText,
  uid: z.string().nullable(),
  communityId: z.string().nullable(),
  serverName: z.string().nullable(),
  clientFingerprint: z.string().nullable(),
  file: z.string(),
  line: z.number().int().positive().nullable(),
});

/** What `weir explain --json` prints. */
export const explainAnswer = z.strictObject({
  asOf: z.number().int().nonnegative(),
  id: z.string(),
  campaign: campaign.nullable(),
  leads: z.array(lead),
  days: z.array(z.strictObject({ day: dayText, bytesOut: bytesText, watched: z.boolean() })),
  pairs: z.array(explainedPair),
  flows: z.array(explainedFlow),
  decisions: z.array(z.strictObject({ at: instantText, verb: z.string(), by: z.string(), note: z.string() })),
});
/** What `weir explain` answers. */
export type ExplainAnswer = z.infer<typeof explainAnswer>;
