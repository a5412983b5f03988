import type { Family } from '../../../src/detection/input.ts';
import { type Past, remember, rival, scored, valuesOf } from './rival.ts';

const DAYS = 7;

/** Who sent most in a week, and who received most: the list every flow collector shows (nfdump -s, akvorado, ntop). */
export const topTalkers = rival<Past>({
  name: 'top talkers',
  source: 'nfdump, ntopng',
  create: () => new Map(),
  score: (past, today) =>
    (['host', 'as'] as const).flatMap((family: Family) =>
      [...valuesOf(today, family)].map(([entity, bytes]) => {
        const before = remember(past, `${family}|${entity}`, bytes, DAYS - 1);
        return scored(
          today,
          family,
          entity,
          before.reduce((sum, each) => sum + each, bytes),
          DAYS,
        );
      }),
    ),
});
