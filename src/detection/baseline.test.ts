import { describe, expect, test } from 'vitest';
import { advance } from './advance.ts';
import { PATIENT, PATIENT_STATISTICS, RULES, UNITS } from './channels.ts';
import type { Family } from './input.ts';
import { createState, type DetectionState, tableOf } from './state.ts';
import { pairDays, type Sent, statisticsOf } from './test-centre.ts';

const GB = 1e9;
const BYTES = PATIENT_STATISTICS.indexOf('bytes');
const CONTACTS = PATIENT_STATISTICS.indexOf('firstContacts');
/** So small a budget that nothing is ever a lead. */
const NEVER = 1e-200;

const one: Sent = { host: 'one', network: 'n', as: 'as', path: 'p', bytesOut: 1 };

/** A centre in which one host sends so many bytes a day to one place, week by week, and a byte on the day after. */
function live(perDay: readonly number[], leadsPerWeek = NEVER): DetectionState {
  const state = createState({ leadsPerWeek });
  const days = [...perDay.flatMap((bytes) => new Array<number>(7).fill(bytes)), 1];
  pairDays(
    days.map((bytesOut) => (bytesOut > 0 ? [{ ...one, bytesOut }] : [])),
    0,
  ).forEach((pairs, day) => {
    advance(state, statisticsOf(day, pairs));
  });
  return state;
}

/** What is expected a day of the one entity of a family, without the growth that is not yet evidence. */
function expected(state: DetectionState, family: Family = 'host', statistic = BYTES): number {
  return (tableOf(state, family).columns.expected[statistic] as number) / (1 + RULES[family].tolerance);
}

const steady = (weeks: number, bytes: number) => new Array<number>(weeks).fill(bytes);
/** What the slow copy knows: half is forgotten in 26 weeks. */
function slowMean(perDay: readonly number[]): number {
  const weight = (week: number) => 2 ** ((week - perDay.length) / 26);
  const total = perDay.reduce((sum, bytes, week) => sum + bytes * weight(week), 0);
  return total / perDay.reduce((sum, _, week) => sum + weight(week), 0);
}

describe('what is expected of an entity', () => {
  test('is its mean of the weeks t−84…t−28 and its standard errors, under the growth its family allows', () => {
    const swaying = live(Array.from({ length: 20 }, (_, week) => (week % 2 === 0 ? 80 : 120) * GB));
    // Eight blocks of 80 and 120: a deviation of √(8·20²/7).
    const error = (Math.sqrt((8 * 400) / 7) * GB) / Math.sqrt(8);
    expect(expected(swaying, 'host') / (100 * GB + error)).toBeCloseTo(1, 6);
    expect(expected(swaying, 'centre') / (100 * GB + 0.5 * error)).toBeCloseTo(1, 6);
    expect([RULES.host.tolerance, RULES.path.tolerance, RULES.centre.tolerance]).toEqual([0.3, 0.15, 0.06]);
  });

  test('is never less than the floor of its family, however quiet it was', () => {
    const quiet = live(steady(20, 1));
    for (const s of [0, 1, 2, 3]) {
      const unit = UNITS[s] as number;
      for (const family of ['network', 'as', 'path', 'centre'] as const)
        expect(expected(quiet, family, s) / unit).toBeCloseTo(2, 6);
      expect(expected(quiet, 'host', s) / unit).toBeCloseTo(s < 2 ? 0.5 : 0.2, 6);
    }
  });

  test('is not taught by a theft before four weeks have passed', () => {
    const before = expected(live(steady(20, 100 * GB)));
    expect(before / (100 * GB)).toBeCloseTo(1, 6);
    for (const weeks of [1, 4])
      expect(expected(live([...steady(20, 100 * GB), ...steady(weeks, 900 * GB)])) / before).toBeCloseTo(
        1,
        6,
      );
    expect(expected(live([...steady(20, 100 * GB), ...steady(5, 900 * GB)]))).toBeGreaterThan(1.5 * before);
  });

  test('stays under four times what it was when it was first judged, and under twice its slow copy', () => {
    const step = [...steady(20, 100 * GB), ...steady(20, 1000 * GB)];
    expect(expected(live(step)) / (400 * GB)).toBeCloseTo(1, 6);
    const back = [...steady(10, 1000 * GB), ...steady(60, 100 * GB), ...steady(13, 1000 * GB)];
    expect(expected(live(back)) / (2 * slowMean(back))).toBeCloseTo(1, 6);
  });

  test('begins again at its last four weeks once a lead has shown it to a person', () => {
    const step = [...steady(20, 100 * GB), ...steady(20, 1000 * GB)];
    expect(expected(live(step, 1)) / (1000 * GB)).toBeCloseTo(1, 6);
  });

  test('keeps half of its long average where it fell silent', () => {
    const silent = live([...steady(50, 1000 * GB), ...steady(16, 0)]);
    // Without the last four weeks: 50 of 62.
    expect(expected(silent) / (500 * GB * (50 / 62))).toBeCloseTo(1, 6);
  });
});

test('nothing is taken for steadier than a unit, a twentieth of it, or the root of a count', () => {
  const deviation = (state: DetectionState, family: Family, statistic: number) =>
    tableOf(state, family).columns.zDeviation[RULES[family].zColumns.indexOf(statistic)] as number;
  expect(deviation(live(steady(20, 100 * GB)), 'centre', BYTES) / (30 * GB)).toBeCloseTo(1, 6);
  expect(deviation(live(steady(20, 9000 * GB)), 'centre', BYTES) / (450 * GB)).toBeCloseTo(1, 6);
  const state = createState({ leadsPerWeek: NEVER });
  const places = (day: number) => [0, 1, 2].map((n) => ({ ...one, network: `n${day}-${n}` }));
  pairDays(
    Array.from({ length: 141 }, (_, day) => places(day)),
    0,
  ).forEach((pairs, day) => {
    advance(state, statisticsOf(day, pairs));
  });
  expect(deviation(state, 'as', CONTACTS)).toBeCloseTo(2, 6);
});

test('weekdays have no factor before the fourth whole week, and then one drawn towards 1', () => {
  const state = createState({ leadsPerWeek: NEVER });
  const after = (weeks: number, coverage = 1) => {
    const until = Math.max(0, state.lastDay) + 7 * weeks;
    for (let day = state.lastDay + 1; day <= until; day++) {
      const [pairs = []] = pairDays([[{ ...one, bytesOut: day % 7 === 0 ? 8 * GB : GB }]], day);
      advance(state, statisticsOf(day, pairs, coverage));
    }
    const { factors } = tableOf(state, 'centre');
    return [factors[BYTES] as number, factors[PATIENT + BYTES] as number] as const;
  };
  expect(after(3)).toEqual([1, 1]);
  // A week of which a part is missing says nothing of its days.
  expect(after(1, 0.6)).toEqual([1, 1]);
  const [first, other] = after(2);
  const known = 1 + 0.9 + 0.9 ** 2 + 0.9 ** 3;
  expect(first).toBeCloseTo(1 + 3 * (known / (known + 4)), 6);
  expect(other).toBeCloseTo(1 - 0.5 * (known / (known + 4)), 6);
});
