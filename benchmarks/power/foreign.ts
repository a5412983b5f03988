/**
 * Power on centres of many shapes: the dozen campaigns of the power bench on centres that each have one habit of life and
 * nothing else (shapes.ts). No step of the method was chosen on their campaigns; they show where the method is weak.
 * Run: npx tsx benchmarks/power/foreign.ts [--seeds 3] [--only beam]
 * Writes docs/power-shapes.md. Everything is simulated, in memory, and named so.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchCentres } from './bench.ts';
import { DOZEN } from './cases.ts';
import { type Centre, HISTORY_DAYS, systemsByUse, TENTH } from './centre.ts';
import type { Found } from './found.ts';
import { bestRival, percent, words } from './report.ts';
import { SHAPES, shapedCentre, UNSEEN_SHAPES } from './shapes.ts';
import { better, type Loss } from './summary.ts';

/** A shape without identities has nobody for most of the campaigns to be. */
const LEAST_PRINCIPALS = 20;

/** A centre of a shape with the bytes a day of the tenth size, so that campaigns are as large beside it as beside the bench's own. */
function heavyCentre(shape: (typeof SHAPES)[number], seed: number): Centre {
  const centre = shapedCentre(shape, seed);
  const bytesOf = ({ bytes }: (typeof centre.days)[number]) => bytes.reduce((sum, each) => sum + each, 0);
  const mean =
    centre.days.slice(0, HISTORY_DAYS).reduce((sum, rows) => sum + bytesOf(rows), 0) / HISTORY_DAYS;
  const factor = TENTH.bytesPerDay / mean;
  const days = centre.days.map((rows) => ({
    ...rows,
    bytes: rows.bytes.map((bytes) => Math.max(1, Math.floor(bytes * factor))),
  }));
  const { world } = centre;
  return {
    ...centre,
    days,
    world: { ...world, systemsByUse: systemsByUse(world.size, world.asOfNetwork, days) },
  };
}

/** Cases that took something: a shadow of people who never come back takes nothing. */
const tried = (found: Found) =>
  found.cases.flatMap((each, i) => (each.takenBytes > 0 ? [{ ...each, rival: bestRival(found, i) }] : []));

function section(found: Found): string {
  const rows = tried(found).map(({ what, losses, rival }) => {
    const weir = losses[0] as Loss;
    const mark = better(rival.loss, weir) ? ' **(better)**' : '';
    return `| ${what.name} | ${words(weir)} | ${percent(weir.share)} | ${rival.name}${mark} | ${words(rival.loss)} | ${percent(rival.loss.share)} |`;
  });
  return `
## ${found.generator}

${found.rates[0]?.rate.toFixed(2)} leads a week of Weir's in the clean centres.

| Campaign | Weir lost | Weir found | Best other rule | It lost | It found |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function page(found: readonly Found[], minutes: number): string {
  const all = found.flatMap(tried);
  const won = all.filter(({ losses, rival }) => !better(rival.loss, losses[0] as Loss)).length;
  const rules = found[0]?.methods.slice(1).map((method, i) => {
    const count = all.filter(({ losses }) => !better(losses[i + 1] as Loss, losses[0] as Loss)).length;
    const missed = all.filter(({ losses }) => (losses[i + 1] as Loss).share < 0.5).length;
    return `| ${method} | ${count} | ${missed} |`;
  });
  const missed = all.filter(({ losses }) => (losses[0] as Loss).share < 0.5).length;
  return `# What Weir finds on centres of many shapes

_Written by \`npx tsx benchmarks/power/foreign.ts\`; do not edit. ${found[0]?.seeds ?? 0} centres of each shape, ${Math.round(minutes)} minutes on one core._

Centres of one habit of life each and nothing else (\`benchmarks/power/shapes.ts\`), scaled to ${TENTH.bytesPerDay / 1e12} TB a day, with the campaigns, the rules
and the way of counting of [power](power.md). ${found[0]?.seeds ?? 0} centres are few: read the rows where a method is a hundred times better than another, not those where it is
twice. Losses are median / 90th percentile / worst. The budget's other side, leads on such centres without a theft, is in
[calibration](calibration.md).

In ${won} of ${all.length} rows Weir lost no more than the best of the ${(found[0]?.methods.length ?? 1) - 1} other rules of that row; in ${missed} it found less than half.

| Rule | Rows of ${all.length} in which Weir lost no more than it | Rows in which it found less than half |
| --- | --- | --- |
${rules?.join('\n')}
${found.map(section).join('\n')}`;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '3' },
      only: { type: 'string' },
      out: { type: 'string', default: 'docs' },
    },
  });
  const started = performance.now();
  const shapes = [...SHAPES, ...UNSEEN_SHAPES].filter(
    ({ name, principals }) => principals >= LEAST_PRINCIPALS && (!values.only || name.includes(values.only)),
  );
  const seeds = Number(values.seeds);
  const found = shapes.map((shape) =>
    benchCentres(shape.name, (seed) => heavyCentre(shape, seed), {
      cases: DOZEN,
      seeds,
      calibrationSeeds: 2,
    }),
  );
  const minutes = (performance.now() - started) / 60_000;
  writeFileSync(join(values.out, 'power-shapes.md'), page(found, minutes));
}

main();
