import { sumCells } from '../accounting/cell-query.ts';
import { type CoverageRow, coverageRows } from '../accounting/coverage-query.ts';
import { bytesAtCapacity, type ChannelEvidence, type Side } from '../claims/bounds.ts';
import { type ByteInterval, type DayEgress, expectedEgress } from '../claims/expected.ts';
import type { StorageReads } from '../claims/verdict.ts';
import { type AssessedWindow, lookedUpDays } from '../claims/window.ts';
import type { Facility, OnSiteChannel, Path } from '../facility/facility.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import { type LoggedWay, waysOf } from './assess-ways.ts';
import { type CoverageView, coverageOf } from './coverage.ts';
import type { HourWindow, Reading } from './reading.ts';
import { readsIn } from './reads-in.ts';

/** What is known of a facility's ways out, over all the days that its ledger has. */
export interface Evidence {
  readonly facility: Facility;
  /** Journal position; null without a ledger. */
  readonly asOf: number | null;
  readonly coverage: readonly CoverageRow[];
  /** What left by each path on each day; paths that weir.yaml does not name among them. */
  readonly days: ReadonlyMap<string, readonly DayEgress[]>;
  /** Returns what storage logs say was read in some days; undefined where there are none. */
  readonly readsIn: (days: { fromDay: number; toDay: number }) => Promise<StorageReads | undefined>;
  /** Returns what logs say of on-site channels in some days, by their name. */
  readonly waysIn: (days: { fromDay: number; toDay: number }) => Promise<ReadonlyMap<string, LoggedWay>>;
}

const NOTHING: ByteInterval = { low: 0n, estimate: 0n, high: 0n };
/** One bit per second is 86,400 / 8 bytes a day. */
const BYTES_PER_DAY_OF_BIT_RATE = 10_800n;

/** Returns what is known without any ledger: the capacities of weir.yaml. */
export function evidenceWithout(facility: Facility): Evidence {
  return {
    facility,
    asOf: null,
    coverage: [],
    days: new Map(),
    readsIn: async () => undefined,
    waysIn: async () => new Map(),
  };
}

/** Returns what a ledger knows of every path on every day that it has built. */
export async function evidenceFrom(reading: Reading): Promise<Evidence> {
  const { db, snapshot, facility } = reading;
  const built = snapshot.builtDays();
  const [fromDay, toDay] = [built[0], built.at(-1)];
  const logged = {
    readsIn: (range: { fromDay: number; toDay: number }) => readsFrom(reading, range),
    waysIn: waysOf(reading),
  };
  if (fromDay === undefined || toDay === undefined)
    return { ...evidenceWithout(facility), asOf: snapshot.position, ...logged };
  const coverage = await coverageRows(db, reading.builtFiles('coverage-cell', fromDay, toDay), {
    fromDay,
    toDay,
  });
  const window = { fromHour: fromDay * HOURS_PER_DAY, toHour: (toDay + 1) * HOURS_PER_DAY };
  const files = reading.builtFiles('cell', fromDay, toDay);
  const views = coverageOf(coverage, facility, window);
  const sums = await sumCells(db, { cells: files, sharers: [] }, 'dayOfPath', window);
  const all = Array.from({ length: toDay - fromDay + 1 }, (_, index) => fromDay + index);
  const days = new Map<string, DayEgress[]>();
  for (const path of new Set([
    ...views.paths.map((view) => view.path),
    ...sums.flatMap(({ name }) => name ?? []),
  ])) {
    const shares = watchedShares(views, path, window);
    const bytes = new Map(
      sums
        .filter(({ name }) => name === path)
        .map((each) => [
          Number(each.key),
          { low: each.bytesOutLow, estimate: each.bytesOut, high: each.bytesOutHigh },
        ]),
    );
    days.set(
      path,
      all.map((day) => ({ day, bytesOut: bytes.get(day) ?? NOTHING, watchedShare: shares(day) })),
    );
  }
  return { facility, asOf: snapshot.position, coverage, days, ...logged };
}

/** The most that each identity can have read: a claim is weighed against what storage logs allow. */
async function readsFrom(
  reading: Reading,
  { fromDay, toDay }: { fromDay: number; toDay: number },
): Promise<StorageReads | undefined> {
  const reads = [...(await readsIn(reading, fromDay, toDay - 1))];
  if (reads.length === 0) return undefined;
  return {
    byPrincipal: reads
      .map(([principal, { high }]) => ({ principal, bytesRead: high }))
      .sort((a, b) => Number(b.bytesRead - a.bytesRead) || (a.principal < b.principal ? -1 : 1)),
    boundBytes: reads.reduce((sum, [, { low, high }]) => sum + high - low, 0n),
    unsizedReads: reads.reduce((sum, [, { opensWithoutSize }]) => sum + opensWithoutSize, 0),
  };
}

/** Returns the share of a day's hours in which a path was watched; all of them for a path that weir.yaml does not name. */
function watchedShares(views: CoverageView, path: string, window: HourWindow): (day: number) => number {
  const view = views.paths.find((each) => each.path === path);
  const blind = new Map<number, number>();
  const blacken = ({ fromHour, toHour }: HourWindow) => {
    for (let hour = fromHour; hour < toHour; hour += 1) {
      const day = Math.floor(hour / HOURS_PER_DAY);
      blind.set(day, (blind.get(day) ?? 0) + 1);
    }
  };
  for (const gap of view?.gaps ?? []) blacken(gap);
  blacken({ fromHour: window.fromHour, toHour: views.span.fromHour });
  blacken({ fromHour: views.span.toHour, toHour: window.toHour });
  return (day) => 1 - Math.min(HOURS_PER_DAY, blind.get(day) ?? 0) / HOURS_PER_DAY;
}

/** Returns what is known of every channel in a window: of its days, or of those that stand for it (lookedUpDays). */
export async function channelsIn(evidence: Evidence, window: AssessedWindow): Promise<ChannelEvidence[]> {
  const { facility, coverage, days } = evidence;
  const looked = lookedUpDays(window) ?? { fromDay: window.toDay, toDay: window.toDay };
  const hours = { fromHour: looked.fromDay * HOURS_PER_DAY, toHour: looked.toDay * HOURS_PER_DAY };
  const view = coverageOf(coverage, facility, hours);
  const paths = view.paths.map((each) => pathEvidence(evidence, each, view, hours));
  const unlisted = [...days.keys()]
    .filter((name) => !view.paths.some(({ path }) => path === name))
    .map((name) => unlistedEvidence(name, days.get(name) ?? [], looked))
    .filter(({ seen }) => seen.high > 0n);
  const logged = await evidence.waysIn(looked);
  const onSite = facility.onSite.map((each) => onSiteEvidence(each, hours, logged.get(each.name)));
  const all = [...paths, ...unlisted, ...onSite];
  if (lookedUpDays(window) !== null) return all;
  return all.map((each) => ({ ...each, unseenBytes: null, because: ['when it happened is not known'] }));
}

function pathEvidence(
  { facility, days, asOf }: Evidence,
  view: CoverageView['paths'][number],
  { span, sensors }: CoverageView,
  hours: HourWindow,
): ChannelEvidence {
  const path = facility.paths.find(({ name }) => name === view.path);
  const looked = { fromDay: hours.fromHour / HOURS_PER_DAY, toDay: hours.toHour / HOURS_PER_DAY };
  const capacityBytesPerDay = capacityOf(path);
  const outsideHours = hours.toHour - hours.fromHour - (span.toHour - span.fromHour);
  const silentHours = silentHoursOf(view, sensors, span);
  const unloggedBytes = bytesAtCapacity(capacityBytesPerDay, outsideHours + silentHours);
  const blindBytes = view.blindHours === 0 ? 0n : view.couldHaveBeenBytes;
  const known = days.get(view.path) ?? [];
  const expected = expectedEgress(known, looked);
  return {
    name: view.path,
    side: sideOf(path),
    kind: path?.kind ?? 'border',
    capacityBytesPerDay,
    seen: seenIn(known, looked),
    unseenHours: view.blindHours + outsideHours + silentHours,
    unseenBytes: unloggedBytes === null || blindBytes === null ? null : unloggedBytes + blindBytes,
    expected: expected?.bytesOut ?? null,
    because: [
      ...(view.sensors.length === 0 ? ['no sensor watches it'] : []),
      ...(asOf === null || known.length === 0 ? ['no log of it was imported'] : []),
      ...(known.length > 0 && outsideHours > 0 ? [`the logs leave out ${outsideHours} h of the window`] : []),
      ...(silentHours > 0 ? [`${silentHours} h without any record count as unwatched`] : []),
      ...(expected ? [`expected as on ${expected.learntFrom}`] : []),
    ],
  };
}

/**
 * Returns the hours in which none of a path's sensors gave a sign though that is not unusual. Coverage takes them for
 * idle; a bound may not, for a sensor that was off or a log that was cut looks the same.
 */
function silentHoursOf(
  { sensors: names, gaps }: CoverageView['paths'][number],
  sensors: CoverageView['sensors'],
  { fromHour, toHour }: HourWindow,
): number {
  const own = sensors.filter(({ sensor }) => names.includes(sensor));
  const blind = new Set<number>();
  for (const gap of gaps) for (let hour = gap.fromHour; hour < gap.toHour; hour += 1) blind.add(hour);
  let silent = 0;
  for (let hour = fromHour; hour < toHour; hour += 1)
    if (!blind.has(hour) && !own.some((sensor) => sensor.sawIn(hour))) silent += 1;
  return silent;
}

/** Bytes of a path that weir.yaml does not name: they left, and that is all that is known of it. */
function unlistedEvidence(
  name: string,
  known: readonly DayEgress[],
  looked: { fromDay: number; toDay: number },
): ChannelEvidence {
  const expected = expectedEgress(known, looked);
  return {
    name,
    side: 'either',
    kind: 'unlisted',
    capacityBytesPerDay: null,
    seen: seenIn(known, looked),
    unseenHours: 0,
    unseenBytes: 0n,
    expected: expected?.bytesOut ?? null,
    because: ['weir.yaml names no such path'],
  };
}

function onSiteEvidence(
  { name, kind, capacityBytesPerDay, logged }: OnSiteChannel,
  { fromHour, toHour }: HourWindow,
  way: LoggedWay | undefined,
): ChannelEvidence {
  const unseenHours = way?.unseenHours ?? toHour - fromHour;
  return {
    name,
    side: kind === 'link' ? 'either' : 'onSite',
    kind,
    capacityBytesPerDay: capacityBytesPerDay ?? null,
    seen: way?.seen ?? NOTHING,
    unseenHours,
    unseenBytes: bytesAtCapacity(capacityBytesPerDay ?? null, unseenHours),
    expected: null,
    because: way?.because ?? [logged ? 'its own log can tell more' : 'nothing logs it'],
  };
}

function seenIn(days: readonly DayEgress[], looked: { fromDay: number; toDay: number }): ByteInterval {
  return days
    .filter(({ day }) => day >= looked.fromDay && day < looked.toDay)
    .reduce(
      (sum, { bytesOut }) => ({
        low: sum.low + bytesOut.low,
        estimate: sum.estimate + bytesOut.estimate,
        high: sum.high + bytesOut.high,
      }),
      NOTHING,
    );
}

/** Returns on which side of a claim a path stands: a backup or replication link on both. */
export function sideOf(path: Path | undefined): Side {
  if (path?.kind === 'media') return 'onSite';
  return path?.kind === 'backup' ? 'either' : 'remote';
}

/** Returns a path's capacity in bytes per day; null where none is stated. */
export function capacityOf(path: Path | undefined): bigint | null {
  const bits = path?.capacityBitsPerSecond;
  return bits === undefined ? null : BigInt(Math.ceil(bits)) * BYTES_PER_DAY_OF_BIT_RATE;
}
