import { z } from 'zod';

/** A network that may be inside, with what speaks for it. */
export const insideCandidateAnswer = z.strictObject({
  cidr: z.string(),
  /** From 0 to 1; a rank for the eye, not a probability. */
  confidence: z.number().min(0).max(1),
  evidence: z.array(z.string()),
  addressesSeen: z.number().int().nonnegative(),
  conversations: z.number().int().nonnegative(),
});

/** What a look into the logs suggests. */
export const suggestionAnswer = z.strictObject({
  candidates: z.array(insideCandidateAnswer),
  connections: z.number().int().nonnegative(),
  filesFound: z.number().int().nonnegative(),
  filesRead: z.number().int().nonnegative(),
});
/** What a look into the logs suggests. */
export type SuggestionAnswer = z.infer<typeof suggestionAnswer>;

/** What `weir init --json` prints. */
export const initAnswer = z.strictObject({
  file: z.string(),
  facility: z.string(),
  inside: z.array(z.string()),
  /** How the inside networks came to be: stated with --inside, confirmed by a person, or accepted with --yes. */
  insideBy: z.enum(['stated', 'confirmed', 'accepted']),
  suggestion: suggestionAnswer.nullable(),
});
/** What `weir init` answers. */
export type InitAnswer = z.infer<typeof initAnswer>;
