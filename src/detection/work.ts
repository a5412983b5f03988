import type { Rolling } from './baseline.ts';
import type { Calibration } from './calibration.ts';
import { noteScore } from './calibration.ts';
import { type FamilyRules, PATIENT, RULES } from './channels.ts';
import { limitEvidence, MEANS, ZS } from './evidence.ts';
import type { DayStatistics } from './input.ts';
import type { Crossing } from './raise.ts';
import type { DetectionState, Table } from './state.ts';

/** What judging the entities of one family on one day needs at hand. */
export interface Work {
  readonly state: DetectionState;
  readonly table: Table;
  readonly rules: FamilyRules;
  /** Patient channels of an entity; their indices come before all others. */
  readonly width: number;
  readonly today: DayStatistics;
  readonly week: number;
  readonly rolling: Rolling;
  /** w of the day for each learned statistic. */
  readonly weights: Float64Array;
  readonly bets: boolean;
  /** The row of each entity, from when it was entered. */
  readonly rows: Int32Array;
  /** The day's columns: PATIENT_STATISTICS and LOUD_STATISTICS. */
  readonly learned: readonly Float64Array[];
  readonly loud: readonly Float64Array[];
  readonly habits: readonly Float64Array[];
  /** Entities of the day by standing. */
  readonly standings: Int32Array;
  /** How far the bytes of the active entities lie above their habits, as noted so far (common-rise.ts). */
  readonly rises: Float64Array;
  risen: number;
  /** Channels that passed their threshold for the entities at hand. */
  readonly crossings: Crossing[];
}

/** Returns how many patient channels an entity of the table has; their indices come before all others. */
export function sinceWidth(table: Table): number {
  return PATIENT + RULES[table.family].zColumns.length;
}

/** A score that is among the largest of its block, or above the threshold, or both. */
export function watch(work: Work, row: number, type: number, calibration: Calibration, raw: number): void {
  noteScore(calibration, row, raw, work.table.keys);
  if (raw > calibration.thresholdRaw) {
    work.crossings.push({ row, type, logEvidence: Math.log(raw / calibration.type.mixture) });
  }
  const { table, rules } = work;
  if (type < PATIENT) limitEvidence(table.columns.meanR, (row * PATIENT + type) * MEANS, MEANS);
  else if (type < work.width) {
    limitEvidence(table.columns.zR, (row * rules.zColumns.length + type - PATIENT) * ZS, ZS);
  }
}
