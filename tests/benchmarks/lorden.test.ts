import { describe, expect, test } from 'vitest';
import { lordenDays } from '../../benchmarks/power/lorden.ts';
import type { DayStatistics, Statistic } from '../../src/detection/input.ts';

const START = 100;
const paid = { family: 'as', entity: 'a', statistic: 'bytes', raisedOnDay: START + 59 } as const;

/** Days of one AS among ten, whose log bytes go up and down by `swing` around 20, and more from the start on. */
function days(swing: number, more: (day: number) => number): DayStatistics[] {
  return Array.from({ length: START + 60 }, (_, day) => {
    const level = 20 + (day % 2 === 0 ? swing : -swing) + (day < START ? 0 : more(day - START));
    const values = new Float64Array(10);
    values[0] = 1e6 * Math.expm1(level);
    const entities = ['a', ...'bcdefghij'];
    const statistics = { bytes: values } as unknown as Record<Statistic, Float64Array>;
    return {
      day,
      coverage: 1,
      arrivedThroughMicros: 0,
      families: [{ family: 'as', entities, statistics }],
    };
  });
}

describe("Lorden's bound", () => {
  const clean = days(1, () => 0);
  const bound = (shift: (day: number) => number) => lordenDays(paid, START, clean, days(1, shift), 1);

  test('is log(ARL)/KL of a constant shift: the smallest n with n·Δ²/2σ² ≥ log(7·N)', () => {
    // σ² of 84 alternating ±1 is 84/83.
    const information = (shift: number) => shift ** 2 / (2 * (84 / 83));
    for (const shift of [0.5, 1, 2])
      expect(bound(() => shift)).toBe(Math.ceil(Math.log(70) / information(shift)));
  });

  test('is a day for a huge shift, waits for a late one, and is never reached by none', () => {
    expect(bound(() => 20)).toBe(1);
    expect(bound((n) => (n < 10 ? 0 : 20))).toBe(11);
    expect(bound(() => 0)).toBe(Number.POSITIVE_INFINITY);
  });
});
