/**
 * A seeded source of random numbers that gives the same sequence on every machine: xoshiro128** seeded by
 * splitmix32, and distributions built from +, −, ×, ÷ and square root only, which IEEE 754 rounds exactly.
 * `Math.exp`, `Math.log` and `Math.sin` are left out on purpose: engines may differ in their last bit.
 */
export interface Random {
  /** A whole number in 0 … 2³²−1. */
  uint32(): number;
  /** A number in (0, 1), never 0 or 1. */
  unit(): number;
  /** A whole number in 0 … below−1. */
  int(below: number): number;
  chance(probability: number): boolean;
  /** An element of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  normal(): number;
  lognormal(median: number, sigma: number): number;
  exponential(mean: number): number;
  /** Density ∝ x^−(alpha+1) from `least` upwards. */
  pareto(least: number, alpha: number): number;
  poisson(mean: number): number;
}

const TWO_TO_32 = 4_294_967_296;
const { LN2 } = Math;

/** Returns the generator that a text names; different texts give independent sequences. */
export function createRandom(name: string): Random {
  const state = seedOf(name);
  let [a, b, c, d] = [state(), state(), state(), state()];

  function uint32(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return scrambled;
  }
  const unit = () => (uint32() + 0.5) / TWO_TO_32;
  const normal = () => inverseNormal(unit());
  return {
    uint32,
    unit,
    int: (below) => Math.floor(unit() * below),
    chance: (probability) => unit() < probability,
    pick: (list) => list[Math.floor(unit() * list.length)] as (typeof list)[number],
    normal,
    lognormal: (median, sigma) => median * exactExp(sigma * normal()),
    exponential: (mean) => -mean * exactLog(unit()),
    pareto: (least, alpha) => least * exactExp(-exactLog(unit()) / alpha),
    poisson: (mean) => poisson(mean, unit, normal),
  };
}

/** Returns e^x from exactly rounded operations; relative error below 1e-13 for |x| < 100. */
export function exactExp(x: number): number {
  const bounded = Math.max(-600, Math.min(600, x));
  const power = Math.round(bounded / LN2);
  const rest = bounded - power * LN2;
  let sum = 1;
  for (let term = 16; term > 0; term--) sum = 1 + (sum * rest) / term;
  return sum * powerOfTwo(power);
}

/** Returns ln x of a positive number from exactly rounded operations. */
export function exactLog(x: number): number {
  let mantissa = x;
  let power = 0;
  while (mantissa > 1.415) {
    mantissa /= 2;
    power++;
  }
  while (mantissa < 0.7075) {
    mantissa *= 2;
    power--;
  }
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let sum = 0;
  for (let odd = 23; odd > 0; odd -= 2) sum = sum * square + 1 / odd;
  return 2 * ratio * sum + power * LN2;
}

/** Returns a smooth wave of period 1 between −1 and 1 (Bhāskara's formula for the sine). */
export function wave(turns: number): number {
  const phase = turns - Math.floor(turns);
  const half = phase < 0.5 ? phase * 2 : phase * 2 - 1;
  const bow = half * (1 - half);
  const height = (16 * bow) / (5 - 4 * bow);
  return phase < 0.5 ? height : -height;
}

function powerOfTwo(power: number): number {
  let value = 1;
  for (let step = 0; step < power; step++) value *= 2;
  for (let step = 0; step > power; step--) value /= 2;
  return value;
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** FNV-1a over the name, then splitmix32: four well mixed words. */
function seedOf(name: string): () => number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return () => {
    hash = (hash + 0x9e3779b9) | 0;
    let mixed = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}

/** Knuth's product for small means, the rounded normal for large ones. */
function poisson(mean: number, unit: () => number, normal: () => number): number {
  if (mean <= 0) return 0;
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
  const stop = exactExp(-mean);
  let count = 0;
  for (let product = unit(); product > stop; product *= unit()) count++;
  return count;
}

const CENTRE_TOP = [
  -39.6968302866538, 220.946098424521, -275.928510446969, 138.357751867269, -30.6647980661472,
];
const CENTRE_BOTTOM = [
  -54.4760987982241, 161.585836858041, -155.698979859887, 66.8013118877197, -13.2806815528857,
];
const TAIL_TOP = [
  -0.00778489400243029, -0.322396458041136, -2.40075827716184, -2.54973253934373, 4.37466414146497,
  2.93816398269878,
];
const TAIL_BOTTOM = [0.00778469570904146, 0.32246712907004, 2.445134137143, 3.75440866190742];

/** Acklam's rational approximation of the normal quantile, relative error below 1.2e-9. */
function inverseNormal(p: number): number {
  if (p > 0.5) return -inverseNormal(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * exactLog(p));
    return polynomial(TAIL_TOP, q) / (polynomial(TAIL_BOTTOM, q) * q + 1);
  }
  const q = p - 0.5;
  const r = q * q;
  return ((polynomial(CENTRE_TOP, r) * r + 2.50662827745924) * q) / (polynomial(CENTRE_BOTTOM, r) * r + 1);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}
