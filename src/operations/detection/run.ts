import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type DayPair, takeAllowances } from '../../accounting/allowed-pairs.ts';
import { openTenants, tenantVersions } from '../../accounting/attribution/tenants.ts';
import { tenantsByDay } from '../../accounting/balance-series.ts';
import { BUILD_VERSION } from '../../accounting/build.ts';
import { coverageRows } from '../../accounting/coverage-query.ts';
import {
  dayStatistics,
  type EntityTexts,
  loadDay,
  openSeries,
  pairDay,
  rememberDay,
} from '../../accounting/day-series.ts';
import { advance, LEAST_COVERAGE } from '../../detection/advance.ts';
import { type Allowance, applyAllowances } from '../../detection/allowances.ts';
import { earlyLeads } from '../../detection/early.ts';
import { CLIP_BYTES, type DayStatistics, type FamilyDay, type Statistic } from '../../detection/input.ts';
import { createState } from '../../detection/state.ts';
import { configSha256On } from '../../facility/zones.ts';
import type { Snapshot } from '../../ledger/snapshot.ts';
import { DAY_FAMILIES, DAY_STATISTICS } from '../../records/day-statistics.ts';
import { formatDay, MICROS_PER_DAY, MICROS_PER_HOUR } from '../../records/time.ts';
import type { Progress } from '../progress.ts';
import type { Reading } from '../reading.ts';
import { balanceOn, type TenantOf } from './balance-day.ts';
import { type Carried, checkpointsIn } from './checkpoint.ts';
import { observeDay } from './day-coverage.ts';
import { entityTexts } from './texts.ts';

/** Raise it whenever the same cells would give other leads. */
const DETECTION_VERSION = '7';
/** A checkpoint is kept at the end and every so many days of a long replay. */
const CHECKPOINT_DAYS = 28;

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
  for (let day = from; day <= lastDay; day += 1) {
    await judge(reading, day, texts, tenantOf, allowances, carried);
    // The day before the last is kept too: the last is often still being logged and then judged again.
    const isKept = day >= lastDay - 1 || (day - firstDay) % CHECKPOINT_DAYS === CHECKPOINT_DAYS - 1;
    if (isKept) await checkpoints.save(db, names[day - firstDay] ?? '', day, carried);
    if (day % 7 === 0) progress(`judged ${formatDay(day)}: ${carried.leads.length} leads so far`);
  }
  // A look into the past leaves the states of the newest days alone.
  const isNewest = reading.isNewest && lastDay === reading.snapshot.builtDays().at(-1);
  if (from <= lastDay && isNewest) checkpoints.sweep(names);
  return { carried, firstDay, lastDay };
}

async function judge(
  reading: Reading,
  day: number,
  texts: EntityTexts,
  tenantOf: TenantOf,
  allowances: readonly Allowance[],
  carried: Carried,
): Promise<void> {
  const signs = await coverageRows(reading.db, reading.builtFiles('coverage-cell', day, day), {
    fromDay: day,
    toDay: day,
  });
  const coverage = observeDay(carried.habits, signs, day);
  const cells = reading.builtFiles('cell', day, day);
  const families = cells.length > 0 ? await familiesOn(reading, cells, day, texts, allowances, carried) : [];
  const balance = await balanceOn(reading, cells, day, carried.audits, tenantOf, families);
  const today: DayStatistics = {
    day,
    coverage,
    arrivedThroughMicros: (day + 1) * MICROS_PER_DAY,
    families,
    balance,
  };
  const isOngoing = day === reading.snapshot.builtDays().at(-1);
  carried.early =
    isOngoing && coverage < LEAST_COVERAGE
      ? earlyLeads(carried.state, { ...today, arrivedThroughMicros: endOfSigns(signs) })
      : [];
  const verdict = advance(carried.state, today);
  carried.leads.push(...verdict.leads);
  if (coverage < LEAST_COVERAGE) carried.blindDays.push(day);
}

/** The end of the last hour in which any sensor gave a sign. */
function endOfSigns(signs: readonly { readonly hour: number }[]): number {
  return signs.reduce((last, { hour }) => Math.max(last, hour + 1), 0) * MICROS_PER_HOUR;
}

/** Returns what a day's egress, less what was announced, comes to for each family. */
async function familiesOn(
  { db }: Reading,
  cells: readonly string[],
  day: number,
  texts: EntityTexts,
  allowances: readonly Allowance[],
  carried: Carried,
): Promise<FamilyDay[]> {
  await loadDay(db, cells, day, texts);
  if (allowances.some(({ fromDay, expiresOnDay }) => fromDay <= day && day <= expiresOnDay)) {
    await takeAllowances(db, (pairs) => takeAnnounced(pairs, allowances, day, carried));
  }
  await pairDay(db, day);
  const families: FamilyDay[] = [];
  for (const family of DAY_FAMILIES) {
    const { entities, columns } = await dayStatistics(db, family, day, CLIP_BYTES);
    const named = DAY_STATISTICS.map((name, index) => [name, columns[index] ?? new Float64Array()]);
    families.push({
      family,
      entities,
      statistics: Object.fromEntries(named) as Record<Statistic, Float64Array>,
    });
  }
  await rememberDay(db, day);
  return families;
}

function takeAnnounced(
  pairs: readonly DayPair[],
  allowances: readonly Allowance[],
  day: number,
  carried: Carried,
): readonly DayPair[] {
  const { counted, usedBytes } = applyAllowances(pairs, allowances, day, carried.usedBytes);
  carried.usedBytes = usedBytes;
  for (const [index, { host, network, bytesOut }] of pairs.entries()) {
    const bytes = bytesOut - (counted[index]?.bytesOut ?? bytesOut);
    if (bytes > 0) carried.taken.push({ day, host, network, bytes });
  }
  return counted;
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
