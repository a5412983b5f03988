import { z } from 'zod';
import { caseBrief, incidentCase } from '../../incidents/case.ts';

/** What `weir incident list --json` prints: every case, in the order they were opened. */
export const incidentsAnswer = z.strictObject({
  asOf: z.number().int().nonnegative(),
  incidents: z.array(caseBrief),
});
/** What `weir incident list` answers. */
export type IncidentsAnswer = z.infer<typeof incidentsAnswer>;

/** What `weir incident open|note|acknowledge|contain|close --json` print: the case as it stands now. */
export const incidentSaidAnswer = z.strictObject({
  /** The entry of the journal that was written. */
  entry: z.number().int().positive(),
  incident: caseBrief,
});
/** What `weir incident open|note|acknowledge|contain|close` answer. */
export type IncidentSaidAnswer = z.infer<typeof incidentSaidAnswer>;

/** What `weir incident show --json` prints. */
export const incidentAnswer = incidentCase;
/** What `weir incident show` answers. */
export type IncidentAnswer = z.infer<typeof incidentAnswer>;
