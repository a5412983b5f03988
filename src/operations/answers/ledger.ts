import { z } from 'zod';
import { instantText } from './common.ts';

/** What `weir ledger log --json` prints: the journal's entries, oldest first. */
export const logAnswer = z.strictObject({
  asOf: z.number().int().nonnegative(),
  entries: z.array(
    z.strictObject({
      entry: z.number().int().positive(),
      at: instantText,
      kind: z.string(),
      id: z.string(),
      what: z.string(),
      writer: z.string(),
    }),
  ),
});
/** What `weir ledger log` answers. */
export type LogAnswer = z.infer<typeof logAnswer>;

/** What `weir ledger verify --json` prints. */
export const verifyAnswer = z.strictObject({
  ledgerId: z.string(),
  asOf: z.number().int().nonnegative(),
  entrySha256: z.string(),
  filesNamed: z.number().int().nonnegative(),
  filesHashed: z.number().int().nonnegative(),
  bytesHashed: z.number().int().nonnegative(),
  leftovers: z.array(z.string()),
  problems: z.array(z.strictObject({ code: z.string(), where: z.string(), message: z.string() })),
  /** What this result proves and what it does not. */
  statement: z.string(),
});
/** What `weir ledger verify` answers. */
export type VerifyAnswer = z.infer<typeof verifyAnswer>;

/** What `weir ledger query --json` prints: 64-bit integers as strings. */
export const queryAnswer = z.strictObject({
  asOf: z.number().int().nonnegative(),
  columns: z.array(z.string()),
  rows: z.array(z.record(z.string(), z.json())),
  /** Whether there were more rows than `--limit`. */
  cut: z.boolean(),
});
/** What `weir ledger query` answers. */
export type QueryAnswer = z.infer<typeof queryAnswer>;

/** What `weir ledger compact --json` prints. */
export const compactAnswer = z.strictObject({
  asOf: z.number().int().nonnegative(),
  merged: z.array(z.string()),
  sealedDays: z.array(z.string()),
  /** Days old enough to be sealed that must be rebuilt first. */
  waitingDays: z.array(z.string()),
  expiredFiles: z.number().int().nonnegative(),
  supersededFiles: z.number().int().nonnegative(),
  /** Files past their time that a case holds (weir incident list names the days). */
  heldFiles: z.number().int().nonnegative(),
});
/** What `weir ledger compact` answers. */
export type CompactAnswer = z.infer<typeof compactAnswer>;

/** What `weir ledger gc --json` prints. */
export const collectAnswer = z.strictObject({
  dryRun: z.boolean(),
  bytes: z.number().int().nonnegative(),
  removed: z.array(
    z.strictObject({ path: z.string(), bytes: z.number().int().nonnegative(), why: z.string() }),
  ),
});
/** What `weir ledger gc` answers. */
export type CollectAnswer = z.infer<typeof collectAnswer>;
