import { datesInWords } from './words.ts';

/** Bytes known within an interval. */
export interface ByteInterval {
  readonly low: bigint;
  readonly estimate: bigint;
  readonly high: bigint;
}

/** What left on one UTC day by one path, and the share of that day its sensors saw. */
export interface DayEgress {
  readonly day: number;
  readonly bytesOut: ByteInterval;
  readonly watchedShare: number;
}

/** What would have left in a window if it had gone on as on other days. */
export interface ExpectedEgress {
  /** Holds it nine times in ten where weeks are alike; a trend or a theft among the other days is not in it. */
  readonly bytesOut: ByteInterval;
  /** Which days it was learnt from, in words. */
  readonly learntFrom: string;
}

/** A day seen for less than this teaches nothing of what is usual. */
const LEAST_SHARE = 0.95;
const DAYS_PER_WEEK = 7;
/** Two weeks are the least that says how much weeks differ. */
const LEAST_WEEKS = 2;

/** Upper 5 % points of Student's t for 1 to 10 degrees of freedom. */
const T_95 = [6.314, 2.92, 2.353, 2.132, 2.015, 1.943, 1.895, 1.86, 1.833, 1.812];
const Z_95 = 1.6449;

/** Returns the upper 5 % point of Student's t (beyond the table by Cornish and Fisher's expansion, good to 0.02). */
export function studentT95(degrees: number): number {
  return T_95[degrees - 1] ?? Z_95 + (Z_95 ** 3 + Z_95) / (4 * degrees);
}

/**
 * Returns what was to be expected on a path in the watched part of a window, with a 90 % interval: the mean of days
 * outside the window, give or take what their weeks differ by. Days before the window are taken where there are
 * two weeks of them, else all days outside it. Undefined with less than two weeks.
 */
export function expectedEgress(
  days: readonly DayEgress[],
  window: { readonly fromDay: number; readonly toDay: number },
): ExpectedEgress | undefined {
  const usable = days.filter(({ watchedShare }) => watchedShare >= LEAST_SHARE).sort((a, b) => a.day - b.day);
  const before = usable.filter(({ day }) => day < window.fromDay);
  const outside = usable.filter(({ day }) => day < window.fromDay || day >= window.toDay);
  const enough = LEAST_WEEKS * DAYS_PER_WEEK;
  const reference = before.length >= enough ? before : outside;
  if (reference.length < enough) return undefined;
  const amounts = reference.map(({ bytesOut }) => Number(bytesOut.estimate));
  const watchedDays = days
    .filter(({ day }) => day >= window.fromDay && day < window.toDay)
    .reduce((sum, { watchedShare }) => sum + watchedShare, 0);
  const first = reference[0]?.day ?? 0;
  const last = reference.at(-1)?.day ?? 0;
  return {
    bytesOut: sumOver(amounts, watchedDays),
    learntFrom: `${reference.length} watched days ${reference === before ? 'before' : 'outside'} the window, ${datesInWords(first, last + 1)}`,
  };
}

/** The sum over so many more days: their own spread, and that of the mean, by weeks, and by days where that is more. */
function sumOver(amounts: readonly number[], watchedDays: number): ByteInterval {
  const weeks = Array.from({ length: Math.floor(amounts.length / DAYS_PER_WEEK) }, (_, week) =>
    amounts.slice(week * DAYS_PER_WEEK, (week + 1) * DAYS_PER_WEEK).reduce((sum, each) => sum + each, 0),
  );
  const mean = meanOf(amounts);
  const windowWeeks = watchedDays / DAYS_PER_WEEK;
  const weekVariance = varianceOf(weeks);
  const own = Math.max(weekVariance * windowWeeks, varianceOf(amounts) * watchedDays);
  const error = Math.sqrt(own + (windowWeeks ** 2 * weekVariance) / weeks.length);
  const reach = studentT95(weeks.length - 1) * error;
  const estimate = mean * watchedDays;
  return {
    low: BigInt(Math.floor(Math.max(0, estimate - reach))),
    estimate: BigInt(Math.round(estimate)),
    high: BigInt(Math.ceil(estimate + reach)),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, values.length - 1);
}
