import { describe, expect, test } from 'vitest';
import { advance } from './advance.ts';
import { setWatch } from './calibration.ts';
import { decodeState, encodeState } from './encoding.ts';
import type { Lead } from './lead.ts';
import { HABIT, levelOf, SPEEDS, scoreLevel } from './levels.ts';
import { createState, type DetectionState, tableOf } from './state.ts';
import { edgeOf } from './surplus.ts';
import { normals, pairDays, type Sent, statisticsOf, uniforms } from './test-centre.ts';

const HOSTS = 40;
const DAYS = 150;

/** Hosts of steady habits; `b` moves a terabyte at a time on every third day, as data-transfer nodes do. */
function days(seed: number, from: number, to: number, more: (day: number) => readonly Sent[] = () => []) {
  const normal = normals(uniforms(seed));
  const one = (host: string, network: string, bytes: number): Sent => ({
    host,
    network,
    as: 'AS64500',
    path: 'p',
    bytesOut: Math.floor(bytes),
  });
  return Array.from({ length: to - from }, (_, n) => {
    const day = from + n;
    const sent = Array.from({ length: HOSTS }, (_, h) =>
      one(`h${h}`, `n${h}`, 2e9 * Math.exp(0.6 * normal())),
    );
    if (day % 3 === 0) sent.push(one('b', 'n0', 1e12 * Math.exp(0.8 * normal())));
    return [...sent, ...more(day)];
  });
}

function lead(state: DetectionState, all: readonly (readonly Sent[])[], from: number): Lead[] {
  return pairDays(all, from).flatMap((pairs, n) => {
    const known = pairs.map((pair) => ({ ...pair, firstDay: 0 }));
    return [...advance(state, statisticsOf(from + n, known)).leads];
  });
}

const surplusOf = (leads: readonly Lead[], entity: string) =>
  leads
    .filter((each) => each.family === 'host' && each.entity === entity)
    .flatMap(({ channels }) => channels.filter(({ bet }) => bet === 'surplus' || bet === 'surpluses'));

const base = createState();
lead(base, days(1, 0, DAYS), 0);
const bytes = encodeState(base);
const taken = (host: string, size: number): Sent => ({
  host,
  network: 'n7',
  as: 'AS64500',
  path: 'p',
  bytesOut: size,
});

describe('volume beyond habit', () => {
  test('terabytes from a host of gigabytes are a lead the same day, in words with their bytes', () => {
    const leads = lead(
      decodeState(bytes),
      days(2, DAYS, DAYS + 5, (day) => (day === DAYS + 3 ? [taken('h7', 4e12)] : [])),
      DAYS,
    );
    const [found] = leads.filter(({ entity }) => entity === 'h7');
    expect(found?.raisedOnDay).toBe(DAYS + 3);
    const [day] = surplusOf(leads, 'h7');
    expect(day?.bet).toBe('surplus');
    expect(found?.because).toMatch(/beyond the upper edge of its own habit came to [34]\.\d+ TB/);
    expect(Math.exp(day?.logEvidence ?? 0)).toBeGreaterThan(3_500);
    expect(Math.exp(day?.logEvidence ?? 0)).toBeLessThan(4_500);
  });

  test('the same terabytes from a host that moves terabytes every week are its habit', () => {
    // Thresholds that its own past would have set are out of the way: its edge alone keeps it silent.
    const beyond = (host: string) => {
      const state = decodeState(bytes);
      const table = tableOf(state, 'host');
      table.columns.leadDay.fill(0);
      for (const calibration of table.calibrations) {
        const isSurplus = calibration.type.bet === 'surplus' || calibration.type.bet === 'surpluses';
        const threshold = isSurplus ? Math.log(100) : 1e9;
        Object.assign(calibration, { threshold, thresholdRaw: Math.exp(Math.min(600, threshold)) });
        setWatch(calibration);
      }
      const more = (day: number) => (day === DAYS + 3 ? [taken(host, 4e12)] : []);
      const leads = lead(state, days(2, DAYS, DAYS + 4, more), DAYS);
      const sum = table.columns.surplus[table.index.get(host) as number] as number;
      return { bets: surplusOf(leads, host).map(({ bet }) => bet), sum };
    };
    expect(beyond('b')).toEqual({ bets: [], sum: 0 });
    expect(beyond('h7').bets).toEqual(['surplus', 'surpluses']);
  });

  test('the sum over days adds up, is half forgotten in 23 days, and begins again after a lead', () => {
    const sum = (state: DetectionState) => {
      const table = tableOf(state, 'host');
      return table.columns.surplus[table.index.get('h7') as number] as number;
    };
    const state = decodeState(bytes);
    const before = sum(state);
    for (const calibration of tableOf(state, 'host').calibrations)
      Object.assign(calibration, { threshold: 1e9, thresholdRaw: Number.POSITIVE_INFINITY });
    lead(
      state,
      days(2, DAYS, DAYS + 2, () => [taken('h7', 1e11)]),
      DAYS,
    );
    const two = sum(state);
    expect(two - before).toBeGreaterThan(1.5e11);
    lead(state, days(3, DAYS + 2, DAYS + 25), DAYS + 2);
    expect(sum(state) / two).toBeGreaterThan(0.45);
    expect(sum(state) / two).toBeLessThan(0.6);
    const raised = decodeState(bytes);
    const leads = lead(
      raised,
      days(2, DAYS, DAYS + 1, () => [taken('h7', 4e12)]),
      DAYS,
    );
    expect(surplusOf(leads, 'h7').map(({ bet }) => bet)).toContain('surpluses');
    expect(sum(raised)).toBe(0);
  });

  test('the edge of a habit lies three deviations above it', () => {
    const H = new Float64Array(HABIT);
    const scores = new Float64Array(SPEEDS.length);
    const normal = normals(uniforms(5));
    for (let day = 0; day < 120; day++)
      scoreLevel(H, 0, levelOf(1e9 * Math.exp(0.5 * normal()), 1e6), scores);
    const edge = edgeOf(H, 0, 1e6);
    scoreLevel(H, 0, levelOf(edge, 1e6), scores);
    expect(scores[0]).toBeCloseTo(3, 6);
  });
});
