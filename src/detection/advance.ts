import { assertIdentity } from '../errors.ts';
import { DAY_FAMILIES } from '../records/day-statistics.ts';
import { passBalance, withBalance } from './balance-leads.ts';
import {
  BALANCE_DAYS,
  balanceTables,
  closeBalanceBlock,
  forgetBalance,
  setOwnThresholds,
} from './balance-state.ts';
import { exposureOf, learnWeekdays, weekOf } from './baseline.ts';
import { setThresholds } from './budget.ts';
import { BLOCK_DAYS, closeBlock, closeDay, isRefuted } from './calibration.ts';
import { PATIENT, PATIENT_STATISTICS, UNITS } from './channels.ts';
import type { DayStatistics, Family, FamilyDay, Statistic } from './input.ts';
import { checkShape, firstScoredDay, judgeFamily, WARM_UP_DAYS } from './judge.ts';
import type { Lead } from './lead.ts';
import { learnFromPeers } from './peers.ts';
import { orderRows } from './row-order.ts';
import {
  COVERAGE_WEEKS,
  type DetectionState,
  FORGET_DAYS,
  PROMISE_DAYS,
  RING_WEEKS,
  removeRow,
  STANDING,
  type Table,
} from './state.ts';

/** A day observed less than this is neither judged nor learned. */
export const LEAST_COVERAGE = 0.5;
const ALIVE_DAYS = 30;

/** Entities active today without a full baseline of their own, by family. */
export type Warming = Record<Family, { unjudged: number; peers: number; young: number }>;

/** What one day's judgement came to. */
export interface DayVerdict {
  readonly day: number;
  readonly judged: boolean;
  /** Why the day was not judged; empty when it was. */
  readonly because: string;
  readonly leads: readonly Lead[];
  /** Entities active today without a full baseline: not judged, judged as their peers, under four weeks of their own. */
  readonly warming: Readonly<Warming>;
}

/**
 * Advances the state by one day, in place, and returns the day's leads. Days must come in order; days
 * left out count as blind. The cost depends on the entities active that day, not on the length of history.
 * @throws InternalError when the day is not after the last one.
 */
export function advance(state: DetectionState, today: DayStatistics): DayVerdict {
  assertIdentity(
    Number.isInteger(today.day) && today.day > state.lastDay,
    () => `detection was given day ${today.day} after day ${state.lastDay}: days must come in order`,
  );
  if (state.firstDay < 0) state.firstDay = today.day;
  else for (let day = state.lastDay + 1; day < today.day; day++) beginDay(state, day);
  beginDay(state, today.day);
  const warming = noWarming();
  if (!(today.coverage >= LEAST_COVERAGE)) {
    passBalance(state, today);
    return { day: today.day, judged: false, because: blindWords(today.coverage), leads: [], warming };
  }
  const leads = judgeDay(state, today, warming);
  const age = today.day - state.firstDay;
  const because =
    age < WARM_UP_DAYS ? `the ledger holds ${age + 1} of the ${WARM_UP_DAYS} days it takes to judge` : '';
  return { day: today.day, judged: because === '', because, leads, warming };
}

/**
 * Notes that a sensor or the perimeter changed on a day: for 28 days the promise is unproven.
 */
export function noteChange(state: DetectionState, day: number): void {
  state.changedDay = Math.max(state.changedDay, day);
}

function judgeDay(state: DetectionState, today: DayStatistics, warming: Warming): Lead[] {
  const bets = today.day - state.firstDay >= WARM_UP_DAYS;
  state.judgedDays += 1;
  state.blindDays -= 1;
  if (bets) state.betDays += 1;
  state.weekCoverage[weekOf(state, today.day) % COVERAGE_WEEKS] =
    (state.weekCoverage[weekOf(state, today.day) % COVERAGE_WEEKS] as number) + today.coverage;
  if (today.coverage >= 0.9) state.fullDaysOfWeek += 1;
  let leads: Lead[] = [];
  for (const table of state.tables) {
    const weights = exposeDay(state, table, today);
    // Without a tenant there is nothing to learn about tenants.
    const isKnown = table.family !== 'tenant' || table.keys.length > 0;
    for (const calibration of isKnown ? table.calibrations : []) {
      if (today.day - state.firstDay >= firstScoredDay(calibration.type)) calibration.runningDays += 1;
    }
    const family = today.families.find((candidate) => candidate.family === table.family);
    if (!family) continue;
    checkShape(family);
    addWeekTotals(state, table, family, today.day);
    const judged = judgeFamily(state, table, family, today, weights, bets);
    leads.push(...judged.leads);
    warming[table.family] = countStandings(judged.standings);
  }
  for (const { calibrations } of state.tables) calibrations.forEach(closeDay);
  leads = withBalance(state, today, leads);
  state.leadCounts[(today.day - state.firstDay) % PROMISE_DAYS] = bets ? leads.length : -1;
  return leads;
}

/** What every day begins with, observed or not: weeks and blocks end, thresholds are set, also where the day before refuted one, the dead forgotten. */
function beginDay(state: DetectionState, day: number): void {
  const age = day - state.firstDay;
  state.lastDay = day;
  state.blindDays += 1;
  state.leadCounts[age % PROMISE_DAYS] = -1;
  if (age > 0 && age % 7 === 0) beginWeek(state, day, age / 7);
  else if (refutedOn(state, day - 1)) spendBudget(state, day);
  if (age > 0 && age % BLOCK_DAYS === 0) {
    for (const table of state.tables) table.calibrations.forEach(closeBlock);
    if (state.balance) closeBalanceBlock(state.balance);
  }
}

function beginWeek(state: DetectionState, day: number, week: number): void {
  state.coverageBeforeWeek += state.weekCoverage[(week - 1) % COVERAGE_WEEKS] as number;
  state.weekCoverage[week % COVERAGE_WEEKS] = 0;
  for (const table of state.tables) {
    learnWeekdays(table, state.fullDaysOfWeek === 7);
    table.exposure.fill(0, (week % (RING_WEEKS + 1)) * PATIENT, ((week % (RING_WEEKS + 1)) + 1) * PATIENT);
    forgetTheDead(table, day);
    orderRows(table);
    learnFromPeers(table, day);
  }
  if (week >= 2) spendBudget(state, day);
  state.fullDaysOfWeek = 0;
}

/** Returns whether leads of a day were one too many for the threshold of a channel: the next week is too long to wait. */
function refutedOn(state: DetectionState, day: number): boolean {
  if (!((state.leadCounts[(day - state.firstDay) % PROMISE_DAYS] as number) > 0)) return false;
  return state.tables.some(({ calibrations }) => calibrations.some(isRefuted));
}

/** The balance takes its share once it can be judged. */
function spendBudget(state: DetectionState, day: number): void {
  const { balance, tables, leadsPerWeek } = state;
  const alive = tables.map((table) => aliveOn(table, day));
  if (balance) forgetBalance(balance, day);
  if (!balance || day - balance.firstDay < BALANCE_DAYS) {
    setThresholds(tables, leadsPerWeek, alive);
    return;
  }
  const all = [...tables, ...balanceTables(balance)];
  setThresholds(all, leadsPerWeek, [...alive, balance.principals.index.size, 1]);
  setOwnThresholds(balance);
}

/** Returns the entities of a table active in the last days. */
function aliveOn({ keys, columns }: Table, day: number): number {
  let alive = 0;
  for (let row = 0; row < keys.length; row++) {
    if (keys[row] !== '' && (columns.seenDay[row] as number) >= day - ALIVE_DAYS) alive += 1;
  }
  return alive;
}

function forgetTheDead(table: Table, day: number): void {
  for (let row = 0; row < table.keys.length; row++) {
    if (table.keys[row] !== '' && (table.columns.seenDay[row] as number) < day - FORGET_DAYS)
      removeRow(table, row);
  }
}

/** Adds the day's exposure and returns the weights w of the day: coverage times weekday factor, per statistic. */
function exposeDay(state: DetectionState, table: Table, today: DayStatistics): Float64Array {
  const age = today.day - state.firstDay;
  const slot = (weekOf(state, today.day) % (RING_WEEKS + 1)) * PATIENT;
  const weights = new Float64Array(PATIENT);
  for (let s = 0; s < PATIENT; s++) {
    // Of counts a gap hides less than its share: who sends for hours is seen in one of them.
    const seen = UNITS[s] === 1 ? 1 : today.coverage;
    const weight = seen * (table.factors[(age % 7) * PATIENT + s] as number);
    weights[s] = weight;
    table.exposure[slot + s] = exposureOf(table, weekOf(state, today.day), s) + weight;
  }
  return weights;
}

function addWeekTotals(state: DetectionState, table: Table, family: FamilyDay, day: number): void {
  const at = ((day - state.firstDay) % 7) * PATIENT;
  for (let s = 0; s < PATIENT; s++) {
    const values = family.statistics[PATIENT_STATISTICS[s] as Statistic];
    let total = 0;
    for (let i = 0; i < values.length; i++) total += values[i] as number;
    table.weekTotals[at + s] = total;
  }
}

function countStandings(counts: Int32Array): Warming[Family] {
  return {
    unjudged: counts[STANDING.unjudged] as number,
    peers: counts[STANDING.peers] as number,
    young: counts[STANDING.young] as number,
  };
}

function noWarming(): Warming {
  const none = DAY_FAMILIES.map((family) => [family, { unjudged: 0, peers: 0, young: 0 }]);
  return Object.fromEntries(none) as Warming;
}

function blindWords(coverage: number): string {
  const share = Math.round(100 * (Number.isFinite(coverage) ? coverage : 0));
  return `${share} % of the day was observed: a day under ${100 * LEAST_COVERAGE} % is neither judged nor learned`;
}
