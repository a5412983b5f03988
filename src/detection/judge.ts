import { InternalError } from '../errors.ts';
import { BLOCKS_NEEDED, rollingTo, rollRow, weekOf } from './baseline.ts';
import type { Calibration } from './calibration.ts';
import {
  type ChannelType,
  EARLIEST_WEEKS,
  HABIT_STATISTICS,
  LOUD_STATISTICS,
  PATIENT,
  PATIENT_STATISTICS,
  RULES,
} from './channels.ts';
import { commonRise } from './common-rise.ts';
import type { DayStatistics, FamilyDay, Statistic } from './input.ts';
import type { Lead } from './lead.ts';
import { betOnMean, betOnZ, idle, learnOnly, restartPassed } from './patient.ts';
import { type Crossing, raiseLead } from './raise.ts';
import { findRow } from './row-order.ts';
import { addRow, type DetectionState, type Table } from './state.ts';
import { FIRST_CONTACT_DAYS, HABIT_FIRST_DAY, judgeHabits, judgeLoud, LOUD_DAYS } from './unusual.ts';
import { sinceWidth, type Work } from './work.ts';

/** Days before which nothing is judged and nothing is a lead. */
export const WARM_UP_DAYS = 14;
/** One lead per entity and family in so many days. */
export const QUIET_DAYS = 30;
/** Entities judged together: what is known of so many stays in the processor's cache from channel to channel. */
const BLOCK = 256;

/**
 * Judges and learns one day of one family: patient evidence, loud rules, habits, leads. Block by block, and within one
 * channel by channel; an entity's channels depend on nobody else's, so the order is free.
 * Returns the leads, in the order of the entities, and the number of entities of each standing (STANDING).
 */
export function judgeFamily(
  state: DetectionState,
  table: Table,
  family: FamilyDay,
  today: DayStatistics,
  weights: Float64Array,
  bets: boolean,
): { leads: Lead[]; standings: Int32Array } {
  const week = weekOf(state, today.day);
  const rules = RULES[table.family];
  const { entities, statistics } = family;
  const work: Work = {
    state,
    table,
    rules,
    width: sinceWidth(table),
    today,
    week,
    rolling: rollingTo(state, table, week),
    weights,
    bets,
    rows: new Int32Array(entities.length),
    learned: PATIENT_STATISTICS.map((statistic) => statistics[statistic]),
    loud: LOUD_STATISTICS.map((statistic) => statistics[statistic]),
    habits: HABIT_STATISTICS.map((statistic) => statistics[statistic]),
    standings: new Int32Array(4),
    rises: new Float64Array(entities.length),
    risen: 0,
    crossings: [],
  };
  const leads: Lead[] = [];
  for (let from = 0; from < entities.length; from += BLOCK) {
    const to = Math.min(from + BLOCK, entities.length);
    for (let i = from; i < to; i++) {
      work.rows[i] = enter(work, entities[i] as string, i === 0 ? -1 : (work.rows[i - 1] as number));
    }
    for (let s = 0; s < PATIENT; s++) (bets ? betOnMean : learnOnly)(work, s, from, to);
    for (let z = 0; bets && z < rules.zColumns.length; z++) betOnZ(work, z, from, to);
    judgeLoud(work, from, to);
    judgeHabits(work, from, to);
    if (work.crossings.length > 0) leads.push(...settleBlock(work, from, to));
  }
  table.rise[0] = commonRise(work);
  return { leads, standings: work.standings };
}

/** Finds or adds the entity's row and brings it up to yesterday. Returns the row. */
function enter(work: Work, key: string, after: number): number {
  const { state, table, today, week } = work;
  const known = findRow(table, key, after);
  const row = known ?? addRow(table, key);
  const c = table.columns;
  if (known === undefined) {
    c.birthWeek[row] = week;
    c.week[row] = week;
    c.birthCoverage[row] = birthCoverage(state, week, today.coverage);
    c.since.fill(today.day - 1, row * work.width, (row + 1) * work.width);
    if (work.bets) rollRow(work.rolling, row);
  } else {
    if (c.seenDay[row] === today.day) {
      throw new InternalError(`${table.family} ${key} was given twice for day ${today.day}`);
    }
    if (work.bets) idle(work, row);
    if ((c.week[row] as number) < week) rollRow(work.rolling, row);
    if (endsQuiet(work, row)) restartPassed(work, row);
  }
  const standing = c.standing[row] as number;
  work.standings[standing] = (work.standings[standing] as number) + 1;
  c.seenDay[row] = today.day;
  c.betDay[row] = state.betDays;
  return row;
}

/**
 * Returns whether this is a row's first day after the quiet ones of a lead. In these its evidence went on, so that the past
 * knows how far; what a lead was made of makes no second one.
 */
function endsQuiet({ table, today }: Work, row: number): boolean {
  const { leadDay, seenDay } = table.columns;
  if (leadDay[row] === 0) return false;
  const quietUntil = (leadDay[row] as number) - 1 + QUIET_DAYS;
  return (seenDay[row] as number) < quietUntil && quietUntil <= today.day;
}

function birthCoverage(state: DetectionState, week: number, today: number): number {
  return state.coverageBeforeWeek + (state.weekCoverage[week % state.weekCoverage.length] as number) - today;
}

/** Returns the leads of a block of entities, in their order. */
function settleBlock(work: Work, from: number, to: number): Lead[] {
  const crossings = work.crossings.splice(0);
  const leads: Lead[] = [];
  for (let i = from; i < to; i++) {
    const row = work.rows[i] as number;
    const own = crossings.filter((crossing) => crossing.row === row);
    const lead = own.length > 0 ? settle(work, row, own) : undefined;
    if (lead) leads.push(lead);
  }
  return leads;
}

/** Returns the lead of an entity whose channels crossed, unless it had one in the last 30 days. */
function settle(work: Work, row: number, crossings: readonly Crossing[]): Lead | undefined {
  const { state, table, today } = work;
  const { leadDay, surplus } = table.columns;
  const last = (leadDay[row] as number) - 1;
  const isFresh = work.bets && (last < 0 || today.day - last >= QUIET_DAYS);
  const lead = isFresh ? raiseLead(state, table, row, today, crossings) : undefined;
  if (lead) leadDay[row] = today.day + 1;
  for (const { type } of crossings) {
    const calibration = table.calibrations[type] as Calibration;
    if (lead) calibration.leadsToday += 1;
    // What was shown once is not shown again for a little more.
    if (calibration.type.bet === 'surpluses') surplus[row] = 0;
  }
  return lead;
}

/** Returns the age of the ledger, in days, at which a channel type is scored for the first time. */
export function firstScoredDay(type: ChannelType): number {
  if (type.bet === 'day' || type.bet === 'week' || type.bet === 'month') return HABIT_FIRST_DAY;
  if (type.bet === 'mean' || type.bet === 'z') {
    const earliest = EARLIEST_WEEKS[PATIENT_STATISTICS.indexOf(type.statistic as Statistic)] as number;
    return earliest === 0 ? WARM_UP_DAYS : 7 * (earliest + BLOCKS_NEEDED);
  }
  if (type.bet !== 'loud') return WARM_UP_DAYS;
  return type.statistic === 'largestFirstContactBytes' ? FIRST_CONTACT_DAYS : LOUD_DAYS;
}

/** @throws InternalError when a family's columns are not of one length or a value is no exact integer. */
export function checkShape(family: FamilyDay): void {
  const names: readonly (keyof FamilyDay['statistics'])[] = [
    ...new Set([...PATIENT_STATISTICS, ...LOUD_STATISTICS]),
  ];
  for (const name of names) {
    const values = family.statistics[name];
    if (values.length !== family.entities.length) {
      throw new InternalError(
        `detection: ${family.family}.${name} has ${values.length} values for ${family.entities.length} entities`,
      );
    }
    const wrong = firstInexact(values);
    if (wrong >= 0) {
      throw new InternalError(
        `detection: ${family.family}.${name} of ${family.entities[wrong]} is ${values[wrong]}`,
      );
    }
  }
}

function firstInexact(values: Float64Array): number {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER && value === Math.floor(value))) return i;
  }
  return -1;
}
