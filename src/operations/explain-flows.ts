import { saidNames } from '../accounting/handshake-query.ts';
import { keysOf } from '../accounting/pair-history.ts';
import { clientsOf } from '../accounting/relays/clients.ts';
import { hiddenEnds, relayKeys } from '../accounting/relays/hidden-ends.ts';
import { hostAliases, hostNames } from '../facility/zones.ts';
import { type FoundFlow, findFlows, traceRows } from '../ledger/duckdb/trace.ts';
import { formatAddress, formatHost, hostKey } from '../records/address.ts';
import { formatMicros, MICROS_PER_DAY } from '../records/time.ts';
import type { ExplainAnswer } from './answers/explain.ts';
import type { Reading } from './reading.ts';

type Pair = ExplainAnswer['pairs'][number];

/** Returns the heaviest connections between the hosts and destinations of some pairs, with the lines they stand on. */
export async function heaviestFlows(
  reading: Reading,
  pairs: readonly Pair[],
  fromDay: number,
  toDay: number,
  limit: number,
): Promise<ExplainAnswer['flows']> {
  const { db, snapshot, ledgerDir, facility } = reading;
  const hosts = new Set(await keysOf(db, 'host', [...new Set(pairs.map(({ host }) => host))]));
  const networkKeys = await keysOf(db, 'network', [...new Set(pairs.map(({ destination }) => destination))]);
  if (hosts.size === 0 || networkKeys.length === 0) return [];
  // A named host is one key in cells and several addresses in flows.
  const aliases = [...hostAliases(facility)].filter(([, host]) => hosts.has(host)).map(([alias]) => alias);
  const scope = { fromMicros: fromDay * MICROS_PER_DAY, toMicros: (toDay + 1) * MICROS_PER_DAY, networkKeys };
  const files = reading.factFiles('flow', fromDay, toDay);
  const own = await findFlows(db, files, { ...scope, hostKeys: [...new Set([...hosts, ...aliases])], limit });
  const hidden = await hiddenFlows(reading, scope, fromDay, toDay, new Set([...hosts, ...aliases]), own);
  const known = new Map(hidden.map((each) => [each.flow, each]));
  const found = [...new Set([...own, ...known.keys()])]
    .sort((a, b) => b.bytesOut - a.bytesOut)
    .slice(0, limit);
  const lines = await traceRows(db, snapshot, ledgerDir, found);
  const uids = found.flatMap(({ uid }) => uid ?? []);
  const names = await saidNames(db, reading.factFiles('handshake', fromDay, toDay), uids);
  return found.map((flow, index) => {
    const said = names.get(`${flow.sensor}|${flow.uid}`);
    return {
      startedAt: formatMicros(flow.startedAt),
      from: endText(flow.orig),
      to: endText(flow.resp),
      ...known.get(flow)?.told,
      service: flow.service ?? flow.proto,
      bytesOut: String(flow.bytesOut),
      uid: flow.uid,
      communityId: flow.communityId ?? null,
      serverName: said?.serverName ?? null,
      clientFingerprint: said?.clientFingerprint ?? null,
      file: lines[index]?.input ?? flow.file,
      line: lines[index]?.line ?? null,
    };
  });
}

/** Connections of relays that are looked through, the heaviest first. */
const MOST_HIDDEN = 500;
/** Clients of one connection that are named. */
const CLIENTS = 5;

/** A connection of a relay, with what its logs say of whose it was. */
interface Hidden {
  readonly flow: FoundFlow;
  readonly told: Pick<ExplainAnswer['flows'][number], 'behind' | 'clients' | 'clientCount'>;
}

/**
 * Returns connections of relays to some networks that were those of some hosts, by the logs of NAT and proxies; and those
 * of `own` that a relay made for others.
 */
async function hiddenFlows(
  reading: Reading,
  scope: { fromMicros: number; toMicros: number; networkKeys: readonly bigint[] },
  fromDay: number,
  toDay: number,
  hosts: ReadonlySet<bigint>,
  own: readonly FoundFlow[],
): Promise<Hidden[]> {
  const { db, facility, factFiles } = reading;
  const hostKeys = relayKeys(facility);
  if (hostKeys.length === 0) return [];
  const around = { fromDay: fromDay - 1, toDay: toDay + 1 };
  const of = (family: string) => factFiles(family, around.fromDay, around.toDay);
  const [translation, transfer] = [of('translation'), of('transfer')];
  if (translation.length === 0 && transfer.length === 0) return [];
  const flowFiles = factFiles('flow', fromDay, toDay);
  const relayed = await findFlows(db, flowFiles, { ...scope, hostKeys, limit: MOST_HIDDEN });
  const places = new Set(relayed.map(placeOf));
  const flows = [...relayed, ...own.filter((flow) => !places.has(placeOf(flow)))];
  const ends = await hiddenEnds(db, flows, translation, facility, toDay);
  const files = { flow: of('flow'), long: of('long'), translation, identity: () => transfer };
  const clients = await clientsOf(db, flows, files, facility, around);
  const names = hostNames(facility);
  const ownPlaces = new Map(own.map((flow) => [placeOf(flow), flow]));
  return flows.flatMap((flow, index): Hidden[] => {
    const end = [ends[index]?.orig, ends[index]?.resp].find((each) => each && hosts.has(hostKey(each)));
    const all = clients[index] ?? [];
    const client = all.find((each) => each.hostKey !== null && hosts.has(each.hostKey))?.hostKey ?? undefined;
    const ofOwn = ownPlaces.get(placeOf(flow));
    if (!end && client === undefined && !(ofOwn && all.length > 0)) return [];
    const hostText = (key: bigint) => names.get(key) ?? formatHost(key);
    const behind = end ? endText(end) : client === undefined ? undefined : hostText(client);
    const named = all.slice(0, CLIENTS).map((each) => ({
      host: each.hostKey === null ? null : hostText(each.hostKey),
      principal: each.principal,
    }));
    const told = {
      ...(behind === undefined ? {} : { behind }),
      ...(all.length === 0 ? {} : { clients: named, clientCount: all.length }),
    };
    return [{ flow: ofOwn ?? flow, told }];
  });
}

function placeOf({ file, row }: FoundFlow): string {
  return `${file}:${row}`;
}

function endText({ hi, lo, port }: FoundFlow['orig']): string {
  const address = formatAddress({ hi, lo });
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
