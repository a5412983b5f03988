import { COUNTER_LOOK_BACK_DAYS, storageReads } from '../accounting/reads.ts';
import type { Reading } from './reading.ts';

/** What storage logs say that one principal read in a period. */
export interface PrincipalReads {
  readonly low: bigint;
  readonly estimate: bigint;
  readonly high: bigint;
  readonly opensWithoutSize: number;
}

/** A job that reads on a day may have begun so long before. */
export const JOB_DAYS = 30;

const NOTHING: PrincipalReads = { low: 0n, estimate: 0n, high: 0n, opensWithoutSize: 0 };

/** Returns what storage logs say was read from one day to another, both included, by principal; nothing without such logs. */
export async function readsIn(
  { db, factFiles }: Reading,
  fromDay: number,
  toDay: number,
): Promise<Map<string, PrincipalReads>> {
  const access = factFiles('access', fromDay - COUNTER_LOOK_BACK_DAYS, toDay);
  const sums = new Map<string, PrincipalReads>();
  if (access.length === 0) return sums;
  const files = { access, job: factFiles('job', fromDay - JOB_DAYS, toDay) };
  for (const { principal, bytesRead, opensWithoutSize } of await storageReads(db, files, {
    fromDay,
    toDay,
  })) {
    const known = sums.get(principal) ?? NOTHING;
    sums.set(principal, {
      low: known.low + bytesRead.low,
      estimate: known.estimate + bytesRead.estimate,
      high: known.high + bytesRead.high,
      opensWithoutSize: known.opensWithoutSize + opensWithoutSize,
    });
  }
  return sums;
}
