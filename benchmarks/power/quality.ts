/**
 * How well campaigns are assembled once there are leads: hosts and principals named, and whether the loss interval holds
 * the truth. Run: npx tsx benchmarks/power/quality.ts [--seeds 3]. Printed; docs/method.md quotes it.
 */
import { parseArgs } from 'node:util';
import { advance } from '../../src/detection/advance.ts';
import type { Campaign } from '../../src/detection/campaign.ts';
import { assembleCampaigns } from '../../src/detection/campaigns.ts';
import type { PairDay } from '../../src/detection/input.ts';
import type { Lead } from '../../src/detection/lead.ts';
import { alsoClean } from './alarm.ts';
import { type Planted, plant } from './campaigns.ts';
import { DOZEN } from './cases.ts';
import { DAYS, HISTORY_DAYS, PATHS, type Rows, TENTH } from './centre.ts';
import { everydayCentre } from './everyday.ts';
import { otherwiseCentre } from './otherwise.ts';
import { type DayPairs, nameOf, noFirsts, statisticsMaker } from './statistics.ts';
import { type Prepared, prepare } from './trial.ts';
import { alarmOf, copyOf } from './weir.ts';

const FIRST_SEED = 40_001;
const BEFORE_DAYS = 56;
const CASES = [0, 3, 4, 6, 7, 9, 11];

/** Leads of a planted run that the clean run does not have. */
function leadsOf({ centre, pairs, firsts, weir }: Prepared, planted: Planted): Lead[] {
  const make = statisticsMaker(centre.world);
  const own = noFirsts();
  const state = copyOf(weir.atHistory);
  const leads: Lead[] = [];
  for (let day = HISTORY_DAYS; day < DAYS; day++) {
    const planting = { rows: planted.days[day], ordinary: firsts, own };
    const today = make(day, pairs[day] as DayPairs, centre.coverage[day] as number, planting);
    leads.push(...advance(state, today).leads.filter((lead) => !alsoClean(alarmOf(lead), weir.alarms)));
  }
  return leads;
}

/** The active days of the pairs of flagged entities, as `weir detect` asks the ledger for them. */
function pairDaysOf(
  { centre }: Prepared,
  planted: Planted,
  leads: readonly Lead[],
  fromDay: number,
): PairDay[] {
  const flagged = new Set(leads.map(({ family, entity }) => `${family}|${entity}`));
  const pooled = leads.some(({ family }) => family === 'path' || family === 'centre');
  const firsts = new Map<number, number>();
  const rows: PairDay[] = [];
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
      const isFlagged = (['host', 'network', 'as', 'principal'] as const).some((family) =>
        flagged.has(`${family}|${row[family]}`),
      );
      if (isFlagged || (pooled && firstDay >= fromDay - 60)) rows.push(row);
    }
  }
  return rows;
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

interface Quality {
  readonly hosts: readonly [number, number];
  readonly principals: readonly [number, number];
  readonly covered: boolean;
  readonly ratio: number;
}

/** Precision and recall of some names. */
function named(found: readonly string[], truth: ReadonlySet<string>): readonly [number, number] {
  const right = found.filter((name) => truth.has(name)).length;
  return [found.length > 0 ? right / found.length : 0, right / truth.size];
}

function qualityOf(prepared: Prepared, planted: Planted): Quality | undefined {
  const leads = leadsOf(prepared, planted).filter(({ raisedOnDay }) => raisedOnDay >= planted.startDay);
  if (leads.length === 0) return undefined;
  const earliest = Math.min(...leads.flatMap(({ channels }) => channels.map(({ sinceDay }) => sinceDay)));
  const fromDay = Math.max(0, Math.min(earliest, planted.startDay) - BEFORE_DAYS);
  const rows = pairDaysOf(prepared, planted, leads, fromDay);
  const series = { flagged: new Map(), placebos: [] };
  const campaigns = assembleCampaigns(leads, rows, series, { asOfDay: DAYS - 1 });
  const hosts = new Set([...planted.hosts].map((host) => nameOf('host', host)));
  const principals = new Set([...planted.principals].map((each) => nameOf('principal', each)));
  const overlap = (campaign: Campaign) =>
    campaign.hosts.filter((host) => hosts.has(host)).length * campaign.bytesOut.estimate;
  const best = [...campaigns].sort((a, b) => overlap(b) - overlap(a))[0] as Campaign;
  const truth = planted.lostBytes.reduce((sum, bytes) => sum + bytes, 0);
  return {
    hosts: named(best.hosts, hosts),
    principals: named(best.principals, principals),
    covered: best.bytesOut.low <= truth && truth <= best.bytesOut.high,
    ratio: best.bytesOut.estimate / truth,
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function main(): void {
  const { values } = parseArgs({ options: { seeds: { type: 'string', default: '3' } } });
  const seeds = Number(values.seeds);
  for (const make of [everydayCentre, otherwiseCentre]) {
    const centres = Array.from({ length: seeds }, (_, n) => prepare(make(TENTH, FIRST_SEED + n), [], 1));
    for (const index of CASES) {
      const what = DOZEN[index];
      if (!what) continue;
      const all = centres.flatMap((each) => qualityOf(each, plant(each.centre, what, 2)) ?? []);
      const text = (pick: (quality: Quality) => number) => mean(all.map(pick)).toFixed(2);
      process.stdout.write(
        `${centres[0]?.centre.generator} | ${what.name} | ${all.length} of ${seeds} found | hosts ${text(({ hosts }) => hosts[0])} / ${text(({ hosts }) => hosts[1])} | principals ${text(({ principals }) => principals[0])} / ${text(({ principals }) => principals[1])} | interval holds ${all.filter(({ covered }) => covered).length} | estimate / truth ${text(({ ratio }) => ratio)}\n`,
      );
    }
  }
}

main();
