import type { Campaign } from '../../detection/campaign.ts';
import type { DayEstimate, Lead, LeadChannel } from '../../detection/lead.ts';
import { formatDay, formatMicros } from '../../records/time.ts';
import type { CampaignAnswer, LeadAnswer } from '../answers/detect.ts';

function days({ low, estimate, high }: DayEstimate) {
  return { low: formatDay(low), estimate: formatDay(estimate), high: formatDay(high) };
}

/** Returns bytes as decimal text; estimates are rounded and never negative. */
export function bytesText(bytes: number): string {
  return String(BigInt(Math.max(0, Math.round(bytes))));
}

function channelText({ statistic, bet }: LeadChannel, family: string): string {
  return `${family}/${statistic}/${bet}`;
}

/** Returns a lead as answers carry it, with the campaign that explains it and the last word said on it. */
export function leadAnswer(lead: Lead, campaign: string | null, decision: string | null): LeadAnswer {
  return {
    id: lead.id,
    family: lead.family,
    entity: lead.entity,
    raisedOn: formatDay(lead.raisedOnDay),
    detectedAt: formatMicros(lead.detectedAtMicros),
    startedAt: days(lead.changePoint),
    observedBytesPerDay: bytesText(lead.observedBytesPerDay),
    baselineBytesPerDay: bytesText(lead.baselineBytesPerDay),
    channels: lead.channels.map((channel) => ({
      channel: channelText(channel, lead.family),
      logEvidence: channel.logEvidence,
      threshold: channel.threshold,
      since: formatDay(channel.sinceDay),
    })),
    campaign,
    decision,
    because: lead.because,
  };
}

/** Returns a campaign as answers carry it. */
export function campaignAnswer(campaign: Campaign): CampaignAnswer {
  const { low, estimate, high } = campaign.bytesOut;
  return {
    id: campaign.id,
    rank: campaign.rank,
    startedAt: days(campaign.startedAt),
    detectedAt: formatMicros(campaign.detectedAtMicros),
    bytesOut: { low: bytesText(low), estimate: bytesText(estimate), high: bytesText(high) },
    hosts: [...campaign.hosts],
    principals: [...campaign.principals],
    destinations: campaign.destinations.map(({ network }) => network),
    cohorts: [...campaign.cohorts],
    channels: [
      ...new Set(
        campaign.channels.map((channel) => `${channelText(channel, channel.family)} ${channel.entity}`),
      ),
    ],
    because: campaign.because,
  };
}
