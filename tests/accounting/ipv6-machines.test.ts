import { expect, test } from 'vitest';
import { commitFacts, type FactWords } from '../support/identity-facts.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';
import { type ConnWords, conn, zeekTsv } from '../support/zeek-text.ts';

/** Machines of one /64, a host with a /64 of its own, a pool of IPv6 addresses. */
const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8, "2001:db8:1::/48"], remoteAccess: ["2001:db8:1:200::/64", 10.200.0.0/16] }
paths:
  - { name: border, capacityGbps: 100, sensors: [zeek] }
  - { name: vpn, capacityGbps: 10, gateways: [10.0.0.250], sensors: [zeek] }
hosts:
  - { name: own, addresses: ["2001:db8:1:7::5"] }
  - { name: dual, addresses: [10.0.0.8, "2001:db8:1:8::5"] }
  - { name: cn4, addresses: [10.0.0.14] }
`;
const [CN1, CN2, CN3] = ['2001:db8:1:2::11', '2001:db8:1:2::12', '2001:db8:1:2::13'];

const day = (time: string) => `2026-03-02T${time}Z`;
const leases = [CN1, CN2, CN3].map((address, index) => ({
  address,
  hostName: `cn${index + 1}`,
  startedAt: day('00:00:00'),
}));
const job = (principal: string, hosts: string, more: FactWords = {}): FactWords => ({
  jobId: `${principal}-${hosts}`,
  principal,
  hosts,
  startedAt: day('10:00:00'),
  endedAt: day('12:00:00'),
  ...more,
});
const sends = (from: string, sent: number, more: Partial<ConnWords> = {}): ConnWords => ({
  at: day('10:30:00'),
  from: `${from} 4000`,
  to: '2606:4700::1 443',
  sent,
  got: 0,
  lasts: 1,
  ...more,
});

async function ledgerOf(
  conns: readonly ConnWords[],
  facts: Parameters<typeof commitFacts>[1],
): Promise<TestLedger> {
  const ledger = testLedger(YAML);
  await commitFacts(ledger, facts);
  await ledger.importFiles({
    'conn.log': zeekTsv(conns.map((each, index) => conn({ uid: `C${index}`, ...each }))),
  });
  return ledger;
}

async function named(ledger: TestLedger): Promise<string[]> {
  return (await ledger.cells())
    .filter(({ out }) => out > 0n)
    .map(({ principal, basis, present, out }) => `${out}: ${principal} by ${basis} (${present})`)
    .sort();
}

test('who was at work on one machine of a /64 was not on the others', async () => {
  const ledger = await ledgerOf([sends(CN1, 1), sends(CN2, 20), sends(CN3, 300)], {
    lease: leases,
    job: [job('alice', 'cn1'), job('bob', 'cn2')],
  });
  expect(await named(ledger)).toEqual([
    '1: alice by presence (1)',
    '20: bob by presence (1)',
    '300: unknown by unknown (0)',
  ]);
  // They are one host all the same, in every figure.
  expect(new Set((await ledger.cells()).map(({ host }) => host))).toEqual(new Set(['2001:db8:1:2::/64']));
});

test('a host that is listed by its IPv4 address is on its leased IPv6 address too, and nowhere twice', async () => {
  const own = (address: string, hostName: string): FactWords => ({
    address,
    hostName,
    startedAt: day('00:00:00'),
  });
  const moved = {
    serverName: 'dual',
    peer: '2606:4700::1',
    startedAt: day('10:00:00'),
    endedAt: day('12:00:00'),
  };
  const ledger = await ledgerOf(
    [
      sends(CN3, 1),
      sends('10.0.0.14', 20, { to: '198.51.100.9 443' }),
      // An address of cn4 by DHCP is no other than the one that weir.yaml states.
      sends('10.0.0.99', 300, { to: '198.51.100.9 443' }),
      sends('2001:db8:1:8::5', 4_000),
    ],
    {
      lease: [own(CN3, 'cn4.example.org'), own('10.0.0.99', 'cn4'), own('2001:db8:1:8::9', 'dual')],
      job: [job('alice', 'cn4')],
      transfer: [
        { ...moved, principal: 'alice', bytes: 1_000 },
        { ...moved, principal: 'bob', bytes: 3_000 },
      ],
    },
  );
  expect(await named(ledger)).toEqual([
    '1: alice by presence (1)',
    '20: alice by presence (1)',
    '300: unknown by unknown (0)',
    '4000: unknown by transfer (2)',
  ]);
  expect((await ledger.built('sharer')).map(({ toWeight }) => toWeight)).toEqual([1_000n, 4_000n]);
});

test('a line that comes late builds the days into which connections of its machine last, and no other', async () => {
  const overnight = (from: string, sent: number) => sends(from, sent, { at: day('23:30:00'), lasts: 3_600 });
  const ledger = await ledgerOf([overnight(CN1, 2_000)], { lease: leases });
  const late = { startedAt: day('23:00:00'), endedAt: day('23:45:00') };
  await commitFacts(ledger, { job: [job('bob', 'cn2', late)] });
  expect((await ledger.importFiles({})).answer.rebuiltDays).toEqual(['2026-03-02']);
  await commitFacts(ledger, { job: [job('alice', 'cn1', late)] });
  expect((await ledger.importFiles({})).answer.rebuiltDays).toEqual(['2026-03-02', '2026-03-03']);
  expect(new Set((await named(ledger)).map((text) => text.replace(/^\d+: /, '')))).toEqual(
    new Set(['alice by presence (1)']),
  );
});

test('the /64 of a host that weir.yaml names is that host, whatever address it goes by', async () => {
  const ledger = await ledgerOf(
    [
      sends('2001:db8:1:7:aaaa::1', 1),
      sends('2001:db8:1:8:bbbb::2', 20),
      sends('10.0.0.8', 300, { to: '198.51.100.9 443' }),
    ],
    { job: [job('alice', 'own'), job('bob', 'dual')] },
  );
  expect(await named(ledger)).toEqual([
    '1: alice by presence (1)',
    '20: bob by presence (1)',
    '300: bob by presence (1)',
  ]);
});

test('a login from one machine to another is its own connection, and whoever is on the first only follows', async () => {
  const login = { kind: 'ssh', outerPort: 5_000 };
  const ledger = await ledgerOf([sends(CN2, 1), sends(CN1, 20), sends(CN3, 300)], {
    lease: leases,
    session: [
      { ...login, principal: 'alice', server: 'cn1', outer: '2001:db8:ffff::1', startedAt: day('10:00:00') },
      { ...login, principal: 'carol', server: CN3, outer: '2001:db8:ffff::1', startedAt: day('10:00:00') },
      { ...login, principal: 'root', server: 'cn2', outer: CN1, startedAt: day('10:10:00') },
    ],
  });
  expect(await named(ledger)).toEqual([
    '1: unknown by presence (2)',
    '20: alice by presence (1)',
    '300: carol by presence (1)',
  ]);
  expect((await ledger.built('sharer')).map(({ principal }) => principal)).toEqual(['alice', 'root']);
});

test('clients of a pool in one /64 have each its own bytes, whether the address is their first or their second', async () => {
  const vpn = (principal: string, words: FactWords): FactWords => ({
    kind: 'vpn',
    principal,
    uid: principal,
    startedAt: day('10:00:00'),
    ...words,
  });
  const pulls = (from: string, got: number): ConnWords => sends(from, 0, { to: '2001:db8:1:8::5 22', got });
  const ledger = await ledgerOf(
    [
      pulls('2001:db8:1:200::2', 1),
      pulls('2001:db8:1:200::3', 20),
      pulls('2001:db8:1:200::4', 300),
      pulls('2001:db8:1:200::5', 4_000),
    ],
    {
      session: [
        vpn('alice', { assigned: '10.200.0.2', assigned6: '2001:db8:1:200::2' }),
        vpn('bob', { assigned: '10.200.0.3', assigned6: '2001:db8:1:200::3' }),
        vpn('wireguard-key', { event: 'snapshot', assigned: '2001:db8:1:200::4' }),
      ],
    },
  );
  expect(await named(ledger)).toEqual([
    '1: alice by lease (1)',
    '20: bob by lease (1)',
    '300: wireguard-key by lease (1)',
    '4000: unknown by unknown (0)',
  ]);
});
