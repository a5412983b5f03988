import { z } from 'zod';
import type { Database } from '../ledger/duckdb/database.ts';
import { BEGUN_ANEW } from '../ledger/duckdb/numbers.ts';
import { NUMBERS_COLUMNS } from '../records/families.ts';
import { filesSql } from './facts.ts';

const micros = z.bigint().transform(Number);
const runRow = z.object({
  sensor: z.string(),
  series: z.string(),
  startedAt: micros,
  endedAt: micros,
  firstNumber: micros,
  lastNumber: micros,
  lines: micros,
});
type Run = z.infer<typeof runRow>;

/** Consecutive numbers of which some are on no line that was imported. */
export interface MissingLines {
  readonly sensor: string;
  /** What numbers its lines: a host, a metadata target; empty where the log does not say. */
  readonly series: string;
  /** They were written between these two moments. */
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly firstNumber: number;
  readonly lastNumber: number;
  /** How many lines are missing, beside so many that are there. */
  readonly missing: number;
  readonly present: number;
}

/** Returns where lines are missing in logs that number them, by sensor and time. */
export async function missingLines(db: Database, files: readonly string[]): Promise<MissingLines[]> {
  if (files.length === 0) return [];
  const runs = await db.rows(
    `SELECT DISTINCT * FROM ${filesSql(files, NUMBERS_COLUMNS)} ORDER BY sensor, series, startedAt, firstNumber, lastNumber, endedAt, lines`,
    runRow,
  );
  const bySeries = new Map<string, Run[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.sensor, run.series]);
    const held = bySeries.get(key);
    if (held) held.push(run);
    else bySeries.set(key, [run]);
  }
  return [...bySeries.values()].flatMap(missingInSeries);
}

/**
 * Numbers that begin anew (a host that booted) are told from late lines by how far they fall. Between two runs nothing
 * is known of numbers that lie before the first or behind the last; lines that come late fill what was missing.
 */
function missingInSeries(runs: readonly Run[]): MissingLines[] {
  const gaps: MissingLines[] = [];
  let greatest: number | undefined;
  let current: MissingLines[] = [];
  let endedAt = 0;
  for (const run of runs) {
    if (greatest === undefined || run.firstNumber + BEGUN_ANEW < greatest) {
      gaps.push(...current);
      current = [];
      greatest = run.firstNumber - 1;
      endedAt = run.startedAt;
    }
    const isNew = run.lastNumber > greatest;
    const from = greatest + 1;
    // Lines beyond the greatest number before, less all of them; where there are more lines than such numbers, some are late.
    const missing = (isNew ? run.lastNumber - greatest : 0) - run.lines;
    if (missing > 0)
      current.push({
        sensor: run.sensor,
        series: run.series,
        fromMicros: Math.min(endedAt, run.startedAt),
        toMicros: run.endedAt,
        firstNumber: from,
        lastNumber: run.lastNumber,
        missing,
        present: run.lines,
      });
    if (missing < 0) current = filled(current, run, -missing);
    greatest = Math.max(greatest, run.lastNumber);
    endedAt = Math.max(endedAt, run.endedAt);
  }
  return [...gaps, ...current];
}

/** Returns gaps with what late lines fill of those that they lie in, the latest first. */
function filled(gaps: readonly MissingLines[], run: Run, lines: number): MissingLines[] {
  let left = lines;
  return [...gaps]
    .reverse()
    .map((gap) => {
      const isWithin = gap.firstNumber <= run.lastNumber && run.firstNumber <= gap.lastNumber;
      const taken = isWithin ? Math.min(left, gap.missing) : 0;
      left -= taken;
      return { ...gap, missing: gap.missing - taken, present: gap.present + taken };
    })
    .reverse()
    .filter(({ missing }) => missing > 0);
}
