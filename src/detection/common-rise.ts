/**
 * What everybody's day rose by: full queues, a busy season, growth. It is no entity's own, so it is taken out of the scores
 * against habits. Of yesterday, so that a day still being logged is judged with the same as when it is over.
 */
import { HABIT_DAYS } from './levels.ts';
import type { Work } from './work.ts';

/** Fewer entities than this have nothing in common that a median could tell. */
const LEAST_ENTITIES = 30;

/** Notes how far a day's level lies above the mean of its entity's habit. @param days of its own that the habit rests on. */
export function noteRise(work: Work, rise: number, days: number): void {
  if (work.rules.zeroBeforeBirth || days < HABIT_DAYS) return;
  work.rises[work.risen++] = rise;
}

/**
 * Returns the median rise of the day, a natural logarithm: it takes half of all active entities to move it. A fall counts as none, for who goes
 * on through a holiday does nothing unusual. 0 for destinations: silence is part of their habits.
 */
export function commonRise({ rises, risen }: Pick<Work, 'rises' | 'risen'>): number {
  if (risen < LEAST_ENTITIES) return 0;
  return Math.max(0, select(rises.slice(0, risen), risen >> 1));
}

/** Returns the value that stood at a place if the values were sorted; moves them about (Hoare's selection: a sort of all costs eight times as much). */
function select(values: Float64Array, place: number): number {
  let low = 0;
  let high = values.length - 1;
  while (high > low) {
    const pivot = values[(low + high) >> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while ((values[j] as number) > pivot) j--;
      if (i > j) break;
      const kept = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = kept;
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else break;
  }
  return values[place] as number;
}
