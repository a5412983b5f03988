import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CaseBrief } from './case.ts';
import { ecsEvent, ecsFinding } from './ecs.ts';
import { type Finding, finding, type Telling } from './finding.ts';
import { letterOf, subjectOf } from './finding-text.ts';
import { ocsfCase, ocsfCaseMessage } from './ocsf-case.ts';
import { ocsfDetectionFinding, ocsfFinding } from './ocsf-finding.ts';
import { LEAD } from './test-finding.ts';

const CAMPAIGN: Finding = {
  ...LEAD,
  kind: 'campaign',
  amount: { of: 'whole', low: '1', estimate: '10000000000000001', high: '10000000000000002' },
  hosts: ['dtn4', '10.0.0.7'],
  destinations: ['AS64500', '198.51.100.0/24', '2001:db8::7'],
  principals: ['alice'],
  leads: ['202ffdc730695c98'],
  replaces: ['0123456789abcdef'],
};
const CASE: CaseBrief = {
  id: 'c4se',
  title: 'Unusual nights',
  status: 'contained',
  tlp: 'amber',
  openedAt: '2026-04-01T08:00:00Z',
  acknowledgedAt: null,
  containedAt: '2026-04-02T08:00:00Z',
  closedAt: null,
  changedAt: '2026-04-02T09:00:00Z',
  firstEntry: 8,
  lastEntry: 9,
  campaigns: ['202ffdc730695c98'],
  leads: [],
  claims: [],
  hold: null,
  holdReleased: false,
};
const INCIDENT: Finding = {
  ...LEAD,
  kind: 'incident',
  id: 'c4se',
  incident: CASE,
  campaigns: [LEAD.id],
  startedAt: null,
  amount: null,
};
const telling = (activity: Telling['activity']): Telling => ({
  messageId: 'm',
  activity,
  writtenMillis: 1_780_000_000_000,
});

it('writes a lead as a Detection Finding that the schema takes', () => {
  const event = ocsfDetectionFinding.parse(ocsfFinding(LEAD, telling('create')));
  expect(event).toMatchObject({
    type_uid: 200_401,
    severity: 'Medium',
    status: 'New',
    time: Date.parse('2026-03-26T00:00:00Z'),
    finding_info: { uid: LEAD.id, first_seen_time: Date.parse('2026-03-23T00:00:00Z') },
    observables: [{ type_id: 2, value: '10.0.0.7' }],
    unmapped: { weir: { commands: { explain: `weir explain ${LEAD.id}` } } },
  });
  expect(event.remediation.desc).toContain(`weir decide ${LEAD.id}`);
});

it('tells addresses, networks, AS numbers and names apart', () => {
  const ocsf = ocsfDetectionFinding.parse(ocsfFinding(CAMPAIGN, telling('update')));
  expect(ocsf.observables.map(({ type, value }) => `${type} ${value}`)).toEqual([
    'Hostname dtn4',
    'IP Address 10.0.0.7',
    'Other AS64500',
    'Subnet 198.51.100.0/24',
    'IP Address 2001:db8::7',
    'User Name alice',
  ]);
  expect(ocsf.finding_info.related_events?.map(({ type }) => type)).toEqual(['lead', 'replaced campaign']);
  const ecs = ecsEvent.parse(ecsFinding(CAMPAIGN, telling('update')));
  // Elasticsearch refuses a document whose ip field holds a network.
  expect(ecs.related).toEqual({ ip: ['10.0.0.7', '2001:db8::7'], hosts: ['dtn4'], user: ['alice'] });
  // One of two hosts would not be the source; the bytes are of both.
  expect(ecs.source).toEqual({ bytes: 1e16 });
  expect(ecs.user).toEqual({ name: 'alice' });
  expect(ecs.weir.bytesOut).toMatchObject({ estimate: '10000000000000001' });
  const one = ecsFinding({ ...CAMPAIGN, hosts: ['10.0.0.7'], destinations: ['AS64500'] }, telling('create'));
  expect(one).toMatchObject({
    source: { address: '10.0.0.7', ip: '10.0.0.7', bytes: 1e16 },
    destination: { address: 'AS64500', as: { number: 64_500 } },
    network: { direction: 'outbound' },
  });
});

it('closes with the word that closed it', () => {
  const decided = { ...LEAD, decision: { verdict: 'dismissed', by: 'ann', note: 'mirror' } };
  const event = ocsfDetectionFinding.parse(ocsfFinding(decided, telling('close')));
  expect(event).toMatchObject({
    type_uid: 200_403,
    status: 'Suppressed',
    is_alert: false,
    comment: 'dismissed by ann: mirror',
  });
  expect(ecsFinding(decided, telling('close')).event).toMatchObject({ action: 'lead-close', severity: 21 });
  const gone = { ...LEAD, decision: { verdict: 'withdrawn', by: '', note: 'gone' } };
  expect(ocsfFinding(gone, telling('close')).status).toBe('Archived');
});

it('writes a case as an Incident Finding with its TLP, and as ECS', () => {
  const event = ocsfCaseMessage.parse(ocsfCase(INCIDENT, telling('update')));
  expect(event).toMatchObject({
    type_uid: 200_502,
    status: 'In Progress',
    time: Date.parse(CASE.changedAt),
    metadata: { labels: ['TLP:AMBER'] },
    finding_info_list: [{ uid: LEAD.id }],
  });
  expect(
    ocsfCase({ ...INCIDENT, campaigns: [], leads: [] }, telling('create')).finding_info_list,
  ).toHaveLength(1);
  const ecs = ecsEvent.parse(ecsFinding(INCIDENT, telling('update')));
  expect(ecs).toMatchObject({ event: { action: 'incident-update' }, weir: { incident: { tlp: 'amber' } } });
});

it('marks what is simulated in every form', () => {
  const simulated = { ...LEAD, simulated: true };
  expect(ocsfFinding(simulated, telling('create')).metadata.labels).toEqual(['simulated']);
  expect(ecsFinding(simulated, telling('create')).labels).toEqual({ simulated: 'true' });
  expect(subjectOf(simulated, 'create')).toContain('SIMULATED');
  expect(letterOf(simulated, 'create')).toMatch(/^SIMULATED/);
});

/** The same with names that do nothing. */
function calm(odd: Finding): Finding {
  const plain = (names: readonly string[]) => names.map(() => 'a');
  return { ...odd, hosts: plain(odd.hosts), destinations: plain(odd.destinations), because: 'a' };
}

it('stays valid, and letters stay letters, whatever hosts, people and places are called', () => {
  const name = fc.string({ unit: 'binary', minLength: 1 });
  fc.assert(
    fc.property(
      fc.array(name),
      fc.array(name),
      fc.array(name),
      name,
      (hosts, destinations, principals, said) => {
        const odd = finding.parse({
          ...CAMPAIGN,
          ...{ hosts, destinations, principals, because: said, facility: said },
          decision: { verdict: 'confirmed', by: said, note: said },
        });
        expect(ocsfDetectionFinding.safeParse(ocsfFinding(odd, telling('create'))).error).toBeUndefined();
        expect(ecsEvent.safeParse(ecsFinding(odd, telling('create'))).error).toBeUndefined();
        expect(subjectOf(odd, 'create')).toMatch(/^\P{Cc}+$/u);
        // As many lines as with harmless names: none was added, none taken.
        const plain = letterOf(calm(odd), 'create').split('\n').length;
        expect(letterOf(odd, 'create').split('\n')).toHaveLength(plain);
      },
    ),
  );
});
