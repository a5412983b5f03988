import { z } from 'zod';

/** What can be said of a case. */
export const INCIDENT_VERBS = ['open', 'note', 'acknowledge', 'contain', 'close'] as const;

/** Who may be told, by the Traffic Light Protocol 2.0 (FIRST, August 2022). */
export const TLP_LEVELS = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;
/** One of the levels. */
export type TlpLevel = (typeof TLP_LEVELS)[number];

const id = z.string().min(1).max(64);
const line = z.string().min(1).max(500);

/** A stretch of time: one instant has both ends alike, a day known by its date only is the whole day. */
const when = z
  .strictObject({ fromMicros: z.int(), toMicros: z.int() })
  .refine(({ fromMicros, toMicros }) => fromMicros <= toMicros, { message: 'fromMicros is after toMicros' });

/** Somebody outside said something, at a time of its own: a posting, a call, a statement of a claim. */
const signal = z.strictObject({ when, source: line, text: z.string().max(4000) });

/** Records that outlive retention: from a UTC day to another; null: until the case is contained. */
const hold = z
  .strictObject({ fromDay: z.int(), toDay: z.int().nullable() })
  .refine(({ fromDay, toDay }) => toDay === null || fromDay <= toDay, { message: 'fromDay is after toDay' });

/** One sentence of a case's story, as the journal keeps it. Whatever carries `v` is exactly this or no entry. */
export const incidentPayload = z.strictObject({
  v: z.literal(1),
  /** The case. */
  incident: id,
  verb: z.enum(INCIDENT_VERBS),
  by: line,
  /** When it happened, where that was not when it was written. */
  atMicros: z.int().nullable(),
  text: z.string().max(20_000),
  /** Said by the entry that opens the case. */
  title: line.optional(),
  tlp: z.enum(TLP_LEVELS).optional(),
  references: z.strictObject({
    /** Campaigns with the leads they were made of then: leads keep their ids, campaigns may be assembled anew. */
    campaigns: z.array(z.strictObject({ id, leads: z.array(id) })),
    leads: z.array(id),
    claims: z.array(line),
  }),
  signals: z.array(signal),
  hold: hold.nullable(),
  /** The case lets its records go. */
  releasesHold: z.boolean(),
});
/** One sentence of a case's story. */
export type IncidentPayload = z.infer<typeof incidentPayload>;

/** What entries said before payloads had a form of their own: kept and shown as they are, part of no case. */
export const formlessPayload = z
  .record(z.string(), z.json())
  .refine((payload) => !('v' in payload), { message: 'is no sentence of a case that this version knows' });

/** Returns the sentence that an incident entry holds; undefined for one older than the form. */
export function sentenceOf(payload: unknown): IncidentPayload | undefined {
  return incidentPayload.safeParse(payload).data;
}
