/** Powers of ten of bytes a day between which a limit is looked for. */
const LEAST_POWER = 3;
const MOST_POWER = 18;
const STEPS = 40;

/**
 * Returns the smallest daily loss, in bytes, that is seen; Infinity where none up to an exabyte is.
 * @param seen whether a loss is; whoever sees one sees every larger one.
 */
export function smallestSeen(seen: (bytesPerDay: number) => boolean): number {
  let low = LEAST_POWER;
  let high = MOST_POWER;
  if (!seen(10 ** high)) return Number.POSITIVE_INFINITY;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (seen(10 ** middle)) high = middle;
    else low = middle;
  }
  return Math.round(10 ** high);
}
