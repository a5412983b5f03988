import type { AddressZone, ZoneRange } from '../facility/zones.ts';

/** Zones as small integers inside a statement. */
export const ZONE_CODES: Readonly<Record<AddressZone, number>> = {
  outside: 0,
  inside: 1,
  remoteAccess: 2,
  relay: 3,
  gateway: 4,
  local: 5,
};

/** What an address is, as SQL: its zone's code, and the path its range is bound to (index into `paths`, -1 for none). */
export interface ZoneSql {
  /** Zone code plus 8 times (path index plus 1). */
  code(hi: string, lo: string): string;
  /** Host key of an inside address, the named host's where the address belongs to one. */
  host(hi: string, lo: string): string;
  /** Key of the one machine behind an inside address: as `host`, but an IPv6 address of no named host is not its /64. */
  machine(hi: string, lo: string): string;
}

/**
 * Returns SQL that classifies addresses by a facility's sorted ranges: a binary decision tree of nested
 * CASEs, so that a thousand ranges cost ten comparisons.
 */
export function zoneSql(ranges: readonly ZoneRange[], paths: readonly string[]): ZoneSql {
  const steps = stepsOf(ranges, (range) =>
    range
      ? ZONE_CODES[range.zone] + 8 * (1 + (range.path === undefined ? -1 : paths.indexOf(range.path)))
      : 0,
  );
  const owners = stepsOf(
    ranges.filter((range) => range.host !== undefined),
    (range) => (range?.host === undefined ? -1n : range.host),
  );
  return {
    code: (hi, lo) => `(${tree(steps, hi, lo)})`,
    host: (hi, lo) => owned(owners, hi, lo, `(CASE WHEN ${hi} = 0 THEN ${lo} ELSE ${hi} END)`),
    machine: (hi, lo) => owned(owners, hi, lo, addressKeySql(hi, lo)),
  };
}

/** Returns SQL for the key of the named host that has an address, `otherwise` where none has. */
function owned(owners: readonly Step[], hi: string, lo: string, otherwise: string): string {
  if (owners.length <= 1) return otherwise;
  const owner = `(${tree(owners, hi, lo)})`;
  return `(CASE WHEN ${owner} >= 0 THEN ${owner}::UBIGINT ELSE ${otherwise} END)`;
}

/** Returns SQL for the key of an outside network: /24 of IPv4, /48 of IPv6. */
export function networkSql(hi: string, lo: string): string {
  return `(CASE WHEN ${hi} = 0 THEN (${lo} >> 8) << 8 ELSE (${hi} >> 16) << 16 END)`;
}

/** Returns SQL for an address as one 64-bit key: an IPv4 address whole, an IPv6 address by its hash, not its network. */
export function addressKeySql(hi: string, lo: string): string {
  return `(CASE WHEN ${hi} = 0 THEN ${lo} ELSE hash(${hi}, ${lo}) END)`;
}

/** From this address on (inclusive) up to the next step, the value holds. */
interface Step {
  readonly hi: bigint;
  readonly lo: bigint;
  readonly value: number | bigint;
}

const HALF = 1n << 64n;

function stepsOf(
  ranges: readonly ZoneRange[],
  value: (range: ZoneRange | undefined) => number | bigint,
): Step[] {
  const steps: Step[] = [{ hi: 0n, lo: 0n, value: value(undefined) }];
  for (const range of ranges) {
    const first = range.first.hi * HALF + range.first.lo;
    const after = range.last.hi * HALF + range.last.lo + 1n;
    push(steps, first, value(range));
    if (after < HALF * HALF) push(steps, after, value(undefined));
  }
  return steps;
}

/** Adds a step; one that begins where the last began replaces it, one of the same value is none. */
function push(steps: Step[], at: bigint, value: number | bigint): void {
  const last = steps.at(-1);
  if (last && last.hi * HALF + last.lo === at) steps.pop();
  if (steps.at(-1)?.value === value) return;
  steps.push({ hi: at / HALF, lo: at % HALF, value });
}

function tree(steps: readonly Step[], hi: string, lo: string): string {
  const middle = steps.length >> 1;
  const pivot = steps[middle];
  if (!pivot || middle === 0) return String(steps[0]?.value ?? 0);
  const before = precedes(pivot, hi, lo);
  const left = tree(steps.slice(0, middle), hi, lo);
  const right = tree(steps.slice(middle), hi, lo);
  return left === right ? left : `CASE WHEN ${before} THEN ${left} ELSE ${right} END`;
}

/** Returns SQL that holds where an address lies before a step. */
function precedes(pivot: Step, hi: string, lo: string): string {
  const pivotHi = `${pivot.hi}::UBIGINT`;
  const pivotLo = `${pivot.lo}::UBIGINT`;
  if (pivot.hi === 0n) return `${hi} = 0 AND ${lo} < ${pivotLo}`;
  if (pivot.lo === 0n) return `${hi} < ${pivotHi}`;
  return `${hi} < ${pivotHi} OR (${hi} = ${pivotHi} AND ${lo} < ${pivotLo})`;
}
