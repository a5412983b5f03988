/** The named cases, in terms of the full size. The dozen of the tenth size holds the rows of the reference table. */
import type { Case } from './campaigns.ts';

const of = (
  name: string,
  terabytes: number,
  days: number,
  hosts: number,
  identities: number,
  destinations: Case['destinations'],
  pacing: Case['pacing'],
): Case => ({ name, terabytes, days, hosts, identities, destinations, pacing });

/** The dozen: each row of the table of goals, a ramp and a bulk-like one. */
export const DOZEN: readonly Case[] = [
  of('10 PB, 1,000 hosts, ten quiet ASes', 10_000, 180, 1_000, 20, 'tenQuiet', 'steady'),
  of("10 PB, victims' own destinations", 10_000, 180, 1_000, 20, 'own', 'steady'),
  of('10 PB, shadow, shared cloud', 10_000, 180, 1_000, 300, 'cloud', 'shadow'),
  of('1 PB, 1,000 hosts', 1_000, 180, 1_000, 20, 'tenQuiet', 'steady'),
  of('1 PB, weekly hops', 1_000, 180, 100, 20, 'hops', 'steady'),
  of('1 PB, slow ramp, cloud', 1_000, 180, 100, 300, 'cloud', 'ramp'),
  of('100 TB, 1,000 hosts', 100, 180, 1_000, 20, 'tenQuiet', 'steady'),
  of('100 TB, one host, one identity', 100, 180, 1, 1, 'oneAs', 'steady'),
  of("100 TB, one host, bulk-like, victim's own", 100, 180, 1, 1, 'own', 'bulk'),
  of('100 TB, shadow, shared cloud', 100, 180, 1_000, 300, 'cloud', 'shadow'),
  of('10 TB, 1,000 hosts', 10, 180, 1_000, 20, 'tenQuiet', 'steady'),
  of('10 TB, one host', 10, 180, 1, 1, 'oneAs', 'steady'),
];

/** The other 48 of the named 60. */
const MORE: readonly Case[] = [
  ...[1_000, 10_000].flatMap((tb) => [
    of(`${tb} TB in 30 days, one AS`, tb, 30, 100, 20, 'oneAs', 'steady'),
    of(`${tb} TB in 90 days, fresh destinations`, tb, 90, 1_000, 300, 'fresh', 'steady'),
    of(`${tb} TB in 90 days, cloud, bulk-like`, tb, 90, 100, 20, 'cloud', 'bulk'),
    of(`${tb} TB, weekly hops, 2,000 identities`, tb, 180, 1_000, 2_000, 'hops', 'steady'),
    of(`${tb} TB, shadow, own destinations`, tb, 180, 1_000, 300, 'own', 'shadow'),
    of(`${tb} TB, shadow, 2,000 identities`, tb, 180, 1_000, 2_000, 'cloud', 'shadow'),
    of(`${tb} TB, slow ramp, ten quiet ASes`, tb, 180, 1_000, 20, 'tenQuiet', 'ramp'),
    of(`${tb} TB, one host, one AS`, tb, 180, 1, 1, 'oneAs', 'steady'),
    of(`${tb} TB, ten hosts, cloud`, tb, 180, 10, 20, 'cloud', 'steady'),
    of(`${tb} TB, 1,000 hosts, one identity`, tb, 180, 1_000, 1, 'tenQuiet', 'steady'),
  ]),
  ...[10, 100].flatMap((tb) => [
    of(`${tb} TB in 30 days, one AS`, tb, 30, 10, 20, 'oneAs', 'steady'),
    of(`${tb} TB in 30 days, cloud, bulk-like`, tb, 30, 1, 1, 'cloud', 'bulk'),
    of(`${tb} TB in 90 days, fresh destinations`, tb, 90, 100, 20, 'fresh', 'steady'),
    of(`${tb} TB, weekly hops`, tb, 180, 100, 20, 'hops', 'steady'),
    of(`${tb} TB, slow ramp, one host`, tb, 180, 1, 1, 'oneAs', 'ramp'),
    of(`${tb} TB, ten hosts, victims' own`, tb, 180, 10, 20, 'own', 'steady'),
    of(`${tb} TB, shadow, 20 identities`, tb, 180, 100, 20, 'cloud', 'shadow'),
    of(`${tb} TB, 2,000 identities, cloud`, tb, 180, 1_000, 2_000, 'cloud', 'steady'),
    of(`${tb} TB, ten hosts, fresh destinations`, tb, 180, 10, 1, 'fresh', 'steady'),
  ]),
  ...[1, 10].flatMap((tb) => [
    of(`${tb} TB in 30 days, 1,000 hosts`, tb, 30, 1_000, 20, 'tenQuiet', 'steady'),
    of(`${tb} TB in 90 days, one host, one AS`, tb, 90, 1, 1, 'oneAs', 'steady'),
    of(`${tb} TB, 100 hosts, one AS, slow ramp`, tb, 180, 100, 20, 'oneAs', 'ramp'),
    of(`${tb} TB, 100 hosts, fresh, slow`, tb, 180, 100, 20, 'fresh', 'steady'),
  ]),
  of('1 TB, 1,000 hosts', 1, 180, 1_000, 20, 'tenQuiet', 'steady'),
  of('1 TB, one host', 1, 180, 1, 1, 'oneAs', 'steady'),
];

/** All sixty. */
export const SIXTY: readonly Case[] = [...DOZEN, ...MORE];
