/** What detection is told of a simulated centre's storage on a day. */
import type { BalanceDay } from '../../src/detection/input.ts';
import type { Centre, Rows } from './centre.ts';
import { nameOf } from './statistics.ts';
import type { Storage } from './storage.ts';

/** Which logs a centre has beside its flows. */
export interface Logs {
  readonly name: string;
  readonly storage: boolean;
  /** Whether a directory says who belongs to which tenant. */
  readonly directory: boolean;
}

export const LOGS: readonly Logs[] = [
  { name: 'flows alone', storage: false, directory: false },
  { name: 'storage and jobs', storage: true, directory: false },
  { name: 'storage, jobs and a directory', storage: true, directory: true },
];

/**
 * Returns a day's storage as detection is told of it; undefined without such logs.
 * @param stolen what a theft takes that day: its identities read it, by no job.
 */
export function storageDay(
  centre: Centre,
  storage: Storage,
  logs: Logs,
  day: number,
  stolen: Rows | undefined,
): BalanceDay | undefined {
  if (!logs.storage) return undefined;
  const { principals, read, work, made, isWatched } = storage;
  const tenants = logs.directory ? tenantsOf(centre) : new Map<string, string>();
  if (!isWatched[day]) return none(0, tenants);
  const extra = new Float64Array(principals);
  const seen = centre.coverage[day] as number;
  // Storage logs see what flows' sensors may have missed.
  stolen?.principal.forEach((p, i) => {
    extra[p] = (extra[p] as number) + Math.floor((stolen.bytes[i] as number) / seen);
  });
  const active: number[] = [];
  const at = (column: Float64Array, p: number) => column[day * principals + p] as number;
  for (let p = 0; p < principals; p++) {
    if (at(read, p) + at(work, p) + at(made, p) + (extra[p] as number) > 0) active.push(p);
  }
  const freely = Float64Array.from(active, (p) => at(read, p) + (extra[p] as number));
  return {
    watched: 1,
    principals: active.map((p) => nameOf('principal', p)),
    bytesMade: Float64Array.from(active, (p) => at(made, p)),
    bytesReadFreely: freely,
    bytesReadMost: freely.map((bytes, i) => bytes + at(work, active[i] as number)),
    tenantOf: tenants,
  };
}

function none(watched: number, tenantOf: ReadonlyMap<string, string>): BalanceDay {
  const [bytesMade, bytesReadFreely, bytesReadMost] = [0, 0, 0].map(() => new Float64Array()) as Three;
  return { watched, principals: [], bytesMade, bytesReadFreely, bytesReadMost, tenantOf };
}

type Three = [Float64Array, Float64Array, Float64Array];

const directories = new WeakMap<Centre, Map<string, string>>();

function tenantsOf(centre: Centre): Map<string, string> {
  const known = directories.get(centre);
  if (known) return known;
  const all = new Map<string, string>();
  centre.world.tenantOfPrincipal.forEach((tenant, p) => {
    all.set(nameOf('principal', p), `SIMULATED-tenant-${tenant}`);
  });
  directories.set(centre, all);
  return all;
}
