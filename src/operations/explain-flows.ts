import { saidNames } from '../accounting/handshake-query.ts';
import { keysOf } from '../accounting/pair-history.ts';
import { type End, hiddenEnds, relayKeys } from '../accounting/relays/hidden-ends.ts';
import { hostAliases } from '../facility/zones.ts';
import { type FoundFlow, findFlows, traceRows } from '../ledger/duckdb/trace.ts';
import { formatAddress, hostKey } from '../records/address.ts';
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
  const hidden = await hiddenFlows(reading, scope, fromDay, toDay, new Set([...hosts, ...aliases]));
  const behind = new Map(hidden.map(({ flow, end }) => [flow, end]));
  const found = [...own, ...behind.keys()].sort((a, b) => b.bytesOut - a.bytesOut).slice(0, limit);
  const lines = await traceRows(db, snapshot, ledgerDir, found);
  const uids = found.flatMap(({ uid }) => uid ?? []);
  const names = await saidNames(db, reading.factFiles('handshake', fromDay, toDay), uids);
  return found.map((flow, index) => {
    const said = names.get(`${flow.sensor}|${flow.uid}`);
    return {
      startedAt: formatMicros(flow.startedAt),
      from: endText(flow.orig),
      to: endText(flow.resp),
      ...(behind.has(flow) ? { behind: endText(behind.get(flow) ?? flow.orig) } : {}),
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

/** Connections looked through for those that a NAT hid, the heaviest first. */
const MOST_HIDDEN = 500;

/** Returns connections of relays to some networks that were those of some hosts, by the logs of NAT. */
async function hiddenFlows(
  { db, facility, factFiles }: Reading,
  scope: { fromMicros: number; toMicros: number; networkKeys: readonly bigint[] },
  fromDay: number,
  toDay: number,
  hosts: ReadonlySet<bigint>,
): Promise<{ flow: FoundFlow; end: End }[]> {
  const hostKeys = relayKeys(facility);
  const told = factFiles('translation', fromDay - 1, toDay + 1);
  if (hostKeys.length === 0 || told.length === 0) return [];
  const flows = await findFlows(db, factFiles('flow', fromDay, toDay), {
    ...scope,
    hostKeys,
    limit: MOST_HIDDEN,
  });
  const ends = await hiddenEnds(db, flows, told, facility, toDay);
  return flows.flatMap((flow, index) => {
    const end = [ends[index]?.orig, ends[index]?.resp].find((each) => each && hosts.has(hostKey(each)));
    return end ? [{ flow, end }] : [];
  });
}

function endText({ hi, lo, port }: FoundFlow['orig']): string {
  const address = formatAddress({ hi, lo });
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
