import { describe, expect, test } from 'vitest';
import { advance, noteChange } from './advance.ts';
import { poissonLowerBound, poissonUpperBound } from './poisson.ts';
import { promiseOf } from './promise.ts';
import { createState } from './state.ts';
import { statisticsOf } from './test-centre.ts';

describe('the promise', () => {
  test('has the exact Poisson bounds of Garwood’s tables', () => {
    // χ²₀.₉₅ quantiles: 5.991/2, 9.488/2, 33.924/2; χ²₀.₀₅(20)/2 = 5.425.
    expect(poissonUpperBound(0)).toBeCloseTo(2.9957, 3);
    expect(poissonUpperBound(1)).toBeCloseTo(4.7439, 3);
    expect(poissonUpperBound(10)).toBeCloseTo(16.9622, 3);
    expect(poissonLowerBound(10)).toBeCloseTo(5.4254, 3);
    expect(poissonLowerBound(0)).toBe(0);
  });

  test('is unproven until 84 days were judged, and after a change of sensors', () => {
    const state = createState({ leadsPerWeek: 2 });
    for (let day = 0; day < 97; day++) advance(state, statisticsOf(day, []));
    expect(promiseOf(state)).toMatchObject({ historyDays: 83, unproven: true });
    advance(state, statisticsOf(97, []));
    const proven = promiseOf(state);
    expect(proven).toMatchObject({
      historyDays: 84,
      unproven: false,
      worstDay: 0,
      blindDays: 0,
      leadsPerWeek: 2,
    });
    expect(proven.upperBound95).toBeCloseTo(2.9957 / 12, 3);
    // Poisson of mean 2: 1 − e⁻²(1 + 2 + 2).
    expect(proven.chanceOfThreeInAWeek).toBeCloseTo(0.3233, 3);
    noteChange(state, 97);
    expect(promiseOf(state)).toMatchObject({ unproven: true });
    expect(promiseOf(state).because).toContain('perimeter changed');
  });

  test('is unproven while more was raised than it allows, and tells the worst day and the crowded weeks', () => {
    const state = createState({ leadsPerWeek: 1 });
    for (let day = 0; day < 114; day++) advance(state, statisticsOf(day, []));
    expect(promiseOf(state)).toMatchObject({ historyDays: 100, unproven: false });
    // A hundred judged days: 14.3 leads are within the budget, sixteen are not.
    for (const [leads, unproven] of [
      [14, false],
      [16, true],
    ] as const) {
      state.leadCounts[60] = leads;
      const promise = promiseOf(state);
      expect(promise).toMatchObject({ worstDay: leads, unproven });
      expect(promise.because.includes('over the budget')).toBe(unproven);
      expect(promise.upperBound95).toBeCloseTo(poissonUpperBound(leads) / (100 / 7), 9);
    }
    // Poisson of mean 1.12: 1 − e^−1.12(1 + 1.12 + 1.12²/2).
    expect(promiseOf(state).chanceOfThreeInAWeek).toBeCloseTo(0.1032, 3);
  });

  test('counts blind days, given and left out', () => {
    const state = createState();
    advance(state, statisticsOf(0, []));
    advance(state, statisticsOf(1, [], 0.4));
    advance(state, statisticsOf(5, []));
    expect(promiseOf(state).blindDays).toBe(4);
    expect(state.judgedDays).toBe(2);
  });
});
