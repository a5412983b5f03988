import { z } from 'zod';

/** What `weir unmask --json` prints. */
export const unmaskAnswer = z.strictObject({
  /** The journal's entry that says who asked and who agreed. */
  entry: z.number().int().positive(),
  pseudonym: z.string(),
  /** The name that it stands for; null where no name of the directory does. */
  name: z.string().nullable(),
  by: z.string(),
  approvedBy: z.string(),
  /** How many names were tried. */
  tried: z.number().int().nonnegative(),
});
/** What `weir unmask` answers. */
export type UnmaskAnswer = z.infer<typeof unmaskAnswer>;
