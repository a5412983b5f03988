import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAsTable } from '../facility/asn.ts';
import { parseFacility } from '../facility/load.ts';
import { parseNetwork } from '../records/address.ts';
import { parseDay } from '../records/time.ts';
import { parseCampaigns } from './campaign-file.ts';
import { simulate } from './simulate.ts';
import { readTruth, type TruthDocument } from './truth-file.ts';

const START_DAY = parseDay('2026-03-01') ?? 0;
const CAMPAIGNS = parseCampaigns(
  `campaigns:
  - { name: slow, start: 1, days: 5, bytes: 30GB, hosts: 9, principals: 4, destinations: { kind: weeklyHops, count: 2 }, pull: 0.8, path: vpn }
  - { name: ramp, start: 2026-03-02, days: 4, bytes: 20GB, hosts: 5, principals: 1, destinations: { kind: freshPerStream }, pacing: slowRamp, pull: 0.5, path: border }
  - { name: loud, start: 4, days: 1, bytes: 90GB, hosts: 2, principals: 1, destinations: { kind: sharedCloud, count: 3 }, pacing: bulkLike, pull: 0, path: border }`,
  'test',
);

type Row = Record<string, string | undefined>;
interface LogFile {
  readonly name: string;
  readonly text: string;
  readonly rows: Row[];
}

const folders: string[] = [];

async function run(seed: string, campaigns = CAMPAIGNS) {
  const outDir = await mkdtemp(join(tmpdir(), 'weir-simulate-'));
  folders.push(outDir);
  const summary = await simulate({
    outDir,
    seed,
    scale: 0.003,
    days: 7,
    startDay: START_DAY,
    campaigns,
  });
  return { outDir, summary };
}

/** Digest of all files by name, so that one byte in one file changes it. */
async function digest(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of await allFiles(folder)) hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest('hex');
}

async function allFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths.map((path) => path.slice(folder.length + 1)).sort();
}

/** A small reader of its own: the tests must not trust the code they test. */
async function readLogs(folder: string, stream: string): Promise<LogFile[]> {
  const names = (await allFiles(folder)).filter((name) => name.split('/').at(-1)?.startsWith(`${stream}.`));
  return Promise.all(
    names.map(async (name) => {
      const text = gunzipSync(await readFile(join(folder, name))).toString();
      const lines = text.trimEnd().split('\n');
      if (text.startsWith('{')) return { name, text, rows: lines.map(jsonRow) };
      const fields =
        lines
          .find((line) => line.startsWith('#fields'))
          ?.split('\t')
          .slice(1) ?? [];
      const rows = lines
        .filter((line) => !line.startsWith('#'))
        .map((line): Row => {
          const cells = line.split('\t');
          return Object.fromEntries(fields.map((field, index) => [field, cells[index]]));
        });
      return { name, text, rows };
    }),
  );
}

function jsonRow(line: string): Row {
  const parsed = JSON.parse(line) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, String(value)]));
}

const bytesOf = (text: string | undefined) => (text === undefined || text === '-' ? 0n : BigInt(text));
const secondsOf = (text: string | undefined) => (text === undefined || text === '-' ? 0 : Number(text));
const isPool = (address = '') => address.startsWith('10.200.');
const isInside = (address = '') => /^(192\.0\.2\.|10\.|2001:db8:10:)/.test(address) && !isPool(address);

function meaningOf(row: Row): 'border' | 'vpn' | 'carrier' | 'transit' {
  const [orig = '', resp = ''] = [row['id.orig_h'], row['id.resp_h']];
  if (resp === '192.0.2.10' || orig === '192.0.2.10') return 'carrier';
  if (isPool(orig) || isPool(resp)) return isInside(orig) || isInside(resp) ? 'vpn' : 'transit';
  return 'border';
}

interface Interval {
  readonly from: number;
  readonly to: number;
  readonly bytes: bigint;
}

/** Rules 1 to 4 once more, plainly: outgoing bytes of a connection as intervals between its records. */
function intervalsOf(records: readonly Row[]): Interval[] {
  const first = records[0] ?? {};
  const insideOpened = isInside(first['id.orig_h']) || meaningOf(first) === 'transit';
  const key = insideOpened ? 'orig_bytes' : 'resp_bytes';
  let from = secondsOf(first.ts);
  let sent = 0n;
  return records.map((row) => {
    const to = secondsOf(row.ts) + secondsOf(row.duration);
    const interval = { from, to, bytes: bytesOf(row[key]) - sent };
    from = to;
    sent = bytesOf(row[key]);
    return interval;
  });
}

function addToDays(sums: Map<string, bigint>, kind: string, { from, to, bytes }: Interval): void {
  const add = (day: number, part: bigint) => {
    const key = `${kind} ${new Date(day * 86_400_000).toISOString().slice(0, 10)}`;
    sums.set(key, (sums.get(key) ?? 0n) + part);
  };
  const [firstDay, lastDay] = [Math.floor(from / 86_400), Math.ceil(to / 86_400) - 1];
  if (lastDay <= firstDay) {
    add(firstDay, bytes);
    return;
  }
  expect(Number.isInteger(from) && Number.isInteger(to)).toBe(true);
  const d = BigInt(to - from);
  const flowed = (at: number) => (bytes / d) * BigInt(at - from) + ((bytes % d) * BigInt(at - from)) / d;
  for (let day = firstDay; day <= lastDay; day++) {
    add(day, flowed(Math.min(to, (day + 1) * 86_400)) - flowed(Math.max(from, day * 86_400)));
  }
}

function byUid(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row.uid ?? '', [...(groups.get(row.uid ?? '') ?? []), row]);
  return groups;
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe('simulate', () => {
  let first: Awaited<ReturnType<typeof run>>;
  let truth: TruthDocument;
  let conn: LogFile[];
  let rows: Row[];

  beforeAll(async () => {
    first = await run('one');
    truth = await readTruth(first.summary.truthFile);
    conn = await readLogs(first.outDir, 'conn');
    rows = conn.flatMap((file) => file.rows);
  });

  it('writes the same bytes for the same seed and others for another', async () => {
    const [again, other] = [await run('one'), await run('two')];
    expect(await digest(again.outDir)).toBe(await digest(first.outDir));
    expect(await digest(other.outDir)).not.toBe(await digest(first.outDir));
  });

  it('tells a truth that equals the written records, per day, path and kind, to the byte', async () => {
    const snapshots = byUid((await readLogs(first.outDir, 'open_conn')).flatMap((file) => file.rows));
    const sums = new Map<string, bigint>();
    const seen = new Set<string>();
    let copies = 0;
    for (const row of rows) {
      const tuple = ['ts', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'proto']
        .map((key) => row[key])
        .join(' ');
      if (seen.has(tuple)) copies++;
      else
        for (const interval of intervalsOf([...(snapshots.get(row.uid ?? '') ?? []), row]))
          addToDays(sums, meaningOf(row), interval);
      seen.add(tuple);
    }
    const told = truth.days.flatMap(({ day, paths, carrier, transit }) => [
      [`border ${day}`, paths.border?.bytesOut],
      [`vpn ${day}`, paths.vpn?.bytesOut],
      [`carrier ${day}`, carrier.bytesOut],
      [`transit ${day}`, transit.bytesOut],
    ]);
    for (const [key, bytes] of told) expect(`${key}: ${sums.get(key ?? '') ?? 0n}`).toBe(`${key}: ${bytes}`);
    expect([...sums.keys()].every((key) => told.some(([other]) => other === key))).toBe(true);
    expect([...snapshots.values()].flat().length).toBe(truth.counts.snapshots);
    expect(truth.counts.snapshots).toBeGreaterThan(100);
    expect(copies).toBe(truth.counts.copies);
    expect(copies).toBeGreaterThan(0);
    expect(rows.length).toBe((truth.counts.connections ?? 0) + copies);
  });

  it('plants exactly the bytes asked for', () => {
    expect(
      truth.campaigns.map(
        ({ bytesOut, bytesOutUnrecorded }) => BigInt(bytesOut) + BigInt(bytesOutUnrecorded),
      ),
    ).toEqual(CAMPAIGNS.map(({ bytes }) => BigInt(bytes)));
    for (const { perDay, bytesOut, hosts, destinations } of truth.campaigns) {
      expect(Object.values(perDay).reduce((sum, bytes) => sum + bytesOf(bytes), 0n)).toBe(BigInt(bytesOut));
      expect(hosts.length).toBeGreaterThan(1);
      expect(destinations.asns.length).toBeGreaterThan(0);
    }
  });

  it('lives the same life with and without a theft', async () => {
    const honest = await readTruth((await run('one', [])).summary.truthFile);
    const overBorder = truth.campaigns.filter((campaign) => campaign.path === 'border');
    const without = truth.days.map(({ day, paths }) =>
      String(
        overBorder.reduce((sum, { perDay }) => sum - bytesOf(perDay[day]), BigInt(paths.border.bytesOut)),
      ),
    );
    expect(without).toEqual(honest.days.map(({ paths }) => paths.border.bytesOut));
  });

  it('has content in every second of a tunnel, which is four in a hundred larger', () => {
    const life = (row: Row) => `${secondsOf(row.ts)} ${secondsOf(row.duration)}`;
    const agents = new Set(rows.filter((row) => row['id.resp_p'] === '8514').map(life));
    const tunnels = rows.filter((row) => row['id.resp_h'] === '192.0.2.10' && row.conn_state === 'SF');
    expect(tunnels.length).toBeGreaterThan(20);
    const [outage] = truth.outages;
    const whole = tunnels.filter((row) => {
      const end = (secondsOf(row.ts) + secondsOf(row.duration)) * 1000;
      return end < Date.parse(outage?.from ?? '') || secondsOf(row.ts) * 1000 > Date.parse(outage?.to ?? '');
    });
    expect(whole.filter((row) => !agents.has(life(row)))).toEqual([]);
    const total = (sums: { bytesOut: string }[]) =>
      sums.reduce((sum, { bytesOut }) => sum + Number(bytesOut), 0);
    const ratio =
      total(truth.days.map(({ carrier }) => carrier)) / total(truth.days.map(({ paths }) => paths.vpn));
    expect(ratio).toBeGreaterThan(1);
    expect(ratio).toBeLessThan(1.06);
  });

  it('keeps the rules of Zeek: payload below IP bytes, letters and state agree, one record per file hour', () => {
    for (const { name, rows: lines } of conn) {
      const [, day = '', hour = ''] = /(\d{4}-\d\d-\d\d)\/conn\.(\d\d):/.exec(name) ?? [];
      const opened = Date.parse(`${day}T${hour}:00:00Z`) / 1000;
      const broken = lines.filter((row) => {
        const end = secondsOf(row.ts) + secondsOf(row.duration);
        const late = end < opened || end > opened + 3_600.001;
        const tooMuch =
          bytesOf(row.orig_bytes) > bytesOf(row.orig_ip_bytes) ||
          bytesOf(row.resp_bytes) > bytesOf(row.resp_ip_bytes);
        const mute =
          (bytesOf(row.orig_bytes) > 0n && !row.history?.includes('D')) ||
          (bytesOf(row.resp_bytes) > 0n && !row.history?.includes('d'));
        const attempt = row.conn_state === 'S0' && row.proto === 'tcp';
        return late || tooMuch || mute || (attempt && (row.duration ?? '-') !== '-');
      });
      expect(broken).toEqual([]);
    }
    for (const state of ['SF', 'S0', 'REJ', 'RSTO', 'S1', 'OTH'])
      expect(rows.some((row) => row.conn_state === state)).toBe(true);
  });

  it('marks every file, and closes every TSV file', async () => {
    for (const stream of ['conn', 'ssl', 'ssh', 'open_conn', 'stats', 'capture_loss']) {
      for (const { name, text } of await readLogs(first.outDir, stream)) {
        const lines = text.trimEnd().split('\n');
        if (name.includes('zeek-vpn'))
          expect(lines.every((line) => line.includes('"weir_simulated":true'))).toBe(true);
        else {
          expect(lines[1]).toBe('#weir-simulated seed=one version=1');
          expect(lines.at(-1)).toMatch(/^#close\t\d{4}(-\d\d){5}$/);
        }
      }
    }
  });

  it('uses addresses outside that belong to nobody', () => {
    const nobodys = /^(198\.1[89]\.|198\.51\.100\.|203\.0\.113\.|3fff:[0-9a-f]{1,3}:)/;
    const outside = rows
      .flatMap((row) => [row['id.orig_h'] ?? '', row['id.resp_h'] ?? ''])
      .filter((address) => !isInside(address) && !isPool(address));
    expect(outside.filter((address) => !nobodys.test(address))).toEqual([]);
    expect(outside.some((address) => address.includes(':'))).toBe(true);
  });

  it('is silent while a sensor is out, and joins handshakes to connections by uid', async () => {
    const [outage] = truth.outages;
    const [from, to] = [Date.parse(outage?.from ?? '') / 1000, Date.parse(outage?.to ?? '') / 1000];
    const border = conn.filter((file) => file.name.includes('zeek-border')).flatMap((file) => file.rows);
    expect(
      border.filter((row) => secondsOf(row.ts) < to && secondsOf(row.ts) + secondsOf(row.duration) > from),
    ).toEqual([]);
    expect(border.some((row) => row.conn_state === 'OTH' && secondsOf(row.ts) === to)).toBe(true);
    const uids = new Set(rows.map((row) => row.uid));
    expect(uids.size).toBe(rows.length);
    for (const { rows: lines } of await readLogs(first.outDir, 'ssl'))
      expect(lines.every((row) => uids.has(row.uid))).toBe(true);
  });

  it('describes the centre in a weir.yaml that Weir accepts', async () => {
    const text = await readFile(join(first.outDir, 'weir.yaml'), 'utf8');
    const facility = parseFacility(text, 'weir.yaml', first.outDir);
    expect(facility.simulated).toBe(true);
    expect(facility.paths.map(({ name, kind }) => [name, kind])).toEqual([
      ['border', 'border'],
      ['vpn', 'vpn'],
    ]);
    const systems = await loadAsTable(join(first.outDir, 'as.csv'));
    expect(facility.asnFile).toBe(join(first.outDir, 'as.csv'));
    for (const { path, destinations } of truth.campaigns) {
      const networks = path === 'vpn' ? destinations.tunnelNetworks : destinations.networks;
      const known = networks
        .flatMap((cidr) => parseNetwork(cidr) ?? [])
        .map(({ first }) => systems.lookup(first)?.asn);
      expect([...new Set(known)].sort()).toEqual([...destinations.asns].sort());
    }
  });

  it('refuses options that make no sense', async () => {
    const outDir = first.outDir;
    const base = { outDir, seed: 'x', scale: 0.003, days: 3, startDay: START_DAY, campaigns: [] };
    await expect(simulate({ ...base, seed: 'a\nb' })).rejects.toThrow(/seed/);
    await expect(simulate({ ...base, scale: 0 })).rejects.toThrow(/scale/);
    await expect(simulate({ ...base, campaigns: CAMPAIGNS })).rejects.toThrow(
      /campaign slow: its days do not lie/,
    );
  });
});
