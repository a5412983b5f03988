import { type CoverageRow, coverageRows } from '../accounting/coverage-query.ts';
import { stableHash } from '../detection/lead.ts';
import { formatDay, formatHour, HOURS_PER_DAY } from '../records/time.ts';
import type { LeadAnswer } from './answers/detect.ts';
import { coverageOf } from './coverage.ts';
import { type HourWindow, type Reading, windowOf } from './reading.ts';
import { hasSign, type SensorView } from './sensor-view.ts';
import { signsPerHour } from './silence.ts';

/** A sensor that went quiet while others went on: a lead of its own kind, told from coverage and not from bytes. */
export interface QuietSensor {
  /** The same silence has the same id in every replay. */
  readonly id: string;
  readonly sensor: string;
  readonly firstHour: number;
  /** The hour after which the silence was beyond chance. */
  readonly raisedHour: number;
  /** Hours of silence in which another sensor gave a sign, within 30 days of the first. */
  readonly hours: number;
  /** −log of the chance of so many hours without a sign (Poisson), nats. */
  readonly logEvidence: number;
  readonly threshold: number;
  readonly because: string;
}

const HOURS_PER_WEEK = 168;
/** As for leads of bytes: one of a sensor in 30 days. */
const ONE_LEAD_HOURS = 30 * HOURS_PER_DAY;

/**
 * Returns the sensors that were silent, implausibly (silence.ts), in hours in which a neighbour gave a sign. The evidence
 * of a silence of hours h is Σ λ(h), minus the log of the Poisson chance of no sign at all, λ the signs usual at that
 * hour of the day; it must pass log(168·N/b), so that N sensors that log by chance are silent b times a week.
 * @param rows all that is known of coverage; they tell what is usual.
 */
export function quietSensors(
  sensors: readonly SensorView[],
  rows: readonly CoverageRow[],
  leadsPerWeek: number,
): QuietSensor[] {
  const threshold = Math.log((HOURS_PER_WEEK * Math.max(1, sensors.length)) / leadsPerWeek);
  return sensors
    .filter(({ firstHour }) => firstHour !== null)
    .flatMap((view) => {
      const talking = (hour: number) => sensors.filter((other) => other !== view && other.sawIn(hour));
      const usual = signsPerHour(rows.filter(({ sensor }) => sensor === view.sensor));
      const silent = view.gaps.flatMap(hoursOf).filter((hour) => talking(hour).length > 0);
      return spells(silent).flatMap((hours) => {
        const lead = leadOf(view.sensor, hours, usual, threshold);
        const neighbours = [...new Set(hours.flatMap((hour) => talking(hour).map(({ sensor }) => sensor)))];
        return lead ? [{ ...lead, threshold, because: wordsOf(lead, neighbours.sort(), hours) }] : [];
      });
    })
    .sort((a, b) => a.raisedHour - b.raisedHour || (a.sensor < b.sensor ? -1 : 1));
}

/** A window shorter than this share of the ledger is looked at before the ledger is. */
const SHORT = 0.25;

/** Returns the silences that were beyond chance within a window, told from all of the ledger. */
export async function quietSensorsIn(reading: Reading, window: HourWindow): Promise<QuietSensor[]> {
  const all = windowOf(reading.snapshot, undefined, undefined);
  const isShort = window.toHour - window.fromHour < SHORT * (all.toHour - all.fromHour);
  if (isShort && (await noneSilentIn(reading, window))) return [];
  const days = { fromDay: dayOf(all.fromHour), toDay: dayOf(all.toHour - 1) };
  const files = reading.builtFiles('coverage-cell', days.fromDay, days.toDay);
  const rows = await coverageRows(reading.db, files, days);
  const { sensors } = coverageOf(rows, reading.facility, all);
  return quietSensors(sensors, rows, reading.facility.detection.leadsPerWeek).filter(
    ({ raisedHour }) => raisedHour > window.fromHour && raisedHour <= window.toHour,
  );
}

/**
 * Returns whether, in each hour of a window, all sensors that the ledger has logs of gave a sign, or none did: then no
 * silence was raised in it, whatever is usual. A night's answer so costs that night.
 */
async function noneSilentIn({ db, snapshot, builtFiles }: Reading, window: HourWindow): Promise<boolean> {
  const days = { fromDay: dayOf(window.fromHour), toDay: dayOf(window.toHour - 1) };
  const rows = await coverageRows(db, builtFiles('coverage-cell', days.fromDay, days.toDay), days);
  const known = new Set(
    snapshot.entriesOf('commit').flatMap(({ inputs }) => inputs.map(({ sensor }) => sensor)),
  );
  const talking = new Map<number, Set<string>>();
  for (const row of rows.filter(hasSign))
    talking.set(row.hour, (talking.get(row.hour) ?? new Set()).add(row.sensor));
  return [...talking.values()].every((there) => [...known].every((sensor) => there.has(sensor)));
}

/** Returns a silence as answers carry a lead. Nobody knows how much left meanwhile: its bytes are 0. */
export function quietLeadAnswer(quiet: QuietSensor, decision: string | null): LeadAnswer {
  const day = formatDay(dayOf(quiet.firstHour));
  return {
    id: quiet.id,
    family: 'sensor',
    entity: quiet.sensor,
    raisedOn: formatDay(dayOf(quiet.raisedHour - 1)),
    detectedAt: formatHour(quiet.raisedHour),
    startedAt: { low: day, estimate: day, high: day },
    observedBytesPerDay: '0',
    baselineBytesPerDay: '0',
    channels: [
      {
        channel: 'sensor/silence/count',
        logEvidence: quiet.logEvidence,
        threshold: quiet.threshold,
        since: day,
      },
    ],
    campaign: null,
    decision,
    because: quiet.because,
  };
}

function dayOf(hour: number): number {
  return Math.floor(hour / HOURS_PER_DAY);
}

function hoursOf({ fromHour, toHour }: HourWindow): number[] {
  return Array.from({ length: toHour - fromHour }, (_, index) => fromHour + index);
}

/** Cuts silent hours where a new lead may be raised. */
function spells(hours: readonly number[]): number[][] {
  const all: number[][] = [];
  for (const hour of [...hours].sort((a, b) => a - b)) {
    const last = all.at(-1);
    if (last && hour - (last[0] ?? hour) < ONE_LEAD_HOURS) last.push(hour);
    else all.push([hour]);
  }
  return all;
}

function leadOf(
  sensor: string,
  hours: readonly number[],
  usual: (hour: number) => number,
  threshold: number,
): Omit<QuietSensor, 'threshold' | 'because'> | undefined {
  let logEvidence = 0;
  let raisedHour: number | undefined;
  for (const hour of hours) {
    logEvidence += usual(hour);
    if (raisedHour === undefined && logEvidence >= threshold) raisedHour = hour + 1;
  }
  const [firstHour] = hours;
  if (firstHour === undefined || raisedHour === undefined) return undefined;
  const id = stableHash(`sensor|${sensor}|${firstHour}`);
  return { id, sensor, firstHour, raisedHour, hours: hours.length, logEvidence };
}

function wordsOf(
  { sensor, firstHour, hours: count, logEvidence }: Omit<QuietSensor, 'threshold' | 'because'>,
  neighbours: readonly string[],
  hours: readonly number[],
): string {
  const last = formatHour((hours.at(-1) ?? firstHour) + 1);
  return (
    `Sensor ${sensor} gave no sign in ${count} h between ${formatHour(firstHour)} and ${last}, while ${neighbours.join(', ')} went on; ` +
    `usual are ${(logEvidence / count).toFixed(0)} signs in such an hour. What would make it innocent: maintenance, a log that was not ` +
    'imported yet, a link that was down. weir check lists the hours.'
  );
}
