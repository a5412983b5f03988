/**
 * STIX 2.1 as OASIS published it, for the objects that an export holds: what its JSON schemas
 * (github.com/oasis-open/cti-stix2-json-schemas, branch `stix2.1`) demand, allow and forbid, and, where a schema cannot
 * say it, the sentence of the standard (docs.oasis-open.org/cti/stix/v2.1/os). Written from those, not from what Weir
 * writes.
 */
type Check = (value: unknown) => boolean;

/** `common/identifier.json`. */
const IDENTIFIER =
  /^[a-z][a-z0-9-]+[a-z0-9]--[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$/;
/** `common/timestamp.json`. */
const TIMESTAMP = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$/;
/** `common/properties.json`: names of properties that the specification does not define. */
const PROPERTY_NAME = /^([a-z][a-z0-9_]{2,249}|id)$/;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const time: Check = (value) =>
  typeof value === 'string' && TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value));
const toTheMilli: Check = (value) => time(value) && /\.\d{3}Z$/.test(String(value));
const integer =
  (least: number, most: number): Check =>
  (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.every(check);
/** An identifier, of one of these types where the standard says so. */
const refTo =
  (...types: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' &&
    IDENTIFIER.test(value) &&
    (types.length === 0 || types.includes(value.split('--')[0] ?? ''));
const count = integer(0, Number.MAX_SAFE_INTEGER);

/** `common/external-reference.json`: a source, and something about it. */
const externalReference: Check = (value) => {
  if (typeof value !== 'object' || value === null) return false;
  const { source_name, description, url, external_id } = value as Record<string, unknown>;
  return text(source_name) && [description, url, external_id].some(text);
};

interface ObjectRules {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, Check>>;
  /** One of these at least. */
  readonly anyOf?: readonly string[];
}

/** `common/core.json`: of domain and relationship objects. */
const CORE: Readonly<Record<string, Check>> = {
  type: text,
  spec_version: (value) => value === '2.1',
  id: refTo(),
  created_by_ref: refTo('identity'),
  labels: listOf(text),
  created: toTheMilli,
  modified: toTheMilli,
  revoked: flag,
  confidence: integer(0, 100),
  lang: text,
  external_references: listOf(externalReference),
  object_marking_refs: listOf(refTo('marking-definition')),
  granular_markings: listOf((value) => typeof value === 'object'),
  extensions: (value) => typeof value === 'object',
};
/** `common/cyber-observable-core.json`. */
const OBSERVABLE: Readonly<Record<string, Check>> = {
  type: text,
  spec_version: (value) => value === '2.1',
  id: refTo(),
  object_marking_refs: listOf(refTo('marking-definition')),
  granular_markings: listOf((value) => typeof value === 'object'),
  defanged: flag,
  extensions: (value) => typeof value === 'object',
};

const domain = (required: readonly string[], properties: Readonly<Record<string, Check>>): ObjectRules => ({
  required: ['type', 'spec_version', 'id', 'created', 'modified', ...required],
  properties: { ...CORE, ...properties },
});
const observable = (
  required: readonly string[],
  properties: Readonly<Record<string, Check>>,
  anyOf?: readonly string[],
): ObjectRules => ({
  required: ['type', 'id', ...required],
  properties: { ...OBSERVABLE, ...properties },
  ...(anyOf ? { anyOf } : {}),
});

/** Ends of traffic: section 6.12.1. */
const END = refTo('ipv4-addr', 'ipv6-addr', 'mac-addr', 'domain-name');

const OBJECTS: Readonly<Record<string, ObjectRules>> = {
  identity: domain(['name'], {
    name: text,
    description: text,
    roles: listOf(text),
    identity_class: text,
    sectors: listOf(text),
    contact_information: text,
  }),
  incident: domain(['name'], { name: text, description: text }),
  note: domain(['content', 'object_refs'], {
    abstract: text,
    content: text,
    authors: listOf(text),
    object_refs: listOf(refTo()),
  }),
  'observed-data': domain(['first_observed', 'last_observed', 'number_observed', 'object_refs'], {
    first_observed: time,
    last_observed: time,
    number_observed: integer(1, 999_999_999),
    object_refs: listOf(refTo()),
  }),
  relationship: domain(['relationship_type', 'source_ref', 'target_ref'], {
    relationship_type: (value) => text(value) && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(String(value)),
    description: text,
    source_ref: refTo(),
    target_ref: refTo(),
    start_time: time,
    stop_time: time,
  }),
  // Section 7.2.1: `modified` is no property of it; what an extension defines needs no `definition`.
  'marking-definition': {
    required: ['type', 'spec_version', 'id', 'created'],
    properties: {
      type: text,
      spec_version: (value) => value === '2.1',
      id: refTo(),
      created_by_ref: refTo('identity'),
      created: toTheMilli,
      external_references: listOf(externalReference),
      object_marking_refs: listOf(refTo('marking-definition')),
      extensions: (value) => typeof value === 'object',
      name: text,
      definition_type: text,
      definition: (value) => typeof value === 'object',
    },
    anyOf: ['definition', 'extensions'],
  },
  'ipv4-addr': observable(['value'], {
    value: (value) => text(value) && /^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/.test(String(value)),
    resolves_to_refs: listOf(refTo('mac-addr')),
    belongs_to_refs: listOf(refTo('autonomous-system')),
  }),
  'ipv6-addr': observable(['value'], {
    value: (value) => text(value) && /^[0-9a-fA-F:.]+(\/\d{1,3})?$/.test(String(value)),
    resolves_to_refs: listOf(refTo('mac-addr')),
    belongs_to_refs: listOf(refTo('autonomous-system')),
  }),
  'autonomous-system': observable(['number'], { number: count, name: text, rir: text }),
  'user-account': observable(
    [],
    { user_id: text, account_login: text, account_type: text, display_name: text },
    ['user_id', 'account_login', 'display_name', 'account_type'],
  ),
  'network-traffic': observable(
    ['protocols'],
    {
      start: time,
      end: time,
      is_active: flag,
      src_ref: END,
      dst_ref: END,
      src_port: integer(0, 65_535),
      dst_port: integer(0, 65_535),
      protocols: listOf(text),
      src_byte_count: count,
      dst_byte_count: count,
      src_packets: count,
      dst_packets: count,
    },
    ['src_ref', 'dst_ref'],
  ),
};

/** Returns what of a bundle is not as the standard has it; nothing where all is. */
export function stixProblems(bundle: unknown): string[] {
  const { type, id, objects, ...rest } = bundle as Record<string, unknown>;
  // Section 8: a bundle of 2.1 has no property beyond these.
  const outside = [
    ...(type === 'bundle' && refTo('bundle')(id) ? [] : ['no bundle']),
    ...Object.keys(rest).map((name) => `a bundle has no ${name}`),
  ];
  if (!Array.isArray(objects) || objects.length === 0) return [...outside, 'a bundle of nothing'];
  return [
    ...outside,
    ...objects.flatMap(objectProblems),
    ...orderProblems(objects),
    ...linkProblems(objects),
  ];
}

type Properties = Record<string, unknown>;

function objectProblems(object: Properties): string[] {
  const type = String(object.type);
  const rules = OBJECTS[type];
  if (!rules) return [`${type} is no object that the standard has`];
  const { required, properties, anyOf } = rules;
  return [
    ...(String(object.id).startsWith(`${type}--`) ? [] : [`${object.id} is no id of ${type}`]),
    ...required.filter((name) => object[name] === undefined).map((name) => `${type} lacks ${name}`),
    ...(anyOf && !anyOf.some((name) => object[name] !== undefined) ? [`${type} has none of ${anyOf}`] : []),
    ...Object.entries(object).flatMap(([name, value]) => {
      const check = properties[name];
      if (check) return check(value) ? [] : [`${type}.${name} is ${JSON.stringify(value)}`];
      const isOwn = PROPERTY_NAME.test(name) && name.startsWith('x_');
      const isEmpty = value === null || (Array.isArray(value) && value.length === 0);
      return isOwn && !isEmpty ? [] : [`${type}.${name} is no property`];
    }),
  ];
}

/** Sections 3.6, 4.14.1 and 6.12.1: no end before its beginning. */
function orderProblems(objects: readonly Properties[]): string[] {
  const pairs = [
    ['created', 'modified'],
    ['first_observed', 'last_observed'],
    ['start', 'end'],
  ];
  return objects.flatMap((object) =>
    pairs.flatMap(([from = '', to = '']) =>
      Date.parse(String(object[from])) > Date.parse(String(object[to]))
        ? [`${object.type}: ${to} is before ${from}`]
        : [],
    ),
  );
}

/** Each object once, each reference to one of them. */
function linkProblems(objects: readonly Properties[]): string[] {
  const ids = objects.map(({ id }) => String(id));
  const refs = objects.flatMap((object) =>
    Object.entries(object).flatMap(([name, value]) =>
      name.endsWith('_ref') ? [String(value)] : name.endsWith('_refs') ? (value as string[]) : [],
    ),
  );
  return [
    ...ids.filter((id, index) => ids.indexOf(id) < index).map((id) => `${id} stands twice`),
    ...refs.filter((ref) => !ids.includes(ref)).map((ref) => `${ref} leads nowhere`),
  ];
}
