import { describe, expect, test } from 'vitest';
import { advance } from './advance.ts';
import { assembleCampaigns } from './campaigns.ts';
import { refineChangePoint } from './changepoint.ts';
import type { DailySeries, Family, PairDay } from './input.ts';
import type { Lead } from './lead.ts';
import { createState } from './state.ts';
import { benignDays, pairDays, type Sent, statisticsOf } from './test-centre.ts';

const FIRST = 20_000;
const DAYS = 140;
const HOSTS = 80;

interface Run {
  readonly leads: Lead[];
  readonly rows: PairDay[];
  readonly placebos: DailySeries[];
}

function run(seed: number, plant: (day: number) => Sent[]): Run {
  const days = benignDays({ seed, days: DAYS, hosts: HOSTS });
  days.forEach((day, i) => {
    day.push(...plant(i));
  });
  const pairs = pairDays(days, FIRST);
  const seriesOf = new Map<string, DailySeries>();
  pairs.forEach((rows, i) => {
    for (const row of rows) {
      const entities: [Family, string][] = [
        ['host', row.host],
        ['network', row.network],
        ['as', row.as],
        ['path', row.path],
        ['centre', 'centre'],
      ];
      for (const [family, entity] of entities) {
        const key = `${family}|${entity}`;
        const series = seriesOf.get(key) ?? { fromDay: FIRST, values: new Float64Array(DAYS) };
        seriesOf.set(key, series);
        series.values[i] = (series.values[i] as number) + row.bytesOut;
      }
    }
  });
  const series = (family: Family, entity: string) => seriesOf.get(`${family}|${entity}`) as DailySeries;
  const state = createState();
  const leads = pairs
    .flatMap((rows, i) => advance(state, statisticsOf(FIRST + i, rows)).leads)
    .map((lead) => refineChangePoint(lead, series(lead.family, lead.entity)));
  const flagged = new Set(leads.map(({ entity }) => entity));
  const quiet = Array.from({ length: HOSTS }, (_, h) => `h${h}`).filter(
    (host) => !flagged.has(host) && seriesOf.has(`host|${host}`),
  );
  return { leads, rows: pairs.flat(), placebos: quiet.map((host) => series('host', host)) };
}

function assemble({ leads, rows, placebos }: Run) {
  return assembleCampaigns(leads, rows, { flagged: new Map(), placebos }, { asOfDay: FIRST + DAYS - 1 });
}

const slow = (day: number): Sent[] =>
  day < 90
    ? []
    : Array.from({ length: 30 }, (_, h) => ({
        host: `h${2 * h}`,
        network: `x${h % 10}`,
        as: 'AS9',
        path: 'border',
        bytesOut: 150_000_000 + 3_000_000 * h,
      }));

describe('a slow theft through 30 hosts', () => {
  const truth = Array.from({ length: DAYS }, (_, day) => slow(day))
    .flat()
    .reduce((sum, { bytesOut }) => sum + bytesOut, 0);

  test('is one campaign that names its hosts, its networks, its day and its bytes', () => {
    let covered = 0;
    const seeds = [31, 32, 33, 34];
    for (const seed of seeds) {
      const found = assemble(run(seed, slow)).find(
        ({ destinations }) => destinations.filter(({ as }) => as === 'AS9').length > 5,
      );
      const hosts = found?.hosts ?? [];
      const right = hosts.filter(
        (host) => Number(host.slice(1)) % 2 === 0 && Number(host.slice(1)) < 60,
      ).length;
      expect(right).toBeGreaterThanOrEqual(27);
      expect(right / hosts.length).toBeGreaterThanOrEqual(0.9);
      expect(found?.destinations.filter(({ as }) => as === 'AS9')).toHaveLength(10);
      expect(found?.startedAt.low).toBeLessThanOrEqual(FIRST + 90);
      expect(found?.startedAt.high).toBeGreaterThanOrEqual(FIRST + 90);
      expect(found?.because).toContain('It would be innocent if');
      const { low = 0, high = 0 } = found?.bytesOut ?? {};
      if (low <= truth && truth <= high) covered += 1;
    }
    expect(covered).toBeGreaterThanOrEqual(3);
  });

  test('does not depend on the order of leads and rows', () => {
    const given = run(31, slow);
    const turned = { ...given, leads: [...given.leads].reverse(), rows: [...given.rows].reverse() };
    expect(assemble(turned)).toEqual(assemble(given));
  });
});

describe('what is named', () => {
  test('is not a huge pair whose volume was there before', () => {
    const huge = (): Sent => ({ host: 'h1', network: 'x1', as: 'AS9', path: 'border', bytesOut: 5e12 });
    const campaigns = assemble(run(35, (day) => [huge(), ...slow(day)]));
    const found = campaigns.find(({ destinations }) => destinations.some(({ network }) => network === 'x2'));
    expect(found?.hosts).not.toContain('h1');
    expect(found?.bytesOut.estimate).toBeLessThan(1e12);
  });

  test('is the one host of a loud day, on that day', () => {
    const loud = (day: number): Sent[] =>
      day === 120 ? [{ host: 'h7', network: 'x1', as: 'AS9', path: 'border', bytesOut: 2e12 }] : [];
    const [first] = assemble(run(36, loud));
    expect(first).toMatchObject({ rank: 1, hosts: ['h7'], startedAt: { estimate: FIRST + 120 } });
    expect(first?.bytesOut.low).toBeLessThanOrEqual(2e12);
    expect(first?.bytesOut.high).toBeGreaterThanOrEqual(2e12);
  });

  test('is the rise of an old huge pair, less what it always sent, when it rises', () => {
    const steady = (day: number): Sent[] => [
      { host: 'h1', network: 'x1', as: 'AS9', path: 'border', bytesOut: day < 100 ? 4e10 : 1.6e11 },
    ];
    const given = run(38, steady);
    // Rows begin long after the pair did, as they do on a long history.
    const rows = given.rows.filter(({ day }) => day >= FIRST + 40);
    const found = assemble({ ...given, rows }).find(({ hosts }) => hosts[0] === 'h1');
    expect(found?.hosts).toEqual(['h1']);
    expect(found?.startedAt.estimate).toBe(FIRST + 100);
    expect(found?.bytesOut.low).toBeLessThanOrEqual(40 * 1.2e11);
    expect(found?.bytesOut.high).toBeGreaterThanOrEqual(40 * 1.2e11);
    expect(found?.bytesOut.estimate).toBeLessThan(40 * 1.6e11);
  });

  test('is two campaigns where two thefts share neither hosts nor places', () => {
    const two = (day: number): Sent[] => [
      ...slow(day),
      ...(day < 95 ? [] : [{ host: 'h61', network: 'y1', as: 'AS8', path: 'vpn', bytesOut: 8e9 }]),
    ];
    const campaigns = assemble(run(37, two));
    const first = campaigns.find(({ destinations }) => destinations.some(({ as }) => as === 'AS8'));
    const second = campaigns.find(({ destinations }) => destinations.some(({ as }) => as === 'AS9'));
    expect(first?.hosts).toEqual(['h61']);
    expect(second?.id).not.toBe(first?.id);
    expect(second?.hosts).not.toContain('h61');
  });
});
