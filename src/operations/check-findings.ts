import type { Facility } from '../facility/facility.ts';
import { UNASSIGNED } from '../facility/sensors.ts';
import type { InputRange } from '../ledger/entries.ts';
import type { Finding } from './answers/check.ts';
import { error, gapsInWords, note, percent, warning } from './check-finding.ts';
import { sensorFindings, yearFindings } from './check-sensors.ts';
import type { CoverageView } from './coverage.ts';

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
    ...(state.inputs.length === 0 ? [] : sensorFindings(facility, coverage, state.inputs)),
    ...configuration(facility, coverage),
    ...yearFindings(facility, state.inputs),
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
