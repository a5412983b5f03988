import { formatDay } from '../records/time.ts';
import type { DailySeries } from './input.ts';
import { type DayEstimate, explainLead, isOneDay, type Lead } from './lead.ts';

/** Days before the evidence began that are searched for the change as well. */
const SEARCH_BACK_DAYS = 60;
/** Drop of the log-likelihood that the interval allows: 95 % of χ²₁ is 1.92; doubled, for days are not independent. */
const LIKELIHOOD_DROP = 3.84;
const LEAST_BEFORE = 3;

/**
 * Returns the day on which the mean of a daily series changed: the maximum of the profile likelihood of one
 * step in log(1 + y/s) with one variance (the argmax of the CUSUM of the centred series, weighted), s the
 * median positive value, and every day whose likelihood is near it.
 * Returns undefined when the window holds no two days that differ.
 */
export function estimateChange(series: DailySeries, fromDay: number, toDay: number): DayEstimate | undefined {
  const days: number[] = [];
  const raw: number[] = [];
  for (let day = Math.max(fromDay, series.fromDay); day <= toDay; day++) {
    const value = series.values[day - series.fromDay];
    if (value === undefined || Number.isNaN(value)) continue;
    days.push(day);
    raw.push(Math.max(0, value));
  }
  const positive = raw.filter((value) => value > 0).sort((a, b) => a - b);
  const scale = positive[positive.length >> 1];
  if (scale === undefined || days.length < LEAST_BEFORE + 1) return undefined;
  return likeliest(
    days,
    raw.map((value) => Math.log1p(value / scale)),
  );
}

function likeliest(days: readonly number[], values: readonly number[]): DayEstimate | undefined {
  const n = values.length;
  const total = values.reduce((sum, value) => sum + value, 0);
  const squares = values.reduce((sum, value) => sum + value * value, 0);
  const spread = squares - (total * total) / n;
  if (!(spread > 1e-12)) return undefined;
  let before = 0;
  let best = -1;
  // Log-likelihood of a step before index k, up to a constant: −n/2·log(residual sum of squares).
  const likelihood = values.map((value, k) => {
    const between = k === 0 ? 0 : (before - (k * total) / n) ** 2 * (n / (k * (n - k)));
    const rises = k > 0 && (total - before) / (n - k) > before / k;
    before += value;
    const fit = rises
      ? (-n / 2) * Math.log(Math.max(spread - between, 1e-9 * spread) / spread)
      : Number.NEGATIVE_INFINITY;
    return fit;
  });
  likelihood.forEach((value, k) => {
    if (Number.isFinite(value) && (best < 0 || value > (likelihood[best] as number))) best = k;
  });
  if (best < 0) return undefined;
  const near = (k: number) => (likelihood[k] as number) >= (likelihood[best] as number) - LIKELIHOOD_DROP;
  const inside = days.filter((_, k) => near(k));
  return {
    low: inside[0] as number,
    estimate: days[best] as number,
    high: inside[inside.length - 1] as number,
  };
}

/**
 * Returns the lead with its change point refined from the entity's daily series, searched from 60 days before
 * its evidence began to the day it was raised. Without a better answer the lead is returned as it is.
 */
export function refineChangePoint(lead: Lead, series: DailySeries): Lead {
  if (lead.channels.every(({ bet }) => isOneDay(bet))) return lead;
  const since = Math.min(...lead.channels.map((channel) => channel.sinceDay));
  const found = estimateChange(series, since - SEARCH_BACK_DAYS, lead.raisedOnDay);
  if (!found) return lead;
  const refined = { ...lead, changePoint: found };
  return {
    ...refined,
    because: `${explainLead(refined)} The change lies between ${formatDay(found.low)} and ${formatDay(found.high)}.`,
  };
}
