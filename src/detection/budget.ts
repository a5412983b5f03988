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
const CAUTION = 2;

/** What the past of one channel type says, its part of all weights, and the largest multiple that so long a past allows. */
interface Judged {
  readonly history: History;
  readonly weight: number;
  readonly most: number;
}

/**
 * Sets the thresholds of all channel types from their past: each type's share of the budget times the largest common
 * multiple with which the past, told at these thresholds, shows no more leads than the budget: leads, that is entities
 * of a family in a block of 30 days, however many channels saw them. No type's share exceeds the whole budget, and none
 * is multiplied by more than its own past allows.
 * @param alive entities of each table active in the last 30 days.
 */
export function setThresholds(
  tables: readonly Pick<Table, 'calibrations'>[],
  leadsPerWeek: number,
  alive: readonly number[],
): void {
  const all = tables
    .filter(takesPart)
    .reduce((sum, { calibrations }) => calibrations.reduce((more, { type }) => more + type.weight, sum), 0);
  const judged = tables.map(({ calibrations }) => calibrations.map((each) => judgedOf(each, all)));
  const days = Math.max(
    0,
    ...judged
      .flat()
      .filter(speaks)
      .map(({ history }) => history.days),
  );
  const expected = (leadsPerWeek * days) / 7;
  const allowed = expected - CAUTION * Math.sqrt(expected);
  let multiple = 1;
  for (const tried of MULTIPLES) {
    if (tried > provenMultiple(days)) break;
    const leads = judged.reduce(
      (sum, own, t) => sum + leadsAt(own.filter(speaks), alive[t] as number, leadsPerWeek, tried),
      0,
    );
    if (leads > allowed) break;
    multiple = tried;
  }
  tables.forEach(({ calibrations }, t) => {
    calibrations.forEach((calibration, i) => {
      const share = shareOf(judged[t]?.[i] as Judged, multiple);
      recalibrate(calibration, leadsPerWeek * share, alive[t] as number);
    });
  });
}

function judgedOf(calibration: Calibration, all: number): Judged {
  const history = historyOf(calibration);
  return { history, weight: calibration.type.weight / all, most: Math.max(1, provenMultiple(history.days)) };
}

function speaks({ history: { days, maxima } }: Judged): boolean {
  return days >= 7 && maxima.length > 0;
}

/** Returns what of the budget a channel type gets at a multiple. */
function shareOf({ weight, most }: Judged, multiple: number): number {
  return Math.min(1, Math.min(multiple, most) * weight);
}

/** Returns the largest multiple that a past of so many days allows; below 1 while it is too short for any. */
function provenMultiple(days: number): number {
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
function leadsAt(
  family: readonly Judged[],
  entities: number,
  leadsPerWeek: number,
  multiple: number,
): number {
  const flagged = new Set<number>();
  for (const each of family) {
    const { history } = each;
    const level = levelFor(history, leadsPerWeek * shareOf(each, multiple), entities);
    history.blocks.forEach(({ top, rows }, fromFirst) => {
      // Types begin on different days, but their blocks end together: count blocks from the last.
      const block = history.blocks.length - fromFirst;
      for (let k = 0; k < top.length && (top[k] as number) >= level; k++) {
        flagged.add(block * 2 ** 32 + (rows[k] as number));
      }
    });
  }
  return flagged.size;
}
