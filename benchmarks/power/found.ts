import type { Case } from './campaigns.ts';
import type { Delay, Loss } from './summary.ts';
import type { SustainedLimit } from './sustained.ts';

/** What the bench found on one kind of centre. */
export interface Found {
  readonly generator: string;
  readonly seeds: number;
  /** Weir first, then the rivals. */
  readonly methods: readonly string[];
  readonly rates: readonly { rate: number; upper: number }[];
  readonly cases: readonly {
    readonly what: Case;
    readonly takenBytes: number;
    readonly losses: readonly Loss[];
    readonly delay: Delay | undefined;
  }[];
  /** What could be sustained without a lead, centre by centre. */
  readonly limits: readonly SustainedLimit[];
}
