import { z } from 'zod';

/** What the console says about the centre itself. `simulated`: the ledger holds marked, invented telemetry. */
export const facilityAnswer = z.strictObject({ name: z.string(), simulated: z.boolean() });
/** The centre an answer speaks of. */
export type FacilityAnswer = z.infer<typeof facilityAnswer>;
