import type { IncidentCase, SheetRow } from './case.ts';
import { reportCommand } from './remake.ts';

/** What else went through something that a case may ask to be cut, in the days before. */
export interface PassageFacts {
  readonly cut: SheetRow['cut'];
  readonly name: string;
  readonly bytesOut: bigint;
  readonly bytesOutOfCase: bigint;
  readonly counterparts: number;
  readonly principals: number;
  /** ISO-8601. */
  readonly lastSeen: string | null;
}

/** Identities first: what one of them may do ends everywhere at once. */
const ORDER: readonly SheetRow['cut'][] = ['principal', 'host', 'path', 'destination'];

/**
 * Returns the containment sheet: what to cut, and of each what breaks with it, those with the largest part of the case
 * first. What the case itself sent is no loss and counts apart.
 */
export function sheetOf(
  passages: readonly PassageFacts[],
  days: { readonly from: string; readonly to: string } | null,
  asOf: number,
): IncidentCase['sheet'] {
  if (!days) return { days: null, rows: [] };
  const rows = passages.map(
    ({ cut, name, bytesOut, bytesOutOfCase, counterparts, principals, lastSeen }): SheetRow => ({
      cut,
      name,
      bytesOut: String(bytesOut),
      bytesOutOfCase: String(bytesOutOfCase),
      bytesOutOfOthers: String(bytesOut - bytesOutOfCase),
      counterparts,
      principals,
      lastSeen,
      command: reportCommand(
        { by: cut === 'destination' ? 'host' : 'destination', [cut]: name, ...days },
        asOf,
      ),
    }),
  );
  const part = new Map(passages.map(({ cut, name, bytesOutOfCase }) => [`${cut}|${name}`, bytesOutOfCase]));
  const partOf = (row: SheetRow) => part.get(`${row.cut}|${row.name}`) ?? 0n;
  rows.sort((a, b) => {
    if (a.cut !== b.cut) return ORDER.indexOf(a.cut) - ORDER.indexOf(b.cut);
    const difference = partOf(b) - partOf(a);
    return difference === 0n ? (a.name < b.name ? -1 : 1) : difference > 0n ? 1 : -1;
  });
  return { days: { ...days }, rows };
}
