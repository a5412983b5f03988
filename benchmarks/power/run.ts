/**
 * The power bench: planted campaigns, Weir and the rules people use today, on the centres the method was tuned on and
 * on one it was not, at one budget of false leads. Run: npm run bench:power [-- --full] [--seeds 6] [--cases 12]
 * [--only everyday|otherwise|services] [--tenants].
 * Writes docs/power.md and its pictures. Everything is simulated, in memory, and named so.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Case } from './campaigns.ts';
import { DOZEN, SIXTY } from './cases.ts';
import { type Centre, DAYS, FULL, HISTORY_DAYS, type Size, TENTH } from './centre.ts';
import { everydayCentre } from './everyday.ts';
import type { Found } from './found.ts';
import { otherwiseCentre } from './otherwise.ts';
import { picture } from './picture.ts';
import { page } from './report.ts';
import { RIVALS } from './rivals/all.ts';
import { servicesCentre } from './services.ts';
import { delayOf, lossOf, rateOf } from './summary.ts';
import { type SustainedLimit, sustainedLimitOf } from './sustained.ts';
import { alarmsAbove, calibrate } from './threshold.ts';
import { BUDGET, type Outcome, prepare, tryCase } from './trial.ts';

/** Seeds never meet: thresholds are set on the first, false leads and campaigns are told from the others. */
const CALIBRATION_SEED = 10_001;
const JUDGE_SEED = 70_001;

const GENERATORS: readonly (readonly [string, (size: Size, seed: number) => Centre])[] = [
  ['everyday', everydayCentre],
  ['otherwise', otherwiseCentre],
  ['services', servicesCentre],
];

function benchGenerator(
  [generator, make]: (typeof GENERATORS)[number],
  size: Size,
  cases: readonly Case[],
  seeds: number,
  withTenants: boolean,
): Found {
  const weeks = (DAYS - HISTORY_DAYS) / 7;
  const say = (text: string) => process.stderr.write(`${new Date().toISOString()} ${generator}: ${text}\n`);
  const thresholds = thresholdsOf(make, size, Math.max(4, Math.ceil(seeds / 2)), weeks);
  say('thresholds of the rivals are set');
  const leads = new Array<number>(RIVALS.length + 1).fill(0);
  const outcomes = cases.map((): Outcome[][] => [[], ...RIVALS.map((): Outcome[] => [])]);
  const limits: SustainedLimit[] = [];
  for (let n = 0; n < seeds; n++) {
    const prepared = prepare(make(size, JUDGE_SEED + n), RIVALS, BUDGET, withTenants);
    leads[0] = (leads[0] as number) + prepared.weir.alarms.length;
    limits.push(sustainedLimitOf(prepared.weir.atHistory, size));
    prepared.rivals.forEach(({ scores }, i) => {
      leads[i + 1] = (leads[i + 1] as number) + alarmsAbove(thresholds[i] as number, scores).length;
    });
    cases.forEach((what, c) => {
      const each = tryCase(prepared, what, RIVALS, thresholds);
      for (const [method, outcome] of each.entries()) outcomes[c]?.[method]?.push(outcome);
    });
    say(`centre ${n + 1} of ${seeds} is judged`);
  }
  return {
    generator,
    seeds,
    methods: ['Weir', ...RIVALS.map(({ name }) => name)],
    rates: leads.map((count) => rateOf(count, seeds * weeks)),
    cases: cases.map((what, c) => ({
      what,
      takenBytes: (outcomes[c] as Outcome[][])[0]?.[0]?.takenBytes ?? 0,
      losses: (outcomes[c] as Outcome[][]).map(lossOf),
      delay: delayOf((outcomes[c] as Outcome[][])[0] ?? []),
    })),
    limits,
  };
}

function thresholdsOf(
  make: (size: Size, seed: number) => Centre,
  size: Size,
  seeds: number,
  weeks: number,
): number[] {
  const runs = RIVALS.map((): (typeof prepared.rivals)[number]['scores'][] => []);
  let prepared = prepare(make(size, CALIBRATION_SEED), RIVALS, BUDGET);
  for (let n = 0; n < seeds; n++) {
    if (n > 0) prepared = prepare(make(size, CALIBRATION_SEED + n), RIVALS, BUDGET);
    for (const [i, { scores }] of prepared.rivals.entries()) runs[i]?.push(scores);
  }
  return runs.map((scores) => calibrate(scores, Math.floor(BUDGET * weeks * seeds)));
}

function main(): void {
  const { values } = parseArgs({
    options: {
      full: { type: 'boolean', default: false },
      seeds: { type: 'string' },
      cases: { type: 'string' },
      only: { type: 'string' },
      tenants: { type: 'boolean', default: false },
      out: { type: 'string', default: 'docs' },
    },
  });
  const size = values.full ? FULL : TENTH;
  const seeds = Number(values.seeds ?? (values.full ? 4 : 6));
  const all = values.full ? SIXTY : DOZEN;
  const cases = all.slice(0, Number(values.cases ?? all.length));
  const started = performance.now();
  const generators = GENERATORS.filter(([name]) => !values.only || name === values.only);
  const found = generators.map((generator) => benchGenerator(generator, size, cases, seeds, values.tenants));
  const minutes = (performance.now() - started) / 60_000;
  mkdirSync(join(values.out, 'pictures'), { recursive: true });
  for (const each of found)
    writeFileSync(join(values.out, 'pictures', `power-${each.generator}.svg`), picture(each));
  writeFileSync(join(values.out, 'power.md'), page(found, size, minutes));
  process.stderr.write(`wrote ${join(values.out, 'power.md')} after ${minutes.toFixed(1)} minutes\n`);
}

main();
