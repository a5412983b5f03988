/**
 * The bench of the mass balance: what storage logs add to detection, and how honest people break the balance.
 * Run: npm run bench:balance [-- --seeds 3]. Writes docs/balance.md. Everything is simulated, in memory, and named so.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { advance } from '../../src/detection/advance.ts';
import type { DayStatistics } from '../../src/detection/input.ts';
import { isBalance, type Lead } from '../../src/detection/lead.ts';
import type { DetectionState } from '../../src/detection/state.ts';
import { type Alarm, alsoClean, FAIR_SHARE, shareOf } from './alarm.ts';
import type { BalanceFound, Theft } from './balance-found.ts';
import { balancePage } from './balance-page.ts';
import { type Breaks, breaksOf } from './breaks.ts';
import { type Case, type Planted, plant } from './campaigns.ts';
import { DOZEN } from './cases.ts';
import { type Centre, DAYS, HISTORY_DAYS, type Rows, type Size, TENTH } from './centre.ts';
import { everydayCentre } from './everyday.ts';
import { otherwiseCentre } from './otherwise.ts';
import { type DayPairs, type Firsts, mergeDay, noFirsts, statisticsMaker } from './statistics.ts';
import { MIXED, type Storage, storageOf } from './storage.ts';
import { LOGS, storageDay } from './storage-day.ts';
import type { Outcome } from './trial.ts';
import { alarmOf, copyOf, newState, strongest } from './weir.ts';

const JUDGE_SEED = 80_011;
const BUDGET = 1;

const named = (name: string) => DOZEN.find((each) => each.name === name) as Case;
const BULK = named("100 TB, one host, bulk-like, victim's own");
export const THEFTS: readonly Theft[] = [
  { name: BULK.name, what: BULK, isUnseen: false },
  { name: '100 TB, one host, one identity', what: named('100 TB, one host, one identity'), isUnseen: false },
  { name: '10 TB, one host', what: named('10 TB, one host'), isUnseen: false },
  { name: '100 TB, shadow, shared cloud', what: named('100 TB, shadow, shared cloud'), isUnseen: false },
  { name: '10 PB, shadow, shared cloud', what: named('10 PB, shadow, shared cloud'), isUnseen: false },
  { name: '100 TB onto media, one identity', what: named('100 TB, one host, one identity'), isUnseen: true },
];

interface Prepared {
  readonly centre: Centre;
  readonly storage: Storage;
  readonly pairs: readonly DayPairs[];
  readonly clean: readonly DayStatistics[];
  readonly firsts: Firsts;
  readonly runs: readonly { readonly atHistory: DetectionState; readonly alarms: readonly Alarm[] }[];
}

function prepare(centre: Centre): Prepared {
  const storage = storageOf(centre, MIXED);
  const firsts = noFirsts();
  const make = statisticsMaker(centre.world);
  const pairs = centre.days.map((rows, day) => mergeDay(day, rows, firsts));
  const clean = pairs.map((each, day) => make(day, each, centre.coverage[day] as number));
  const runs = LOGS.map((logs) => {
    const state = newState(BUDGET);
    let atHistory = state;
    const alarms: Alarm[] = [];
    clean.forEach((today, day) => {
      if (day === HISTORY_DAYS) atHistory = copyOf(state);
      const { leads } = advance(state, {
        ...today,
        balance: storageDay(centre, storage, logs, day, undefined),
      });
      if (day >= HISTORY_DAYS) alarms.push(...leads.map(alarmOf));
    });
    return { atHistory, alarms };
  });
  return { centre, storage, pairs, clean, firsts, runs };
}

function tryTheft(
  { centre, storage, pairs, clean, firsts, runs }: Prepared,
  { what, isUnseen }: Theft,
  seed: number,
): Outcome[] {
  const planted = plant(centre, what, seed);
  const make = statisticsMaker(centre.world);
  const own = noFirsts();
  const run: (DayStatistics | undefined)[] = [];
  const states = runs.map(({ atHistory }) => copyOf(atHistory));
  const found: ({ day: number; by: string } | undefined)[] = runs.map(() => undefined);
  const earned = (lead: Lead, cleanAlarms: readonly Alarm[]) => {
    const alarm = alarmOf(lead);
    if (alarm.day < planted.startDay || alsoClean(alarm, cleanAlarms)) return false;
    // Of reads, and of a sum over all principals, the paired run without the theft tells enough.
    const { statistic } = strongest(lead);
    if (isBalance(statistic) && (isUnseen || lead.family === 'centre')) return true;
    return !isUnseen && shareOf(alarm, clean, run) >= FAIR_SHARE;
  };
  for (let day = HISTORY_DAYS; day < DAYS && found.includes(undefined); day++) {
    const extra = planted.days[day];
    const rows: Rows | undefined = isUnseen ? undefined : extra;
    const today = make(day, pairs[day] as DayPairs, centre.coverage[day] as number, {
      rows,
      ordinary: firsts,
      own,
    });
    run[day] = today;
    states.forEach((state, i) => {
      if (found[i]) return;
      const balance = storageDay(centre, storage, LOGS[i] as (typeof LOGS)[number], day, extra);
      const lead = advance(state, { ...today, balance }).leads.find((each) =>
        earned(each, runs[i]?.alarms ?? []),
      );
      if (!lead) return;
      const { statistic, bet } = strongest(lead);
      found[i] = { day, by: `${lead.family}/${statistic}/${bet}` };
    });
  }
  return found.map((each) => outcomeOf(planted, each));
}

function outcomeOf(
  { lostBytes, startDay }: Planted,
  found: { day: number; by: string } | undefined,
): Outcome {
  const until = found ? found.day + 1 : DAYS;
  const sum = (bytes: Float64Array) => bytes.reduce((all, one) => all + one, 0);
  return {
    found: found !== undefined,
    lostBytes: sum(lostBytes.subarray(0, until)),
    takenBytes: sum(lostBytes),
    days: until - startDay,
    by: found?.by ?? '',
  };
}

/** Centres in which breaks of the balance are counted: it takes long. */
const BROKEN_CENTRES = 2;
/** Victims of the first theft in each centre: one identity is not like another. */
const VICTIMS = 3;

function bench(
  generator: string,
  make: (size: Size, seed: number) => Centre,
  seeds: number,
  first: number,
): BalanceFound {
  const say = (text: string) => process.stderr.write(`${new Date().toISOString()} ${generator}: ${text}\n`);
  const leads = LOGS.map(() => 0);
  const outcomes = THEFTS.map(() => LOGS.map((): Outcome[] => []));
  const breaks: Breaks[][] = [];
  for (let n = 0; n < seeds; n++) {
    const prepared = prepare(make(TENTH, first + n));
    prepared.runs.forEach(({ alarms }, i) => {
      leads[i] = (leads[i] as number) + alarms.length;
    });
    THEFTS.forEach((theft, t) => {
      const victims = theft.what.hosts === 1 ? VICTIMS : 1;
      for (let seed = 1; seed <= victims; seed++) {
        const each = tryTheft(prepared, theft, seed);
        each.forEach((outcome, i) => {
          outcomes[t]?.[i]?.push(outcome);
        });
        say(
          `${n} ${theft.name}: ${each.map((o) => `${o.found ? (o.lostBytes / 1e12).toFixed(2) : 'missed'} ${o.by}`).join(' | ')}`,
        );
      }
    });
    if (n < BROKEN_CENTRES) breaks.push(breaksOf(prepared.centre));
    say(`centre ${n + 1} of ${seeds}: leads so far ${leads.join(' | ')}`);
  }
  return {
    generator,
    seeds,
    weeks: (seeds * (DAYS - HISTORY_DAYS)) / 7,
    leads,
    thefts: THEFTS.map((theft, t) => ({ theft, outcomes: outcomes[t] as Outcome[][] })),
    breaks: breaks.flat(),
  };
}

function main(): void {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '3' },
      first: { type: 'string', default: String(JUDGE_SEED) },
      only: { type: 'string' },
      out: { type: 'string', default: 'docs' },
    },
  });
  const kinds: readonly (readonly [string, (size: Size, seed: number) => Centre])[] = [
    ['everyday', everydayCentre],
    ['otherwise', otherwiseCentre],
  ];
  const found = kinds
    .filter(([name]) => !values.only || name === values.only)
    .map(([name, make]) => bench(name, make, Number(values.seeds), Number(values.first)));
  writeFileSync(join(values.out, 'balance.md'), balancePage(found));
}

main();
