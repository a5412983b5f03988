import { type Calibration, type History, historyOf, levelFor, recalibrate } from './calibration.ts';
import type { Table } from './state.ts';

/**
 * Multiples of a type's share of the budget that are tried. Channels that see one event spend it together, so the
 * shares may add up to more than the budget as long as the leads do not.
 */
const MULTIPLES: readonly number[] = Array.from({ length: 21 }, (_, i) => 2 ** (i / 2));

/** A short past says little about how channels overlap: no multiple before the first, each doubling after the second. */
const PROVEN_WEEKS = 8;
const DOUBLING_WEEKS = 4;

/** The past is one draw: so many of its standard deviations stay unspent. */
const CAUTION = 1.5;

interface Judged {
  readonly histories: readonly History[];
  readonly weights: readonly number[];
  readonly entities: number;
}

/**
 * Sets the thresholds of all channel types from their past: each type's share of the budget times the largest common
 * multiple with which the past, told at these thresholds, shows no more leads than the budget: leads, that is entities
 * of a family in a block of 30 days, however many channels saw them. No type's share exceeds the whole budget.
 * @param alive entities of each table active in the last 30 days.
 * @param most the largest multiple of each table, of those whose past is shorter than the others'.
 * @returns leads a week for each unit of weight, of each table.
 */
export function setThresholds(
  tables: readonly Pick<Table, 'calibrations'>[],
  leadsPerWeek: number,
  alive: readonly number[],
  most: readonly number[] = [],
): number[] {
  const all = tables
    .filter(takesPart)
    .reduce((sum, { calibrations }) => calibrations.reduce((more, { type }) => more + type.weight, sum), 0);
  const judged = tables.map(({ calibrations }, t): Judged => {
    const scored = calibrations.map(historyOf);
    const histories = scored.filter(({ days, maxima }) => days >= 7 && maxima.length > 0);
    return {
      histories,
      weights: histories.map(({ type }) => type.weight / all),
      entities: alive[t] as number,
    };
  });
  const days = Math.max(0, ...judged.flatMap(({ histories }) => histories.map((history) => history.days)));
  const expected = (leadsPerWeek * days) / 7;
  const allowed = expected - CAUTION * Math.sqrt(expected);
  let multiple = 1;
  const proven = provenMultiple(days);
  for (const tried of MULTIPLES) {
    if (tried > proven) break;
    const leads = judged.reduce((sum, each) => sum + leadsAt(each, leadsPerWeek, tried), 0);
    if (leads > allowed) break;
    multiple = tried;
  }
  return tables.map(({ calibrations }, t) => {
    const own = Math.min(multiple, most[t] ?? multiple);
    for (const calibration of calibrations as Calibration[]) {
      const share = Math.min(1, (own * calibration.type.weight) / all);
      recalibrate(calibration, leadsPerWeek * share, alive[t] as number);
    }
    return (leadsPerWeek * own) / all;
  });
}

/** Returns the largest multiple that a past of so many days allows. */
export function provenMultiple(days: number): number {
  return 2 ** ((days / 7 - PROVEN_WEEKS) / DOUBLING_WEEKS);
}

/** Returns whether a family takes part: a centre that knows no tenants spends nothing on them. */
export function takesPart({ calibrations }: Pick<Table, 'calibrations'>): boolean {
  return calibrations.some(
    ({ type, runningDays, blocks }) =>
      type.family !== 'tenant' || runningDays > 0 || blocks.some(({ days }) => days > 0),
  );
}

/** Entities in blocks that some channel of the family would have flagged. */
function leadsAt({ histories, weights, entities }: Judged, leadsPerWeek: number, multiple: number): number {
  const flagged = new Set<number>();
  histories.forEach((history, i) => {
    const share = Math.min(1, multiple * (weights[i] as number));
    const level = levelFor(history, leadsPerWeek * share, entities);
    history.blocks.forEach(({ top, rows }, fromFirst) => {
      // Types begin on different days, but their blocks end together: count blocks from the last.
      const block = history.blocks.length - fromFirst;
      for (let k = 0; k < top.length && (top[k] as number) >= level; k++) {
        flagged.add(block * 2 ** 32 + (rows[k] as number));
      }
    });
  });
  return flagged.size;
}
