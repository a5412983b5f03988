import type { Bet, ChannelType } from './channels.ts';
import { poissonLowerBound } from './poisson.ts';

/** Length of a block of history in days: each entity gives one maximum to each block. */
export const BLOCK_DAYS = 30;
/** The largest maxima kept of each block, and the blocks kept (390 days). */
export const KEPT = 32;
const KEPT_BLOCKS = 13;
/**
 * Days that a type is scored before it has a threshold: about as long as its evidence takes to grow. Before, the largest
 * scores are still on their way up, and so would be the leads.
 */
const PROBATION_DAYS: Readonly<Record<Bet, number>> = {
  mean: 28,
  z: 28,
  loud: 7,
  day: 14,
  week: 28,
  month: 42,
  surplus: 14,
  surpluses: 28,
};
/** Days without one surplus after which the first one has a threshold. */
const SILENT_DAYS = 28;
/** What passed a threshold is remembered as at most so many logarithms above the lowest of its block, and so many more for each lead of the block. */
const OVERSHOOT = 1;
const BELIEVED = 2;
/** A threshold is refuted by leads that its share of the budget gives less often than once in a thousand blocks. */
const REFUTING = 0.999;
/** So many gigabytes beyond a habit, in natural logarithms, are never a lead. */
const LEAST_SURPLUS = Math.log(10);
/** Evidence of a loud day below a fourfold record is never a lead. */
const CALIBRATED_FLOORS = {
  loud: Math.log(4),
  day: 3,
  week: 3,
  month: 3,
  surplus: LEAST_SURPLUS,
  surpluses: LEAST_SURPLUS,
} as const;

interface Block {
  /** Days of the block on which the type was scored. */
  days: number;
  /** Log scores, descending: the largest maxima over entities. */
  top: Float64Array;
  /** The row of each maximum's entity, to tell whether two channels saw one entity. */
  rows: Int32Array;
}

/** What a channel type's own past says about its threshold. */
export interface Calibration {
  readonly type: ChannelType;
  blocks: Block[];
  /** The running block: entity rows and the raw maximum of each, the KEPT largest. */
  runningDays: number;
  readonly rows: Int32Array;
  readonly values: Float64Array;
  count: number;
  /** Leads of the running block that the type had a part in: before today, and today. */
  leads: number;
  leadsToday: number;
  /** Leads a week that the threshold was set for. */
  leadsPerWeek: number;
  /** The lowest raw threshold of the running block. */
  leastRaw: number;
  /** Log threshold; Infinity while there is nothing to calibrate it with. */
  threshold: number;
  extrapolated: boolean;
  /** A raw score of `watch` or more needs a closer look: it is a maximum, a lead, or both. */
  watch: number;
  thresholdRaw: number;
}

/** Returns a calibration without history. */
export function createCalibration(type: ChannelType): Calibration {
  return {
    type,
    blocks: [],
    runningDays: 0,
    rows: new Int32Array(KEPT),
    values: new Float64Array(KEPT),
    count: 0,
    leads: 0,
    leadsToday: 0,
    leadsPerWeek: 0,
    leastRaw: Number.POSITIVE_INFINITY,
    threshold: Number.POSITIVE_INFINITY,
    extrapolated: true,
    watch: Number.NEGATIVE_INFINITY,
    thresholdRaw: Number.POSITIVE_INFINITY,
  };
}

/**
 * Notes a raw score of an entity: the running block keeps the largest maxima over entities, ties by key, so that the
 * order of entities changes nothing. A score above the threshold counts as little more than the threshold: a theft is one
 * more exceedance, and its size teaches nothing. But many leads of one block are hardly all thefts: each lets scores count for more.
 * @param keys the entities' keys by row.
 */
export function noteScore(
  calibration: Calibration,
  row: number,
  score: number,
  keys: readonly string[],
): void {
  const { rows, values } = calibration;
  const raw = Math.min(score, Math.exp(OVERSHOOT + BELIEVED * calibration.leads) * calibration.leastRaw);
  const known = rows.indexOf(row);
  if (known >= 0 && known < calibration.count) {
    if (raw <= (values[known] as number)) return;
    values[known] = raw;
  } else if (calibration.count < KEPT) {
    rows[calibration.count] = row;
    values[calibration.count] = raw;
    calibration.count += 1;
  } else {
    const at = lastOf(calibration, keys);
    const last = values[at] as number;
    if (raw < last || (raw === last && (keys[row] as string) > (keys[rows[at] as number] as string))) return;
    rows[at] = row;
    values[at] = raw;
  }
  setWatch(calibration);
}

/** Ends the running block of 30 days: its maxima become history, the oldest block is forgotten. */
export function closeBlock(calibration: Calibration): void {
  calibration.blocks.push(runningBlock(calibration));
  if (calibration.blocks.length > KEPT_BLOCKS) calibration.blocks.shift();
  calibration.runningDays = 0;
  calibration.count = 0;
  calibration.leads = 0;
  calibration.leastRaw = calibration.thresholdRaw;
  setWatch(calibration);
}

/** Counts the leads of a day once it is over, so that within it the order of entities changes nothing. */
export function closeDay(calibration: Calibration): void {
  calibration.leads += calibration.leadsToday;
  calibration.leadsToday = 0;
}

/** Returns whether the running block shows more leads than the threshold was set for: it rests on a past that is over. */
export function isRefuted({ leads, leadsPerWeek }: Calibration): boolean {
  return poissonLowerBound(leads, REFUTING) > (leadsPerWeek * BLOCK_DAYS) / 7;
}

/**
 * Sets the threshold from days before today only: the level that the pooled 30-day maxima of entities
 * passed as often as the type's share of the budget allows; beyond what was seen, an exponential tail
 * fitted to the largest maxima. Never below the nominal log(7·N/b).
 * @param leadsPerWeek the type's share b of the budget, above 0.
 * @param entities N, the entities of the family active in the last 30 days.
 */
export function recalibrate(calibration: Calibration, leadsPerWeek: number, entities: number): void {
  const history = historyOf(calibration);
  if (!speaks(history)) return;
  calibration.leadsPerWeek = leadsPerWeek;
  calibration.extrapolated = (leadsPerWeek * history.days) / 7 < 1;
  calibration.threshold = levelFor(history, leadsPerWeek, entities);
  calibration.thresholdRaw = calibration.type.mixture * Math.exp(Math.min(600, calibration.threshold));
  calibration.leastRaw = Math.min(calibration.leastRaw, calibration.thresholdRaw);
  setWatch(calibration);
}

/** Takes an entity that is forgotten out of the past, whose row another one may get: its maxima stay, nameless. */
export function forgetRow(calibration: Calibration, row: number): void {
  for (const { rows } of calibration.blocks) {
    for (let i = 0; i < rows.length; i++) if (rows[i] === row) rows[i] = -1;
  }
}

/** What a channel type showed in its past: blocks of maxima, and all of them together, descending. */
export interface History {
  readonly type: ChannelType;
  readonly days: number;
  readonly blocks: readonly Block[];
  readonly maxima: Float64Array;
}

/** Returns the past of a channel type, the running block included and last. */
export function historyOf(calibration: Calibration): History {
  const blocks = [...calibration.blocks, runningBlock(calibration)];
  const maxima = new Float64Array(blocks.reduce((sum, { top }) => sum + top.length, 0));
  let at = 0;
  for (const { top } of blocks) {
    maxima.set(top, at);
    at += top.length;
  }
  const days = blocks.reduce((sum, block) => sum + block.days, 0);
  return { type: calibration.type, days, blocks, maxima: maxima.sort().reverse() };
}

/**
 * Returns whether a past is long enough for a threshold. Nothing at all is a past too where nobody ever went beyond a habit;
 * elsewhere it means that nobody could be judged yet.
 */
function speaks({ type, days, maxima }: History): boolean {
  if (maxima.length > 0) return days >= PROBATION_DAYS[type.bet];
  return days >= SILENT_DAYS && (type.bet === 'surplus' || type.bet === 'surpluses');
}

/** Returns the threshold of a type with a past, at a budget in leads a week. */
export function levelFor({ type, days, maxima }: History, leadsPerWeek: number, entities: number): number {
  const isPatient = type.bet === 'mean' || type.bet === 'z';
  const nominal = isPatient
    ? Math.log((7 * Math.max(1, entities)) / leadsPerWeek)
    : CALIBRATED_FLOORS[type.bet as 'loud'];
  const allowed = (leadsPerWeek * days) / 7;
  if (maxima.length === 0) return nominal + Math.max(0, Math.log(1 / allowed));
  return Math.max(nominal, tailLevel(maxima, allowed));
}

/**
 * Returns the level that `allowed` of the observed maxima (descending) pass. Below one, the exponential tail
 * u + β·log(k/allowed) over the k largest, β their mean excess over u plus one standard error.
 */
export function tailLevel(maxima: Float64Array, allowed: number): number {
  if (allowed >= 1) return maxima[Math.min(maxima.length, Math.floor(allowed)) - 1] as number;
  const k = Math.min(KEPT, Math.max(8, Math.floor(maxima.length / 4)), maxima.length);
  // With next to nothing observed: the largest maximum and the slope 1 that a valid e-detector has.
  if (k < 5) return (maxima[0] as number) + Math.log(1 / allowed);
  const u = maxima[k - 1] as number;
  let excess = 0;
  for (let i = 0; i < k - 1; i++) excess += (maxima[i] as number) - u;
  const slope = (excess / (k - 1)) * (1 + 1 / Math.sqrt(k - 1));
  return u + slope * Math.log(k / allowed);
}

function runningBlock({ type, rows, values, count, runningDays }: Calibration): Block {
  const order = Array.from({ length: count }, (_, i) => i);
  order.sort(
    (a, b) => (values[b] as number) - (values[a] as number) || (rows[a] as number) - (rows[b] as number),
  );
  return {
    days: runningDays,
    top: Float64Array.from(order, (i) => Math.log((values[i] as number) / type.mixture)),
    rows: Int32Array.from(order, (i) => rows[i] as number),
  };
}

/** The entry that the next larger one replaces: the smallest value, the last key among equals. */
function lastOf({ rows, values, count }: Calibration, keys: readonly string[]): number {
  let last = 0;
  for (let i = 1; i < count; i++) {
    const difference = (values[i] as number) - (values[last] as number);
    if (difference < 0 || (difference === 0 && comesAfter(rows, i, last, keys))) last = i;
  }
  return last;
}

function comesAfter(rows: Int32Array, i: number, j: number, keys: readonly string[]): boolean {
  return (keys[rows[i] as number] as string) > (keys[rows[j] as number] as string);
}

/** Recomputes from which raw score on a day's value needs a closer look. */
export function setWatch(calibration: Calibration): void {
  const { values, count, thresholdRaw } = calibration;
  let least = count < KEPT ? Number.NEGATIVE_INFINITY : thresholdRaw;
  for (let i = 0; i < count && count === KEPT; i++) least = Math.min(least, values[i] as number);
  calibration.watch = least;
}
