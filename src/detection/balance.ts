/**
 * Mass balance as evidence: what left under a name against what that name, or its tenant, made or brought in, and against
 * what it read. A thief can make his streams small and his days ordinary; he does not make the data that he sends. What
 * nothing covers is a weekly series of each principal's own; clipped and summed over all principals it is one more.
 * No theorem: thresholds are calibrated on the past of everybody else, inside the one budget. Without storage logs none of
 * this exists.
 */
import {
  addBeyond,
  addTo,
  BEYONDS,
  beyondUsual,
  COPIES,
  clearWeeks,
  type Roster,
  readsBeyondUsual,
  rowOf,
  type TenantColumns,
  useUp,
  usualADay,
} from './balance-rows.ts';
import {
  BALANCE_DAYS,
  type BalanceCrossing,
  type BalanceState,
  LEARNED_WEEKS,
  OWN,
  READS,
} from './balance-state.ts';
import { type Calibration, noteScore } from './calibration.ts';
import { type BalanceDay, CLIP_BYTES, type DayStatistics } from './input.ts';
import { levelOf, SPEED_DAYS, SPEEDS, scoreLevel } from './levels.ts';

/** A day of which less of the storage logs was there is not judged: what was read or made on it is unknown, not nothing. */
export const LEAST_AUDIT = 0.9;
/** What of the sum of weeks is left after one more: half of it after seven. */
const WEEKLY_KEEPS = 0.9;
/** Sums below this are about nothing, and scores are in this unit. */
const GIGABYTE = 1e9;
/** Nobody counts for more than this on a day of the sum over all, whose levels below a gigabyte are alike. */
const POOL_CLIP_BYTES = CLIP_BYTES[3];

interface Work {
  readonly balance: BalanceState;
  readonly given: BalanceDay;
  readonly day: number;
  readonly week: number;
  readonly isJudged: boolean;
  /** The sum over all principals. */
  pool: number;
  readonly crossings: BalanceCrossing[];
}

/** Takes what was made and read on a day whose egress is not judged. */
export function takeProducts(balance: BalanceState, given: BalanceDay, day: number, week: number): void {
  given.principals.forEach((name, i) => {
    addProducts(balance, given, enter(balance, name, day, week), name, i, week);
  });
}

/**
 * Gives everybody, for a day without storage logs, what they made and read a day of late: it was not nothing, and what was
 * made on it may leave later.
 */
export function missDay(
  balance: BalanceState,
  given: BalanceDay | undefined,
  day: number,
  week: number,
): void {
  if (given) takeProducts(balance, given, day, week);
  const { principals, tenants } = balance;
  const there = new Set(given?.principals);
  const c = principals.columns;
  for (const [name, row] of principals.index) {
    rollPrincipal(balance, row, week);
    if (there.has(name)) continue;
    const made = usualADay(c.made, row, week);
    addTo(c.madeLeft, row, week, COPIES * made);
    addTo(c.readLeft, row, week, COPIES * made + usualADay(c.read, row, week));
  }
  for (const [, row] of tenants.index) {
    rollTenant(tenants, row, week);
    addTo(tenants.columns.madeLeft, row, week, COPIES * usualADay(tenants.columns.made, row, week));
  }
}

/** Judges and learns a day's balance. Returns the channels that crossed, by principal and then the sums over all. */
export function judgeBalance(
  balance: BalanceState,
  given: BalanceDay,
  today: DayStatistics,
  week: number,
): BalanceCrossing[] {
  const isJudged = today.day - balance.firstDay >= BALANCE_DAYS;
  const work: Work = {
    balance,
    given,
    day: today.day,
    week,
    isJudged,
    pool: 0,
    crossings: [],
  };
  if (given.tenantOf.size > 0) balance.hasTenants = true;
  if (isJudged) {
    for (const each of [...balance.calibrations, ...balance.poolCalibrations]) each.runningDays += 1;
  }
  takeProducts(balance, given, today.day, week);
  const sending = today.families.find(({ family }) => family === 'principal');
  // Members of a tenant use up one cover: in the order of their names, whatever order they came in.
  const sent =
    sending?.entities.map((name, i) => [name, sending.statistics.bytes[i] as number] as const) ?? [];
  for (const [name, bytes] of [...sent].sort(([a], [b]) => (a < b ? -1 : 1)))
    coverEgress(work, enter(balance, name, today.day, week), name, bytes);
  if (!isJudged) return [];
  for (const name of given.principals) judgeReads(work, balance.principals.index.get(name) as number);
  work.crossings.sort((a, b) =>
    keyOf(balance, a) < keyOf(balance, b) ? -1 : keyOf(balance, a) > keyOf(balance, b) ? 1 : 0,
  );
  judgePool(work);
  return work.crossings;
}

function keyOf(balance: BalanceState, { row }: BalanceCrossing): string {
  return balance.principals.keys[row] as string;
}

function enter(balance: BalanceState, name: string, day: number, week: number): number {
  const { principals } = balance;
  const { row, isNew } = rowOf(principals, name);
  const c = principals.columns;
  if (isNew) {
    c.week[row] = week;
    c.birthWeek[row] = week;
    c.since.fill(day - 1, row * (BEYONDS + 1), (row + 1) * (BEYONDS + 1));
  } else rollPrincipal(balance, row, week);
  c.seenDay[row] = day;
  return row;
}

/** Ends the weeks of a row that are over: what lay beyond the usual joins its sums. */
function rollPrincipal({ principals, firstWeek }: BalanceState, row: number, week: number): void {
  const learned = firstWeek + LEARNED_WEEKS;
  const c = principals.columns;
  const last = c.week[row] as number;
  for (let done = last; done < week; done++) {
    for (let s = 0; s < BEYONDS; s++) {
      const at = row * BEYONDS + s;
      c.sums[at] = (c.sums[at] as number) * WEEKLY_KEEPS + beyondUsual(c, row, done, s, learned);
    }
    for (const ring of [c.out, c.made, c.read, c.madeLeft, c.readLeft]) clearWeeks(ring, row, done, done + 1);
    clearWeeks(c.beyond, row, done, done + 1, BEYONDS);
  }
  c.week[row] = week;
}

function rollTenant(tenants: Roster<TenantColumns>, row: number, week: number): void {
  const c = tenants.columns;
  for (const ring of [c.made, c.madeLeft]) clearWeeks(ring, row, c.week[row] as number, week);
  c.week[row] = week;
}

function enterTenant({ tenants }: BalanceState, name: string, day: number, week: number): number {
  const { row, isNew } = rowOf(tenants, name);
  if (isNew) tenants.columns.week[row] = week;
  else rollTenant(tenants, row, week);
  tenants.columns.seenDay[row] = day;
  return row;
}

function addProducts(
  balance: BalanceState,
  given: BalanceDay,
  row: number,
  name: string,
  i: number,
  week: number,
): void {
  const c = balance.principals.columns;
  const made = given.bytesMade[i] as number;
  addTo(c.made, row, week, made);
  addTo(c.read, row, week, given.bytesReadFreely[i] as number);
  addTo(c.madeLeft, row, week, COPIES * made);
  addTo(c.readLeft, row, week, COPIES * made + (given.bytesReadMost[i] as number));
  const tenant = given.tenantOf.get(name);
  if (tenant === undefined || made === 0) return;
  const at = enterTenant(balance, tenant, c.seenDay[row] as number, week);
  addTo(balance.tenants.columns.made, at, week, made);
  addTo(balance.tenants.columns.madeLeft, at, week, COPIES * made);
}

function coverEgress(work: Work, row: number, name: string, bytes: number): void {
  const { balance, week, day } = work;
  const c = balance.principals.columns;
  addTo(c.out, row, week, bytes);
  const tenant = work.given.tenantOf.get(name);
  const made = useUp(c.madeLeft, row, week, bytes);
  const read = useUp(c.readLeft, row, week, bytes);
  const shared =
    tenant === undefined
      ? undefined
      : useUp(balance.tenants.columns.madeLeft, enterTenant(balance, tenant, day, week), week, bytes);
  if (week < balance.firstWeek + LEARNED_WEEKS) return;
  [made, shared, read].forEach((open, s) => {
    if (open === undefined) return;
    addBeyond(c, row, week, s, open);
    if (s === OWN) work.pool += Math.min(open, POOL_CLIP_BYTES);
    if (work.isJudged) judgeSum(work, row, s, open);
  });
}

function judgeSum(work: Work, row: number, s: number, open: number): void {
  const { balance, week, day } = work;
  const c = balance.principals.columns;
  const sum =
    (c.sums[row * BEYONDS + s] as number) + beyondUsual(c, row, week, s, balance.firstWeek + LEARNED_WEEKS);
  if (sum < GIGABYTE) c.since[row * (BEYONDS + 1) + s] = day - 1;
  else if (open > 0) note(work, row, s, sum);
}

function judgeReads(work: Work, row: number): void {
  const c = work.balance.principals.columns;
  const bytes = readsBeyondUsual(c, row, work.week);
  if (bytes < GIGABYTE) c.since[row * (BEYONDS + 1) + READS] = work.day - 1;
  else note(work, row, READS, bytes);
}

function note(work: Work, row: number, t: number, bytes: number): void {
  const { balance } = work;
  const calibration = balance.calibrations[t] as Calibration;
  const raw = bytes / GIGABYTE;
  const threshold = balance.without[t]?.get(row) ?? calibration.thresholdRaw;
  if (raw >= calibration.watch) noteScore(calibration, row, raw, balance.principals.keys);
  if (!(raw > threshold)) return;
  const sinceDay = balance.principals.columns.since[row * (BEYONDS + 1) + t] as number;
  work.crossings.push({
    row,
    type: calibration.type,
    logEvidence: Math.log(raw),
    threshold: Math.log(threshold),
    sinceDay,
  });
  // What was shown once is not shown again for a little more.
  if (t < BEYONDS) balance.principals.columns.sums[row * BEYONDS + t] = 0;
}

const scores = new Float64Array(SPEEDS.length);

function judgePool({ balance, pool, day, crossings }: Work): void {
  if (!scoreLevel(balance.poolHabit, 0, levelOf(pool, GIGABYTE), scores)) return;
  SPEEDS.forEach((_, k) => {
    const calibration = balance.poolCalibrations[k] as Calibration;
    const raw = Math.exp(Math.max(-20, Math.min(600, scores[k] as number)));
    if (raw >= calibration.watch) noteScore(calibration, 0, raw, ['centre']);
    if (!(raw > calibration.thresholdRaw)) return;
    crossings.push({
      row: -1,
      type: calibration.type,
      logEvidence: Math.log(raw),
      threshold: calibration.threshold,
      sinceDay: day - (SPEED_DAYS[k] as number),
    });
  });
}
