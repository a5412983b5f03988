import { z } from 'zod';
import { bytesText, instantText } from './common.ts';

/** One log stream of one input, and what became of its lines. */
export const importedStream = z.strictObject({
  file: z.string(),
  source: z.string(),
  sensor: z.string(),
  lines: z.number().int().nonnegative(),
  accepted: z.number().int().nonnegative(),
  rejected: z.number().int().nonnegative(),
  comments: z.number().int().nonnegative(),
  bytesOut: bytesText,
  from: instantText.nullable(),
  to: instantText.nullable(),
  status: z.enum(['new', 'grown', 'known', 'failed']),
  verified: z.boolean(),
  waitingBytes: z.number().int().nonnegative(),
  reason: z.string().nullable(),
});

/** What `weir import --json` prints. `bytesOut` is payload of both directions put into records, before accounting. */
export const importAnswer = z.strictObject({
  asOf: z.number().int().nonnegative(),
  commits: z.array(importedStream),
  leftAlone: z.array(
    z.strictObject({ file: z.string(), what: z.string(), lines: z.number().int().nonnegative() }),
  ),
  rejects: z.array(
    z.strictObject({
      file: z.string(),
      line: z.number().int().positive(),
      column: z.string().nullable(),
      reason: z.string(),
    }),
  ),
  rebuiltDays: z.array(z.string()),
});
/** What `weir import` answers. */
export type ImportAnswer = z.infer<typeof importAnswer>;
/** One row of an import's answer. */
export type ImportedStream = z.infer<typeof importedStream>;
