import { z } from 'zod';

/** An exact byte count as a decimal string, because JSON numbers end at 2^53. */
export const bytesText = z.string().regex(/^-?\d+$/);

/** An estimate with the interval that is sure to hold the truth, or to hold it 90 % of the time where it is statistical. */
export const bytesInterval = z.strictObject({ low: bytesText, estimate: bytesText, high: bytesText });

/** UTC day `YYYY-MM-DD`. */
export const dayText = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** An ISO-8601 instant in UTC. */
export const instantText = z.string().regex(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);

/** A date known within an interval. */
export const dayInterval = z.strictObject({ low: dayText, estimate: dayText, high: dayText });

/** The period an answer speaks of: from the first instant up to, not including, the last. */
export const window = z.strictObject({ from: instantText, to: instantText });

/** The share of a path's time and packets that its sensors saw, and the hours nobody watched. */
export const coverage = z.strictObject({
  share: z.number().min(0).max(1),
  blindHours: z.number().int().nonnegative(),
  because: z.array(z.string()),
});

/** A byte interval as the answers carry it. */
export type BytesInterval = z.infer<typeof bytesInterval>;
/** A period as the answers carry it. */
export type Window = z.infer<typeof window>;
/** Coverage as the answers carry it. */
export type Coverage = z.infer<typeof coverage>;

/**
 * What a path's interfaces sent beside what its flows tell, summed over the hours that are known: `explained` is the lesser of both
 * hour by hour, and what is left on either side adds up apart.
 */
export const pathReconciliation = z.strictObject({
  path: z.string(),
  interfaces: z.array(z.string()),
  hoursCompared: z.number().int().nonnegative(),
  hoursUnknown: z.number().int().nonnegative(),
  counted: bytesText,
  explained: bytesText,
  unexplained: bytesText,
  overExplained: bytesText,
});
/** How one path's counters and flows compare. */
export type PathReconciliation = z.infer<typeof pathReconciliation>;
