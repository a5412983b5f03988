/**
 * Zeek conn logs of one day, the same bytes for the same request, at more than a million lines a second:
 * lines are put together as bytes, from texts made beforehand. Made once, kept in benchmarks/.work.
 */
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** `ordinary`: a heavy head of hosts and destinations; `high`: nearly every flow is a cell of its own. */
export type Cardinality = 'ordinary' | 'high';

/** Folder of everything the benchmarks make. */
export const WORK = join(import.meta.dirname, '.work');

/** The first day of every file: 2026-03-02, in seconds. */
const DAY_SECONDS = 1_772_409_600;
const SECONDS_PER_DAY = 86_400;
const HOSTS = 3_000;
const NETWORKS = 34_000;
const BUFFER_BYTES = 8 * 1024 * 1024;
const LONGEST_LINE_BYTES = 400;
const FIELDS =
  'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents';
const TYPES =
  'time string addr port addr port enum string interval count count string bool bool count string count count count count set[string]';
const SERVICES = ['443\ttcp\tssl', '80\ttcp\thttp', '22\ttcp\tssh', '53\tudp\tdns', '8443\ttcp\t-'];
const LETTERS = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789xy');

/** Returns the path of a day's plain log of so many flows, written unless it is there. */
export async function plainLog(cardinality: Cardinality, flows: number): Promise<string> {
  const path = join(WORK, `${cardinality}-${flows}.log`);
  if (existsSync(path)) return path;
  mkdirSync(WORK, { recursive: true });
  const handle = await open(`${path}.new`, 'w');
  try {
    await writeLog(handle, cardinality, flows);
  } finally {
    await handle.close();
  }
  renameSync(`${path}.new`, path);
  return path;
}

/**
 * Returns a folder of plain logs, one file for each of so many days in a row, of so many flows each. Each is the
 * log of the first day moved by whole days, with other uids and originator ports: the same ends on every day would be
 * settled as if they might be one connection.
 */
export async function daysOfLogs(days: number, flowsPerDay: number): Promise<string> {
  const folder = join(WORK, `days-${days}-${flowsPerDay}`);
  if (existsSync(folder)) return folder;
  const first = await plainLog('ordinary', flowsPerDay);
  mkdirSync(`${folder}.new`, { recursive: true });
  for (let day = 0; day < days; day += 1) {
    await pipeline(
      createReadStream(first, { highWaterMark: BUFFER_BYTES }),
      createLines((line) => movedByDays(line, day)),
      createWriteStream(join(`${folder}.new`, `conn-${String(day).padStart(2, '0')}.log`)),
    );
  }
  renameSync(`${folder}.new`, folder);
  return folder;
}

/** A data line begins with ten digits of seconds, a dot, six digits, a tab and `C`; header lines with `#`. */
function movedByDays(line: string, days: number): string {
  if (line.startsWith('#open')) return `${line}-day${days}`;
  if (line.startsWith('#')) return line;
  const seconds = Number(line.slice(0, 10)) + days * SECONDS_PER_DAY;
  const [uid = '', host = '', port = '', ...rest] = line.slice(18).split('\t');
  const moved = 1024 + ((Number(port) + days * PORT_STEP) % 64_000);
  return [`${seconds}${line.slice(10, 17)}`, `${uid}${days.toString(36)}`, host, moved, ...rest].join('\t');
}

/** Has no divisor in common with the number of ports. */
const PORT_STEP = 547;

/** Returns the path of the first lines of a plain log as JSON lines, under the same names. */
export async function jsonLog(flows: number): Promise<string> {
  const plain = await plainLog('ordinary', flows);
  const path = `${plain}.json`;
  if (existsSync(path)) return path;
  const names = FIELDS.split(' ');
  const types = TYPES.split(' ');
  const toJson = (line: string) => {
    if (line.startsWith('#')) return undefined;
    const values = line.split('\t').map((text, index) => [names[index], jsonValue(text, types[index] ?? '')]);
    return JSON.stringify(Object.fromEntries(values.filter(([, value]) => value !== undefined)));
  };
  await pipeline(createReadStream(plain), createLines(toJson), createWriteStream(`${path}.new`));
  renameSync(`${path}.new`, path);
  return path;
}

function jsonValue(text: string, type: string): unknown {
  if (text === '-') return undefined;
  if (['time', 'interval', 'count', 'port'].includes(type)) return Number(text);
  return type === 'bool' ? text === 'T' : text;
}

/** Returns a folder with the lines of a plain log in so many files of their own, each with the header. */
export async function splitLog(flows: number, files: number): Promise<string> {
  const folder = join(WORK, `split-${flows}-${files}`);
  if (existsSync(folder)) return folder;
  const lines = (await readFile(await plainLog('ordinary', flows), 'latin1')).split('\n').slice(0, -1);
  const header = lines.filter((line) => line.startsWith('#') && !/^#(open|close)/.test(line));
  const data = lines.filter((line) => !line.startsWith('#'));
  mkdirSync(`${folder}.new`, { recursive: true });
  for (let file = 0; file < files; file += 1) {
    const own = data.slice(Math.floor((file * flows) / files), Math.floor(((file + 1) * flows) / files));
    const text = [...header, `#open\t${files}-${file}`, ...own].map((line) => `${line}\n`).join('');
    await writeFile(join(`${folder}.new`, `conn.${file}.log`), text);
  }
  renameSync(`${folder}.new`, folder);
  return folder;
}

/** Returns a stream that maps lines of text; a line mapped to undefined is left out. */
function createLines(map: (line: string) => string | undefined): Transform {
  let rest = '';
  const mapped = (lines: readonly string[]) =>
    lines
      .flatMap((line) => map(line) ?? [])
      .map((line) => `${line}\n`)
      .join('');
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      done(null, mapped(lines));
    },
    flush(done) {
      done(null, rest === '' ? '' : mapped([rest]));
    },
  });
}

/** Returns the path of the same log gzipped. */
export async function gzippedLog(cardinality: Cardinality, flows: number): Promise<string> {
  const plain = await plainLog(cardinality, flows);
  const path = `${plain}.gz`;
  if (existsSync(path)) return path;
  await pipeline(createReadStream(plain), createGzip({ level: 6 }), createWriteStream(`${path}.new`));
  renameSync(`${path}.new`, path);
  return path;
}

async function writeLog(handle: FileHandle, cardinality: Cardinality, flows: number): Promise<void> {
  const random = randomFrom(cardinality === 'ordinary' ? 1 : 2);
  const line = lineWriter(cardinality, flows, random);
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let at = buffer.write(headerOf(cardinality, flows), 'latin1');
  for (let index = 0; index < flows; index += 1) {
    at = line(buffer, at, index);
    if (at < BUFFER_BYTES - LONGEST_LINE_BYTES) continue;
    await handle.writeFile(buffer.subarray(0, at));
    at = 0;
  }
  at += buffer.write('#close\t2026-03-03-00-00-00\n', at, 'latin1');
  await handle.writeFile(buffer.subarray(0, at));
}

/** Every file opens at a time of its own, so that none is taken for the beginning of another. */
function headerOf(cardinality: Cardinality, flows: number): string {
  const opened = `2026-03-02-00-${cardinality === 'ordinary' ? '01' : '02'}-${String(flows % 60).padStart(2, '0')}`;
  const columns = (texts: string) => texts.replaceAll(' ', '\t');
  return `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t${opened}-${flows}\n#fields\t${columns(FIELDS)}\n#types\t${columns(TYPES)}\n`;
}

/** Returns a source of integers in [0, 2^32): xorshift. */
function randomFrom(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Returns what writes the n-th line into a buffer and returns where the next one begins. */
function lineWriter(cardinality: Cardinality, flows: number, random: () => number) {
  const hosts = texts(HOSTS, (index) => `10.${20 + (index >> 8)}.${index & 255}.${7 + (index % 200)}`);
  const networks = texts(
    NETWORKS,
    (index) => `${60 + (index >> 14)}.${(index >> 6) & 255}.${(index & 63) * 4}.`,
  );
  const services = SERVICES.map((text) => Buffer.from(text, 'latin1'));
  const rest = texts(4, (index) => `\tSF\tT\tF\t0\t${['ShADadFf', 'ShADdaFf', 'Dd', 'ShADadfFr'][index]}\t`);
  // A power of a uniform number has a heavy head; these make three cells of ten ordinary flows (of five million).
  const [hostSkew, networkSkew] = cardinality === 'ordinary' ? [12, 24] : [1, 1];
  const pick = (count: number, skew: number) => Math.floor(count * (random() / 2 ** 32) ** skew);
  const microsPerFlow = 86_400e6 / flows;

  return (out: Buffer, start: number, index: number): number => {
    const micros = Math.floor(index * microsPerFlow);
    const [sent, received, port] = [sizeOf(random()), sizeOf(random()), 1024 + (random() & 0x7fff)];
    const durationMicros =
      index % 2_000 === 0 ? 3_700_000_000 + (random() % 6e9) : random() >>> (5 + (random() & 15));
    const packets = [2 + Math.ceil(sent / 1400), 2 + Math.ceil(received / 1400)] as const;
    let at = fixed(out, start, DAY_SECONDS, micros);
    out[at++] = TAB;
    at = letters(out, at, random(), random(), random());
    out[at++] = TAB;
    at += (hosts[pick(HOSTS, hostSkew)] as Buffer).copy(out, at);
    out[at++] = TAB;
    at = digits(out, at, port);
    out[at++] = TAB;
    at += (networks[pick(NETWORKS, networkSkew)] as Buffer).copy(out, at);
    at = digits(out, at, 1 + (random() % 250));
    out[at++] = TAB;
    at += (services[(random() & 7) % SERVICES.length] as Buffer).copy(out, at);
    out[at++] = TAB;
    at = fixed(out, at, 0, durationMicros);
    out[at++] = TAB;
    at = digits(out, at, sent);
    out[at++] = TAB;
    at = digits(out, at, received);
    at += (rest[random() & 3] as Buffer).copy(out, at);
    at = digits(out, at, packets[0]);
    out[at++] = TAB;
    at = digits(out, at, sent + 40 * packets[0]);
    out[at++] = TAB;
    at = digits(out, at, packets[1]);
    out[at++] = TAB;
    at = digits(out, at, received + 40 * packets[1]);
    out[at++] = TAB;
    out[at++] = DASH;
    out[at++] = NEWLINE;
    return at;
  };
}

const TAB = 9;
const NEWLINE = 10;
const DASH = 45;
const DOT = 46;
const ZERO = 48;

function texts(count: number, of: (index: number) => string): Buffer[] {
  return Array.from({ length: count }, (_, index) => Buffer.from(of(index), 'latin1'));
}

/** A size with a long tail, from 0 to some 60 MB. */
function sizeOf(value: number): number {
  return ((value & 0xffff) >>> (value >>> 28)) << (value >>> 27 === 31 ? 10 : 0);
}

function digits(out: Buffer, start: number, value: number): number {
  let length = 1;
  for (let limit = 10; value >= limit; limit *= 10) length += 1;
  let rest = value;
  for (let at = start + length - 1; at >= start; at -= 1) {
    const shorter = Math.floor(rest / 10);
    out[at] = ZERO + rest - shorter * 10;
    rest = shorter;
  }
  return start + length;
}

/** Seconds and six decimals. */
function fixed(out: Buffer, start: number, seconds: number, micros: number): number {
  const whole = Math.floor(micros / 1e6);
  let at = digits(out, start, seconds + whole);
  out[at] = DOT;
  let rest = micros - whole * 1e6;
  for (let place = 6; place > 0; place -= 1) {
    const shorter = Math.floor(rest / 10);
    out[at + place] = ZERO + rest - shorter * 10;
    rest = shorter;
  }
  at += 7;
  return at;
}

/** A uid: C and 15 letters. */
function letters(out: Buffer, start: number, ...words: readonly number[]): number {
  let at = start;
  out[at++] = 67;
  for (const word of words) {
    for (let shift = 0; shift < 30; shift += 6) out[at++] = LETTERS[(word >>> shift) & 63] as number;
  }
  return at;
}
