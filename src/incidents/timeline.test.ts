import { expect, test } from 'vitest';
import {
  dayNumber,
  exampleCase,
  factsOf,
  STORY,
  sentence,
  signalOn,
} from '../../tests/incidents/example-case.ts';
import { coursesOf } from './course.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

test('everything that is known stands in order, with who says it', () => {
  const { timeline } = exampleCase();
  expect(timeline.map(({ kind, at, by, entry }) => [kind, at.estimate, by, entry])).toEqual([
    ['first byte', '2026-03-10T03:04:05.000006Z', null, null],
    ['first evidence', '2026-03-13T00:00:00Z', null, null],
    ['threshold crossed', '2026-03-21T00:00:00Z', null, null],
    ['outside signal', '2026-03-25T12:00:00Z', 'a caller', 8],
    ['opened', '2026-03-26T09:00:00Z', 'ann', 7],
    ['acknowledged', '2026-03-27T12:00:00Z', 'bob', 9],
    ['contained', '2026-03-30T18:00:00Z', 'bob', 10],
  ]);
  expect(timeline[0]?.at).toMatchObject({ low: '2026-03-08T00:00:00Z', high: '2026-03-12T00:00:00Z' });
  expect(timeline.every(({ command }) => command.endsWith('--as-of 10'))).toBe(true);
});

test('what happened earlier comes first, whatever it is; at one moment the order is that of a story', () => {
  const at = (time: string) => sentence(20, time, 'note', { text: `note of ${time}` });
  const early = sentence(11, '2026-03-31T00:00:00Z', 'note', {
    signals: [signalOn('2026-03-01', 'a forum', 'for sale')],
  });
  const { timeline } = exampleCase({}, [
    ...STORY,
    early,
    at('2026-03-26T12:00:00Z'),
    at('2026-03-27T12:00:00Z'),
  ]);
  const kinds = timeline.map(({ kind, at: { estimate } }) => `${estimate.slice(0, 16)} ${kind}`);
  expect(kinds.filter((each) => /signal|opened|note|acknowledged|first byte/.test(each))).toEqual([
    '2026-03-01T12:00 outside signal',
    '2026-03-10T03:04 first byte',
    '2026-03-25T12:00 outside signal',
    '2026-03-26T09:00 opened',
    '2026-03-26T12:00 note',
    '2026-03-27T12:00 acknowledged',
    '2026-03-27T12:00 note',
  ]);
});

test('dwell time runs from the first byte to containment, and carries what the first byte leaves open', () => {
  const { dwell } = exampleCase().figures;
  expect(dwell).toMatchObject({ running: false, command: 'weir incident show c4se --as-of 10' });
  // From 8 March 00:00 at the earliest, from 12 March 00:00 at the latest, to 30 March 18:00.
  expect(dwell.seconds).toEqual({
    low: 18 * DAY + 18 * HOUR,
    estimate: Math.round(20 * DAY + 14 * HOUR + 55 * 60 + 55 - 0.000006),
    high: 22 * DAY + 18 * HOUR,
  });
});

test('the reporting gap runs from the first outside signal to acknowledgement; a day is a day wide', () => {
  const { reportingGap } = exampleCase().figures;
  expect(reportingGap.seconds).toEqual({
    low: DAY + 12 * HOUR,
    estimate: 2 * DAY,
    high: 2 * DAY + 12 * HOUR,
  });
  const early = sentence(11, '2026-03-31T00:00:00Z', 'note', {
    signals: [signalOn('2026-03-13', 'a forum', 'for sale')],
  });
  expect(exampleCase({}, [...STORY, early]).figures.reportingGap.seconds?.estimate).toBe(14 * DAY);
});

test('what has not happened yet is still running, measured to the position and no further', () => {
  const [opening, signal] = STORY;
  const told = exampleCase({}, opening && signal ? [opening, signal] : []);
  expect(told.incident.status).toBe('open');
  expect(told.figures.dwell).toMatchObject({
    running: true,
    because: expect.stringContaining('not contained'),
  });
  expect(told.figures.dwell.seconds?.high).toBe(22 * DAY + 20 * HOUR);
  // What runs on is no sign that data do: where the logs end before, that is said.
  expect(told.figures.dwell.because).not.toContain('logs end');
  const old = exampleCase({ lastDay: dayNumber('2026-03-20') }, opening && signal ? [opening, signal] : []);
  expect(old.figures.dwell.because).toContain('not contained; the logs end on 2026-03-20');
  expect(told.figures.reportingGap).toMatchObject({
    running: true,
    because: expect.stringContaining('not ack'),
  });
});

test('known is not contained: dwell time runs on until somebody says that no more leaves', () => {
  const { dwell } = exampleCase({}, STORY.slice(0, 3)).figures;
  expect(dwell).toMatchObject({ running: true, because: expect.stringContaining('and not contained') });
  // To the journal's position, 30 March 20:00, not to the acknowledgement three days before.
  expect(dwell.seconds?.low).toBe(18 * DAY + 20 * HOUR);
});

test('evidence of a change is none of it before the change, and a day speaks when it is over', () => {
  const [lead] = factsOf().leads;
  if (!lead) throw new Error('no lead');
  const firstSign = (since: string) => {
    const channels = lead.channels.map((channel) => ({ ...channel, since }));
    const { timeline } = exampleCase({ leads: [{ ...lead, channels }] });
    return timeline.find(({ kind }) => kind === 'first evidence')?.at.estimate;
  };
  expect(firstSign('2026-03-12')).toBe('2026-03-13T00:00:00Z');
  expect(firstSign('2026-01-01')).toBe('2026-03-09T00:00:00Z');
});

test('words that come with a signal are told beside it', () => {
  const signals = [signalOn('2026-03-25', 'a forum', 'for sale')];
  const [opening] = STORY;
  if (!opening) throw new Error('no opening');
  const told = exampleCase({}, [
    { ...opening, said: { ...opening.said, signals } },
    sentence(8, '2026-03-26T10:00:00Z', 'note', { text: 'they called', signals }),
    sentence(9, '2026-03-26T11:00:00Z', 'note', { signals }),
  ]);
  expect(told.timeline.filter(({ entry }) => entry !== null).map(({ kind, entry }) => [kind, entry])).toEqual(
    [
      ['outside signal', 7],
      ['outside signal', 8],
      ['outside signal', 9],
      ['opened', 7],
      ['note', 8],
    ],
  );
});

test('acknowledged before anybody outside spoke is no negative gap in words', () => {
  const before = STORY.map((each) =>
    each.said.verb === 'acknowledge' ? { ...each, said: { ...each.said, atMicros: 0 } } : each,
  );
  expect(exampleCase({}, before).figures.reportingGap.because).toBe(
    'acknowledged before the first signal from outside',
  );
});

test('contained before any byte that is known is no negative dwell time in words', () => {
  const back = STORY.map((each) =>
    each.said.verb === 'contain' ? { ...each, said: { ...each.said, atMicros: 0 } } : each,
  );
  expect(exampleCase({}, back).figures.dwell.because).toBe('contained before the first byte that is known');
});

test('nothing is said that nothing says', () => {
  const [opening] = STORY;
  const bare = opening && {
    ...opening,
    said: { ...opening.said, references: { campaigns: [], leads: [], claims: [] } },
  };
  const facts = {
    campaigns: [],
    leads: [],
    traffic: [],
    people: [],
    tenants: [],
    passages: [],
    passageDays: null,
    flows: [],
  };
  const { figures, sheet, tenants } = exampleCase(facts, bare ? [bare] : []);
  expect(figures.loss).toMatchObject({ bytesOut: null, because: expect.stringContaining('not known') });
  expect(figures.dwell.seconds).toBeNull();
  expect(figures.reportingGap.seconds).toBeNull();
  expect([sheet.rows, tenants]).toEqual([[], []]);
});

test('losses of several campaigns add up, interval and all', () => {
  const one = exampleCase();
  expect(one.figures.loss.bytesOut).toEqual({ low: '900', estimate: '1000', high: '1200' });
  expect(one.tenants.map(({ tenant, bytesOut, principals }) => [tenant, bytesOut, principals])).toEqual([
    ['unknown', '1094', []],
    ['climate', '500', ['alice']],
  ]);
  const [campaign] = one.campaigns;
  if (!campaign) throw new Error('no campaign');
  const { command: _command, ...first } = campaign;
  const other = { ...first, id: 'camp2', bytesOut: { low: '1', estimate: '9007199254740993', high: '3' } };
  const two = exampleCase({ campaigns: [first, other] });
  expect(two.figures.loss.bytesOut).toEqual({ low: '901', estimate: '9007199254741993', high: '1203' });
});

test('the sheet begins with identities, tells the case apart from what breaks, and says how to see it', () => {
  const { rows, days } = exampleCase().sheet;
  expect(days).toEqual({ from: '2026-03-03', to: '2026-03-30' });
  expect(
    rows.map(({ cut, bytesOutOfCase, bytesOutOfOthers }) => [cut, bytesOutOfCase, bytesOutOfOthers]),
  ).toEqual([
    ['principal', '400', '50'],
    ['destination', '400', '600'],
  ]);
  expect(rows[1]?.command).toBe(
    'weir report --by host --destination=198.51.100.0/24 --from 2026-03-03 --to 2026-03-30 --as-of 10',
  );
});

test('the last marking stands, and none is the strictest but red', () => {
  const [opening] = STORY;
  if (!opening) throw new Error('no opening');
  const { tlp: _tlp, ...unmarked } = opening.said;
  const marked = (...levels: ('green' | 'red')[]) =>
    exampleCase({}, [
      { ...opening, said: unmarked },
      ...levels.map((tlp, index) => sentence(20 + index, '2026-03-27T00:00:00Z', 'note', { tlp, text: 'x' })),
    ]).incident.tlp;
  expect([marked(), marked('green'), marked('green', 'red')]).toEqual(['amber+strict', 'green', 'red']);
});

test('of things of one kind the sheet begins with what carried the largest part of the case', () => {
  const passage = (name: string, bytesOutOfCase: bigint) => ({
    ...{ cut: 'host' as const, bytesOut: 1000n, counterparts: 1, principals: 1, lastSeen: null },
    ...{ name, bytesOutOfCase },
  });
  const passages = [
    passage('small', 1n),
    passage('b-large', 9n),
    passage('a-large', 9n),
    passage('none', 0n),
  ];
  expect(exampleCase({ passages }).sheet.rows.map(({ name }) => name)).toEqual([
    'a-large',
    'b-large',
    'small',
    'none',
  ]);
});

test('a pair that was there long before has no first byte of the campaign before its change', () => {
  const [old, ...others] = factsOf().traffic;
  if (!old) throw new Error('no traffic');
  const firstByte = (traffic: ReturnType<typeof factsOf>['traffic']) =>
    exampleCase({ traffic }).timeline.find(({ kind }) => kind === 'first byte')?.at.estimate;
  const before = { ...old, firstAt: old.firstAt - 60 * DAY * 1_000_000 };
  expect(firstByte([before, ...others])).toBe('2026-03-10T03:04:05.000007Z');
  expect(firstByte([before])).toBe('2026-03-10T00:00:00Z');
});

test('the last word of a kind stands, those before it stay in the timeline; no sentence opens a case but `open`', () => {
  const again = sentence(12, '2026-04-02T00:00:00Z', 'contain', { text: 'it went on' });
  const told = exampleCase({}, [...STORY, again]);
  expect(told.incident.containedAt).toBe('2026-04-02T00:00:00Z');
  expect(told.timeline.filter(({ kind }) => kind === 'contained')).toHaveLength(2);
  expect(coursesOf([sentence(1, '2026-03-01T00:00:00Z', 'note', { text: 'stray' })])).toEqual([]);
});
