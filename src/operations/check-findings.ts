import type { Facility } from '../facility/facility.ts';
import { UNASSIGNED } from '../facility/sensors.ts';
import type { InputRange } from '../ledger/entries.ts';
import { formatHour, MICROS_PER_DAY } from '../records/time.ts';
import type { Finding } from './answers/check.ts';
import type { CoverageView, Gap } from './coverage.ts';
import { holeInWords, type ReportHole } from './report-holes.ts';

/** What a check needs to know of the ledger beside its coverage. */
export interface LedgerState {
  readonly inputs: readonly InputRange[];
  /** Bytes of both directions by kind of traffic (egress, transit, carrier, internal, unclassified). */
  readonly kinds: ReadonlyMap<string, bigint>;
  /** Days with facts and without a build. */
  readonly dirtyDays: number;
  /** Sealed days that later commits touched. */
  readonly lateDays: readonly string[];
}

/** More packets lost than this are worth a word. */
const LOSS_WORTH_SAYING = 0.001;
/** A log put into the wrong year lies at least so far from all others. */
const FAR_APART_DAYS = 90;
const SHOWN_GAPS = 3;
const SHOWN_FILES = 3;
const SEVERITIES = ['error', 'warning', 'note'];

/** Returns all that a person should know, errors first. */
export function findingsOf(
  facility: Facility,
  coverage: CoverageView,
  state: LedgerState,
  unclassifiedShare: number,
): Finding[] {
  const findings = [
    ...emptyLedger(state),
    ...unclassified(facility, state, unclassifiedShare),
    ...(state.inputs.length === 0 ? [] : pathCoverage(facility, coverage)),
    ...(state.inputs.length === 0 ? [] : sensorFindings(facility, coverage, state)),
    ...configuration(facility, coverage),
    ...yearFindings(facility, state),
    ...inputFindings(state),
    ...dayFindings(state),
  ];
  return findings.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

function emptyLedger({ inputs }: LedgerState): Finding[] {
  if (inputs.length > 0) return [];
  return [
    note('ledger', 'Nothing has been imported yet; only weir.yaml was checked.', 'Run weir import PATH.'),
  ];
}

function unclassified(facility: Facility, { kinds }: LedgerState, share: number): Finding[] {
  const { maxUnclassifiedShare } = facility.checks;
  if (share <= maxUnclassifiedShare) return [];
  const between = kinds.get('internal') ?? 0n;
  const strange = kinds.get('unclassified') ?? 0n;
  const where =
    strange >= between
      ? 'Both ends of most of it are outside'
      : 'Both ends of most of it are inside, or multicast and the like';
  const todo =
    strange >= between
      ? 'Complete networks.inside, networks.remoteAccess and relays in weir.yaml; weir init --logs PATH shows what the logs suggest.'
      : 'If a sensor watches traffic within the centre, say so with sensors[].watches and the name of a zone; otherwise shorten networks.inside.';
  return [
    error(
      'networks',
      `${percent(share)} of all bytes cross no perimeter; at most ${percent(maxUnclassifiedShare)} may (checks.maxUnclassifiedShare). ${where}.`,
      todo,
    ),
  ];
}

function pathCoverage(facility: Facility, { paths }: CoverageView): Finding[] {
  const { minCoverage } = facility.checks;
  return paths
    .filter(({ share }) => share < minCoverage)
    .map(({ path, share, sensors, gaps }) =>
      sensors.length === 0
        ? error(
            `path ${path}`,
            'No sensor watches it: what leaves by it stays unseen.',
            'Name its sensors under paths[].sensors, or remove the path.',
          )
        : error(
            `path ${path}`,
            `Only ${percent(share)} of its time was seen; ${percent(minCoverage)} is demanded (checks.minCoverage). Missing: ${gapsInWords(gaps)}.`,
            `Import the missing logs of ${sensors.join(', ')}, or find out why there are none.`,
          ),
    );
}

function sensorFindings({ relays }: Facility, { sensors }: CoverageView, { inputs }: LedgerState): Finding[] {
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

function configuration(facility: Facility, { unwatchedZones, paths }: CoverageView): Finding[] {
  const unsized = facility.paths.filter(({ capacityBitsPerSecond }) => capacityBitsPerSecond === undefined);
  const unseen = paths.filter(
    ({ sensors, share }) => sensors.length === 0 && share >= facility.checks.minCoverage,
  );
  return [
    ...unseen.map(({ path }) =>
      warning(`path ${path}`, 'No sensor watches it.', 'Name its sensors under paths[].sensors.'),
    ),
    ...unsized.map(({ name }) =>
      warning(
        `path ${name}`,
        'It states no capacity: what could have left by it unseen has no bound.',
        'Set paths[].capacityGbps.',
      ),
    ),
    ...unwatchedZones.map((zone) =>
      warning(
        `zone ${zone}`,
        'No sensor watches it: only what crosses the perimeter is seen of it.',
        'Name the zone under sensors[].watches of the sensor that sees it.',
      ),
    ),
    ...facility.sensors
      .filter(({ implied, files }) => implied && !files.includes('**'))
      .map(({ name, files }) =>
        note(
          `sensor ${name}`,
          `It is named by a path or relay but not described; it takes the files ${files.join(', ')}.`,
          'Describe it under sensors if that is wrong.',
        ),
      ),
  ];
}

/**
 * A sensor whose year is stated and whose lines lie far before or behind those of all others: the statement is of
 * another year. Nothing else can tell, for each of its times is possible.
 */
function yearFindings({ sensors }: Facility, { inputs }: LedgerState): Finding[] {
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

function inputFindings({ inputs }: LedgerState): Finding[] {
  const strays = inputs.filter(({ sensor }) => sensor === UNASSIGNED);
  const unverified = inputs.filter(({ verified }) => !verified);
  const lines = inputs.reduce((sum, input) => sum + input.lines, 0);
  const rejected = inputs.reduce((sum, input) => sum + input.rejected, 0);
  const places = (files: readonly InputRange[]) => {
    const names = [...new Set(files.map(({ path }) => path))].sort();
    const more = names.length > SHOWN_FILES ? ` and ${names.length - SHOWN_FILES} more` : '';
    return names.slice(0, SHOWN_FILES).join(', ') + more;
  };
  return [
    ...(strays.length > 0
      ? [
          warning(
            'files',
            `No sensor claims ${places(strays)}: what they hold is reported under "unassigned".`,
            'Extend sensors[].files, and import into a fresh ledger.',
          ),
        ]
      : []),
    ...(unverified.length > 0
      ? [
          warning(
            'files',
            `The zstd frames of ${places(unverified)} carry no checksum: altered bytes would not have been noticed.`,
            'Compress with checksums (zstd --check).',
          ),
        ]
      : []),
    ...(rejected > 0
      ? [
          (rejected * 100 > lines ? warning : note)(
            'lines',
            `${rejected} of ${lines} lines were rejected; each is kept with its reason.`,
            'weir ledger query "SELECT reason, count(*) FROM reject GROUP BY reason" lists why.',
          ),
        ]
      : []),
  ];
}

function dayFindings({ dirtyDays, lateDays }: LedgerState): Finding[] {
  return [
    ...(dirtyDays > 0
      ? [
          note(
            'days',
            `${dirtyDays} days have records that no figure contains yet.`,
            'The next report or import builds them; as of this position they stay out.',
          ),
        ]
      : []),
    ...(lateDays.length > 0
      ? [
          warning(
            'days',
            `Facts arrived for days that are sealed (${lateDays.slice(0, SHOWN_FILES).join(', ')}${lateDays.length > SHOWN_FILES ? ', …' : ''}): they are kept, but change no figure.`,
            'Import logs before retention.recordsDays have passed.',
          ),
        ]
      : []),
  ];
}

function gapsInWords(gaps: readonly Gap[]): string {
  const longest = [...gaps]
    .sort((a, b) => b.toHour - b.fromHour - (a.toHour - a.fromHour))
    .slice(0, SHOWN_GAPS);
  const spelled = longest
    .sort((a, b) => a.fromHour - b.fromHour)
    .map(({ fromHour, toHour, reason }) => `${formatHour(fromHour)} to ${formatHour(toHour)}: ${reason}`);
  return spelled.join('; ') + (gaps.length > SHOWN_GAPS ? `; ${gaps.length - SHOWN_GAPS} more` : '');
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function error(subject: string, finding: string, todo: string): Finding {
  return { severity: 'error', subject, finding, todo };
}

function warning(subject: string, finding: string, todo: string): Finding {
  return { severity: 'warning', subject, finding, todo };
}

function note(subject: string, finding: string, todo: string): Finding {
  return { severity: 'note', subject, finding, todo };
}
