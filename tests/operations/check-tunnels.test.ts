import { expect, test } from 'vitest';
import { check } from '../../src/operations/check.ts';
import { testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const VPN_YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8, 192.0.2.0/24], remoteAccess: [10.200.0.0/16] }
paths:
  - { name: border, capacityGbps: 100, sensors: [zeek] }
  - { name: vpn, capacityGbps: 10, gateways: [192.0.2.10], sensors: [zeek] }
sensors: [{ name: zeek, files: "**" }]
`;

const at = '2026-03-01T10:00:00Z';
const tunnel = (got: number) =>
  conn({
    at,
    lasts: 600,
    uid: 'CTunnel',
    proto: 'udp',
    from: '198.51.100.7 50000',
    to: '192.0.2.10 1194',
    sent: 1,
    got,
  });
/** What an inside host sent to a client's lent address, inside the tunnel. */
const content = (got: number) =>
  conn({ at, lasts: 500, uid: 'CContent', from: '10.200.3.4 50000', to: '10.0.0.1 22', sent: 1, got });
/** What a client fetched from the Internet through the facility. */
const transit = (got: number) =>
  conn({ at, lasts: 400, uid: 'CTransit', from: '10.200.3.4 50001', to: '203.0.113.7 443', sent: 1, got });

async function wordsOnTunnels(rows: ReturnType<typeof conn>[]): Promise<string[]> {
  const ledger = testLedger(VPN_YAML);
  await ledger.importFiles({ 'conn.log': zeekTsv(rows) });
  const { answer } = await check({
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
  });
  return answer.findings.filter(({ finding }) => finding.includes('tunnels')).map(({ finding }) => finding);
}

test('a tunnel that carried what was seen of its content, and headers, is no finding', async () => {
  expect(await wordsOnTunnels([tunnel(1_100_000), content(1_000_000)])).toEqual([]);
});

test('what clients fetched through a full tunnel is content too', async () => {
  expect(await wordsOnTunnels([tunnel(3_300_000), content(1_000_000), transit(2_000_000)])).toEqual([]);
  expect(await wordsOnTunnels([tunnel(3_300_000), content(1_000_000)])).toHaveLength(1);
});

test('more content than the tunnels carried says that the sensor of the tunnels misses some', async () => {
  expect(await wordsOnTunnels([tunnel(900_000), content(1_000_000)])).toEqual([
    expect.stringContaining('more content than tunnels'),
  ]);
});

test('far less content than the tunnels carried says how much may have gone uncounted', async () => {
  expect(await wordsOnTunnels([tunnel(5_000_000), content(1_000_000)])).toEqual([
    expect.stringMatching(/content of 4(\.0+)? MB may have gone uncounted/),
  ]);
});
