/**
 * The calibration bench: what Weir's budget of false leads comes to on clean centres that nobody tuned on, ordinary
 * and disturbed, with a long past and a short one, of many shapes, and channel by channel.
 * Run: npm run bench:calibration [-- --seeds 3]
 * Writes docs/calibration.md.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { advance } from '../../src/detection/advance.ts';
import { WARM_UP_DAYS } from '../../src/detection/judge.ts';
import type { Lead } from '../../src/detection/lead.ts';
import { promiseOf } from '../../src/detection/promise.ts';
import { createRandom } from '../../src/simulation/random.ts';
import { type Centre, DAYS, HISTORY_DAYS, type Rows, TENTH } from './centre.ts';
import { everydayCentre, ORDINARY } from './everyday.ts';
import { otherwiseCentre } from './otherwise.ts';
import { SHAPES, shapedCentre, UNSEEN_SHAPES } from './shapes.ts';
import { mergeDay, noFirsts, statisticsMaker } from './statistics.ts';
import { rateOf } from './summary.ts';
import { newState } from './weir.ts';

const FIRST_SEED = 30_001;
const BUDGET = 1;
/** How long after a short past leads are counted. */
const AFTER_SHORT_DAYS = 56;

interface Scenario {
  readonly name: string;
  readonly make: (seed: number) => Centre;
  /** Days of the past before leads are counted, and the day on which counting ends. */
  readonly pastDays: number;
  readonly untilDay: number;
}

const everyday = (change: Partial<typeof ORDINARY>) => (seed: number) =>
  everydayCentre(TENTH, seed, { ...ORDINARY, ...change });
const projects = (seed: number) => otherwiseCentre(TENTH, seed);
const long = { pastDays: HISTORY_DAYS, untilDay: DAYS };

const SCENARIOS: readonly Scenario[] = [
  { name: 'habits, ordinary', make: everyday({}), ...long },
  { name: 'projects, ordinary', make: projects, ...long },
  { name: 'growth: doubles in a year', make: everyday({ growth: 1 }), ...long },
  { name: 'drift down: halves in a year', make: everyday({ growth: -0.5 }), ...long },
  {
    name: 'mergers: a tenth more tenants on days 200 and 260',
    make: everyday({ mergers: [200, 260] }),
    ...long,
  },
  {
    name: 'a second holiday of three weeks',
    make: everyday({ holidays: [...ORDINARY.holidays, [200, 221]] }),
    ...long,
  },
  {
    name: 'link outages: every 15th day a third to two thirds is seen',
    make: everyday({ outages: outages() }),
    ...long,
  },
  { name: 'late data: each tenth day lacks a third of its rows when judged', make: late, ...long },
  ...[14, 28, 56].flatMap((pastDays): Scenario[] => [
    { name: `habits, a past of ${pastDays} days`, make: everyday({}), ...short(pastDays) },
    { name: `projects, a past of ${pastDays} days`, make: projects, ...short(pastDays) },
  ]),
];

function short(pastDays: number) {
  return { pastDays, untilDay: pastDays + AFTER_SHORT_DAYS };
}

function outages(): [number, number][] {
  return Array.from({ length: Math.floor(DAYS / 15) }, (_, i) => [15 * i + 10, 0.35 + 0.07 * (i % 5)]);
}

function late(seed: number): Centre {
  const centre = everydayCentre(TENTH, seed);
  const random = createRandom(`late|${seed}`);
  const without = (rows: Rows): Rows => {
    const kept = [...rows.bytes.keys()].filter(() => !random.chance(1 / 3));
    const take = (column: Int32Array) => Int32Array.from(kept, (i) => column[i] as number);
    const bytes = Float64Array.from(kept, (i) => rows.bytes[i] as number);
    return { host: take(rows.host), principal: take(rows.principal), network: take(rows.network), bytes };
  };
  return { ...centre, days: centre.days.map((rows, day) => (day % 10 === 9 ? without(rows) : rows)) };
}

interface Measured {
  readonly scenario: Scenario;
  readonly leads: readonly (readonly Lead[])[];
  readonly weeks: number;
  readonly worstDay: number;
  readonly threeInAWeek: number;
  readonly extrapolated: number;
  readonly types: number;
}

function measure(scenario: Scenario, seeds: number): Measured {
  const { pastDays, untilDay } = scenario;
  const leads: Lead[][] = [];
  let [worstDay, crowded, extrapolated, types] = [0, 0, 0, 0];
  for (let n = 0; n < seeds; n++) {
    const centre = scenario.make(FIRST_SEED + n);
    const make = statisticsMaker(centre.world);
    const firsts = noFirsts();
    const state = newState(BUDGET);
    const own: Lead[] = [];
    const byWeek = new Map<number, number>();
    for (let day = 0; day < untilDay; day++) {
      const pairs = mergeDay(day, centre.days[day] as Rows, firsts);
      const verdict = advance(state, make(day, pairs, centre.coverage[day] as number));
      if (day < pastDays) continue;
      own.push(...verdict.leads);
      worstDay = Math.max(worstDay, verdict.leads.length);
      const week = Math.floor((day - pastDays) / 7);
      byWeek.set(week, (byWeek.get(week) ?? 0) + verdict.leads.length);
    }
    crowded += [...byWeek.values()].filter((count) => count >= 3).length / byWeek.size / seeds;
    extrapolated += promiseOf(state).extrapolatedThresholds.length / seeds;
    types = state.tables.reduce((sum, { calibrations }) => sum + calibrations.length, 0);
    leads.push(own);
  }
  const weeks = (seeds * (untilDay - pastDays)) / 7;
  process.stderr.write(`${new Date().toISOString()} ${scenario.name}: ${leads.flat().length} leads\n`);
  return { scenario, leads, weeks, worstDay, threeInAWeek: crowded, extrapolated, types };
}

/** Parts of a life, in days, over which the leads of a shape are counted: everything that `weir detect` would have shown. */
const PARTS = [
  [14, 60],
  [60, 180],
  [180, DAYS],
] as const;

function shapeRows(shapes: typeof SHAPES, seeds: number): string[] {
  return shapes.map((shape) => {
    const make = (seed: number) => shapedCentre(shape, seed);
    const measured = measure({ name: shape.name, make, pastDays: WARM_UP_DAYS, untilDay: DAYS }, seeds);
    const days = measured.leads.flat().map(({ raisedOnDay }) => raisedOnDay);
    const parts = PARTS.map(([from, to]) => {
      const count = days.filter((day) => day >= from && day < to).length;
      return rateOf(count, (seeds * (to - from)) / 7).rate.toFixed(2);
    });
    const { rate, upper } = rateOf(days.length, measured.weeks);
    return `| ${shape.name} | ${parts.join(' | ')} | ${rate.toFixed(2)} | ${upper.toFixed(2)} | ${measured.worstDay} |`;
  });
}

/** Leads a week in which a channel type took part, against its share of the budget and, for the patient bets, the theorem. */
function channelRows(measured: readonly Measured[]): string[] {
  const table = new Map<string, { share: number; counts: number[] }>();
  const types = newState(BUDGET).tables.flatMap(({ calibrations }) => calibrations.map(({ type }) => type));
  const all = types.reduce((sum, { weight }) => sum + weight, 0);
  for (const { family, statistic, bet, weight } of types) {
    table.set(`${family}/${statistic}/${bet}`, { share: weight / all, counts: measured.map(() => 0) });
  }
  measured.forEach(({ leads }, m) => {
    for (const lead of leads.flat()) {
      for (const { statistic, bet } of lead.channels) {
        const counts = table.get(`${lead.family}/${statistic}/${bet}`)?.counts;
        if (counts) counts[m] = (counts[m] ?? 0) + 1;
      }
    }
  });
  return [...table]
    .filter(([, { counts }]) => counts.some((count) => count > 0))
    .map(([name, { share, counts }]) => {
      const rates = counts.map((count, m) => (count / (measured[m]?.weeks ?? 1)).toFixed(2));
      return `| ${name} | ${share.toFixed(3)} | ${rates.join(' | ')} |`;
    });
}

function page(measured: readonly Measured[], shapes: readonly string[], seeds: number): string {
  const rows = measured.map(({ scenario, leads, weeks, worstDay, threeInAWeek, extrapolated, types }) => {
    const { rate, upper } = rateOf(leads.flat().length, weeks);
    return `| ${scenario.name} | ${Math.round(weeks)} | ${rate.toFixed(2)} | ${upper.toFixed(2)} | ${worstDay} | ${Math.round(100 * threeInAWeek)} % | ${Math.round(extrapolated)} of ${types} |`;
  });
  const [habits, others] = [measured[0] as Measured, measured[1] as Measured];
  const silent = (habits.types ?? 0) - channelRows([habits, others]).length;
  return `# What the budget of false leads comes to

_Written by \`npm run bench:calibration\`; do not edit. ${seeds} clean centres of a tenth of the size for each row, seeds that
nothing was tuned on, a budget of ${BUDGET} lead a week. Everything is simulated ([how](method.md#the-bench))._

Nothing is stolen in any of these centres: every lead is a false one. With a long past leads are counted over days
${HISTORY_DAYS} to ${DAYS}; with a short one over the ${AFTER_SHORT_DAYS} days after it. The bound is the exact one-sided 95 % bound of a Poisson rate; it takes
leads as independent, and they come in bunches.

| Centre | Weeks | Leads a week | 95 % bound | Worst day | Weeks with three or more | Thresholds beyond the past |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

## Centres of many shapes

Each of these centres has one habit of life and nothing else (\`benchmarks/power/shapes.ts\`); leads are counted from the first judged day,
as \`weir detect\` over the whole history shows them. The last ${UNSEEN_SHAPES.length} shapes were written when the method stood; the
others were in sight, with other seeds, when thresholds learned to be refuted.

| Shape | Days 14 to 60 | 60 to 180 | 180 to ${DAYS} | All | 95 % bound | Worst day |
| --- | --- | --- | --- | --- | --- | --- |
${shapes.join('\n')}

## Channel by channel

Leads a week in which a channel took part, over the two ordinary rows with a long past. The share is what the channel
would have of the budget if no two channels ever saw the same event; a common multiple of it is spent
([how](method.md#thresholds-and-the-budget-calibrationts-budgetts)). A lead often has several channels, so that the rates add up to more than the
leads. ${silent} more channels took part in none.

| Channel | Share | Habits | Projects |
| --- | --- | --- | --- |
${channelRows([habits, others]).join('\n')}
`;
}

function main(): void {
  const { values } = parseArgs({
    options: { seeds: { type: 'string', default: '3' }, out: { type: 'string', default: 'docs' } },
  });
  const seeds = Number(values.seeds);
  const measured = SCENARIOS.map((scenario) => measure(scenario, seeds));
  const shapes = shapeRows([...SHAPES, ...UNSEEN_SHAPES], seeds);
  writeFileSync(join(values.out, 'calibration.md'), page(measured, shapes, seeds));
}

main();
