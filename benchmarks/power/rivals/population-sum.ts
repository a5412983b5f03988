import { rival, scored, valuesOf } from './rival.ts';

interface Habit {
  mean: number;
  square: number;
  days: number;
}
interface Population {
  readonly habits: Map<string, Habit>;
  cusum: number;
  zeroDay: number;
}
const SLOW = 0.03;
const LEAST_DAYS = 14;
const CLIP = 3;
const DRIFT = 0.5;

/**
 * A sum over the population, after the idea of distributed-exfiltration detectors (DED): each host's standardised
 * log bytes, clipped, are added up over all hosts, and a CUSUM (Page, Continuous inspection schemes, Biometrika 41,
 * 1954) waits for the sum to stay high. We found no full public definition; this is the idea in its plainest form.
 */
export const populationSum = rival<Population>({
  name: 'DED-like population sum',
  source: 'Page 1954',
  needsAll: true,
  create: () => ({ habits: new Map(), cusum: 0, zeroDay: 0 }),
  score(state, today) {
    let sum = 0;
    let count = 0;
    for (const [entity, bytes] of valuesOf(today, 'host')) {
      const value = Math.log1p(bytes);
      const habit = state.habits.get(entity) ?? { mean: 0, square: 0, days: 0 };
      state.habits.set(entity, habit);
      if (habit.days >= LEAST_DAYS) {
        const deviation = Math.sqrt(Math.max(0.01, habit.square - habit.mean ** 2));
        sum += Math.max(-CLIP, Math.min(CLIP, (value - habit.mean) / deviation));
        count += 1;
      }
      const weight = Math.max(SLOW, 1 / (habit.days + 1));
      habit.mean += weight * (value - habit.mean);
      habit.square += weight * (value * value - habit.square);
      habit.days += 1;
    }
    if (count === 0) return [];
    state.cusum = Math.max(0, state.cusum + sum / Math.sqrt(count) - DRIFT);
    if (state.cusum === 0) state.zeroDay = today.day;
    return [scored(today, 'centre', 'centre', state.cusum, Math.max(1, today.day - state.zeroDay))];
  },
});
