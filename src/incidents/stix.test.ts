import { expect, test } from 'vitest';
import { exampleCase } from '../../tests/incidents/example-case.ts';
import { TLP_LEVELS } from '../ledger/incident-entry.ts';
import { stixOf } from './stix.ts';
import { stixBundle, stixObject, TLP_MARKINGS, tlpMarking } from './stix-schema.ts';
import { observableId, stixId, uuidv5 } from './uuid.ts';

const of = (bundle: ReturnType<typeof stixOf>, type: string) =>
  bundle.objects.filter((object) => object.type === type);

test('name-based ids are those of RFC 9562 and of the reference implementation of STIX 2.1', () => {
  expect(uuidv5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
    '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  );
  // Several ids printed in the specification itself are known to be wrong; OASIS lists these as the right ones.
  expect(observableId('ipv4-addr', { value: '198.51.100.3' })).toBe(
    'ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4',
  );
  expect(observableId('autonomous-system', { number: 15139 })).toBe(
    'autonomous-system--3aa27478-50b5-5ab8-9da9-cdc12b657fff',
  );
  const ends = { src_ref: 'a', dst_ref: 'b' };
  expect(observableId('network-traffic', { protocols: ['tcp'], ...ends })).toBe(
    observableId('network-traffic', { ...ends, protocols: ['tcp'] }),
  );
  expect(stixId('note', 'a', 'b')).toBe(stixId('note', 'a', 'b'));
  expect(
    new Set([stixId('note', 'a', 'b'), stixId('note', 'ab', ''), stixId('incident', 'a', 'b')]).size,
  ).toBe(3);
});

test('the markings are the five that OASIS published, and no other', () => {
  const published = stixObject.safeParse({
    type: 'marking-definition',
    spec_version: '2.1',
    id: 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
    created: '2022-10-01T00:00:00.000Z',
    name: 'TLP:AMBER+STRICT',
    extensions: {
      'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d': {
        extension_type: 'property-extension',
        tlp_2_0: 'amber+strict',
      },
    },
  });
  expect(published.data).toEqual(tlpMarking('amber+strict'));
  for (const level of TLP_LEVELS) {
    expect(stixObject.safeParse(tlpMarking(level)).success).toBe(true);
    expect(
      stixObject.safeParse({ ...tlpMarking(level), id: stixId('marking-definition', level) }).success,
    ).toBe(false);
  }
  expect(stixObject.safeParse({ ...tlpMarking('red'), id: TLP_MARKINGS.green }).success).toBe(false);
});

/** Objects with the ids, times and properties of the published examples of the incident extension and of STIX 2.1. */
const PUBLISHED = {
  incident: {
    type: 'incident',
    id: 'incident--1a074418-9248-4a21-9918-a79d0f1dbc5b',
    created: '2020-10-19T01:01:01.000Z',
    modified: '2020-10-19T01:01:01.000Z',
    created_by_ref: 'identity--2242662b-d581-4864-8696-fff719dc0500',
    spec_version: '2.1',
    name: 'an incident',
    extensions: {
      'extension-definition--ef765651-680c-498d-9894-99799f2fa126': {
        extension_type: 'property-extension',
        investigation_status: 'new',
      },
    },
  },
  observedData: {
    type: 'observed-data',
    spec_version: '2.1',
    id: 'observed-data--d2f2530d-8bfa-4417-9849-caad1f4f6b84',
    created: '2020-10-19T01:01:01.000Z',
    modified: '2020-10-19T01:01:01.000Z',
    first_observed: '2020-10-15T01:01:01Z',
    last_observed: '2020-10-15T01:01:01Z',
    number_observed: 1,
    object_refs: ['email-addr--5e61397b-9c38-4a14-9232-b9f76254b1c1'],
  },
  address: {
    type: 'ipv4-addr',
    spec_version: '2.1',
    id: 'ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd',
    value: '198.51.100.3',
  },
  traffic: {
    type: 'network-traffic',
    spec_version: '2.1',
    id: 'network-traffic--2568d22a-8998-58eb-99ec-3c8ca74f527d',
    src_ref: 'ipv4-addr--4d22aae0-2bf9-5427-8819-e4f6abf20a53',
    dst_ref: 'ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd',
    protocols: ['tcp'],
  },
};

test('published objects pass, and each rule of theirs, broken, fails', () => {
  for (const object of Object.values(PUBLISHED)) expect(stixObject.safeParse(object).success).toBe(true);
  const { incident, observedData, traffic } = PUBLISHED;
  const broken = [
    { ...incident, name: undefined },
    { ...incident, created: '2020-10-19T01:01:01Z' },
    { ...incident, modified: '2019-10-19T01:01:01.000Z' },
    { ...incident, id: 'indicator--1a074418-9248-4a21-9918-a79d0f1dbc5b' },
    { ...incident, spec_version: '2.0' },
    { ...observedData, number_observed: 0 },
    { ...observedData, object_refs: [] },
    { ...observedData, last_observed: '2020-10-14T01:01:01Z' },
    { ...traffic, protocols: [] },
    { ...traffic, src_ref: undefined, dst_ref: undefined },
  ];
  for (const object of broken) expect(stixObject.safeParse(object).success).toBe(false);
});

test('a case is a bundle of the centre, the incident, what was observed and what was said, all marked', () => {
  const bundle = stixOf(exampleCase());
  expect(stixBundle.safeParse(JSON.parse(JSON.stringify(bundle))).success).toBe(true);
  const unmarked = bundle.objects.filter(
    (object) => object.type !== 'marking-definition' && !('object_marking_refs' in object),
  );
  expect(unmarked).toEqual([]);
  expect(of(bundle, 'marking-definition')).toEqual([tlpMarking('amber')]);
  const places = ['ipv4-addr', 'ipv6-addr', 'autonomous-system', 'user-account'];
  expect(places.map((type) => of(bundle, type).length)).toEqual([2, 1, 1, 1]);
  // A place without an address is no end of traffic, what went there from a known host is traffic: to the system and to the
  // place by the same service at the same millisecond, one traffic of both.
  expect(
    of(bundle, 'network-traffic').map((object) =>
      'src_byte_count' in object ? object.src_byte_count : null,
    ),
  ).toEqual([400, null, 398 + 397]);
  const pulled = of(bundle, 'network-traffic').find((object) => 'dst_byte_count' in object);
  expect(pulled).toMatchObject({ dst_byte_count: 399, protocols: ['ipv6', 'tcp'] });
  const [observed] = of(bundle, 'observed-data');
  expect(observed).toMatchObject({
    first_observed: '2026-03-10T03:04:05.000Z',
    number_observed: 12,
    x_weir_bytes_out: { low: '900', estimate: '1000', high: '1200' },
  });
  const notes = of(bundle, 'note').map((object) => ('content' in object ? String(object.content) : ''));
  expect(notes).toContain('on it');
  expect(notes.join('\n')).toContain('weir explain camp1 --as-of 10');
});

test('a later export updates the same objects, another marking is another bundle', () => {
  const [first, later] = [stixOf(exampleCase()), stixOf(exampleCase({ asOf: 12 }))];
  expect(later.objects.map(({ id }) => id)).toEqual(first.objects.map(({ id }) => id));
  expect(later.id).not.toBe(first.id);
  expect(JSON.stringify(stixOf(exampleCase()))).toBe(JSON.stringify(first));
});
