import { relayBytes } from '../accounting/relays/relay-query.ts';
import { formatBytes } from '../detection/lead.ts';
import type { Relay } from '../facility/facility.ts';
import { formatDay, HOURS_PER_DAY } from '../records/time.ts';
import type { Finding } from './answers/check.ts';
import type { HourWindow, Reading } from './reading.ts';

/** A share of what passed relays below this is what clocks and restarts leave. */
const WORTH_A_WARNING = 0.05;
const SHOWN_DAYS = 3;

/**
 * Returns how much of what passed relays is known to be of whom behind them, by their own logs, and of which relay and on
 * which days nothing says whose it was (docs/accounting.md, rule 2).
 */
export async function relayFindings(reading: Reading, window: HourWindow): Promise<Finding[]> {
  const { db, facility } = reading;
  const dayOf = (hour: number) => Math.floor(hour / HOURS_PER_DAY);
  const files = reading.builtFiles('cell', dayOf(window.fromHour), dayOf(window.toHour - 1));
  const { resolved, unresolved } = await relayBytes(db, files, facility, window);
  const sum = (rows: readonly { bytes: bigint }[]) => rows.reduce((all, { bytes }) => all + Number(bytes), 0);
  const [known, unknown] = [sum(resolved), sum(unresolved)];
  const all = known + unknown;
  if (all === 0) return [];
  const share = (bytes: number) => `${Number(((100 * bytes) / all).toPrecision(3))} %`;
  const logs = resolved.map(({ via, bytes }) => `${via} ${formatBytes(Number(bytes))}`).join(', ');
  return [
    {
      severity: 'note',
      subject: 'relays',
      finding: `Of ${formatBytes(all)} that passed relays, both ways, ${share(known)} is of known hosts or identities behind them${logs === '' ? '' : ` (${logs})`}; of ${share(unknown)} no log of a relay says whose it was.`,
      todo: 'weir report --by host shows whose.',
    },
    ...unresolved.flatMap(({ relay, bytes, days }) => {
      const entry = facility.relays[relay];
      return entry ? [unresolvedFinding(entry, Number(bytes), Number(bytes) / all, days)] : [];
    }),
  ];
}

function unresolvedFinding(
  { network, logs }: Relay,
  bytes: number,
  share: number,
  days: readonly number[],
): Finding {
  const shown = days.slice(0, SHOWN_DAYS).map(formatDay).join(', ') + (days.length > SHOWN_DAYS ? ', …' : '');
  const when = `on ${days.length === 1 ? '1 day' : `${days.length} days`} (${shown})`;
  return {
    severity: share > WORTH_A_WARNING ? 'warning' : 'note',
    subject: `relay ${network.cidr}`,
    finding: `${formatBytes(bytes)} passed it of which no log says whose they were, ${when}: the relay counts as the host, and nobody is named.`,
    todo:
      logs.length === 0
        ? 'Import its own log (NAT, Squid, S3, nginx and the like), and name the sensor that writes it under networks.relays[].logs.'
        : `Import what is missing of the logs of ${logs.join(', ')}; a NAT has to log ports, and its clock to agree with the sensors' within a minute.`,
  };
}
