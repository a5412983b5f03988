import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Reader, type Response } from 'maxmind';
import { z } from 'zod';
import { ConfigurationError, InputError } from '../errors.ts';
import {
  type Address,
  formatAddress,
  IPV4_BASE,
  isIpv4,
  parseAddress,
  parseNetwork,
} from '../records/address.ts';
import { addressOfValue, compareValues, VALUE_MAX, valueOfAddress } from './values.ts';

/** An autonomous system; `country` is ISO 3166-1 alpha-2 as the table states it. */
export interface AsEntry {
  readonly asn: number;
  readonly name: string;
  readonly country: string | undefined;
}

/** Address ranges and the autonomous systems that announce them, as the operator's file states them. */
export interface AsTable {
  /** Returns the system of an address, undefined where the table has a hole. */
  lookup(address: Address): AsEntry | undefined;
  /** Returns the system that covers most of the /24 or /48 of a network key, ties by number. */
  asOfNetworkKey(key: bigint): AsEntry | undefined;
}

/** A run of addresses, as 128-bit values, that one entry (or none) covers. */
interface Run {
  readonly last: bigint;
  readonly entry: AsEntry | undefined;
}

interface Range {
  readonly first: bigint;
  readonly last: bigint;
  readonly entry: AsEntry;
}

const MAX_ASN = 4_294_967_295;
const SHOWN_PROBLEMS = 5;
const HALF = 0xffff_ffff_ffff_ffffn;

/**
 * Returns the AS table of a file: MMDB (GeoLite2-ASN and the like) by its ending, otherwise CSV with the
 * columns `first,last,asn,name[,country]` or `cidr,asn,name[,country]`, header optional, UTF-8.
 * @throws ConfigurationError when the file cannot be opened, InputError naming the lines it cannot read.
 */
export async function loadAsTable(path: string): Promise<AsTable> {
  try {
    return path.toLowerCase().endsWith('.mmdb') ? await mmdbTable(path) : await csvTable(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`asn: cannot read ${path}: ${reason}; correct \`asn\` in weir.yaml`, {
      cause: error,
    });
  }
}

/** Returns the table over ranges in any order; where they overlap, the one that begins later wins. */
export function asTableOf(ranges: readonly Range[]): AsTable {
  const flat = flatten(ranges);
  const firsts = halves(flat.map((range) => range.first));
  const lasts = halves(flat.map((range) => range.last));
  const entries = flat.map((range) => range.entry);
  const runAt = (value: bigint): Run => {
    const hi = value >> 64n;
    const lo = value & HALF;
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const startHi = firsts.hi[middle] ?? 0n;
      if (startHi < hi || (startHi === hi && (firsts.lo[middle] ?? 0n) <= lo)) low = middle + 1;
      else high = middle;
    }
    const last = low === 0 ? -1n : joined(lasts, low - 1);
    if (value <= last) return { last, entry: entries[low - 1] };
    return { last: low < entries.length ? joined(firsts, low) - 1n : VALUE_MAX, entry: undefined };
  };
  return tableOf(runAt);
}

function tableOf(runAt: (value: bigint) => Run): AsTable {
  return {
    lookup: (address) => runAt(valueOfAddress(address)).entry,
    asOfNetworkKey: (key) => widest(runAt, key),
  };
}

function widest(runAt: (value: bigint) => Run, key: bigint): AsEntry | undefined {
  const v4 = key >= IPV4_BASE && key <= IPV4_BASE + 0xffff_ffffn;
  const first = v4 ? key : key << 64n;
  const end = first + (v4 ? 1n << 8n : 1n << 80n);
  const shares = new Map<number, { entry: AsEntry; share: bigint }>();
  for (let at = first; at < end; ) {
    const { last, entry } = runAt(at);
    const next = last + 1n < end ? last + 1n : end;
    if (entry) {
      const held = shares.get(entry.asn);
      shares.set(entry.asn, { entry: held?.entry ?? entry, share: (held?.share ?? 0n) + next - at });
    }
    at = next;
  }
  return [...shares.values()].sort((a, b) => compareValues(b.share, a.share) || a.entry.asn - b.entry.asn)[0]
    ?.entry;
}

/** Returns the ranges sorted and without overlaps. */
function flatten(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) =>
    a.first === b.first ? compareValues(b.last, a.last) : compareValues(a.first, b.first),
  );
  const flat: Range[] = [];
  const open: Range[] = [];
  let at = 0n;
  const emitUpTo = (end: bigint) => {
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const last = top.last < end ? top.last : end;
      if (at <= last) flat.push({ first: at, last, entry: top.entry });
      at = last >= at ? last + 1n : at;
      if (top.last > end) return;
      open.pop();
    }
  };
  for (const range of sorted) {
    emitUpTo(range.first - 1n);
    open.push(range);
    at = range.first;
  }
  emitUpTo(VALUE_MAX);
  return flat;
}

async function csvTable(path: string): Promise<AsTable> {
  const ranges: Range[] = [];
  const entries = new Map<string, AsEntry>();
  const problems: string[] = [];
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() === '' || text.startsWith('#')) continue;
    const range = rangeOf(splitCsv(text.replace(/^\uFEFF/, '')), entries);
    if (range) ranges.push(range);
    else if (line > 1 || /^\uFEFF?"?[\d:]/.test(text)) problems.push(`${path}:${line} ${text.slice(0, 80)}`);
  }
  if (problems.length > 0 || ranges.length === 0) {
    const shown = problems.slice(0, SHOWN_PROBLEMS).join('\n');
    throw new InputError(
      `${path}: ${problems.length} lines are no address range, ${ranges.length} are; ` +
        `write first,last,asn,name[,country] or cidr,asn,name[,country]\n${shown}`.trimEnd(),
    );
  }
  return asTableOf(ranges);
}

/** Returns the range of one CSV row, undefined when it is none. Equal entries are kept once. */
function rangeOf(fields: readonly string[], entries: Map<string, AsEntry>): Range | undefined {
  const [start = '', second = ''] = fields;
  const network = start.includes('/') ? parseNetwork(start) : undefined;
  const first = network?.first ?? parseAddress(start);
  const last = network?.last ?? parseAddress(second);
  const [asText = '', name = '', country = ''] = fields.slice(network ? 1 : 2);
  const asn = asNumber(asText);
  if (!first || !last || asn === undefined || isIpv4(first) !== isIpv4(last)) return undefined;
  const [from, to] = [valueOfAddress(first), valueOfAddress(last)];
  if (from > to) return undefined;
  const key = `${asn}\n${name}\n${country}`;
  const entry = entries.get(key) ?? { asn, name, country: country || undefined };
  entries.set(key, entry);
  return { first: from, last: to, entry };
}

function asNumber(text: string): number | undefined {
  const digits = /^(?:AS)?(\d{1,10})$/i.exec(text.trim())?.[1];
  return digits !== undefined && Number(digits) <= MAX_ASN ? Number(digits) : undefined;
}

/** Returns the fields of one CSV line; quotes as in RFC 4180. */
function splitCsv(line: string): string[] {
  const fields = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...fields].map(([, quoted, plain]) => (quoted?.replaceAll('""', '"') ?? plain ?? '').trim());
}

/** What MMDB files of various makers call the same things. */
const mmdbRecord = z.looseObject({
  autonomous_system_number: z.number().optional(),
  autonomous_system_organization: z.string().optional(),
  asn: z.union([z.number(), z.string()]).optional(),
  name: z.string().optional(),
  as_name: z.string().optional(),
  country_code: z.string().optional(),
  country: z.union([z.string(), z.looseObject({ iso_code: z.string().optional() })]).optional(),
});

async function mmdbTable(path: string): Promise<AsTable> {
  const bytes = await readFile(path);
  const orExplain = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new InputError(`${path}: not a readable MMDB file: ${reason}`, { cause: error });
    }
  };
  const reader = orExplain(() => new Reader<Response>(bytes));
  return tableOf((value) => {
    const address = addressOfValue(value);
    const v4 = isIpv4(address);
    if (!v4 && reader.metadata.ipVersion === 4) return { last: VALUE_MAX, entry: undefined };
    const [record, prefix] = orExplain(() => reader.getWithPrefixLength(formatAddress(address)));
    const hostBits = BigInt(Math.max(0, (v4 ? 32 : 128) - prefix));
    return { last: value | ((1n << hostBits) - 1n), entry: mmdbEntry(record) };
  });
}

function mmdbEntry(record: unknown): AsEntry | undefined {
  const parsed = mmdbRecord.safeParse(record);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  const asn = asNumber(String(data.autonomous_system_number ?? data.asn ?? ''));
  if (asn === undefined) return undefined;
  const country = typeof data.country === 'object' ? data.country.iso_code : data.country;
  return {
    asn,
    name: data.autonomous_system_organization ?? data.as_name ?? data.name ?? '',
    country: data.country_code ?? country,
  };
}

function halves(values: readonly bigint[]): { hi: BigUint64Array; lo: BigUint64Array } {
  const hi = new BigUint64Array(values.length);
  const lo = new BigUint64Array(values.length);
  for (const [index, value] of values.entries()) {
    hi[index] = value >> 64n;
    lo[index] = value & HALF;
  }
  return { hi, lo };
}

function joined(arrays: { hi: BigUint64Array; lo: BigUint64Array }, index: number): bigint {
  return ((arrays.hi[index] ?? 0n) << 64n) | (arrays.lo[index] ?? 0n);
}
