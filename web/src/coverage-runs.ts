import type { CheckAnswer } from '../../src/server/api-types.ts';
import { daysOfWindow } from './format.ts';

type Sensor = CheckAnswer['sensors'][number];

/** Days in a row that were seen alike. */
export interface CoverageRun {
  from: string;
  to: string;
  days: number;
  /** Least share among them. */
  share: number;
  /** 0 nothing, 1 under half, 2 under 90 %, 3 nearly all, 4 all. */
  level: 0 | 1 | 2 | 3 | 4;
}

/** What each level means, in words. */
export const LEVELS = ['nothing seen', 'under 50 %', '50 to 90 %', '90 to 99.5 %', 'all seen'] as const;

/** Returns the days that any sensor speaks of, from the first to the last. */
export function daysCovered(sensors: readonly Sensor[]): string[] {
  const days = sensors.flatMap((sensor) => sensor.days.map(({ day }) => day)).sort();
  const [first, last] = [days[0], days.at(-1)];
  return first && last ? daysOfWindow({ from: first, to: `${last}T23:59:59Z` }) : [];
}

/** Returns a sensor's days as runs; a day it does not speak of was not seen. */
export function coverageRuns(sensor: Sensor, days: readonly string[]): CoverageRun[] {
  const shares = new Map(sensor.days.map(({ day, share }) => [day, share]));
  const runs: CoverageRun[] = [];
  for (const day of days) {
    const share = shares.get(day) ?? 0;
    const level = levelOf(share);
    const run = runs.at(-1);
    if (run?.level === level) {
      run.to = day;
      run.days += 1;
      run.share = Math.min(run.share, share);
    } else {
      runs.push({ from: day, to: day, days: 1, share, level });
    }
  }
  return runs;
}

function levelOf(share: number): CoverageRun['level'] {
  if (share === 0) return 0;
  if (share < 0.5) return 1;
  if (share < 0.9) return 2;
  return share < 0.995 ? 3 : 4;
}
