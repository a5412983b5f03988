import type { Facility } from '../facility/facility.ts';
import { UNASSIGNED } from '../facility/sensors.ts';
import type { InputRange } from '../ledger/entries.ts';
import { MICROS_PER_DAY } from '../records/time.ts';
import type { Finding } from './answers/check.ts';
import { gapsInWords, percent, SHOWN_GAPS, warning } from './check-finding.ts';
import type { CoverageView } from './coverage.ts';
import { holeInWords, type ReportHole } from './report-holes.ts';

/** More packets lost than this are worth a word. */
const LOSS_WORTH_SAYING = 0.001;
/** A log put into the wrong year lies at least so far from all others. */
const FAR_APART_DAYS = 90;

/** Returns what of each sensor's time, packets and clock a person should know. */
export function sensorFindings(
  { relays }: Facility,
  { sensors }: CoverageView,
  inputs: readonly InputRange[],
): Finding[] {
  const ofRelays = new Set(relays.flatMap(({ logs }) => logs));
  const read = new Set(inputs.filter(({ accepted }) => accepted > 0).map(({ sensor }) => sensor));
  return sensors.flatMap(({ sensor, firstHour, gaps, holes, lossShare, paths }) => {
    // Files of no sensor have a finding of their own; their silence means nothing.
    if (sensor === UNASSIGNED) return [];
    // Whoever logs sessions, jobs or transfers watches no path, and hours without a login are no gap.
    if (firstHour === null && read.has(sensor)) return [];
    const subject = `sensor ${sensor}`;
    if (firstHour === null) {
      return [
        warning(
          subject,
          'No file of it was ever imported.',
          'Check sensors[].files against the names of its logs, or remove it.',
        ),
      ];
    }
    const hours = gaps.reduce((sum, gap) => sum + gap.toHour - gap.fromHour, 0);
    const lossy = lossShare !== null && lossShare > LOSS_WORTH_SAYING;
    return [
      ...(hours > 0
        ? [
            warning(
              subject,
              `Time is missing: ${hours} h (${gapsInWords(gaps)}).`,
              'Import the logs of these hours, or find out why there are none.',
            ),
          ]
        : []),
      ...holeFindings(subject, holes),
      ...(lossy
        ? [
            warning(
              subject,
              `It lost ${percent(lossShare)} of what passed, as it says itself.`,
              'Give it more capacity; what it lost is in no figure.',
            ),
          ]
        : []),
      ...(paths.length === 0 && !ofRelays.has(sensor)
        ? [
            warning(
              subject,
              'It watches no path: what it sees is reported under "unassigned".',
              'Name it under paths[].sensors.',
            ),
          ]
        : []),
    ];
  });
}

/** Times that a sensor's reports on itself leave out, and marks of a clock that was set. */
function holeFindings(subject: string, holes: readonly ReportHole[]): Finding[] {
  const [missing, odd] = [true, false].map((takes) =>
    holes.filter(({ unseen }) => unseen.size > 0 === takes),
  );
  const list = (some: readonly ReportHole[]) =>
    some.slice(0, SHOWN_GAPS).map(holeInWords).join('; ') +
    (some.length > SHOWN_GAPS ? `; ${some.length - SHOWN_GAPS} more` : '');
  return [
    ...(missing && missing.length > 0
      ? [
          warning(
            subject,
            `Its reports on itself leave out ${missing.length === 1 ? 'a time' : `${missing.length} times`}, which count as unseen (${list(missing)}).`,
            'Import the logs of this time, or find out why it stood still.',
          ),
        ]
      : []),
    ...(odd && odd.length > 0
      ? [
          warning(
            subject,
            `Its clock seems to have jumped (${list(odd)}).`,
            'Have it synchronise its clock (NTP): bytes of that time may be placed in other hours.',
          ),
        ]
      : []),
  ];
}

/**
 * Returns what to say of a sensor whose year is stated and whose lines lie far before or behind those of all others:
 * the statement is of another year. Nothing else can tell, for each of its times is possible.
 */
export function yearFindings({ sensors }: Facility, inputs: readonly InputRange[]): Finding[] {
  const ends = (some: readonly InputRange[]) => ({
    first: some.flatMap(({ fromMicros }) => fromMicros ?? []).reduce((a, b) => Math.min(a, b), Infinity),
    last: some.flatMap(({ toMicros }) => toMicros ?? []).reduce((a, b) => Math.max(a, b), -Infinity),
  });
  return sensors.flatMap(({ name, year }) => {
    if (year === undefined) return [];
    const own = ends(inputs.filter(({ sensor }) => sensor === name));
    const others = ends(inputs.filter(({ sensor }) => sensor !== name));
    const days = [others.first - own.first, own.last - others.last].map((micros) =>
      Math.floor(micros / MICROS_PER_DAY),
    );
    return days.flatMap((apart, index) =>
      Number.isFinite(apart) && apart > FAR_APART_DAYS
        ? [
            warning(
              `sensor ${name}`,
              index === 0
                ? `Its first line lies ${apart} days before that of every other sensor.`
                : `Its last line lies ${apart} days behind that of every other sensor.`,
              `Its lines state no year, and weir.yaml says \`year: ${year}\`: if that is wrong, correct it and import into a fresh ledger.`,
            ),
          ]
        : [],
    );
  });
}
