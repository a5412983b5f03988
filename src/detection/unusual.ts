import type { Calibration } from './calibration.ts';
import { HABIT_STATISTICS, HABITS, LOUD, PATIENT_STATISTICS, RULES } from './channels.ts';
import { CLIP_BYTES } from './input.ts';
import { HABIT, LEAST_UNUSUAL, learnSilence, levelOf, SPEEDS, scoreLevel } from './levels.ts';
import { edgeOf, judgeSurplus } from './surplus.ts';
import { sinceWidth, type Work, watch } from './work.ts';

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
 * Scores the day against the largest day, hour and first contact that the entity (or, for a newcomer, 95 % of
 * its peers; never less than the peers' median) had before, and then remembers it.
 */
export function judgeLoud(work: Work, row: number, i: number): void {
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

/** Scores the day, the week and the month against the entity's own habit, and learns them. */
export function judgeHabits(work: Work, row: number, i: number): void {
  const { table, today, weights, state } = work;
  const c = table.columns;
  const { habitUnit, zeroBeforeBirth } = RULES[table.family];
  const known = c.habitDay[row] as number;
  const since = known === 0 ? state.firstDay : known;
  const silent = zeroBeforeBirth ? Math.min(MOST_SILENCE, today.day - since) : 0;
  c.habitDay[row] = today.day + 1;
  for (let h = 0; h < HABITS; h++) {
    const at = (row * HABITS + h) * HABIT;
    const isCount = HABIT_STATISTICS[h] !== 'bytes';
    if (isCount && today.day - state.firstDay < FIRST_CONTACT_DAYS) continue;
    if (silent > 0) learnSilence(c.habits, at, silent);
    const weight = weights[isCount ? FIRST_CONTACTS : BYTES] as number;
    const value = ((work.habits[h] as Float64Array)[i] as number) / weight;
    const edge = isCount ? 0 : edgeOf(c.habits, at, habitUnit);
    const judged = scoreLevel(c.habits, at, levelOf(value, isCount ? 1 : habitUnit), scores);
    if (judged && !isCount)
      judgeSurplus(work, row, Math.max(0, value - edge), Math.max(1, today.day + 1 - since));
    if (!judged || value < (isCount ? LEAST_CONTACTS : LEAST_UNUSUAL)) continue;
    for (let k = 0; k < SPEEDS.length; k++) {
      const score = Math.exp(Math.max(-20, Math.min(600, scores[k] as number)));
      const type = sinceWidth(table) + LOUD + h * SPEEDS.length + k;
      if (score >= (table.calibrations[type] as Calibration).watch) {
        watch(work, row, type, table.calibrations[type] as Calibration, score);
      }
    }
  }
}
