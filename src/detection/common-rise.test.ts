import { describe, expect, test } from 'vitest';
import { advance } from './advance.ts';
import { commonRise } from './common-rise.ts';
import { isHabit, type Lead } from './lead.ts';
import { HABIT, levelOf, SPEEDS, scoreLevel } from './levels.ts';
import { createState, tableOf } from './state.ts';
import { pairDays, type Sent, statisticsOf, uniforms } from './test-centre.ts';

const DAYS = 130;
const RISE_DAY = 100;

/** Hosts that send about a gigabyte each day to where they always sent; within a week from one day on that grows by a factor for some. */
function lived(hosts: number, factorOf: (host: number) => number) {
  const uniform = uniforms(3);
  const days = Array.from({ length: DAYS }, (_, day): Sent[] =>
    Array.from({ length: hosts }, (_, host) => ({
      host: `h${host}`,
      network: `n${host % 40}`,
      as: `AS${host % 20}`,
      path: 'border',
      bytesOut: Math.ceil(
        1e9 *
          (0.3 + 2 * uniform()) *
          (1 + (factorOf(host) - 1) * Math.min(1, Math.max(0, (day - RISE_DAY) / 7))),
      ),
    })),
  );
  const state = createState();
  const leads: Lead[] = [];
  const rises: number[] = [];
  pairDays(days, 0).forEach((pairs, day) => {
    leads.push(...advance(state, statisticsOf(day, pairs)).leads);
    rises.push(tableOf(state, 'host').rise[0] as number);
  });
  const habitual = leads.filter(
    ({ family, raisedOnDay, channels }) =>
      family === 'host' && raisedOnDay >= RISE_DAY && channels.some(({ bet }) => isHabit(bet)),
  );
  return { habitual: habitual.map(({ entity }) => entity), rises };
}

describe('what everybody rose by', () => {
  test('is the median of the day, none of a fall, and none of a few', () => {
    const of = (rises: readonly number[]) =>
      commonRise({ rises: Float64Array.from([...rises, 99]), risen: rises.length });
    const spread = Array.from({ length: 31 }, (_, i) => ((i * 7) % 31) / 10);
    expect(of(spread)).toBe(1.5);
    // A tenth of the entities, however far, moves the median by the place of a few.
    expect(of(spread.map((rise) => (rise > 2.7 ? 50 : rise)))).toBe(1.5);
    expect(of(spread.map((rise) => rise - 2))).toBe(0);
    expect(of(spread.slice(0, 29))).toBe(0);
    const uniform = uniforms(9);
    for (let count = 30; count < 90; count++) {
      const some = Array.from({ length: count }, () => Math.floor(9 * uniform()) / 3);
      expect(of(some)).toBe([...some].sort((a, b) => a - b)[count >> 1]);
    }
  });

  test('is no part of any entity’s score', () => {
    const scoresOf = (rise: number) => {
      const H = new Float64Array(HABIT);
      const scores = new Float64Array(SPEEDS.length);
      const uniform = uniforms(1);
      for (let day = 0; day < 60; day++) {
        const level = levelOf(1e9 * (0.5 + uniform()), 1e6);
        scoreLevel(H, 0, level, scores, undefined, 0);
      }
      scoreLevel(H, 0, levelOf(3e10, 1e6) + rise, scores, undefined, rise);
      return [...scores];
    };
    scoresOf(2).forEach((score, k) => {
      expect(score).toBeCloseTo(scoresOf(0)[k] as number, 9);
    });
  });

  test('a month in which everybody sends thrice as much is told of few, one who sends more than the others is told', () => {
    const season = lived(120, () => 3);
    expect(season.rises[RISE_DAY + 8]).toBeGreaterThan(0.8);
    expect(season.rises[RISE_DAY - 1]).toBeLessThan(0.4);
    // With habits that know nothing of each other there were fifteen.
    expect(season.habitual.length).toBeLessThan(4);
    expect(lived(120, (host) => (host === 7 ? 90 : 3)).habitual).toContain('h7');
    // Fewer than half of them are no season.
    expect(lived(120, (host) => (host < 40 ? 3 : 1)).rises.at(-1)).toBeLessThan(0.6);
  });
});
