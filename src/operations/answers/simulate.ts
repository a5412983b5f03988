import { z } from 'zod';

/** What `weir simulate --json` prints. */
export const simulateAnswer = z.strictObject({
  folder: z.string(),
  logs: z.string(),
  config: z.string(),
  truth: z.string(),
  seed: z.string(),
  days: z.number().int().positive(),
  connections: z.number().int().nonnegative(),
  lines: z.number().int().nonnegative(),
  files: z.number().int().nonnegative(),
  compressedBytes: z.number().int().nonnegative(),
  hosts: z.number().int().nonnegative(),
  principals: z.number().int().nonnegative(),
  campaigns: z.array(z.string()),
});
/** What `weir simulate` answers. */
export type SimulateAnswer = z.infer<typeof simulateAnswer>;
