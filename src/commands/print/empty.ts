/** What a person is told who asks a ledger in which nothing is: its periods and promises would be about no day at all. */
const EMPTY = 'The ledger holds nothing yet: weir import PATH reads logs into it.\n';

/** Returns that nothing is there yet for an answer as of the journal's beginning, else undefined. */
export function emptyText({ asOf }: { readonly asOf: number }): string | undefined {
  return asOf === 0 ? EMPTY : undefined;
}
