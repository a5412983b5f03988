import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { formatDay, HOURS_PER_DAY, MICROS_PER_HOUR } from '../records/time.ts';
import { STREAMS, type StreamName, type ZeekType } from './zeek-streams.ts';

const compress = promisify(gzip);
const FIRST_BYTES = 16_384;
const NEWLINE = 10;

/** A value ready to print; undefined is Zeek's unset. Booleans are printed by the encoding. */
export type ZeekValue = string | number | boolean | undefined;

/** A sensor's log folder, written hour by hour. */
export interface ZeekWriter {
  /** Adds a line to the file that is open at `atMicros`; values in the order of the stream's columns. */
  write(stream: StreamName, atMicros: number, values: readonly ZeekValue[]): void;
  /** Writes and forgets all lines of hours before `hour`, which must begin a day; returns files and bytes written. */
  flushBefore(hour: number): Promise<{ files: number; bytes: number }>;
}

/** Lines of one file to be. They are kept as bytes: a day of strings would keep the garbage collector busy. */
interface Bucket {
  readonly stream: StreamName;
  readonly hour: number;
  readonly times: number[];
  /** Where each line begins in `text`, and at last where the next one will. */
  readonly starts: number[];
  text: Buffer;
}

/**
 * Returns a writer of gzipped, rotated Zeek logs below `folder`, all marked as simulated: TSV by a comment in the
 * header, NDJSON by a key in each line. Lines of a file are in the order of their time, ties as written.
 */
export function createZeekWriter(folder: string, encoding: 'tsv' | 'ndjson', seed: string): ZeekWriter {
  const buckets = new Map<string, Bucket>();
  const encode = encoding === 'tsv' ? tsvEncoder() : jsonEncoder();

  return {
    write(stream, atMicros, values) {
      // Zeek writes a line before it rotates: an instant on the boundary belongs to the older file.
      let hour = Math.ceil(atMicros / MICROS_PER_HOUR) - 1;
      if (STREAMS[stream].rotation === 'day') hour -= hour % HOURS_PER_DAY;
      const key = `${stream}/${hour}`;
      let bucket = buckets.get(key);
      if (!bucket) {
        bucket = { stream, hour, times: [], starts: [0], text: Buffer.allocUnsafe(FIRST_BYTES) };
        buckets.set(key, bucket);
      }
      append(bucket, atMicros, encode(stream, values));
    },

    async flushBefore(hour) {
      const ready = [...buckets].filter(([, bucket]) => bucket.hour < hour);
      for (const [key] of ready) buckets.delete(key);
      const days = new Set(ready.map(([, bucket]) => formatDay(Math.floor(bucket.hour / HOURS_PER_DAY))));
      for (const day of days) await mkdir(join(folder, day), { recursive: true });
      const sizes = await Promise.all(ready.map(([, bucket]) => writeBucket(folder, encoding, seed, bucket)));
      return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
    },
  };
}

/** Returns Zeek's text of an instant: seconds and six decimals. */
export function zeekTime(micros: number): string {
  const seconds = Math.floor(micros / 1e6);
  return `${seconds}.${String(1e6 + (micros - seconds * 1e6)).slice(1)}`;
}

/** Adds a line, which must be ASCII, and its newline. */
function append(bucket: Bucket, atMicros: number, line: string): void {
  const start = bucket.starts.at(-1) ?? 0;
  const end = start + line.length + 1;
  if (end > bucket.text.length) {
    const larger = Buffer.allocUnsafe(Math.max(end, 2 * bucket.text.length));
    bucket.text.copy(larger, 0, 0, start);
    bucket.text = larger;
  }
  bucket.text.write(line, start, 'latin1');
  bucket.text[end - 1] = NEWLINE;
  bucket.times.push(atMicros);
  bucket.starts.push(end);
}

/** Returns the lines in the order of their times, ties as written. */
function inOrder({ times, starts, text }: Bucket): Buffer[] {
  const order = times.map((_, index) => index);
  order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  return order.map((index) => text.subarray(starts[index], starts[index + 1]));
}

async function writeBucket(folder: string, encoding: string, seed: string, bucket: Bucket): Promise<number> {
  const hours = STREAMS[bucket.stream].rotation === 'day' ? HOURS_PER_DAY : 1;
  const lines = inOrder(bucket);
  if (encoding === 'tsv') {
    lines.unshift(Buffer.from(header(bucket, seed)));
    lines.push(Buffer.from(`#close\t${headerTime(bucket.hour + hours)}\n`));
  }
  const packed = await compress(Buffer.concat(lines), { level: 1, chunkSize: 65_536 });
  const clock = (hour: number) => `${String(hour % HOURS_PER_DAY).padStart(2, '0')}:00:00`;
  const name = `${bucket.stream}.${clock(bucket.hour)}-${clock(bucket.hour + hours)}.log.gz`;
  await writeFile(join(folder, formatDay(Math.floor(bucket.hour / HOURS_PER_DAY)), name), packed);
  return packed.length;
}

function header({ stream, hour }: Bucket, seed: string): string {
  const columns: readonly (readonly [string, ZeekType])[] = STREAMS[stream].columns;
  return [
    '#separator \\x09',
    `#weir-simulated seed=${seed} version=1`,
    '#set_separator\t,',
    '#empty_field\t(empty)',
    '#unset_field\t-',
    `#path\t${stream}`,
    `#open\t${headerTime(hour)}`,
    ['#fields', ...columns.map(([name]) => name)].join('\t'),
    ['#types', ...columns.map(([, type]) => type)].join('\t'),
    '',
  ].join('\n');
}

function headerTime(hour: number): string {
  const day = formatDay(Math.floor(hour / HOURS_PER_DAY));
  return `${day}-${String(hour % HOURS_PER_DAY).padStart(2, '0')}-00-00`;
}

type Encoder = (stream: StreamName, values: readonly ZeekValue[]) => string;

/** Joining keeps lines flat; adding piece by piece would leave a tree of fragments for each until the day's end. */
function tsvEncoder(): Encoder {
  return (_, values) => values.map(tsvText).join('\t');
}

function tsvText(value: ZeekValue): string | number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  return value ?? '-';
}

function jsonEncoder(): Encoder {
  const keys = new Map<StreamName, readonly (readonly [key: string, quoted: boolean])[]>();
  for (const stream of Object.keys(STREAMS) as StreamName[]) {
    const columns: readonly (readonly [string, ZeekType])[] = STREAMS[stream].columns;
    const isText = (type: ZeekType) => ['string', 'addr', 'enum', 'set[string]'].includes(type);
    keys.set(
      stream,
      columns.map(([name, type]) => [`"${name}":`, isText(type)] as const),
    );
  }
  return (stream, values) => {
    const pairs = (keys.get(stream) ?? []).flatMap(([key, quoted], index) => {
      const value = values[index];
      return value === undefined ? [] : quoted ? [key, JSON.stringify(value), ','] : [key, value, ','];
    });
    return `{${pairs.join('')}"weir_simulated":true}`;
  };
}
