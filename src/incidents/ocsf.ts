import { z } from 'zod';
import { InternalError } from '../errors.ts';
import type { CaseBrief, CaseCampaign, CaseLead, IncidentCase } from './case.ts';
import { type Finding, placesOf } from './finding.ts';
import { metadataOf, ocsfDetectionFinding, ocsfFinding, ocsfMetadata } from './ocsf-finding.ts';
import {
  incidentClass,
  isTypeOfClass,
  OCSF_STATUSES,
  ocsfIncidentFields,
  ocsfIncidentProfile,
  ocsfMillis,
  TYPE_MESSAGE,
} from './ocsf-incident-class.ts';
import { showCommand } from './remake.ts';
import { tlpLabel } from './tlp.ts';

/**
 * Cases as Incident Finding (class 2005) of the Open Cybersecurity Schema Framework,
 * https://schema.ocsf.io/1.5.0/classes/incident_finding, and their leads as Detection Findings beside them.
 */
const text = z.string().min(1);
/** Receivers limit the size of an event. */
const PEOPLE_MAX = 100;

const findingInfo = z.strictObject({
  uid: text,
  title: text,
  desc: text.optional(),
  created_time: ocsfMillis.optional(),
  first_seen_time: ocsfMillis.optional(),
  types: z.array(text).optional(),
});

/** What the published schema requires of class 2005, and what Weir fills beyond it. */
export const ocsfIncidentFinding = z
  .strictObject({
    ...ocsfIncidentFields,
    type_name: text,
    severity_id: z.literal(4),
    severity: z.literal('High'),
    is_suspected_breach: z.literal(true),
    start_time: ocsfMillis.optional(),
    end_time: ocsfMillis.optional(),
    metadata: ocsfMetadata.extend({ ...ocsfIncidentProfile, correlation_uid: text }),
    finding_info_list: z.array(findingInfo).min(1),
    observables: z
      .array(z.strictObject({ name: text, type_id: z.int(), type: text, value: text }))
      .optional(),
  })
  .refine(isTypeOfClass, TYPE_MESSAGE);
/** An Incident Finding as Weir writes it. */
export type OcsfIncidentFinding = z.infer<typeof ocsfIncidentFinding>;

/**
 * Returns a case as NDJSON: one Detection Finding for each lead, then the Incident Finding with the case's figures.
 * @throws InternalError when an event is none, which is a defect.
 */
export function ocsfOf(told: IncidentCase): string {
  const leads = told.leads.map((lead) => {
    const event = ocsfFinding(findingOf(lead, told), {
      messageId: `${told.incident.id}-${lead.id}-${told.asOf}`,
      activity: told.incident.status === 'closed' ? 'close' : 'update',
      writtenMillis: Date.parse(told.asOfAt),
    });
    const labels = [...(event.metadata.labels ?? []), tlpLabel(told.incident.tlp)];
    const weir = { ...event.unmapped.weir, incident: told.incident.id, command: lead.command };
    return checked(ocsfDetectionFinding, {
      ...event,
      metadata: { ...event.metadata, labels },
      unmapped: { weir },
    });
  });
  return [...leads, checked(ocsfIncidentFinding, incidentOf(told))]
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('');
}

/** A case is grave because a person opened it: Weir does not weigh data it cannot see. */
function incidentOf(told: IncidentCase): OcsfIncidentFinding {
  const { incident, figures } = told;
  const { id, title, status, tlp, openedAt, acknowledgedAt, containedAt, closedAt, claims, hold } = incident;
  const [status_id, statusName] = OCSF_STATUSES[status];
  const [activity_id, activity_name] = activityOf(incident);
  const startedAt = told.timeline.find(({ kind }) => kind === 'first byte')?.at.estimate;
  const metadata = metadataOf(told, `${id}-${told.asOf}`);
  return {
    ...incidentClass(activity_id),
    activity_name,
    type_name: `Incident Finding: ${activity_name}`,
    time: Date.parse(incident.changedAt),
    severity_id: 4,
    severity: 'High',
    status_id,
    status: statusName,
    is_suspected_breach: true,
    message: `${title} (${status})`,
    desc: `${figures.loss.because}; ${figures.dwell.because}; ${figures.reportingGap.because}`,
    assignee_group: { name: told.facility },
    ...(startedAt ? { start_time: Date.parse(startedAt) } : {}),
    ...(containedAt ? { end_time: Date.parse(containedAt) } : {}),
    metadata: {
      ...metadata,
      labels: [...(metadata.labels ?? []), tlpLabel(tlp)],
      profiles: ['incident'],
      correlation_uid: id,
    },
    finding_info_list: infosOf(told),
    unmapped: {
      weir: {
        id,
        facility: told.facility,
        simulated: told.simulated,
        asOf: told.asOf,
        tlp: tlpLabel(tlp),
        openedAt,
        acknowledgedAt,
        containedAt,
        closedAt,
        claims,
        hold,
        figures,
        people: told.people.slice(0, PEOPLE_MAX),
        counts: { people: told.people.length },
        tenants: told.tenants,
        containment: told.sheet.rows,
        command: showCommand(id, told.asOf),
      },
    },
  };
}

function activityOf({
  status,
  lastEntry,
  firstEntry,
}: CaseBrief): [1 | 2 | 3, OcsfIncidentFinding['activity_name']] {
  if (status === 'closed') return [3, 'Close'];
  return lastEntry === firstEntry ? [1, 'Create'] : [2, 'Update'];
}

/** The campaigns and leads a case is made of; a case of neither is its own finding. */
function infosOf({ incident, campaigns, leads }: IncidentCase): OcsfIncidentFinding['finding_info_list'] {
  const info = (type: string) => (found: CaseCampaign | CaseLead) => ({
    uid: found.id,
    title: `${type} ${found.id}`,
    desc: found.because,
    created_time: Date.parse(found.detectedAt),
    first_seen_time: Date.parse(`${found.startedAt.estimate}T00:00:00Z`),
    types: [type],
  });
  const infos = [...campaigns.map(info('campaign')), ...leads.map(info('lead'))];
  return infos.length > 0 ? infos : [{ uid: incident.id, title: incident.title }];
}

function checked<Schema extends z.ZodType>(schema: Schema, event: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new InternalError(`an OCSF event of the case is not valid: ${z.prettifyError(parsed.error)}`);
}

/** A lead of a case in the words in which findings are told to other systems. */
function findingOf(lead: CaseLead, told: IncidentCase): Finding {
  const { family, entity, campaign } = lead;
  return {
    kind: 'lead',
    id: lead.id,
    facility: told.facility,
    simulated: told.simulated,
    weirVersion: told.weirVersion,
    asOf: told.asOf,
    detectedAt: lead.detectedAt,
    startedAt: lead.startedAt,
    amount: { of: 'day', observed: lead.observedBytesPerDay, usual: lead.baselineBytesPerDay },
    ...placesOf(family, entity),
    evidence: lead.channels,
    leads: [],
    campaigns: campaign === null ? [] : [campaign],
    incident: null,
    replaces: [],
    because: lead.because,
    decision: lead.decision === null ? null : { verdict: lead.decision, by: '', note: '' },
  };
}
