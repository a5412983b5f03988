import { describe, expect, test } from 'vitest';
import { setThresholds } from './budget.ts';
import { type Calibration, closeBlock, noteScore, recalibrate } from './calibration.ts';
import { createTable, type Table } from './state.ts';
import { uniforms } from './test-centre.ts';

const ENTITIES = 200;

/** A family with `blocks` months of scores, those of the last ones larger by a logarithm; with `together` all channels see the same entities alike. */
function family(blocks: number, together: boolean, larger = 0, last = 0): Table {
  const table = createTable('host', ENTITIES);
  for (let row = 0; row < ENTITIES; row++) table.keys[row] = `h${row}`;
  table.calibrations.forEach((calibration, type) => {
    const uniform = uniforms(together ? 7 : 7 + type);
    for (let block = 0; block < blocks; block++) {
      for (let row = 0; row < ENTITIES; row++) {
        noteScore(
          calibration,
          row,
          calibration.type.mixture *
            Math.exp((block >= blocks - last ? larger : 0) - 8 * Math.log(1 - uniform())),
          table.keys,
        );
      }
      calibration.runningDays = 30;
      closeBlock(calibration);
    }
  });
  return table;
}

const thresholds = (table: Table) => table.calibrations.map(({ threshold }) => threshold);

/** Entities in months from one on that some channel of the table would have flagged. */
function leadsSince(table: Table, fromBlock: number): number {
  const leads = new Set<string>();
  for (const { blocks, threshold } of table.calibrations) {
    blocks.forEach(({ top, rows }, block) => {
      top.forEach((score, k) => {
        if (block >= fromBlock && score >= threshold) leads.add(`${block}|${rows[k]}`);
      });
    });
  }
  return leads.size;
}

function alone(table: Table): number[] {
  const all = table.calibrations.reduce((sum, { type }) => sum + type.weight, 0);
  for (const calibration of table.calibrations as Calibration[])
    recalibrate(calibration, calibration.type.weight / all, ENTITIES);
  return thresholds(table);
}

describe('one budget for all channels', () => {
  test('channels that see the same events share their leads: thresholds fall below what shares alone allow', () => {
    const shares = alone(family(12, true));
    const table = family(12, true);
    setThresholds([table], 1, [ENTITIES]);
    for (const [i, threshold] of thresholds(table).entries())
      expect(threshold).toBeLessThanOrEqual(shares[i] as number);
    expect(thresholds(table).some((threshold, i) => threshold < (shares[i] as number) - 1)).toBe(true);
    const apart = family(12, false);
    setThresholds([apart], 1, [ENTITIES]);
    const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);
    expect(sum(thresholds(table))).toBeLessThan(sum(thresholds(apart)));
  });

  test('the past, told again at these thresholds, shows no more leads than the budget', () => {
    for (const together of [true, false]) {
      const table = family(12, together);
      setThresholds([table], 1, [ENTITIES]);
      expect(leadsSince(table, 0)).toBeLessThanOrEqual((12 * 30) / 7);
    }
  });

  test('nor do its last months, where they were livelier than the year', () => {
    const table = family(12, true, 10, 3);
    setThresholds([table], 1, [ENTITIES]);
    expect(leadsSince(table, 9)).toBeLessThanOrEqual((3 * 30) / 7);
  });

  test('a past of two months is trusted with no more than the shares', () => {
    const table = family(2, true);
    setThresholds([table], 1, [ENTITIES]);
    const shares = alone(family(2, true));
    for (const [i, threshold] of thresholds(table).entries())
      expect(threshold).toBeCloseTo(shares[i] as number, 0);
  });
});
