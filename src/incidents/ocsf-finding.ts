import { z } from 'zod';
import { parseAddress } from '../records/address.ts';
import { commandsOf, type Finding, gravityOf, type Telling, titleOf } from './finding.ts';

/**
 * A lead or campaign as Detection Finding (class 2004) of the Open Cybersecurity Schema Framework,
 * https://schema.ocsf.io/1.5.0/classes/detection_finding. What OCSF has no place for stands under `unmapped.weir`.
 */
export const OCSF_VERSION = '1.5.0';

const millis = z.number().int().nonnegative();
const text = z.string().min(1);

/** The schema's `metadata`: version and product are required there. */
export const ocsfMetadata = z.strictObject({
  version: z.literal(OCSF_VERSION),
  uid: text,
  product: z.strictObject({ name: text, vendor_name: text, version: text }),
  labels: z.array(text).optional(),
});

const endpoint = z
  .strictObject({ ip: text.optional(), name: text.optional() })
  .refine(({ ip, name }) => ip !== undefined || name !== undefined, 'an endpoint needs an ip or a name');

const evidences = z
  .strictObject({
    src_endpoint: endpoint.optional(),
    dst_endpoint: endpoint.optional(),
    user: z.strictObject({ name: text }).optional(),
    data: z.record(z.string(), z.json()).optional(),
  })
  .refine((artifact) => Object.keys(artifact).length > 0, 'an artifact of evidence needs something in it');

/** The schema's `finding_info`. */
const findingInfo = z.strictObject({
  uid: text,
  title: text,
  desc: text,
  created_time: millis,
  modified_time: millis,
  first_seen_time: millis.optional(),
  types: z.array(text),
  analytic: z.strictObject({ name: text, type_id: z.literal(3), type: z.literal('Statistical') }),
  attacks: z.array(
    z.strictObject({
      version: text,
      tactic: z.strictObject({ uid: z.literal('TA0010'), name: z.literal('Exfiltration') }),
    }),
  ),
  related_events: z.array(z.strictObject({ uid: text, type: text })).optional(),
});

/** What the published schema requires of class 2004, and what Weir fills beyond it. */
export const ocsfDetectionFinding = z
  .strictObject({
    class_uid: z.literal(2004),
    class_name: z.literal('Detection Finding'),
    category_uid: z.literal(2),
    category_name: z.literal('Findings'),
    activity_id: z.int().min(1).max(3),
    activity_name: z.enum(['Create', 'Update', 'Close']),
    type_uid: z.int(),
    time: millis,
    severity_id: z.int().min(1).max(5),
    severity: z.enum(['Informational', 'Low', 'Medium', 'High', 'Critical']),
    status_id: z.int().min(1).max(5),
    status: z.enum(['New', 'In Progress', 'Suppressed', 'Resolved', 'Archived']),
    is_alert: z.boolean(),
    message: text,
    comment: text.optional(),
    start_time: millis.optional(),
    metadata: ocsfMetadata,
    finding_info: findingInfo,
    evidences: z.array(evidences).min(1),
    observables: z.array(
      z.strictObject({
        name: text,
        type_id: z.int(),
        type: z.enum(['Hostname', 'IP Address', 'User Name', 'Subnet', 'Other']),
        value: text,
      }),
    ),
    remediation: z.strictObject({ desc: text }),
    unmapped: z.strictObject({ weir: z.record(z.string(), z.json()) }),
  })
  .refine((event) => event.type_uid === event.class_uid * 100 + event.activity_id, {
    message: 'type_uid must be class_uid * 100 + activity_id',
  });
/** A Detection Finding as Weir writes it. */
export type OcsfDetectionFinding = z.infer<typeof ocsfDetectionFinding>;

/** Names beyond these are counted, not listed: receivers limit the size of an event. */
const NAMES_MAX = 100;

const ACTIVITIES = { create: [1, 'Create'], update: [2, 'Update'], close: [3, 'Close'] } as const;
const SEVERITIES = { informational: [1, 'Informational'], medium: [3, 'Medium'], high: [4, 'High'] } as const;

/** Returns the Detection Finding that says what a finding says, and nothing more. */
export function ocsfFinding(finding: Finding, telling: Telling): OcsfDetectionFinding {
  const { messageId, activity, writtenMillis } = telling;
  const [activity_id, activity_name] = ACTIVITIES[activity];
  const [severity_id, severity] = SEVERITIES[gravityOf(finding, activity)];
  const [status_id, status] = statusOf(finding, activity);
  const { explain, decide } = commandsOf(finding);
  const startMillis = startMillisOf(finding);
  return {
    class_uid: 2004,
    class_name: 'Detection Finding',
    category_uid: 2,
    category_name: 'Findings',
    activity_id,
    activity_name,
    type_uid: 200_400 + activity_id,
    time: Date.parse(finding.detectedAt),
    severity_id,
    severity,
    status_id,
    status,
    is_alert: activity !== 'close',
    message: finding.because,
    ...(finding.decision ? { comment: wordOf(finding.decision) } : {}),
    ...(startMillis === undefined ? {} : { start_time: startMillis }),
    metadata: metadataOf(finding, messageId),
    finding_info: {
      uid: finding.id,
      title: titleOf(finding),
      desc: finding.because,
      created_time: Date.parse(finding.detectedAt),
      modified_time: writtenMillis,
      ...(startMillis === undefined ? {} : { first_seen_time: startMillis }),
      types: ['Unusual Egress', finding.kind],
      analytic: { name: 'weir detect', type_id: 3, type: 'Statistical' },
      // The tactic that is looked for; how it was done, egress does not tell.
      attacks: [{ version: '18.0', tactic: { uid: 'TA0010', name: 'Exfiltration' } }],
      ...relatedOf(finding),
    },
    evidences: evidencesOf(finding),
    observables: observablesOf(finding),
    remediation: { desc: `Look at it: ${explain}. Then say what it is: ${decide}.` },
    unmapped: { weir: restOf(finding) },
  };
}

/** Returns `metadata` as all of Weir's OCSF events carry it. */
export function metadataOf(
  { weirVersion, simulated }: Pick<Finding, 'weirVersion' | 'simulated'>,
  messageId: string,
): z.infer<typeof ocsfMetadata> {
  return {
    version: OCSF_VERSION,
    uid: messageId,
    product: { name: 'Weir', vendor_name: 'Weir', version: weirVersion },
    ...(simulated ? { labels: ['simulated'] } : {}),
  };
}

function statusOf(
  { decision }: Finding,
  activity: Telling['activity'],
): [number, OcsfDetectionFinding['status']] {
  if (activity !== 'close') return decision ? [2, 'In Progress'] : [1, 'New'];
  return decision && ['expected', 'dismissed'].includes(decision.verdict)
    ? [3, 'Suppressed']
    : [5, 'Archived'];
}

function wordOf({ verdict, by, note }: NonNullable<Finding['decision']>): string {
  return [verdict, by && `by ${by}`].filter(Boolean).join(' ') + (note ? `: ${note}` : '');
}

function startMillisOf({ startedAt }: Finding): number | undefined {
  return startedAt ? Date.parse(`${startedAt.estimate}T00:00:00Z`) : undefined;
}

function relatedOf({ leads, campaigns, replaces }: Finding) {
  const events = [
    ...leads.map((uid) => ({ uid, type: 'lead' })),
    ...campaigns.map((uid) => ({ uid, type: 'campaign' })),
    ...replaces.map((uid) => ({ uid, type: 'replaced campaign' })),
  ];
  return events.length > 0 ? { related_events: events } : {};
}

/** An endpoint by its address where it is one; networks, AS numbers and names are names. */
function endpointOf(name: string): z.infer<typeof endpoint> {
  return parseAddress(name) ? { ip: name } : { name };
}

/** Who sent is known, to where is known; which host sent to which destination is for `weir explain`. */
function evidencesOf({
  hosts,
  principals,
  destinations,
  amount,
  evidence,
}: Finding): OcsfDetectionFinding['evidences'] {
  return [
    ...hosts.slice(0, NAMES_MAX).map((host) => ({ src_endpoint: endpointOf(host) })),
    ...destinations.slice(0, NAMES_MAX).map((place) => ({ dst_endpoint: endpointOf(place) })),
    ...principals.slice(0, NAMES_MAX).map((name) => ({ user: { name } })),
    { data: { bytesOut: amount, channels: evidence.slice(0, NAMES_MAX) } },
  ];
}

function observablesOf({ hosts, principals, destinations }: Finding): OcsfDetectionFinding['observables'] {
  const of = (names: readonly string[], path: string) =>
    names.slice(0, NAMES_MAX).map((value) => {
      if (parseAddress(value)) return { name: `${path}.ip`, type_id: 2, type: 'IP Address' as const, value };
      const name = `${path}.name`;
      if (/^[0-9a-f.:]+\/\d+$/i.test(value)) return { name, type_id: 12, type: 'Subnet' as const, value };
      return path === 'evidences.src_endpoint'
        ? { name, type_id: 1, type: 'Hostname' as const, value }
        : { name, type_id: 99, type: 'Other' as const, value };
    });
  return [
    ...of(hosts, 'evidences.src_endpoint'),
    ...of(destinations, 'evidences.dst_endpoint'),
    ...principals
      .slice(0, NAMES_MAX)
      .map((value) => ({ name: 'evidences.user.name', type_id: 4, type: 'User Name' as const, value })),
  ];
}

function restOf(finding: Finding): Record<string, z.core.util.JSONType> {
  const { id, kind, facility, simulated, asOf, startedAt, amount, about, hosts, principals, destinations } =
    finding;
  return {
    id,
    kind,
    facility,
    simulated,
    asOf,
    startedAt,
    bytesOut: amount,
    ...(about === null ? {} : { about }),
    counts: { hosts: hosts.length, principals: principals.length, destinations: destinations.length },
    commands: commandsOf(finding),
  };
}
