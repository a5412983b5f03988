/**
 * The storage of a simulated centre: what each principal read, and made or brought in, on each day, beside its egress. Who
 * exports has mostly made it before; how honest people break that rule is set apart, nuisance by nuisance.
 */
import { createRandom, type Random } from '../../src/simulation/random.ts';
import { type Centre, DAYS, type Rows } from './centre.ts';

/** How honest people and machines break the balance; each of them 0 in a centre that conserves. */
export interface Nuisances {
  /** Share of principals that export what their project's other members made, and of large exports of anybody that are such. */
  readonly sharedData: number;
  /** Share of principals that fetch two of five times what they had fetched before. */
  readonly repeatedDownloads: number;
  /** Share of principals who read ten times as much, written by others, and write next to nothing: their jobs, and by hand. */
  readonly othersData: number;
  /** Share of days without storage logs. */
  readonly missingAudit: number;
}

/** Nobody breaks the balance. */
export const HONEST: Nuisances = { sharedData: 0, repeatedDownloads: 0, othersData: 0, missingAudit: 0 };
/** A centre as one may expect it: a bit of everything. */
export const MIXED: Nuisances = {
  sharedData: 0.1,
  repeatedDownloads: 0.2,
  othersData: 0.1,
  missingAudit: 0.02,
};

/** Storage by day and principal (day · principals + principal), in bytes. */
export interface Storage {
  readonly principals: number;
  /** Read by no job: what is sent, and looking about. */
  readonly read: Float64Array;
  /** Read by jobs. */
  readonly work: Float64Array;
  /** Written, or brought in. */
  readonly made: Float64Array;
  /** Whether the storage logs of a day are there. */
  readonly isWatched: readonly boolean[];
}

/** A day's export of this much by one principal is a large one. */
const LARGE_BYTES = 100e9;
const LAG_DAYS = 12;
const LONGEST_LAG_DAYS = 80;
const COMPUTING = 0.4;
const LOOKING = 0.3;
const WORK_DAYS = 20;

/** Returns the storage that goes with a centre: the same centre and nuisances, the same storage. */
export function storageOf(centre: Centre, nuisances: Nuisances): Storage {
  const { principals } = centre.world.size;
  const random = createRandom(
    `storage|${centre.generator}|${centre.world.size.name}|${centre.seed}|${JSON.stringify(nuisances)}`,
  );
  const blank = () => new Float64Array(DAYS * principals);
  const [read, work, made] = [blank(), blank(), blank()];
  const people = Array.from({ length: principals }, () => ({
    shares: random.chance(nuisances.sharedData) ? 0.2 + 0.8 * random.unit() : 0,
    repeats: random.chance(nuisances.repeatedDownloads) ? 0.4 : 0,
    sharesLarge: new Map<number, boolean>(),
    /** What somebody makes of it for each byte that leaves. */
    surplus: Math.max(1, random.lognormal(1.5, 0.8)),
  }));
  const members = new Map<number, number[]>();
  for (let p = 0; p < principals; p++) {
    const tenant = centre.world.tenantOfPrincipal[p] as number;
    members.set(tenant, [...(members.get(tenant) ?? []), p]);
  }
  const shareIn = (
    all: ReadonlyMap<number, number[]>,
    p: number,
    day: number,
    bytes: number,
    column: Float64Array,
  ) => {
    const others = (all.get(centre.world.tenantOfPrincipal[p] as number) ?? []).filter((q) => q !== p);
    const maker = others[random.int(Math.max(1, others.length))];
    const madeOn = day - Math.floor(Math.min(LONGEST_LAG_DAYS, random.exponential(LAG_DAYS)));
    if (maker === undefined || madeOn < 0) return;
    column[madeOn * principals + maker] = (column[madeOn * principals + maker] as number) + bytes;
  };
  centre.days.forEach((rows, day) => {
    const out = outOf(rows, principals, centre.coverage[day] as number);
    for (let p = 0; p < principals; p++) {
      const bytes = out[p] as number;
      if (bytes === 0) continue;
      const { shares, repeats, sharesLarge, surplus } = people[p] as (typeof people)[number];
      read[day * principals + p] = (read[day * principals + p] as number) + bytes;
      let own = bytes * (1 - shares);
      if (shares > 0) shareIn(members, p, day, bytes * shares, made);
      if (repeats > 0 && random.chance(repeats)) own = 0;
      if (bytes >= LARGE_BYTES) {
        // A large transfer takes days: it is of one kind in all of them.
        const week = Math.floor(day / 7);
        const isShared =
          sharesLarge.get(week) ?? sharesLarge.get(week - 1) ?? random.chance(nuisances.sharedData);
        sharesLarge.set(week, isShared);
        if (isShared) {
          shareIn(members, p, day, own, made);
          own = 0;
        }
      }
      if (own === 0) continue;
      const madeOn = day - Math.floor(Math.min(LONGEST_LAG_DAYS, random.exponential(LAG_DAYS)));
      if (madeOn >= 0)
        made[madeOn * principals + p] = (made[madeOn * principals + p] as number) + own * surplus;
    }
  });
  for (let p = 0; p < principals; p++) {
    if (random.chance(COMPUTING)) compute(random, nuisances, p, principals, work, made);
    if (random.chance(LOOKING)) look(random, nuisances, p, principals, read);
  }
  for (const column of [read, work, made])
    column.forEach((bytes, i) => {
      column[i] = Math.floor(bytes);
    });
  return {
    principals,
    read,
    work,
    made,
    isWatched: Array.from({ length: DAYS }, () => !random.chance(nuisances.missingAudit)),
  };
}

function outOf(rows: Rows, principals: number, coverage: number): Float64Array {
  const out = new Float64Array(principals);
  rows.principal.forEach((p, i) => {
    out[p] = (out[p] as number) + (rows.bytes[i] as number) / coverage;
  });
  return out;
}

/** Somebody's jobs: months of work and of none, that read and write apart from all egress. */
function compute(
  random: Random,
  nuisances: Nuisances,
  p: number,
  principals: number,
  work: Float64Array,
  made: Float64Array,
) {
  const level = random.lognormal(30e9, 2);
  const writes = random.lognormal(0.3, 1);
  const readsOthers = random.chance(nuisances.othersData);
  for (let day = -random.int(WORK_DAYS); day < DAYS; ) {
    const until = day + 1 + random.exponential(WORK_DAYS);
    const rate = level * random.lognormal(1, 0.7);
    for (; day < until && day < DAYS; day++) {
      if (day < 0 || random.chance(0.2)) continue;
      const bytes = rate * random.lognormal(1, 0.5);
      const at = day * principals + p;
      work[at] = (work[at] as number) + bytes * (readsOthers ? 10 : 1);
      made[at] = (made[at] as number) + bytes * writes * (readsOthers ? 0.01 : 1);
    }
    day += Math.floor(random.exponential(WORK_DAYS));
  }
}

/** Somebody who looks at data by hand: on some days a little, on few a lot. */
function look(random: Random, nuisances: Nuisances, p: number, principals: number, read: Float64Array) {
  const level = random.lognormal(1e9, 1.5) * (random.chance(nuisances.othersData) ? 10 : 1);
  for (let day = 0; day < DAYS; day++) {
    if (!random.chance(0.3)) continue;
    const at = day * principals + p;
    read[at] = (read[at] as number) + level * random.lognormal(1, 1.3);
  }
}
