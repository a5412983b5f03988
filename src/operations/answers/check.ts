import { z } from 'zod';
import { bytesText, dayText, instantText, pathReconciliation } from './common.ts';

/** What one sensor covers. */
export const sensorCoverage = z.strictObject({
  sensor: z.string(),
  paths: z.array(z.string()),
  firstSeen: instantText.nullable(),
  lastSeen: instantText.nullable(),
  /** Flows in the period; of a sensor that logs none, all records that were ever read of its logs. */
  records: z.number().int().nonnegative(),
  hoursSeen: z.number().int().nonnegative(),
  hoursMissing: z.number().int().nonnegative(),
  captureLossShare: z.number().min(0).max(1).nullable(),
  gaps: z.array(z.strictObject({ from: instantText, to: instantText, reason: z.string() })),
  days: z.array(z.strictObject({ day: dayText, share: z.number().min(0).max(1) })),
});

/** One finding of `weir check`; an error makes the command exit with 3. */
export const finding = z.strictObject({
  severity: z.enum(['error', 'warning', 'note']),
  subject: z.string(),
  finding: z.string(),
  todo: z.string(),
});

/** What `weir check --json` prints. */
export const checkAnswer = z.strictObject({
  asOf: z.number().int().nonnegative(),
  sensors: z.array(sensorCoverage),
  /** How far sensors of sessions are ahead of the flows, in seconds: by the day at least, lately, at most. */
  clocks: z.array(
    z.strictObject({
      sensor: z.string(),
      days: z.number().int().positive(),
      matches: z.number().int().positive(),
      offsetSeconds: z.strictObject({ low: z.number(), latest: z.number(), high: z.number() }),
      spreadSeconds: z.number().nonnegative(),
    }),
  ),
  unclassified: z.strictObject({ bytes: bytesText, share: z.number().min(0).max(1) }),
  /** Only where weir.yaml names interfaces. */
  reconciliation: z.array(pathReconciliation).optional(),
  findings: z.array(finding),
});
/** One finding. */
export type Finding = z.infer<typeof finding>;
/** What `weir check` answers. */
export type CheckAnswer = z.infer<typeof checkAnswer>;
