import { LedgerError } from '../errors.ts';
import { DAY_FAMILIES } from '../records/day-statistics.ts';
import { decodeBalance, encodeBalance } from './balance-encoding.ts';
import { cutShort, keysOf, Reader, Writer } from './encoding-bytes.ts';
import { decodeCalibration, encodeCalibration } from './encoding-calibration.ts';
import {
  columnWidths,
  createState,
  createTable,
  type DetectionState,
  resizeColumns,
  type Table,
} from './state.ts';

/** First bytes of an encoded state, and the version of what follows; another version is replayed, not read. */
const MAGIC = 0x52494557;
const VERSION = 6;

/**
 * Returns the state as bytes: canonical (entities sorted by key, so equal states are equal bytes) and
 * exact (floats by their bits). Zeros cost one bit.
 */
export function encodeState(state: DetectionState): Uint8Array {
  const out = new Writer();
  out.floats([MAGIC, VERSION, state.leadsPerWeek, state.firstDay, state.lastDay, state.judgedDays]);
  out.floats([
    state.blindDays,
    state.betDays,
    state.changedDay,
    state.coverageBeforeWeek,
    state.fullDaysOfWeek,
  ]);
  out.floats(state.weekCoverage);
  out.floats(state.leadCounts);
  for (const table of state.tables) encodeTable(out, table);
  encodeBalance(out, state.balance);
  return out.bytes();
}

/**
 * Returns the state that `encodeState` wrote.
 * @throws LedgerError when the bytes are not such a state, are cut short, or are of another version.
 */
export function decodeState(bytes: Uint8Array): DetectionState {
  const input = new Reader(bytes);
  const [magic, version, leadsPerWeek, firstDay, lastDay, judgedDays] = input.floats(6) as unknown as Six;
  if (magic !== MAGIC || version !== VERSION) {
    throw new LedgerError(
      'the detection checkpoint is of another version: replay the history to make it anew',
    );
  }
  const state = createState({ leadsPerWeek });
  const [blindDays, betDays, changedDay, coverageBeforeWeek, fullDaysOfWeek] = input.floats(
    5,
  ) as unknown as Six;
  Object.assign(state, { firstDay, lastDay, judgedDays, blindDays, betDays, changedDay });
  Object.assign(state, { coverageBeforeWeek, fullDaysOfWeek });
  state.weekCoverage.set(input.floats(state.weekCoverage.length));
  state.leadCounts.set(input.floats(state.leadCounts.length));
  const tables = DAY_FAMILIES.map((family) => decodeTable(input, family));
  const balance = decodeBalance(input);
  input.end();
  return { ...state, tables, ...(balance ? { balance } : {}) };
}

type Six = [number, number, number, number, number, number];

const FIXED = ['exposure', 'weekdayShares', 'weekTotals', 'factors', 'prior', 'loudPrior'] as const;

function encodeTable(out: Writer, table: Table): void {
  const keys = [...table.index.keys()].sort();
  const rows = keys.map((key) => table.index.get(key) as number);
  out.floats([keys.length]);
  out.text(JSON.stringify(keys));
  for (const [name, , width] of columnWidths(table.family)) {
    const column = table.columns[name];
    const values = new Float64Array(rows.length * width);
    rows.forEach((row, i) => {
      values.set(column.subarray(row * width, (row + 1) * width), i * width);
    });
    out.floats(values);
  }
  for (const name of FIXED) out.floats(table[name]);
  const order = new Map(rows.map((row, i) => [row, i]));
  for (const calibration of table.calibrations) encodeCalibration(out, calibration, order);
}

function decodeTable(input: Reader, family: Table['family']): Table {
  const count = input.floats(1)[0] as number;
  const text = input.text();
  const keys = keysOf(text);
  if (keys.length !== count) throw cutShort();
  const table = createTable(family, Math.max(64, count));
  table.columns = resizeColumns(family, table.capacity);
  table.keys = keys;
  keys.forEach((key, row) => {
    table.index.set(key, row);
  });
  for (const [name, , width] of columnWidths(family)) table.columns[name].set(input.floats(count * width));
  for (const name of FIXED) table[name].set(input.floats(table[name].length));
  for (const calibration of table.calibrations) decodeCalibration(input, calibration);
  return table;
}
