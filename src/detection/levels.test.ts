import { describe, expect, test } from 'vitest';
import { HABIT, HABIT_DAYS, learnSilence, levelOf, SPEEDS, scoreLevel } from './levels.ts';
import { normals, uniforms } from './test-centre.ts';

/** Scores of the last day of a habit of `days` days around 1 GB, with `last` as the newest levels. */
function scoresAfter(days: number, last: readonly number[], seed = 1) {
  const normal = normals(uniforms(seed));
  const H = new Float64Array(HABIT);
  const scores = new Float64Array(SPEEDS.length);
  let judged = false;
  for (let day = 0; day < days; day++)
    judged = scoreLevel(H, 0, levelOf(1e9 * Math.exp(0.5 * normal()), 1e6), scores);
  for (const bytes of last) judged = scoreLevel(H, 0, levelOf(bytes, 1e6), scores);
  return { judged, scores: [...scores], habit: [...H] };
}

describe('habits', () => {
  test('are judged only after some days of their own', () => {
    expect(scoresAfter(HABIT_DAYS, []).judged).toBe(false);
    expect(scoresAfter(HABIT_DAYS + 1, []).judged).toBe(true);
  });

  test('one large day is told by the day, a month of tripled days by the month', () => {
    const large = scoresAfter(120, [1e11]).scores;
    expect(large[0]).toBeGreaterThan(5);
    expect(large[0]).toBeGreaterThan(2 * (large[2] as number));
    const tripled = scoresAfter(120, new Array<number>(28).fill(3e9)).scores;
    expect(tripled[2]).toBeGreaterThan(3);
    expect(tripled[2]).toBeGreaterThan(2 * (tripled[0] as number));
  });

  test('a huge day teaches a habit no more than a large one', () => {
    expect(scoresAfter(120, [1e12]).habit.slice(0, 2)).toEqual(scoresAfter(120, [1e15]).habit.slice(0, 2));
  });

  test('silence is a habit of destinations: who then speaks is far from it', () => {
    const H = new Float64Array(HABIT);
    const scores = new Float64Array(SPEEDS.length);
    learnSilence(H, 0, 60);
    expect(scoreLevel(H, 0, levelOf(1e10, 1e6), scores)).toBe(true);
    expect(scores[0]).toBeGreaterThan(5);
  });
});
