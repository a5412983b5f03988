import { ConfigurationError } from '../errors.ts';
import { DAY_FAMILIES } from '../records/day-statistics.ts';
import type { BalanceState } from './balance-state.ts';
import { type Calibration, createCalibration, forgetRow } from './calibration.ts';
import { channelTypes, HABITS, LOUD, PATIENT, RULES } from './channels.ts';
import { MEANS, ZS } from './evidence.ts';
import type { Family } from './input.ts';
import { HABIT } from './levels.ts';

/** Weekly blocks kept for each entity, and what of them the baseline looks at (baseline.ts). */
export const RING_WEEKS = 12;
/** Weeks of coverage kept for the whole centre: as long as an entity is remembered. */
export const COVERAGE_WEEKS = 64;
/** Entities without a byte for this long are forgotten. */
export const FORGET_DAYS = 400;
/** Days of leads kept for the promise. */
export const PROMISE_DAYS = 364;

/** How a row stands: unjudged, judged against its peers, own baseline under four weeks, own baseline. */
export const STANDING = { unjudged: 0, peers: 1, young: 2, own: 3 } as const;

/** The columns of a family's table: a fixed number of values for each entity. */
export interface Columns {
  birthWeek: Int32Array;
  seenDay: Int32Array;
  /** Count of judged days at which the row's evidence stands. */
  betDay: Int32Array;
  /** Week that `current` belongs to. */
  week: Int32Array;
  leadDay: Int32Array;
  standing: Int32Array;
  /** Last day on which a patient channel's evidence was about nothing. */
  since: Int32Array;
  /** Coverage of the centre, in days, when the entity was first seen. */
  birthCoverage: Float64Array;
  current: Float64Array;
  ring: Float64Array;
  long: Float64Array;
  slow: Float64Array;
  slowCoverage: Float64Array;
  frozen: Float64Array;
  /** μ·(1 + δ) for each patient statistic; 0 where the row is not judged. */
  expected: Float64Array;
  zMean: Float64Array;
  zDeviation: Float64Array;
  meanR: Float64Array;
  zR: Float64Array;
  loudMax: Float64Array;
  /** What the entity usually sends (levels.ts), and the day after the last one that it knows; 0 before the first. */
  habits: Float64Array;
  habitDay: Int32Array;
  /** Bytes beyond the habit, forgotten day by day (surplus.ts). */
  surplus: Float64Array;
}

/** One family: its entities, what is known of each, and how its channel types are calibrated. */
export interface Table {
  readonly family: Family;
  readonly index: Map<string, number>;
  /** The rows in the order of their keys as of the last week's beginning, and where in it the next one stands (row-order.ts). */
  order: Int32Array;
  places: Int32Array;
  keys: string[];
  free: number[];
  capacity: number;
  columns: Columns;
  /** Per statistic: exposure of the last 13 weeks, weekday shares, and the running week's totals by day. */
  readonly exposure: Float64Array;
  readonly weekdayShares: Float64Array;
  readonly weekTotals: Float64Array;
  readonly factors: Float64Array;
  /** Peers' 95 % quantile of `expected`, and median and 95 % quantile of their loudest days; 0 when there are too few. */
  readonly prior: Float64Array;
  readonly loudPrior: Float64Array;
  /** What everybody's bytes rose by on the last judged day (common-rise.ts), one value. */
  readonly rise: Float64Array;
  readonly calibrations: Calibration[];
}

/** Everything detection remembers. Advanced in place by `advance`; written exactly by `encodeState`. */
export interface DetectionState {
  /** b: non-malicious leads a week that the whole centre may show. */
  readonly leadsPerWeek: number;
  /** First and last day given; -1 before the first. */
  firstDay: number;
  lastDay: number;
  judgedDays: number;
  blindDays: number;
  /** Days on which patient evidence was added up. */
  betDays: number;
  /** Days of the last unproven-making change (sensor, perimeter); -1 when there was none. */
  changedDay: number;
  /** Coverage in days before the running week, and by week. */
  coverageBeforeWeek: number;
  readonly weekCoverage: Float64Array;
  /** Judged, well-covered days of the running week. */
  fullDaysOfWeek: number;
  /** Leads by day over the last PROMISE_DAYS days, -1 where a lead was not possible. */
  readonly leadCounts: Int32Array;
  readonly tables: readonly Table[];
  /** Undefined while the ledger has never held a storage log. */
  balance?: BalanceState;
}

type Width = readonly [keyof Columns, 'int' | 'float', number];

/** Returns name, type and width of each column of a family's table, in the order they are stored. */
export function columnWidths(family: Family): readonly Width[] {
  const zs = RULES[family].zColumns.length;
  return [
    ['birthWeek', 'int', 1],
    ['seenDay', 'int', 1],
    ['betDay', 'int', 1],
    ['week', 'int', 1],
    ['leadDay', 'int', 1],
    ['standing', 'int', 1],
    ['since', 'int', PATIENT + zs],
    ['birthCoverage', 'float', 1],
    ['current', 'float', PATIENT],
    ['ring', 'float', PATIENT * RING_WEEKS],
    ['long', 'float', PATIENT],
    ['slow', 'float', PATIENT],
    ['slowCoverage', 'float', 1],
    ['frozen', 'float', PATIENT],
    ['expected', 'float', PATIENT],
    ['zMean', 'float', zs],
    ['zDeviation', 'float', zs],
    ['meanR', 'float', PATIENT * MEANS],
    ['zR', 'float', zs * ZS],
    ['loudMax', 'float', LOUD],
    ['habits', 'float', HABITS * HABIT],
    ['habitDay', 'int', 1],
    ['surplus', 'float', 1],
  ];
}

/** Returns columns of `capacity` rows that begin with what `old` holds. */
export function resizeColumns(family: Family, capacity: number, old?: Columns): Columns {
  const entries = columnWidths(family).map(([name, kind, width]) => {
    const data = kind === 'int' ? new Int32Array(capacity * width) : new Float64Array(capacity * width);
    if (old) data.set(old[name] as Float64Array & Int32Array);
    return [name, data];
  });
  return Object.fromEntries(entries) as Columns;
}

/** Returns an empty table with room for `capacity` entities. */
export function createTable(family: Family, capacity = 64): Table {
  return {
    family,
    index: new Map(),
    order: new Int32Array(),
    places: new Int32Array(),
    keys: [],
    free: [],
    capacity,
    columns: resizeColumns(family, capacity),
    exposure: new Float64Array(PATIENT * (RING_WEEKS + 1)),
    weekdayShares: new Float64Array(PATIENT * 7 + 1),
    weekTotals: new Float64Array(PATIENT * 7),
    factors: new Float64Array(PATIENT * 7).fill(1),
    prior: new Float64Array(PATIENT),
    loudPrior: new Float64Array(2 * LOUD),
    rise: new Float64Array(1),
    calibrations: channelTypes(family).map(createCalibration),
  };
}

/**
 * Returns the state of a centre of which nothing is known yet.
 * @param options.leadsPerWeek the budget b, above 0 and at most 1000; 1 by default.
 * @throws ConfigurationError when the budget is none.
 */
export function createState(options: { leadsPerWeek?: number } = {}): DetectionState {
  const leadsPerWeek = options.leadsPerWeek ?? 1;
  if (!(leadsPerWeek > 0 && leadsPerWeek <= 1000)) {
    throw new ConfigurationError(`leadsPerWeek is ${leadsPerWeek}: give a number above 0 and at most 1000`);
  }
  return {
    leadsPerWeek,
    firstDay: -1,
    lastDay: -1,
    judgedDays: 0,
    blindDays: 0,
    betDays: 0,
    changedDay: -1,
    coverageBeforeWeek: 0,
    weekCoverage: new Float64Array(COVERAGE_WEEKS),
    fullDaysOfWeek: 0,
    leadCounts: new Int32Array(PROMISE_DAYS).fill(-1),
    tables: DAY_FAMILIES.map((family) => createTable(family)),
  };
}

/** Returns the table of a family. */
export function tableOf(state: DetectionState, family: Family): Table {
  return state.tables[DAY_FAMILIES.indexOf(family)] as Table;
}

/** Returns a blank row for a new entity; the table doubles when it is full. */
export function addRow(table: Table, key: string): number {
  const row = table.free.pop() ?? table.keys.length;
  if (row >= table.capacity) {
    table.capacity *= 2;
    table.columns = resizeColumns(table.family, table.capacity, table.columns);
  }
  table.keys[row] = key;
  table.index.set(key, row);
  return row;
}

/** Forgets a row: every column is blank again and the row is free for another entity. */
export function removeRow(table: Table, row: number): void {
  for (const [name, , width] of columnWidths(table.family)) {
    table.columns[name].fill(0, row * width, (row + 1) * width);
  }
  for (const calibration of table.calibrations) forgetRow(calibration, row);
  table.index.delete(table.keys[row] as string);
  table.keys[row] = '';
  table.free.push(row);
}
