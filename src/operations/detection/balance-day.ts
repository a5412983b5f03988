import { type ProductSeries, productsOn, storageSensorsOn } from '../../accounting/balance-series.ts';
import { COUNTER_LOOK_BACK_DAYS } from '../../accounting/reads.ts';
import type { BalanceDay, FamilyDay } from '../../detection/input.ts';
import type { Reading } from '../reading.ts';
import { JOB_DAYS } from '../reads-in.ts';

/** What is remembered of a storage log: on which share of its days it said anything, with a memory of two weeks. */
export interface AuditHabit {
  presence: number;
  lastDay: number;
}

/** The storage logs seen so far. Advanced day by day; never looks ahead, so replays agree. */
export type Audits = Map<string, AuditHabit>;

const MEMORY = 1 / 14;
/** A log that speaks on so many of its days is missed on a day without a line. */
const DAILY = 0.9;
/** A log silent for so long is taken down, not missed. */
const GONE_DAYS = 28;

/** Returns whose member somebody is on a day. */
export type TenantOf = (principal: string, day: number) => string | undefined;

/** What storage logs say of a day, before it is known what is missing of them. */
export interface StorageDay {
  /** The logs that said anything, in order. */
  readonly speaking: readonly string[];
  /** Undefined while no log has ever said anything. */
  readonly products?: ProductSeries;
}

/**
 * Returns what storage logs say of a day.
 * @param hasSpoken whether any said anything before.
 */
export async function storageOn(
  { db, factFiles }: Reading,
  cells: readonly string[],
  day: number,
  hasSpoken: boolean,
): Promise<StorageDay> {
  const access = factFiles('access', day - COUNTER_LOOK_BACK_DAYS, day);
  const speaking = await storageSensorsOn(db, access, day);
  if (!hasSpoken && speaking.length === 0) return { speaking };
  const job = factFiles('job', day - JOB_DAYS, day);
  return { speaking, products: await productsOn(db, { cells, reads: { access, job } }, day) };
}

/**
 * Returns what the balance of a day is weighed by; undefined while no storage log has ever said anything.
 * @param families the day's egress: who sent has a tenant too.
 */
export function balanceOf(
  { speaking, products }: StorageDay,
  day: number,
  audits: Audits,
  tenantOf: TenantOf,
  families: readonly FamilyDay[],
): BalanceDay | undefined {
  const watched = observeAudit(audits, speaking, day);
  return products && { watched, ...products, tenantOf: tenantsNamed(products, families, day, tenantOf) };
}

function tenantsNamed(
  { principals }: ProductSeries,
  families: readonly FamilyDay[],
  day: number,
  tenantOf: TenantOf,
): Map<string, string> {
  const senders = families.find(({ family }) => family === 'principal')?.entities ?? [];
  const named = new Map<string, string>();
  for (const principal of [...principals, ...senders]) {
    const tenant = tenantOf(principal, day);
    if (tenant !== undefined) named.set(principal, tenant);
  }
  return named;
}

/** Returns the share of the storage logs in service that spoke on a day, 0 to 1, and takes the day into their habits. */
export function observeAudit(audits: Audits, speaking: readonly string[], day: number): number {
  const there = new Set(speaking);
  for (const sensor of speaking) if (!audits.has(sensor)) audits.set(sensor, { presence: 1, lastDay: day });
  let expected = 0;
  for (const [sensor, habit] of audits) {
    const isThere = there.has(sensor);
    if (!isThere && day - habit.lastDay > GONE_DAYS) continue;
    if (isThere || habit.presence >= DAILY) expected += 1;
    habit.presence += MEMORY * ((isThere ? 1 : 0) - habit.presence);
    if (isThere) habit.lastDay = day;
  }
  return expected === 0 ? 0 : there.size / expected;
}
