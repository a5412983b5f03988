/** What `weir detect` asks the ledger for once there are leads, asked of a simulated centre with a campaign planted into it. */
import { advance } from '../../src/detection/advance.ts';
import type { Campaign } from '../../src/detection/campaign.ts';
import { assembleCampaigns } from '../../src/detection/campaigns.ts';
import { refineChangePoint } from '../../src/detection/changepoint.ts';
import type { DailySeries, Family, PairDay } from '../../src/detection/input.ts';
import type { Lead } from '../../src/detection/lead.ts';
import { DAY_FAMILIES } from '../../src/records/day-statistics.ts';
import { alsoClean } from './alarm.ts';
import type { Planted } from './campaigns.ts';
import { type Centre, DAYS, HISTORY_DAYS, PATHS, type Rows } from './centre.ts';
import { type DayPairs, nameOf, noFirsts, statisticsMaker } from './statistics.ts';
import type { Prepared } from './trial.ts';
import { alarmOf, copyOf } from './weir.ts';

const BEFORE_DAYS = 56;
const NOVEL_DAYS = 60;
const PLACEBOS = 100;
/** Days with less coverage than this count as not watched. */
const LEAST_COVERAGE = 0.5;

/** The leads of the half-year after the history, everybody's; and whether the campaign earned one of them. */
export interface Raised {
  readonly leads: readonly Lead[];
  readonly found: boolean;
}

/** Returns the leads of a planted run, as `weir detect` lists them: those of ordinary life are among them. */
export function raisedIn({ centre, pairs, firsts, weir }: Prepared, planted: Planted): Raised {
  const make = statisticsMaker(centre.world);
  const own = noFirsts();
  const state = copyOf(weir.atHistory);
  const leads: Lead[] = [];
  for (let day = HISTORY_DAYS; day < DAYS; day++) {
    const planting = { rows: planted.days[day], ordinary: firsts, own };
    const today = make(day, pairs[day] as DayPairs, centre.coverage[day] as number, planting);
    leads.push(...advance(state, today).leads);
  }
  const found = leads.some(
    (lead) => lead.raisedOnDay >= planted.startDay && !alsoClean(alarmOf(lead), weir.alarms),
  );
  return { leads, found };
}

/** Every pair's days of a planted run, and every entity's. */
interface History {
  readonly rows: readonly PairDay[];
  readonly series: ReadonlyMap<Family, ReadonlyMap<string, DailySeries>>;
}

/** Returns the campaigns of some leads, from the same rows and series that the operation reads from the ledger. */
export function assembled(centre: Centre, planted: Planted, raised: readonly Lead[]): Campaign[] {
  const earliest = raised.flatMap(({ changePoint, raisedOnDay, channels }) => [
    changePoint.low,
    raisedOnDay,
    ...channels.map(({ sinceDay }) => sinceDay),
  ]);
  const fromDay = Math.max(0, Math.min(...earliest) - BEFORE_DAYS);
  const { rows, series } = historyOf(centre, planted, fromDay);
  const seriesOf = (family: Family, entity: string) => series.get(family)?.get(entity);
  const leads = raised.map((lead) => {
    const own = seriesOf(lead.family, lead.entity);
    return own ? refineChangePoint(lead, own) : lead;
  });
  const names = (family: Family) =>
    new Set(leads.filter((lead) => lead.family === family).map(({ entity }) => entity));
  const flagged = new Map(DAY_FAMILIES.map((family) => [family, names(family)]));
  const pooled = leads.some(({ family }) => family === 'path' || family === 'centre');
  const placebos = (['host', 'network'] as const).flatMap((family) =>
    heaviestOthers(series.get(family) ?? new Map(), flagged.get(family) ?? new Set()),
  );
  const inScope = (row: PairDay) =>
    (['host', 'network', 'as', 'principal'] as const).some((family) =>
      flagged.get(family)?.has(row[family]),
    ) ||
    (pooled && row.firstDay >= fromDay - NOVEL_DAYS);
  const own = leads.flatMap(({ family, entity }) => {
    const found = seriesOf(family, entity);
    return found ? [[`${family}|${entity}`, found] as const] : [];
  });
  return assembleCampaigns(
    leads,
    rows.filter(inScope),
    { flagged: new Map(own), placebos },
    { asOfDay: DAYS - 1 },
  );
}

function heaviestOthers(
  series: ReadonlyMap<string, DailySeries>,
  flagged: ReadonlySet<string>,
): DailySeries[] {
  const sum = ({ values }: DailySeries) => values.reduce((all, value) => all + (value || 0), 0);
  return [...series]
    .filter(([entity]) => !flagged.has(entity))
    .map(([entity, own]) => ({ entity, own, bytes: sum(own) }))
    .sort((a, b) => b.bytes - a.bytes || (a.entity < b.entity ? -1 : 1))
    .slice(0, PLACEBOS)
    .map(({ own }) => own);
}

function historyOf(centre: Centre, planted: Planted, fromDay: number): History {
  const firsts = new Map<number, number>();
  const rows: PairDay[] = [];
  const blank = Float64Array.from({ length: DAYS - fromDay }, (_, i) =>
    (centre.coverage[fromDay + i] as number) < LEAST_COVERAGE ? Number.NaN : 0,
  );
  const series = new Map(DAY_FAMILIES.map((family) => [family, new Map<string, DailySeries>()]));
  for (let day = 0; day < DAYS; day++) {
    const sums = new Map<number, { bytes: number; most: number; principal: number }>();
    for (const each of [centre.days[day], planted.days[day]]) if (each) addRows(each, sums);
    for (const [key, { bytes, principal }] of sums) {
      const firstDay = firsts.get(key) ?? day;
      if (firstDay === day) firsts.set(key, day);
      if (day < fromDay) continue;
      const [host, network] = [Math.floor(key / 2 ** 20), key % 2 ** 20];
      const row: PairDay = {
        day,
        host: nameOf('host', host),
        network: nameOf('network', network),
        as: nameOf('as', centre.world.asOfNetwork[network] as number),
        path: PATHS[centre.world.pathOfHost[host] as number] as string,
        principal: nameOf('principal', principal),
        bytesOut: bytes,
        firstDay,
      };
      rows.push(row);
      for (const family of DAY_FAMILIES) {
        const entity = family === 'centre' ? 'centre' : (row[family] ?? '');
        const all = series.get(family) as Map<string, DailySeries>;
        const own = all.get(entity) ?? { fromDay, values: Float64Array.from(blank) };
        all.set(entity, own);
        own.values[day - fromDay] = (own.values[day - fromDay] as number) + bytes;
      }
    }
  }
  return { rows, series };
}

function addRows(rows: Rows, sums: Map<number, { bytes: number; most: number; principal: number }>): void {
  for (let i = 0; i < rows.bytes.length; i++) {
    const key = (rows.host[i] as number) * 2 ** 20 + (rows.network[i] as number);
    const sum = sums.get(key) ?? { bytes: 0, most: 0, principal: 0 };
    sums.set(key, sum);
    const bytes = rows.bytes[i] as number;
    sum.bytes += bytes;
    if (bytes > sum.most) Object.assign(sum, { most: bytes, principal: rows.principal[i] as number });
  }
}
