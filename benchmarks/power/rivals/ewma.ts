import type { Family } from '../../../src/detection/input.ts';
import { rival, scored, valuesOf } from './rival.ts';

interface Chart {
  smoothed: number;
  mean: number;
  square: number;
  days: number;
  lastDay: number;
}

const LAMBDA = 0.2;
const SLOW = 0.03;
const LEAST_DAYS = 14;
const LEAST_VARIANCE = 0.01;

/**
 * The exponentially weighted moving average chart on log bytes: (EWMA − mean) / (σ·√(λ/(2−λ))), λ = 0.2, mean and σ
 * learned slowly. Roberts, Control Chart Tests Based on Geometric Moving Averages, Technometrics 1, 1959.
 */
function ewma(family: Family, name: string, unit: number, countSilence: boolean) {
  return rival<Map<string, Chart>>({
    name,
    source: 'Roberts 1959',
    create: () => new Map(),
    score: (charts, today) =>
      [...valuesOf(today, family)].flatMap(([entity, bytes]) => {
        const value = Math.log1p(bytes / unit);
        const chart = charts.get(entity) ?? {
          smoothed: 0,
          mean: 0,
          square: 0,
          days: 0,
          lastDay: today.day - 1,
        };
        charts.set(entity, chart);
        if (countSilence) silence(chart, today.day - chart.lastDay - 1);
        chart.lastDay = today.day;
        const { mean, days } = chart;
        const variance = Math.max(LEAST_VARIANCE, chart.square - mean * mean);
        take(chart, value);
        if (days < LEAST_DAYS) return [];
        const deviation = Math.sqrt((variance * LAMBDA) / (2 - LAMBDA));
        return [scored(today, family, entity, (chart.smoothed - mean) / deviation, 7)];
      }),
  });
}

function take(chart: Chart, value: number): void {
  const weight = Math.max(SLOW, 1 / (chart.days + 1));
  chart.smoothed += Math.max(LAMBDA, 1 / (chart.days + 1)) * (value - chart.smoothed);
  chart.mean += weight * (value - chart.mean);
  chart.square += weight * (value * value - chart.square);
  chart.days += 1;
}

function silence(chart: Chart, days: number): void {
  for (let n = 0; n < Math.min(days, 90); n++) take(chart, 0);
}

export const ewmaHost = ewma('host', 'EWMA per host', 1, false);
export const ewmaUser = ewma('principal', 'EWMA per user', 1, false);
/** On destinations, where silence counts: a quiet AS that speaks is the point. */
export const ewmaAs = ewma('as', 'log-EWMA per AS', 1e6, true);
