import { type DayPair, takeAllowances } from '../../accounting/allowed-pairs.ts';
import { type CoverageRow, coverageRows } from '../../accounting/coverage-query.ts';
import { lastReadWith, loadDays, pairDays } from '../../accounting/day-series.ts';
import { daySums } from '../../accounting/day-sums.ts';
import type { DayRange } from '../../accounting/facts.ts';
import { type EntityTexts, type Names, namesRead } from '../../accounting/series-tables.ts';
import { type Allowance, applyAllowances } from '../../detection/allowances.ts';
import { CLIP_BYTES, type FamilyDay, type Statistic } from '../../detection/input.ts';
import { DAY_STATISTICS } from '../../records/day-statistics.ts';
import { HOURS_PER_DAY } from '../../records/time.ts';
import type { Reading } from '../reading.ts';
import { type StorageDay, storageOn } from './balance-day.ts';
import type { Taken } from './checkpoint.ts';

/** Days are read together up to about so many cells: it is what a long replay needs memory for. */
const CELLS_AT_ONCE = 300_000;

/** What the ledger says of one day. */
export interface DayRead {
  readonly day: number;
  readonly signs: readonly CoverageRow[];
  readonly storage: StorageDay;
  /** What allowances took of the day, and all that each has taken by its end. */
  readonly taken: readonly Taken[];
  readonly usedBytes: ReadonlyMap<string, number>;
  /** Returns the egress less what was announced, for each family; none on a day without cells. */
  families(): FamilyDay[];
}

/** What reading goes on from: how things stood after the day before. */
interface Before {
  readonly usedBytes: ReadonlyMap<string, number>;
  /** Whether any storage log ever said anything. */
  readonly hasStorage: boolean;
}

/** Returns days that are read together, from a first one on and not beyond a last one. */
export function daysTogether(reading: Reading, fromDay: number, lastDay: number): DayRange {
  const last = Math.min(lastDay, lastReadWith(fromDay));
  let toDay = fromDay;
  while (toDay < last && reading.builtRows('cell', fromDay, toDay + 1) <= CELLS_AT_ONCE) toDay += 1;
  return { fromDay, toDay };
}

/**
 * Returns what reads days, in their order and with few statements for many of them, and makes their pairs known. Nothing
 * that it returns asks the engine: while days are judged the next can be read.
 */
export function dayReader(
  reading: Reading,
  texts: EntityTexts,
  allowances: readonly Allowance[],
  before: Before,
): (days: DayRange) => Promise<DayRead[]> {
  let { usedBytes, hasStorage } = before;
  const names = namesRead();
  return async (days) => {
    const cells = filesByDay(reading, days);
    const announced = new Map<number, Pick<DayRead, 'taken' | 'usedBytes'>>();
    const usedBefore = usedBytes;
    const familiesOn = await egressOn(reading, days, cells, { texts, names }, allowances, (day, pairs) => {
      const applied = applyAllowances(pairs, allowances, day, usedBytes);
      usedBytes = applied.usedBytes;
      announced.set(day, { usedBytes, taken: takenOn(day, pairs, applied.counted) });
      return applied.counted;
    });
    const signs = await signsOn(reading, days);
    const read: DayRead[] = [];
    for (const [day, files] of cells) {
      const storage = await storageOn(reading, files, day, hasStorage);
      hasStorage ||= storage.speaking.length > 0;
      const { taken, usedBytes: used } = announced.get(day) ?? {
        taken: [],
        usedBytes: read.at(-1)?.usedBytes ?? usedBefore,
      };
      const families = () => (files.length > 0 ? familiesOn(day) : []);
      read.push({ day, signs: signs.get(day) ?? [], storage, taken, usedBytes: used, families });
    }
    return read;
  };
}

/** Reads the egress of days, and returns what sums one of them. */
async function egressOn(
  { db }: Reading,
  days: DayRange,
  cells: ReadonlyMap<number, readonly string[]>,
  { texts, names }: { readonly texts: EntityTexts; readonly names: Names },
  allowances: readonly Allowance[],
  take: (day: number, pairs: readonly DayPair[]) => readonly DayPair[],
): Promise<(day: number) => FamilyDay[]> {
  const files = [...new Set([...cells.values()].flat())];
  if (files.length === 0) return () => [];
  await loadDays(db, files, days, texts);
  const isAnnounced = (day: number) =>
    allowances.some(({ fromDay, expiresOnDay }) => fromDay <= day && day <= expiresOnDay);
  if ([...cells.keys()].some(isAnnounced)) {
    await takeAllowances(db, (day, pairs) => (isAnnounced(day) ? take(day, pairs) : pairs));
  }
  const columns = await pairDays(db, days, cells.get(days.toDay)?.length !== 0, names);
  let sumsOn: ReturnType<typeof daySums> | undefined;
  return (day) => {
    sumsOn ??= daySums(columns(), days, CLIP_BYTES);
    return sumsOn(day).map(({ family, entities, columns }) => {
      const named = DAY_STATISTICS.map((name, index) => [name, columns[index] ?? new Float64Array()]);
      return { family, entities, statistics: Object.fromEntries(named) as Record<Statistic, Float64Array> };
    });
  };
}

function takenOn(day: number, pairs: readonly DayPair[], counted: readonly DayPair[]): Taken[] {
  return pairs.flatMap(({ host, network, bytesOut }, index) => {
    const bytes = bytesOut - (counted[index]?.bytesOut ?? bytesOut);
    return bytes > 0 ? [{ day, host, network, bytes }] : [];
  });
}

function filesByDay(reading: Reading, { fromDay, toDay }: DayRange): Map<number, readonly string[]> {
  const cells = new Map<number, readonly string[]>();
  for (let day = fromDay; day <= toDay; day += 1) cells.set(day, reading.builtFiles('cell', day, day));
  return cells;
}

async function signsOn(reading: Reading, days: DayRange): Promise<Map<number, CoverageRow[]>> {
  const files = reading.builtFiles('coverage-cell', days.fromDay, days.toDay);
  const signs = new Map<number, CoverageRow[]>();
  for (const row of await coverageRows(reading.db, files, days)) {
    const day = Math.floor(row.hour / HOURS_PER_DAY);
    const ofDay = signs.get(day) ?? [];
    signs.set(day, ofDay);
    ofDay.push(row);
  }
  return signs;
}
