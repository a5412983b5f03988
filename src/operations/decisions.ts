import { z } from 'zod';
import type { Allowance } from '../detection/allowances.ts';
import type { Snapshot } from '../ledger/snapshot.ts';

const scope = z.strictObject({
  host: z.string().optional(),
  network: z.string().optional(),
  as: z.string().optional(),
  path: z.string().optional(),
  principal: z.string().optional(),
});

/** What an allowance says in the journal: a registered transfer, or traffic an analyst called expected. */
export const allowancePayload = z.strictObject({
  owner: z.string(),
  scope,
  capBytes: z.int().nonnegative(),
  fromDay: z.int(),
  expiresOnDay: z.int(),
});
/** An allowance as the journal keeps it. */
export type AllowancePayload = z.infer<typeof allowancePayload>;

/** What an analyst said of a lead or campaign: the leads it speaks of and, where it was expected, what is allowed. */
export const verdictPayload = z.strictObject({
  target: z.string(),
  leads: z.array(z.string()),
  allowances: z.array(allowancePayload).default([]),
});
/** A verdict as the journal keeps it. */
export type VerdictPayload = z.infer<typeof verdictPayload>;

/** Returns every allowance the journal knows as of a snapshot, named by the entry that said it. */
export function allowancesOf(snapshot: Snapshot): Allowance[] {
  return snapshot.entriesOf('decision').flatMap((entry) => {
    const payloads =
      entry.verb === 'register'
        ? [allowancePayload.parse(entry.payload)]
        : entry.verb === 'expected'
          ? verdictPayload.parse(entry.payload).allowances
          : [];
    return payloads.map(({ owner: _owner, scope: covered, ...rest }, index) => ({
      id: `${entry.id}-${index}`,
      scope: present(covered),
      ...rest,
    }));
  });
}

/** Returns the latest word on each lead: `expected`, `dismissed` or `confirmed`. */
export function decisionsOf(snapshot: Snapshot): Map<string, string> {
  const words = new Map<string, string>();
  for (const entry of snapshot.entriesOf('decision')) {
    if (entry.verb === 'register') continue;
    for (const lead of verdictPayload.parse(entry.payload).leads) words.set(lead, entry.verb);
  }
  return words;
}

/** Only the parts of a scope that are stated. */
function present(covered: z.infer<typeof scope>): Allowance['scope'] {
  return Object.fromEntries(Object.entries(covered).filter(([, value]) => value !== undefined));
}
