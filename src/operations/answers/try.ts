import { z } from 'zod';

/** The first records of one family, each cell as `weir ledger query` gives it. */
const triedRecords = z.strictObject({
  family: z.string(),
  records: z.number().int().nonnegative(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.json())),
});

/** What Weir makes of the beginning of one input. */
export const triedFile = z.strictObject({
  file: z.string(),
  status: z.enum(['read', 'failed', 'left-alone']),
  /** Why it cannot be read, or what it seems to be. */
  reason: z.string().nullable(),
  sensor: z.string(),
  /** What weir.yaml says of the sensor: what is not stated is null. */
  settings: z.strictObject({
    format: z.string().nullable(),
    timezone: z.string().nullable(),
    year: z.union([z.number().int(), z.literal('mtime')]).nullable(),
    samplingRate: z.number().nullable(),
    samplingScaled: z.boolean(),
    host: z.string().nullable(),
    /** Others that are stated, by name: fields, keys, ownEndpoints. */
    others: z.array(z.string()),
  }),
  /** Formats by name, each line's own where a file holds several. */
  logs: z.array(
    z.strictObject({
      source: z.string(),
      accepted: z.number().int().nonnegative(),
      rejected: z.number().int().nonnegative(),
    }),
  ),
  /** False when more of it was not looked at. */
  whole: z.boolean(),
  lines: z.number().int().nonnegative(),
  records: z.array(triedRecords),
  leftAlone: z.array(z.strictObject({ what: z.string(), lines: z.number().int().nonnegative() })),
  rejects: z.array(
    z.strictObject({
      line: z.number().int().positive(),
      column: z.string().nullable(),
      reason: z.string(),
      text: z.string().nullable(),
    }),
  ),
});

/** What `weir import --try --json` prints. Nothing is written to a ledger. */
export const tryAnswer = z.strictObject({
  files: z.array(triedFile),
  /** Inputs found beside those that were looked at. */
  more: z.number().int().nonnegative(),
});
/** What `weir import --try` answers. */
export type TryAnswer = z.infer<typeof tryAnswer>;
/** What it answers of one input. */
export type TriedFile = z.infer<typeof triedFile>;
