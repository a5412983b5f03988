import { peopleOf, type Seen, seenOf } from '../accounting/attribution/people.ts';
import type { PairRow } from '../accounting/pair-history.ts';
import { COUNTER_LOOK_BACK_DAYS, storageReads } from '../accounting/reads.ts';
import { formatAddress } from '../records/address.ts';
import { formatMicros } from '../records/time.ts';
import type { ExplainAnswer } from './answers/explain.ts';
import type { Reading } from './reading.ts';

const PEOPLE = 20;
const PAIRS = 1_000;
const SEEN_EACH = 3;
const JOB_DAYS = 30;
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
  const read = await readOf(reading, new Set(names), fromDay, toDay);
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
    bytesRead: read.get(person.principal) ?? null,
    seen: seen.filter(({ principal }) => principal === person.principal).map(seenAnswer),
  }));
}

/** Returns what storage logs say that some principals read in the period; principals without reads are missing. */
async function readOf(
  { db, factFiles }: Reading,
  names: ReadonlySet<string>,
  fromDay: number,
  toDay: number,
): Promise<Map<string, Person['bytesRead']>> {
  const access = factFiles('access', fromDay - COUNTER_LOOK_BACK_DAYS, toDay);
  if (access.length === 0) return new Map();
  const files = { access, job: factFiles('job', fromDay - JOB_DAYS, toDay) };
  const sums = new Map<string, { low: bigint; estimate: bigint; high: bigint }>();
  for (const { principal, bytesRead } of await storageReads(db, files, { fromDay, toDay })) {
    if (!names.has(principal)) continue;
    const known = sums.get(principal) ?? { low: 0n, estimate: 0n, high: 0n };
    sums.set(principal, {
      low: known.low + bytesRead.low,
      estimate: known.estimate + bytesRead.estimate,
      high: known.high + bytesRead.high,
    });
  }
  return new Map(
    [...sums].map(([name, { low, estimate, high }]) => [
      name,
      { low: String(low), estimate: String(estimate), high: String(high) },
    ]),
  );
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
