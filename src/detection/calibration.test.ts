import { describe, expect, test } from 'vitest';
import {
  closeBlock,
  closeDay,
  createCalibration,
  isRefuted,
  KEPT,
  noteScore,
  recalibrate,
  tailLevel,
} from './calibration.ts';
import { uniforms } from './test-centre.ts';

const KEYS = Array.from({ length: 400 }, (_, row) => `h${row}`);
const TYPE = { family: 'host', statistic: 'clip1', bet: 'mean', weight: 1, mixture: 6 } as const;

function exponentials(count: number, seed: number): Float64Array {
  const uniform = uniforms(seed);
  return Float64Array.from({ length: count }, () => -Math.log(1 - uniform()))
    .sort()
    .reverse();
}

describe('thresholds from a channel’s own past', () => {
  test('a level is passed as often as allowed, and beyond the data the exponential tail goes on', () => {
    const maxima = exponentials(2000, 3);
    expect(tailLevel(maxima, 20)).toBe(maxima[19]);
    // The level that 0.02 of 2000 unit exponentials pass is log(100 000) = 11.5; the fit errs on the safe side.
    expect(tailLevel(maxima.slice(0, 400), 0.02)).toBeGreaterThan(11);
    expect(tailLevel(maxima.slice(0, 400), 0.02)).toBeLessThan(17);
  });

  test('no threshold before a type was scored for as long as its evidence takes to grow', () => {
    const days = {
      mean: 28,
      z: 28,
      loud: 7,
      day: 14,
      week: 28,
      month: 42,
      surplus: 14,
      surpluses: 28,
    } as const;
    for (const [bet, least] of Object.entries(days) as [keyof typeof days, number][]) {
      const calibration = createCalibration({ ...TYPE, bet });
      noteScore(calibration, 0, 6 * Math.exp(2), KEYS);
      calibration.runningDays = least - 1;
      recalibrate(calibration, 0.01, 1000);
      expect([bet, calibration.threshold]).toEqual([bet, Number.POSITIVE_INFINITY]);
      calibration.runningDays = least;
      recalibrate(calibration, 0.01, 1000);
      expect([bet, Number.isFinite(calibration.threshold)]).toEqual([bet, true]);
    }
  });

  test('no threshold below the nominal log(7·N/b)', () => {
    const calibration = createCalibration(TYPE);
    noteScore(calibration, 0, 6 * Math.exp(2), KEYS);
    calibration.runningDays = 28;
    recalibrate(calibration, 0.01, 1000);
    expect(calibration.threshold).toBeGreaterThanOrEqual(Math.log(700_000));
    expect(calibration.extrapolated).toBe(true);
  });

  test('what no theorem holds up has a floor of its own: fourfold records, three deviations, ten gigabytes', () => {
    const floors = [
      ['loud', Math.log(4)],
      ['day', 3],
      ['week', 3],
      ['month', 3],
      ['surplus', Math.log(10)],
      ['surpluses', Math.log(10)],
    ] as const;
    for (const [bet, floor] of floors) {
      const calibration = createCalibration({ ...TYPE, bet, mixture: 1 });
      for (let row = 0; row < 50; row++) noteScore(calibration, row, 1 + row / 1000, KEYS);
      calibration.runningDays = 42;
      recalibrate(calibration, 5, 50);
      expect([bet, calibration.threshold]).toEqual([bet, floor]);
    }
  });

  test('keeps one maximum for each entity and block, the largest of all', () => {
    const calibration = createCalibration(TYPE);
    const best = new Map<number, number>();
    const uniform = uniforms(5);
    for (let n = 0; n < 5000; n++) {
      const row = Math.floor(300 * uniform());
      const raw = 1 / (1 - uniform());
      best.set(row, Math.max(raw, best.get(row) ?? 0));
      noteScore(calibration, row, raw, KEYS);
    }
    const expected = [...best.values()].sort((a, b) => b - a).slice(0, KEPT);
    closeBlock(calibration);
    const kept = [...(calibration.blocks[0]?.top ?? [])].map((log) => 6 * Math.exp(log));
    kept.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 6);
    });
  });

  test('the size of what passed the threshold teaches nothing, its number does', () => {
    const levels = [3, 1000].map((size) => {
      const calibration = createCalibration(TYPE);
      exponentials(60, 9).forEach((log, row) => {
        noteScore(calibration, row, 6 * Math.exp(log), KEYS);
      });
      calibration.runningDays = 28;
      recalibrate(calibration, 0.01, 10);
      const before = calibration.threshold;
      for (let row = 0; row < 3; row++)
        noteScore(calibration, 100 + row, size * calibration.thresholdRaw, KEYS);
      recalibrate(calibration, 0.01, 10);
      expect(calibration.threshold).toBeGreaterThan(before);
      return calibration.threshold;
    });
    expect(levels[0]).toBe(levels[1]);
  });

  test('but the more leads a block has seen, the more of their size the past believes', () => {
    const remembered = [0, 1, 4].map((leads) => {
      const calibration = createCalibration(TYPE);
      noteScore(calibration, 0, 6 * Math.exp(2), KEYS);
      calibration.runningDays = 28;
      recalibrate(calibration, 0.01, 10);
      calibration.leadsToday = leads;
      closeDay(calibration);
      noteScore(calibration, 1, 1e9 * calibration.thresholdRaw, KEYS);
      closeBlock(calibration);
      return (calibration.blocks[0]?.top[0] as number) - calibration.threshold;
    });
    expect(remembered[0]).toBeCloseTo(1, 9);
    expect(remembered[1]).toBeCloseTo(3, 9);
    expect(remembered[2]).toBeCloseTo(9, 9);
  });

  test('a threshold is refuted by leads that its share of the budget hardly ever gives, until the block ends', () => {
    const calibration = createCalibration(TYPE);
    noteScore(calibration, 0, 6 * Math.exp(2), KEYS);
    calibration.runningDays = 28;
    // 0.035 leads a week are 0.15 a block: P(2 or more) = 1 %, P(3 or more) = 0.05 %.
    recalibrate(calibration, 0.035, 10);
    const refuted = [1, 2, 3].map(() => {
      calibration.leadsToday = 1;
      closeDay(calibration);
      return isRefuted(calibration);
    });
    expect(refuted).toEqual([false, false, true]);
    closeBlock(calibration);
    expect(isRefuted(calibration)).toBe(false);
  });
});
