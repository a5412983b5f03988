import { expect, test } from 'vitest';
import { testLedger } from '../support/ledgers.ts';

const YAML = (sensors: string) => `
facility: { name: Test Centre }
networks: { inside: [192.0.2.0/24] }
paths: [{ name: border, capacityGbps: 100, sensors: [one, two] }]
sensors: ${sensors}
`;
const ONE = YAML('[{ name: one, files: "**" }, { name: two, files: "two/**" }]');

/** A record as goflow2 writes it; times in seconds after 10 o'clock. */
function part(start: number, end: number, bytes: number, more: object = {}): string {
  const at = (seconds: number) => `${1772359200 + seconds}000000000`;
  const record = {
    type: 'NETFLOW_V9',
    sampling_rate: 1,
    time_received_ns: '@end',
    time_flow_start_ns: '@start',
    time_flow_end_ns: '@end',
    bytes,
    packets: 1,
    src_addr: '192.0.2.1',
    dst_addr: '198.51.100.7',
    proto: 'UDP',
    src_port: 40001,
    dst_port: 443,
    ...more,
  };
  return `${JSON.stringify(record).replaceAll('"@start"', at(start)).replaceAll('"@end"', at(end))}\n`;
}

const BACK = { src_addr: '198.51.100.7', dst_addr: '192.0.2.1', src_port: 443, dst_port: 40001 };
/** Headers of an IPv4 datagram. */
const HEADERS = 28;

async function outAndIn(files: Readonly<Record<string, string>>, yaml = ONE) {
  const ledger = testLedger(yaml);
  await ledger.importFiles(files);
  const cells = (await ledger.cells()).filter(({ kind }) => kind === 'egress');
  const sum = (of: 'out' | 'in') => cells.reduce((bytes, cell) => bytes + cell[of], 0n);
  return { out: sum('out'), in: sum('in'), hours: cells.map(({ hour, out }) => [hour.slice(11, 13), out]) };
}

test('samples of one instant are added up, alike as they are', async () => {
  const sample = part(5, 5, 1000 + HEADERS, { type: 'SFLOW_5' });
  expect(await outAndIn({ 'a.json': sample.repeat(7) })).toMatchObject({ out: 7000n, in: 0n });
});

test('parts whose times touch, and both directions, are added up', async () => {
  const text = [
    part(0, 60, 1000 + HEADERS),
    part(60, 120, 2000 + HEADERS),
    part(0, 60, 500 + HEADERS, BACK),
    part(60, 120, 700 + HEADERS, BACK),
  ].join('');
  expect(await outAndIn({ 'a.json': text })).toMatchObject({ out: 3000n, in: 1200n });
});

test('a part over the hour is spread, and takes no other part with it', async () => {
  const text = [
    part(3540, 3660, 1200 + HEADERS),
    part(3540, 3550, 40 + HEADERS),
    part(3660, 3660, 5 + HEADERS),
    part(3660, 3660, 5 + HEADERS),
  ].join('');
  const { out, hours } = await outAndIn({ 'a.json': text });
  expect(out).toBe(1250n);
  // A part ends a microsecond before its last packet: 119 whole seconds, 60 of them after the hour.
  expect(hours).toEqual([
    ['10', 645n],
    ['11', 605n],
  ]);
});

test('two sensors that see the same part count it once', async () => {
  const yaml = YAML('[{ name: one, files: "one/**" }, { name: two, files: "two/**" }]');
  const text = part(0, 60, 1000 + HEADERS) + part(100, 160, 2000 + HEADERS);
  expect(await outAndIn({ 'one/a.json': text, 'two/a.json': text }, yaml)).toMatchObject({ out: 3000n });
});
