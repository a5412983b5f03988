import type { Calibration } from './calibration.ts';
import { HABIT_STATISTICS, HABITS, LOUD, PATIENT_STATISTICS } from './channels.ts';
import { noteRise } from './common-rise.ts';
import { CLIP_BYTES } from './input.ts';
import { deviationOf, HABIT, LEAST_UNUSUAL, learnSilence, levelOf, SPEEDS, scoreLevel } from './levels.ts';
import type { Table } from './state.ts';
import { beyondEdge, judgeSurplus } from './surplus.ts';
import { type Work, watch } from './work.ts';

/** Days after which the rule of first contacts begins: before, every contact is a first one. */
export const FIRST_CONTACT_DAYS = 14;
/** Age of the ledger from which habits are known. */
export const HABIT_FIRST_DAY = 14;
/** Less than this is never a record to be broken: a day or an hour, and a first contact, in bytes. */
const LEAST_RECORDS: readonly number[] = [CLIP_BYTES[0], CLIP_BYTES[0], CLIP_BYTES[1]];
/** Days of the ledger before which no day is called loud. */
export const LOUD_DAYS = 7;
/** Judged days of silence that a habit still takes in. */
const MOST_SILENCE = 60;
/** Fewer first contacts than this on a day are no lead however unusual. */
const LEAST_CONTACTS = 3;
const BYTES = PATIENT_STATISTICS.indexOf('bytes');
const FIRST_CONTACTS = PATIENT_STATISTICS.indexOf('firstContacts');
const scores = new Float64Array(SPEEDS.length);

/**
 * Scores the day of the entities [from, to) against the largest day, hour and first contact that each (or, for a newcomer,
 * 95 % of its peers; never less than the peers' median) had before, and then remembers it.
 */
export function judgeLoud(work: Work, from: number, to: number): void {
  const age = work.today.day - work.state.firstDay;
  const rules = age < FIRST_CONTACT_DAYS ? LOUD - 1 : LOUD;
  for (let l = 0; l < rules; l++) judgeRecords(work, l, age >= LOUD_DAYS, from, to);
}

function judgeRecords(work: Work, l: number, isScored: boolean, from: number, to: number): void {
  const { table, rows } = work;
  const { loudMax } = table.columns;
  const values = work.loud[l] as Float64Array;
  const [median, most] = [table.loudPrior[l] as number, table.loudPrior[LOUD + l] as number];
  const least = LEAST_RECORDS[l] as number;
  const type = work.width + l;
  const calibration = table.calibrations[type] as Calibration;
  for (let i = from; i < to; i++) {
    const row = rows[i] as number;
    const value = values[i] as number;
    const known = loudMax[row * LOUD + l] as number;
    if (value > known) loudMax[row * LOUD + l] = value;
    const peers = known > 0 ? median : most;
    if ((known === 0 && peers === 0) || !isScored || value === 0) continue;
    const ratio = value / Math.max(known, peers, least);
    if (ratio >= calibration.watch) watch(work, row, type, calibration, ratio);
  }
}

/** Scores the day, the week and the month of the entities [from, to) against the habit of each, and learns them. */
export function judgeHabits(work: Work, from: number, to: number): void {
  const { table, today, state, rows } = work;
  const counts = today.day - state.firstDay >= FIRST_CONTACT_DAYS;
  for (let h = 0; h < HABITS; h++)
    if (HABIT_STATISTICS[h] === 'bytes' || counts) judgeHabit(work, h, from, to);
  const { habitDay } = table.columns;
  for (let i = from; i < to; i++) habitDay[rows[i] as number] = today.day + 1;
}

function judgeHabit(work: Work, h: number, from: number, to: number): void {
  const { table, today, state, rules, rows } = work;
  const { habits, habitDay } = table.columns;
  const isCount = HABIT_STATISTICS[h] !== 'bytes';
  const unit = isCount ? 1 : rules.habitUnit;
  const leastValue = isCount ? LEAST_CONTACTS : LEAST_UNUSUAL;
  const weight = work.weights[isCount ? FIRST_CONTACTS : BYTES] as number;
  const values = work.habits[h] as Float64Array;
  const first = work.width + LOUD + h * SPEEDS.length;
  const leastScores = leastScoresOf(table, first);
  const rise = isCount ? 0 : (table.rise[0] as number);
  for (let i = from; i < to; i++) {
    const row = rows[i] as number;
    const at = (row * HABITS + h) * HABIT;
    const known = habitDay[row] as number;
    const since = known === 0 ? state.firstDay : known;
    const silent = rules.zeroBeforeBirth ? Math.min(MOST_SILENCE, today.day - since) : 0;
    if (silent > 0) learnSilence(habits, at, silent);
    const value = (values[i] as number) / weight;
    const level = value === 0 ? 0 : levelOf(value, unit);
    const deviation = deviationOf(habits, at);
    const beyond = isCount ? 0 : beyondEdge(habits, at, deviation, level, value, unit, rise);
    if (!isCount && value > 0) noteRise(work, level - (habits[at] as number), habits[at + 2] as number);
    if (!scoreLevel(habits, at, level, scores, deviation, rise)) continue;
    if (!isCount) judgeSurplus(work, row, beyond, Math.max(1, today.day + 1 - since));
    if (value < leastValue) continue;
    for (let k = 0; k < SPEEDS.length; k++) {
      const score = Math.max(-20, Math.min(600, scores[k] as number));
      if (score < (leastScores[k] as number)) continue;
      const raw = Math.exp(score);
      const calibration = table.calibrations[first + k] as Calibration;
      if (raw >= calibration.watch) watch(work, row, first + k, calibration, raw);
    }
  }
}

/** Scores (logarithms) so far below what is watched that their exponential need not be known; it only ever rises within a day. */
function leastScoresOf(table: Table, first: number): number[] {
  return SPEEDS.map(
    (_, k) => Math.log(Math.max(0, (table.calibrations[first + k] as Calibration).watch)) - 1e-9,
  );
}
