import { type StorageReads, storageReads } from '../accounting/reads.ts';
import { accessHours, type HoursOfSensor, transferHours, transferredBytes } from '../accounting/way-logs.ts';
import { bytesAtCapacity } from '../claims/bounds.ts';
import type { ByteInterval } from '../claims/expected.ts';
import type { OnSiteChannel } from '../facility/facility.ts';
import { HOURS_PER_DAY, MICROS_PER_HOUR } from '../records/time.ts';
import type { Reading } from './reading.ts';

/** What logs say of a way out that crosses no watched network, in some days. */
export interface LoggedWay {
  /** What went to it: at most that left by it. */
  readonly seen: ByteInterval;
  /** Hours in which its logs gave no sign. */
  readonly unseenHours: number;
  readonly because: readonly string[];
}

/** Days as an assessment looks them up: `toDay` is the first day after. */
interface Days {
  readonly fromDay: number;
  readonly toDay: number;
}

/** Records may be long, or come late: files of so many days around are looked at. */
const LOOK_AROUND_DAYS = 31;
/** What nobody's name stands beside may be anybody's. */
const UNKNOWN = 'unknown';
/** Files of every day there can be. */
const EVER = { fromDay: 0, toDay: 100_000 } as const;

/**
 * Returns the function that says of some days what logs say of on-site channels, by name; channels of which weir.yaml
 * names no log are left out. Where both transfers and reads are logged, the lesser bound stands: each holds by itself.
 */
export function waysOf(reading: Reading): (days: Days) => Promise<ReadonlyMap<string, LoggedWay>> {
  let stored: Promise<Stored> | undefined;
  const storedOnce = () => {
    stored ??= storedEver(reading);
    return stored;
  };
  return async (days) => {
    const ways = new Map<string, LoggedWay>();
    for (const channel of reading.facility.onSite) {
      const { loggedBy, readBy, capacityBytesPerDay } = channel;
      const found = [
        ...(loggedBy.length > 0 ? [await byTransfers(reading, channel, days)] : []),
        ...(readBy.length > 0 ? [byReads(await storedOnce(), channel, days)] : []),
      ];
      const [first, ...others] = found;
      if (!first) continue;
      const most = ({ seen, unseenHours }: LoggedWay) => {
        const unseen = bytesAtCapacity(capacityBytesPerDay ?? null, unseenHours);
        return unseen === null ? null : seen.high + unseen;
      };
      ways.set(
        channel.name,
        others.reduce((best, other) => (isLess(most(other), most(best)) ? other : best), first),
      );
    }
    return ways;
  };
}

/** What storage logs hold, of all days: whether a name is ever in them is part of what they say. */
interface Stored {
  readonly reads: readonly StorageReads[];
  readonly hours: HoursOfSensor;
}

async function storedEver({ db, factFiles }: Reading): Promise<Stored> {
  const access = factFiles('access', EVER.fromDay, EVER.toDay);
  const job = factFiles('job', EVER.fromDay, EVER.toDay);
  return {
    reads: await storageReads(db, { access, job }, EVER),
    hours: await accessHours(db, access, EVER),
  };
}

function isLess(a: bigint | null, b: bigint | null): boolean {
  return a !== null && (b === null || a < b);
}

/**
 * All that went to a channel is in the logs of its sensors together: an hour is seen when each of them wrote one down, in
 * it and for as long after it as a transfer can take, for it is logged when it ends.
 */
async function byTransfers(reading: Reading, { loggedBy }: OnSiteChannel, days: Days): Promise<LoggedWay> {
  const { fromDay } = days;
  const around = { fromDay: fromDay - LOOK_AROUND_DAYS, toDay: days.toDay - 1 + LOOK_AROUND_DAYS };
  const files = reading.factFiles('transfer', around.fromDay, around.toDay);
  const hours = await transferHours(reading.db, files, around);
  const moved = await transferredBytes(reading.db, files, loggedBy, { fromDay, toDay: days.toDay - 1 });
  const wait = Math.ceil(moved.longestMicros / MICROS_PER_HOUR);
  const unseenHours = hoursWithout(days, (hour) =>
    Array.from({ length: wait + 1 }, (_, later) => hour + later).every((each) =>
      loggedBy.every((sensor) => hours.get(sensor)?.has(each)),
    ),
  );
  return {
    seen: { low: 0n, estimate: moved.within, high: moved.touching },
    unseenHours,
    because: [
      `at most what ${loggedBy.join(' and ')} logged, which weir.yaml says is all that went this way`,
      ...silenceOf(unseenHours, days),
    ],
  };
}

/**
 * All that went to a channel was read from storage by its identities: no more than they read, nameless reads included.
 * An hour is seen when every sensor that ever logged storage wrote an access down. Days of reads without a size, and of
 * counters that were reset, bound nothing, nor do their neighbours. An identity that no storage log ever names may be
 * misspelt: then nothing is known.
 */
function byReads({ reads, hours }: Stored, { readBy }: OnSiteChannel, days: Days): LoggedWay {
  const strangers = readBy.filter((name) => !reads.some(({ principal }) => principal === name));
  if (strangers.length > 0)
    return {
      seen: { low: 0n, estimate: 0n, high: 0n },
      unseenHours: (days.toDay - days.fromDay) * HOURS_PER_DAY,
      because: [`no storage log ever names ${strangers.join(' and ')}`],
    };
  const theirs = reads.filter(({ principal }) => principal === UNKNOWN || readBy.includes(principal));
  const between = (from: number, to: number) =>
    theirs
      .filter(({ day }) => day >= from && day < to)
      .reduce((sum, { bytesRead }) => sum + bytesRead.high, 0n);
  const unbounded = new Set(
    theirs.flatMap(({ day, opensWithoutSize, resets }) =>
      opensWithoutSize > 0 || resets > 0 ? [day - 1, day, day + 1] : [],
    ),
  );
  const unseenHours = hoursWithout(
    days,
    (hour) =>
      hours.size > 0 &&
      [...hours.values()].every((seen) => seen.has(hour)) &&
      !unbounded.has(Math.floor(hour / HOURS_PER_DAY)),
  );
  return {
    // A read of one day may be logged on the next, and begun on the one before.
    seen: {
      low: 0n,
      estimate: between(days.fromDay, days.toDay),
      high: between(days.fromDay - 1, days.toDay + 1),
    },
    unseenHours,
    because: [
      `at most what ${readBy.join(' and ')} read by storage logs, nameless reads included; weir.yaml says that this is all that went this way`,
      ...silenceOf(unseenHours, days),
      ...([...unbounded].some((day) => day >= days.fromDay && day < days.toDay)
        ? ['days of reads without a size, or of counters that were reset, count as unwatched']
        : []),
    ],
  };
}

/** Returns how many hours of some days are not seen. */
function hoursWithout({ fromDay, toDay }: Days, isSeen: (hour: number) => boolean): number {
  let without = 0;
  for (let hour = fromDay * HOURS_PER_DAY; hour < toDay * HOURS_PER_DAY; hour += 1)
    if (!isSeen(hour)) without += 1;
  return without;
}

function silenceOf(unseenHours: number, { fromDay, toDay }: Days): string[] {
  if (unseenHours === 0) return [];
  return unseenHours === (toDay - fromDay) * HOURS_PER_DAY
    ? ['but these logs hold nothing of the window']
    : [
        `${unseenHours} h in which they are silent, or in which what had begun may not be in them yet, count as unwatched`,
      ];
}
