import { EARLIEST_WEEKS, type FamilyRules, PATIENT, RULES, UNITS } from './channels.ts';
import { COVERAGE_WEEKS, type DetectionState, RING_WEEKS, STANDING, type Table } from './state.ts';

/** Whole weeks between today and the newest block of the baseline, so that a theft does not teach it at once. */
const LAG_WEEKS = 4;
/** Blocks that an entity needs for a baseline of its own; two for those that were there from the beginning. */
export const BLOCKS_NEEDED = 4;
const BLOCKS_NEEDED_AT_FIRST = 2;
/** A block with fewer observed days than this says nothing. */
const LEAST_EXPOSURE = 3.5;
/** The slow copy forgets half in 26 weeks. */
const SLOW_KEEPS = Math.exp(-Math.LN2 / 26);
/** The baseline stays under these multiples of the slow and of the frozen copy. */
const OVER_SLOW = 2;
const OVER_FROZEN = 4;

/** Returns the week of a day, counted from the first day of the ledger. */
export function weekOf(state: DetectionState, day: number): number {
  return Math.floor((day - state.firstDay) / 7);
}

/** Returns the exposure (days, weighted by weekday) of one week for one learned statistic. */
export function exposureOf(table: Table, week: number, column: number): number {
  return table.exposure[(week % (RING_WEEKS + 1)) * PATIENT + column] as number;
}

/** What bringing rows up to one week has in common for all rows of a table; made once a day. */
export interface Rolling {
  readonly state: DetectionState;
  readonly table: Table;
  readonly week: number;
  /** Blocks of a baseline by its earliest week, from `week` - RING_WEEKS on; made when first asked for. */
  readonly blocksFrom: (Blocks | undefined)[];
  readonly rules: FamilyRules;
  /** The least that is expected of each statistic, and its place among the z-bets or -1. */
  readonly floors: Float64Array;
  readonly zs: Int32Array;
}

/** The well-watched weeks that a baseline is taken from; RING_WEEKS places for each statistic. */
interface Blocks {
  readonly count: Int32Array;
  /** Where each lies in a row's ring, its exposure, and the sum of these. */
  readonly slots: Int32Array;
  readonly days: Float64Array;
  readonly exposure: Float64Array;
}

/** Prepares to bring rows of a table up to a week. */
export function rollingTo(state: DetectionState, table: Table, week: number): Rolling {
  const rules = RULES[table.family];
  const floors = Float64Array.from(UNITS, (unit, s) => (rules.floorUnits[s] as number) * unit);
  const zs = Int32Array.from(UNITS, (_, s) => rules.zColumns.indexOf(s));
  return { state, table, week, blocksFrom: [], rules, floors, zs };
}

/**
 * Brings a row's weekly blocks up to the running week and computes what is expected of it.
 * Weeks in which the entity was not seen are blocks of zero.
 */
export function rollRow(rolling: Rolling, row: number): void {
  const { state, table, week } = rolling;
  const c = table.columns;
  for (let done = c.week[row] as number; done < week; done++) finishWeek(state, table, row, done);
  c.week[row] = week;
  expect(rolling, row);
}

function finishWeek(state: DetectionState, table: Table, row: number, week: number): void {
  const { slowCoverage, current, ring, long, slow } = table.columns;
  const watched = state.weekCoverage[week % COVERAGE_WEEKS] as number;
  const to = row * PATIENT * RING_WEEKS + (week % RING_WEEKS) * PATIENT;
  slowCoverage[row] = (slowCoverage[row] as number) * SLOW_KEEPS + watched;
  for (let s = 0; s < PATIENT; s++) {
    const at = row * PATIENT + s;
    const sum = current[at] as number;
    ring[to + s] = sum;
    if (week >= (EARLIEST_WEEKS[s] as number)) long[at] = (long[at] as number) + sum;
    slow[at] = (slow[at] as number) * SLOW_KEEPS + sum;
    current[at] = 0;
  }
}

/** Returns the blocks of baselines that go back to a week: t−84…t−28, or the first four whole weeks while there is less. */
function blocksFrom({ table, week, blocksFrom: made }: Rolling, born: number): Blocks {
  const earliest = Math.max(born, week - RING_WEEKS);
  const known = made[earliest - week + RING_WEEKS];
  if (known) return known;
  const places = PATIENT * RING_WEEKS;
  const blocks: Blocks = {
    count: new Int32Array(PATIENT),
    slots: new Int32Array(places),
    days: new Float64Array(places),
    exposure: new Float64Array(PATIENT),
  };
  for (let s = 0; s < PATIENT; s++) {
    const from = Math.max(earliest, EARLIEST_WEEKS[s] as number);
    const to = Math.max(week - LAG_WEEKS - 1, Math.min(week - 1, from + BLOCKS_NEEDED - 1));
    for (let w = from; w <= to; w++) {
      const days = exposureOf(table, w, s);
      if (days < LEAST_EXPOSURE) continue;
      const at = s * RING_WEEKS + (blocks.count[s] as number);
      blocks.slots[at] = (w % RING_WEEKS) * PATIENT + s;
      blocks.days[at] = days;
      blocks.exposure[s] = (blocks.exposure[s] as number) + days;
      blocks.count[s] = (blocks.count[s] as number) + 1;
    }
  }
  made[earliest - week + RING_WEEKS] = blocks;
  return blocks;
}

function expect(rolling: Rolling, row: number): void {
  const { table, rules } = rolling;
  const birth = table.columns.birthWeek[row] as number;
  const firstWholeWeek = birth === 0 ? 0 : birth + 1;
  const blocks = blocksFrom(rolling, rules.zeroBeforeBirth ? 0 : firstWholeWeek);
  const count = blocks.count[0] as number;
  const oldHand = rules.zeroBeforeBirth || birth < 2;
  if (count >= (oldHand ? BLOCKS_NEEDED_AT_FIRST : BLOCKS_NEEDED)) {
    expectOwn(rolling, row, blocks);
    table.columns.standing[row] = count >= BLOCKS_NEEDED ? STANDING.own : STANDING.young;
  } else {
    expectPeers(rolling, row);
  }
}

function expectOwn(rolling: Rolling, row: number, blocks: Blocks): void {
  const { state, table, rules, week } = rolling;
  const { ring, expected, zMean, zDeviation } = table.columns;
  const ringAt = row * PATIENT * RING_WEEKS;
  const longDays = longDaysOf(state, table, row, week);
  for (let s = 0; s < PATIENT; s++) {
    const at = row * PATIENT + s;
    const count = blocks.count[s] as number;
    if (count < ((EARLIEST_WEEKS[s] as number) > 0 ? BLOCKS_NEEDED : BLOCKS_NEEDED_AT_FIRST)) {
      // While every pair is new, novelty says nothing that the volume does not.
      expected[at] = 0;
      continue;
    }
    let sum = 0;
    for (let b = 0; b < count; b++)
      sum += ring[ringAt + (blocks.slots[s * RING_WEEKS + b] as number)] as number;
    const mean = sum / (blocks.exposure[s] as number);
    const deviation = sum === 0 ? 0 : deviationOf(ring, ringAt, blocks, s);
    const floor = rolling.floors[s] as number;
    const raised = mean + rules.standardErrors * (deviation / Math.sqrt(count));
    const ceiling = ceilingOf(table, row, s, raised, floor, count);
    const half = longDays >= 7 ? 0.5 * (longSum(table, row, week, s) / longDays) : 0;
    expected[at] = Math.max(Math.min(raised, ceiling), half, floor) * (1 + rules.tolerance);
    const z = rolling.zs[s] as number;
    if (z < 0) continue;
    const level = Math.max(Math.min(mean, ceiling), half);
    // √7: a day scatters more than a week's mean; the last factor is one standard error of the deviation itself.
    const daily = deviation * Math.sqrt(7) * (1 + 1 / Math.sqrt(2 * (count - 1)));
    zMean[row * rules.zColumns.length + z] = level;
    zDeviation[row * rules.zColumns.length + z] = Math.max(daily, leastDeviation(level, s));
  }
}

function leastDeviation(mean: number, s: number): number {
  const unit = UNITS[s] as number;
  return unit === 1 ? Math.max(Math.sqrt(mean + 1), 0.05 * mean) : Math.max(unit, 0.05 * mean);
}

/** Standard deviation of the weekly means. */
function deviationOf(ring: Float64Array, ringAt: number, { count, slots, days }: Blocks, s: number): number {
  const blocks = count[s] as number;
  let first = 0;
  let second = 0;
  for (let b = 0; b < blocks; b++) {
    const at = s * RING_WEEKS + b;
    const mean = (ring[ringAt + (slots[at] as number)] as number) / (days[at] as number);
    const change = mean - first;
    first += change / (b + 1);
    second += change * (mean - first);
  }
  return Math.sqrt(second / Math.max(1, blocks - 1));
}

/** What a ramp cannot lift: multiples of the slow copy and of the copy frozen when the entity was first judged. */
function ceilingOf(
  table: Table,
  row: number,
  s: number,
  raised: number,
  floor: number,
  blocks: number,
): number {
  const { frozen, slow, slowCoverage } = table.columns;
  const at = row * PATIENT + s;
  if ((frozen[at] as number) === 0 && raised >= floor && blocks >= BLOCKS_NEEDED) frozen[at] = raised;
  const overSlow = OVER_SLOW * ((slow[at] as number) / Math.max(1, slowCoverage[row] as number));
  const anchor = frozen[at] as number;
  return anchor === 0 ? overSlow : Math.min(overSlow, OVER_FROZEN * anchor);
}

/** Observed days since a row's birth, without the last four weeks. */
function longDaysOf(state: DetectionState, table: Table, row: number, week: number): number {
  let days = state.coverageBeforeWeek - (table.columns.birthCoverage[row] as number);
  for (let w = Math.max(0, week - LAG_WEEKS); w < week; w++)
    days -= state.weekCoverage[w % COVERAGE_WEEKS] as number;
  return days;
}

/** The sum since birth, without the last four weeks. */
function longSum(table: Table, row: number, week: number, s: number): number {
  const { long, ring } = table.columns;
  let sum = long[row * PATIENT + s] as number;
  for (let w = Math.max(week - LAG_WEEKS, EARLIEST_WEEKS[s] as number); w < week; w++)
    sum -= ring[row * PATIENT * RING_WEEKS + (w % RING_WEEKS) * PATIENT + s] as number;
  return sum;
}

function expectPeers({ table, rules, zs }: Rolling, row: number): void {
  const c = table.columns;
  const judged = (table.prior[0] as number) > 0;
  c.standing[row] = judged ? STANDING.peers : STANDING.unjudged;
  for (let s = 0; s < PATIENT; s++) {
    c.expected[row * PATIENT + s] = judged ? (table.prior[s] as number) : 0;
    const z = zs[s] as number;
    if (z < 0) continue;
    const at = row * rules.zColumns.length + z;
    const mean = (table.prior[s] as number) / (1 + rules.tolerance);
    c.zMean[at] = mean;
    c.zDeviation[at] = Math.max(0.5 * mean, leastDeviation(mean, s));
  }
}

/**
 * Learns the shape of the week from a whole, well-watched week of the family and sets the weekday factors,
 * drawn towards 1 while few weeks are known, and none at all before the fourth.
 */
export function learnWeekdays(table: Table, wholeWeek: boolean): void {
  const { weekTotals, weekdayShares, factors } = table;
  const last = weekdayShares.length - 1;
  if (wholeWeek) {
    weekdayShares[last] = 0.9 * (weekdayShares[last] as number) + 1;
    for (let s = 0; s < PATIENT; s++) {
      let total = 0;
      for (let d = 0; d < 7; d++) total += weekTotals[d * PATIENT + s] as number;
      for (let d = 0; d < 7; d++) {
        const share = total > 0 ? (weekTotals[d * PATIENT + s] as number) / total : 1 / 7;
        weekdayShares[d * PATIENT + s] = 0.9 * (weekdayShares[d * PATIENT + s] as number) + share;
      }
    }
  }
  weekTotals.fill(0);
  const weeks = weekdayShares[last] as number;
  if (weeks < 3.4) return;
  for (let i = 0; i < factors.length; i++) {
    const factor = 1 + ((7 * (weekdayShares[i] as number)) / weeks - 1) * (weeks / (weeks + 4));
    factors[i] = Math.min(3, Math.max(0.25, factor));
  }
}

/**
 * After a lead a person has seen the entity: the slow and the frozen copy begin again at its last four weeks,
 * so that one change of level is one lead.
 */
export function reanchor(state: DetectionState, table: Table, row: number, week: number): void {
  const c = table.columns;
  const from = Math.max(0, week - LAG_WEEKS);
  let days = 0;
  for (let w = from; w < week; w++) days += state.weekCoverage[w % COVERAGE_WEEKS] as number;
  if (days < LEAST_EXPOSURE) return;
  for (let s = 0; s < PATIENT; s++) {
    let sum = 0;
    for (let w = from; w < week; w++) {
      sum += c.ring[row * PATIENT * RING_WEEKS + (w % RING_WEEKS) * PATIENT + s] as number;
    }
    c.slow[row * PATIENT + s] = (sum / days) * (c.slowCoverage[row] as number);
    const frozen = row * PATIENT + s;
    if ((c.frozen[frozen] as number) > 0) c.frozen[frozen] = Math.max(c.frozen[frozen] as number, sum / days);
  }
}
