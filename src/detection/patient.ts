/** The patient channels: what a day adds to the evidence of months, statistic by statistic. */
import type { Calibration } from './calibration.ts';
import { PATIENT } from './channels.ts';
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
import { type Work, watch } from './work.ts';

/** Evidence below this (mean R) is about nothing: the channel counts as being at its restart. */
const NOTHING = 30;

/** Learns the day's values of one statistic for the entities [from, to), and bets on nothing. */
export function learnOnly(work: Work, s: number, from: number, to: number): void {
  const { rows } = work;
  const { current } = work.table.columns;
  const values = work.learned[s] as Float64Array;
  for (let i = from; i < to; i++) {
    const at = (rows[i] as number) * PATIENT + s;
    current[at] = (current[at] as number) + (values[i] as number);
  }
}

/** Learns the day's values of one statistic for the entities [from, to), and adds what they bet against their means. */
export function betOnMean(work: Work, s: number, from: number, to: number): void {
  const { table, rows, width, today } = work;
  const { current, expected, meanR, since } = table.columns;
  const values = work.learned[s] as Float64Array;
  const weight = work.weights[s] as number;
  const calibration = table.calibrations[s] as Calibration;
  for (let i = from; i < to; i++) {
    const row = rows[i] as number;
    const value = values[i] as number;
    const at = row * PATIENT + s;
    current[at] = (current[at] as number) + value;
    const usual = expected[at] as number;
    // Nothing is expected of whom nobody can judge yet.
    if (usual === 0) continue;
    const sum = advanceMean(meanR, at * MEANS, meanRatio(value, weight * usual));
    if (sum <= NOTHING * MEANS) since[row * width + s] = today.day;
    if (sum >= calibration.watch) watch(work, row, s, calibration, sum);
  }
}

/** Adds what the z-bet of the family with index `z` makes of the day for the entities [from, to). */
export function betOnZ(work: Work, z: number, from: number, to: number): void {
  const { table, rows, rules, width, today } = work;
  const { expected, zMean, zDeviation, zR, since } = table.columns;
  const s = rules.zColumns[z] as number;
  const values = work.learned[s] as Float64Array;
  const weight = work.weights[s] as number;
  const type = PATIENT + z;
  const calibration = table.calibrations[type] as Calibration;
  for (let i = from; i < to; i++) {
    const row = rows[i] as number;
    if (expected[row * PATIENT + s] === 0) continue;
    const at = row * rules.zColumns.length + z;
    const score = zScore((values[i] as number) / weight, zMean[at] as number, zDeviation[at] as number);
    const sum = advanceZ(zR, at * ZS, score);
    if (sum <= NOTHING * ZS) since[row * width + type] = today.day;
    if (sum >= calibration.watch) watch(work, row, type, calibration, sum);
  }
}

/** Adds the judged days since the row was last seen, all of them without a byte. */
export function idle(work: Work, row: number): void {
  const { table, state, rules, width } = work;
  const c = table.columns;
  const days = state.betDays - 1 - (c.betDay[row] as number);
  if (days <= 0 || !((c.expected[row * PATIENT] as number) > 0)) return;
  const zs = rules.zColumns.length;
  if (days > SLEEP_DAYS) {
    c.meanR.fill(0, row * PATIENT * MEANS, (row + 1) * PATIENT * MEANS);
    c.zR.fill(0, row * zs * ZS, (row + 1) * zs * ZS);
    c.since.fill(work.today.day - 1, row * width, (row + 1) * width);
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

/** Begins the evidence anew of a row's patient channels that are above their thresholds. */
export function restartPassed({ table, rules, width, today }: Work, row: number): void {
  const { meanR, zR, since } = table.columns;
  for (let type = 0; type < width; type++) {
    const isMean = type < PATIENT;
    const from = isMean
      ? (row * PATIENT + type) * MEANS
      : (row * rules.zColumns.length + type - PATIENT) * ZS;
    const bets = (isMean ? meanR : zR).subarray(from, from + (isMean ? MEANS : ZS));
    const { thresholdRaw } = table.calibrations[type] as Calibration;
    if (!(bets.reduce((sum, R) => sum + R, 0) > thresholdRaw)) continue;
    bets.fill(0);
    since[row * width + type] = today.day - 1;
  }
}
