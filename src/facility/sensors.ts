import { relative, resolve } from 'node:path';
import type { Facility, Mapping, Path } from './facility.ts';
import { globMatcher, globWeight, normalisePath } from './globs.ts';

/** Sensor of a file that no sensor claims. Its records count in no path. */
export const UNASSIGNED = 'unassigned';

interface Claim {
  readonly name: string;
  readonly weight: number;
  readonly namesFolder: boolean;
  readonly takes: (path: string) => boolean;
}

const claimsOf = new WeakMap<Facility, { sensors: Claim[]; mappings: Claim[] }>();

/**
 * Returns the name of the sensor that wrote a file: of all globs that match the file's place below the
 * import root the one that says most, ties by name; `unassigned` when none matches. A file that no glob
 * with a literal character claims there is looked for below the root's parents too, and by globs that name
 * a folder below the folders in between, so that `weir import .`, `weir import logs` and
 * `weir import logs/zeek-1` call the same file by the same sensor.
 * @param root folder the import was started on, or the folder of a file named by itself.
 */
export function sensorOfFile(facility: Facility, path: string, root: string): string {
  return bestClaim(claims(facility).sensors, path, root) ?? UNASSIGNED;
}

/** Returns the mapping that reads a file of ready-made data, undefined when none claims it. */
export function mappingOfFile(facility: Facility, path: string, root: string): Mapping | undefined {
  const name = bestClaim(claims(facility).mappings, path, root);
  return facility.mappings.find((mapping) => mapping.name === name);
}

/** Returns the paths a sensor watches, in the order of weir.yaml. */
export function pathsOfSensor(facility: Facility, sensor: string): Path[] {
  return facility.paths.filter((path) => path.sensors.includes(sensor));
}

function claims(facility: Facility): { sensors: Claim[]; mappings: Claim[] } {
  const held = claimsOf.get(facility);
  if (held) return held;
  const toClaims = (takers: readonly { name: string; files: readonly string[] }[]): Claim[] =>
    takers
      .flatMap(({ name, files }) =>
        files.map((glob) => ({
          name,
          weight: globWeight(glob),
          namesFolder: glob.includes('/'),
          takes: globMatcher(glob),
        })),
      )
      .sort((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1));
  const made = { sensors: toClaims(facility.sensors), mappings: toClaims(facility.mappings) };
  claimsOf.set(facility, made);
  return made;
}

function bestClaim(sorted: readonly Claim[], path: string, root: string): string | undefined {
  // Most centres have no mapping, and files are many.
  if (sorted.length === 0) return undefined;
  const [file, base] = [resolve(path), resolve(root)];
  const inner = normalisePath(relative(base, file));
  const away = inner === '..' || inner.startsWith('../');
  const place = away ? normalisePath(file) : inner;
  const best = sorted.find(({ takes }) => takes(place));
  // Claims that tell something come first; one that tells nothing yields to those that take the file elsewhere.
  if (best && best.weight > 0) return best.name;
  const telling = sorted.filter((claim) => claim.weight > 0);
  if (telling.length === 0) return best?.name;
  const outer = away ? [] : normalisePath(base).split('/');
  const steps = place.split('/');
  const above = outer.map((_, index) => normalisePath([...outer.slice(-1 - index), place].join('/')));
  const below = steps.slice(1).map((_, index) => steps.slice(index + 1).join('/'));
  const claimed = [
    ...above.map((candidate) => telling.find(({ takes }) => takes(candidate))),
    ...below.map((candidate) => telling.find(({ takes, namesFolder }) => namesFolder && takes(candidate))),
  ].find((claim) => claim !== undefined);
  return claimed?.name ?? best?.name;
}
