import { peopleOf, type Seen, seenOf } from '../accounting/attribution/people.ts';
import type { PairRow } from '../accounting/pair-history.ts';
import { formatAddress } from '../records/address.ts';
import { formatMicros } from '../records/time.ts';
import type { ExplainAnswer } from './answers/explain.ts';
import type { Reading } from './reading.ts';
import { type PrincipalReads, readsIn } from './reads-in.ts';

const PEOPLE = 20;
const PAIRS = 1_000;
const SEEN_EACH = 3;
const SHOWN_CHARS = 60;

type Person = ExplainAnswer['principals'][number];
/** One day of a pair, as far as it matters here. */
type PairDay = Pick<PairRow, 'day' | 'host' | 'network' | 'bytesOut'>;

/**
 * Returns who could have opened what the subject's pairs sent, the largest first: how sure that is and on what basis, from
 * which sessions, leases and jobs of the period, and what storage says they had read. Empty where nobody is known.
 */
export async function principalsOf(reading: Reading, rows: readonly PairDay[]): Promise<Person[]> {
  const { db, builtFiles, factFiles } = reading;
  const days = rows.map(({ day }) => day);
  if (days.length === 0) return [];
  const fromDay = days.reduce((a, b) => Math.min(a, b));
  const toDay = days.reduce((a, b) => Math.max(a, b));
  const files = { cells: builtFiles('cell', fromDay, toDay), sharers: builtFiles('sharer', fromDay, toDay) };
  const all = await peopleOf(db, files, heaviestPairs(rows), { fromDay, toDay });
  if (all.every(({ principal }) => principal === 'unknown')) return [];
  const people = all.slice(0, PEOPLE);
  const names = people.map(({ principal }) => principal).filter((name) => name !== 'unknown');
  const seen = await seenOf(
    db,
    {
      session: factFiles('session', fromDay, toDay),
      lease: factFiles('lease', fromDay, toDay),
      job: factFiles('job', fromDay, toDay),
    },
    names,
    { fromDay, toDay },
    SEEN_EACH,
  );
  const read = await readsIn(reading, fromDay, toDay);
  return people.map((person) => ({
    principal: person.principal,
    bytesOut: {
      low: String(person.bytesOutLow),
      estimate: String(person.bytesOut),
      high: String(person.bytesOutHigh),
    },
    bases: person.bases,
    ...(person.sharedLeast === null || person.sharedMost === null
      ? {}
      : { oneOf: { least: person.sharedLeast, most: person.sharedMost } }),
    bytesRead: bytesAnswer(person.principal === 'unknown' ? undefined : read.get(person.principal)),
    seen: seen.filter(({ principal }) => principal === person.principal).map(seenAnswer),
  }));
}

function bytesAnswer(read: PrincipalReads | undefined): Person['bytesRead'] {
  return read ? { low: String(read.low), estimate: String(read.estimate), high: String(read.high) } : null;
}

function heaviestPairs(rows: readonly PairDay[]): { host: string; network: string }[] {
  const bytes = new Map<string, { host: string; network: string; bytes: number }>();
  for (const { host, network, bytesOut } of rows) {
    const key = JSON.stringify([host, network]);
    bytes.set(key, { host, network, bytes: (bytes.get(key)?.bytes ?? 0) + bytesOut });
  }
  return [...bytes.values()].sort((a, b) => b.bytes - a.bytes || (a.host < b.host ? -1 : 1)).slice(0, PAIRS);
}

function seenAnswer({ what, fromHi, fromLo, lentHi, lentLo, host, startedAt }: Seen): Person['seen'][number] {
  const address = (hi: bigint | null, lo: bigint | null) =>
    lo === null ? null : formatAddress({ hi: hi ?? 0n, lo });
  return {
    what,
    from: address(fromHi, fromLo),
    address: address(lentHi, lentLo),
    host: host !== null && host.length > SHOWN_CHARS ? `${host.slice(0, SHOWN_CHARS)}…` : host,
    startedAt: formatMicros(startedAt),
  };
}
