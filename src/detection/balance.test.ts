import { beforeAll, describe, expect, test } from 'vitest';
import { advance } from './advance.ts';
import {
  addBeyond,
  addTo,
  beyondUsual,
  COPIES,
  COVER_WEEKS,
  createPrincipals,
  readsBeyondUsual,
  rowOf,
  useUp,
} from './balance-rows.ts';
import { BALANCE_DAYS } from './balance-state.ts';
import { assembleCampaigns } from './campaigns.ts';
import { decodeState, encodeState } from './encoding.ts';
import type { BalanceDay, DayStatistics, PairDay } from './input.ts';
import type { Lead } from './lead.ts';
import { createState } from './state.ts';
import { statisticsOf } from './test-centre.ts';

const GB = 1e9;
const CHANGE = 147;
const DAYS = 190;
const NAMES = Array.from({ length: 12 }, (_, p) => `p${String(p).padStart(2, '0')}`);

/** 20 GB a day of everybody to a place of its own; the last one sends 60 GB. */
const bytesOf = (p: number) => (p === NAMES.length - 1 ? 60 : 20) * GB;

interface Story {
  /** What p00 made a day after CHANGE, and whether storage logs are there, and whose tenant it is. */
  readonly madeAfter?: number;
  readonly read?: (day: number) => number;
  readonly logged?: (day: number) => boolean;
  readonly tenants?: boolean;
  readonly reversed?: boolean;
}

function balanceOf(day: number, story: Story): BalanceDay {
  const { madeAfter = 20 * GB, read = () => 0, logged = () => true, tenants = false } = story;
  const tenantOf = new Map(tenants ? NAMES.map((name, p) => [name, `t${p % 4}`]) : []);
  const principals = logged(day) ? NAMES : [];
  const made = (p: number) => (p === 0 && day >= CHANGE ? madeAfter : bytesOf(p) / COPIES);
  const bytesReadFreely = Float64Array.from(principals, (_, p) => bytesOf(p) + (p === 1 ? read(day) : 0));
  return {
    watched: logged(day) ? 1 : 0,
    principals,
    bytesMade: Float64Array.from(principals, (_, p) => made(p)),
    bytesReadMost: bytesReadFreely,
    bytesReadFreely,
    tenantOf,
  };
}

function pairsOf(day: number): PairDay[] {
  return NAMES.map((principal, p) => ({
    day,
    host: 'login',
    network: `n${p}`,
    as: 'AS1',
    path: 'border',
    principal,
    bytesOut: bytesOf(p),
    firstDay: 0,
  }));
}

function dayOf(day: number, story: Story): DayStatistics {
  const pairs = pairsOf(day);
  const today = { ...statisticsOf(day, pairs), balance: balanceOf(day, story) };
  if (!story.reversed) return today;
  const families = today.families.map((family) => ({
    ...family,
    entities: [...family.entities].reverse(),
    statistics: Object.fromEntries(
      Object.entries(family.statistics).map(([name, values]) => [name, values.slice().reverse()]),
    ) as typeof family.statistics,
  }));
  return { ...today, families };
}

function leadsOf(story: Story): { leads: Lead[]; bytes: Uint8Array } {
  const state = createState();
  const leads: Lead[] = [];
  for (let day = 0; day < DAYS; day++) leads.push(...advance(state, dayOf(day, story)).leads);
  return { leads, bytes: encodeState(state) };
}

const whose = (leads: readonly Lead[]) =>
  leads.map(({ family, entity, channels }) =>
    [family, entity, ...channels.map(({ statistic }) => statistic)].join(' '),
  );

describe('the balance of a centre', () => {
  let theft: ReturnType<typeof leadsOf>;
  beforeAll(() => {
    theft = leadsOf({ madeAfter: 0 });
  });

  test('names who sends on as before and makes nothing any more; nobody while all goes on', () => {
    expect(leadsOf({}).leads).toEqual([]);
    const own = theft.leads.filter(({ family }) => family === 'principal');
    // And again after thirty days, for it goes on.
    expect(new Set(whose(own))).toEqual(new Set(['principal p00 beyondMade']));
    expect(own[0]?.raisedOnDay).toBeGreaterThanOrEqual(CHANGE);
    expect(own[0]?.channels[0]?.balance).toMatchObject({ usualAWeek: 0 });
    expect(own[0]?.because).toContain('Since 1970-05-2');
  });

  test('goes on to the same bits and leads from bytes, and in any order of entities', () => {
    let state = createState();
    const leads: Lead[] = [];
    for (let day = 0; day < DAYS; day++) {
      leads.push(...advance(state, dayOf(day, { madeAfter: 0 })).leads);
      if (day % 31 === 17) state = decodeState(encodeState(state));
    }
    expect(leads).toEqual(theft.leads);
    expect(Buffer.compare(encodeState(state), theft.bytes)).toBe(0);
    const tenants = leadsOf({ madeAfter: 0, tenants: true });
    const other = leadsOf({ madeAfter: 0, tenants: true, reversed: true });
    expect(other.leads).toEqual(tenants.leads);
    expect(Buffer.compare(other.bytes, tenants.bytes)).toBe(0);
  });

  test('tells reads that lead nowhere, which no egress shows', () => {
    const { leads } = leadsOf({ read: (day) => (day >= CHANGE ? 300 * GB : 0) });
    expect(new Set(whose(leads))).toEqual(new Set(['principal p01 readsBeyond']));
    expect(leads[0]?.because).toContain('path without a sensor');
    const pairs = Array.from({ length: DAYS }, (_, day) => pairsOf(day)).flat();
    const series = { flagged: new Map(), placebos: [] };
    const [campaign] = assembleCampaigns(leads.slice(0, 1), pairs, series, { asOfDay: DAYS - 1 });
    expect(campaign).toMatchObject({ principals: ['p01'], hosts: [], destinations: [] });
    expect(campaign?.bytesOut).toMatchObject({ low: 0, estimate: 0 });
    expect(campaign?.bytesOut.high).toBeGreaterThan(100 * GB);
    expect(campaign?.because).toMatch(/^What identity p01 read .* is not seen to leave: no pair carried it/);
  });

  test('takes a day without storage logs for an ordinary one, not for one on which nothing was made', () => {
    const missing = (day: number) => day % 10 !== 3;
    expect(leadsOf({ logged: missing }).leads).toEqual([]);
  });

  test('is not there without storage logs, nor before it can be judged', () => {
    const state = createState();
    for (let day = 0; day < 30; day++) {
      const { balance: _, ...today } = dayOf(day, {});
      advance(state, today);
    }
    expect(state.balance).toBeUndefined();
    const { leads } = leadsOf({ madeAfter: 0 });
    expect(leads.every(({ raisedOnDay }) => raisedOnDay >= BALANCE_DAYS)).toBe(true);
  });
});

describe('a cover', () => {
  test('is used up from its newest week on, and ends after fourteen', () => {
    const left = new Float64Array(32);
    addTo(left, 0, 20, 100);
    addTo(left, 0, 21, 50);
    expect(useUp(left, 0, 21, 60)).toBe(0);
    expect(useUp(left, 0, 20 + COVER_WEEKS - 1, 70)).toBe(0);
    expect(useUp(left, 0, 20 + COVER_WEEKS, 70)).toBe(70);
    expect(useUp(left, 0, 20 + COVER_WEEKS - 1, 70)).toBe(50);
  });

  test('what is usual for somebody is not beyond it: half as much again is', () => {
    const c = createPrincipals().columns;
    for (let week = 3; week < 15; week++) addBeyond(c, 0, week, 1, 100);
    expect(beyondUsual(c, 0, 14, 1, 3)).toBe(0);
    addBeyond(c, 0, 14, 1, 75);
    expect(beyondUsual(c, 0, 14, 1, 3)).toBe(25);
    // Nothing is usual yet.
    expect(beyondUsual(c, 0, 14, 1, 10)).toBe(0);
  });

  test('reads that lead to as much as ever are not beyond what is usual', () => {
    const reads = (ledTo: number) => {
      const roster = createPrincipals();
      const { row } = rowOf(roster, 'p');
      const c = roster.columns;
      for (let week = 0; week <= 15; week++) {
        const more = week > 10 ? 10 : 1;
        addTo(c.read, row, week, 100 * more);
        addTo(c.out, row, week, week > 10 ? ledTo : 50);
      }
      return readsBeyondUsual(c, row, 15);
    };
    expect(reads(500)).toBe(0);
    expect(reads(50)).toBe(5 * 1000 - 1.5 * 500);
  });
});
