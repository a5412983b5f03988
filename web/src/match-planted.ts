import type {
  CampaignAnswer,
  DetectAnswer,
  LeadAnswer,
  PlantedCampaign,
} from '../../src/server/api-types.ts';
import { daysBetween } from './format.ts';

/** What became of a planted campaign. */
export interface Outcome {
  planted: PlantedCampaign;
  /** The highest-ranked campaign that names one of its destinations. */
  campaign: CampaignAnswer | undefined;
  /** Where no campaign does: a lead that does. */
  lead: LeadAnswer | undefined;
  /** Days from the planted beginning to the first finding. */
  daysToDetection: number | undefined;
}

/**
 * Returns what became of each planted campaign. A finding counts when it names one of the planted destinations and was
 * made after the theft began; what was found before cannot have been it.
 */
export function matchPlanted(planted: readonly PlantedCampaign[], found: DetectAnswer): Outcome[] {
  return planted.map((theft) => {
    const destinations = new Set(theft.destinations);
    const after = ({ detectedAt }: { detectedAt: string }) => daysBetween(theft.startedAt, detectedAt) >= 0;
    const campaign = [...found.campaigns]
      .sort((a, b) => a.rank - b.rank)
      .find((one) => after(one) && one.destinations.some((destination) => destinations.has(destination)));
    const lead = campaign
      ? undefined
      : found.leads.find(
          (one) => after(one) && (destinations.has(one.entity) || destinations.has(one.name ?? '')),
        );
    const finding = campaign ?? lead;
    return {
      planted: theft,
      campaign,
      lead,
      daysToDetection: finding && daysBetween(theft.startedAt, finding.detectedAt),
    };
  });
}
