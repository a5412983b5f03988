/** Exact bounds of a Poisson mean: how far a number of leads can be trusted. */
import cephes from 'cephes';

await cephes.compiled;

/**
 * Returns the one-sided upper confidence bound of a Poisson mean after `count` events: half the chi-square
 * quantile with 2(count + 1) degrees of freedom (Garwood 1936), by the inverse incomplete gamma function.
 */
export function poissonUpperBound(count: number, confidence = 0.95): number {
  return cephes.igami(count + 1, 1 - confidence);
}

/** Returns the one-sided lower confidence bound of a Poisson mean after `count` events; 0 after none. */
export function poissonLowerBound(count: number, confidence = 0.95): number {
  return count === 0 ? 0 : cephes.igami(count, confidence);
}
