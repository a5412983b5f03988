import { InputError } from '../../errors.ts';

/** Gathers who belongs to what, and whose which number is, from one line after another; each gives what it settles. */
export interface Directory {
  line(line: string): readonly Entry[];
  /** What only the end settles. */
  end(): readonly Entry[];
}

/** What a directory says of a principal. */
export type Entry = Membership | Account;

/** A principal and the number that logs of storage have in its place. */
export interface Account {
  readonly principal: string;
  readonly uid: string;
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
