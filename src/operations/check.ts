import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Facility } from '../facility/facility.ts';
import type { InputRange } from '../ledger/entries.ts';
import { formatDay, formatHour, formatMicros, HOURS_PER_DAY } from '../records/time.ts';
import type { CheckAnswer, Finding } from './answers/check.ts';
import { transferFindings } from './balance.ts';
import { findingsOf, type LedgerState } from './check-findings.ts';
import { identityView } from './check-identity.ts';
import { type LinesView, linesView } from './check-lines.ts';
import { relayFindings } from './check-relays.ts';
import { tunnelFindings } from './check-tunnels.ts';
import { type CoverageView, coverageOf } from './coverage.ts';
import { type HourWindow, type Question, type Reading, windowOf, withReading } from './reading.ts';
import { reconciliationFindings } from './reconcile.ts';
import { coverageIn } from './report.ts';
import type { SensorView } from './sensor-view.ts';

/** What a check is asked for; the whole ledger unless a period is stated. */
export interface CheckQuestion extends Question {
  readonly from?: string;
  readonly to?: string;
}

/** What a check found; with an error among the findings the command exits with 3. */
export interface CheckResult {
  readonly answer: CheckAnswer;
  readonly errors: number;
}

/**
 * Returns what each sensor covers, where time is missing, how much traffic is unclassified, and what to do about
 * it. Without a ledger only weir.yaml itself is judged.
 */
export async function check(question: CheckQuestion): Promise<CheckResult> {
  if (!existsSync(join(question.ledgerDir, 'ledger.json'))) return beforeImport(question.facility);
  return withReading(question, async (reading) => {
    const window = windowOf(reading.snapshot, question.from, question.to);
    const coverage = await coverageIn(reading, window);
    const state = stateOf(reading, window);
    const { reconciliation } = coverage;
    const tunnels = [...(await tunnelFindings(reading, window)), ...reconciliationFindings(reconciliation)];
    const identity = await identityView(reading, window);
    const transfers = await transferFindings(reading, window);
    const relays = await relayFindings(reading, window);
    const lines = await linesView(reading, window);
    const more = {
      findings: [...tunnels, ...transfers, ...lines.findings, ...relays, ...identity.findings],
      clocks: identity.clocks,
      gapsOf: lines.gapsOf,
    };
    const result = resultOf(reading.snapshot.position, question.facility, coverage, state, more);
    return reconciliation.length === 0 ? result : { ...result, answer: { ...result.answer, reconciliation } };
  });
}

function beforeImport(facility: Facility): CheckResult {
  const nothing: LedgerState = { inputs: [], kinds: new Map(), dirtyDays: 0, lateDays: [] };
  return resultOf(0, facility, coverageOf([], facility, { fromHour: 0, toHour: 0 }), nothing);
}

/** What was found by looking into records. */
interface Looked extends Pick<LinesView, 'gapsOf'> {
  readonly findings: readonly Finding[];
  readonly clocks: CheckAnswer['clocks'];
}

function resultOf(
  asOf: number,
  facility: Facility,
  coverage: CoverageView,
  state: LedgerState,
  more: Looked = { findings: [], clocks: [], gapsOf: () => [] },
): CheckResult {
  const unclassified = unclassifiedOf(facility, state.kinds);
  const findings = [...findingsOf(facility, coverage, state, unclassified.share), ...more.findings];
  const answer: CheckAnswer = {
    asOf,
    sensors: coverage.sensors.map((sensor) => sensorAnswer(sensor, coverage.span, state.inputs, more)),
    clocks: [...more.clocks],
    unclassified: { bytes: String(unclassified.bytes), share: unclassified.share },
    findings,
  };
  return { answer, errors: findings.filter(({ severity }) => severity === 'error').length };
}

function stateOf({ snapshot, totalsOn }: Reading, window: HourWindow): LedgerState {
  const kinds = new Map<string, bigint>();
  for (let day = dayOf(window.fromHour); day <= dayOf(window.toHour - 1); day += 1) {
    for (const [name, value] of Object.entries(totalsOn(day))) {
      const kind = /^bytes(?:Out|In)\.(\w+)$/.exec(name)?.[1];
      if (kind !== undefined) kinds.set(kind, (kinds.get(kind) ?? 0n) + BigInt(value));
    }
  }
  const built = new Set(snapshot.builtDays());
  return {
    inputs: snapshot.entriesOf('commit').flatMap(({ inputs }) => inputs),
    kinds,
    dirtyDays: snapshot.factDays().filter((day) => !built.has(day)).length,
    lateDays: snapshot.lateForSealed().map(({ day }) => formatDay(day)),
  };
}

/**
 * Bytes that are neither egress, transit nor carrier. Traffic between inside addresses counts among them, because a
 * sensor at the border should see none, unless a sensor states that it watches a zone.
 */
function unclassifiedOf(facility: Facility, kinds: ReadonlyMap<string, bigint>) {
  const zones = new Set(facility.zones.map(({ name }) => name));
  const within = facility.sensors.some(({ watches }) => watches.some((name) => zones.has(name)));
  const bytes = (kinds.get('unclassified') ?? 0n) + (within ? 0n : (kinds.get('internal') ?? 0n));
  const all = [...kinds.values()].reduce((sum, each) => sum + each, 0n);
  return { bytes, share: all === 0n ? 0 : Number((bytes * 1_000_000n) / all) / 1e6 };
}

function sensorAnswer(
  view: SensorView,
  span: HourWindow,
  inputs: readonly InputRange[],
  { gapsOf }: Pick<LinesView, 'gapsOf'>,
): CheckAnswer['sensors'][number] {
  const own = inputs.filter(({ sensor }) => sensor === view.sensor);
  const from = own.flatMap(({ fromMicros }) => fromMicros ?? []).reduce((a, b) => Math.min(a, b), Infinity);
  const to = own.flatMap(({ toMicros }) => toMicros ?? []).reduce((a, b) => Math.max(a, b), -Infinity);
  return {
    sensor: view.sensor,
    paths: [...view.paths],
    firstSeen: Number.isFinite(from) ? formatMicros(from) : null,
    lastSeen: Number.isFinite(to) ? formatMicros(to) : null,
    // Sensors of sessions, jobs, storage and the like are in no coverage: what was read of their logs.
    records: view.firstHour === null ? own.reduce((sum, { accepted }) => sum + accepted, 0) : view.records,
    hoursSeen: view.hoursSeen,
    hoursMissing: view.gaps.reduce((sum, gap) => sum + gap.toHour - gap.fromHour, 0),
    captureLossShare: view.lossShare,
    gaps: [
      ...view.gaps.map(({ fromHour, toHour, reason }) => ({
        from: formatHour(fromHour),
        to: formatHour(toHour),
        reason,
      })),
      ...view.holes.map(({ fromMicros, toMicros, reason }) => ({
        from: formatMicros(fromMicros),
        to: formatMicros(toMicros),
        reason,
      })),
      ...gapsOf(view.sensor),
    ].sort((a, b) => compareTexts(a.from, b.from)),
    days: daysOf(view, span),
  };
}

/** Returns the seen share of each day, of its hours within the span. */
function daysOf(view: SensorView, span: HourWindow): CheckAnswer['sensors'][number]['days'] {
  const days: { day: string; share: number }[] = [];
  for (let from = span.fromHour; from < span.toHour; ) {
    const to = Math.min(span.toHour, (dayOf(from) + 1) * HOURS_PER_DAY);
    let unseen = 0;
    for (let hour = from; hour < to; hour += 1) unseen += view.unseenIn(hour);
    days.push({ day: formatDay(dayOf(from)), share: Math.round((1 - unseen / (to - from)) * 1e6) / 1e6 });
    from = to;
  }
  return days;
}

function dayOf(hour: number): number {
  return Math.floor(hour / HOURS_PER_DAY);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
