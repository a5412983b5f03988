import { InternalError } from '../errors.ts';
import { rollRow, weekOf } from './baseline.ts';
import { type Calibration, noteScore } from './calibration.ts';
import {
  type ChannelType,
  HABIT_STATISTICS,
  HABITS,
  LOUD,
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
  limitEvidence,
  MEANS,
  meanRatio,
  SLEEP_DAYS,
  ZS,
  zScore,
} from './evidence.ts';
import { CLIP_BYTES, type DayStatistics, type FamilyDay } from './input.ts';
import type { Lead } from './lead.ts';
import { HABIT, LEAST_UNUSUAL, learnSilence, levelOf, SPEEDS, scoreLevel } from './levels.ts';
import { type Crossing, raiseLead } from './raise.ts';
import { addRow, type DetectionState, type Table } from './state.ts';

/** Days before which nothing is judged and nothing is a lead. */
export const WARM_UP_DAYS = 14;
/** Days after which the rule of first contacts begins: before, every contact is a first one. */
const FIRST_CONTACT_DAYS = 14;
/** Age of the ledger from which habits are known. */
const HABIT_FIRST_DAY = 14;
/** Less than this is never a record to be broken: a day or an hour, and a first contact, in bytes. */
const LEAST_RECORDS: readonly number[] = [CLIP_BYTES[0], CLIP_BYTES[0], CLIP_BYTES[1]];
/** Days of the ledger before which no day is called loud. */
const LOUD_DAYS = 7;
/** Evidence below this (mean R) is about nothing: the channel counts as being at its restart. */
const NOTHING = 30;
/** One lead per entity and family in so many days. */
const QUIET_DAYS = 30;

/** What judging the entities of one family on one day needs at hand. */
interface Work {
  readonly state: DetectionState;
  readonly table: Table;
  readonly today: DayStatistics;
  readonly week: number;
  /** w of the day for each learned statistic. */
  readonly weights: Float64Array;
  readonly bets: boolean;
  /** The day's columns: PATIENT_STATISTICS and LOUD_STATISTICS. */
  readonly learned: readonly Float64Array[];
  readonly loud: readonly Float64Array[];
  readonly habits: readonly Float64Array[];
  /** Entities of the day by standing. */
  readonly standings: Int32Array;
  /** Channels that passed their threshold for the entity at hand. */
  readonly crossings: Crossing[];
}

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
  const work: Work = {
    state,
    table,
    today,
    week: weekOf(state, today.day),
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
    if (work.bets) rollRow(state, table, row, week);
  } else {
    if (c.seenDay[row] === today.day) {
      throw new InternalError(`${table.family} ${key} was given twice for day ${today.day}`);
    }
    if (work.bets) idle(work, row);
    if ((c.week[row] as number) < week) rollRow(state, table, row, week);
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

function sinceWidth(table: Table): number {
  return PATIENT + RULES[table.family].zColumns.length;
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

/**
 * Scores the day against the largest day, hour and first contact that the entity (or, for a newcomer, 95 % of
 * its peers; never less than the peers' median) had before, and then remembers it.
 */
function judgeLoud(work: Work, row: number, i: number): void {
  const { state, table, today } = work;
  const { loudMax } = table.columns;
  const age = today.day - state.firstDay;
  for (let l = 0; l < LOUD; l++) {
    const value = (work.loud[l] as Float64Array)[i] as number;
    const known = loudMax[row * LOUD + l] as number;
    const isContact = l === LOUD - 1;
    if (isContact && age < FIRST_CONTACT_DAYS) continue;
    if (value > known) loudMax[row * LOUD + l] = value;
    const peers = table.loudPrior[known > 0 ? l : LOUD + l] as number;
    if (known === 0 && peers === 0) continue;
    const record = Math.max(known, peers, LEAST_RECORDS[l] as number);
    if (age < LOUD_DAYS || value === 0) continue;
    const type = sinceWidth(table) + l;
    const calibration = table.calibrations[type] as Calibration;
    const ratio = value / record;
    if (ratio >= calibration.watch) watch(work, row, type, calibration, ratio);
  }
}

const scores = new Float64Array(SPEEDS.length);
/** Judged days of silence that a habit still takes in. */
const MOST_SILENCE = 60;

/** Scores the day, the week and the month against the entity's own habit, and learns them. */
function judgeHabits(work: Work, row: number, i: number): void {
  const { table, today, weights, state } = work;
  const c = table.columns;
  const { habitUnit, zeroBeforeBirth } = RULES[table.family];
  const known = c.habitDay[row] as number;
  const since = known === 0 ? state.firstDay : known;
  const silent = zeroBeforeBirth ? Math.min(MOST_SILENCE, today.day - since) : 0;
  c.habitDay[row] = today.day + 1;
  for (let h = 0; h < HABITS; h++) {
    const at = (row * HABITS + h) * HABIT;
    if (silent > 0) learnSilence(c.habits, at, silent);
    const value = ((work.habits[h] as Float64Array)[i] as number) / (weights[PATIENT - 1] as number);
    const judged = scoreLevel(c.habits, at, levelOf(value, habitUnit), scores);
    if (!judged || value < LEAST_UNUSUAL) continue;
    for (let k = 0; k < SPEEDS.length; k++) {
      const score = Math.exp(Math.max(-20, Math.min(600, scores[k] as number)));
      const type = sinceWidth(table) + LOUD + h * SPEEDS.length + k;
      if (score >= (table.calibrations[type] as Calibration).watch) {
        watch(work, row, type, table.calibrations[type] as Calibration, score);
      }
    }
  }
}

function learnOnly(work: Work, row: number, i: number): void {
  const { current } = work.table.columns;
  for (let s = 0; s < PATIENT; s++) {
    const at = row * PATIENT + s;
    current[at] = (current[at] as number) + ((work.learned[s] as Float64Array)[i] as number);
  }
}

/** A score that is among the largest of its block, or above the threshold, or both. */
function watch(work: Work, row: number, type: number, calibration: Calibration, raw: number): void {
  noteScore(calibration, row, raw, work.table.keys);
  if (raw > calibration.thresholdRaw) {
    work.crossings.push({ type, logEvidence: Math.log(raw / calibration.type.mixture) });
  }
  const { table } = work;
  if (type < PATIENT) limitEvidence(table.columns.meanR, (row * PATIENT + type) * MEANS, MEANS);
  else if (type < sinceWidth(table)) {
    const zs = RULES[table.family].zColumns.length;
    limitEvidence(table.columns.zR, (row * zs + type - PATIENT) * ZS, ZS);
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
