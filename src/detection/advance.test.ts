import { describe, expect, test } from 'vitest';
import { InternalError } from '../errors.ts';
import { advance } from './advance.ts';
import type { DayStatistics } from './input.ts';
import type { Lead } from './lead.ts';
import { createState, tableOf } from './state.ts';
import { benignDays, type CentreOptions, pairDays, type Sent, statisticsOf } from './test-centre.ts';

const FIRST = 20_000;

function statisticsOfDays(days: readonly Sent[][]): DayStatistics[] {
  return pairDays(days, FIRST).map((pairs, i) => statisticsOf(FIRST + i, pairs));
}

function leadsOf(statistics: readonly DayStatistics[], leadsPerWeek = 1): Lead[] {
  const state = createState({ leadsPerWeek });
  return statistics.flatMap((day) => advance(state, day).leads);
}

function centre(options: Partial<CentreOptions> = {}): Sent[][] {
  return benignDays({ seed: 1, days: 120, hosts: 60, ...options });
}

describe('on clean telemetry', () => {
  test('there are about as many leads as the budget says, or fewer, from the first month on', () => {
    let leads = 0;
    let early = 0;
    let weeks = 0;
    for (let seed = 11; seed < 16; seed++) {
      const raised = leadsOf(statisticsOfDays(centre({ seed, days: 170 })));
      leads += raised.length;
      early += raised.filter(({ raisedOnDay }) => raisedOnDay < FIRST + 42).length;
      weeks += (170 - 14) / 7;
    }
    expect(leads / weeks).toBeLessThan(1);
    // Four weeks of five centres: 20 expected at the budget, 95 % of Poisson(20) lie below 28.
    expect(early).toBeLessThan(28);
  });

  test('a larger budget gives no fewer leads', () => {
    const statistics = statisticsOfDays(centre({ seed: 3, days: 150 }));
    expect(leadsOf(statistics, 5).length).toBeGreaterThanOrEqual(leadsOf(statistics, 0.5).length);
  });

  test('nothing is a lead in the first 14 days, whatever happens', () => {
    const days = centre({ days: 16 });
    for (let day = 3; day < 13; day++) {
      days[day]?.push({ host: 'h3', network: 'x1', as: 'AS9', path: 'border', bytesOut: 9e12 });
    }
    expect(leadsOf(statisticsOfDays(days)).filter(({ raisedOnDay }) => raisedOnDay < FIRST + 14)).toEqual([]);
  });

  test('says how many entities have no full baseline yet', () => {
    const statistics = statisticsOfDays(centre({ days: 60 }));
    const state = createState();
    const verdicts = statistics.map((day) => advance(state, day));
    expect(verdicts[13]).toMatchObject({ judged: false });
    expect(verdicts[13]?.because).toContain('14 of the 14 days');
    expect(verdicts[14]?.judged).toBe(true);
    expect(verdicts[14]?.warming.host.young).toBeGreaterThan(40);
    expect(verdicts[59]?.warming.centre).toEqual({ unjudged: 0, peers: 0, young: 0 });
  });
});

describe('a theft', () => {
  test('of one day is found the same day, at its host', () => {
    const days = centre({ seed: 5 });
    days[100]?.push({ host: 'h7', network: 'x1', as: 'AS9', path: 'border', bytesOut: 1e12 });
    const loud = leadsOf(statisticsOfDays(days)).filter(({ raisedOnDay }) => raisedOnDay === FIRST + 100);
    const host = loud.find(({ family, entity }) => family === 'host' && entity === 'h7');
    expect(host?.channels.some(({ bet }) => bet === 'loud')).toBe(true);
    expect(host?.detectedAtMicros).toBe((FIRST + 101) * 86_400_000_000);
    expect(host?.because).toMatch(/^Host h7: .* It would be innocent if/);
  });

  test('spread over 30 hosts in small streams to one AS is found within three weeks', () => {
    for (const seed of [21, 22, 23]) {
      const days = centre({ seed });
      for (let day = 80; day < 120; day++) {
        for (let h = 0; h < 30; h++) {
          days[day]?.push({
            host: `h${2 * h}`,
            network: `x${h % 10}`,
            as: 'AS9',
            path: 'border',
            bytesOut: 1e8,
          });
        }
      }
      const lead = leadsOf(statisticsOfDays(days)).find(
        ({ family, entity }) => family === 'as' && entity === 'AS9',
      );
      expect(lead?.raisedOnDay).toBeLessThan(FIRST + 101);
    }
  });

  test('gives one lead for an entity and family in 30 days', () => {
    const days = centre({ seed: 5 });
    for (let day = 60; day < 120; day++) {
      days[day]?.push({ host: 'h7', network: 'x1', as: 'AS9', path: 'border', bytesOut: 5e10 * (day - 55) });
    }
    const raised = leadsOf(statisticsOfDays(days)).filter(
      ({ family, entity }) => family === 'host' && entity === 'h7',
    );
    expect(raised.length).toBeGreaterThan(0);
    raised.slice(1).forEach((lead, i) => {
      expect(lead.raisedOnDay - (raised[i]?.raisedOnDay ?? 0)).toBeGreaterThanOrEqual(30);
    });
  });
});

describe('days', () => {
  test('of little coverage are neither judged nor learned', () => {
    const statistics = statisticsOfDays(centre({ days: 80 }));
    const doubled = statisticsOfDays(
      centre({ days: 80 }).map((day) => [...day, ...day, ...day, ...day, ...day]),
    );
    const blind = statistics.map((day, i) =>
      i === 50 ? { ...(doubled[i] as DayStatistics), coverage: 0.4 } : day,
    );
    const empty = statistics.map((day, i) => (i === 50 ? { ...day, families: [], coverage: 0 } : day));
    const [a, b] = [createState(), createState()];
    const verdicts = blind.map((day) => advance(a, day));
    for (const day of empty) advance(b, day);
    expect(verdicts[50]).toMatchObject({ judged: false, leads: [] });
    expect(a).toEqual(b);
  });

  test('must come in order, with exact counts, each entity once', () => {
    const [day] = statisticsOfDays(centre({ days: 1 })) as [DayStatistics];
    const state = createState();
    advance(state, day);
    expect(() => advance(state, day)).toThrow(InternalError);
    const host = day.families[0] as DayStatistics['families'][0];
    const half = {
      ...host,
      statistics: { ...host.statistics, bytes: host.statistics.bytes.map((x) => x + 0.5) },
    };
    expect(() => advance(state, { ...day, day: day.day + 1, families: [half] })).toThrow(InternalError);
  });

  test('of an entity unseen for 400 days end its row; another takes it', () => {
    const state = createState();
    const day = (at: number, host: string) =>
      statisticsOf(at, pairDays([[{ host, network: 'n', as: 'a', path: 'p', bytesOut: 5 }]], at)[0] ?? []);
    advance(state, day(0, 'gone'));
    for (let at = 1; at < 420; at++) advance(state, day(at, 'stays'));
    expect([...tableOf(state, 'host').index.keys()]).toEqual(['stays']);
    advance(state, day(420, 'new'));
    expect(tableOf(state, 'host').keys).toHaveLength(2);
  });
});
