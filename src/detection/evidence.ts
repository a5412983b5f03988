/**
 * Evidence that adds up. Two bets, each a mixture over its parameter, accumulated as Shiryaev-Roberts
 * e-detectors: R ← (1 + R)·e. While E[e] ≤ 1 given the past, R_n − n is a supermartingale, so the mean of
 * the mixture passes a level A on average not before A days (Shin, Ramdas, Rinaldo: E-detectors).
 */

/** Parameters of the mean bet e = 1 + λ(r − 1). */
export const MEAN_BETS: readonly number[] = [0.01, 0.03, 0.1, 0.3, 0.6, 0.9];
export const MEANS = 6;
/** Parameters of the z-bet e = exp(θz − θ²/2). */
export const Z_BETS: readonly number[] = [0.25, 0.5, 1, 2];
export const ZS = 4;
/** No day counts for more than this many times its expectation. */
export const LARGEST_RATIO = 30;
/** Days without a byte after which an entity sleeps: its evidence restarts when it wakes. */
export const SLEEP_DAYS = 84;

const LARGEST_EVIDENCE = 1e250;
const Z_DRIFT = Z_BETS.map((theta) => Math.exp((-theta * theta) / 2));
/** What n days without a byte make of R, for each bet of each n: R ← IDLE_FACTORS·R + IDLE_TERMS. */
const IDLE_FACTORS = new Float64Array(MEANS * (SLEEP_DAYS + 1)).fill(1);
const IDLE_TERMS = new Float64Array(MEANS * (SLEEP_DAYS + 1));
for (let at = MEANS; at < IDLE_FACTORS.length; at++) {
  const lambda = MEAN_BETS[at % MEANS] as number;
  const power = (IDLE_FACTORS[at - MEANS] as number) * (1 - lambda);
  IDLE_FACTORS[at] = power;
  IDLE_TERMS[at] = ((1 - lambda) * (1 - power)) / lambda;
}

/** Returns the day's ratio for the mean bet, r = min(30, Y / expected); `expected` is w·μ·(1+δ) > 0. */
export function meanRatio(value: number, expected: number): number {
  const ratio = value / expected;
  return Math.min(ratio, LARGEST_RATIO);
}

/** Returns the day's z = clip((Y/w − 1.03·m)/(1.3·σ) − 0.3, −4, 6); `value` is Y/w. */
export function zScore(value: number, mean: number, deviation: number): number {
  const z = (value - 1.03 * mean) / (1.3 * deviation) - 0.3;
  return Math.max(-4, Math.min(6, z));
}

/**
 * Advances the six mean bets at R[at…at+5] by one day with ratio r.
 * Returns the sum of the six; the statistic is log(sum/6). Unrolled: it is most of a day's cost.
 */
export function advanceMean(R: Float64Array, at: number, ratio: number): number {
  const g = ratio - 1;
  const a = (1 + (R[at] as number)) * (1 + 0.01 * g);
  const b = (1 + (R[at + 1] as number)) * (1 + 0.03 * g);
  const c = (1 + (R[at + 2] as number)) * (1 + 0.1 * g);
  const d = (1 + (R[at + 3] as number)) * (1 + 0.3 * g);
  const e = (1 + (R[at + 4] as number)) * (1 + 0.6 * g);
  const f = (1 + (R[at + 5] as number)) * (1 + 0.9 * g);
  R[at] = a;
  R[at + 1] = b;
  R[at + 2] = c;
  R[at + 3] = d;
  R[at + 4] = e;
  R[at + 5] = f;
  return a + b + c + d + e + f;
}

/** Advances the four z-bets at R[at…at+3] by one day. Returns the sum of the four. */
export function advanceZ(R: Float64Array, at: number, z: number): number {
  const quarter = Math.exp(0.25 * z);
  const half = quarter * quarter;
  const whole = half * half;
  const a = (1 + (R[at] as number)) * quarter * (Z_DRIFT[0] as number);
  const b = (1 + (R[at + 1] as number)) * half * (Z_DRIFT[1] as number);
  const c = (1 + (R[at + 2] as number)) * whole * (Z_DRIFT[2] as number);
  const d = (1 + (R[at + 3] as number)) * whole * whole * (Z_DRIFT[3] as number);
  R[at] = a;
  R[at + 1] = b;
  R[at + 2] = c;
  R[at + 3] = d;
  return a + b + c + d;
}

/**
 * Advances the mean bets over `days` ≤ SLEEP_DAYS days without a byte, in closed form:
 * with q = 1 − λ, R ← qⁿ·R + q·(1 − qⁿ)/λ.
 */
export function idleMean(R: Float64Array, at: number, days: number): void {
  for (let l = 0; l < MEANS; l++) {
    const n = days * MEANS + l;
    R[at + l] = (IDLE_FACTORS[n] as number) * (R[at + l] as number) + (IDLE_TERMS[n] as number);
  }
}

/** Advances the z-bets over days without a byte, all of them at the same z. */
export function idleZ(R: Float64Array, at: number, z: number, days: number): void {
  for (let n = 0; n < days; n++) advanceZ(R, at, z);
}

/** Keeps evidence finite where no lead may end it (thresholds not yet known): at most 1e250 for each bet. */
export function limitEvidence(R: Float64Array, at: number, count: number): void {
  for (let l = at; l < at + count; l++) if ((R[l] as number) > LARGEST_EVIDENCE) R[l] = LARGEST_EVIDENCE;
}
