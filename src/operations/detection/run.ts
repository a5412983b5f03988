import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { openTenants, tenantVersions } from '../../accounting/attribution/tenants.ts';
import { tenantsByDay } from '../../accounting/balance-series.ts';
import { BUILD_VERSION } from '../../accounting/build.ts';
import { openSeries } from '../../accounting/series-tables.ts';
import { advance, LEAST_COVERAGE } from '../../detection/advance.ts';
import type { Allowance } from '../../detection/allowances.ts';
import { earlyLeads } from '../../detection/early.ts';
import type { DayStatistics } from '../../detection/input.ts';
import { createState } from '../../detection/state.ts';
import { configSha256On } from '../../facility/zones.ts';
import type { Snapshot } from '../../ledger/snapshot.ts';
import { formatDay, MICROS_PER_DAY, MICROS_PER_HOUR } from '../../records/time.ts';
import { ahead } from '../../sources/ahead.ts';
import type { Progress } from '../progress.ts';
import type { Reading } from '../reading.ts';
import { balanceOf, type TenantOf } from './balance-day.ts';
import { type Carried, checkpointsIn } from './checkpoint.ts';
import { observeDay } from './day-coverage.ts';
import { type DayRead, dayReader, daysTogether } from './days.ts';
import { entityTexts } from './texts.ts';

/** Raise it whenever the same cells would give other leads. */
const DETECTION_VERSION = '10';
/** Days between the states that a replay keeps, where the next is not the last; and between those of a long one. */
const CHECKPOINT_DAYS = 28;
const LONG_REPLAY_DAYS = 6 * CHECKPOINT_DAYS;

/** Detection carried through a last day, and what each day's coverage was. */
export interface DetectionRun {
  readonly carried: Carried;
  readonly firstDay: number;
  readonly lastDay: number;
}

/**
 * Judges every day of the ledger in order up to a last day, from the latest checkpoint that still holds.
 * The same ledger gives the same leads, day by day or all at once.
 */
export async function runDetection(
  reading: Reading,
  lastDay: number,
  allowances: readonly Allowance[],
  progress: Progress,
): Promise<DetectionRun> {
  const { db, facility } = reading;
  const firstDay = reading.snapshot.builtDays()[0] ?? lastDay;
  await openTenants(db, reading.factFiles('member', Number.MIN_SAFE_INTEGER, lastDay), facility);
  const names = chainOf(reading, firstDay, lastDay, allowances, await tenantVersions(db, firstDay, lastDay));
  const checkpoints = checkpointsIn(reading.ledgerDir);
  const texts = await entityTexts(facility);
  const tenantOf = await tenantsByDay(db);
  const loaded = await checkpoints.load(db, names);
  if (!loaded) await openSeries(db);
  const carried: Carried = loaded?.carried ?? {
    state: createState({ leadsPerWeek: facility.detection.leadsPerWeek }),
    habits: new Map(),
    audits: new Map(),
    leads: [],
    early: [],
    usedBytes: new Map(),
    taken: [],
    blindDays: [],
  };
  const from = firstDay + (loaded ? loaded.position + 1 : 0);
  const isKept = (day: number) => isCheckpoint(day - firstDay, lastDay - firstDay);
  const { usedBytes, audits } = carried;
  const readDays = dayReader(reading, texts, allowances, { usedBytes, hasStorage: audits.size > 0 });
  /** Reads up to the next checkpoint at most, with the tables as they are after the last of the days. */
  async function* reads() {
    for (let day = from; day <= lastDay; ) {
      let most = day;
      while (most < lastDay && !isKept(most)) most += 1;
      const { fromDay, toDay } = daysTogether(reading, day, most);
      const days = await readDays({ fromDay, toDay });
      yield { days, toDay, draft: isKept(toDay) ? await checkpoints.draft(db) : undefined };
      day = toDay + 1;
    }
  }
  const ongoingDay = reading.snapshot.builtDays().at(-1);
  for await (const { days, toDay, draft } of ahead(reads())) {
    for (const each of days) {
      judge(each, tenantOf, carried, each.day === ongoingDay);
      if (each.day % 7 === 0) progress(`judged ${formatDay(each.day)}: ${carried.leads.length} leads so far`);
      // The engine is told what to do next.
      await setImmediate();
    }
    if (draft) checkpoints.keep(draft, names[toDay - firstDay] ?? '', toDay, carried);
  }
  // A look into the past leaves the states of the newest days alone.
  const isNewest = reading.isNewest && lastDay === ongoingDay;
  if (from <= lastDay && isNewest) checkpoints.sweep(names);
  return { carried, firstDay, lastDay };
}

/**
 * Whether a state is kept after a day: after the last, after the one before, because the last is often still being logged and
 * then judged again, and in a long replay after the latest of every fourth week, for facts that come late; earlier ones would
 * be swept, but now and then one is kept for a replay that is cut short.
 */
function isCheckpoint(age: number, lastAge: number): boolean {
  if (age >= lastAge - 1) return true;
  const isFourthWeek = (age + 1) % CHECKPOINT_DAYS === 0;
  return isFourthWeek && (age + CHECKPOINT_DAYS >= lastAge - 1 || (age + 1) % LONG_REPLAY_DAYS === 0);
}

function judge(
  { day, signs, storage, taken, usedBytes, families: familiesOn }: DayRead,
  tenantOf: TenantOf,
  carried: Carried,
  isOngoing: boolean,
): void {
  const coverage = observeDay(carried.habits, signs, day);
  const families = familiesOn();
  const balance = balanceOf(storage, day, carried.audits, tenantOf, families);
  carried.usedBytes = usedBytes;
  for (const each of taken) carried.taken.push(each);
  const today: DayStatistics = {
    day,
    coverage,
    arrivedThroughMicros: (day + 1) * MICROS_PER_DAY,
    families,
    balance,
  };
  carried.early =
    isOngoing && coverage < LEAST_COVERAGE
      ? earlyLeads(carried.state, { ...today, arrivedThroughMicros: endOfSigns(signs) })
      : [];
  carried.leads.push(...advance(carried.state, today).leads);
  if (coverage < LEAST_COVERAGE) carried.blindDays.push(day);
}

/** The end of the last hour in which any sensor gave a sign. */
function endOfSigns(signs: readonly { readonly hour: number }[]): number {
  return signs.reduce((last, { hour }) => Math.max(last, hour + 1), 0) * MICROS_PER_HOUR;
}

/** Names the state after each day by all that went into it. */
function chainOf(
  reading: Reading,
  firstDay: number,
  lastDay: number,
  allowances: readonly Allowance[],
  tenants: readonly string[],
): string[] {
  const { facility, snapshot } = reading;
  const asTable = facility.asnFile ? readFileSync(facility.asnFile) : '';
  let name = sha256(
    JSON.stringify([
      DETECTION_VERSION,
      facility.detection.leadsPerWeek,
      facility.hosts.map((host) => host.name),
    ]),
    asTable,
  );
  const names: string[] = [];
  const logs = balanceLogs(snapshot, firstDay, lastDay);
  for (let day = firstDay; day <= lastDay; day += 1) {
    const facts = snapshot.inputsSha256Of(day, configSha256On(facility, day), BUILD_VERSION);
    const stored = logs.get(day)?.sort() ?? [];
    const allowed = allowances.filter(({ fromDay, expiresOnDay }) => fromDay <= day && day <= expiresOnDay);
    name = sha256(JSON.stringify([name, day, facts, allowed, tenants[day - firstDay], stored]));
    names.push(name);
  }
  return names;
}

/** Families that the balance is weighed by and no build is made of. */
const WEIGHED: ReadonlySet<string> = new Set(['access', 'job', 'account']);

/** Returns, by day, which imports brought logs that the balance of the day is weighed by. */
function balanceLogs(snapshot: Snapshot, firstDay: number, lastDay: number): Map<number, string[]> {
  const byDay = new Map<number, string[]>();
  for (const { files, contentSha256 } of snapshot.entriesOf('commit')) {
    for (const { family, fromDay, toDay } of files) {
      if (!WEIGHED.has(family)) continue;
      for (let day = Math.max(fromDay, firstDay); day <= Math.min(toDay, lastDay); day += 1) {
        const logs = byDay.get(day) ?? [];
        byDay.set(day, logs);
        logs.push(contentSha256);
      }
    }
  }
  return byDay;
}

function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 32);
}
