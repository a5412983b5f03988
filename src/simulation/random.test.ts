import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, exactExp, exactLog, wave } from './random.ts';

const DRAWS = 200_000;

function draw(name: string, take: (random: ReturnType<typeof createRandom>) => number): number[] {
  const random = createRandom(name);
  return Array.from({ length: DRAWS }, () => take(random));
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

describe('createRandom', () => {
  it('gives these numbers for this name, on every machine and in every version', () => {
    const random = createRandom('weir');
    expect([random.uint32(), random.uint32(), random.uint32()]).toEqual([
      1_300_293_729, 3_453_161_066, 1_451_470_697,
    ]);
    expect(random.lognormal(1000, 2)).toBe(207.03832397921394);
  });

  it('gives independent sequences for different names', () => {
    expect(createRandom('a').uint32()).not.toBe(createRandom('b').uint32());
    const a = draw('a', (random) => random.normal());
    const b = draw('b', (random) => random.normal());
    expect(Math.abs(mean(a.map((value, index) => value * (b[index] ?? 0))))).toBeLessThan(0.01);
  });

  it('has the moments of its distributions', () => {
    const normals = draw('normal', (random) => random.normal());
    expect(mean(normals)).toBeCloseTo(0, 1.7);
    expect(mean(normals.map((value) => value ** 2))).toBeCloseTo(1, 1.7);
    expect(mean(normals.map((value) => value ** 4))).toBeCloseTo(3, 0.9);
    expect(median(draw('lognormal', (random) => random.lognormal(50, 1.5))) / 50).toBeCloseTo(1, 1);
    expect(mean(draw('exponential', (random) => random.exponential(7))) / 7).toBeCloseTo(1, 1.5);
    expect(median(draw('pareto', (random) => random.pareto(3, 2))) / (3 * Math.SQRT2)).toBeCloseTo(1, 1.5);
    for (const rate of [0.2, 5, 80]) {
      const counts = draw(`poisson ${rate}`, (random) => random.poisson(rate));
      expect(mean(counts) / rate).toBeCloseTo(1, 1.5);
      expect(mean(counts.map((count) => (count - rate) ** 2)) / rate).toBeCloseTo(1, 1.2);
    }
  });

  it('keeps whole numbers below their bound and units strictly between 0 and 1', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 2 ** 40 }), (name, below) => {
        const random = createRandom(name);
        const whole = random.int(below);
        const unit = random.unit();
        return Number.isInteger(whole) && whole >= 0 && whole < below && unit > 0 && unit < 1;
      }),
    );
  });
});

describe('exact functions', () => {
  it('agree with Math to the last digits', () => {
    fc.assert(
      fc.property(fc.double({ min: -100, max: 100, noNaN: true }), (x) => {
        expect(Math.abs(exactExp(x) / Math.exp(x) - 1)).toBeLessThan(1e-13);
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), (x) => {
        expect(Math.abs(exactLog(x) - Math.log(x))).toBeLessThan(1e-13 * Math.max(1, Math.abs(Math.log(x))));
      }),
    );
    for (let turn = -1; turn < 1; turn += 0.01) {
      expect(Math.abs(wave(turn) - Math.sin(2 * Math.PI * turn))).toBeLessThan(0.002);
    }
  });
});
