import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedOperations } from '../../tests/end-to-end/fixed-operations.ts';
import { coverageRuns, daysCovered } from './coverage-runs.ts';

describe('coverageRuns', () => {
  it('finds the days on which a sensor was lost', async () => {
    const { sensors } = await fixedOperations().check();
    const days = daysCovered(sensors);
    const vpn = sensors.find((sensor) => sensor.sensor === 'zeek-vpn');
    if (!vpn) throw new Error('the fixture has this sensor');
    expect(coverageRuns(vpn, days).map(({ from, to, level }) => [from, to, level])).toEqual([
      ['2026-01-01', '2026-02-27', 4],
      ['2026-02-28', '2026-02-28', 1],
      ['2026-03-01', '2026-03-03', 0],
      ['2026-03-04', '2026-03-04', 2],
      ['2026-03-05', '2026-04-30', 4],
    ]);
  });

  it('covers every day once, and takes silence for blindness', async () => {
    const { sensors } = await fixedOperations().check();
    const days = daysCovered(sensors);
    const [sensor] = sensors;
    if (!sensor) throw new Error('the fixture has sensors');
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 0.2, 0.7, 0.95, 1, undefined), { minLength: 120, maxLength: 120 }),
        (shares) => {
          const told = days.flatMap((day, index) => {
            const share = shares[index];
            return share === undefined ? [] : [{ day, share }];
          });
          const runs = coverageRuns({ ...sensor, days: told }, days);
          expect(runs.reduce((sum, run) => sum + run.days, 0)).toBe(days.length);
          const blind = runs.filter((run) => run.level === 0).reduce((sum, run) => sum + run.days, 0);
          expect(blind).toBe(shares.filter((share) => !share).length);
        },
      ),
    );
  });

  it('knows no days where no sensor speaks', () => {
    expect(daysCovered([])).toEqual([]);
  });
});
