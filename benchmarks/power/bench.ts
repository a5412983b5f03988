/** One kind of centre under the bench: thresholds of the rivals from clean seeds, then campaigns on others. */
import type { Case } from './campaigns.ts';
import { type Centre, DAYS, HISTORY_DAYS } from './centre.ts';
import type { Found } from './found.ts';
import { RIVALS } from './rivals/all.ts';
import { delayOf, lossOf, rateOf } from './summary.ts';
import { type SustainedLimit, sustainedLimitOf } from './sustained.ts';
import { alarmsAbove, calibrate } from './threshold.ts';
import { BUDGET, type Outcome, prepare, tryCase } from './trial.ts';

/** Seeds never meet: thresholds are set on the first, false leads and campaigns are told from the others. */
const CALIBRATION_SEED = 10_001;
const JUDGE_SEED = 70_001;

/** What is tried on a kind of centre. */
interface Plan {
  readonly cases: readonly Case[];
  /** Centres that are judged, and those that the rivals' thresholds come from. */
  readonly seeds: number;
  readonly calibrationSeeds: number;
  readonly withTenants?: boolean;
}

/** Returns what Weir and each rival made of each campaign on centres of one kind. */
export function benchCentres(generator: string, make: (seed: number) => Centre, plan: Plan): Found {
  const { cases, seeds } = plan;
  const weeks = (DAYS - HISTORY_DAYS) / 7;
  const say = (text: string) => process.stderr.write(`${new Date().toISOString()} ${generator}: ${text}\n`);
  const thresholds = thresholdsOf(make, plan.calibrationSeeds, weeks);
  say('thresholds of the rivals are set');
  const leads = new Array<number>(RIVALS.length + 1).fill(0);
  const outcomes = cases.map((): Outcome[][] => [[], ...RIVALS.map((): Outcome[] => [])]);
  const limits: SustainedLimit[] = [];
  for (let n = 0; n < seeds; n++) {
    const prepared = prepare(make(JUDGE_SEED + n), RIVALS, BUDGET, plan.withTenants);
    leads[0] = (leads[0] as number) + prepared.weir.alarms.length;
    limits.push(sustainedLimitOf(prepared.weir.atHistory, prepared.centre.world.size));
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

function thresholdsOf(make: (seed: number) => Centre, seeds: number, weeks: number): number[] {
  const runs = RIVALS.map((): (typeof prepared.rivals)[number]['scores'][] => []);
  let prepared = prepare(make(CALIBRATION_SEED), RIVALS, BUDGET);
  for (let n = 0; n < seeds; n++) {
    if (n > 0) prepared = prepare(make(CALIBRATION_SEED + n), RIVALS, BUDGET);
    for (const [i, { scores }] of prepared.rivals.entries()) runs[i]?.push(scores);
  }
  return runs.map((scores) => calibrate(scores, Math.floor(BUDGET * weeks * seeds)));
}
