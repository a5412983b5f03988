import type { DayEstimate, Lead, LeadChannel } from './lead.ts';
import type { BytesEstimate } from './loss.ts';

/** What a campaign is called by and made of. Days since 1970, bytes exact to the rounding of an estimate. */
export interface Campaign {
  readonly id: string;
  readonly rank: number;
  readonly startedAt: DayEstimate;
  readonly detectedAtMicros: number;
  readonly bytesOut: BytesEstimate;
  /** Largest excess first. */
  readonly hosts: readonly string[];
  readonly principals: readonly string[];
  /** Destination networks, largest excess first, with their AS. */
  readonly destinations: readonly { network: string; as: string; bytesOut: number }[];
  readonly cohorts: readonly string[];
  readonly channels: readonly (LeadChannel & { family: Lead['family']; entity: string })[];
  readonly leads: readonly string[];
  readonly because: string;
}
