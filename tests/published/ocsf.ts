/**
 * The Open Cybersecurity Schema Framework, version 1.5.0, for what Weir writes of it: requirements, types, values with
 * their captions and constraints as https://schema.ocsf.io/1.5.0/classes/detection_finding, …/incident_finding and
 * …/objects/* publish them (github.com/ocsf/ocsf-schema). Attributes that Weir has no use for are left out, so that using
 * one is found here and looked up first. Written from the publication, not from what Weir writes.
 */
export const PUBLISHED_OCSF_VERSION = '1.5.0';

type Values = Readonly<Record<number, string>>;
type Check = (value: unknown) => boolean;

interface Attribute {
  readonly is: Check | ObjectRules;
  readonly list?: boolean;
  /** Values with their captions, and the attribute that carries the caption. */
  readonly values?: Values;
  readonly sibling?: string;
}

interface ObjectRules {
  readonly name: string;
  readonly required: readonly string[];
  readonly atLeastOne?: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** `string_t`; empty ones say nothing. */
const text: Attribute = { is: (value) => typeof value === 'string' && value !== '' };
const texts: Attribute = { ...text, list: true };
const boolean: Attribute = { is: (value) => typeof value === 'boolean' };
/** `integer_t`: signed, 32 bits. */
const integer: Attribute = {
  is: (value) => typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31,
};
/** `long_t`. */
const long: Attribute = { is: (value) => Number.isSafeInteger(value) };
/** `timestamp_t`: milliseconds since 1970; anything before 2001 is seconds by mistake. */
const timestamp: Attribute = {
  is: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 978_307_200_000,
};
const ip: Attribute = { is: (value) => typeof value === 'string' && /^[0-9a-fA-F:.]+$/.test(value) };
/** `json_t`, and the object named `object`: anything. */
const anything: Attribute = { is: (value) => typeof value === 'object' && value !== null };
const one = (is: ObjectRules): Attribute => ({ is });
const many = (is: ObjectRules): Attribute => ({ is, list: true });
const valued = (values: Values, sibling: string): Attribute => ({
  is: (value) => Object.hasOwn(values, String(value)),
  values,
  sibling,
});

const ENDS: Values = { 0: 'Unknown', 99: 'Other' };
const ACTIVITIES: Values = { ...ENDS, 1: 'Create', 2: 'Update', 3: 'Close' };
const SEVERITIES: Values = {
  ...ENDS,
  1: 'Informational',
  2: 'Low',
  3: 'Medium',
  4: 'High',
  5: 'Critical',
  6: 'Fatal',
};
const FINDING_STATUSES: Values = {
  ...ENDS,
  1: 'New',
  2: 'In Progress',
  3: 'Suppressed',
  4: 'Resolved',
  5: 'Archived',
};
const INCIDENT_STATUSES: Values = {
  ...ENDS,
  1: 'New',
  2: 'In Progress',
  3: 'On Hold',
  4: 'Resolved',
  5: 'Closed',
};
const ANALYTIC_TYPES: Values = {
  ...ENDS,
  1: 'Rule',
  2: 'Behavioral',
  3: 'Statistical',
  4: 'Learning (ML/DL)',
};
const OBSERVABLE_TYPES: Values = {
  ...ENDS,
  1: 'Hostname',
  2: 'IP Address',
  4: 'User Name',
  12: 'Subnet',
  20: 'Endpoint',
  21: 'User',
};

const product: ObjectRules = {
  name: 'product',
  required: ['vendor_name'],
  atLeastOne: ['name', 'uid'],
  attributes: { name: text, vendor_name: text, version: text, uid: text, lang: text, path: text },
};
const metadata: ObjectRules = {
  name: 'metadata',
  required: ['version', 'product'],
  attributes: {
    version: { is: (value) => value === PUBLISHED_OCSF_VERSION },
    product: one(product),
    uid: text,
    correlation_uid: text,
    labels: texts,
    profiles: texts,
    logged_time: timestamp,
    modified_time: timestamp,
  },
};
const tactic: ObjectRules = {
  name: 'tactic',
  required: [],
  atLeastOne: ['name', 'uid'],
  attributes: { name: text, uid: text, src_url: text },
};
const attack: ObjectRules = {
  name: 'attack',
  required: [],
  atLeastOne: ['tactic', 'technique', 'sub_technique', 'mitigation', 'tactics'],
  attributes: { tactic: one(tactic), version: text },
};
const analytic: ObjectRules = {
  name: 'analytic',
  required: ['type_id'],
  atLeastOne: ['name', 'uid'],
  attributes: {
    name: text,
    uid: text,
    desc: text,
    version: text,
    type: text,
    type_id: valued(ANALYTIC_TYPES, 'type'),
  },
};
const relatedEvent: ObjectRules = {
  name: 'related_event',
  required: ['uid'],
  attributes: { uid: text, type: text, desc: text, title: text },
};
const findingInfo: ObjectRules = {
  name: 'finding_info',
  required: ['uid'],
  attributes: {
    uid: text,
    title: text,
    desc: text,
    types: texts,
    created_time: timestamp,
    modified_time: timestamp,
    first_seen_time: timestamp,
    last_seen_time: timestamp,
    analytic: one(analytic),
    attacks: many(attack),
    related_events: many(relatedEvent),
  },
};
const endpoint: ObjectRules = {
  name: 'network_endpoint',
  required: [],
  atLeastOne: [
    'ip',
    'uid',
    'name',
    'hostname',
    'svc_name',
    'instance_uid',
    'interface_uid',
    'interface_name',
    'domain',
  ],
  attributes: { ip, name: text, hostname: text, uid: text, port: integer, subnet_uid: text },
};
const user: ObjectRules = {
  name: 'user',
  required: [],
  atLeastOne: ['account', 'name', 'uid'],
  attributes: { name: text, uid: text },
};
const group: ObjectRules = {
  name: 'group',
  required: [],
  atLeastOne: ['name', 'uid'],
  attributes: { name: text, uid: text, desc: text },
};
const evidence: ObjectRules = {
  name: 'evidences',
  required: [],
  atLeastOne: ['src_endpoint', 'dst_endpoint', 'user', 'data'],
  attributes: { src_endpoint: one(endpoint), dst_endpoint: one(endpoint), user: one(user), data: anything },
};
const observable: ObjectRules = {
  name: 'observable',
  required: ['type_id'],
  attributes: { name: text, value: text, type: text, type_id: valued(OBSERVABLE_TYPES, 'type') },
};
const remediation: ObjectRules = {
  name: 'remediation',
  required: ['desc'],
  attributes: { desc: text, references: texts },
};

/** What every event has. */
const base = (uid: number, name: string, statuses: Values): Readonly<Record<string, Attribute>> => ({
  activity_id: valued(ACTIVITIES, 'activity_name'),
  activity_name: text,
  category_uid: valued({ 2: 'Findings' }, 'category_name'),
  category_name: text,
  class_uid: valued({ [uid]: name }, 'class_name'),
  class_name: text,
  type_uid: long,
  type_name: text,
  time: timestamp,
  start_time: timestamp,
  end_time: timestamp,
  severity_id: valued(SEVERITIES, 'severity'),
  severity: text,
  status_id: valued(statuses, 'status'),
  status: text,
  message: text,
  comment: text,
  metadata: one(metadata),
  observables: many(observable),
  unmapped: anything,
});
const REQUIRED = ['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time', 'type_uid'];

const CLASSES: Readonly<Record<number, ObjectRules>> = {
  2004: {
    name: 'detection_finding',
    required: [...REQUIRED, 'finding_info'],
    attributes: {
      ...base(2004, 'Detection Finding', FINDING_STATUSES),
      finding_info: one(findingInfo),
      evidences: many(evidence),
      is_alert: boolean,
      remediation: one(remediation),
    },
  },
  2005: {
    name: 'incident_finding',
    required: [...REQUIRED, 'finding_info_list', 'status_id'],
    atLeastOne: ['assignee', 'assignee_group'],
    attributes: {
      ...base(2005, 'Incident Finding', INCIDENT_STATUSES),
      desc: text,
      finding_info_list: many(findingInfo),
      assignee_group: one(group),
      is_suspected_breach: boolean,
    },
  },
};

/** Returns what of an event is not as OCSF has it; nothing where all is. */
export function ocsfProblems(event: unknown): string[] {
  const properties = event as Record<string, unknown>;
  const { class_uid, activity_id, type_uid, type_name, class_name, activity_name } = properties;
  const rules = CLASSES[Number(class_uid)];
  if (!rules) return [`there is no class ${class_uid}`];
  const profiles = (properties.metadata as { profiles?: string[] } | undefined)?.profiles ?? [];
  return [
    ...objectProblems(rules, properties),
    ...(type_uid === Number(class_uid) * 100 + Number(activity_id) ? [] : [`type_uid ${type_uid}`]),
    ...(type_name === undefined || type_name === `${class_name}: ${activity_name}`
      ? []
      : [`type_name ${type_name}`]),
    // "Incident Finding implicitly includes the incident profile and it should be added to the metadata.profiles[] array."
    ...(class_uid !== 2005 || profiles.includes('incident') ? [] : ['the incident profile is not named']),
  ];
}

function objectProblems(rules: ObjectRules, object: Record<string, unknown>): string[] {
  const { name, required, atLeastOne, attributes } = rules;
  return [
    ...required.filter((each) => object[each] === undefined).map((each) => `${name} lacks ${each}`),
    ...(atLeastOne && !atLeastOne.some((each) => object[each] !== undefined)
      ? [`${name} has none of ${atLeastOne.join(', ')}`]
      : []),
    ...Object.entries(object).flatMap(([each, value]) => {
      const attribute = attributes[each];
      if (!attribute) return [`${name}.${each} is no attribute`];
      return attributeProblems(`${name}.${each}`, attribute, value, object);
    }),
  ];
}

function attributeProblems(
  path: string,
  { is, list = false, values, sibling }: Attribute,
  value: unknown,
  owner: Record<string, unknown>,
): string[] {
  if (list !== Array.isArray(value)) return [`${path} must ${list ? '' : 'not '}be a list`];
  const caption = sibling === undefined ? undefined : owner[sibling];
  const other = values && caption !== undefined && Number(value) !== 99 && values[Number(value)] !== caption;
  return [
    ...(other ? [`${path} is ${value}, which is called ${values[Number(value)]}, not ${caption}`] : []),
    ...(Array.isArray(value) ? value : [value]).flatMap((each) => {
      if (typeof is !== 'function')
        return typeof each === 'object' && each !== null
          ? objectProblems(is, each as Record<string, unknown>)
          : [`${path} is no object`];
      return is(each) ? [] : [`${path} is ${JSON.stringify(each)}`];
    }),
  ];
}
