import { expect, test } from 'vitest';
import { advance } from './advance.ts';
import { PATIENT, PATIENT_STATISTICS } from './channels.ts';
import { MEANS } from './evidence.ts';
import type { DayStatistics } from './input.ts';
import { createState, type DetectionState, tableOf } from './state.ts';
import { pairDays, type Sent, statisticsOf } from './test-centre.ts';

const GB = 1e9;
const BYTES = PATIENT_STATISTICS.indexOf('bytes');
const one: Sent = { host: 'one', network: 'n', as: 'as', path: 'p', bytesOut: 1 };

const dayOf = (day: number, bytesOut: number): DayStatistics =>
  statisticsOf(day, bytesOut > 0 ? (pairDays([[{ ...one, bytesOut }]], day)[0] ?? []) : []);

/** The same day with the host in it, of which nothing was seen. */
function withSilent(today: DayStatistics): DayStatistics {
  const families = today.families.map((family) => {
    if (family.family !== 'host' || family.entities.length > 0) return family;
    const zeros = Object.fromEntries(
      Object.keys(family.statistics).map((name) => [name, new Float64Array(1)]),
    );
    return { ...family, entities: ['one'], statistics: zeros as typeof family.statistics };
  });
  return { ...today, families };
}

/** The mean bets of the host on all its bytes. */
function betsOf(state: DetectionState): number[] {
  const { columns, index } = tableOf(state, 'host');
  const at = ((index.get('one') as number) * PATIENT + BYTES) * MEANS;
  return [...columns.meanR.subarray(at, at + MEANS)];
}

test('days on which nothing was seen of an entity are days without a byte, whether it is named or not', () => {
  const sent = [...Array<number>(45).fill(100 * GB), 250 * GB, 250 * GB, 0, 0, 0, 0, 0, 120 * GB];
  const [left, named] = [createState({ leadsPerWeek: 1e-200 }), createState({ leadsPerWeek: 1e-200 })];
  sent.forEach((bytes, day) => {
    advance(left, dayOf(day, bytes));
    advance(named, withSilent(dayOf(day, bytes)));
  });
  const bets = betsOf(named);
  expect(bets.every((R) => R > 0)).toBe(true);
  betsOf(left).forEach((R, bet) => {
    expect(R / (bets[bet] as number)).toBeCloseTo(1, 6);
  });
});

test('an entity that slept for twelve weeks wakes without the evidence of before', () => {
  const state = createState({ leadsPerWeek: 1e-200 });
  const bytesOn = (day: number) => (day < 50 || day > 140 ? 100 * GB : 0);
  for (let day = 0; day <= 140; day++) advance(state, dayOf(day, bytesOn(day)));
  expect(betsOf(state)[0]).toBeGreaterThan(10);
  advance(state, dayOf(141, bytesOn(141)));
  // R ← (1 + 0)·(1 + λ(r − 1)) with r of at most 30.
  expect(betsOf(state)[0]).toBeLessThanOrEqual(1.29);
});

test('evidence goes on for thirty days after a lead, then begins anew, so that one rise is told once', () => {
  const state = createState();
  const leads: number[] = [];
  const bets: number[] = [];
  for (let day = 0; day < 150; day++) {
    const verdict = advance(state, dayOf(day, (day < 90 ? 100 + (day % 7) : 350) * GB));
    bets.push(Math.max(...betsOf(state)));
    if (verdict.leads.some(({ family }) => family === 'host')) leads.push(day);
  }
  const first = leads[0] as number;
  expect(first).toBeGreaterThanOrEqual(90);
  expect(first).toBeLessThan(100);
  expect(bets[first + 29]).toBeGreaterThan(1e9);
  // R ← (1 + 0)·(1 + λ(r − 1)), r under 3.5.
  expect(bets[first + 30]).toBeLessThan(1 + 0.9 * 2.5);
  expect(leads.length).toBeLessThanOrEqual(2);
});
