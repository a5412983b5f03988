import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  advanceMean,
  advanceZ,
  idleMean,
  idleZ,
  MEANS,
  meanRatio,
  SLEEP_DAYS,
  ZS,
  zScore,
} from './evidence.ts';
import { normals, uniforms } from './test-centre.ts';

/** Mean number of days until log mean R passes log A, over many runs. */
function averageRun(
  runs: number,
  level: number,
  cells: number,
  advance: (R: Float64Array) => number,
): number {
  let days = 0;
  for (let run = 0; run < runs; run++) {
    const R = new Float64Array(cells);
    do days += 1;
    while (advance(R) / cells < level);
  }
  return days / runs;
}

describe('average run length is at least 1/α where the bet’s assumption holds', () => {
  const LEVEL = 60;
  const RUNS = 600;
  // The theorem holds exactly; 4 % is for the scatter of the mean of 600 runs.
  const LEAST = 0.96 * LEVEL;

  test('mean bet, lognormal days (σ = 1.5) at exactly μ(1 + δ)', () => {
    const normal = normals(uniforms(7));
    const expected = 1e9 * Math.exp(1.5 ** 2 / 2);
    const day = () => 1e9 * Math.exp(1.5 * normal());
    const run = averageRun(RUNS, LEVEL, MEANS, (R) => advanceMean(R, 0, meanRatio(day(), expected)));
    expect(run).toBeGreaterThan(LEAST);
  });

  test('mean bet, one day in ten holds everything', () => {
    const uniform = uniforms(11);
    const day = () => (uniform() < 0.1 ? 1e10 : 0);
    const run = averageRun(RUNS, LEVEL, MEANS, (R) => advanceMean(R, 0, meanRatio(day(), 1e9)));
    expect(run).toBeGreaterThan(LEAST);
  });

  test('z-bet, normal days of the largest mean and scatter that it allows', () => {
    const normal = normals(uniforms(13));
    const run = averageRun(RUNS, LEVEL, ZS, (R) => advanceZ(R, 0, zScore(1069 + 130 * normal(), 1000, 100)));
    expect(run).toBeGreaterThan(LEAST);
  });

  test('and a mean twice the allowed one is seen far sooner', () => {
    const normal = normals(uniforms(17));
    const expected = Math.exp(0.125);
    const run = averageRun(RUNS, LEVEL, MEANS, (R) =>
      advanceMean(R, 0, meanRatio(2 * Math.exp(0.5 * normal()), expected)),
    );
    expect(run).toBeLessThan(LEVEL / 5);
  });
});

describe('the bets', () => {
  test.prop([
    fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { maxLength: 50 }),
    fc.integer({ min: 1, max: 2 ** 40 }),
  ])('do not depend on the unit of bytes', (values, expected) => {
    const R = new Float64Array(MEANS);
    const S = new Float64Array(MEANS);
    for (const value of values) {
      advanceMean(R, 0, meanRatio(value, expected));
      advanceMean(S, 0, meanRatio(value * 1024, expected * 1024));
    }
    expect(S).toEqual(R);
  });

  test.prop([fc.integer({ min: 1, max: SLEEP_DAYS }), fc.double({ min: 0, max: 1e6, noNaN: true })])(
    'zero days in closed form are zero days one by one',
    (days, start) => {
      const closed = new Float64Array(MEANS).fill(start);
      const stepped = closed.slice();
      idleMean(closed, 0, days);
      for (let n = 0; n < days; n++) advanceMean(stepped, 0, 0);
      for (let l = 0; l < MEANS; l++) {
        expect(closed[l]).toBeCloseTo(stepped[l] as number, 6 - Math.ceil(Math.log10(1 + start)));
      }
    },
  );

  test('no number of zero days is evidence', () => {
    const R = new Float64Array(MEANS);
    const Z = new Float64Array(ZS);
    for (let n = 0; n < 5; n++) {
      idleMean(R, 0, SLEEP_DAYS);
      idleZ(Z, 0, zScore(0, 5, 2), SLEEP_DAYS);
    }
    expect(Math.log(R.reduce((a, b) => a + b) / MEANS)).toBeLessThan(3.3);
    expect(Math.log(Z.reduce((a, b) => a + b) / ZS)).toBeLessThan(3.3);
  });

  test('one day counts at most thirtyfold, one z at most 6', () => {
    expect(meanRatio(1e15, 1)).toBe(30);
    expect(zScore(1e15, 1, 1)).toBe(6);
    expect(zScore(-1e15, 1, 1)).toBe(-4);
  });
});
