import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CaseBrief, IncidentCase } from '../../src/incidents/case.ts';
import { ECS_VERSION, ecsFinding } from '../../src/incidents/ecs.ts';
import type { Finding, Telling } from '../../src/incidents/finding.ts';
import { ocsfOf } from '../../src/incidents/ocsf.ts';
import { ocsfCase } from '../../src/incidents/ocsf-case.ts';
import { OCSF_VERSION, ocsfFinding } from '../../src/incidents/ocsf-finding.ts';
import { stixOf } from '../../src/incidents/stix.ts';
import { LEAD as ONE } from '../../src/incidents/test-finding.ts';
import { timesketchOf } from '../../src/incidents/timesketch.ts';
import { TLP_LEVELS } from '../../src/ledger/incident-entry.ts';
import { exampleCase, STORY } from '../incidents/example-case.ts';
import { hostileCase } from '../incidents/hostile-case.ts';
import { ecsProblems, PUBLISHED_ECS_VERSION } from './ecs.ts';
import { ocsfProblems, PUBLISHED_OCSF_VERSION } from './ocsf.ts';
import { stixProblems } from './stix.ts';

/** Cases in every state, with every marking, simulated, hostile, and with nothing in them. */
const CASES: readonly IncidentCase[] = [
  exampleCase(),
  exampleCase({ simulated: true }),
  hostileCase(),
  ...STORY.map((_, index) => exampleCase({}, STORY.slice(0, index + 1))),
  ...TLP_LEVELS.map((tlp) => {
    const told = exampleCase();
    return { ...told, incident: { ...told.incident, tlp } };
  }),
  exampleCase({
    ...{ campaigns: [], leads: [], traffic: [], people: [], tenants: [] },
    ...{ passages: [], passageDays: null, flows: [] },
  }),
];

const LEAD: Finding = { ...ONE, principals: ['alice'], destinations: ['198.51.100.0/24'] };
const BRIEF: CaseBrief = exampleCase().incident;
const FINDINGS: readonly Finding[] = [
  LEAD,
  { ...LEAD, amount: null, hosts: [], destinations: [], startedAt: null, about: 'path vpn', simulated: true },
  { ...LEAD, decision: { verdict: 'dismissed', by: 'ann', note: 'mirror' } },
  {
    ...LEAD,
    kind: 'campaign',
    amount: { of: 'whole', low: '1', estimate: '10000000000000001', high: '10000000000000002' },
    hosts: Array.from({ length: 300 }, (_, index) => `host-${index}`),
    destinations: ['AS64500', '2001:db8::7', 'x'.repeat(3000)],
    principals: Array.from({ length: 300 }, (_, index) => `user ${index}`),
    evidence: Array.from({ length: 200 }, (_, index) => ({
      channel: `as/first-destination/${index}`,
      logEvidence: null,
      threshold: null,
      since: null,
    })),
    because: 'y'.repeat(5000),
    leads: ['202ffdc730695c98'],
    replaces: ['0123456789abcdef'],
  },
];
const ABOUT_CASES: readonly Finding[] = (['open', 'acknowledged', 'contained', 'closed'] as const).map(
  (status): Finding => ({
    ...LEAD,
    kind: 'incident',
    id: 'c4se',
    amount: null,
    startedAt: null,
    hosts: [],
    destinations: [],
    principals: [],
    incident: { ...BRIEF, status },
  }),
);
const TELLINGS = (['create', 'update', 'close'] as const).map(
  (activity): Telling => ({ messageId: 'm'.repeat(32), activity, writtenMillis: 1_780_000_000_000 }),
);

/** As a receiver reads it. */
const read = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('STIX 2.1 as OASIS published it', () => {
  test('takes every bundle', () => {
    for (const told of CASES) expect(stixProblems(read(stixOf(told)))).toEqual([]);
  });

  test('would find what is wrong', () => {
    const bundle = stixOf(exampleCase());
    const changed = (type: string, part: object) => ({
      ...bundle,
      objects: bundle.objects.map((object) => (object.type === type ? { ...object, ...part } : object)),
    });
    const system = bundle.objects.find(({ type }) => type === 'autonomous-system')?.id;
    for (const wrong of [
      changed('incident', { name: undefined }),
      changed('incident', { created: '2026-03-26T09:00:00Z' }),
      changed('incident', { severity: 'high' }),
      changed('incident', { external_references: [] }),
      changed('incident', { external_references: [{ source_name: 'somebody' }] }),
      changed('network-traffic', { dst_ref: system }),
      changed('network-traffic', { end: '2020-01-01T00:00:00.000Z' }),
      changed('note', { object_refs: ['incident--1a074418-9248-4a21-9918-a79d0f1dbc5b'] }),
      changed('observed-data', { number_observed: 0 }),
      { ...bundle, spec_version: '2.1' },
    ])
      expect(stixProblems(read(wrong))).not.toEqual([]);
  });
});

describe('OCSF 1.5.0 as it is published', () => {
  test('takes every finding and every case', () => {
    expect(OCSF_VERSION).toBe(PUBLISHED_OCSF_VERSION);
    for (const told of CASES)
      for (const event of linesOf(ocsfOf(told))) expect(ocsfProblems(event)).toEqual([]);
    for (const telling of TELLINGS) {
      for (const each of FINDINGS) expect(ocsfProblems(read(ocsfFinding(each, telling)))).toEqual([]);
      for (const each of ABOUT_CASES) expect(ocsfProblems(read(ocsfCase(each, telling)))).toEqual([]);
    }
  });

  test('would find what is wrong', () => {
    const [lead = {}, incident = {}] = linesOf(ocsfOf(exampleCase()));
    for (const wrong of [
      { ...lead, type_uid: 200_401 },
      { ...lead, status_id: 6, status: 'Deleted' },
      { ...lead, severity: 'Low' },
      { ...lead, time: 1_780_000_000 },
      { ...lead, evidences: [{}] },
      { ...lead, finding_info: { title: 'x' } },
      { ...incident, assignee_group: undefined },
      { ...incident, status_id: 2, status: 'New' },
      { ...incident, finding_info_list: {} },
      { ...incident, metadata: { version: '1.5.0', product: { name: 'Weir' }, profiles: ['incident'] } },
    ])
      expect(ocsfProblems(read(wrong))).not.toEqual([]);
  });
});

describe('the field definitions of Elastic', () => {
  test('take every finding', () => {
    expect(ECS_VERSION).toBe(PUBLISHED_ECS_VERSION);
    for (const telling of TELLINGS)
      for (const each of [...FINDINGS, ...ABOUT_CASES])
        expect(ecsProblems(read(ecsFinding(each, telling)))).toEqual([]);
  });

  test('would find what is wrong', () => {
    const event = ecsFinding(LEAD, { messageId: 'm', activity: 'create', writtenMillis: 0 });
    for (const wrong of [
      { ...event, weirId: 'x' },
      { ...event, related: { ...event.related, ip: ['198.51.100.0/24'] } },
      { ...event, related: { ...event.related, ip: '198.51.100.7' } },
      { ...event, event: { ...event.event, kind: 'alarm' } },
      { ...event, event: { ...event.event, type: ['creation'] } },
      { ...event, event: { ...event.event, severity: 'high' } },
      { ...event, rule: { ...event.rule, name: 'x'.repeat(2000) } },
    ])
      expect(ecsProblems(read(wrong))).not.toEqual([]);
  });
});

test('Timesketch is given its three mandatory fields, and moments that agree to the microsecond', () => {
  // google/timesketch, docs/guides/user/import-from-json-csv.md: `message`, `datetime` in ISO 8601, `timestamp_desc`;
  // `timestamp` is in microseconds.
  for (const told of CASES) {
    for (const { message, datetime, timestamp_desc, timestamp } of linesOf(timesketchOf(told))) {
      for (const each of [message, datetime, timestamp_desc]) expect(each).toMatch(/\S/);
      const [, millis = '', micros = ''] =
        /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?)(\d{3})?\+00:00$/.exec(String(datetime)) ?? [];
      expect(Date.parse(`${millis}Z`) * 1000 + Number(micros)).toBe(timestamp);
    }
  }
});

test('whatever hosts, people and places are called, what is told stays valid', () => {
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 1000 });
  fc.assert(
    fc.property(
      fc.array(name),
      fc.array(name),
      fc.array(name),
      name,
      (hosts, destinations, principals, said) => {
        const odd = { ...LEAD, hosts, destinations, principals, because: said, facility: said };
        for (const telling of TELLINGS) {
          expect(ocsfProblems(read(ocsfFinding(odd, telling)))).toEqual([]);
          expect(ecsProblems(read(ecsFinding(odd, telling)))).toEqual([]);
        }
      },
    ),
    { numRuns: 40 },
  );
});
