import { formatDay, formatMicros, MICROS_PER_DAY } from '../records/time.ts';
import {
  type CaseCampaign,
  type CaseFlow,
  type CaseLead,
  type CaseTraffic,
  type IncidentCase,
  incidentCase,
} from './case.ts';
import { briefOf, type Course } from './course.ts';
import { type PersonFacts, peopleOf, type TenantFacts, tenantsOf } from './people.ts';
import { explainCommand, reportCommand, showCommand } from './remake.ts';
import { type PassageFacts, sheetOf } from './sheet.ts';
import { dwellOf, type Moment, reportingGapOf, startOf, timelineOf } from './timeline.ts';
import { intervalInWords } from './words.ts';

/** What went over one pair of a case by one path. */
export interface TrafficFacts {
  readonly host: string;
  readonly network: string;
  readonly path: string;
  readonly principal: string;
  readonly service: string;
  readonly initiator: string;
  readonly bytesOut: bigint;
  readonly bytesOutLow: bigint;
  readonly bytesOutHigh: bigint;
  readonly flows: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Plain data that a case is told from, all as of one position of the journal. */
export interface CaseFacts {
  readonly course: Course;
  readonly hold: { readonly fromDay: number; readonly toDay: number } | undefined;
  readonly facility: string;
  readonly simulated: boolean;
  readonly weirVersion: string;
  /** Who could have sent what went over the case's pairs, and whose people they are. */
  readonly people: readonly PersonFacts[];
  readonly tenants: readonly TenantFacts[];
  readonly asOf: number;
  /** When that entry of the journal was written. */
  readonly asOfMicros: number;
  readonly campaigns: readonly Omit<CaseCampaign, 'command'>[];
  readonly leads: readonly Omit<CaseLead, 'command'>[];
  readonly traffic: readonly TrafficFacts[];
  /** The last UTC day counted. */
  readonly lastDay: number;
  readonly passages: readonly PassageFacts[];
  /** The days that the passages were looked at. */
  readonly passageDays: { readonly fromDay: number; readonly toDay: number } | null;
  readonly flows: readonly CaseFlow[];
}

/** Returns a case with its figures, each with the command that makes it again. The same facts give the same case. */
export function assembleCase(facts: CaseFacts): IncidentCase {
  const { course, asOf, asOfMicros, traffic } = facts;
  const campaigns = facts.campaigns.map((each) => ({ ...each, command: explainCommand(each.id, asOf) }));
  const leads = facts.leads.map((each) => ({ ...each, command: explainCommand(each.id, asOf) }));
  const firstBytes = firstBytesOf(campaigns, traffic);
  const told = { course, campaigns, leads, firstBytes, asOf, asOfMicros, lastDay: facts.lastDay };
  const days = facts.passageDays && {
    from: formatDay(facts.passageDays.fromDay),
    to: formatDay(facts.passageDays.toDay),
  };
  return incidentCase.parse({
    asOf,
    asOfAt: formatMicros(asOfMicros),
    facility: facts.facility,
    simulated: facts.simulated,
    weirVersion: facts.weirVersion,
    incident: briefOf(course, facts.hold),
    figures: {
      loss: lossOf(campaigns, facts),
      observed: observedOf(facts),
      dwell: dwellOf(told),
      reportingGap: reportingGapOf(told),
    },
    timeline: timelineOf(told),
    campaigns,
    leads,
    traffic: traffic.map((each) => trafficOf(each, facts)),
    people: peopleOf(facts.people, campaigns, { incident: course.id, asOf }),
    tenants: tenantsOf(facts.tenants, { incident: course.id, asOf }),
    sheet: sheetOf(facts.passages, days, asOf),
    flows: [...facts.flows],
  });
}

/** The change is known within days; its first byte is the first that passed on the likeliest day or after it. */
function firstBytesOf(
  campaigns: readonly CaseCampaign[],
  traffic: readonly TrafficFacts[],
): Map<string, Moment> {
  return new Map(
    campaigns.map(({ id, hosts, destinations, startedAt }) => {
      const since = startOf(startedAt.estimate);
      const seen = traffic
        .filter(
          ({ host, network }) =>
            (hosts.length === 0 || hosts.includes(host)) && destinations.includes(network),
        )
        .map(({ firstAt }) => firstAt)
        .filter((at) => at >= since);
      const estimate = seen.length > 0 ? Math.min(...seen) : since;
      const high = Math.max(estimate, startOf(startedAt.high) + MICROS_PER_DAY);
      return [id, { low: startOf(startedAt.low), estimate, high }];
    }),
  );
}

function lossOf(
  campaigns: readonly CaseCampaign[],
  { course, asOf, lastDay }: CaseFacts,
): IncidentCase['figures']['loss'] {
  const [first, second] = campaigns;
  if (!first)
    return {
      bytesOut: null,
      because:
        course.campaigns.length + course.leads.length > 0
          ? 'no campaign explains the leads of this case any more: what they were decided to be takes them out'
          : 'the case names no campaign: what was lost is not known from the ledger',
      command: showCommand(course.id, asOf),
    };
  const sum = (part: 'low' | 'estimate' | 'high') =>
    String(campaigns.reduce((all, { bytesOut }) => all + BigInt(bytesOut[part]), 0n));
  const bytesOut = { low: sum('low'), estimate: sum('estimate'), high: sum('high') };
  const whose = second ? `${campaigns.length} campaigns` : `campaign ${first.id}`;
  return {
    bytesOut,
    because: `${intervalInWords(bytesOut)} beyond what was usual, in ${whose}, through ${formatDay(lastDay)}`,
    command: second ? `weir detect --as-of ${asOf}` : explainCommand(first.id, asOf),
  };
}

function observedOf({ traffic, course, asOf, lastDay }: CaseFacts): IncidentCase['figures']['observed'] {
  const sum = (part: 'bytesOutLow' | 'bytesOut' | 'bytesOutHigh') =>
    String(traffic.reduce((all, each) => all + each[part], 0n));
  const bytesOut = { low: sum('bytesOutLow'), estimate: sum('bytesOut'), high: sum('bytesOutHigh') };
  const hosts = new Set(traffic.map(({ host }) => host)).size;
  const networks = new Set(traffic.map(({ network }) => network)).size;
  return {
    bytesOut,
    because: `${intervalInWords(bytesOut)} passed from ${hosts} ${hosts === 1 ? 'host' : 'hosts'} to ${networks} ${networks === 1 ? 'destination' : 'destinations'} since the change, through ${formatDay(lastDay)}, what was usual included`,
    command: showCommand(course.id, asOf),
  };
}

function trafficOf(each: TrafficFacts, { asOf, lastDay }: CaseFacts): CaseTraffic {
  return {
    host: each.host,
    destination: each.network,
    path: each.path,
    principal: each.principal,
    service: each.service,
    initiator: each.initiator,
    bytesOut: {
      low: String(each.bytesOutLow),
      estimate: String(each.bytesOut),
      high: String(each.bytesOutHigh),
    },
    flows: each.flows,
    firstSeen: formatMicros(each.firstAt),
    lastSeen: formatMicros(each.lastAt),
    command: reportCommand(
      {
        by: 'day',
        host: each.host,
        destination: each.network,
        path: each.path,
        from: formatDay(Math.floor(each.firstAt / MICROS_PER_DAY)),
        to: formatDay(lastDay),
      },
      asOf,
    ),
  };
}
