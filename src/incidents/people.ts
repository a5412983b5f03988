import type { CasePerson, IncidentCase } from './case.ts';
import { showCommand } from './remake.ts';

/** Bytes of somebody, with an equal part of what several could have sent (docs/attribution.md). */
interface Shares {
  readonly bytesOut: bigint;
  /** Of connections that nobody else is known to have been there for. */
  readonly bytesOutLow: bigint;
  /** All that they could have sent. */
  readonly bytesOutHigh: bigint;
  /** How many were present where several were; null where nothing is shared. */
  readonly sharedLeast: number | null;
  readonly sharedMost: number | null;
}

/** What somebody could have sent over one pair of a case. */
export interface PersonFacts extends Shares {
  readonly host: string;
  readonly network: string;
  readonly principal: string;
  readonly bases: readonly string[];
}

/** What people of a tenant could have sent over the pairs of a case. */
export interface TenantFacts extends Shares {
  readonly tenant: string;
  readonly principals: readonly string[];
}

/** A campaign's id and the pairs it went over; no host means any. */
interface Scope {
  readonly id: string;
  readonly hosts: readonly string[];
  readonly destinations: readonly string[];
}

/** Where and as of when a case is shown. */
interface Shown {
  readonly incident: string;
  readonly asOf: number;
}

/**
 * Returns who can have sent what went over a case's pairs: first those with most that nobody else is known to have
 * been there for, then the largest shares. One of several present is no finding about a person, so nothing else in a case names whoever is only that.
 */
export function peopleOf(
  facts: readonly PersonFacts[],
  campaigns: readonly Scope[],
  { incident, asOf }: Shown,
): CasePerson[] {
  const byName = new Map<string, PersonFacts[]>();
  for (const each of facts) {
    const known = byName.get(each.principal);
    if (known) known.push(each);
    else byName.set(each.principal, [each]);
  }
  return [...byName]
    .map(([principal, pairs]) => {
      const sum = (part: 'bytesOut' | 'bytesOutLow' | 'bytesOutHigh') =>
        pairs.reduce((all, each) => all + each[part], 0n);
      const certain = pairs.filter(({ bytesOutLow }) => bytesOutLow > 0n);
      return {
        low: sum('bytesOutLow'),
        estimate: sum('bytesOut'),
        person: {
          principal,
          bytesOut: intervalOf({
            bytesOut: sum('bytesOut'),
            bytesOutLow: sum('bytesOutLow'),
            bytesOutHigh: sum('bytesOutHigh'),
          }),
          oneOf: oneOf(pairs),
          bases: [...new Set(pairs.flatMap(({ bases }) => bases))].sort(),
          campaigns: campaigns
            .filter(({ hosts, destinations }) =>
              certain.some(
                ({ host, network }) =>
                  (hosts.length === 0 || hosts.includes(host)) && destinations.includes(network),
              ),
            )
            .map(({ id }) => id),
          command: showCommand(incident, asOf),
        },
      };
    })
    .sort(
      (a, b) =>
        compare(b.low, a.low) ||
        compare(b.estimate, a.estimate) ||
        (a.person.principal < b.person.principal ? -1 : 1),
    )
    .map(({ person }) => person);
}

/** Returns whose people can have sent it, as the facts order them. */
export function tenantsOf(facts: readonly TenantFacts[], { incident, asOf }: Shown): IncidentCase['tenants'] {
  return facts.map((each) => ({
    tenant: each.tenant,
    bytesOut: String(each.bytesOut),
    bytesOutLow: String(each.bytesOutLow),
    bytesOutHigh: String(each.bytesOutHigh),
    oneOf: oneOf([each]),
    principals: [...each.principals],
    command: showCommand(incident, asOf),
  }));
}

/**
 * Returns how sure it is that somebody's bytes are theirs, in words: `nobody else known`, `part: one of 2 to 80 present`,
 * `all: one of 12 present`, `nobody known`. More than that nobody else is known to have been there no log says.
 */
export function presenceInWords(
  name: string,
  { oneOf: of, low }: { readonly oneOf: CasePerson['oneOf']; readonly low: string },
): string {
  if (!of) return name === 'unknown' ? 'nobody known' : 'nobody else known';
  const those = of.least === of.most ? `${of.most}` : `${of.least} to ${of.most}`;
  return `${low === '0' ? 'all' : 'part'}: one of ${those} present`;
}

function intervalOf({
  bytesOut,
  bytesOutLow,
  bytesOutHigh,
}: Pick<Shares, 'bytesOut' | 'bytesOutLow' | 'bytesOutHigh'>): CasePerson['bytesOut'] {
  return { low: String(bytesOutLow), estimate: String(bytesOut), high: String(bytesOutHigh) };
}

function oneOf(all: readonly Shares[]): CasePerson['oneOf'] {
  const least = all.flatMap(({ sharedLeast }) => sharedLeast ?? []);
  const most = all.flatMap(({ sharedMost }) => sharedMost ?? []);
  return least.length === 0 || most.length === 0
    ? null
    : { least: Math.min(...least), most: Math.max(...most) };
}

function compare(a: bigint, b: bigint): number {
  return a === b ? 0 : a > b ? 1 : -1;
}
