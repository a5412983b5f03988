import { z } from 'zod';
import { bytesText, dayText, instantText } from './common.ts';

/** Traffic that is taken out before detection bets on what is left: where, how much, on which days. */
export const allowanceAnswer = z.strictObject({
  owner: z.string(),
  scope: z.strictObject({
    host: z.string().optional(),
    network: z.string().optional(),
    as: z.string().optional(),
    path: z.string().optional(),
    principal: z.string().optional(),
  }),
  capBytes: bytesText,
  from: dayText,
  /** The last day on which it holds. */
  until: dayText,
});

/** One decision as the journal keeps it. */
export const decisionAnswer = z.strictObject({
  id: z.string(),
  entry: z.number().int().positive(),
  at: instantText,
  by: z.string(),
  verb: z.enum(['register', 'expected', 'dismissed', 'confirmed']),
  note: z.string(),
  /** The lead or campaign it speaks of; null for a registered transfer. */
  target: z.string().nullable(),
  leads: z.array(z.string()),
  allowances: z.array(allowanceAnswer),
});
/** What `weir register` and `weir decide` answer. */
export type DecisionAnswer = z.infer<typeof decisionAnswer>;

/** What `weir register --list --json` prints: every decision that allows something, and every verdict. */
export const decisionsAnswer = z.strictObject({
  asOf: z.number().int().nonnegative(),
  decisions: z.array(decisionAnswer),
});
/** What `weir register --list` answers. */
export type DecisionsAnswer = z.infer<typeof decisionsAnswer>;
