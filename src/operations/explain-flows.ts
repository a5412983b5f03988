import { saidNames } from '../accounting/handshake-query.ts';
import { keysOf } from '../accounting/pair-history.ts';
import { hostAliases } from '../facility/zones.ts';
import { type FoundFlow, findFlows, traceRows } from '../ledger/duckdb/trace.ts';
import { formatAddress } from '../records/address.ts';
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
  const found = await findFlows(db, reading.factFiles('flow', fromDay, toDay), {
    fromMicros: fromDay * MICROS_PER_DAY,
    toMicros: (toDay + 1) * MICROS_PER_DAY,
    hostKeys: [...new Set([...hosts, ...aliases])],
    networkKeys,
    limit,
  });
  const lines = await traceRows(db, snapshot, ledgerDir, found);
  const uids = found.flatMap(({ uid }) => uid ?? []);
  const names = await saidNames(db, reading.factFiles('handshake', fromDay, toDay), uids);
  return found.map((flow, index) => {
    const said = names.get(`${flow.sensor}|${flow.uid}`);
    return {
      startedAt: formatMicros(flow.startedAt),
      from: endText(flow.orig),
      to: endText(flow.resp),
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

function endText({ hi, lo, port }: FoundFlow['orig']): string {
  const address = formatAddress({ hi, lo });
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
