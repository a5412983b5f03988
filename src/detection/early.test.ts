import { expect, test } from 'vitest';
import { advance } from './advance.ts';
import { earlyLeads } from './early.ts';
import { encodeState } from './encoding.ts';
import type { DetectionState } from './state.ts';
import { createState } from './state.ts';
import { benignDays, pairDays, type Sent, statisticsOf } from './test-centre.ts';

const FIRST = 20_000;
const LAST = 100;
const THEFT: Sent = { host: 'h7', network: 'x1', as: 'AS9', path: 'border', bytesOut: 1e12 };

/** A centre judged up to the day before the last, and the pairs of the last day: so far, and in all. */
function lastDay(seed: number, theft: readonly Sent[]) {
  const days = benignDays({ seed, days: LAST + 1, hosts: 60 });
  const whole = [...(days[LAST] ?? []), ...theft];
  const soFar = [...(days[LAST] ?? []).slice(0, 30), ...theft];
  const before = days.slice(0, LAST);
  const state = createState();
  pairDays(before, FIRST).forEach((pairs, i) => {
    advance(state, statisticsOf(FIRST + i, pairs));
  });
  const pairsOf = (sent: Sent[]) => pairDays([...before, sent], FIRST).at(-1) ?? [];
  return {
    state,
    part: statisticsOf(FIRST + LAST, pairsOf(soFar), 0.2),
    whole: statisticsOf(FIRST + LAST, pairsOf(whole)),
  };
}

const named = (leads: readonly { family: string; entity: string; id: string }[]) =>
  leads.map(({ family, entity, id }) => `${family} ${entity} ${id}`);

test('a loud theft is a lead while its day is still being logged, with the id it keeps when the day is over', () => {
  const { state, part, whole } = lastDay(5, [THEFT]);
  const early = earlyLeads(state, { ...part, arrivedThroughMicros: 42 });
  expect(early.some(({ family, entity }) => family === 'host' && entity === 'h7')).toBe(true);
  expect(early.every(({ detectedAtMicros }) => detectedAtMicros === 42)).toBe(true);
  expect(named(advance(state, whole).leads)).toEqual(expect.arrayContaining(named(early)));
});

test('what is no lead when the day is over is none before', () => {
  for (const seed of [1, 2, 3, 4]) {
    const { state, part, whole } = lastDay(seed, []);
    const early = earlyLeads(state, part);
    expect(named(advance(state, whole).leads)).toEqual(expect.arrayContaining(named(early)));
  }
});

test('nothing is learned from a part of a day', () => {
  const { state, part } = lastDay(5, [THEFT]);
  const bytes = (of: DetectionState) => Buffer.from(encodeState(of)).toString('base64');
  const before = bytes(state);
  earlyLeads(state, part);
  expect(bytes(state)).toBe(before);
});
