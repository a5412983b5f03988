import { z } from 'zod';
import { bytesInterval, bytesText, coverage, dayInterval, dayText, instantText, window } from './common.ts';

/** One channel that paid: which statistic, how strong, since when. */
export const channelEvidence = z.strictObject({
  channel: z.string(),
  logEvidence: z.number(),
  threshold: z.number(),
  since: dayText,
});

/** An entity whose evidence passed its threshold. */
export const lead = z.strictObject({
  id: z.string(),
  family: z.string(),
  entity: z.string(),
  name: z.string().optional(),
  raisedOn: dayText,
  detectedAt: instantText,
  startedAt: dayInterval,
  observedBytesPerDay: bytesText,
  baselineBytesPerDay: bytesText,
  channels: z.array(channelEvidence),
  campaign: z.string().nullable(),
  decision: z.string().nullable(),
  because: z.string(),
});

/** Leads explained by one activity. */
export const campaign = z.strictObject({
  id: z.string(),
  rank: z.number().int().positive(),
  startedAt: dayInterval,
  detectedAt: instantText,
  bytesOut: bytesInterval,
  hosts: z.array(z.string()),
  principals: z.array(z.string()),
  destinations: z.array(z.string()),
  cohorts: z.array(z.string()),
  channels: z.array(z.string()),
  because: z.string(),
});

/** The promise a list of leads is made under, and what it assumes. */
export const promise = z.strictObject({
  leadsPerWeek: z.number(),
  upperBound95: z.number().nullable(),
  worstDay: z.number().int().nonnegative(),
  chanceOfThreeInAWeek: z.number().nullable(),
  historyDays: z.number().int().nonnegative(),
  blindDays: z.number().int().nonnegative(),
  extrapolatedThresholds: z.array(z.string()),
  unproven: z.boolean(),
  because: z.string(),
});

/** The largest constant daily loss from an entity that stays unseen in a window, bytes a day; null: none would be seen. */
export const detectionLimit = z.strictObject({
  family: z.string(),
  entity: z.string(),
  windowDays: z.number().int().positive(),
  bytesPerDayMissedHalfTheTime: bytesText.nullable(),
  bytesPerDayMissedOneInTen: bytesText.nullable(),
  channel: z.string().nullable(),
});

/** What `weir detect --json` prints. */
export const detectAnswer = z.strictObject({
  asOf: z.number().int().nonnegative(),
  promise,
  window,
  coverage,
  leads: z.array(lead),
  campaigns: z.array(campaign),
  /** Only on request: a thief would like to know. */
  limits: z.array(detectionLimit).optional(),
});
/** What `weir detect` answers. */
export type DetectAnswer = z.infer<typeof detectAnswer>;
/** A lead as the answers carry it. */
export type LeadAnswer = z.infer<typeof lead>;
/** A campaign as the answers carry it. */
export type CampaignAnswer = z.infer<typeof campaign>;
