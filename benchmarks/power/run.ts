/**
 * The power bench: planted campaigns, Weir and the rules people use today, on the centres the method was tuned on and
 * on one it was not, at one budget of false leads. Run: npm run bench:power [-- --full] [--seeds 6] [--cases 12]
 * [--only everyday|otherwise|services] [--tenants].
 * Writes docs/power.md and its pictures. Everything is simulated, in memory, and named so.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchCentres } from './bench.ts';
import { DOZEN, SIXTY } from './cases.ts';
import { type Centre, FULL, type Size, TENTH } from './centre.ts';
import { everydayCentre } from './everyday.ts';
import { otherwiseCentre } from './otherwise.ts';
import { picture } from './picture.ts';
import { page } from './report.ts';
import { servicesCentre } from './services.ts';

const GENERATORS: readonly (readonly [string, (size: Size, seed: number) => Centre])[] = [
  ['everyday', everydayCentre],
  ['otherwise', otherwiseCentre],
  ['services', servicesCentre],
];

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
  const found = generators.map(([name, make]) =>
    benchCentres(name, (seed) => make(size, seed), {
      cases,
      seeds,
      calibrationSeeds: Math.max(4, Math.ceil(seeds / 2)),
      withTenants: values.tenants,
    }),
  );
  const minutes = (performance.now() - started) / 60_000;
  mkdirSync(join(values.out, 'pictures'), { recursive: true });
  for (const each of found)
    writeFileSync(join(values.out, 'pictures', `power-${each.generator}.svg`), picture(each));
  writeFileSync(join(values.out, 'power.md'), page(found, size, minutes));
  process.stderr.write(`wrote ${join(values.out, 'power.md')} after ${minutes.toFixed(1)} minutes\n`);
}

main();
