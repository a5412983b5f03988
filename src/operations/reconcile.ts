import { type CountedHour, countedHours } from '../accounting/counters.ts';
import { formatBytes } from '../detection/lead.ts';
import type { Facility } from '../facility/facility.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import type { Finding } from './answers/check.ts';
import type { PathReconciliation } from './answers/common.ts';
import type { HourWindow, Reading } from './reading.ts';

/** Returns the most that can have left by a path in an hour beside its flows; undefined where no counter says. */
export type CounterBound = (path: string, hour: number) => bigint | undefined;

const SECONDS_PER_HOUR = 3_600;
/** An hour of which less is known is not compared. */
const LEAST_KNOWN_SECONDS = 3_564;
/** Frames are longer than their packets, and some flows tell their payload alone: more than this is no matter of headers. */
const UNEXPLAINED_WORTH_SAYING = 0.1;
const OVER_EXPLAINED_WORTH_SAYING = 0.02;

/** Returns what interfaces counted in a period beside its flows (docs/accounting.md, rule 8). */
export async function countersIn(reading: Reading, window: HourWindow): Promise<CountedHour[]> {
  const dayOf = (hour: number) => Math.floor(hour / HOURS_PER_DAY);
  const [fromDay, toDay] = [dayOf(window.fromHour), dayOf(window.toHour - 1)];
  if (reading.facility.paths.every(({ interfaces }) => interfaces.length === 0)) return [];
  const files = {
    counters: reading.factFiles('counter', fromDay - 1, toDay + 1),
    cells: reading.builtFiles('cell', fromDay, toDay),
  };
  return countedHours(reading.db, files, reading.facility, window);
}

/**
 * Returns what counters leave to what nobody saw: what they counted less what flows explain, and the capacity in the seconds of
 * which they say nothing. Where flows exceed them they bound nothing.
 */
export function counterBound(hours: readonly CountedHour[], { paths }: Facility): CounterBound {
  const known = new Map(hours.map((each) => [`${each.hour} ${each.path}`, each]));
  const capacities = new Map(paths.map((path) => [path.name, path.capacityBitsPerSecond]));
  return (path, hour) => {
    const counted = known.get(`${hour} ${path}`);
    if (!counted || counted.flowBytes > counted.octets) return undefined;
    const missing = SECONDS_PER_HOUR - counted.knownSeconds;
    const capacity = capacities.get(path);
    if (missing > 0 && capacity === undefined) return undefined;
    return counted.octets - counted.flowBytes + BigInt(Math.ceil(((capacity ?? 0) / 8) * missing));
  };
}

/** Returns for each path with interfaces how its flows and its counters compare, over the hours that are known. */
export function reconciliationOf(
  hours: readonly CountedHour[],
  { paths }: Facility,
  { fromHour, toHour }: HourWindow,
): PathReconciliation[] {
  return paths
    .filter(({ interfaces }) => interfaces.length > 0)
    .map(({ name, interfaces }) => {
      const compared = hours.filter(
        (each) =>
          each.path === name &&
          each.knownSeconds >= LEAST_KNOWN_SECONDS &&
          each.hour >= fromHour &&
          each.hour < toHour,
      );
      const sum = (of: (hour: CountedHour) => bigint) =>
        String(compared.reduce((total, hour) => total + of(hour), 0n));
      return {
        path: name,
        interfaces: [...interfaces],
        hoursCompared: compared.length,
        hoursUnknown: Math.max(0, toHour - fromHour) - compared.length,
        counted: sum(({ octets }) => octets),
        explained: sum(({ octets, flowBytes }) => octets - beyond(octets, flowBytes)),
        unexplained: sum(({ octets, flowBytes }) => beyond(octets, flowBytes)),
        overExplained: sum(({ octets, flowBytes }) => beyond(flowBytes, octets)),
      };
    });
}

/** Returns by how much one count exceeds another; 0 where it does not. */
function beyond(count: bigint, other: bigint): bigint {
  return count > other ? count - other : 0n;
}

/** Returns what a person should know of how counters and flows compare. */
export function reconciliationFindings(rows: readonly PathReconciliation[]): Finding[] {
  return rows.flatMap(({ path, interfaces, hoursCompared, counted, unexplained, overExplained }) => {
    const subject = `path ${path}`;
    if (hoursCompared === 0) {
      return [
        warning(
          subject,
          `No hour of the counters of ${interfaces.join(', ')} is known.`,
          'Import readings of at least one an hour, of 64-bit counters (ifHCOutOctets), under these names; weir ledger query "SELECT DISTINCT device, interface FROM counter" lists them.',
        ),
      ];
    }
    const share = (bytes: string) => (counted === '0' ? 0 : Number(bytes) / Number(counted));
    const figures = (bytes: string) => `${formatBytes(Number(bytes))} of the ${formatBytes(Number(counted))}`;
    return [
      ...(share(unexplained) > UNEXPLAINED_WORTH_SAYING
        ? [
            warning(
              subject,
              `${figures(unexplained)} that its interfaces sent in ${hoursCompared} h are in no flow.`,
              'Find out which traffic its sensors do not see: links, VLANs, protocols without IP, sampled or dropped packets.',
            ),
          ]
        : []),
      ...(share(overExplained) > OVER_EXPLAINED_WORTH_SAYING || (counted === '0' && overExplained !== '0')
        ? [
            warning(
              subject,
              `Flows exceed what its interfaces sent by ${formatBytes(Number(overExplained))}, which counted ${formatBytes(Number(counted))}.`,
              'See whether all its interfaces are named in paths[].interfaces, facing outward, and whether a sensor counts traffic twice.',
            ),
          ]
        : []),
    ];
  });
}

function warning(subject: string, text: string, todo: string): Finding {
  return { severity: 'warning', subject, finding: text, todo };
}
