import { describe, expect, it } from 'vitest';
import { fixedOperations } from '../../tests/end-to-end/fixed-operations.ts';
import { alignDays, drawnPaths } from './egress-days.ts';

const operations = fixedOperations();

async function aligned(withCheck = true) {
  const byPath = await operations.report({ by: 'path' });
  const daily = await Promise.all(
    drawnPaths(byPath).map(async (name) => ({
      name,
      report: await operations.report({ by: 'day', path: name }),
    })),
  );
  return {
    byPath,
    egress: alignDays(byPath, daily, undefined, withCheck ? await operations.check() : undefined),
  };
}

describe('alignDays', () => {
  it('keeps every byte: the days of a path add up to the path', async () => {
    const { egress } = await aligned();
    expect(egress.days).toHaveLength(120);
    expect(egress.paths.map((path) => path.name)).toEqual(['border', 'data-transfer', 'vpn', 'portal']);
    for (const path of egress.paths) {
      expect(String(path.bytes.reduce((a, b) => a + b, 0n))).toBe(path.total.estimate);
    }
  });

  it('marks unwatched days by the worst path, and a day no sensor speaks of as unwatched', async () => {
    const { egress } = await aligned();
    const lost = egress.days.indexOf('2026-03-02');
    expect(egress.unwatched[lost]).toBe(1);
    expect(egress.paths.find((path) => path.name === 'vpn')?.watched[lost]).toBe(0);
    expect(egress.paths.find((path) => path.name === 'border')?.watched[lost]).toBe(1);

    const byPath = await operations.report({ by: 'path' });
    const check = await operations.check();
    const silent = {
      ...check,
      sensors: check.sensors.map((sensor) => ({ ...sensor, days: sensor.days.slice(1) })),
    };
    const report = await operations.report({ by: 'day', path: 'vpn' });
    expect(alignDays(byPath, [{ name: 'vpn', report }], undefined, silent).unwatched[0]).toBe(1);
  });

  it('claims no coverage it was not told', async () => {
    const { egress } = await aligned(false);
    expect(egress.coverageKnown).toBe(false);
    expect(egress.paths.every((path) => path.watched.every((share) => share === undefined))).toBe(true);
  });

  it('draws many small paths as one, and loses nothing', async () => {
    const byPath = await operations.report({ by: 'path' });
    const [row] = byPath.rows;
    if (!row) throw new Error('the fixture has rows');
    const many = {
      ...byPath,
      rows: Array.from({ length: 12 }, (_, index) => ({
        ...row,
        key: `path ${index}`,
        bytesOut: { low: String(index), estimate: String(index), high: String(index) },
      })),
    };
    const names = drawnPaths(many);
    expect(names).toEqual(['path 11', 'path 10', 'path 9', 'path 8', 'path 7', 'path 6', 'path 5']);
    const all = await operations.report({ by: 'day' });
    const border = await operations.report({ by: 'day', path: 'border' });
    const egress = alignDays(many, [{ name: 'path 11', report: border }], all, undefined);
    const drawn = egress.paths.flatMap((path) => path.bytes).reduce((a, b) => a + b, 0n);
    const expected = all.rows.reduce((sum, day) => sum + BigInt(day.bytesOut.estimate), 0n);
    expect(drawn).toBe(expected);
    expect(egress.paths.at(-1)?.name).toBe('11 smaller paths');
  });
});
