import { EARLIEST_WEEKS, LOUD, PATIENT, RULES, UNITS } from './channels.ts';
import { COVERAGE_WEEKS, type DetectionState, RING_WEEKS, STANDING, type Table } from './state.ts';

/** Whole weeks between today and the newest block of the baseline, so that a theft does not teach it at once. */
const LAG_WEEKS = 4;
/** Blocks that an entity needs for a baseline of its own; two for those that were there from the beginning. */
const BLOCKS_NEEDED = 4;
const BLOCKS_NEEDED_AT_FIRST = 2;
/** A block with fewer observed days than this says nothing. */
const LEAST_EXPOSURE = 3.5;
/** The slow copy forgets half in 26 weeks. */
const SLOW_KEEPS = Math.exp(-Math.LN2 / 26);
/** The baseline stays under these multiples of the slow and of the frozen copy. */
const OVER_SLOW = 2;
const OVER_FROZEN = 4;
const RECENT_DAYS = 28;
const PEERS_NEEDED = 8;

/** Returns the week of a day, counted from the first day of the ledger. */
export function weekOf(state: DetectionState, day: number): number {
  return Math.floor((day - state.firstDay) / 7);
}

/** Returns the exposure (days, weighted by weekday) of one week for one learned statistic. */
export function exposureOf(table: Table, week: number, column: number): number {
  return table.exposure[(week % (RING_WEEKS + 1)) * PATIENT + column] as number;
}

/**
 * Brings a row's weekly blocks up to the running week and computes what is expected of it.
 * Weeks in which the entity was not seen are blocks of zero.
 */
export function rollRow(state: DetectionState, table: Table, row: number, week: number): void {
  const c = table.columns;
  for (let done = c.week[row] as number; done < week; done++) finishWeek(state, table, row, done);
  c.week[row] = week;
  expect(state, table, row, week);
}

function finishWeek(state: DetectionState, table: Table, row: number, week: number): void {
  const c = table.columns;
  const watched = state.weekCoverage[week % COVERAGE_WEEKS] as number;
  const ring = row * PATIENT * RING_WEEKS + (week % RING_WEEKS) * PATIENT;
  c.slowCoverage[row] = (c.slowCoverage[row] as number) * SLOW_KEEPS + watched;
  for (let s = 0; s < PATIENT; s++) {
    const at = row * PATIENT + s;
    const sum = c.current[at] as number;
    c.ring[ring + s] = sum;
    if (week >= (EARLIEST_WEEKS[s] as number)) c.long[at] = (c.long[at] as number) + sum;
    c.slow[at] = (c.slow[at] as number) * SLOW_KEEPS + sum;
    c.current[at] = 0;
  }
}

/**
 * Returns the weeks [from, to] that the baseline of a row is taken from: t−84…t−28, or the first four whole
 * weeks while there is less. `to < from` when there are none.
 */
function baselineWeeks(table: Table, row: number, week: number, s: number): { from: number; to: number } {
  const earliest = EARLIEST_WEEKS[s] as number;
  const born = Math.max(earliest, RULES[table.family].zeroBeforeBirth ? 0 : firstWholeWeek(table, row));
  const from = Math.max(born, week - RING_WEEKS);
  const to = Math.max(week - LAG_WEEKS - 1, Math.min(week - 1, from + BLOCKS_NEEDED - 1));
  return { from, to };
}

function firstWholeWeek(table: Table, row: number): number {
  const birth = table.columns.birthWeek[row] as number;
  return birth === 0 ? 0 : birth + 1;
}

function expect(state: DetectionState, table: Table, row: number, week: number): void {
  const { from, to } = baselineWeeks(table, row, week, 0);
  const oldHand = RULES[table.family].zeroBeforeBirth || (table.columns.birthWeek[row] as number) < 2;
  const needed = oldHand ? BLOCKS_NEEDED_AT_FIRST : BLOCKS_NEEDED;
  let blocks = 0;
  for (let w = from; w <= to; w++) if (exposureOf(table, w, 0) >= LEAST_EXPOSURE) blocks += 1;
  if (blocks >= needed) {
    for (let s = 0; s < PATIENT; s++) expectOwn(state, table, row, week, s);
    table.columns.standing[row] = blocks >= BLOCKS_NEEDED ? STANDING.own : STANDING.young;
  } else {
    expectPeers(table, row);
  }
}

function expectOwn(state: DetectionState, table: Table, row: number, week: number, s: number): void {
  const rules = RULES[table.family];
  const c = table.columns;
  const { mean, deviation, blocks } = blockMoments(table, row, s, baselineWeeks(table, row, week, s));
  if (blocks < ((EARLIEST_WEEKS[s] as number) > 0 ? BLOCKS_NEEDED : BLOCKS_NEEDED_AT_FIRST)) {
    // While every pair is new, novelty says nothing that the volume does not.
    c.expected[row * PATIENT + s] = 0;
    return;
  }
  const error = deviation / Math.sqrt(blocks);
  const floor = (rules.floorUnits[s] as number) * (UNITS[s] as number);
  const raised = mean + rules.standardErrors * error;
  const ceiling = ceilingOf(table, row, s, raised, floor, blocks);
  const half = 0.5 * longMean(state, table, row, week, s);
  c.expected[row * PATIENT + s] = Math.max(Math.min(raised, ceiling), half, floor) * (1 + rules.tolerance);
  const z = rules.zColumns.indexOf(s);
  if (z < 0) return;
  const at = row * rules.zColumns.length + z;
  const level = Math.max(Math.min(mean, ceiling), half);
  // √7: a day scatters more than a week's mean; the last factor is one standard error of the deviation itself.
  const daily = deviation * Math.sqrt(7) * (1 + 1 / Math.sqrt(2 * (blocks - 1)));
  c.zMean[at] = level;
  c.zDeviation[at] = Math.max(daily, leastDeviation(level, s));
}

function leastDeviation(mean: number, s: number): number {
  const unit = UNITS[s] as number;
  return unit === 1 ? Math.max(Math.sqrt(mean + 1), 0.05 * mean) : Math.max(unit, 0.05 * mean);
}

/** Mean a day and standard deviation of the weekly means. */
function blockMoments(table: Table, row: number, s: number, { from, to }: { from: number; to: number }) {
  const { ring } = table.columns;
  const base = row * PATIENT * RING_WEEKS + s;
  let sum = 0;
  let exposure = 0;
  let blocks = 0;
  let first = 0;
  let second = 0;
  for (let w = from; w <= to; w++) {
    const days = exposureOf(table, w, s);
    if (days < LEAST_EXPOSURE) continue;
    const value = ring[base + (w % RING_WEEKS) * PATIENT] as number;
    sum += value;
    exposure += days;
    blocks += 1;
    const change = value / days - first;
    first += change / blocks;
    second += change * (value / days - first);
  }
  return { mean: sum / exposure, deviation: Math.sqrt(second / Math.max(1, blocks - 1)), blocks };
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
  const c = table.columns;
  const at = row * PATIENT + s;
  if ((c.frozen[at] as number) === 0 && raised >= floor && blocks >= BLOCKS_NEEDED) c.frozen[at] = raised;
  const slow = (c.slow[row * PATIENT + s] as number) / Math.max(1, c.slowCoverage[row] as number);
  const frozen = c.frozen[at] as number;
  return frozen === 0 ? OVER_SLOW * slow : Math.min(OVER_SLOW * slow, OVER_FROZEN * frozen);
}

/** The mean a day since birth, without the last four weeks. */
function longMean(state: DetectionState, table: Table, row: number, week: number, s: number): number {
  const c = table.columns;
  let sum = c.long[row * PATIENT + s] as number;
  let days = state.coverageBeforeWeek - (c.birthCoverage[row] as number);
  for (let w = Math.max(0, week - LAG_WEEKS); w < week; w++) {
    if (w >= (EARLIEST_WEEKS[s] as number))
      sum -= c.ring[row * PATIENT * RING_WEEKS + (w % RING_WEEKS) * PATIENT + s] as number;
    days -= state.weekCoverage[w % COVERAGE_WEEKS] as number;
  }
  return days >= 7 ? sum / days : 0;
}

function expectPeers(table: Table, row: number): void {
  const rules = RULES[table.family];
  const c = table.columns;
  const judged = (table.prior[0] as number) > 0;
  c.standing[row] = judged ? STANDING.peers : STANDING.unjudged;
  for (let s = 0; s < PATIENT; s++) {
    c.expected[row * PATIENT + s] = judged ? (table.prior[s] as number) : 0;
    const z = rules.zColumns.indexOf(s);
    if (z < 0) continue;
    const at = row * rules.zColumns.length + z;
    const mean = (table.prior[s] as number) / (1 + rules.tolerance);
    c.zMean[at] = mean;
    c.zDeviation[at] = Math.max(0.5 * mean, leastDeviation(mean, s));
  }
}

/**
 * Computes, at the beginning of a week, what newcomers are judged against: the 95 % quantile of what is
 * expected of their peers, and the median and the 95 % quantile of the peers' loudest days. Only entities active in the last 28 days.
 */
export function learnFromPeers(table: Table, day: number): void {
  const c = table.columns;
  const rows: number[] = [];
  for (let row = 0; row < table.keys.length; row++) {
    if (table.keys[row] !== '' && (c.seenDay[row] as number) >= day - RECENT_DAYS) rows.push(row);
  }
  if (!RULES[table.family].zeroBeforeBirth) {
    const own = rows.filter((row) => (c.standing[row] as number) >= STANDING.young);
    for (let s = 0; s < PATIENT; s++) {
      table.prior[s] = quantileOf(own, (row) => c.expected[row * PATIENT + s] as number, 0.95);
    }
  }
  for (let l = 0; l < LOUD; l++) {
    const known = rows.filter((row) => (c.loudMax[row * LOUD + l] as number) > 0);
    const loudest = (row: number) => c.loudMax[row * LOUD + l] as number;
    table.loudPrior[l] = quantileOf(known, loudest, 0.5);
    table.loudPrior[LOUD + l] = quantileOf(known, loudest, 0.95);
  }
}

function quantileOf(rows: readonly number[], value: (row: number) => number, share: number): number {
  if (rows.length < PEERS_NEEDED) return 0;
  return select(Float64Array.from(rows, value), Math.floor(share * (rows.length - 1)));
}

/** The k-th smallest value (from 0), by quickselect: sorting every column of every week would be a fifth of the cost. */
function select(values: Float64Array, k: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((values[i] as number) < pivot) i += 1;
      while ((values[j] as number) > pivot) j -= 1;
      if (i > j) break;
      const swapped = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = swapped;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k] as number;
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
