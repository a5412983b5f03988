import { expect, test } from 'vitest';
import { commitFacts, type FactWords } from '../support/identity-facts.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';
import { type ConnWords, conn, zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8], remoteAccess: [10.200.0.0/16] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
hosts: [{ name: login1, addresses: [10.0.0.1] }]
`;

/** A moment by its hour since the second of March began. */
const at = (hour: number, minute = 0, second = 0) =>
  new Date(Date.UTC(2026, 2, 2, hour, minute, second)).toISOString().replace('.000Z', 'Z');

/** Logins to login1 of ten minutes each, from 01:00 to 06:00: what sshd wrote, and the connections they came by. */
const LOGINS = [1, 2, 3, 4, 5, 6].map((hour) => ({ who: `u${hour}`, hour, port: 5000 + hour }));

function login(who: string, from: string, until: string, port: number): FactWords[] {
  const session = { server: 'login1', uid: `${port}`, principal: who };
  return [
    { ...session, startedAt: from, outer: '203.0.113.7', outerPort: port },
    { ...session, startedAt: until, endedAt: until, event: 'end' },
  ];
}

const arrives = (port: number, from: string, lasts: number, more: Partial<ConnWords> = {}): ConnWords => ({
  at: from,
  from: `203.0.113.7 ${port}`,
  to: '10.0.0.1 22',
  sent: 5_000,
  got: 0,
  lasts,
  ...more,
});
/** What somebody on the host sends, told apart by its size. */
const opens = (from: string, sent: number): ConnWords => ({
  at: from,
  from: '10.0.0.1 4000',
  to: '198.51.100.9 443',
  sent,
  got: 0,
  lasts: 1,
});

async function day(conns: readonly ConnWords[], session: readonly FactWords[]): Promise<TestLedger> {
  const ledger = testLedger(YAML);
  await commitFacts(ledger, { session });
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

const known = (later = 0) =>
  LOGINS.flatMap(({ who, hour, port }) =>
    login(who, at(later + hour, 0, 1), at(later + hour, 10), port + later),
  );
const came = (later = 0) => LOGINS.map(({ hour, port }) => arrives(port + later, at(later + hour), 600));
const [KNOWN, CAME] = [known(), came()];

test('whoever came by a login that the log lacks was present: he shares as unknown with those whom it names', async () => {
  const ledger = await day(
    [
      ...CAME,
      // Two logins without a line, an attempt that sshd cut off, and one from a client of the VPN.
      arrives(6001, at(12), 3_600),
      arrives(6002, at(14), 3_600),
      arrives(6003, at(3, 2), 100),
      arrives(6004, at(4, 2), 3_000, { from: '10.200.0.9 6004' }),
      opens(at(3, 3), 1),
      opens(at(4, 5), 20),
      arrives(7000, at(12, 20), 1_200),
      opens(at(12, 30), 300),
      opens(at(14, 30), 4_000),
      opens(at(16), 50_000),
    ],
    [...KNOWN, ...login('alice', at(12, 20), at(12, 40), 7000)],
  );
  expect(await named(ledger)).toEqual([
    '1: u3 by presence (1)',
    '20: u4 by presence (1)',
    '300: unknown by presence (2)',
    // Nobody known is there.
    '4000: unknown by unknown (0)',
    '50000: unknown by unknown (0)',
  ]);
  const sharers = await ledger.built('sharer');
  expect(
    sharers.map(({ principal, fromWeight, toWeight, total }) => [principal, fromWeight, toWeight, total]),
  ).toEqual([
    ['alice', 0n, 1n, 2n],
    ['unknown', 1n, 2n, 2n],
  ]);
});

test('two whom no log names share as one unknown with twice the weight, also beyond midnight', async () => {
  const ledger = await day(
    [
      ...CAME,
      ...came(24),
      arrives(6001, at(23), 7_200),
      arrives(6002, at(23, 1), 7_200),
      arrives(7000, at(23, 20), 1_200),
      { ...opens(at(23, 30), 300), lasts: 3_600 },
    ],
    [...KNOWN, ...known(24), ...login('alice', at(23, 20), at(23, 40), 7000)],
  );
  const sharers = await ledger.built('sharer');
  const days = [...new Set(sharers.map((row) => Number(row.day)))];
  expect(days).toHaveLength(2);
  // What began before midnight is shared by the same on both sides of it.
  for (const one of days)
    expect(
      sharers
        .filter((row) => Number(row.day) === one)
        .map(({ principal, toWeight, total }) => [principal, toWeight, total]),
    ).toEqual([
      ['alice', 1n, 3n],
      ['unknown', 3n, 3n],
    ]);
  const sums = (await ledger.cells()).filter(({ service }) => service === 'tcp/443');
  expect(sums.reduce((all, { out }) => all + out, 0n)).toBe(300n);
});

test('where the log and the flows do not agree, and where too few logins show it, nobody is missing', async () => {
  const missing = [arrives(6001, at(12), 3_600), arrives(7000, at(12, 20), 1_200), opens(at(12, 30), 300)];
  const alice = login('alice', at(12, 20), at(12, 40), 7000);
  // A balancer changes the ports; or the log has four logins.
  const changed = CAME.map((each, index) => ({ ...each, from: `203.0.113.7 ${9000 + index}` }));
  for (const [conns, sessions] of [
    [changed, KNOWN],
    [CAME.slice(0, 3), KNOWN.slice(0, 6)],
  ] as const)
    expect(await named(await day([...conns, ...missing], [...sessions, ...alice]))).toEqual([
      '300: alice by presence (1)',
    ]);
});

test('the line that comes late names him, and the day is built again', async () => {
  const ledger = await day(
    [...CAME, arrives(6001, at(12), 3_600), arrives(7000, at(12, 20), 1_200), opens(at(12, 30), 300)],
    [...KNOWN, ...login('alice', at(12, 20), at(12, 40), 7000)],
  );
  expect(await named(ledger)).toEqual(['300: unknown by presence (2)']);
  await commitFacts(ledger, { session: login('bob', at(12, 0, 1), at(13), 6001) });
  expect((await ledger.importFiles({})).answer.rebuiltDays).toEqual(['2026-03-02']);
  expect((await ledger.built('sharer')).map(({ principal }) => principal)).toEqual(['alice', 'bob']);
});

test('whose own connection has ended is gone, though no line says so', async () => {
  const [begin] = login('alice', at(12), at(13), 7000);
  const ended = await day(
    [...CAME, arrives(7000, at(12), 1_200), opens(at(12, 10), 1), opens(at(12, 40), 20)],
    [...KNOWN, begin ?? {}],
  );
  expect(await named(ended)).toEqual(['1: alice by presence (1)', '20: unknown by unknown (0)']);
});

test('a connection that an exporter tells of in parts is one login, not a login and others', async () => {
  const ledger = await day(
    [...CAME, arrives(7000, at(12), 1_800), arrives(7000, at(12, 30), 1_800), opens(at(12, 40), 20)],
    [...KNOWN, ...login('alice', at(12), at(13), 7000)],
  );
  expect(await named(ledger)).toEqual(['20: alice by presence (1)']);
});
