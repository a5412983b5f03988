/** What a day comes to for each entity: accounting sums it (day-series.ts), detection judges it. Both read this list. */

/** The kinds of entities that are judged, in the order in which a day is judged. Tenants exist only where something says who belongs to them. */
export const DAY_FAMILIES = ['host', 'principal', 'network', 'as', 'path', 'centre', 'tenant'] as const;

/**
 * What is measured of an entity on a day, in the order of a table's columns; exact integers below 2^53, in bytes or in
 * pairs. A pair is (host, network), for a principal (principal, network), for a tenant (tenant, network).
 *
 * - `bytes`: all egress of the day
 * - `clip0` to `clip3`: Σ min(x, c) over the entity's pairs of the day, c on detection's ladder of clips
 * - `novel0` to `novel3`: the same over pairs first seen at most 60 days ago
 * - `firstContacts`: pairs never seen before that day
 * - `persistent`: novel pairs at least 7 days old that are active that day
 * - `maxHourBytes`: the largest hour of the day
 * - `largestFirstContactBytes`: the largest sum of the day over one first-ever pair
 */
export const DAY_STATISTICS = [
  'bytes',
  'clip0',
  'clip1',
  'clip2',
  'clip3',
  'novel0',
  'novel1',
  'novel2',
  'novel3',
  'firstContacts',
  'persistent',
  'maxHourBytes',
  'largestFirstContactBytes',
] as const;

/**
 * What detection makes of a principal's reads, products and egress (src/detection/balance.ts), in bytes.
 *
 * - `beyondMade`: egress that nothing covers which the principal made or brought in
 * - `beyondTenant`: egress that nothing covers which anybody of its tenant made or brought in
 * - `beyondRead`: egress that nothing covers which the principal read, made or brought in
 * - `readsBeyond`: reads by no job of about a month, beyond their usual level and their usual ratio to what they led to
 */
export const BALANCE_STATISTICS = ['beyondMade', 'beyondTenant', 'beyondRead', 'readsBeyond'] as const;
