import type { Family } from '../../../src/detection/input.ts';
import { type Past, quantile, remember, rival, scored, valuesOf } from './rival.ts';

const MEMORY_DAYS = 56;
const LEAST_DAYS = 14;
/** A habit so steady that its deviation vanishes still varies by a tenth. */
const LEAST_DEVIATION = 0.1;

/**
 * The modified z-score of log bytes against the entity's own last 56 active days: (x − median) / (1.4826 · MAD).
 * Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993.
 */
function robustZ(family: Family, name: string) {
  return rival<Past>({
    name,
    source: 'Iglewicz and Hoaglin 1993',
    create: () => new Map(),
    score: (past, today) =>
      [...valuesOf(today, family)].flatMap(([entity, bytes]) => {
        const value = Math.log1p(bytes);
        const before = Float64Array.from(remember(past, entity, value, MEMORY_DAYS)).sort();
        if (before.length < LEAST_DAYS) return [];
        const median = quantile(before, 0.5);
        const spread = quantile(before.map((each) => Math.abs(each - median)).sort(), 0.5);
        return [scored(today, family, entity, (value - median) / (1.4826 * spread + LEAST_DEVIATION))];
      }),
  });
}

export const robustZHost = robustZ('host', 'robust z per host');
export const robustZUser = robustZ('principal', 'robust z per user');
