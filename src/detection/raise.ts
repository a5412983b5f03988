import { exposureOf, reanchor, weekOf } from './baseline.ts';
import type { Calibration } from './calibration.ts';
import { HABIT_BETS, PATIENT, PATIENT_STATISTICS } from './channels.ts';
import type { DayStatistics } from './input.ts';
import { explainLead, isOneDay, type Lead, type LeadChannel, stableHash } from './lead.ts';
import { SPEED_DAYS, SURPLUSES_DAYS } from './levels.ts';
import { COVERAGE_WEEKS, type DetectionState, RING_WEEKS, type Table } from './state.ts';

/** A channel type (index in its family's calibrations) that passed its threshold today, for the entity of a row. */
export interface Crossing {
  readonly row: number;
  readonly type: number;
  readonly logEvidence: number;
}

const BYTES = PATIENT_STATISTICS.indexOf('bytes');

/** Returns the lead of an entity whose channels crossed today, and lets its slow baselines begin again. */
export function raiseLead(
  state: DetectionState,
  table: Table,
  row: number,
  today: DayStatistics,
  crossings: readonly Crossing[],
): Lead {
  const entity = table.keys[row] as string;
  const channels = crossings.map((crossing) => channelOf(table, row, today.day, crossing));
  const sinceDay = Math.min(...channels.map((channel) => channel.sinceDay));
  const { baseline, observed } = levels(state, table, row, today, sinceDay + 1);
  const lead = {
    family: table.family,
    entity,
    raisedOnDay: today.day,
    detectedAtMicros: today.arrivedThroughMicros,
    channels,
    baselineBytesPerDay: baseline,
    observedBytesPerDay: observed,
    changePoint: {
      low: channels.every(({ bet }) => isOneDay(bet)) ? today.day : Math.max(state.firstDay, sinceDay - 6),
      estimate: Math.min(today.day, sinceDay + 1),
      high: today.day,
    },
  };
  reanchor(state, table, row, weekOf(state, today.day));
  // One lead of an entity in thirty days: its day names it, whichever channels have paid by now.
  const id = stableHash([table.family, entity, today.day].join('|'));
  return { id, ...lead, because: explainLead(lead) };
}

function channelOf(table: Table, row: number, day: number, { type, logEvidence }: Crossing): LeadChannel {
  const calibration = table.calibrations[type] as Calibration;
  const { statistic, bet } = calibration.type;
  const width = table.columns.since.length / table.capacity;
  const past = HABIT_BETS.indexOf(bet);
  const isPatient = bet === 'mean' || bet === 'z';
  const days = bet === 'surpluses' ? SURPLUSES_DAYS : past < 0 ? 1 : (SPEED_DAYS[past] as number);
  const sinceDay = isPatient ? (table.columns.since[row * width + type] as number) : day - days;
  return { statistic, bet, logEvidence, threshold: calibration.threshold, sinceDay };
}

/** Mean bytes a day before and since a day, from whole weekly blocks: exact within the week of the change. */
export function levels(
  state: DetectionState,
  table: Table,
  row: number,
  today: DayStatistics,
  fromDay: number,
) {
  const c = table.columns;
  const week = weekOf(state, today.day);
  const fromWeek = Math.max(0, Math.min(week, weekOf(state, fromDay)));
  const before = { bytes: 0, days: 0 };
  const since = { bytes: c.current[row * PATIENT + BYTES] as number, days: exposureOf(table, week, BYTES) };
  for (let w = Math.max(0, week - RING_WEEKS); w < week; w++) {
    const side = w < fromWeek ? before : since;
    side.bytes += c.ring[row * PATIENT * RING_WEEKS + (w % RING_WEEKS) * PATIENT + BYTES] as number;
    side.days += state.weekCoverage[w % COVERAGE_WEEKS] as number;
  }
  return {
    baseline: before.bytes / Math.max(1, before.days),
    observed: since.bytes / Math.max(1, since.days),
  };
}
