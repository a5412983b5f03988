import { InternalError } from '../errors.ts';
import { rollingTo, rollRow, weekOf } from './baseline.ts';
import type { Calibration } from './calibration.ts';
import {
  type ChannelType,
  HABIT_STATISTICS,
  LOUD_STATISTICS,
  PATIENT,
  PATIENT_STATISTICS,
  RULES,
} from './channels.ts';
import {
  advanceMean,
  advanceZ,
  idleMean,
  idleZ,
  MEANS,
  meanRatio,
  SLEEP_DAYS,
  ZS,
  zScore,
} from './evidence.ts';
import type { DayStatistics, FamilyDay } from './input.ts';
import type { Lead } from './lead.ts';
import { raiseLead } from './raise.ts';
import { addRow, type DetectionState, type Table } from './state.ts';
import { FIRST_CONTACT_DAYS, HABIT_FIRST_DAY, judgeHabits, judgeLoud, LOUD_DAYS } from './unusual.ts';
import { sinceWidth, type Work, watch } from './work.ts';

/** Days before which nothing is judged and nothing is a lead. */
export const WARM_UP_DAYS = 14;
/** Evidence below this (mean R) is about nothing: the channel counts as being at its restart. */
const NOTHING = 30;
/** One lead per entity and family in so many days. */
const QUIET_DAYS = 30;

/**
 * Judges and learns one day of one family, entity by entity: patient evidence, loud rules, leads.
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
  const work: Work = {
    state,
    table,
    today,
    week,
    rolling: rollingTo(state, table, week),
    weights,
    bets,
    learned: PATIENT_STATISTICS.map((statistic) => family.statistics[statistic]),
    loud: LOUD_STATISTICS.map((statistic) => family.statistics[statistic]),
    habits: HABIT_STATISTICS.map((statistic) => family.statistics[statistic]),
    standings: new Int32Array(4),
    crossings: [],
  };
  const leads: Lead[] = [];
  for (let i = 0; i < family.entities.length; i++) {
    const row = enter(work, family.entities[i] as string);
    if (bets) bet(work, row, i);
    else learnOnly(work, row, i);
    judgeLoud(work, row, i);
    judgeHabits(work, row, i);
    if (work.crossings.length > 0) {
      const lead = settle(work, row);
      if (lead) leads.push(lead);
    }
  }
  return { leads, standings: work.standings };
}

/** Finds or adds the entity's row and brings it up to yesterday. Returns the row. */
function enter(work: Work, key: string): number {
  const { state, table, today, week } = work;
  const known = table.index.get(key);
  const row = known ?? addRow(table, key);
  const c = table.columns;
  if (known === undefined) {
    c.birthWeek[row] = week;
    c.week[row] = week;
    c.birthCoverage[row] = birthCoverage(state, week, today.coverage);
    c.since.fill(today.day - 1, row * sinceWidth(table), (row + 1) * sinceWidth(table));
    if (work.bets) rollRow(work.rolling, row);
  } else {
    if (c.seenDay[row] === today.day) {
      throw new InternalError(`${table.family} ${key} was given twice for day ${today.day}`);
    }
    if (work.bets) idle(work, row);
    if ((c.week[row] as number) < week) rollRow(work.rolling, row);
  }
  const standing = c.standing[row] as number;
  work.standings[standing] = (work.standings[standing] as number) + 1;
  c.seenDay[row] = today.day;
  c.betDay[row] = state.betDays;
  return row;
}

function birthCoverage(state: DetectionState, week: number, today: number): number {
  return state.coverageBeforeWeek + (state.weekCoverage[week % state.weekCoverage.length] as number) - today;
}

/** Adds the judged days since the row was last seen, all of them without a byte. */
function idle(work: Work, row: number): void {
  const { table, state } = work;
  const c = table.columns;
  const days = state.betDays - 1 - (c.betDay[row] as number);
  if (days <= 0 || !((c.expected[row * PATIENT] as number) > 0)) return;
  const zs = RULES[table.family].zColumns.length;
  if (days > SLEEP_DAYS) {
    c.meanR.fill(0, row * PATIENT * MEANS, (row + 1) * PATIENT * MEANS);
    c.zR.fill(0, row * zs * ZS, (row + 1) * zs * ZS);
    c.since.fill(work.today.day - 1, row * (PATIENT + zs), (row + 1) * (PATIENT + zs));
    return;
  }
  for (let s = 0; s < PATIENT; s++) idleMean(c.meanR, (row * PATIENT + s) * MEANS, days);
  for (let z = 0; z < zs; z++) {
    const at = row * zs + z;
    if ((c.zDeviation[at] as number) === 0) continue;
    const quiet = zScore(0, c.zMean[at] as number, c.zDeviation[at] as number);
    idleZ(c.zR, at * ZS, quiet, days);
  }
}

/** Learns the day's values and, where the row is judged, adds today's evidence of every patient channel. */
function bet(work: Work, row: number, i: number): void {
  const { table, weights, learned, today } = work;
  const c = table.columns;
  const { current, expected, meanR, since } = c;
  const { calibrations } = table;
  const width = sinceWidth(table);
  const judged = (expected[row * PATIENT] as number) > 0;
  for (let s = 0; s < PATIENT; s++) {
    const value = (learned[s] as Float64Array)[i] as number;
    current[row * PATIENT + s] = (current[row * PATIENT + s] as number) + value;
    const usual = expected[row * PATIENT + s] as number;
    if (!judged || usual === 0) continue;
    const at = (row * PATIENT + s) * MEANS;
    const ratio = meanRatio(value, (weights[s] as number) * usual);
    const sum = advanceMean(meanR, at, ratio);
    if (sum <= NOTHING * MEANS) since[row * width + s] = today.day;
    const calibration = calibrations[s] as Calibration;
    if (sum >= calibration.watch) watch(work, row, s, calibration, sum);
  }
  if (judged) betOnZ(work, row, i);
}

function betOnZ(work: Work, row: number, i: number): void {
  const { table, weights, learned, today } = work;
  const c = table.columns;
  const { zColumns } = RULES[table.family];
  const width = PATIENT + zColumns.length;
  for (let z = 0; z < zColumns.length; z++) {
    const s = zColumns[z] as number;
    if (c.expected[row * PATIENT + s] === 0) continue;
    const at = row * zColumns.length + z;
    const value = ((learned[s] as Float64Array)[i] as number) / (weights[s] as number);
    const sum = advanceZ(c.zR, at * ZS, zScore(value, c.zMean[at] as number, c.zDeviation[at] as number));
    if (sum <= NOTHING * ZS) c.since[row * width + PATIENT + z] = today.day;
    const calibration = table.calibrations[PATIENT + z] as Calibration;
    if (sum >= calibration.watch) watch(work, row, PATIENT + z, calibration, sum);
  }
}

function learnOnly(work: Work, row: number, i: number): void {
  const { current } = work.table.columns;
  for (let s = 0; s < PATIENT; s++) {
    const at = row * PATIENT + s;
    current[at] = (current[at] as number) + ((work.learned[s] as Float64Array)[i] as number);
  }
}

/** Restarts the channels that crossed; returns the lead unless the entity had one in the last 30 days. */
function settle(work: Work, row: number): Lead | undefined {
  const { state, table, today } = work;
  const c = table.columns;
  const crossings = work.crossings.splice(0);
  const last = (c.leadDay[row] as number) - 1;
  const fresh = work.bets && (last < 0 || today.day - last >= QUIET_DAYS);
  const lead = fresh ? raiseLead(state, table, row, today, crossings) : undefined;
  if (lead) c.leadDay[row] = today.day + 1;
  const width = sinceWidth(table);
  for (const { type } of crossings) {
    // What was shown once is not shown again for a little more.
    if (table.calibrations[type]?.type.bet === 'surpluses') c.surplus[row] = 0;
    if (type >= width) continue;
    if (type < PATIENT) c.meanR.fill(0, (row * PATIENT + type) * MEANS, (row * PATIENT + type + 1) * MEANS);
    else {
      const at = row * (width - PATIENT) + type - PATIENT;
      c.zR.fill(0, at * ZS, (at + 1) * ZS);
    }
    c.since[row * width + type] = today.day;
  }
  return lead;
}

/** Returns the age of the ledger, in days, at which a channel type is scored for the first time. */
export function firstScoredDay(type: ChannelType): number {
  if (type.bet === 'day' || type.bet === 'week' || type.bet === 'month') return HABIT_FIRST_DAY;
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
    for (let i = 0; i < values.length; i++) {
      if (!Number.isSafeInteger(values[i]) || (values[i] as number) < 0) {
        throw new InternalError(
          `detection: ${family.family}.${name} of ${family.entities[i]} is ${values[i]}`,
        );
      }
    }
  }
}
