import { type Calibration, KEPT, setWatch } from './calibration.ts';
import { cutShort, type Reader, type Writer } from './encoding-bytes.ts';

/** Writes a calibration. @param order rows by their place among the sorted keys. */
export function encodeCalibration(out: Writer, calibration: Calibration, order: Map<number, number>): void {
  const { blocks, rows, values, count } = calibration;
  const { runningDays, leads, leadsPerWeek, leastRaw, threshold, thresholdRaw, extrapolated } = calibration;
  out.floats([blocks.length, count, runningDays, leads, leadsPerWeek, leastRaw, threshold, thresholdRaw]);
  out.floats([extrapolated ? 1 : 0]);
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

/** Reads what encodeCalibration wrote. */
export function decodeCalibration(input: Reader, calibration: Calibration): void {
  const [blocks, count, ...rest] = input.floats(8) as unknown as [number, number, ...number[]];
  const [runningDays, leads, leadsPerWeek, leastRaw, threshold, thresholdRaw] = rest;
  const [extrapolated] = input.floats(1);
  if (!(count <= KEPT)) throw cutShort();
  Object.assign(calibration, {
    runningDays,
    count,
    leads,
    leadsPerWeek,
    leastRaw,
    threshold,
    thresholdRaw,
    extrapolated: extrapolated === 1,
  });
  calibration.rows.set(input.floats(count));
  calibration.values.set(input.floats(count));
  for (let i = 0; i < blocks; i++) {
    const [days, length] = input.floats(2) as unknown as [number, number, number, number, number, number];
    calibration.blocks.push({ days, top: input.floats(length), rows: Int32Array.from(input.floats(length)) });
  }
  setWatch(calibration);
}
