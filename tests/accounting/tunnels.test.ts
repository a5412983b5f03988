import { expect, test } from 'vitest';
import { comparable, sumOf, testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const VPN_YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8, 192.0.2.0/24], remoteAccess: [10.200.0.0/16] }
paths:
  - { name: border, capacityGbps: 100, sensors: [zeek] }
  - { name: vpn, capacityGbps: 10, gateways: [192.0.2.10], sensors: [zeek] }
sensors: [{ name: zeek, files: "**" }]
`;

const tunnel = (at: string, lasts: number, sent: number) =>
  conn({
    at,
    lasts,
    uid: `CTunnel${at}`,
    proto: 'udp',
    from: '198.51.100.7 50000',
    to: '192.0.2.10 1194',
    sent: 1,
    got: sent,
  });
const content = (at: string, lasts: number, sent: number) =>
  conn({ at, lasts, uid: `CContent${at}`, from: '10.200.3.4 50000', to: '10.0.0.1 22', sent: 1, got: sent });
const border = (at: string) => conn({ at, lasts: 1, uid: `CBorder${at}`, sent: 5 });

test('rule 3: a tunnel counts only in hours in which none of its content was seen on its path', async () => {
  const ledger = testLedger(VPN_YAML);
  await ledger.importFiles({
    'conn.log': zeekTsv([
      tunnel('2026-03-01T10:00:00Z', 600, 1_100_000),
      content('2026-03-01T10:01:00Z', 500, 1_000_000),
      border('2026-03-01T10:05:00Z'),
      tunnel('2026-03-01T12:00:00Z', 600, 2_200_000),
      border('2026-03-01T12:05:00Z'),
    ]),
  });
  const cells = await ledger.cells();
  expect(
    cells.map(({ hour, kind, path, service, out }) => [hour.slice(11, 13), kind, path, service, out]).sort(),
  ).toEqual([
    ['10', 'carrier', 'vpn', 'udp/1194', 1_100_000n],
    ['10', 'egress', 'border', 'tcp/443', 5n],
    ['10', 'egress', 'vpn', 'tcp/22', 1_000_000n],
    ['12', 'egress', 'border', 'tcp/443', 5n],
    ['12', 'egress', 'vpn', 'tunnel', 2_200_000n],
  ]);
});

const PLAIN = 'facility: { name: T }\nnetworks: { inside: [10.0.0.0/8] }';
const outer = (at: string, lasts: number, sent: number) =>
  conn({
    at,
    lasts,
    uid: 'COuter',
    proto: 'udp',
    from: '10.0.0.1 6000',
    to: '198.51.100.1 6000',
    sent,
    service: 'gre',
  });
const inner = (at: string, lasts: number, sent: number) =>
  conn({
    at,
    lasts,
    uid: `CInner${at}`,
    from: '10.0.0.2 40000',
    to: '203.0.113.7 443',
    sent,
    tunnel_parents: 'COuter,CElse',
  });

test('rule 3: a tunnel whose content names it as parent is a carrier, whoever else is active on the path', async () => {
  for (const others of [[], [border('2026-03-01T10:30:00Z'), border('2026-03-01T11:30:00Z')]]) {
    const ledger = testLedger(PLAIN);
    const rows = [
      outer('2026-03-01T10:00:00Z', 7000, 11_000),
      inner('2026-03-01T10:10:00Z', 600, 10_000),
      ...others,
    ];
    await ledger.importFiles({ 'conn.log': zeekTsv(rows) });
    const cells = await ledger.cells();
    expect(sumOf(cells, ({ kind }) => kind === 'carrier').out).toBe(11_000n);
    expect(sumOf(cells).out).toBe(10_000n + 5n * BigInt(others.length));
  }
});

test('rule 3: a tunnel without content in any record counts', async () => {
  const ledger = testLedger(PLAIN);
  await ledger.importFiles({ 'conn.log': zeekTsv([outer('2026-03-01T10:00:00Z', 7000, 11_000)]) });
  expect(sumOf(await ledger.cells()).out).toBe(11_000n);
});

test('rule 3: days with content carry, days without count, however the days were built', async () => {
  const rows = {
    outer: zeekTsv([outer('2026-03-01T00:00:00Z', 4 * 86_400, 4_000_000)]),
    inner: zeekTsv([inner('2026-03-02T10:00:00Z', 600, 10_000)]),
    other: zeekTsv([border('2026-03-03T10:30:00Z')]),
  };
  const together = testLedger(PLAIN);
  await together.importFiles({ 'a.log': rows.outer, 'b.log': rows.inner, 'c.log': rows.other });
  const apart = testLedger(PLAIN);
  await apart.importFiles({ 'c.log': rows.other });
  await apart.importFiles({ 'a.log': rows.outer });
  await apart.importFiles({ 'b.log': rows.inner });
  const cells = await together.cells();
  expect(comparable(await apart.cells())).toEqual(comparable(cells));
  expect(sumOf(cells, ({ kind }) => kind === 'carrier').out).toBe(1_000_000n);
  expect(sumOf(cells).out).toBe(3_000_000n + 10_000n + 5n);
});
