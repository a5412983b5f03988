import { expect, test } from 'vitest';
import { PLAIN_YAML, type PlainCell, sumOf, testLedger } from '../support/ledgers.ts';
import { type ConnWords, conn, zeekTsv } from '../support/zeek-text.ts';

/** Returns the cells of some connections under a weir.yaml. */
async function cellsOf(words: readonly ConnWords[], yaml = PLAIN_YAML): Promise<PlainCell[]> {
  const ledger = testLedger(yaml);
  await ledger.importFiles({ 'conn.log': zeekTsv(words.map(conn)) });
  return ledger.cells();
}

const AT = '2026-03-01T10:00:00Z';

test('rule 0: payload and IP bytes stand side by side and are never added', async () => {
  const [cell, ...others] = await cellsOf([
    {
      at: AT,
      lasts: 1,
      sent: 1000,
      got: 50,
      orig_pkts: 4,
      orig_ip_bytes: 1160,
      resp_pkts: 3,
      resp_ip_bytes: 170,
    },
  ]);
  expect(others).toEqual([]);
  expect(cell).toMatchObject({ out: 1000n, low: 1000n, high: 1000n, in: 50n, ip: 1160n, flows: 1 });
});

test('rule 0: a record with IP bytes only becomes an interval of payload', async () => {
  const [cell] = await cellsOf([
    { at: AT, lasts: 1, proto: 'udp', to: '198.51.100.7 5000', orig_pkts: 10, orig_ip_bytes: 10_280 },
  ]);
  expect(cell).toMatchObject({ out: 10_000n, low: 10_280n - 1200n, high: 10_000n, ip: 10_280n });
});

test('rule 1: what an outside client pulls from inside is egress, and the initiator is outside', async () => {
  const cells = await cellsOf([
    {
      at: AT,
      lasts: 5,
      from: '198.51.100.7 51000',
      to: '10.0.0.1 22',
      service: 'ssh',
      sent: 300,
      got: 5_000_000,
    },
  ]);
  expect(cells).toHaveLength(1);
  expect(cells[0]).toMatchObject({
    kind: 'egress',
    path: 'border',
    host: '10.0.0.1',
    network: '198.51.100.0/24',
    service: 'ssh',
    initiator: 'outside',
    out: 5_000_000n,
    in: 300n,
  });
});

const PERIMETER_YAML = `
facility: { name: Test Centre }
networks:
  inside: [10.0.0.0/8, 192.0.2.0/24, "2001:db8:10::/48"]
  remoteAccess: [10.200.0.0/16]
  relays: [192.0.2.5]
paths:
  - { name: border, capacityGbps: 100, sensors: [zeek] }
  - { name: vpn, capacityGbps: 10, gateways: [192.0.2.10], sensors: [zeek] }
  - { name: transfer, capacityGbps: 40, hosts: [10.9.9.9], sensors: [zeek] }
hosts: [{ name: dtn, addresses: [10.1.1.1, 10.1.1.2, "2001:db8:10:7::1"] }]
sensors: [{ name: zeek, files: "**" }]
`;

/** Two ends of a connection and what it becomes: kind, path, host, network, initiator, bytes out and in. */
type Pair = readonly [from: string, to: string, ...becomes: unknown[]];

test('rule 2: every pair of zones has its kind, path and ends', async () => {
  const inside = '10.0.0.1 40000';
  const outside = '198.51.100.7 443';
  const pool = '10.200.3.4 50000';
  const gateway = '192.0.2.10 1194';
  const relay = '192.0.2.5 3128';
  const pairs: Pair[] = [
    [inside, outside, 'egress', 'border', '10.0.0.1', '198.51.100.0/24', 'inside', 7000n, 30n],
    [outside, inside, 'egress', 'border', '10.0.0.1', '198.51.100.0/24', 'outside', 30n, 7000n],
    [inside, pool, 'egress', 'vpn', '10.0.0.1', '10.200.3.0/24', 'inside', 7000n, 30n],
    [pool, inside, 'egress', 'vpn', '10.0.0.1', '10.200.3.0/24', 'outside', 30n, 7000n],
    [relay, outside, 'egress', 'border', '192.0.2.5', '198.51.100.0/24', 'inside', 7000n, 30n],
    ['10.9.9.9 2811', outside, 'egress', 'transfer', '10.9.9.9', '198.51.100.0/24', 'inside', 7000n, 30n],
    [pool, outside, 'transit', 'border', '10.200.3.4', '198.51.100.0/24', 'inside', 7000n, 30n],
    [outside, pool, 'transit', 'border', '10.200.3.4', '198.51.100.0/24', 'outside', 30n, 7000n],
    [inside, '10.0.0.2 445', 'internal', 'border', '10.0.0.1', '10.0.0.0/24', 'inside', 7000n, 30n],
    [inside, '224.0.0.251 5353', 'internal', 'border', '10.0.0.1', '224.0.0.0/24', 'inside', 7000n, 30n],
    [
      outside,
      '203.0.113.9 80',
      'unclassified',
      'border',
      '198.51.100.7',
      '203.0.113.0/24',
      'inside',
      7000n,
      30n,
    ],
    [relay, inside, 'internal', 'border', '192.0.2.5', '10.0.0.0/24', 'inside', 7000n, 30n],
    [gateway, inside, 'internal', 'border', '192.0.2.10', '10.0.0.0/24', 'inside', 7000n, 30n],
  ];
  // One connection an hour, so that the hour says which pair a cell belongs to.
  const words = pairs.map(([from, to], index) => ({
    at: hour(index),
    lasts: 1,
    from,
    to,
    sent: 7000,
    got: 30,
  }));
  const cells = await cellsOf(words, PERIMETER_YAML);
  expect(
    cells
      .sort((a, b) => (a.hour < b.hour ? -1 : 1))
      .map(({ kind, path, host, network, initiator, out, in: came }) => [
        kind,
        path,
        host,
        network,
        initiator,
        out,
        came,
      ]),
  ).toEqual(pairs.map(([, , ...becomes]) => becomes));
});

function hour(index: number): string {
  return `2026-03-01T${String(index).padStart(2, '0')}:10:00Z`;
}

test('rule 2: a gateway sends its tunnels as carrier, apart from the content that was seen', async () => {
  const cells = await cellsOf(
    [
      {
        at: AT,
        lasts: 60,
        from: '198.51.100.7 50000',
        to: '192.0.2.10 1194',
        proto: 'udp',
        sent: 400,
        got: 1_100_000,
      },
      { at: AT, lasts: 60, from: '10.200.3.4 50000', to: '10.0.0.1 22', sent: 300, got: 1_000_000 },
    ],
    PERIMETER_YAML,
  );
  expect(cells.map(({ kind, path, host, out }) => [kind, path, host, out]).sort()).toEqual([
    ['carrier', 'vpn', '192.0.2.10', 1_100_000n],
    ['egress', 'vpn', '10.0.0.1', 1_000_000n],
  ]);
});

test('rule 2: principals are unknown where nothing says who it was, behind a relay above all', async () => {
  const cells = await cellsOf([{ at: AT, lasts: 1, from: '192.0.2.5 3128', sent: 10 }], PERIMETER_YAML);
  expect(cells[0]).toMatchObject({ host: '192.0.2.5', principal: 'unknown' });
});

test('rule 2: all addresses of a named host are one host, IPv6 too', async () => {
  const cells = await cellsOf(
    ['10.1.1.1', '10.1.1.2', '2001:db8:10:7:aaaa::1', '2001:db8:10:7::1'].map((host, index) => ({
      at: AT,
      lasts: 1,
      from: `${host} ${40_000 + index}`,
      to: host.includes(':') ? '2001:db8:ffff::1 443' : '198.51.100.7 443',
      sent: 10 ** index,
    })),
    PERIMETER_YAML,
  );
  expect(new Set(cells.map(({ host }) => host))).toEqual(new Set(['10.1.1.1']));
  expect(sumOf(cells)).toEqual({ out: 1111n, in: 0n, flows: 4 });
});

test('rule 2: an IPv6 host is its /64, a destination its /48, whatever privacy address it shows', async () => {
  const cells = await cellsOf([
    { at: AT, lasts: 1, from: '2001:db8:10:1::a 40000', to: '2001:db8:ffff:1::1 443', sent: 1 },
    { at: AT, lasts: 1, from: '2001:db8:10:1:dead:beef:0:1 40001', to: '2001:db8:ffff:2::1 443', sent: 2 },
    { at: AT, lasts: 1, from: '2001:DB8:10:2::1 40002', to: '2001:db8:ffff::9%eth0 443', sent: 4 },
  ]);
  expect(cells.map(({ host, network, out }) => [host, network, out])).toEqual([
    ['2001:db8:10:1::/64', '2001:db8:ffff::/48', 3n],
    ['2001:db8:10:2::/64', '2001:db8:ffff::/48', 4n],
  ]);
});

test('rule 10: IPv4 and its mapped IPv6 forms are one address', async () => {
  const hosts = [
    '10.0.0.1',
    '::ffff:10.0.0.1',
    '::FFFF:10.0.0.1',
    '0:0:0:0:0:ffff:0a00:0001',
    '::ffff:a00:1',
  ];
  const cells = await cellsOf(
    hosts.map((host, index) => ({ at: AT, lasts: 1, from: `${host} ${40_000 + index}`, sent: 10 ** index })),
  );
  expect(cells).toHaveLength(1);
  expect(cells[0]).toMatchObject({ host: '10.0.0.1', kind: 'egress', out: 11_111n, flows: 5 });
});

test('rule 2: networks hold on the days that weir.yaml gives them', async () => {
  const yaml = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8, { cidr: 203.0.113.0/24, from: 2026-03-02, to: 2026-03-03 }] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
sensors: [{ name: zeek, files: "**" }]
`;
  const cells = await cellsOf(
    ['2026-03-01', '2026-03-02', '2026-03-03'].map((day, index) => ({
      at: `${day}T12:00:00Z`,
      lasts: 1,
      from: `203.0.113.9 ${40_000 + index}`,
      sent: 5,
    })),
    yaml,
  );
  expect(cells.map(({ kind }) => kind)).toEqual(['unclassified', 'egress', 'unclassified']);
});

test('a sensor that watches no path counts under none, and its bytes stay visible', async () => {
  const yaml = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 100, sensors: [other] }]
sensors: [{ name: zeek, files: "**" }, { name: other, files: "other/**" }]
`;
  const cells = await cellsOf([{ at: AT, lasts: 1, sent: 9 }], yaml);
  expect(cells[0]).toMatchObject({ kind: 'egress', path: 'unassigned', out: 9n });
});
