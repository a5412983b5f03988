import type { Address } from '../records/address.ts';

/** The largest address as one value. */
export const VALUE_MAX = (1n << 128n) - 1n;

const HALF = 0xffff_ffff_ffff_ffffn;

/** Returns an address as one 128-bit value, for arithmetic on ranges. */
export function valueOfAddress({ hi, lo }: Address): bigint {
  return (hi << 64n) | lo;
}

/** Returns the address of a 128-bit value. */
export function addressOfValue(value: bigint): Address {
  return { hi: value >> 64n, lo: value & HALF };
}

/** Returns a negative, zero or positive number as `a` sorts before, with or after `b`. */
export function compareValues(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
