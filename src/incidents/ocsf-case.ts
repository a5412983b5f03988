import { z } from 'zod';
import { commandsOf, type Finding, gravityOf, type Telling, titleOf } from './finding.ts';
import { metadataOf, ocsfMetadata } from './ocsf-finding.ts';
import {
  incidentClass,
  isTypeOfClass,
  OCSF_STATUSES,
  ocsfIncidentFields,
  ocsfIncidentProfile,
  TYPE_MESSAGE,
} from './ocsf-incident-class.ts';
import { tlpLabel } from './tlp.ts';

/**
 * A message about a case as Incident Finding (class 2005) of the Open Cybersecurity Schema Framework,
 * https://schema.ocsf.io/1.5.0/classes/incident_finding: that something was said of it, not the case itself, which is
 * exported by `weir incident export`.
 */
const text = z.string().min(1);

/** What the published schema requires of class 2005, and what Weir fills. */
export const ocsfCaseMessage = z
  .strictObject({
    ...ocsfIncidentFields,
    severity_id: z.int().min(1).max(5),
    severity: text,
    metadata: ocsfMetadata.extend(ocsfIncidentProfile),
    finding_info_list: z.array(z.strictObject({ uid: text, title: text, types: z.array(text) })).min(1),
  })
  .refine(isTypeOfClass, TYPE_MESSAGE);
/** An Incident Finding as Weir writes it. */
export type OcsfCaseMessage = z.infer<typeof ocsfCaseMessage>;

const ACTIVITIES = { create: [1, 'Create'], update: [2, 'Update'], close: [3, 'Close'] } as const;
const SEVERITIES = { informational: [1, 'Informational'], medium: [3, 'Medium'], high: [4, 'High'] } as const;
/** Returns the Incident Finding that says what was said of a case. */
export function ocsfCase(finding: Finding, telling: Telling): OcsfCaseMessage {
  const [activity_id, activity_name] = ACTIVITIES[telling.activity];
  const [severity_id, severity] = SEVERITIES[gravityOf(finding, telling.activity)];
  const [status_id, status] = OCSF_STATUSES[finding.incident?.status ?? 'open'];
  const { id, facility, asOf, simulated, leads, campaigns, incident } = finding;
  const metadata = metadataOf(finding, telling.messageId);
  const labels = [...(metadata.labels ?? []), ...(incident ? [tlpLabel(incident.tlp)] : [])];
  const parts = [
    ...campaigns.map((uid) => ({ uid, title: `Campaign ${uid}`, types: ['campaign'] })),
    ...leads.map((uid) => ({ uid, title: `Lead ${uid}`, types: ['lead'] })),
  ];
  return {
    ...incidentClass(activity_id),
    activity_name,
    time: Date.parse(incident?.changedAt ?? finding.detectedAt),
    severity_id,
    severity,
    status_id,
    status,
    desc: titleOf(finding),
    message: finding.because,
    assignee_group: { name: facility },
    metadata: { ...metadata, labels, profiles: ['incident'] },
    // A case may stand on an outside claim alone: then it is its own finding.
    finding_info_list: parts.length > 0 ? parts : [{ uid: id, title: titleOf(finding), types: ['incident'] }],
    unmapped: { weir: { id, asOf, simulated, incident, commands: commandsOf(finding) } },
  };
}
