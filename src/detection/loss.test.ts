import { describe, expect, test } from 'vitest';
import type { DailySeries } from './input.ts';
import { type LossEvidence, lossOf } from './loss.ts';
import { normals, uniforms } from './test-centre.ts';
import type { Excess, Track } from './tracks.ts';

const FROM = 100;
const DAYS = 60;
const window = { from: FROM, to: FROM + DAYS - 1 };

function pair(key: string, bytes: number, usual = 0): Excess {
  const track = { key, host: key, network: 'x' } as unknown as Track;
  return { track, novel: usual === 0, activeDays: 9, usual, bytes };
}

function evidence(given: Partial<LossEvidence>): LossEvidence {
  return {
    named: [pair('a', 1000)],
    candidates: [pair('a', 1000)],
    doubtfulBytes: 0,
    ordinaryNovelBytesPerDay: 0,
    window,
    placebos: [],
    atMost: 0,
    ...given,
  };
}

/** Entities nobody suspects, each at a level of its own that wanders from fortnight to fortnight. */
function wandering(seed: number, count: number): DailySeries[] {
  const normal = normals(uniforms(seed));
  return Array.from({ length: count }, () => {
    const values = new Float64Array(FROM + DAYS);
    for (let day = 0, level = 1; day < values.length; day++) {
      if (day % 14 === 0) level = Math.exp(0.4 * normal());
      values[day] = 1e9 * level * Math.exp(0.5 * normal());
    }
    return { fromDay: 0, values };
  });
}

describe('the interval of a loss', () => {
  test('holds what was planted on entities that wander as their placebos do, nine times in ten', () => {
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const planted = 3e10;
    let held = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const [own, ...placebos] = wandering(seed, 60) as [DailySeries, ...DailySeries[]];
      const usual = mean(own.values.subarray(FROM - 56, FROM));
      const excess = mean(own.values.subarray(FROM)) * DAYS + planted - usual * DAYS;
      const named = [pair('a', excess, usual)];
      const { low, high } = lossOf(evidence({ named, candidates: named, placebos }));
      if (low <= planted && planted <= high) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(170);
    expect(held).toBeLessThanOrEqual(194);
  });

  test('leaves doubtful bytes, ordinary novelty and an ordinary stream for each new pair out of the low end', () => {
    expect(lossOf(evidence({ doubtfulBytes: 300 }))).toEqual({ low: 700, estimate: 1000, high: 1000 });
    expect(lossOf(evidence({ ordinaryNovelBytesPerDay: 2 })).low).toBe(1000 - 2 * DAYS);
    const candidates = [pair('a', 1000), pair('b', 30), pair('c', 50)];
    expect(lossOf(evidence({ candidates }))).toEqual({ low: 960, estimate: 1000, high: 1080 });
  });

  test('reaches up to what may have taken part, and over days that nobody watched', () => {
    expect(lossOf(evidence({ atMost: 5000 })).high).toBe(5000);
    const values = new Float64Array(FROM + DAYS).fill(1);
    values.fill(Number.NaN, FROM, FROM + 6);
    expect(lossOf(evidence({ placebos: [{ fromDay: 0, values }] })).high).toBe(Math.round(1000 / 0.9));
  });
});
