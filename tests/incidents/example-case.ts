import { assembleCase, type CaseFacts } from '../../src/incidents/assemble.ts';
import type { IncidentCase } from '../../src/incidents/case.ts';
import { coursesOf, type Sentence } from '../../src/incidents/course.ts';
import type { IncidentPayload } from '../../src/ledger/incident-entry.ts';
import { MICROS_PER_DAY, parseDay } from '../../src/records/time.ts';
import { micros } from '../support/zeek-text.ts';

/** Returns the first UTC day number of `YYYY-MM-DD`. */
export const dayNumber = (text: string): number => parseDay(text) ?? 0;

/** Returns a sentence of the case `c4se`, written as an entry of the journal at a time. */
export function sentence(
  entry: number,
  at: string,
  verb: IncidentPayload['verb'],
  part: Partial<IncidentPayload> = {},
): Sentence {
  const said: IncidentPayload = {
    v: 1,
    incident: 'c4se',
    verb,
    by: 'ann',
    atMicros: null,
    text: '',
    references: { campaigns: [], leads: [], claims: [] },
    signals: [],
    hold: null,
    releasesHold: false,
    ...part,
  };
  return { entry, writtenMicros: micros(at), said };
}

/** Returns a signal from outside, known to the day. */
export function signalOn(day: string, source: string, text: string): IncidentPayload['signals'][number] {
  const fromMicros = dayNumber(day) * MICROS_PER_DAY;
  return { when: { fromMicros, toMicros: fromMicros + MICROS_PER_DAY }, source, text };
}

/** The story: left since about 10 March, found on the 21st, a signal on the 25th, known on the 27th, contained on the 30th. */
export const STORY: readonly Sentence[] = [
  sentence(7, '2026-03-26T09:00:00Z', 'open', {
    title: 'Nights',
    text: 'as found',
    tlp: 'amber',
    references: { campaigns: [{ id: 'camp1', leads: ['lead1'] }], leads: [], claims: [] },
  }),
  sentence(8, '2026-03-26T10:00:00Z', 'note', {
    signals: [signalOn('2026-03-25', 'a caller', 'has our data')],
  }),
  sentence(9, '2026-03-27T12:00:00Z', 'acknowledge', { by: 'bob', text: 'on it' }),
  sentence(10, '2026-03-30T20:00:00Z', 'contain', { by: 'bob', atMicros: micros('2026-03-30T18:00:00Z') }),
];

type Bytes = readonly [low: bigint, estimate: bigint, high: bigint];
type Of = readonly [least: number, most: number];

function sharesOf([bytesOutLow, bytesOut, bytesOutHigh]: Bytes, of: Of | undefined) {
  return { bytesOutLow, bytesOut, bytesOutHigh, sharedLeast: of?.[0] ?? null, sharedMost: of?.[1] ?? null };
}

function person(network: string, principal: string, bytes: Bytes, of?: Of): CaseFacts['people'][number] {
  const bases = [principal === 'unknown' ? 'unknown' : of ? 'presence' : 'lease'];
  return { host: '10.0.0.9', network, principal, bases, ...sharesOf(bytes, of) };
}

function tenant(
  name: string,
  principals: readonly string[],
  bytes: Bytes,
  of?: Of,
): CaseFacts['tenants'][number] {
  return { tenant: name, principals, ...sharesOf(bytes, of) };
}

/** Facts of the story; each test changes what it is about. */
export function factsOf(part: Partial<CaseFacts> = {}, story: readonly Sentence[] = STORY): CaseFacts {
  const [course] = coursesOf(story);
  if (!course) throw new Error('the story opens no case');
  return {
    course,
    hold: { fromDay: dayNumber('2026-03-08'), toDay: dayNumber('2026-03-30') },
    facility: 'Test Centre',
    simulated: false,
    weirVersion: '0.1.0',
    // Alice certainly sent what went to the first place; of what went to the second she is one of three to four present.
    people: [
      person('198.51.100.0/24', 'alice', [390n, 400n, 410n]),
      person('2001:db8:77::/48', 'alice', [0n, 100n, 410n], [3, 4]),
      person('2001:db8:77::/48', 'carl', [0n, 299n, 410n], [3, 4]),
      person('AS64500', 'unknown', [390n, 398n, 410n]),
      person('a place', 'unknown', [390n, 397n, 410n]),
    ],
    tenants: [
      tenant('unknown', [], [780n, 1094n, 1230n], [3, 4]),
      tenant('climate', ['alice'], [390n, 500n, 820n], [3, 4]),
    ],
    asOf: 10,
    asOfMicros: micros('2026-03-30T20:00:00Z'),
    campaigns: [
      {
        id: 'camp1',
        startedAt: { low: '2026-03-08', estimate: '2026-03-10', high: '2026-03-11' },
        detectedAt: '2026-03-21T00:00:00Z',
        bytesOut: { low: '900', estimate: '1000', high: '1200' },
        hosts: ['10.0.0.9'],
        principals: [],
        destinations: ['198.51.100.0/24', '2001:db8:77::/48', 'AS64500', 'a place'],
        because: 'Host 10.0.0.9 sent more than usual.',
      },
    ],
    leads: [
      {
        id: 'lead1',
        family: 'host',
        entity: '10.0.0.9',
        detectedAt: '2026-03-21T00:00:00Z',
        startedAt: { low: '2026-03-08', estimate: '2026-03-10', high: '2026-03-11' },
        observedBytesPerDay: '5000000000',
        baselineBytesPerDay: '1000000000',
        channels: [{ channel: 'host/bytes/mean', logEvidence: 12.5, threshold: 10.5, since: '2026-03-12' }],
        campaign: 'camp1',
        decision: null,
        because: 'Host 10.0.0.9: more than usual.',
      },
    ],
    traffic: ['198.51.100.0/24', '2001:db8:77::/48', 'AS64500', 'a place'].map((network, index) => ({
      host: '10.0.0.9',
      network,
      path: 'border',
      principal: index === 0 ? 'alice' : 'unknown',
      service: index === 0 ? 'ssl' : 'tcp/443',
      initiator: index === 1 ? 'outside' : 'inside',
      bytesOut: 400n - BigInt(index),
      bytesOutLow: 390n,
      bytesOutHigh: 410n,
      flows: 3,
      firstAt: micros('2026-03-10T03:04:05.000006Z') + index,
      lastAt: micros('2026-03-29T03:00:00Z'),
    })),
    lastDay: dayNumber('2026-03-30'),
    passages: [
      {
        cut: 'destination',
        name: '198.51.100.0/24',
        bytesOut: 1000n,
        bytesOutOfCase: 400n,
        counterparts: 2,
        principals: 1,
        lastSeen: '2026-03-29T00:00:00Z',
      },
      {
        cut: 'principal',
        name: 'alice',
        bytesOut: 450n,
        bytesOutOfCase: 400n,
        counterparts: 1,
        principals: 1,
        lastSeen: '2026-03-28T00:00:00Z',
      },
    ],
    passageDays: { fromDay: dayNumber('2026-03-03'), toDay: dayNumber('2026-03-30') },
    flows: [
      {
        startedAt: '2026-03-10T03:04:05.000006Z',
        from: '10.0.0.9:40000',
        to: '198.51.100.7:443',
        service: 'ssl',
        bytesOut: '400',
        uid: 'Cabc',
        communityId: null,
        file: '/logs/conn.log',
        line: 12,
      },
    ],
    ...part,
  };
}

/** Returns the story's case. */
export function exampleCase(part: Partial<CaseFacts> = {}, story?: readonly Sentence[]): IncidentCase {
  return assembleCase(factsOf(part, story));
}
