import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AddressObservation } from '../facility/guess.ts';
import { type Database, openDatabase } from '../ledger/duckdb/database.ts';
import { sampleFlows } from '../ledger/duckdb/sample-flows.ts';
import { formatAddress, parseAddress } from '../records/address.ts';
import { isFormatLayout } from '../sources/format.ts';
import { findInputs, type InputFile } from '../sources/inputs.ts';
import type { Layout } from '../sources/layout.ts';
import { stageInputs } from '../sources/stage.ts';
import type { Progress } from './progress.ts';

/** What a bounded look into the logs saw. */
export interface Sample {
  readonly observations: readonly AddressObservation[];
  readonly connections: number;
  readonly filesFound: number;
  readonly filesRead: number;
}

/** Enough to tell networks apart; more only takes longer. */
const CONNECTIONS_MAX = 200_000;
/** So many files, spread over all, are looked into first: one sensor or day alone would mislead. */
const FILES_FIRST = 64;
/** A look into logs without connections ends after so many decompressed bytes. */
const BYTES_MAX = 2_000_000_000;
const CHUNK_BYTES = 8_000_000;

const CONNECTION_LOGS = new Set(['conn', 'open_conn', 'conn_long']);
const ORIG_HOST = ['id.orig_h', 'id_orig_h'];
const RESP_HOST = ['id.resp_h', 'id_resp_h'];

interface Seen {
  readonly peers: Set<string>;
  asOriginator: number;
  asResponder: number;
  bytes: number;
  local: number;
  remote: number;
}

/** Returns a field of a line by any of its names. */
type FieldOf = (names: readonly string[]) => unknown;

/** Looks at connections of flow logs, at most 200,000 across the files, through the same reading as an import. */
export async function sampleLogs(paths: readonly string[], cwd: string, progress: Progress): Promise<Sample> {
  const { inputs } = await findInputs(paths, cwd);
  const workDir = await mkdtemp(join(tmpdir(), 'weir-init-'));
  const seen = new Map<string, Seen>();
  let connections = 0;
  let bytes = 0;
  const read = new Set<string>();
  const engine = openLazily(workDir);
  try {
    const ordered = spread(inputs);
    for await (const step of stageInputs(ordered, {
      workDir,
      chunkBytes: CHUNK_BYTES,
      sensorOf: () => 'sample',
      mappingOf: () => undefined,
      headLengths: [],
      acceptsSimulated: true,
      known: () => [],
    })) {
      if (step.kind !== 'chunk') continue;
      bytes += step.bytes;
      for (const { input } of step.segments) read.add(ordered[input]?.path ?? '');
      const most = CONNECTIONS_MAX - connections;
      connections +=
        isFormatLayout(step.layout) && step.layout.source !== 'zeek'
          ? await lookThroughEngine(await engine.open(), step.path, step.layout, most, seen)
          : await lookAt(step.path, step.layout, most, seen);
      await step.release();
      progress(`looked at ${connections} connections`);
      if (connections >= CONNECTIONS_MAX || bytes > BYTES_MAX) break;
    }
  } finally {
    engine.close();
    await rm(workDir, { recursive: true, force: true });
  }
  return { observations: observationsOf(seen), connections, filesFound: inputs.length, filesRead: read.size };
}

/** Returns the inputs, those first that lie evenly among all. */
function spread(inputs: readonly InputFile[]): InputFile[] {
  const step = Math.max(1, inputs.length / FILES_FIRST);
  const first = new Set<number>();
  for (let at = 0; Math.floor(at) < inputs.length; at += step) first.add(Math.floor(at));
  return [
    ...inputs.filter((_, index) => first.has(index)),
    ...inputs.filter((_, index) => !first.has(index)),
  ];
}

/** Returns the engine that reads other logs than Zeek's, opened when the first of them turns up. */
function openLazily(workDir: string) {
  let opened: Database | undefined;
  return {
    open: async () => {
      opened ??= await openDatabase({ root: workDir, temporary: join(workDir, 'engine') });
      return opened;
    },
    close: () => opened?.close(),
  };
}

async function lookThroughEngine(
  db: Database,
  path: string,
  layout: Layout,
  most: number,
  seen: Map<string, Seen>,
): Promise<number> {
  const flows = await sampleFlows(db, path, layout, most);
  for (const { orig, resp, bytes } of flows) {
    note(formatAddress(orig), formatAddress(resp), bytes, [undefined, undefined], seen);
  }
  return flows.length;
}

/** Counts the connections of a chunk's lines into `seen`, at most `most`; returns how many. */
async function lookAt(path: string, layout: Layout, most: number, seen: Map<string, Seen>): Promise<number> {
  const fieldsOf = lineReader(layout);
  if (!fieldsOf) return 0;
  let connections = 0;
  const stream = createReadStream(path, 'utf8');
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    const field = fieldsOf(line);
    if (!field || !count(field, seen)) continue;
    connections += 1;
    if (connections >= most) break;
  }
  lines.close();
  stream.destroy();
  return connections;
}

/** Returns how a line of a layout gives its fields; undefined for logs that are none of connections. */
function lineReader(layout: Layout): ((line: string) => FieldOf | undefined) | undefined {
  if (layout.source === 'zeek' && layout.encoding === 'ndjson') return jsonFields;
  if (layout.encoding !== 'tsv' || !CONNECTION_LOGS.has(layout.stream)) return undefined;
  const { fields, separator } = layout;
  return (line) => {
    const values = line.split(separator);
    return (names) => values[fields.findIndex((each) => names.includes(each))];
  };
}

/** One file may hold every log: a connection is what says so, or has fields that only connections have. */
function jsonFields(line: string): FieldOf | undefined {
  const record = recordOf(line);
  if (!record) return undefined;
  const name = ['_path', '@stream', '_stream', 'stream', '_log']
    .map((key) => record[key])
    .find((value) => typeof value === 'string' && value !== '');
  const isConnection =
    name === undefined
      ? ['conn_state', 'orig_ip_bytes', 'missed_bytes', 'history'].some((key) => record[key] !== undefined)
      : CONNECTION_LOGS.has(String(name).replaceAll('-', '_'));
  return isConnection
    ? (names) => names.map((each) => record[each]).find((value) => value !== undefined)
    : undefined;
}

/** Returns the JSON object that a line is; undefined where it is broken or, like `null`, another value. */
function recordOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function count(field: FieldOf, seen: Map<string, Seen>): boolean {
  const orig = field(ORIG_HOST);
  const resp = field(RESP_HOST);
  if (typeof orig !== 'string' || typeof resp !== 'string') return false;
  const bytes = bytesOf(field(['orig_bytes'])) + bytesOf(field(['resp_bytes']));
  note(orig, resp, bytes, [field(['local_orig']), field(['local_resp'])], seen);
  return true;
}

/** Counts a connection for both its ends; `flags` are what the sensor called each of them. */
function note(
  orig: string,
  resp: string,
  bytes: number,
  flags: readonly [unknown, unknown],
  seen: Map<string, Seen>,
): void {
  for (const [own, peer, flag] of [
    [orig, resp, flags[0]],
    [resp, orig, flags[1]],
  ] as const) {
    const known = seen.get(own) ?? {
      peers: new Set(),
      asOriginator: 0,
      asResponder: 0,
      bytes: 0,
      local: 0,
      remote: 0,
    };
    seen.set(own, known);
    known.peers.add(peer);
    known.bytes += bytes;
    if (flag === true || flag === 'T') known.local += 1;
    if (flag === false || flag === 'F') known.remote += 1;
  }
  (seen.get(orig) as Seen).asOriginator += 1;
  (seen.get(resp) as Seen).asResponder += 1;
}

function bytesOf(value: unknown): number {
  const bytes = typeof value === 'number' || typeof value === 'string' ? Number(value) : 0;
  return Number.isFinite(bytes) && bytes > 0 ? bytes : 0;
}

function observationsOf(seen: ReadonlyMap<string, Seen>): AddressObservation[] {
  return [...seen].flatMap(([text, { peers, asOriginator, asResponder, bytes, local, remote }]) => {
    const address = parseAddress(text);
    if (!address) return [];
    const votes = local + remote > 0 ? { localFlags: { local, remote } } : {};
    return [{ address, peers: peers.size, asOriginator, asResponder, bytes, ...votes }];
  });
}
