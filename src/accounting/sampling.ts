import type { Direction, Payload } from './payload.ts';
import type { Sampling } from './perspective.ts';

/** Two-sided normal quantile of 95 %. */
const QUANTILE = 1.96;

/**
 * Returns the payload of one direction as a sampling sensor's record allows it (docs/accounting.md, rule 6): the
 * estimate multiplied by what its exporter has not multiplied yet, and the interval widened by the sampling error.
 * Of n packets, each seen with chance 1/rate, k were: n is k·rate within ± 1.96·rate·√(k·(1 − 1/rate)), a relative
 * error of 1.96·√((1 − 1/rate)/k) (binomial sampling, normal approximation). Nothing counts less than what was seen.
 */
export function widened(payload: Payload, { packets }: Direction, { rate, factor }: Sampling): Payload {
  const seen = `greatest(coalesce(${packets}, 1) * ${factor} / ${rate}, 1)`;
  const error = `(${QUANTILE} * sqrt((1 - 1.0 / ${rate}) / ${seen}))`;
  const least = `(${payload.low}) * ${factor} / ${rate}`;
  return {
    estimate: `least((${payload.estimate}) * ${factor}, mostBytes)`,
    low: `least(greatest(floor(${least})::BIGINT, floor((${payload.low}) * ${factor} * (1 - ${error}))::BIGINT), mostBytes)`,
    high: `least(ceil((${payload.high}) * ${factor} * (1 + ${error}))::BIGINT, mostBytes)`,
    correction: payload.correction,
  };
}
