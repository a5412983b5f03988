import { z } from 'zod';
import { bytesInterval, bytesText, dayText, instantText } from './common.ts';
import { campaign, lead } from './detect.ts';

/** One pair (host, destination) of what is explained, heaviest first. */
export const explainedPair = z.strictObject({
  host: z.string(),
  destination: z.string(),
  as: z.string().nullable(),
  path: z.string(),
  service: z.string(),
  initiator: z.string(),
  /** Which logs of relays say that it was this host, in words (NAT log of nat-1). */
  via: z.array(z.string()).optional(),
  bytesOut: bytesText,
  activeDays: z.number().int().positive(),
  firstSeen: dayText,
});

/** Somebody who could have opened connections of what is explained: an account that was there, no culprit. */
export const explainedPrincipal = z.strictObject({
  principal: z.string(),
  /** Low: where nobody else is known to have been present; their share of what several could have opened; all that they could have. */
  bytesOut: bytesInterval,
  /** What says so: transfer, connection, lease, presence, stated. */
  bases: z.array(z.string()),
  oneOf: z.strictObject({ least: z.number().int().positive(), most: z.number().int().positive() }).optional(),
  /** What storage logs say they read in the period; null where they say nothing of them. */
  bytesRead: bytesInterval.nullable(),
  /** Their last sessions, leases and jobs of the period. */
  seen: z.array(
    z.strictObject({
      what: z.string(),
      from: z.string().nullable(),
      address: z.string().nullable(),
      host: z.string().nullable(),
      startedAt: instantText,
    }),
  ),
});

/** A connection behind the figures, with the way back to the line it was logged on. */
export const explainedFlow = z.strictObject({
  startedAt: instantText,
  from: z.string(),
  to: z.string(),
  /** The end within that a NAT hid, or the client of a proxy that most of it was for, by its log. */
  behind: z.string().optional(),
  /** Whom a proxy or gateway made it for, by its log, the greatest part first; of more than these `clientCount` says how many. */
  clients: z
    .array(z.strictObject({ host: z.string().nullable(), principal: z.string().nullable() }))
    .optional(),
  clientCount: z.number().int().positive().optional(),
  service: z.string().nullable(),
  bytesOut: bytesText,
  uid: z.string().nullable(),
  communityId: z.string().nullable(),
  serverName: z.string().nullable(),
  clientFingerprint: z.string().nullable(),
  file: z.string(),
  line: z.number().int().positive().nullable(),
});

/** What `weir explain --json` prints. */
export const explainAnswer = z.strictObject({
  asOf: z.number().int().nonnegative(),
  id: z.string(),
  campaign: campaign.nullable(),
  leads: z.array(lead),
  days: z.array(z.strictObject({ day: dayText, bytesOut: bytesText, watched: z.boolean() })),
  pairs: z.array(explainedPair),
  principals: z.array(explainedPrincipal),
  flows: z.array(explainedFlow),
  decisions: z.array(z.strictObject({ at: instantText, verb: z.string(), by: z.string(), note: z.string() })),
});
/** What `weir explain` answers. */
export type ExplainAnswer = z.infer<typeof explainAnswer>;
