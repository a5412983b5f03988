/** One centre under test: its clean run by every method, and campaigns planted into it one at a time. */

import { advance } from '../../src/detection/advance.ts';
import type { DayStatistics, Family, FamilyDay } from '../../src/detection/input.ts';
import type { Lead } from '../../src/detection/lead.ts';
import type { DetectionState } from '../../src/detection/state.ts';
import { DAY_FAMILIES } from '../../src/records/day-statistics.ts';
import { type Alarm, alsoClean, FAIR_SHARE, type Run, shareOf } from './alarm.ts';
import { type Case, type Planted, plant } from './campaigns.ts';
import { type Centre, DAYS, HISTORY_DAYS, type Rows } from './centre.ts';
import { lordenDays } from './lorden.ts';
import type { Rival, Scored } from './rivals/rival.ts';
import { type DayPairs, type Firsts, mergeDay, nameOf, noFirsts, statisticsMaker } from './statistics.ts';
import { alarmsAbove, keyOf, largest } from './threshold.ts';
import { alarmOf, copyOf, judgeDays, newState, strongest } from './weir.ts';

/** Leads a week for the whole centre: for Weir, and for each rival by itself. */
export const BUDGET = 1;

/** A centre whose clean life has been judged. */
export interface Prepared {
  readonly centre: Centre;
  readonly pairs: readonly DayPairs[];
  readonly clean: readonly DayStatistics[];
  readonly firsts: Firsts;
  readonly weir: {
    readonly atHistory: DetectionState;
    readonly alarms: readonly Alarm[];
    readonly by: readonly string[];
  };
  readonly rivals: readonly { readonly atHistory: unknown; readonly scores: readonly Scored[] }[];
}

/** What one method made of one planted campaign. */
export interface Outcome {
  readonly found: boolean;
  readonly lostBytes: number;
  readonly takenBytes: number;
  readonly days: number;
  readonly by: string;
  /** Of Weir on a pooled channel: what Lorden's bound allows (lorden.ts). */
  readonly leastDays?: number;
}

/** Judges a centre's clean life with Weir at a budget and, where wanted, with rivals; with tenants as entities where they are known. */
export function prepare(
  centre: Centre,
  rivals: readonly Rival[],
  leadsPerWeek: number,
  withTenants = false,
): Prepared {
  const firsts = noFirsts();
  const make = statisticsMaker(centre.world);
  const tenantOf = withTenants ? centre.world.tenantOfPrincipal : undefined;
  const pairs = centre.days.map((rows, day) => mergeDay(day, rows, firsts, tenantOf));
  const clean = pairs.map((each, day) => make(day, each, centre.coverage[day] as number));
  const state = newState(leadsPerWeek);
  judgeDays(state, clean.slice(0, HISTORY_DAYS));
  const atHistory = copyOf(state);
  const leads = judgeDays(state, clean.slice(HISTORY_DAYS));
  return {
    centre,
    pairs,
    clean,
    firsts,
    weir: { atHistory, alarms: leads.map(alarmOf), by: leads.map(channelOf) },
    rivals: rivals.map((rule) => {
      const own = rule.create();
      const scores: Scored[] = [];
      let kept: unknown;
      clean.forEach((today, day) => {
        if (day === HISTORY_DAYS) kept = structuredClone(own);
        const all = rule.score(own, today, [centre.days[day] as Rows]);
        if (day >= HISTORY_DAYS) scores.push(...all);
      });
      return { atHistory: kept, scores: largest(scores) };
    }),
  };
}

const channelOf = (lead: Parameters<typeof strongest>[0]) => {
  const { statistic, bet } = strongest(lead);
  return `${lead.family}/${statistic}/${bet}`;
};

/** Returns what Weir (first) and each rival at its threshold made of a campaign. */
export function tryCase(
  prepared: Prepared,
  what: Case,
  rivals: readonly Rival[],
  thresholds: readonly number[],
): Outcome[] {
  const { centre, pairs, clean, firsts } = prepared;
  const planted = plant(centre, what, 1);
  const make = statisticsMaker(centre.world);
  const own = noFirsts();
  const run: (DayStatistics | undefined)[] = [];
  const touched = touchedBy(planted, centre);
  const weir = copyOf(prepared.weir.atHistory);
  const rules = rivals.map((rule, i) => rivalRun(rule, prepared.rivals[i], thresholds[i] as number));
  const found: (Find | undefined)[] = [undefined, ...rules.map(() => undefined)];
  const earned = (alarm: Alarm, cleanAlarms: readonly Alarm[]) =>
    alarm.day >= planted.startDay &&
    !alsoClean(alarm, cleanAlarms) &&
    shareOf(alarm, clean, run) >= FAIR_SHARE;
  for (let day = HISTORY_DAYS; day < DAYS && found.includes(undefined); day++) {
    const extra = planted.days[day];
    const rows = extra ? [centre.days[day] as Rows, extra] : [centre.days[day] as Rows];
    const planting = { rows: extra, ordinary: firsts, own };
    const today = make(day, pairs[day] as DayPairs, centre.coverage[day] as number, planting);
    run[day] = today;
    const shown = touched.only(today, rows);
    if (!found[0]) {
      const lead = advance(weir, today).leads.find((each) => earned(alarmOf(each), prepared.weir.alarms));
      if (lead) {
        const leastDays = leastDaysOf(lead, planted, clean, run);
        found[0] = { day, by: channelOf(lead), ...(leastDays === undefined ? {} : { leastDays }) };
      }
    }
    rules.forEach((rule, i) => {
      if (found[i + 1]) return;
      const alarm = (rule.needsAll ? rule.on(today, rows) : rule.on(shown.today, shown.rows)).find((each) =>
        earned(each, rule.clean),
      );
      if (alarm) found[i + 1] = { day, by: alarm.family };
    });
  }
  return found.map((each) => outcomeOf(planted, each));
}

function rivalRun(rule: Rival, prepared: Prepared['rivals'][number] | undefined, threshold: number) {
  const state = structuredClone(prepared?.atHistory);
  const last = new Map<string, number>();
  return {
    needsAll: rule.needsAll === true,
    clean: alarmsAbove(threshold, prepared?.scores ?? []),
    on: (today: DayStatistics, rows: readonly Rows[]) =>
      rule.score(state, today, rows).filter((each) => {
        const before = last.get(keyOf(each));
        if (!(each.score > threshold) || (before !== undefined && each.day - before < 30)) return false;
        last.set(keyOf(each), each.day);
        return true;
      }),
  };
}

/** When and by what a campaign was found. */
interface Find {
  readonly day: number;
  readonly by: string;
  readonly leastDays?: number;
}

function leastDaysOf(lead: Lead, { startDay }: Planted, clean: readonly DayStatistics[], run: Run) {
  const { family, entity, raisedOnDay } = lead;
  if (family === 'host' || family === 'principal') return undefined;
  const { statistic } = alarmOf(lead);
  return lordenDays({ family, entity, statistic, raisedOnDay }, startDay, clean, run, BUDGET);
}

function outcomeOf({ lostBytes, startDay }: Planted, found: Find | undefined): Outcome {
  const takenBytes = lostBytes.reduce((sum, bytes) => sum + bytes, 0);
  const until = found ? found.day + 1 : DAYS;
  const lost = lostBytes.subarray(0, until).reduce((sum, bytes) => sum + bytes, 0);
  return {
    found: found !== undefined,
    lostBytes: lost,
    takenBytes,
    days: until - startDay,
    by: found?.by ?? '',
    ...(found?.leastDays === undefined ? {} : { leastDays: found.leastDays }),
  };
}

/** The part of a day that a campaign ever touches: no other entity's score can differ from the clean run's. */
function touchedBy({ days }: Planted, { world }: Centre) {
  const names = new Map<Family, Set<string>>(DAY_FAMILIES.map((family) => [family, new Set()]));
  const hosts = new Set<number>();
  for (const rows of days) {
    if (!rows) continue;
    for (let i = 0; i < rows.bytes.length; i++) {
      const [host, network] = [rows.host[i] as number, rows.network[i] as number];
      hosts.add(host);
      names.get('host')?.add(nameOf('host', host));
      names.get('principal')?.add(nameOf('principal', rows.principal[i] as number));
      names.get('as')?.add(nameOf('as', world.asOfNetwork[network] as number));
      names.get('path')?.add(nameOf('path', world.pathOfHost[host] as number));
    }
  }
  names.get('centre')?.add('centre');
  const familyOnly = (each: FamilyDay): FamilyDay => {
    const wanted = names.get(each.family);
    const kept = each.entities.flatMap((entity, i) => (wanted?.has(entity) ? [i] : []));
    const bytes = Float64Array.from(kept, (i) => each.statistics.bytes[i] as number);
    const entities = kept.map((i) => each.entities[i] as string);
    return { family: each.family, entities, statistics: { ...each.statistics, bytes } };
  };
  return {
    only: (today: DayStatistics, rows: readonly Rows[]) => ({
      today: { ...today, families: today.families.map(familyOnly) },
      rows: rows.map((each) => rowsOf(each, hosts)),
    }),
  };
}

function rowsOf(rows: Rows, hosts: ReadonlySet<number>): Rows {
  const kept: number[] = [];
  rows.host.forEach((host, i) => {
    if (hosts.has(host)) kept.push(i);
  });
  const take = (column: Int32Array) => Int32Array.from(kept, (i) => column[i] as number);
  const bytes = Float64Array.from(kept, (i) => rows.bytes[i] as number);
  return { host: take(rows.host), principal: take(rows.principal), network: take(rows.network), bytes };
}
