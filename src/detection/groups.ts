import type { Lead } from './lead.ts';
import { isPooled } from './pulled.ts';
import { type Excess, excessOf, groupBytes, sumBytes, type Track, type Window } from './tracks.ts';

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
    const shares = specific.map(
      (group) => sharedBytes(pooled, group) / Math.max(1, sumBytes([...pooled.evidence.values()])),
    );
    const best = shares.indexOf(Math.max(...shares));
    const group = specific[best];
    if (group && (shares[best] as number) >= POOLED_OVERLAP && atOneTime(pooled, group)) {
      // A pooled lead bears witness to the campaign; its own pairs would bring everybody else's in.
      group.leads.push(...pooled.leads);
    } else lonely.push(pooled);
  }
  return [...specific, ...unite(lonely)];
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
  return sharedBytes(a, b) >= OVERLAP * smaller || hostOverlap(a, b) >= OVERLAP;
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

/** The overlap of two distributions of excess over hosts, 0 to 1; destinations may differ. */
function hostOverlap(a: Group, b: Group): number {
  const share = (group: Group) => {
    const excesses = [...group.evidence.values()];
    const total = sumBytes(excesses);
    return new Map(groupBytes(excesses, (track) => track.host).map(([host, bytes]) => [host, bytes / total]));
  };
  const [x, y] = [share(a), share(b)];
  let common = 0;
  for (const [host, part] of x) common += Math.min(part, y.get(host) ?? 0);
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
