import { LedgerError } from '../errors.ts';
import { DAY_FAMILIES } from '../records/day-statistics.ts';
import { type Calibration, KEPT, setWatch } from './calibration.ts';
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
const VERSION = 4;

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
  input.end();
  return { ...state, tables };
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

function encodeCalibration(out: Writer, calibration: Calibration, order: Map<number, number>): void {
  const { blocks, rows, values, count } = calibration;
  const { runningDays, threshold, thresholdRaw, extrapolated } = calibration;
  out.floats([blocks.length, runningDays, count, threshold, thresholdRaw, extrapolated ? 1 : 0]);
  const entries = Array.from({ length: count }, (_, i) => ({
    row: order.get(rows[i] as number) as number,
    value: values[i] as number,
  }));
  entries.sort((a, b) => b.value - a.value || a.row - b.row);
  out.floats(entries.map(({ row }) => row));
  out.floats(entries.map(({ value }) => value));
  for (const block of blocks) {
    out.floats([block.days, block.top.length]);
    // Equal maxima in the order of their entities; -1 for those forgotten since.
    const placed = Array.from(block.rows, (row, i) => ({
      row: order.get(row) ?? -1,
      value: block.top[i] as number,
    }));
    placed.sort((a, b) => b.value - a.value || a.row - b.row);
    out.floats(block.top);
    out.floats(placed.map(({ row }) => row));
  }
}

function decodeCalibration(input: Reader, calibration: Calibration): void {
  const [blocks, runningDays, count, threshold, thresholdRaw, extrapolated] = input.floats(
    6,
  ) as unknown as Six;
  if (!(count <= KEPT)) throw cutShort();
  Object.assign(calibration, {
    runningDays,
    count,
    threshold,
    thresholdRaw,
    extrapolated: extrapolated === 1,
  });
  calibration.rows.set(input.floats(count));
  calibration.values.set(input.floats(count));
  for (let i = 0; i < blocks; i++) {
    const [days, length] = input.floats(2) as unknown as Six;
    calibration.blocks.push({ days, top: input.floats(length), rows: Int32Array.from(input.floats(length)) });
  }
  setWatch(calibration);
}

/** Keys may hold any character, so they travel as JSON. */
function keysOf(text: string): string[] {
  const keys: unknown = JSON.parse(text);
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) throw cutShort();
  return keys;
}

function cutShort(): LedgerError {
  return new LedgerError('the detection checkpoint is damaged: replay the history to make it anew');
}

/** Appends numbers (a bit for each zero, 8 bytes for each other) and texts. */
class Writer {
  private buffer = new Uint8Array(1 << 16);
  private length = 0;

  floats(values: ArrayLike<number>): void {
    const mask = this.reserve((values.length + 7) >> 3);
    this.reserve(8 * values.length);
    const view = new DataView(this.buffer.buffer);
    let at = mask + ((values.length + 7) >> 3);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (Object.is(value, 0)) continue;
      this.buffer[mask + (i >> 3)] = (this.buffer[mask + (i >> 3)] as number) | (1 << (i & 7));
      view.setFloat64(at, value, true);
      at += 8;
    }
    this.length = at;
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.floats([bytes.length]);
    // Reserving may replace the buffer, so it comes first.
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
  }

  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private reserve(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.buffer.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.buffer);
      this.buffer = larger;
    }
    return at;
  }
}

/** Reads what Writer wrote. */
class Reader {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly source: Uint8Array) {
    this.view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }

  floats(count: number): Float64Array {
    const mask = this.at;
    this.at += (count + 7) >> 3;
    if (!(this.at <= this.source.length)) throw cutShort();
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      if (((this.source[mask + (i >> 3)] as number) & (1 << (i & 7))) === 0) continue;
      if (this.at + 8 > this.source.length) throw cutShort();
      values[i] = this.view.getFloat64(this.at, true);
      this.at += 8;
    }
    return values;
  }

  text(): string {
    const length = this.floats(1)[0] as number;
    if (!(this.at + length <= this.source.length)) throw cutShort();
    const bytes = this.source.subarray(this.at, this.at + length);
    this.at += length;
    return new TextDecoder().decode(bytes);
  }

  end(): void {
    if (this.at !== this.source.length) throw cutShort();
  }
}
