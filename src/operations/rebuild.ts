import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BUILD_VERSION, type BuiltRange, buildDays } from '../accounting/build.ts';
import type { DayRange, FactFiles } from '../accounting/facts.ts';
import { totalsOfDays } from '../accounting/totals.ts';
import type { Facility } from '../facility/facility.ts';
import { configSha256On } from '../facility/zones.ts';
import type { Database } from '../ledger/duckdb/database.ts';
import { type DataFile, newId } from '../ledger/entries.ts';
import { faultPoint } from '../ledger/faults.ts';
import { hashFile, publish, type Stage } from '../ledger/files.ts';
import { append } from '../ledger/journal.ts';
import { readSnapshot, type Snapshot } from '../ledger/snapshot.ts';
import { formatDay } from '../records/time.ts';
import type { Progress } from './progress.ts';

/** Days are built together up to so many records or days; one day may have more. */
const ROWS_PER_RANGE = 4_000_000;
const DAYS_PER_RANGE = 31;
/** A log of one day nearly always reaches into the next: so few records are built with the day before, however full it is. */
const ROWS_OF_A_TAIL = 400_000;

interface BuiltDayEntry {
  readonly day: number;
  readonly inputsSha256: string;
  readonly files: DataFile[];
  readonly totals: Record<string, string>;
}

/**
 * Builds every day whose facts or configuration changed and publishes all of them in one entry.
 * Returns the days published, ascending.
 */
export async function rebuildDirtyDays(
  db: Database,
  stage: Stage,
  ledgerDir: string,
  facility: Facility,
  progress: Progress,
): Promise<number[]> {
  const snapshot = await readSnapshot(ledgerDir);
  const dirty = dirtyDays(snapshot, facility);
  if (dirty.length === 0) return [];
  const id = newId();
  const folder = stage.path(`build-${id}`);
  await mkdir(folder, { recursive: true });
  const days: BuiltDayEntry[] = [];
  for (const range of rangesOf(dirty, snapshot, facility)) {
    progress(
      `building ${formatDay(range.fromDay)} to ${formatDay(range.toDay)} (${days.length} of ${dirty.length} days done)`,
    );
    const built = await buildDays(db, factFiles(snapshot, ledgerDir, range), range, facility, folder);
    faultPoint('build:range-written');
    const inputs = (day: number) =>
      snapshot.inputsSha256Of(day, configSha256On(facility, day), BUILD_VERSION);
    days.push(...(await publishRange(db, ledgerDir, id, range, built, inputs)));
  }
  faultPoint('build:files-placed');
  const entry = await append(ledgerDir, (now) => {
    const news = days.filter(
      ({ day, inputsSha256 }) =>
        !now.isSealed(day) && now.buildOf(day, inputsSha256)?.inputsSha256 !== inputsSha256,
    );
    return news.length > 0 ? { kind: 'build', id, days: news } : undefined;
  });
  return entry?.kind === 'build' ? entry.days.map(({ day }) => day) : [];
}

/** Returns the days whose build is not what their facts and the configuration now make of them. */
export function dirtyDays(snapshot: Snapshot, facility: Facility): number[] {
  return snapshot.dirtyDays((day) => configSha256On(facility, day), BUILD_VERSION);
}

/** Groups dirty days: consecutive, of one configuration, and not more than fits in memory. */
function rangesOf(days: readonly number[], snapshot: Snapshot, facility: Facility): DayRange[] {
  const ranges: { fromDay: number; toDay: number; rows: number; config: string }[] = [];
  for (const day of days) {
    const rows = rowsOn(snapshot, day);
    const config = configSha256On(facility, day);
    const last = ranges.at(-1);
    const joins =
      last &&
      last.toDay === day - 1 &&
      last.config === config &&
      (last.rows + rows <= ROWS_PER_RANGE || (last.fromDay === last.toDay && rows <= ROWS_OF_A_TAIL)) &&
      day - last.fromDay < DAYS_PER_RANGE;
    if (joins) {
      last.toDay = day;
      last.rows += rows;
    } else ranges.push({ fromDay: day, toDay: day, rows, config });
  }
  return ranges;
}

/** Estimates the records of a day from the files that touch it. */
function rowsOn(snapshot: Snapshot, day: number): number {
  const files = [...snapshot.filesFor('flow', day, day), ...snapshot.filesFor('given', day, day)];
  return files.reduce((sum, { rows, fromDay, toDay }) => sum + rows / (1 + toDay - fromDay), 0);
}

function factFiles(snapshot: Snapshot, ledgerDir: string, range: DayRange): FactFiles {
  const paths = (family: string, { fromDay, toDay }: DayRange) =>
    snapshot.filesFor(family, fromDay, toDay).map(({ path }) => resolve(ledgerDir, path));
  // A day's neighbours may hold the copy of a connection that crosses midnight.
  const wide = { fromDay: range.fromDay - 1, toDay: range.toDay + 1 };
  return {
    flow: paths('flow', wide),
    long: (days) => paths('long', days),
    given: paths('given', wide),
    coverage: paths('coverage', range),
    identity: paths,
    translation: (days) => paths('translation', days),
    flowOn: (days) => paths('flow', days),
  };
}

async function publishRange(
  db: Database,
  ledgerDir: string,
  id: string,
  range: DayRange,
  built: BuiltRange,
  inputsSha256Of: (day: number) => string,
): Promise<BuiltDayEntry[]> {
  const cellFiles = built.files.filter(({ family }) => family === 'cell');
  const totals = await totalsOfDays(
    db,
    cellFiles.map(({ path }) => path),
    built.corrections,
    built.clocks,
  );
  const days: BuiltDayEntry[] = [];
  for (let day = range.fromDay; day <= range.toDay; day += 1) {
    const files: DataFile[] = [];
    for (const file of built.files.filter((each) => each.day === day)) {
      const path = `builds/${id}/${day}-${file.family}.parquet`;
      publish(file.path, resolve(ledgerDir, path));
      files.push({
        path,
        family: file.family,
        rows: file.rows,
        fromDay: day,
        toDay: day,
        ...(await hashFile(resolve(ledgerDir, path))),
      });
    }
    days.push({ day, inputsSha256: inputsSha256Of(day), files, totals: totals.get(day) ?? {} });
  }
  return days;
}
