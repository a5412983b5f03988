import { z } from 'zod';
import { caseBrief } from './case.ts';

const bytes = z.string().regex(/^\d+$/);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);

/** What a finding says of the bytes: an interval for the whole of a campaign, a level for a lead. */
const amount = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('whole'), low: bytes, estimate: bytes, high: bytes }),
  z.strictObject({ of: z.literal('day'), observed: bytes, usual: bytes }),
]);

/** One channel that paid. */
const evidence = z.strictObject({
  channel: z.string(),
  logEvidence: z.number().nullable(),
  threshold: z.number().nullable(),
  since: day.nullable(),
});

/**
 * A lead, campaign or incident as it is told to other systems: plain data, complete enough to be written in any format, and
 * kept in the outbox so that what was told can be updated or closed later.
 */
export const finding = z.strictObject({
  kind: z.enum(['lead', 'campaign', 'incident']),
  /** The id that `weir explain` and `weir decide` take. */
  id: z.string().regex(/^[0-9a-z-]{4,64}$/),
  facility: z.string(),
  simulated: z.boolean(),
  weirVersion: z.string(),
  /** Journal position it was computed at. */
  asOf: z.number().int().nonnegative(),
  /** When it was known, by the arrival of its logs. */
  detectedAt: instant,
  /** Null of a case: its findings say when. */
  startedAt: z.strictObject({ low: day, estimate: day, high: day }).nullable(),
  amount: amount.nullable(),
  /** Inside hosts: addresses or names. */
  hosts: z.array(z.string()),
  principals: z.array(z.string()),
  /** Outside: addresses, networks, AS numbers or names. */
  destinations: z.array(z.string()),
  /** What the lead speaks of where that is no host and no destination: a path, the whole centre. */
  about: z.string().nullable(),
  evidence: z.array(evidence),
  /** Leads that a campaign or case is about. */
  leads: z.array(z.string()),
  /** Campaigns that explain a lead, or that a case is about. */
  campaigns: z.array(z.string()),
  incident: caseBrief.nullable(),
  /** Findings told before whose place this one takes. */
  replaces: z.array(z.string()),
  because: z.string(),
  /** The last word of an analyst, with why; or why the finding does not stand any more. */
  decision: z.strictObject({ verdict: z.string(), by: z.string(), note: z.string() }).nullable(),
});
/** A lead, campaign or incident as it is told to other systems. */
export type Finding = z.infer<typeof finding>;

/** How a message stands to those before it on the same finding. */
export type Activity = 'create' | 'update' | 'close';

/** What a message adds to its finding. */
export interface Telling {
  /** The same for every attempt at the same message. */
  readonly messageId: string;
  readonly activity: Activity;
  /** When the message was written, milliseconds since 1970. */
  readonly writtenMillis: number;
}

/** Returns the commands that go on from a finding: ids hold no character that a shell would read. */
export function commandsOf({ id, kind }: Pick<Finding, 'id' | 'kind'>): { explain: string; decide: string } {
  if (kind === 'incident') {
    return { explain: `weir incident show ${id}`, decide: `weir incident acknowledge ${id}` };
  }
  return {
    explain: `weir explain ${id}`,
    decide: `weir decide ${id} expected|dismissed|confirmed --note WHY`,
  };
}

/** Returns what a finding is called in a list: who, and to where, without a number. */
export function titleOf({ kind, hosts, destinations, about, incident }: Finding): string {
  if (incident) return incident.title;
  const from = named(hosts, 'host');
  const to = named(destinations, 'destination');
  const what = kind === 'lead' ? 'Unusual egress' : 'Campaign of unusual egress';
  return [what, from && `from ${from}`, to && `to ${to}`, about && `(${about})`].filter(Boolean).join(' ');
}

function named(names: readonly string[], one: string): string {
  const [first] = names;
  if (first === undefined) return '';
  return names.length === 1 ? first : `${names.length} ${one}s`;
}

/** Returns how grave a finding is: a campaign or case more than a lead; one that is closed is for information. */
export function gravityOf(
  { kind }: Pick<Finding, 'kind'>,
  activity: Activity,
): 'informational' | 'medium' | 'high' {
  if (activity === 'close') return 'informational';
  return kind === 'lead' ? 'medium' : 'high';
}

/** Returns where a lead's entity stands in a finding; a path, the centre or a sensor is no place with an address. */
export function placesOf(
  family: string,
  entity: string,
): Pick<Finding, 'hosts' | 'principals' | 'destinations' | 'about'> {
  const isDestination = family === 'network' || family === 'as';
  const hasPlace = isDestination || family === 'host' || family === 'principal';
  const about = family === 'centre' ? 'the whole centre' : `${family} ${entity}`;
  return {
    hosts: family === 'host' ? [entity] : [],
    principals: family === 'principal' ? [entity] : [],
    destinations: isDestination ? [entity] : [],
    about: hasPlace ? null : about,
  };
}
