import { resolve } from 'node:path';
import { daysRenamed } from '../../accounting/attribution/accounts.ts';
import { daysTouched } from '../../accounting/attribution/touched-days.ts';
import { type DayRange, IDENTITY_FAMILIES, type IdentityFiles } from '../../accounting/facts.ts';
import { daysOfSeen } from '../../accounting/relays/touched-days.ts';
import type { Facility } from '../../facility/facility.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import { daysOfRelated } from '../../ledger/duckdb/file-days.ts';
import type { DataFile } from '../../ledger/entries.ts';
import type { Snapshot } from '../../ledger/snapshot.ts';

/** The files of a commit that has its place in the ledger and no entry yet, and the days its own facts fall on. */
interface Finished {
  readonly files: readonly DataFile[];
  readonly days: readonly number[];
}

/**
 * Returns the days that a commit makes dirty: those of its own facts; those into which known connections reach that
 * its flows have to do with; those on which its sessions, leases, jobs, transfers and directories change who was where; and those of
 * connections through relays of which a log of NAT and the flows came apart. Days
 * without traffic stay out of the latter: there is nothing to name, and when traffic comes it brings its day along.
 */
export async function daysOfCommit(
  db: Database,
  ledgerDir: string,
  finished: Finished,
  snapshot: Snapshot,
  facility: Facility,
): Promise<number[]> {
  const known = new Set(snapshot.factDays());
  const related = [
    ...(await relatedDays(db, ledgerDir, finished, snapshot)),
    ...(await namedDays(db, ledgerDir, finished, snapshot, facility)),
    ...(await seenDays(db, ledgerDir, finished, snapshot, facility)),
  ];
  return [...new Set([...finished.days, ...related.filter((day) => known.has(day))])].sort((a, b) => a - b);
}

async function relatedDays(
  db: Database,
  ledgerDir: string,
  { files }: Finished,
  snapshot: Snapshot,
): Promise<number[]> {
  const flows = files.filter(({ family }) => family === 'flow');
  const span = spanOf(flows);
  if (!span) return [];
  const known = overnightFiles(snapshot, span);
  return daysOfRelated(db, absolute(ledgerDir, flows), absolute(ledgerDir, known));
}

async function namedDays(
  db: Database,
  ledgerDir: string,
  { files, days }: Finished,
  snapshot: Snapshot,
  facility: Facility,
): Promise<number[]> {
  const families: readonly string[] = [...IDENTITY_FAMILIES, 'account'];
  const added = files.filter(({ family }) => families.includes(family));
  const own = new Set(days);
  // A first import, or one of whole days, has nothing to name beyond its own days.
  if (added.length === 0 || snapshot.factDays().every((day) => own.has(day))) return [];
  const ofKnown: IdentityFiles = (family, { fromDay, toDay }) =>
    absolute(ledgerDir, snapshot.filesFor(family, fromDay, toDay));
  const ofAdded: IdentityFiles = (family) =>
    absolute(
      ledgerDir,
      added.filter((file) => file.family === family),
    );
  const hasAccounts = added.some(({ family }) => family === 'account');
  const renamed = hasAccounts ? await daysRenamed(db, ofKnown, ofAdded, IDENTITY_FAMILIES) : undefined;
  const span = spanOf([...added.filter(({ family }) => family !== 'account'), ...(renamed ? [renamed] : [])]);
  if (!span) return [];
  return daysTouched(
    db,
    ofKnown,
    ofAdded,
    (range) => absolute(ledgerDir, overnightFiles(snapshot, range)),
    ({ fromDay, toDay }) => absolute(ledgerDir, snapshot.filesFor('translation', fromDay, toDay)),
    span,
    facility,
  );
}

async function seenDays(
  db: Database,
  ledgerDir: string,
  { files, days }: Finished,
  snapshot: Snapshot,
  facility: Facility,
): Promise<number[]> {
  const of = (family: string) => files.filter((file) => file.family === family);
  const own = new Set(days);
  const span = spanOf([...of('flow'), ...of('translation')]);
  if (!span || snapshot.factDays().every((day) => own.has(day))) return [];
  const known = (family: string) =>
    absolute(ledgerDir, snapshot.filesFor(family, span.fromDay - 1, span.toDay + 1));
  const translations = known('translation');
  const added = {
    flows: absolute(ledgerDir, of('flow')),
    translations: absolute(ledgerDir, of('translation')),
  };
  if (translations.length === 0 && added.translations.length === 0) return [];
  return daysOfSeen(db, added, { flows: known('flow'), translations }, facility, span.fromDay);
}

/** Files that may hold connections that last over a midnight and have a moment in some days. */
function overnightFiles(snapshot: Snapshot, { fromDay, toDay }: DayRange): DataFile[] {
  return [
    ...snapshot.filesFor('flow', fromDay, toDay).filter((file) => file.fromDay < file.toDay),
    ...snapshot.filesFor('long', fromDay, toDay),
  ];
}

function spanOf(files: readonly DayRange[]): DayRange | undefined {
  if (files.length === 0) return undefined;
  return {
    fromDay: files.reduce((least, file) => Math.min(least, file.fromDay), Number.POSITIVE_INFINITY),
    toDay: files.reduce((most, file) => Math.max(most, file.toDay), Number.NEGATIVE_INFINITY),
  };
}

function absolute(ledgerDir: string, files: readonly { path: string }[]): string[] {
  return files.map(({ path }) => resolve(ledgerDir, path));
}
