import { type Past, quantile, remember, rival, scored, valuesOf } from './rival.ts';

const MEMORY_DAYS = 56;
const LEAST_DAYS = 21;

/**
 * A decomposition of totals as in the templates of Microsoft Sentinel: KQL's series_decompose_anomalies with a weekly
 * season, a line as trend, and Tukey's fence between the 10 % and 90 % quantiles of the residuals ('ctukey'), here
 * on daily instead of hourly totals of the centre, its paths and its hosts. learn.microsoft.com/kusto.
 */
export const decomposition = rival<Past>({
  name: 'Sentinel-like decomposition',
  source: "Microsoft, series_decompose_anomalies('ctukey')",
  create: () => new Map(),
  score: (past, today) =>
    (['centre', 'path', 'host'] as const).flatMap((family) =>
      [...valuesOf(today, family)].flatMap(([entity, bytes]) => {
        const before = remember(past, `${family}|${entity}`, bytes, MEMORY_DAYS);
        return before.length < LEAST_DAYS ? [] : [scored(today, family, entity, fence(before, bytes))];
      }),
    ),
});

/** How far outside the fence of its own past's residuals a value lies. */
function fence(before: readonly number[], value: number): number {
  const n = before.length;
  const phase = (i: number) => ((i % 7) + 7) % 7;
  const middle = (n - 1) / 2;
  const mean = before.reduce((sum, each) => sum + each, 0) / n;
  let [covariance, variance] = [0, 0];
  before.forEach((each, i) => {
    covariance += (i - middle) * (each - mean);
    variance += (i - middle) ** 2;
  });
  const slope = covariance / variance;
  const trend = (i: number) => mean + slope * (i - middle);
  const season = new Float64Array(7);
  const counts = new Float64Array(7);
  before.forEach((each, i) => {
    const p = phase(i - n);
    season[p] = (season[p] as number) + each - trend(i);
    counts[p] = (counts[p] as number) + 1;
  });
  for (let p = 0; p < 7; p++) season[p] = (season[p] as number) / Math.max(1, counts[p] as number);
  const residual = (each: number, i: number) => each - trend(i) - (season[phase(i - n)] as number);
  const residuals = Float64Array.from(before, residual).sort();
  const [low, high] = [quantile(residuals, 0.1), quantile(residuals, 0.9)];
  return (residual(value, n) - high) / Math.max(high - low, 1e6);
}
