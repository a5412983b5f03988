import { InputError } from '../../errors.ts';

/** Gathers who belongs to what from one line after another; each line gives the pairs that it settles. */
export interface Directory {
  line(line: string): readonly Membership[];
  /** What only the end settles. */
  end(): readonly Membership[];
}

/** A principal and a group it belongs to. */
export interface Membership {
  readonly principal: string;
  readonly tenant: string;
}

const MOST_ENTRIES = 1_000_000;

/** Asserts that a directory is none that would fill the memory. @throws InputError when it is. */
export function assertSize(entries: number): void {
  if (entries > MOST_ENTRIES) throw new InputError(`directory with more than ${MOST_ENTRIES} entries`);
}
