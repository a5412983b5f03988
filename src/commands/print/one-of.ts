import type { BytesInterval } from '../../operations/answers/common.ts';

/** What of somebody's bytes is theirs alone. */
interface Shared {
  readonly key: string;
  readonly bytesOut: BytesInterval;
  readonly oneOf?: { readonly least: number; readonly most: number } | undefined;
}

/**
 * Returns how much of somebody's bytes is shared with others who were present. A share is no finding about a person: the
 * words say what is known: that it was one of those present, or that nobody else is known to have been.
 */
export function oneOfText({ key, oneOf, bytesOut }: Shared): string {
  if (!oneOf) return key === 'unknown' ? 'nobody known' : 'nobody else known';
  const those = oneOf.least === oneOf.most ? `${oneOf.most}` : `${oneOf.least} to ${oneOf.most}`;
  return `${bytesOut.low === '0' ? 'all' : 'part'}: one of ${those} present`;
}
