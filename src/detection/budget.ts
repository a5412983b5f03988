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

/** The past is one draw: so many of its standard deviations stay unspent, of all of it and of its last blocks. */
const CAUTION = { whole: 1.5, recent: 1 } as const;
/** Where life grows or moves on, the last months say more about the next week than the year does. */
const RECENT_BLOCKS = 4;

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
  const speaking = judged.map((own) => own.filter(speaks));
  const daysWithin = (blocks: number) =>
    Math.max(0, ...speaking.flat().map(({ history }) => daysOf(history.blocks.slice(-blocks))));
  const days = daysWithin(Number.POSITIVE_INFINITY);
  const allowed = {
    whole: allowedIn(days, leadsPerWeek, CAUTION.whole),
    recent: allowedIn(daysWithin(RECENT_BLOCKS), leadsPerWeek, CAUTION.recent),
  };
  let multiple = 1;
  for (const tried of MULTIPLES) {
    if (tried > provenMultiple(days)) break;
    const leads = { whole: 0, recent: 0 };
    for (const [t, own] of speaking.entries()) {
      const told = leadsAt(own, alive[t] as number, leadsPerWeek, tried);
      leads.whole += told.whole;
      leads.recent += told.recent;
    }
    if (leads.whole > allowed.whole || leads.recent > allowed.recent) break;
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

function daysOf(blocks: History['blocks']): number {
  return blocks.reduce((sum, { days }) => sum + days, 0);
}

/** Leads that a past of some days may show. */
function allowedIn(days: number, leadsPerWeek: number, caution: number): number {
  const expected = (leadsPerWeek * days) / 7;
  return expected - caution * Math.sqrt(expected);
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

/** Entities in blocks that some channel of the family would have flagged: in all of the past, and in its last blocks. */
function leadsAt(
  family: readonly Judged[],
  entities: number,
  leadsPerWeek: number,
  multiple: number,
): { whole: number; recent: number } {
  const flagged = new Set<number>();
  let recent = 0;
  for (const each of family) {
    const { history } = each;
    const level = levelFor(history, leadsPerWeek * shareOf(each, multiple), entities);
    history.blocks.forEach(({ top, rows }, fromFirst) => {
      // Types begin on different days, but their blocks end together: count blocks from the last.
      const block = history.blocks.length - fromFirst;
      for (let k = 0; k < top.length && (top[k] as number) >= level; k++) {
        const entity = block * 2 ** 32 + (rows[k] as number);
        if (block <= RECENT_BLOCKS && !flagged.has(entity)) recent += 1;
        flagged.add(entity);
      }
    });
  }
  return { whole: flagged.size, recent };
}
