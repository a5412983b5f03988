/**
 * How well campaigns are assembled once there are leads: hosts and principals named, and whether the loss interval holds
 * the truth, with the leads of ordinary life and the placebo windows that `weir detect` has.
 * Run: npx tsx benchmarks/power/quality.ts [--seeds 3] [--first 60001]. Printed; docs/method.md quotes it.
 */
import { parseArgs } from 'node:util';
import type { Campaign } from '../../src/detection/campaign.ts';
import { assembled, raisedIn } from './assembly.ts';
import { type Planted, plant } from './campaigns.ts';
import { DOZEN } from './cases.ts';
import { TENTH } from './centre.ts';
import { everydayCentre } from './everyday.ts';
import { otherwiseCentre } from './otherwise.ts';
import { nameOf } from './statistics.ts';
import { type Prepared, prepare } from './trial.ts';

/** Seeds below this were in sight while assembling was built. */
const FIRST_SEED = '60001';
const CASES = [0, 3, 4, 5, 6, 7, 9, 11];

interface Quality {
  readonly hosts: readonly [number, number];
  readonly principals: readonly [number, number];
  /** Whether the interval holds what left, and whether it holds what of that the sensors saw. */
  readonly holdsLeft: boolean;
  readonly holdsSeen: boolean;
  readonly ratio: number;
  /** Width of the interval over the truth. */
  readonly width: number;
}

/** Precision and recall of some names. */
function named(found: readonly string[], truth: ReadonlySet<string>): readonly [number, number] {
  const right = found.filter((name) => truth.has(name)).length;
  return [found.length > 0 ? right / found.length : 0, right / truth.size];
}

/** What was planted as the sensors saw it, by host and network. */
function plantedPairs({ days }: Planted): Map<string, number> {
  const pairs = new Map<string, number>();
  for (const rows of days) {
    rows?.host.forEach((host, i) => {
      const key = `${nameOf('host', host)}|${nameOf('network', rows.network[i] as number)}`;
      pairs.set(key, (pairs.get(key) ?? 0) + (rows.bytes[i] as number));
    });
  }
  return pairs;
}

/** Who sent: of a shadow's victims those who were active. */
function principalsIn({ days }: Planted): Set<string> {
  return new Set(
    days.flatMap((rows) => [...(rows?.principal ?? [])].map((each) => nameOf('principal', each))),
  );
}

function explainedBy({ hosts, destinations }: Campaign, pairs: ReadonlyMap<string, number>): number {
  let bytes = 0;
  for (const host of hosts)
    for (const { network } of destinations) bytes += pairs.get(`${host}|${network}`) ?? 0;
  return bytes;
}

function qualityOf(prepared: Prepared, planted: Planted): Quality | undefined {
  const { leads, found } = raisedIn(prepared, planted);
  if (!found) return undefined;
  const pairs = plantedPairs(planted);
  const campaigns = assembled(prepared.centre, planted, leads);
  const best = campaigns
    .map((campaign) => ({ campaign, bytes: explainedBy(campaign, pairs) }))
    .sort((a, b) => b.bytes - a.bytes)[0]?.campaign;
  if (!best) return undefined;
  const left = planted.lostBytes.reduce((sum, bytes) => sum + bytes, 0);
  const seen = [...pairs.values()].reduce((sum, bytes) => sum + bytes, 0);
  const { low, estimate, high } = best.bytesOut;
  const holds = (truth: number) => low <= truth && truth <= high;
  return {
    hosts: named(best.hosts, new Set([...pairs.keys()].map((key) => key.slice(0, key.indexOf('|'))))),
    principals: named(best.principals, principalsIn(planted)),
    holdsLeft: holds(left),
    holdsSeen: holds(seen),
    ratio: estimate / seen,
    width: (high - low) / seen,
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function main(): void {
  const { values } = parseArgs({
    options: { seeds: { type: 'string', default: '3' }, first: { type: 'string', default: FIRST_SEED } },
  });
  const seeds = Number(values.seeds);
  const say = (text: string) => process.stdout.write(`${text}\n`);
  say(
    '| Centre | Campaign | Found | Hosts | Principals | Holds what was seen | Holds what left | Estimate / seen | Width / seen |',
  );
  say('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const make of [everydayCentre, otherwiseCentre]) {
    const centres = Array.from({ length: seeds }, (_, n) =>
      prepare(make(TENTH, Number(values.first) + n), [], 1),
    );
    for (const index of CASES) {
      const what = DOZEN[index];
      if (!what) continue;
      const all = centres.flatMap((each) => qualityOf(each, plant(each.centre, what, 2)) ?? []);
      const text = (pick: (quality: Quality) => number) => mean(all.map(pick)).toFixed(2);
      const pair = (pick: (quality: Quality) => readonly [number, number]) =>
        `${text((each) => pick(each)[0])} / ${text((each) => pick(each)[1])}`;
      const count = (pick: (quality: Quality) => boolean) => `${all.filter(pick).length} of ${all.length}`;
      say(
        `| ${centres[0]?.centre.generator} | ${what.name} | ${all.length} of ${seeds} | ${pair(({ hosts }) => hosts)} | ${pair(({ principals }) => principals)} | ${count(({ holdsSeen }) => holdsSeen)} | ${count(({ holdsLeft }) => holdsLeft)} | ${text(({ ratio }) => ratio)} | ${text(({ width }) => width)} |`,
      );
    }
  }
}

main();
