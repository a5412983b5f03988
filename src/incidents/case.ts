import { z } from 'zod';
import { TLP_LEVELS } from '../ledger/incident-entry.ts';

const bytes = z.string().regex(/^\d+$/);
const bytesInterval = z.strictObject({ low: bytes, estimate: bytes, high: bytes });
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const dayInterval = z.strictObject({ low: day, estimate: day, high: day });
const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
/** A moment known within an interval; all three are alike where it is known exactly. */
const instantInterval = z.strictObject({ low: instant, estimate: instant, high: instant });
/** Whole seconds, negative when the end came before the beginning. */
const secondsInterval = z.strictObject({ low: z.int(), estimate: z.int(), high: z.int() });
/** The command that makes a figure again. */
const command = z.string();
const position = z.number().int().nonnegative();

/** A case as the list of cases shows it: what the journal says of it, without a figure. */
export const caseBrief = z.strictObject({
  id: z.string(),
  title: z.string(),
  status: z.enum(['open', 'acknowledged', 'contained', 'closed']),
  tlp: z.enum(TLP_LEVELS),
  openedAt: instant,
  acknowledgedAt: instant.nullable(),
  containedAt: instant.nullable(),
  closedAt: instant.nullable(),
  /** When the last word on it was written, and which entries of the journal hold the first and the last. */
  changedAt: instant,
  firstEntry: position,
  lastEntry: position,
  campaigns: z.array(z.string()),
  leads: z.array(z.string()),
  claims: z.array(z.string()),
  /** The days whose records it keeps from retention; `to` is null while it is not contained. */
  hold: z.strictObject({ from: day, to: day.nullable() }).nullable(),
  holdReleased: z.boolean(),
});
/** A case as the list of cases shows it. */
export type CaseBrief = z.infer<typeof caseBrief>;

/** What can stand in a timeline, in the order in which it is told where moments are equal. */
export const TIMELINE_KINDS = [
  'first byte',
  'first evidence',
  'threshold crossed',
  'outside signal',
  'opened',
  'acknowledged',
  'contained',
  'note',
  'closed',
] as const;

const timelineEvent = z.strictObject({
  at: instantInterval,
  kind: z.enum(TIMELINE_KINDS),
  text: z.string(),
  /** Who said or did it; null for what Weir computed. */
  by: z.string().nullable(),
  /** The lead, campaign or claim it comes from. */
  reference: z.string().nullable(),
  /** The entry of the journal that says it; null for what Weir computed. */
  entry: position.nullable(),
  command,
});
/** One line of a case's timeline. */
export type TimelineEvent = z.infer<typeof timelineEvent>;

const campaign = z.strictObject({
  id: z.string(),
  startedAt: dayInterval,
  detectedAt: instant,
  bytesOut: bytesInterval,
  hosts: z.array(z.string()),
  principals: z.array(z.string()),
  destinations: z.array(z.string()),
  because: z.string(),
  command,
});
/** A campaign of a case. */
export type CaseCampaign = z.infer<typeof campaign>;

const lead = z.strictObject({
  id: z.string(),
  family: z.string(),
  entity: z.string(),
  detectedAt: instant,
  startedAt: dayInterval,
  observedBytesPerDay: bytes,
  baselineBytesPerDay: bytes,
  channels: z.array(
    z.strictObject({ channel: z.string(), logEvidence: z.number(), threshold: z.number(), since: day }),
  ),
  campaign: z.string().nullable(),
  decision: z.string().nullable(),
  because: z.string(),
  command,
});
/** A lead of a case. */
export type CaseLead = z.infer<typeof lead>;

const traffic = z.strictObject({
  host: z.string(),
  destination: z.string(),
  path: z.string(),
  principal: z.string(),
  service: z.string(),
  initiator: z.string(),
  bytesOut: bytesInterval,
  flows: z.number().int().nonnegative(),
  firstSeen: instant,
  lastSeen: instant,
  command,
});
/** What went over one pair of a case by one path; `principal` is whose all of it certainly was, else unknown. */
export type CaseTraffic = z.infer<typeof traffic>;

/** How many were present where several could have sent, at least and at most. */
const oneOf = z.strictObject({ least: z.number().int().min(2), most: z.number().int().min(2) });

const person = z.strictObject({
  principal: z.string(),
  /** Low: where nobody else is known to have been present. Estimate: with an equal part where several were present. High: all that they were present at. */
  bytesOut: bytesInterval,
  /** Null: nothing of it is shared. */
  oneOf: oneOf.nullable(),
  /** What says so: transfer, connection, lease, presence, stated or unknown. */
  bases: z.array(z.string()),
  /** The campaigns of which they sent a part that nobody else is known to have been there for. */
  campaigns: z.array(z.string()),
  command,
});
/** Somebody who can have sent what went over the pairs of a case. */
export type CasePerson = z.infer<typeof person>;

const sheetRow = z.strictObject({
  cut: z.enum(['principal', 'host', 'path', 'destination']),
  name: z.string(),
  /** All that went through it in the window, the case's part of that, and the rest: what breaks. */
  bytesOut: bytes,
  bytesOutOfCase: bytes,
  bytesOutOfOthers: bytes,
  /** Destinations of the rest; of a destination, hosts. */
  counterparts: z.number().int().nonnegative(),
  /** Known identities of the rest. */
  principals: z.number().int().nonnegative(),
  lastSeen: instant.nullable(),
  command,
});
/** One thing that can be cut, and what breaks with it. */
export type SheetRow = z.infer<typeof sheetRow>;

const flow = z.strictObject({
  startedAt: instant,
  from: z.string(),
  to: z.string(),
  /** The end within that a NAT hid, by its log. */
  behind: z.string().optional(),
  service: z.string().nullable(),
  bytesOut: bytes,
  uid: z.string().nullable(),
  communityId: z.string().nullable(),
  file: z.string(),
  line: z.number().int().positive().nullable(),
});
/** A connection of a case, with the line that logged it. */
export type CaseFlow = z.infer<typeof flow>;

/** A case with everything that is known of it as of one position of the journal. */
export const incidentCase = z.strictObject({
  asOf: position,
  /** When that entry was written: the moment a case that still runs is measured to. */
  asOfAt: instant,
  facility: z.string(),
  simulated: z.boolean(),
  weirVersion: z.string(),
  incident: caseBrief,
  figures: z.strictObject({
    loss: z.strictObject({ bytesOut: bytesInterval.nullable(), because: z.string(), command }),
    observed: z.strictObject({ bytesOut: bytesInterval, because: z.string(), command }),
    dwell: z.strictObject({
      seconds: secondsInterval.nullable(),
      /** Not contained: it still grows, and is measured to `asOfAt`. */
      running: z.boolean(),
      because: z.string(),
      command,
    }),
    reportingGap: z.strictObject({
      seconds: secondsInterval.nullable(),
      running: z.boolean(),
      because: z.string(),
      command,
    }),
  }),
  timeline: z.array(timelineEvent),
  campaigns: z.array(campaign),
  leads: z.array(lead),
  traffic: z.array(traffic),
  people: z.array(person),
  tenants: z.array(
    z.strictObject({
      tenant: z.string(),
      /** With an equal part of what several could have sent; where nobody else is known and at most beside it. */
      bytesOut: bytes,
      bytesOutLow: bytes,
      bytesOutHigh: bytes,
      oneOf: oneOf.nullable(),
      principals: z.array(z.string()),
      command,
    }),
  ),
  sheet: z.strictObject({
    /** The days looked at for what breaks, both included; null when there is no case traffic. */
    days: z.strictObject({ from: day, to: day }).nullable(),
    rows: z.array(sheetRow),
  }),
  /** The heaviest connections, with the lines they stand on. */
  flows: z.array(flow),
});
/** A case with everything that is known of it. */
export type IncidentCase = z.infer<typeof incidentCase>;
