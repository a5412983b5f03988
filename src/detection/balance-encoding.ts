/** The balance as bytes: canonical and exact, as encoding.ts writes the rest of a state. */

import { type Roster, reserve } from './balance-rows.ts';
import { type BalanceState, createBalance } from './balance-state.ts';
import { cutShort, keysOf, type Reader, type Writer } from './encoding-bytes.ts';
import { decodeCalibration, encodeCalibration } from './encoding-calibration.ts';

type AnyRoster = Pick<Roster<never>, 'index' | 'capacity'> & {
  readonly widths: readonly (readonly [string, 'int' | 'float', number])[];
  readonly columns: Readonly<Record<string, Int32Array | Float64Array>>;
};

/** Writes a balance, or that there is none. */
export function encodeBalance(out: Writer, balance: BalanceState | undefined): void {
  out.floats([balance ? 1 : 0]);
  if (!balance) return;
  const { firstDay, firstWeek, hasTenants, poolLeadDay } = balance;
  out.floats([firstDay, firstWeek, hasTenants ? 1 : 0, poolLeadDay]);
  const order = encodeRoster(out, balance.principals);
  encodeRoster(out, balance.tenants);
  for (const calibration of balance.calibrations) encodeCalibration(out, calibration, order);
  for (const own of balance.without) {
    const known = [...own].flatMap(([row, raw]) => {
      const at = order.get(row);
      return at === undefined ? [] : [[at, raw] as const];
    });
    known.sort(([a], [b]) => a - b);
    out.floats([known.length]);
    out.floats(known.flat());
  }
  out.floats(balance.poolHabit);
  for (const calibration of balance.poolCalibrations) encodeCalibration(out, calibration, new Map([[0, 0]]));
}

/** Reads what encodeBalance wrote. */
export function decodeBalance(input: Reader): BalanceState | undefined {
  const [is] = input.floats(1);
  if (is !== 1) return undefined;
  const [firstDay = 0, firstWeek = 0, hasTenants, poolLeadDay = 0] = input.floats(4);
  const balance = createBalance(firstDay, firstWeek);
  Object.assign(balance, { hasTenants: hasTenants === 1, poolLeadDay });
  decodeRoster(input, balance.principals);
  decodeRoster(input, balance.tenants);
  for (const calibration of balance.calibrations) decodeCalibration(input, calibration);
  for (const own of balance.without) {
    const [count = 0] = input.floats(1);
    const known = input.floats(2 * count);
    for (let i = 0; i < count; i++) own.set(known[2 * i] as number, known[2 * i + 1] as number);
  }
  balance.poolHabit.set(input.floats(balance.poolHabit.length));
  for (const calibration of balance.poolCalibrations) decodeCalibration(input, calibration);
  return balance;
}

function encodeRoster(out: Writer, roster: AnyRoster): Map<number, number> {
  const keys = [...roster.index.keys()].sort();
  const rows = Int32Array.from(keys, (key) => roster.index.get(key) as number);
  out.floats([keys.length]);
  out.text(JSON.stringify(keys));
  for (const [name, , width] of roster.widths)
    out.rows(roster.columns[name] as Int32Array | Float64Array, rows, width);
  return new Map(Array.from(rows, (row, i) => [row, i]));
}

function decodeRoster<Columns extends Readonly<Record<string, Int32Array | Float64Array>>>(
  input: Reader,
  roster: Roster<Columns>,
): void {
  const [count = 0] = input.floats(1);
  const keys = keysOf(input.text());
  if (keys.length !== count) throw cutShort();
  reserve(roster, Math.max(64, count));
  roster.keys = keys;
  keys.forEach((key, row) => {
    roster.index.set(key, row);
  });
  for (const [name, , width] of roster.widths)
    input.into(roster.columns[name] as Int32Array | Float64Array, count * width);
}
