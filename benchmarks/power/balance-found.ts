import type { Breaks } from './breaks.ts';
import type { Case } from './campaigns.ts';
import type { Outcome } from './trial.ts';

/** A theft of the bench: a case, and whether it crosses no link that anybody watches. */
export interface Theft {
  readonly name: string;
  readonly what: Case;
  readonly isUnseen: boolean;
}

/** What the bench found on one kind of centre; by logs, in the order of LOGS. */
export interface BalanceFound {
  readonly generator: string;
  readonly seeds: number;
  readonly weeks: number;
  readonly leads: readonly number[];
  readonly thefts: readonly { readonly theft: Theft; readonly outcomes: readonly (readonly Outcome[])[] }[];
  readonly breaks: readonly Breaks[];
}
