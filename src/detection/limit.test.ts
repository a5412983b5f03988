import { describe, expect, test } from 'vitest';
import { advance } from './advance.ts';
import { setWatch } from './calibration.ts';
import { decodeState, encodeState } from './encoding.ts';
import { detectionLimit } from './limit.ts';
import { createState, type DetectionState, tableOf } from './state.ts';
import { normals, pairDays, type Sent, statisticsOf, uniforms } from './test-centre.ts';

const HOSTS = 40;

/** Hosts that each keep one pair, and, where there is a loss, another long-known pair of h0 that carries it. */
function advanceSteady(
  state: DetectionState,
  fromDay: number,
  toDay: number,
  seed: number,
  loss = 0,
): boolean {
  const normal = normals(uniforms(seed));
  let found = false;
  const firsts = Array.from(
    { length: HOSTS },
    (_, h): Sent => ({ host: `h${h}`, network: `n${h}`, as: `AS${h % 5}`, path: 'p', bytesOut: 1 }),
  );
  for (let day = fromDay; day < toDay; day++) {
    const sent: Sent[] = firsts.map((pair) => ({
      ...pair,
      bytesOut: Math.floor(1e9 * Math.exp(0.5 * normal())),
    }));
    if (loss > 0) sent.push({ host: 'h0', network: 'n1', as: 'AS1', path: 'p', bytesOut: Math.floor(loss) });
    const pairs = (pairDays([sent], day)[0] ?? []).map((pair) => ({ ...pair, firstDay: 0 }));
    const { leads } = advance(state, statisticsOf(day, pairs));
    if (leads.some(({ family, entity }) => family === 'host' && entity === 'h0')) found = true;
  }
  return found;
}

const base = createState();
advanceSteady(base, 0, 200, 1);
const bytes = encodeState(base);

describe('the detection limit', () => {
  test('is what a planted loss shows it to be, within a factor of two', () => {
    const limit = detectionLimit(base, 'host', 'h0', 25);
    expect(limit?.bytesPerDay90).toBeGreaterThanOrEqual(limit?.bytesPerDay50 as number);
    const share = (loss: number) => {
      let found = 0;
      for (let seed = 100; seed < 110; seed++)
        if (advanceSteady(decodeState(bytes), 200, 225, seed, loss)) found += 1;
      return found / 10;
    };
    expect(share(2 * (limit?.bytesPerDay90 as number))).toBeGreaterThanOrEqual(0.9);
    expect(share((limit?.bytesPerDay50 as number) / 2)).toBeLessThanOrEqual(0.5);
  });

  test.each(['surplus', 'surpluses'] as const)(
    'of bytes beyond habit (%s) is what a planted loss shows it to be',
    (bet) => {
      // Three days: thresholds are set anew on the fourth.
      const only = () => {
        const state = decodeState(bytes);
        for (const calibration of tableOf(state, 'host').calibrations) {
          const threshold = calibration.type.bet === bet ? Math.log(200) : Number.POSITIVE_INFINITY;
          Object.assign(calibration, { threshold, thresholdRaw: Math.exp(threshold) });
          setWatch(calibration);
        }
        return state;
      };
      const limit = detectionLimit(only(), 'host', 'h0', 3);
      expect(limit?.bet).toBe(bet);
      const loss = limit?.bytesPerDay90 as number;
      expect(loss).toBeGreaterThan(bet === 'surplus' ? 200e9 : 60e9);
      expect(advanceSteady(only(), 200, 203, 7, 1.2 * loss)).toBe(true);
      expect(advanceSteady(only(), 200, 203, 7, loss / 1.2)).toBe(false);
    },
  );

  test('falls with the time there is, and is unknown where nothing is known', () => {
    const limits = [20, 40, 80].map(
      (days) => detectionLimit(base, 'host', 'h0', days)?.bytesPerDay50 as number,
    );
    expect(limits[0]).toBeGreaterThanOrEqual(limits[1] as number);
    expect(limits[1]).toBeGreaterThanOrEqual(limits[2] as number);
    expect(detectionLimit(base, 'host', 'nobody', 30)).toBeUndefined();
    expect(detectionLimit(createState(), 'centre', 'centre', 30)).toBeUndefined();
  });
});
