import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatMicros } from '../../src/records/time.ts';
import { testLedger } from '../support/ledgers.ts';

const FIXTURES = new URL('fixtures/sessions/', import.meta.url);

function fixture(name: string): string {
  return readFileSync(new URL(name, FIXTURES), 'utf8');
}

const YAML = (settings: string) => `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8, 203.0.113.10], remoteAccess: [10.200.0.0/16] }
paths: [{ name: vpn, capacityGbps: 1, gateways: [203.0.113.10], sensors: [gate] }]
sensors: [{ name: gate, files: "**"${settings} }]
`;
const SHANGHAI = ', timezone: Asia/Shanghai, year: 2026';

/** Returns an IPv4 address, or the halves of another, as text. */
function address(hi: unknown, lo: unknown): string | null {
  if (typeof hi !== 'bigint' || typeof lo !== 'bigint') return null;
  if (hi !== 0n) return `${hi.toString(16)}:${lo.toString(16)}`;
  const value = Number(lo & 0xffffffffn);
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

/** What a session fact says, in the order of its columns and without what is unset. */
function shown(row: Record<string, unknown>): string {
  const time = (name: string) =>
    typeof row[name] === 'bigint' ? formatMicros(Number(row[name])).slice(0, 19) : null;
  const parts = {
    begin: time('startedAt'),
    end: time('endedAt'),
    seen: time('observedAt') === time('startedAt') ? null : time('observedAt'),
    who: row.principal,
    from: address(row.outerHi, row.outerLo),
    port: row.outerPort,
    has: address(row.assignedHi, row.assignedLo),
    has6: address(row.assigned6Hi, row.assigned6Lo),
    in: row.bytesIn,
    out: row.bytesOut,
    server: row.server,
    uid: row.uid,
  };
  const told = Object.entries(parts).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]));
  return [row.kind, row.event, ...told].join(' ');
}

async function sessionsOf(content: string, settings = '') {
  const ledger = testLedger(YAML(settings));
  const { answer } = await ledger.importFiles({ 'gate.log': content });
  const facts = (await ledger.facts('session')).map(shown);
  return { answer, facts };
}

/** Facts in one order: by what they say. */
async function golden(name: string, settings = '') {
  const { answer, facts } = await sessionsOf(fixture(name), settings);
  return {
    facts: [...facts].sort(),
    rejects: answer.rejects.map(({ line, column }) => `${line} ${column}`),
    leftAlone: answer.leftAlone.map(({ what, lines }) => `${what} ${lines}`),
  };
}

const FILES: [string, string][] = [
  ['openssh-auth.log', SHANGHAI],
  ['openvpn.log', SHANGHAI],
  ['openvpn-status-1.txt', SHANGHAI],
  ['openvpn-status-2.txt', ''],
  ['openvpn-status-3.txt', ''],
  ['wireguard.dump', ''],
  ['strongswan-charon.log', SHANGHAI],
  ['strongswan-syslog.log', SHANGHAI],
  ['cisco-asa.log', SHANGHAI],
  ['fortigate-vpn.log', ''],
  ['globalprotect.log', SHANGHAI],
  ['openssh-journal.json', ''],
];
const EXPECTED: Record<string, unknown> = JSON.parse(fixture('expected.json'));

// What is expected was written out by Weir and then read against the fixtures line by line: it guards against change.
test.each(FILES)('%s: every line of a session becomes a fact', async (name, settings) => {
  expect(await golden(name, settings)).toEqual(EXPECTED[name]);
});

test('the three ways in which syslog writes times give the same sessions', async () => {
  const plain = await golden('openssh-auth.log', SHANGHAI);
  expect((await golden('openssh-auth-iso.log')).facts).toEqual(plain.facts);
  expect((await golden('openssh-auth-5424.log')).facts).toEqual(plain.facts);
});

test('what a log does not say of its times is asked for by name, and read once it is stated', async () => {
  const reasonOf = async (name: string, settings: string) =>
    (await sessionsOf(fixture(name), settings)).answer.commits.map(
      ({ status, reason }) => `${status}: ${reason}`,
    );
  expect(await reasonOf('openssh-auth.log', ', timezone: UTC')).toEqual([
    'failed: System log does not say the year of its times; sensor gate: state `year:` in weir.yaml',
  ]);
  expect(await reasonOf('openvpn.log', ', year: 2026')).toEqual([
    'failed: OpenVPN log does not say the time zone of its times; sensor gate: state `timezone:` in weir.yaml',
  ]);
  const dump = fixture('wireguard.dump').replace(/^#.*\n/gm, '');
  const { answer } = await sessionsOf(dump);
  expect(answer.commits.map(({ status }) => status)).toEqual(['failed']);
  expect(answer.commits[0]?.reason).toContain(
    'write a line such as `# 2026-03-01T00:00:00Z` above each snapshot',
  );
});

test('a stranger who calls himself like a login, or like a client, is nobody', async () => {
  const lines = [
    'Mar  1 18:00:00 h sshd[1]: Invalid user Accepted publickey for root from 198.51.100.9 port 22 ssh2 from 203.0.113.5 port 1',
    'Mar  1 18:00:00 h sshd[1]: Failed password for invalid user x from 198.51.100.9 port 22 ssh2 from 203.0.113.5 port 2 ssh2',
    'Mar  1 18:00:00 h sshd[1]: Disconnected from invalid user alice 203.0.113.5 port 3 [preauth]',
    'Mar  1 18:00:00 h sudo: sshd[7]: Accepted password for root from 198.51.100.9 port 22 ssh2',
    "Mar  1 18:00:01 h sshd[2]: Accepted password for o'neil;DROP from 203.0.113.5 port 4 ssh2",
  ];
  const { facts } = await sessionsOf(`${lines.join('\n')}\n`, SHANGHAI);
  expect(facts).toEqual([
    "ssh begin begin=2026-03-01T10:00:01 who=o'neil;DROP from=203.0.113.5 port=4 server=h uid=h[2]",
  ]);
});

test('private keys of a dump go nowhere, not even with a line that is none', async () => {
  const dump = fixture('wireguard.dump');
  const key = dump.split('\t')[1] ?? '';
  expect(key).toHaveLength(44);
  const ledger = testLedger(YAML(''));
  await ledger.importFiles({ 'wg.dump': `${dump}wgs\t${key}\t${key}\tbroken\toff\n` });
  const kept = [...(await ledger.facts('session')), ...(await ledger.facts('reject'))];
  expect(kept).toHaveLength(3);
  const text = JSON.stringify(kept, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  expect(text).not.toContain(key);
});
