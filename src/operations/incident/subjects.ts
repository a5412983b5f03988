import type { Campaign } from '../../detection/campaign.ts';
import type { Lead } from '../../detection/lead.ts';
import { ConfigurationError } from '../../errors.ts';
import type { Course } from '../../incidents/course.ts';
import type { IncidentPayload } from '../../ledger/incident-entry.ts';
import { type Detected, detectIn } from '../detect.ts';
import { type Question, windowOf, withReading } from '../reading.ts';

type References = Pick<IncidentPayload['references'], 'campaigns' | 'leads'>;

/** Campaigns and leads that a case is to name, and the first UTC day on which they can have begun. */
export interface Subjects extends References {
  /** Infinity when nothing is named. */
  readonly fromDay: number;
}

/**
 * Finds campaigns and leads by their ids, or how these begin.
 * @throws ConfigurationError when one is not there, or several begin so.
 */
export async function subjectsOf(question: Question, ids: readonly string[]): Promise<Subjects> {
  if (ids.length === 0) return { campaigns: [], leads: [], fromDay: Number.POSITIVE_INFINITY };
  return withReading(question, async (reading) => {
    const detected = await detectIn(reading, question, windowOf(reading.snapshot, undefined, undefined));
    const found = ids.map((id) => subjectOf(detected, id));
    const campaigns = found.flatMap((each) => ('leads' in each ? [each] : []));
    const leads = found.flatMap((each) => ('leads' in each ? [] : [each]));
    const days = [
      ...campaigns.map(({ startedAt }) => startedAt.low),
      ...leads.map(({ changePoint }) => changePoint.low),
    ];
    return {
      campaigns: campaigns.map(({ id, leads: own }) => ({ id, leads: [...own] })),
      leads: leads.map(({ id }) => id),
      fromDay: Math.min(...days),
    };
  });
}

function subjectOf({ campaigns, leads }: Detected, id: string): Campaign | Lead {
  const all: readonly (Campaign | Lead)[] = [...campaigns, ...leads];
  const exact = all.find((each) => each.id === id);
  if (exact) return exact;
  const [found, second] = id === '' ? [] : all.filter((each) => each.id.startsWith(id));
  if (!found) throw new ConfigurationError(`no campaign or lead has the id ${id}: weir detect lists them`);
  if (second)
    throw new ConfigurationError(`${id} begins several ids (${found.id}, ${second.id}): give more of it`);
  return found;
}

/**
 * Returns what detection says now of a case's subjects. Leads keep their ids; a campaign that was assembled anew is
 * found by any of the leads it was made of.
 */
export function standingOf(
  { campaigns, leads }: Detected,
  course: Course,
): { campaigns: Campaign[]; leads: Lead[] } {
  const ids = new Set(course.campaigns.map(({ id }) => id));
  const named = new Set([...course.leads, ...course.campaigns.flatMap((campaign) => campaign.leads)]);
  const standing = campaigns.filter(
    (campaign) => ids.has(campaign.id) || campaign.leads.some((lead) => named.has(lead)),
  );
  const explained = new Set(standing.flatMap((campaign) => campaign.leads));
  return { campaigns: standing, leads: leads.filter(({ id }) => named.has(id) || explained.has(id)) };
}
