import { z } from 'zod';

/** Milliseconds since 1970 UTC, as OCSF writes times. */
export const ocsfMillis = z.number().int().nonnegative();
const text = z.string().min(1);

/**
 * What the published schema requires of every Incident Finding (class 2005 of the Open Cybersecurity Schema Framework,
 * https://schema.ocsf.io/1.5.0/classes/incident_finding), one of assignee and assignee_group too: whose case it is, the
 * centre knows. Exports of a case and messages about one begin with it.
 */
export const ocsfIncidentFields = {
  class_uid: z.literal(2005),
  class_name: z.literal('Incident Finding'),
  category_uid: z.literal(2),
  category_name: z.literal('Findings'),
  activity_id: z.int().min(1).max(3),
  activity_name: z.enum(['Create', 'Update', 'Close']),
  type_uid: z.int(),
  time: ocsfMillis,
  message: text,
  desc: text,
  status_id: z.int().min(1).max(5),
  status: z.enum(['New', 'In Progress', 'Closed']),
  assignee_group: z.strictObject({ name: text }),
  unmapped: z.strictObject({ weir: z.record(z.string(), z.json()) }),
};

/** The class holds the attributes of this profile, and its metadata says so. */
export const ocsfIncidentProfile = { profiles: z.tuple([z.literal('incident')]) };

/** What a case's status is in OCSF; what is contained is not yet resolved. */
export const OCSF_STATUSES = {
  open: [1, 'New'],
  acknowledged: [2, 'In Progress'],
  contained: [2, 'In Progress'],
  closed: [5, 'Closed'],
} as const;

/** Returns what makes an event one of the class. */
export function incidentClass(activity: 1 | 2 | 3) {
  return {
    class_uid: 2005,
    class_name: 'Incident Finding',
    category_uid: 2,
    category_name: 'Findings',
    activity_id: activity,
    type_uid: 200_500 + activity,
  } as const;
}

/** Whether an event's type is that of its class and activity. */
export function isTypeOfClass(event: { class_uid: number; activity_id: number; type_uid: number }): boolean {
  return event.type_uid === event.class_uid * 100 + event.activity_id;
}

/** Said where it is not. */
export const TYPE_MESSAGE = { message: 'type_uid must be class_uid * 100 + activity_id' };
