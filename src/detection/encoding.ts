import { LedgerError } from '../errors.ts';
import { DAY_FAMILIES } from '../records/day-statistics.ts';
import { decodeBalance, encodeBalance } from './balance-encoding.ts';
import { cutShort, keysOf, Reader, Writer } from './encoding-bytes.ts';
import { decodeCalibration, encodeCalibration } from './encoding-calibration.ts';
import { columnWidths, createState, createTable, type DetectionState, type Table } from './state.ts';

/** First bytes of an encoded state, and the version of what follows; another version is replayed, not read. */
const MAGIC = 0x52494557;
const VERSION = 8;

/**
 * Returns the state as bytes: canonical (entities sorted by key, so equal states are equal bytes) and
 * exact (floats by their bits). As long for a young entity as for an old one, so that a day costs the same with either.
 */
export function encodeState(state: DetectionState): Uint8Array {
  return Buffer.concat(encodePieces(state));
}

/** Returns the same in pieces, which hold only until the state is advanced: months of many entities are not copied to be written. */
export function encodePieces(state: DetectionState): readonly Uint8Array[] {
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
  return out.end();
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

const FIXED = ['exposure', 'weekdayShares', 'weekTotals', 'factors', 'prior', 'loudPrior', 'rise'] as const;

function encodeTable(out: Writer, table: Table): void {
  const keys = [...table.index.keys()].sort();
  const rows = Int32Array.from(keys, (key) => table.index.get(key) as number);
  out.floats([keys.length]);
  out.text(JSON.stringify(keys));
  for (const [name, , width] of columnWidths(table.family)) out.rows(table.columns[name], rows, width);
  for (const name of FIXED) out.floats(table[name]);
  const order = new Map(Array.from(rows, (row, i) => [row, i]));
  for (const calibration of table.calibrations) encodeCalibration(out, calibration, order);
}

function decodeTable(input: Reader, family: Table['family']): Table {
  const count = input.floats(1)[0] as number;
  const keys = keysOf(input.text());
  if (keys.length !== count) throw cutShort();
  // With room for some newcomers, so that they do not have all of it copied.
  const table = createTable(family, 64 + Math.ceil(1.125 * count));
  table.keys = keys;
  keys.forEach((key, row) => {
    table.index.set(key, row);
  });
  for (const [name, , width] of columnWidths(family)) input.into(table.columns[name], count * width);
  for (const name of FIXED) table[name].set(input.floats(table[name].length));
  for (const calibration of table.calibrations) decodeCalibration(input, calibration);
  return table;
}
