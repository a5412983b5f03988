import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { LedgerError } from '../errors.ts';
import { advance } from './advance.ts';
import { decodeState, encodeState } from './encoding.ts';
import type { DayStatistics, FamilyDay, Statistic } from './input.ts';
import type { Lead } from './lead.ts';
import { createState } from './state.ts';
import { benignDays, pairDays, statisticsOf, uniforms } from './test-centre.ts';

const DAYS = 75;
const days = benignDays({ seed: 8, days: DAYS, hosts: 25, networks: 40 });
for (let day = 50; day < DAYS; day++) {
  for (let h = 0; h < 20; h++) {
    days[day]?.push({ host: `h${h}`, network: `x${h % 3}`, as: 'AS9', path: 'vpn', bytesOut: 4e8 });
  }
}
const statistics = pairDays(days, 0).map((pairs, i) => statisticsOf(i, pairs, i % 17 === 3 ? 0.8 : 1));

/** The same day with the entities of every family, and the families, in another order. */
function shuffled(day: DayStatistics, seed: number): DayStatistics {
  const uniform = uniforms(seed);
  const families = day.families.map((family): FamilyDay => {
    const order = family.entities.map((_, i) => ({ i, at: uniform() })).sort((a, b) => a.at - b.at);
    const columns = Object.entries(family.statistics).map(([name, values]) => [
      name,
      Float64Array.from(order, ({ i }) => values[i] as number),
    ]);
    return {
      family: family.family,
      entities: order.map(({ i }) => family.entities[i] as string),
      statistics: Object.fromEntries(columns) as Record<Statistic, Float64Array>,
    };
  });
  return { ...day, families: families.reverse() };
}

const byId = (leads: readonly Lead[]) => [...leads].sort((a, b) => (a.id < b.id ? -1 : 1));
const straight = createState();
const straightLeads = statistics.flatMap((day) => advance(straight, day).leads);

describe('a state', () => {
  test('of a history with a theft has leads to compare', () => {
    expect(straightLeads.length).toBeGreaterThan(2);
    expect(new Set(straightLeads.map(({ id }) => id)).size).toBe(straightLeads.length);
  });

  test.prop([fc.uniqueArray(fc.integer({ min: 0, max: DAYS - 1 }), { maxLength: 4 })], { numRuns: 12 })(
    'written and read at any moments goes on to the same bits and the same leads',
    (stops) => {
      let state = createState();
      const leads: Lead[] = [];
      for (const day of statistics) {
        leads.push(...advance(state, day).leads);
        if (stops.includes(day.day)) state = decodeState(encodeState(state));
      }
      expect(leads).toEqual(straightLeads);
      expect(Buffer.compare(encodeState(state), encodeState(straight))).toBe(0);
    },
  );

  test.prop([fc.integer()], { numRuns: 6 })(
    'does not depend on the order of entities or families',
    (seed) => {
      const state = createState();
      const leads = statistics.flatMap((day) => advance(state, shuffled(day, seed + day.day)).leads);
      expect(byId(leads)).toEqual(byId(straightLeads));
      expect(Buffer.compare(encodeState(state), encodeState(straight))).toBe(0);
    },
  );

  test('is not read when it is damaged, cut short or of another version', () => {
    const bytes = encodeState(straight);
    expect(() => decodeState(bytes.subarray(0, bytes.length - 1))).toThrow(LedgerError);
    expect(() => decodeState(new Uint8Array([...bytes, 0]))).toThrow(LedgerError);
    expect(() => decodeState(new Uint8Array(3))).toThrow(LedgerError);
    const other = bytes.slice();
    other[9] = 0xff;
    expect(() => decodeState(other)).toThrow(LedgerError);
  });
});
