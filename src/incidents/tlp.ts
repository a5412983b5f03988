import type { TlpLevel } from '../ledger/incident-entry.ts';

/** What a level of the Traffic Light Protocol 2.0 is called, and whom it lets know (https://www.first.org/tlp/). */
const LEVELS: Readonly<Record<TlpLevel, { readonly label: string; readonly reach: string }>> = {
  clear: { label: 'TLP:CLEAR', reach: 'anybody may know' },
  green: { label: 'TLP:GREEN', reach: 'for the community, not for the public' },
  amber: { label: 'TLP:AMBER', reach: 'for the organisation and its clients who need to know' },
  'amber+strict': { label: 'TLP:AMBER+STRICT', reach: 'for the organisation only, those who need to know' },
  red: { label: 'TLP:RED', reach: 'for the eyes of those addressed only' },
};

/** Returns how a level is written, `TLP:AMBER+STRICT`. */
export function tlpLabel(level: TlpLevel): string {
  return LEVELS[level].label;
}

/** Returns whom a level lets know, in a few words. */
export function tlpReach(level: TlpLevel): string {
  return LEVELS[level].reach;
}
