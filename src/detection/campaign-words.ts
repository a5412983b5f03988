import { formatDay } from '../records/time.ts';
import { INNOCENT_BALANCE } from './balance-words.ts';
import type { Campaign } from './campaign.ts';
import { formatBytes, isReadsAlone, type Lead, nameEntity, STATISTIC_WORDS, sentence } from './lead.ts';

/** Returns the sentences that explain a campaign: how much, who, where, since when, which evidence, what else it may be. */
export function explainCampaign(
  campaign: Omit<Campaign, 'because'>,
  leads: readonly Lead[],
  novelShare: number,
  falseDiscoveryRate: number,
): string {
  const { bytesOut, startedAt, hosts, destinations } = campaign;
  if (leads.every(isReadsAlone)) {
    return `What ${list('identity', campaign.principals)} read beyond what is usual, up to ${formatBytes(bytesOut.high)} since ${formatDay(startedAt.estimate)}, is not seen to leave: no pair carried it. ${evidenceWords(leads)} It would be innocent if it were ${INNOCENT_BALANCE.readsBeyond}.`;
  }
  const sources = hosts.length === 0 ? 'what no single host explains came to' : `${list('host', hosts)} sent`;
  const loss = `${formatBytes(bytesOut.estimate)} (${formatBytes(bytesOut.low)} to ${formatBytes(bytesOut.high)}) beyond what was usual`;
  const start = `since ${formatDay(startedAt.estimate)} (${formatDay(startedAt.low)} to ${formatDay(startedAt.high)})`;
  const novelty =
    destinations.length === 0
      ? 'Which pairs carried it could not be told.'
      : `${Math.round(100 * novelShare)} % of it went over pairs that did not exist before.`;
  const members =
    hosts.length > 1
      ? ` Of the hosts named, at most ${Math.round(100 * falseDiscoveryRate)} % are expected to be there by chance.`
      : '';
  return `${sentence(sources)} ${loss} to ${targetWords(destinations)} ${start}. ${novelty}${members} ${evidenceWords(leads)} It would be innocent if one project, mirror or backup with a known owner explained these pairs and dates: register it and its bytes are taken out.`;
}

function evidenceWords(leads: readonly Lead[]): string {
  const paid = leads.map(({ family, entity, raisedOnDay, channels }) => {
    const best = [...channels].sort((a, b) => b.logEvidence - b.threshold - (a.logEvidence - a.threshold))[0];
    const name = nameEntity(family, entity);
    return best
      ? `${name} by ${STATISTIC_WORDS[best.statistic]} (${best.logEvidence.toFixed(1)} against ${best.threshold.toFixed(1)}) on ${formatDay(raisedOnDay)}`
      : name;
  });
  const shown = paid.slice(0, 5).join('; ');
  return `Evidence: ${shown}${paid.length > 5 ? `; and ${paid.length - 5} more leads` : ''}.`;
}

/** What ready-made cells call a destination that their source does not name. */
const UNKNOWN = 'unknown';

function targetWords(destinations: Campaign['destinations']): string {
  if (destinations.length === 0) return 'destinations that no pair explains';
  const named = destinations.filter(({ network }) => network !== UNKNOWN).map(({ network }) => network);
  if (named.length === 0) return 'destinations that the source does not name';
  // A network whose AS nobody knows stands for itself.
  const systems = new Set(destinations.flatMap(({ network, as }) => (as === network ? [] : as)));
  return `${list('network', named)}${systems.size > 0 ? ` in ${systemsWords([...systems])}` : ''}`;
}

function systemsWords(systems: readonly string[]): string {
  const first = systems.slice(0, 3).join(', ');
  return systems.length > 3 ? `${systems.length} ASes (${first}, …)` : first;
}

function list(what: string, names: readonly string[]): string {
  const first = names.slice(0, 3).join(', ');
  if (names.length === 1) return `${what} ${first}`;
  return `${names.length} ${plural(what)} (${first}${names.length > 3 ? ', …' : ''})`;
}

function plural(what: string): string {
  return what === 'identity' ? 'identities' : `${what}s`;
}
