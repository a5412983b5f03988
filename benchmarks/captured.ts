/**
 * The flows of generated logs as a collector keeps them: each direction of each connection is sent as IPFIX (RFC 7011) to
 * Debian's `nfcapd` on loopback, no faster than it reads. Made once, kept in benchmarks/.work.
 */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { WORK } from './generate.ts';

const PORT = 29_995;
const TEMPLATE = 256;
/** IANA information elements with their lengths in bytes: addresses, ports, protocol, octets, packets, first and last. */
const ELEMENTS = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [1, 8],
  [2, 8],
  [152, 8],
  [153, 8],
] as const;
const RECORD_BYTES = ELEMENTS.reduce((sum, [, bytes]) => sum + bytes, 0);
const RECORDS_PER_MESSAGE = 30;
const HEADER_BYTES = 16;
const SET_HEADER_BYTES = 4;
/** Messages between looks at what the collector has not read yet, and the most of it that is let stand. */
const MESSAGES_PER_LOOK = 32;
const MOST_UNREAD_BYTES = 1_000_000;
const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17 };

/**
 * Returns the folder of the collector's files for a folder of plain logs, and how many records they hold.
 * @throws Error when the collector lost some.
 */
export async function capturedFlows(logs: string): Promise<{ folder: string; records: number }> {
  const folder = join(WORK, `captured-${basename(logs)}`);
  if (!existsSync(folder)) {
    mkdirSync(`${folder}.new`, { recursive: true });
    const sent = await send(logs, `${folder}.new`);
    const kept = await countRecords(`${folder}.new`);
    if (kept !== sent)
      throw new Error(`nfcapd kept ${kept} of ${sent} records; remove ${folder}.new and try again`);
    renameSync(`${folder}.new`, folder);
  }
  return { folder, records: await countRecords(folder) };
}

/** Returns the wall time in seconds in which `nfdump` sums the flows of a folder by source and destination. */
export async function secondsOfNfdump(folder: string): Promise<number> {
  const began = performance.now();
  await run('nfdump', ['-R', folder, '-q', '-A', 'srcip,dstip', '-o', 'csv']);
  return (performance.now() - began) / 1000;
}

async function countRecords(folder: string): Promise<number> {
  const summary = await run('nfdump', ['-R', folder, '-I']);
  return Number(/^Flows: (\d+)$/m.exec(summary)?.[1]);
}

/** Runs a program and returns the beginning of what it says; all of it is read. */
async function run(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (text.length < 10_000) text += chunk.toString('latin1');
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return text;
}

async function send(logs: string, folder: string): Promise<number> {
  const args = ['-w', folder, '-b', '127.0.0.1', '-p', String(PORT), '-B', '4000000', '-t', '3600'];
  const collector = spawn('nfcapd', args, { stdio: 'ignore' });
  const ended = once(collector, 'close');
  const socket = createSocket('udp4');
  let messages = 0;
  let sent = 0;
  const sendMessage = async (message: Buffer) => {
    await new Promise((resolve) => socket.send(message, PORT, '127.0.0.1', resolve));
    messages += 1;
    if (messages % MESSAGES_PER_LOOK !== 0) return;
    while ((unreadBytes() ?? 0) > MOST_UNREAD_BYTES) await pause(1);
  };
  try {
    while (unreadBytes() === undefined) await pause(50);
    await sendMessage(messageOf(2, templateRecord(), 0));
    let batch: Buffer[] = [];
    const flush = async () => {
      if (batch.length > 0) await sendMessage(messageOf(TEMPLATE, Buffer.concat(batch), sent));
      sent += batch.length;
      batch = [];
    };
    for (const name of readdirSync(logs).sort()) {
      for await (const line of createInterface({ input: createReadStream(join(logs, name), 'latin1') })) {
        if (line.startsWith('#')) continue;
        batch.push(...recordsOf(line.split('\t')));
        if (batch.length >= RECORDS_PER_MESSAGE) await flush();
      }
    }
    await flush();
    while ((unreadBytes() ?? 0) > 0) await pause(50);
    return sent;
  } finally {
    socket.close();
    collector.kill('SIGTERM');
    await ended;
  }
}

/** Bytes that wait for the collector in its socket; undefined while it does not listen. */
function unreadBytes(): number | undefined {
  const own = PORT.toString(16).toUpperCase().padStart(4, '0');
  for (const line of readFileSync('/proc/net/udp', 'latin1').split('\n')) {
    const [, local, , , queues] = line.trim().split(/\s+/);
    if (local?.endsWith(`:${own}`)) return Number.parseInt(queues?.split(':')[1] ?? '0', 16);
  }
  return undefined;
}

/** A message of one set (RFC 7011, sections 3.1 and 3.3). */
function messageOf(set: number, records: Buffer, sequence: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES + SET_HEADER_BYTES);
  header.writeUInt16BE(10, 0);
  header.writeUInt16BE(header.length + records.length, 2);
  header.writeUInt32BE(Math.floor(Date.now() / 1000), 4);
  header.writeUInt32BE(sequence >>> 0, 8);
  header.writeUInt32BE(1, 12);
  header.writeUInt16BE(set, HEADER_BYTES);
  header.writeUInt16BE(SET_HEADER_BYTES + records.length, HEADER_BYTES + 2);
  return Buffer.concat([header, records]);
}

function templateRecord(): Buffer {
  const record = Buffer.alloc(4 + 4 * ELEMENTS.length);
  record.writeUInt16BE(TEMPLATE, 0);
  record.writeUInt16BE(ELEMENTS.length, 2);
  for (const [index, [element, bytes]] of ELEMENTS.entries()) {
    record.writeUInt16BE(element, 4 + 4 * index);
    record.writeUInt16BE(bytes, 6 + 4 * index);
  }
  return record;
}

/** Both directions of a line of the generated logs. */
function recordsOf(line: readonly string[]): Buffer[] {
  const text = (index: number) => line[index] ?? '';
  const startedAt = Math.floor(Number(text(0)) * 1000);
  const times = [startedAt, startedAt + Math.floor(Number(text(8)) * 1000)] as const;
  const protocol = PROTOCOLS[text(6)] ?? 0;
  const [orig, resp] = [
    [text(2), Number(text(3))],
    [text(4), Number(text(5))],
  ] as const;
  return [
    recordOf(orig, resp, protocol, [Number(text(17)), Number(text(16))], times),
    recordOf(resp, orig, protocol, [Number(text(19)), Number(text(18))], times),
  ];
}

type End = readonly [address: string, port: number];

function recordOf(
  from: End,
  to: End,
  protocol: number,
  [octets, packets]: readonly [number, number],
  [first, last]: readonly [number, number],
): Buffer {
  const record = Buffer.alloc(RECORD_BYTES);
  record.set(from[0].split('.').map(Number), 0);
  record.set(to[0].split('.').map(Number), 4);
  record.writeUInt16BE(from[1], 8);
  record.writeUInt16BE(to[1], 10);
  record.writeUInt8(protocol, 12);
  record.writeBigUInt64BE(BigInt(octets), 13);
  record.writeBigUInt64BE(BigInt(packets), 21);
  record.writeBigUInt64BE(BigInt(first), 29);
  record.writeBigUInt64BE(BigInt(last), 37);
  return record;
}
