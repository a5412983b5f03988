import type { Lead } from './lead.ts';
import { isPooled } from './pulled.ts';
import { type Excess, excessOf, groupBytes, sumBytes, type Track, touches, type Window } from './tracks.ts';

/** Leads whose evidence overlaps, and that evidence. */
export interface Group {
  leads: Lead[];
  window: Window;
  evidence: Map<string, Excess>;
  /** From which sides leads pulled each pair in. */
  sides: Map<string, number>;
}

/** The side from which a lead sees a pair, as a bit: who sends (host; principal or tenant) or where it goes; 0 of a total. */
export function sideOf({ family }: Lead): number {
  if (family === 'host') return 1;
  if (family === 'principal' || family === 'tenant') return 2;
  return family === 'network' || family === 'as' ? DESTINATION_SIDE : 0;
}

const DESTINATION_SIDE = 4;
/** Where pairs seen from two sides carry this share of what senders' leads pulled in, they are the campaign. */
const SEEN_TWICE = 0.5;

/** The pairs that a campaign is made of. */
export interface Core {
  readonly pairs: readonly Excess[];
  /** Whether pairs seen from two sides explain what the senders' leads pulled in: then the rest is ordinary life. */
  readonly isClear: boolean;
}

/**
 * Returns the pairs that are the campaign's own: a lead of a sender pulls in all that is new of it, its ordinary
 * life among that. Where pairs that leads of a sender and of a destination both pulled in explain most of what
 * senders' leads did, only the destinations' pairs are kept, and of these, where such pairs are most of them too, only
 * destinations that are mostly made of such pairs; otherwise (places change, or are old) everything is.
 */
export function coreOf({ evidence, sides }: Group): Core {
  const ordered = [...evidence.values()].sort((a, b) => (a.track.key < b.track.key ? -1 : 1));
  const sideOfPair = ({ track }: Excess) => sides.get(track.key) ?? 0;
  const isThere = (excess: Excess) => (sideOfPair(excess) & DESTINATION_SIDE) !== 0;
  const isSent = (excess: Excess) => (sideOfPair(excess) & ~DESTINATION_SIDE) !== 0;
  const twice = ordered.filter((excess) => isThere(excess) && isSent(excess));
  const explained = sumBytes(twice);
  if (explained <= 0 || explained < SEEN_TWICE * sumBytes(ordered.filter(isSent)))
    return { pairs: ordered, isClear: false };
  const there = ordered.filter(isThere);
  // Where few senders have a lead, what only the destinations' leads see is the campaign's as well.
  if (explained < SEEN_TWICE * sumBytes(there)) return { pairs: there, isClear: true };
  const whole = new Map(groupBytes(there, (track) => track.network));
  const own = new Set(
    groupBytes(twice, (track) => track.network)
      .filter(([network, bytes]) => bytes >= SEEN_TWICE * (whole.get(network) ?? 0))
      .map(([network]) => network),
  );
  return { pairs: there.filter(({ track }) => own.has(track.network)), isClear: true };
}

/**
 * Returns the bytes of pairs whose membership is in doubt: seen from one side only though leads came from several, at
 * places that were in use before.
 */
export function doubtfulBytes(
  named: readonly Excess[],
  { leads, sides, window }: Group,
  byNetwork: ReadonlyMap<string, readonly Track[]>,
): number {
  const all = leads.reduce((bits, lead) => bits | sideOf(lead), 0);
  if (!isSeveral(all)) return 0;
  const wasInUse = (network: string) =>
    (byNetwork.get(network) ?? []).some(({ firstDay }) => firstDay < window.from - SETTLING_DAYS);
  return sumBytes(
    named.filter(({ track }) => !isSeveral(sides.get(track.key) ?? 0) && wasInUse(track.network)),
  );
}

const isSeveral = (bits: number) => (bits & (bits - 1)) !== 0;
/** A place first seen so many days before a campaign's window came with the campaign. */
const SETTLING_DAYS = 7;

/** Share of the smaller evidence that two leads must have in common. */
const OVERLAP = 0.5;
/** A pooled lead (path, centre) joins a campaign that explains this share of it. */
const POOLED_OVERLAP = 0.3;
/** Groups whose bytes lie to this share on pairs of the same first days move in step, if those days are several. */
const IN_STEP = 0.6;
const LEAST_STEPS = 4;
const MOSTLY_NEW = 0.5;
/** Changes further apart than this are not one campaign. */
const APART_DAYS = 21;
/** A destination this much of whose traffic is a campaign's is the campaign's own: whoever else is new there joins. */
const OWN_DESTINATION = 0.5;

/** Returns the groups united: specific leads first; pooled leads then join what explains most of them, or each other. */
export function uniteGroups(single: readonly Group[]): Group[] {
  const specific = unite(
    unite(
      single.filter(({ leads }) => !isPooled(leads[0] as Lead)),
      overlap,
    ),
    inStep,
  );
  const lonely: Group[] = [];
  for (const pooled of single.filter(({ leads }) => isPooled(leads[0] as Lead))) {
    const shares = specific.map((group) => shareExplained(pooled, group));
    const best = shares.indexOf(Math.max(...shares));
    const group = specific[best];
    if (group && (shares[best] as number) >= POOLED_OVERLAP && atOneTime(pooled, group)) {
      // A pooled lead bears witness to the campaign; its own pairs would bring everybody else's in.
      group.leads.push(...pooled.leads);
    } else lonely.push(pooled);
  }
  return [...specific, ...unite(lonely, overlap)];
}

/**
 * The share of a pooled lead that a campaign explains: of the pairs it pulled in, or, where it pulled in none
 * because its rise came over old pairs, of the rise itself.
 */
function shareExplained(pooled: Group, group: Group): number {
  const pulled = sumBytes([...pooled.evidence.values()]);
  if (pulled > 0) return sharedBytes(pooled, group) / pulled;
  const lead = pooled.leads[0] as Lead;
  const days = lead.raisedOnDay - lead.changePoint.estimate + 1;
  const rise = (lead.observedBytesPerDay - lead.baselineBytesPerDay) * days;
  let explained = 0;
  for (const { track, usual } of group.evidence.values()) {
    if (!touches(track, lead.family, lead.entity)) continue;
    for (const [day, bytes] of track.bytes) {
      if (day >= lead.changePoint.estimate && day <= lead.raisedOnDay) explained += bytes - usual;
    }
  }
  return rise > 0 ? Math.min(1, explained / rise) : 0;
}

function unite(groups: readonly Group[], isOne: (a: Group, b: Group) => boolean): Group[] {
  const parent = groups.map((_, i) => i);
  const rootOf = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root] as number;
    return root;
  };
  for (let i = 0; i < groups.length; i++) {
    for (let j = i + 1; j < groups.length; j++) {
      if (rootOf(i) !== rootOf(j) && isOne(groups[i] as Group, groups[j] as Group))
        parent[rootOf(j)] = rootOf(i);
    }
  }
  const united = new Map<number, Group[]>();
  groups.forEach((group, i) => {
    united.set(rootOf(i), [...(united.get(rootOf(i)) ?? []), group]);
  });
  return [...united.values()].map(merge);
}

function merge(groups: readonly Group[]): Group {
  const evidence = new Map<string, Excess>();
  for (const group of groups) {
    for (const [key, excess] of group.evidence) {
      if (excess.bytes > (evidence.get(key)?.bytes ?? 0)) evidence.set(key, excess);
    }
  }
  const sides = new Map<string, number>();
  for (const group of groups)
    for (const [key, side] of group.sides) sides.set(key, (sides.get(key) ?? 0) | side);
  const from = Math.min(...groups.map(({ window }) => window.from));
  return {
    leads: groups.flatMap(({ leads }) => leads),
    window: { from, to: Math.max(...groups.map(({ window }) => window.to)) },
    evidence,
    sides,
  };
}

function overlap(a: Group, b: Group): boolean {
  if (!atOneTime(a, b)) return false;
  const [x, y] = [a.leads[0] as Lead, b.leads[0] as Lead];
  if (x.family === y.family && x.entity === y.entity) return true;
  const smaller = Math.min(sumBytes([...a.evidence.values()]), sumBytes([...b.evidence.values()]));
  if (smaller <= 0) return false;
  return (
    sharedBytes(a, b) >= OVERLAP * smaller ||
    overlapBy(a, b, ({ track }) => track.host) >= OVERLAP ||
    // Two hosts that begin to send to the same new places are one campaign; old places are everybody's.
    overlapBy(a, b, ({ track, novel }) => (novel ? track.network : undefined)) >= OVERLAP
  );
}

/**
 * Whether two groups move on to new places on the same days, again and again: hosts, identities and places may all differ
 * where one hand moves them. One common day is chance; days that carry the bytes of both alike, four or more, are not.
 */
function inStep(a: Group, b: Group): boolean {
  const [x, y] = [newcomersByDay(a), newcomersByDay(b)];
  if (!x || !y) return false;
  let common = 0;
  for (const [day, part] of x) common += Math.min(part, y.get(day) ?? 0);
  return common >= IN_STEP;
}

/** Shares of the new pairs' excess by the day on which they were first seen; undefined unless new pairs of several days carry the group. */
function newcomersByDay({ evidence }: Group): Map<number, number> | undefined {
  const all = [...evidence.values()];
  const total = sumBytes(all);
  const shares = new Map<number, number>();
  for (const { track, novel, bytes } of all)
    if (novel) shares.set(track.firstDay, (shares.get(track.firstDay) ?? 0) + bytes / total);
  let sum = 0;
  let squares = 0;
  for (const part of shares.values()) {
    sum += part;
    squares += part * part;
  }
  if (sum < MOSTLY_NEW || sum * sum < LEAST_STEPS * squares) return undefined;
  return new Map([...shares].map(([day, part]) => [day, part / sum]));
}

/** Whether the changes can have come at one time: their intervals, widened, meet. */
function atOneTime(a: Group, b: Group): boolean {
  const span = (group: Group) => ({
    low: Math.min(...group.leads.map(({ changePoint }) => changePoint.low)),
    high: Math.max(...group.leads.map(({ changePoint }) => changePoint.high)),
  });
  const [x, y] = [span(a), span(b)];
  return x.low - APART_DAYS <= y.high && y.low - APART_DAYS <= x.high;
}

function sharedBytes(a: Group, b: Group): number {
  let bytes = 0;
  for (const [key, excess] of a.evidence) bytes += Math.min(excess.bytes, b.evidence.get(key)?.bytes ?? 0);
  return bytes;
}

/** The overlap of two distributions of excess over what `keyOf` names, 0 to 1; what it does not name is in neither. */
function overlapBy(a: Group, b: Group, keyOf: (excess: Excess) => string | undefined): number {
  const shares = (group: Group) => {
    const total = sumBytes([...group.evidence.values()]);
    const byKey = new Map<string, number>();
    for (const excess of group.evidence.values()) {
      const key = keyOf(excess);
      if (key !== undefined) byKey.set(key, (byKey.get(key) ?? 0) + excess.bytes / total);
    }
    return byKey;
  };
  const [x, y] = [shares(a), shares(b)];
  let common = 0;
  for (const [key, part] of x) common += Math.min(part, y.get(key) ?? 0);
  return common;
}

/**
 * Returns the group with whoever else is new at the destinations that are the campaign's own.
 * @param byNetwork all pairs by their network.
 */
export function expand(
  group: Group,
  byNetwork: ReadonlyMap<string, readonly Track[]>,
  rowsFromDay: number,
): Group {
  const evidence = new Map(group.evidence);
  const sides = new Map(group.sides);
  for (const [network, bytes] of groupBytes([...group.evidence.values()], (track) => track.network)) {
    const there = byNetwork.get(network) ?? [];
    let volume = 0;
    for (const track of there)
      for (const [day, sent] of track.bytes) if (day >= group.window.from) volume += sent;
    if (bytes < OWN_DESTINATION * volume) continue;
    for (const track of there) {
      if (evidence.has(track.key)) continue;
      const excess = excessOf(track, group.window, rowsFromDay);
      if (!excess?.novel) continue;
      evidence.set(track.key, excess);
      sides.set(track.key, DESTINATION_SIDE);
    }
  }
  return { ...group, evidence, sides };
}
