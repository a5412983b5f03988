import type { Lead } from './lead.ts';
import { isPooled } from './pulled.ts';
import { type Excess, excessOf, groupBytes, sumBytes, type Track, touches, type Window } from './tracks.ts';

/** Leads whose evidence overlaps, and that evidence. */
export interface Group {
  leads: Lead[];
  window: Window;
  evidence: Map<string, Excess>;
}

/** Share of the smaller evidence that two leads must have in common. */
const OVERLAP = 0.5;
/** A pooled lead (path, centre) joins a campaign that explains this share of it. */
const POOLED_OVERLAP = 0.3;
/** Changes further apart than this are not one campaign. */
const APART_DAYS = 21;
/** A destination this much of whose traffic is a campaign's is the campaign's own: whoever else is new there joins. */
const OWN_DESTINATION = 0.5;

/** Returns the groups united: specific leads first; pooled leads then join what explains most of them, or each other. */
export function uniteGroups(single: readonly Group[]): Group[] {
  const specific = unite(single.filter(({ leads }) => !isPooled(leads[0] as Lead)));
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
  return [...specific, ...unite(lonely)];
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

function unite(groups: readonly Group[]): Group[] {
  const parent = groups.map((_, i) => i);
  const rootOf = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root] as number;
    return root;
  };
  for (let i = 0; i < groups.length; i++) {
    for (let j = i + 1; j < groups.length; j++) {
      if (rootOf(i) !== rootOf(j) && overlap(groups[i] as Group, groups[j] as Group))
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
  const from = Math.min(...groups.map(({ window }) => window.from));
  return {
    leads: groups.flatMap(({ leads }) => leads),
    window: { from, to: Math.max(...groups.map(({ window }) => window.to)) },
    evidence,
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

/** Returns the group with whoever else is new at the destinations that are the campaign's own. */
export function expand(group: Group, tracks: readonly Track[], rowsFromDay: number): Group {
  const volume = new Map<string, number>();
  for (const track of tracks) {
    let bytes = 0;
    for (const [day, sent] of track.bytes) if (day >= group.window.from) bytes += sent;
    volume.set(track.network, (volume.get(track.network) ?? 0) + bytes);
  }
  const own = new Set(
    groupBytes([...group.evidence.values()], (track) => track.network)
      .filter(([network, bytes]) => bytes >= OWN_DESTINATION * (volume.get(network) ?? 0))
      .map(([network]) => network),
  );
  const evidence = new Map(group.evidence);
  for (const track of tracks) {
    if (evidence.has(track.key) || !own.has(track.network)) continue;
    const excess = excessOf(track, group.window, rowsFromDay);
    if (excess?.novel) evidence.set(track.key, excess);
  }
  return { ...group, evidence };
}
