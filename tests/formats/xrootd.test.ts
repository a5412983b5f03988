import { expect, test } from 'vitest';
import { testLedger } from '../support/ledgers.ts';
import { fixture, imported } from './transfer-samples.ts';

test('XRootD collectors (documented records): single and vector reads, writes, identities', async () => {
  const base = {
    start_time: 1772355600000,
    end_time: 1772355660500,
    server_ip: '192.0.2.10',
    host: '[::ffff:198.51.100.7]',
    filename: '/ospool/set 1',
    read: 100,
    readv: 20,
    write: 0,
    read_bytes_at_close: 120,
  };
  const { transfers, rejects } = await imported(
    'x.json',
    [
      { ...base, user: 'xrd', user_dn: '/CN=Alice' },
      {
        ...base,
        server_ip: '',
        server_hostname: 'origin.example.org',
        user: 'bob',
        read: 0,
        readv: 0,
        read_bytes_at_close: 0,
        write: 7,
      },
      { ...base, read: -1 },
      { ...base, end_time: 'soon' },
    ]
      .map((one) => `${JSON.stringify(one)}\n`)
      .join(''),
  );
  expect(transfers).toEqual([
    {
      at: '2026-03-01T09:00:00Z 2026-03-01T09:01:00.500Z',
      who: '/CN=Alice',
      server: '192.0.2.10',
      peer: '198.51.100.7',
      path: '/ospool/set 1',
      moved: 'out 120',
      by: 'xrootd',
    },
    expect.objectContaining({ who: 'bob', server: 'origin.example.org', moved: 'in 7' }),
  ]);
  expect(rejects).toEqual(['3 read not a count below 2^53', '4 end_time not a time between 1990 and 2100']);
});

test('XRootD records for the WLCG (documented names), alone and as MONIT wraps them', async () => {
  const base = {
    user_dn: '',
    user: 'alice',
    client_host: 'wn1',
    client_domain: 'example.net',
    server_host: 'dtn1',
    server_domain: 'example.org',
    file_lfn: '/store/set 1.root',
    read_bytes: 0,
    read_bytes_at_close: 189272229,
    write_bytes: 0,
    start_time: 1772355600,
    end_time: 1772355660,
  };
  const { transfers, rejects } = await imported(
    'x.json',
    [
      base,
      { ...base, client_host: '198.51.100.7', server_ip: '192.0.2.10', read_bytes: 300_000_000 },
      { data: { ...base, read_bytes_at_close: 0, write_bytes_at_close: 7 }, metadata: { producer: 'cms' } },
      { ...base, read_bytes: 'x' },
    ]
      .map((one) => `${JSON.stringify(one)}\n`)
      .join(''),
  );
  expect(transfers).toEqual([
    {
      at: '2026-03-01T09:00:00Z 2026-03-01T09:01:00Z',
      who: 'alice',
      server: 'dtn1.example.org',
      peer: 'wn1.example.net',
      path: '/store/set 1.root',
      moved: 'out 189272229',
      by: 'xrootd',
    },
    expect.objectContaining({ server: '192.0.2.10', peer: '198.51.100.7', moved: 'out 300000000' }),
    expect.objectContaining({ moved: 'in 7' }),
  ]);
  expect(rejects).toEqual(['4 read not a count below 2^53']);
});

test("XRootD's own log: copies by their bytes, whatever a name forges; who was connected, if the server knew", async () => {
  const ledger = testLedger(`
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
sensors: [{ name: dtn, files: "**", timezone: UTC }]
`);
  const names = ['xrootd.log', 'xrootd-rotated.log', 'xrootd-z.log'];
  const { answer } = await ledger.importFiles(Object.fromEntries(names.map((name) => [name, fixture(name)])));
  expect(answer.rejects).toEqual([]);
  const copies = await ledger.facts('transfer');
  const forged = '/x, remote=https:/192.0.2.9/y, user=mallory, bytes_transferred=7, tpc_status=200';
  expect(
    copies
      .map((row) => [row.path, row.direction, row.bytes, row.principal, row.serverName, row.peerLo])
      .sort(),
  ).toEqual(
    [
      ['/pulled.bin', 'in', 5_000_000n, 'alice', 'vm', null],
      ['/a.bin', 'out', 5_000_000n, 'alice', 'vm', null],
      [forged, 'out', 3000n, 'alice', 'vm', null],
      ['/pulled2.bin', 'in', 0n, 'alice', 'vm', null],
    ].sort(),
  );
  const sessions = await ledger.facts('session');
  const begins = sessions.filter(({ event }) => event === 'begin');
  expect(begins.map(({ principal }) => String(principal)).sort()).toEqual([
    'alice',
    ...Array.from({ length: 7 }, () => 'null'),
    ...Array.from({ length: 4 }, () => 'root'),
  ]);
  expect(new Set(sessions.map(({ kind, server, outerLo }) => `${kind} ${server} ${outerLo}`))).toEqual(
    new Set(['data vm 281472812449793']),
  );
  const uids = (event: string) =>
    sessions.flatMap((row) => (row.event === event ? [String(row.uid)] : [])).sort();
  expect(uids('end')).toEqual(uids('begin'));
});

test("XRootD's own log (lines in its own words): names of clients nobody vouches for, begin of a copy, its last word, a server that is not named", async () => {
  const text = [
    '260301 09:00:00 7 XrootdXeq: mallory.41:23@gw.example.net pub IPv4 login',
    '260301 09:00:01 7 XrootdXeq: x.42:24@[2001:db8::7] pub IPv6 TLSv1.3 login as /DC=org/CN=Alice Example',
    '260301 09:00:02 8 TPC_PullRequest: event=PULL_START, local=/in, remote=https://u@198.51.100.9:443/x?a=1, user=(anonymous); Starting a pull request',
    '260301 09:00:32 8 TPC_PullRequest: event=TRANSFER_FAIL, local=/in, remote=https://u@198.51.100.9:443/x?a=1, user=(anonymous), streams=3, bytes_transferred=77, status=500, tpc_status=404; Remote side failed; error message: "; no"',
    '260301 09:00:33 8 TPC_PullRequest: event=TRANSFER_ERROR, local=/in, remote=https://u@198.51.100.9:443/x?a=1, user=(anonymous), streams=3, bytes_transferred=77, status=500; Failed to send last update to remote client',
    '260301 09:00:34 8 TPC_PullRequest: event=TRANSFER_FAIL, local=/in2, remote=https://h/x, user=bob, bytes_transferred=5, status=500; error message: ", remote=https://h/x, user=alice, bytes_transferred=0; no"',
    '       oss.alloc        0 0 0\n',
  ].join('\n');
  const { transfers, rejects, leftAlone } = await imported('x.log', text, 'timezone: UTC, host: dtn7');
  expect(transfers).toEqual([
    {
      at: '2026-03-01T09:00:02Z 2026-03-01T09:00:32Z',
      who: null,
      server: 'dtn7',
      peer: '198.51.100.9',
      path: '/in',
      moved: 'in 77',
      by: 'xrootd',
    },
  ]);
  expect(rejects).toEqual(['6 a copy whose fields cannot be told apart, or damage']);
  expect(leftAlone).toEqual(['xrootd-log.message 2']);
});
