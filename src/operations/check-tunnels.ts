import { sumTunnels } from '../accounting/cell-query.ts';
import { formatBytes } from '../detection/lead.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import type { Finding } from './answers/check.ts';
import type { HourWindow, Reading } from './reading.ts';

/** Tunnels carry their content, headers and keep-alives: between nothing and this much more than the content. */
const MOST_OVERHEAD = 0.3;
/** Clocks and hour edges may hide this much of the content from the tunnels' side. */
const MOST_SHORTFALL = 0.05;

/**
 * Compares what each path's tunnels carried to clients with what was seen of their content (docs/accounting.md, rule
 * 3). More content than tunnels, or far less, means that one of the two sensors does not see all.
 */
export async function tunnelFindings(reading: Reading, window: HourWindow): Promise<Finding[]> {
  const dayOf = (hour: number) => Math.floor(hour / HOURS_PER_DAY);
  const files = reading.builtFiles('cell', dayOf(window.fromHour), dayOf(window.toHour - 1));
  const alone = reading.facility.paths.filter(({ gateways }) => gateways.length > 0).length === 1;
  const { paths, transit } = await sumTunnels(reading.db, files, window);
  return paths.flatMap(({ path, carried, content }) => {
    // Through a full tunnel clients also fetch from the Internet; with several gateways nobody knows through which.
    const carriedContent = content + (alone ? transit : 0);
    if (carried === 0 || carriedContent === 0) return [];
    const ratio = carried / carriedContent;
    if (ratio >= 1 - MOST_SHORTFALL && ratio <= 1 + MOST_OVERHEAD) return [];
    const figures = `tunnels carried ${formatBytes(carried)} to clients, of which ${formatBytes(carriedContent)} were seen as content`;
    return [
      ratio < 1
        ? finding(
            path,
            `${figures}: more content than tunnels.`,
            'See whether the sensor of the tunnels misses some, or a gateway is not listed in paths[].gateways.',
          )
        : finding(
            path,
            `${figures}: content of ${formatBytes(carried - carriedContent)} may have gone uncounted.`,
            'See whether a sensor watches all traffic between the pools and the inside.',
          ),
    ];
  });
}

function finding(path: string, text: string, todo: string): Finding {
  return { severity: 'warning', subject: `path ${path}`, finding: `In the period, ${text}`, todo };
}
