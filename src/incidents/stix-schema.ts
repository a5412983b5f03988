import { z } from 'zod';

/**
 * The parts of STIX 2.1 (OASIS standard, June 2021) that Weir writes: what the specification requires of each object,
 * and the properties it allows that Weir fills. Extra properties are allowed as the specification allows them.
 */
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const identifier = z.string().regex(new RegExp(`^[a-z][a-z0-9-]+[a-z0-9]--${UUID}$`));
const idOf = (type: string) => z.string().regex(new RegExp(`^${type}--${UUID}$`));
/** RFC 3339 in UTC; created and modified of domain objects to the millisecond. */
const timestamp = z.iso.datetime();
const precise = timestamp.regex(/\.\d{3}Z$/, 'must be precise to the millisecond');
const text = z.string().min(1);

const marked = { object_marking_refs: z.array(idOf('marking-definition')).min(1).optional() };

function domainObject<Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  return z
    .looseObject({
      type: z.literal(type),
      spec_version: z.literal('2.1'),
      id: idOf(type),
      created: precise,
      modified: precise,
      created_by_ref: idOf('identity').optional(),
      ...marked,
      ...shape,
    })
    .refine(({ created, modified }) => String(created) <= String(modified), 'modified is before created');
}

function observable<Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  return z.looseObject({
    type: z.literal(type),
    spec_version: z.literal('2.1').optional(),
    id: idOf(type),
    ...marked,
    ...shape,
  });
}

const identity = domainObject('identity', { name: text, identity_class: text.optional() });
const incident = domainObject('incident', {
  name: text,
  description: z.string().optional(),
  external_references: z
    .array(z.looseObject({ source_name: text, description: z.string().optional() }))
    .min(1)
    .optional(),
});
const note = domainObject('note', {
  content: text,
  abstract: z.string().optional(),
  authors: z.array(text).min(1).optional(),
  object_refs: z.array(identifier).min(1),
});
const observedData = domainObject('observed-data', {
  first_observed: timestamp,
  last_observed: timestamp,
  number_observed: z.int().min(1).max(999_999_999),
  object_refs: z.array(identifier).min(1),
}).refine(({ first_observed, last_observed }) => Date.parse(first_observed) <= Date.parse(last_observed), {
  message: 'last_observed is before first_observed',
});
const relationship = domainObject('relationship', {
  relationship_type: z.string().regex(/^[a-z0-9-]+$/),
  source_ref: identifier,
  target_ref: identifier,
});

const ipv4 = observable('ipv4-addr', { value: z.string().regex(/^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/) });
const ipv6 = observable('ipv6-addr', { value: z.string().regex(/^[0-9a-f:.]+(\/\d{1,3})?$/i) });
const system = observable('autonomous-system', { number: z.int().nonnegative() });
const user = observable('user-account', { account_login: text.optional(), user_id: text.optional() });
const traffic = observable('network-traffic', {
  src_ref: identifier.optional(),
  dst_ref: identifier.optional(),
  protocols: z.array(text).min(1),
  start: timestamp.optional(),
  end: timestamp.optional(),
  src_byte_count: z.int().nonnegative().optional(),
  dst_byte_count: z.int().nonnegative().optional(),
}).refine(({ src_ref, dst_ref }) => src_ref !== undefined || dst_ref !== undefined, {
  message: 'network-traffic needs a source or a destination',
});

const TLP_EXTENSION = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';
/** The five markings of TLP 2.0: their ids and their form are fixed (OASIS, STIX extension `tlp_2_0`). */
export const TLP_MARKINGS = {
  clear: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
  green: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  amber: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
  'amber+strict': 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  red: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
} as const;

const level = z.enum(['clear', 'green', 'amber', 'amber+strict', 'red']);
const marking = z
  .strictObject({
    type: z.literal('marking-definition'),
    spec_version: z.literal('2.1'),
    id: idOf('marking-definition'),
    created: z.literal('2022-10-01T00:00:00.000Z'),
    name: text,
    extensions: z.strictObject({
      [TLP_EXTENSION]: z.strictObject({ extension_type: z.literal('property-extension'), tlp_2_0: level }),
    }),
  })
  .refine(({ id, name, extensions }) => {
    const said = level.safeParse(extensions[TLP_EXTENSION]?.tlp_2_0).data;
    return said !== undefined && TLP_MARKINGS[said] === id && name === `TLP:${said.toUpperCase()}`;
  }, 'is not one of the five published markings');

/** One object of a bundle that Weir writes. */
export const stixObject = z.union([
  identity,
  incident,
  note,
  observedData,
  relationship,
  ipv4,
  ipv6,
  system,
  user,
  traffic,
  marking,
]);
/** One object of a bundle. */
export type StixObject = z.infer<typeof stixObject>;

/** A bundle in which every reference leads to an object of it, once. */
export const stixBundle = z
  .strictObject({ type: z.literal('bundle'), id: idOf('bundle'), objects: z.array(stixObject).min(1) })
  .superRefine(({ objects }, context) => {
    const ids = new Set<string>();
    for (const { id } of objects) {
      if (ids.has(id)) context.addIssue({ code: 'custom', message: `${id} stands in the bundle twice` });
      ids.add(id);
    }
    for (const object of objects) {
      for (const ref of referencesOf(object)) {
        if (!ids.has(ref)) context.addIssue({ code: 'custom', message: `${object.id} refers to ${ref}` });
      }
    }
  });
/** A bundle of STIX 2.1. */
export type StixBundle = z.infer<typeof stixBundle>;

/** Returns the marking definition of a level, as OASIS published it. */
export function tlpMarking(said: z.infer<typeof level>): StixObject {
  return {
    type: 'marking-definition',
    spec_version: '2.1',
    id: TLP_MARKINGS[said],
    created: '2022-10-01T00:00:00.000Z',
    name: `TLP:${said.toUpperCase()}`,
    extensions: { [TLP_EXTENSION]: { extension_type: 'property-extension', tlp_2_0: said } },
  };
}

function referencesOf(object: StixObject): string[] {
  return Object.entries(object).flatMap(([name, value]) => {
    if (/_ref$/.test(name)) return [String(value)];
    return /_refs$/.test(name) && Array.isArray(value) ? value.map(String) : [];
  });
}
