import { InternalError } from '../errors.ts';

/** A registered transfer or an expected decision: what it covers, up to how many bytes, until when. */
export interface Allowance {
  readonly id: string;
  /** Only the parts that are given must match; an empty scope covers everything. */
  readonly scope: {
    readonly host?: string;
    readonly network?: string;
    readonly as?: string;
    readonly path?: string;
    readonly principal?: string;
  };
  /** Bytes that are taken out over the whole life of the allowance. */
  readonly capBytes: number;
  readonly fromDay: number;
  /** The last day on which it holds. */
  readonly expiresOnDay: number;
}

/** What one pair (and principal, where known) sent on a day. */
export interface AllowedPair {
  readonly host: string;
  readonly network: string;
  readonly as: string;
  readonly path: string;
  readonly principal?: string;
  readonly bytesOut: number;
}

/** What is left of a day after its allowances. */
export interface AllowedDay<Pair extends AllowedPair> {
  /** Every pair of the day in the order given, with the bytes that count. */
  readonly counted: readonly Pair[];
  /** Bytes taken from each allowance up to and including this day. */
  readonly usedBytes: ReadonlyMap<string, number>;
}

const SCOPES = ['host', 'network', 'as', 'path', 'principal'] as const;

/**
 * Takes registered transfers and expected traffic out of a day. Exact: counted + taken = given. The answer does
 * not depend on the order of pairs or allowances: caps are used up in the order of the pairs' keys, the allowance
 * that expires first before the others.
 * @param usedBytes what each allowance had taken before this day.
 * @throws InternalError when a number is not an exact non-negative integer.
 */
export function applyAllowances<Pair extends AllowedPair>(
  pairs: readonly Pair[],
  allowances: readonly Allowance[],
  day: number,
  usedBytes: ReadonlyMap<string, number> = new Map(),
): AllowedDay<Pair> {
  const valid = allowances
    .filter((allowance) => allowance.fromDay <= day && day <= allowance.expiresOnDay)
    .sort((a, b) => a.expiresOnDay - b.expiresOnDay || compare(a.id, b.id));
  const used = new Map(usedBytes);
  const order = pairs.map((pair, i) => ({ i, key: keyOf(pair) }));
  order.sort((a, b) => compare(a.key, b.key));
  const counted = [...pairs];
  for (const { i } of order) {
    const pair = pairs[i] as Pair;
    let left = exact(pair.bytesOut, 'bytesOut of a pair');
    for (const allowance of valid) {
      if (left === 0 || !covers(allowance, pair)) continue;
      const before = exact(used.get(allowance.id) ?? 0, `bytes used of ${allowance.id}`);
      const taken = Math.min(left, Math.max(0, exact(allowance.capBytes, `cap of ${allowance.id}`) - before));
      used.set(allowance.id, before + taken);
      left -= taken;
    }
    if (left !== pair.bytesOut) counted[i] = { ...pair, bytesOut: left };
  }
  return { counted, usedBytes: used };
}

/** Returns whether an allowance's scope covers a pair. */
export function covers({ scope }: Allowance, pair: AllowedPair): boolean {
  return SCOPES.every((part) => scope[part] === undefined || scope[part] === pair[part]);
}

function keyOf(pair: AllowedPair): string {
  return JSON.stringify([...SCOPES.map((part) => pair[part] ?? ''), String(pair.bytesOut).padStart(17, '0')]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function exact(value: number, what: string): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InternalError(`${what} is ${value}, no exact byte count`);
  return value;
}
