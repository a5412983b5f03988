import { resolve } from 'node:path';
import { openAccounts } from '../accounting/attribution/accounts.ts';
import { BUILD_VERSION } from '../accounting/build.ts';
import { SPREAD_MACRO } from '../accounting/spread.ts';
import { ConfigurationError } from '../errors.ts';
import type { Facility } from '../facility/facility.ts';
import { configSha256On } from '../facility/zones.ts';
import { orChangedFile } from '../ledger/changed-file.ts';
import { assertPresent } from '../ledger/collect.ts';
import { type Database, openDatabase } from '../ledger/duckdb/database.ts';
import { openLedger, openStage } from '../ledger/files.ts';
import type { LedgerFile } from '../ledger/fold.ts';
import { readSnapshot, type Snapshot } from '../ledger/snapshot.ts';
import { HOURS_PER_DAY, MICROS_PER_HOUR, parseDay } from '../records/time.ts';
import type { Progress } from './progress.ts';
import { dirtyDays, rebuildDirtyDays } from './rebuild.ts';

/** What every question to the ledger states. */
export interface Question {
  readonly facility: Facility;
  readonly ledgerDir: string;
  /** Journal position to answer as of; the newest when it is not stated. */
  readonly asOf?: number;
  readonly progress: Progress;
}

/** A ledger opened to be asked: one snapshot, one engine. */
export interface Reading {
  readonly db: Database;
  readonly snapshot: Snapshot;
  readonly facility: Facility;
  readonly ledgerDir: string;
  /** Whether the newest position is asked, not an earlier one. */
  readonly isNewest: boolean;
  /**
   * Returns the absolute paths of the build files of a family that stand for some days. They may hold rows of other
   * days too (merged by month), so a query names its days again.
   * @throws LedgerError when one is gone, as files that compaction or retention took out before a later position are.
   */
  builtFiles(family: string, fromDay: number, toDay: number): string[];
  /** Returns about how many rows of a family those files hold for the days. */
  builtRows(family: string, fromDay: number, toDay: number): number;
  /** Returns the totals that the journal keeps of a day's build; empty when there is none. */
  totalsOn(day: number): Readonly<Record<string, string>>;
  /** Returns the absolute paths of the fact files of a family that meet some days. @throws LedgerError likewise. */
  factFiles(family: string, fromDay: number, toDay: number): string[];
}

/**
 * Opens the ledger for one question and closes it again. Days whose facts or configuration changed are
 * rebuilt first, unless the question is as of an earlier position.
 * @throws LedgerError naming the file where one that is damaged keeps it from an answer.
 */
export function withReading<Answer>(
  question: Question,
  ask: (reading: Reading) => Promise<Answer>,
): Promise<Answer> {
  return orChangedFile(question.ledgerDir, question.asOf, () => asked(question, ask));
}

async function asked<Answer>(
  question: Question,
  ask: (reading: Reading) => Promise<Answer>,
): Promise<Answer> {
  const { facility, progress } = question;
  const ledger = openLedger(question.ledgerDir);
  const ledgerDir = resolve(ledger.dir);
  const stage = openStage(ledgerDir);
  const db = await openDatabase({ root: ledgerDir, temporary: stage.path('engine'), macros: [SPREAD_MACRO] });
  try {
    let snapshot = await readSnapshot(ledgerDir, question.asOf);
    if (question.asOf === undefined && dirtyDays(snapshot, facility).length > 0) {
      await rebuildDirtyDays(db, stage, ledgerDir, facility, progress);
      snapshot = await readSnapshot(ledgerDir);
    }
    const wanted = (day: number) =>
      snapshot.inputsSha256Of(day, configSha256On(facility, day), BUILD_VERSION);
    const absolute = (files: readonly LedgerFile[]) => {
      assertPresent(ledgerDir, files);
      return files.map(({ path }) => resolve(ledgerDir, path));
    };
    const factFiles = (family: string, from: number, to: number) =>
      absolute(snapshot.filesFor(family, from, to));
    await openAccounts(db, factFiles('account', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER));
    return await ask({
      db,
      snapshot,
      facility,
      ledgerDir,
      isNewest: question.asOf === undefined,
      builtFiles: (family, from, to) => absolute(snapshot.builtFilesFor(family, from, to, wanted)),
      builtRows: (family, from, to) => {
        const files = snapshot.builtFilesFor(family, from, to, wanted);
        return files.reduce((sum, file) => sum + file.rows * shareOf(file, from, to), 0);
      },
      totalsOn: (day) => snapshot.buildOf(day, wanted(day))?.totals ?? {},
      factFiles,
    });
  } finally {
    db.close();
    stage.close();
  }
}

/** The share of a file's days that lie in a period. */
function shareOf({ fromDay, toDay }: LedgerFile, from: number, to: number): number {
  return (Math.min(toDay, to) - Math.max(fromDay, from) + 1) / (toDay - fromDay + 1);
}

/** A period in whole hours since 1970: from the first up to, not including, the last. */
export interface HourWindow {
  readonly fromHour: number;
  readonly toHour: number;
}

/**
 * Returns the period a question speaks of: all built days unless stated. A date as `to` includes that day; an
 * instant does not. Instants are cut to whole hours.
 * @throws ConfigurationError when a bound cannot be read or the period is empty.
 */
export function windowOf(snapshot: Snapshot, from: string | undefined, to: string | undefined): HourWindow {
  const days = snapshot.builtDays();
  const fromHour = from === undefined ? (days[0] ?? 0) * HOURS_PER_DAY : hourOf(from, '--from', false);
  const toHour = to === undefined ? ((days.at(-1) ?? 0) + 1) * HOURS_PER_DAY : hourOf(to, '--to', true);
  if (fromHour < toHour || days.length === 0) return { fromHour, toHour: Math.max(fromHour, toHour) };
  throw new ConfigurationError(
    `the period from ${from ?? 'the first day'} to ${to ?? 'the last day'} is empty: give --from before --to`,
  );
}

function hourOf(text: string, flag: string, includeDay: boolean): number {
  const day = parseDay(text);
  if (day !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text))
    return (day + (includeDay ? 1 : 0)) * HOURS_PER_DAY;
  const millis = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(millis))
    throw new ConfigurationError(
      `${flag} ${text}: give a day (2026-03-01) or an instant in UTC (2026-03-01T07:00:00Z)`,
    );
  const hours = (millis * 1000) / MICROS_PER_HOUR;
  return includeDay ? Math.ceil(hours) : Math.floor(hours);
}
