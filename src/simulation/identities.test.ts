import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDay } from '../records/time.ts';
import { parseCampaigns } from './campaign-file.ts';
import { simulate } from './simulate.ts';

const CAMPAIGNS = parseCampaigns(
  `campaigns:
  - { name: slow, start: 1, days: 2, bytes: 3GB, hosts: 4, principals: 2, destinations: { kind: weeklyHops, count: 2 }, pull: 1, path: vpn }`,
  'test',
);
let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'weir-identities-'));
  const startDay = parseDay('2026-03-01') ?? 0;
  await simulate({ outDir: root, seed: 'who', scale: 0.003, days: 3, startDay, campaigns: CAMPAIGNS });
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function linesBelow(folder: string, wanted: RegExp): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const names = entries
    .filter((one) => one.isFile() && wanted.test(one.name))
    .map((one) => join(one.parentPath, one.name));
  const texts = await Promise.all(
    names.sort().map(async (name) => gunzipSync(await readFile(name)).toString()),
  );
  expect(texts.length).toBeGreaterThan(0);
  return texts.flatMap((text) => text.trimEnd().split('\n'));
}

it('every file of identities carries the mark', async () => {
  for (const log of ['openvpn', 'auth', 'slurm']) {
    const lines = await linesBelow(`identity/${log}`, /gz$/);
    expect(lines[0]).toBe('#weir-simulated seed=who version=1');
  }
});

it('each tunnel at the border is a session of the gateway, begun in the same second from the same port', async () => {
  const conn = await linesBelow('logs/zeek-border', /^conn\./);
  const fields =
    conn
      .find((line) => line.startsWith('#fields'))
      ?.split('\t')
      .slice(1) ?? [];
  const at = (name: string) => fields.indexOf(name);
  const tunnels = conn
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.split('\t'))
    .filter((cells) => cells[at('id.resp_h')] === '192.0.2.10' && cells[at('id.resp_p')] === '1194')
    .map((cells) => {
      const second = new Date(Math.floor(Number(cells[at('ts')])) * 1000)
        .toISOString()
        .slice(0, 19)
        .replace('T', ' ');
      return `${second} ${cells[at('id.orig_h')]}:${cells[at('id.orig_p')]}`;
    });
  const begun = (await linesBelow('identity/openvpn', /gz$/))
    .filter((line) => line.includes('Peer Connection Initiated'))
    .map((line) => line.split(' ').slice(0, 3).join(' '));
  // A tunnel over the sensor's outage has a second record from its end on: the first of an endpoint counts.
  const first = new Map<string, string>();
  for (const tunnel of tunnels.sort()) {
    const endpoint = tunnel.split(' ')[2] ?? '';
    if (!first.has(endpoint)) first.set(endpoint, tunnel);
  }
  expect([...first.values()].sort()).toEqual(begun.sort());
});

it('each SSH connection into a host is a login there, and the thief uses the accounts of the truth', async () => {
  const auth = (await linesBelow('identity/auth', /gz$/)).filter((line) => line.includes('Accepted'));
  const ports = new Set(auth.map((line) => / from (\S+) port (\d+) /.exec(line)?.slice(1).join(' ')));
  const conn = await linesBelow('logs/zeek-border', /^conn\./);
  const fields =
    conn
      .find((line) => line.startsWith('#fields'))
      ?.split('\t')
      .slice(1) ?? [];
  const cell = (line: string, name: string) => line.split('\t')[fields.indexOf(name)] ?? '';
  const logins = conn.filter(
    (line) =>
      !line.startsWith('#') &&
      cell(line, 'service') === 'ssh' &&
      cell(line, 'id.resp_h').startsWith('192.0.2.'),
  );
  expect(logins.length).toBeGreaterThan(50);
  const unknown = logins.filter(
    (line) => !ports.has(`${cell(line, 'id.orig_h')} ${cell(line, 'id.orig_p')}`),
  );
  expect(unknown).toEqual([]);
  const truth = JSON.parse(await readFile(join(root, 'truth.json'), 'utf8'));
  const told = JSON.parse(await readFile(join(root, 'principals.json'), 'utf8'));
  const overVpn = (name: string) =>
    BigInt(told.principals.find((one: { principal: string }) => one.principal === name)?.bytesOut.vpn ?? 0);
  const [campaign] = truth.campaigns;
  const sum = campaign.principals.reduce((all: bigint, name: string) => all + overVpn(name), 0n);
  expect(sum >= BigInt(campaign.bytesOut)).toBe(true);
});
