import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatHost } from '../../src/records/address.ts';
import { formatMicros } from '../../src/records/time.ts';
import { testLedger } from '../support/ledgers.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures', 'transfers');
const fixture = (name: string) => readFileSync(join(FIXTURES, name));

/** Returns what an import made of one file: transfers in few words, in their order, and what became no record. */
async function imported(name: string, content: string | Uint8Array, settings = '') {
  const ledger = testLedger(`
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
sensors: [{ name: dtn, files: "**"${settings === '' ? '' : `, ${settings}`} }]
`);
  const { answer } = await ledger.importFiles({ [name]: content });
  const rows = await ledger.facts('transfer');
  const words = rows.map((row) => ({
    at: `${formatMicros(Number(row.startedAt))} ${formatMicros(Number(row.endedAt))}`,
    who: row.principal,
    server: row.serverLo === null ? row.serverName : formatHost(BigInt(String(row.serverLo))),
    peer: row.peerLo === null ? row.peerName : formatHost(BigInt(String(row.peerLo))),
    path: row.path,
    moved: `${row.direction} ${row.bytes}`,
    by: row.protocol,
  }));
  return {
    transfers: words,
    rejects: answer.rejects.map(({ line, column, reason }) =>
      [line, column, reason].filter((part) => part !== null).join(' '),
    ),
    leftAlone: answer.leftAlone.map(({ what, lines }) => `${what} ${lines}`),
    failed: answer.commits.flatMap(({ status, reason }) => (status === 'failed' ? [reason] : [])),
  };
}

const plain = (text: string) => text.replaceAll(/\d{2}:\d{2}:\d{2}(?:\.\d+)?/g, '…');

test('GridFTP: forged fields in a name forge nothing; a record cut at 4,095 bytes is told, and the one glued to it counts', async () => {
  const log = fixture('gridftp.log');
  const { transfers, rejects, leftAlone } = await imported('gridftp.log', log);
  const out = '/tmp/weir-transfers/data';
  expect(transfers.map(({ path, moved, who, server, peer }) => [path, moved, who, server, peer])).toEqual([
    [`${out}/a file.bin`, 'out 1048576', 'anonymous', 'vm', null],
    [
      `${out}/x BUFFER=1 BLOCK=1 NBYTES=7 VOLUME= STREAMS=1 STRIPES=1 DEST=[192.0.2.9] TYPE=STOR CODE=226 TASKID=none`,
      'out 6',
      'anonymous',
      'vm',
      null,
    ],
    [`${out}/up-gridftp.txt`, 'in 6', 'anonymous', 'vm', null],
    [`${out}/up-gridftp.txt`, 'out 6', 'anonymous', 'vm', null],
  ]);
  expect(rejects).toEqual([
    '4 not a whole record of the transfer log (the server cuts records behind 4095 bytes)',
  ]);
  expect(leftAlone).toEqual(['gridftp.NLST 1']);
  const first = log.toString().split('\n')[0] ?? '';
  const [, end = ''] = /^DATE=(\d{14})\./.exec(first) ?? [];
  expect(transfers[0]?.at.split(' ')[1]?.replaceAll(/\D/g, '').slice(0, 14)).toBe(end);
});

test('GridFTP: the far end is known unless it is unspecified or a loopback', async () => {
  const line = (dest: string) =>
    `DATE=20260301090010.500000 HOST=dtn1 PROG=globus-gridftp-server NL.EVNT=FTP_INFO START=20260301090000.250000 USER=alice FILE=/d/f FILE=/g BUFFER=1 BLOCK=2 NBYTES=3 VOLUME=/ STREAMS=4 STRIPES=1 DEST=[${dest}] TYPE=RETR CODE=226 retrans=0,0,1\n`;
  const ends = ['198.51.100.7', '::ffff:198.51.100.8', '2001:db8::7', '0.0.0.0', '127.9.0.1', '::1', '::'];
  const { transfers } = await imported('g.log', ends.map(line).join(''));
  expect(transfers.map(({ peer }) => peer === null)).toEqual([false, false, false, true, true, true, true]);
  expect(transfers[0]).toMatchObject({
    at: '2026-03-01T09:00:00.250Z 2026-03-01T09:00:10.500Z',
    who: 'alice',
    path: '/d/f FILE=/g',
    peer: '198.51.100.7',
  });
});

test('rsync daemon: names with blanks and counts in them, the user, what is no transfer', async () => {
  const { transfers, rejects, leftAlone } = await imported(
    'rsyncd.log',
    fixture('rsyncd.log'),
    'timezone: UTC',
  );
  expect(transfers.map(({ path, moved, who }) => [path, moved, who])).toEqual([
    ['scratch data/a file.bin', 'out 1048576', 'alice'],
    ['scratch data/big.bin', 'out 20000000', 'alice'],
    ['scratch data/up-gridftp.txt', 'out 6', 'alice'],
    [
      'scratch data/x BUFFER=1 BLOCK=1 NBYTES=7 VOLUME= STREAMS=1 STRIPES=1 DEST=[192.0.2.9] TYPE=STOR CODE=226 TASKID=none',
      'out 6',
      'alice',
    ],
    ['scratch data/x", 999 bytes, 1.00Kbyte', 'out 6', 'alice'],
    ['scratch data/up.txt', 'in 6', 'alice'],
  ]);
  expect([rejects, leftAlone]).toEqual([[], ['rsyncd.message 11']]);
});

test('rsync daemon and the logs of FTP servers state no zone: they wait until weir.yaml does', async () => {
  for (const name of ['rsyncd.log', 'vsftpd.log', 'xferlog']) {
    const { failed, transfers } = await imported(name, fixture(name));
    expect(failed.join(), name).toMatch(/does not say the time zone .* state `timezone:` in weir\.yaml/);
    expect(transfers).toEqual([]);
  }
  const line = '2026/03/01 09:00:00 [7] send gw.example.org [198.51.100.7] data (bob) a b 5\n';
  const { transfers } = await imported('r.log', line, 'timezone: Asia/Shanghai');
  expect(transfers).toEqual([
    {
      at: '2026-03-01T01:00:00Z 2026-03-01T01:00:00Z',
      who: 'bob',
      server: null,
      peer: '198.51.100.7',
      path: 'data/a b',
      moved: 'out 5',
      by: 'rsync',
    },
  ]);
});

test('vsftpd: both of its logs; a transfer that failed counts with what it moved', async () => {
  const own = await imported('vsftpd.log', fixture('vsftpd.log'), 'timezone: UTC');
  const out = '/tmp/weir-transfers/data';
  const failed = /big\.bin", (\d+) bytes/.exec(fixture('vsftpd.log').toString())?.[1];
  expect(own.transfers.map(({ path, moved, who }) => [path, moved, who])).toEqual([
    [`${out}/a file.bin`, 'out 1048576', 'ftp'],
    [`${out}/x", 999 bytes, 1.00Kbyte`, 'out 6', 'ftp'],
    [`${out}/big.bin`, `out ${failed}`, 'ftp'],
    [`${out}/up-vsftpd.txt`, 'in 6', 'ftp'],
  ]);
  expect([own.rejects, own.leftAlone]).toEqual([[], ['vsftpd.message 10']]);
  const shared = await imported('xferlog', fixture('xferlog'), 'timezone: UTC');
  expect(shared.transfers.map(({ path, moved, who }) => [path, moved, who])).toEqual([
    [`${out}/a_file.bin`, 'out 1048576', 'guest@example.org_b___i_r_root'],
    [`${out}/x",_999_bytes,_1.00Kbyte`, 'out 6', 'guest@example.org_b___i_r_root'],
    [`${out}/big.bin`, `out ${failed}`, 'guest@example.org_b___i_r_root'],
    [`${out}/up-vsftpd.txt`, 'in 6', 'guest@example.org_b___i_r_root'],
  ]);
});

test('xferlog (documented lines): the time is the end; a user with blanks forges no direction', async () => {
  const { transfers, leftAlone } = await imported(
    'xferlog',
    'Thu Mar  5 08:12:30 2026 90 198.51.100.7 17864858 /pub/set.tar b _ o a x b _ i r root ftp 0 * c\n' +
      'Thu Mar  5 08:12:31 2026 0 gw.example.org 5 /pub/gone b _ d r carol ftp 0 * c\n',
    'timezone: "+02:00"',
  );
  expect(transfers).toEqual([
    {
      at: '2026-03-05T06:11:00Z 2026-03-05T06:12:30Z',
      who: 'x b _ i r root',
      server: null,
      peer: '198.51.100.7',
      path: '/pub/set.tar',
      moved: 'out 17864858',
      by: 'ftp',
    },
  ]);
  expect(leftAlone).toEqual(['xferlog.deleted 1']);
});

test('sftp-server: user and far end of the session, begin at the opening, bytes at the closing', async () => {
  const { transfers, rejects, leftAlone } = await imported(
    'sftp.log',
    fixture('sftp.log'),
    'timezone: UTC, year: 2026',
  );
  expect(transfers.map(({ at, ...rest }) => ({ ...rest, at: plain(at) }))).toEqual([
    {
      at: '2026-11-20T…Z 2026-11-20T…Z',
      who: 'root',
      server: 'dtn1',
      peer: '192.0.2.1',
      path: '/tmp/weir-transfers/data/a file.bin',
      moved: 'out 1048576',
      by: 'sftp',
    },
    {
      at: '2026-11-20T…Z 2026-11-20T…Z',
      who: 'root',
      server: 'dtn1',
      peer: '192.0.2.1',
      path: '/tmp/weir-transfers/data/up-sftp.txt',
      moved: 'in 6',
      by: 'sftp',
    },
  ]);
  expect([rejects, leftAlone]).toEqual([[], ['sftp.message 4']]);
});

test('sftp-server (lines in its own words): sessions at once, both ways at once, a name with a count in it, a session of an older file', async () => {
  const head = (pid: number) => `2026-03-01T09:00:00.5+01:00 dtn1 internal-sftp[${pid}]: `;
  const text = [
    `${head(1)}session opened for local user alice from [198.51.100.7]`,
    `${head(2)}session opened for local user bob from [2001:db8::7]`,
    `${head(1)}open "/d/a" flags READ mode 0666`,
    `2026-03-01T09:02:00+01:00 dtn1 internal-sftp[2]: forced close "/d/b" bytes read 5 written 7 [postauth]`,
    `2026-03-01T09:03:00+01:00 dtn1 internal-sftp[1]: close "/d/a" bytes read 9 written 0" bytes read 11 written 0`,
    `2026-03-01T09:03:00+01:00 dtn1 internal-sftp[1]: close "/d/a" bytes read 13 written 0`,
    `2026-03-01T09:03:00+01:00 dtn1 internal-sftp[3]: close "/d/c" bytes read 17 written 0`,
  ].join('\n');
  const { transfers, leftAlone } = await imported('sftp.log', `${text}\n`);
  expect(transfers.map(({ at, path, moved, who }) => [at.slice(11, 19), path, moved, who])).toEqual([
    ['08:02:00', '/d/b', 'out 5', 'bob'],
    ['08:02:00', '/d/b', 'in 7', 'bob'],
    ['08:03:00', '/d/a" bytes read 9 written 0', 'out 11', 'alice'],
    ['08:00:00', '/d/a', 'out 13', 'alice'],
    ['08:03:00', '/d/c', 'out 17', null],
  ]);
  expect(leftAlone).toEqual([]);
});

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

test('servers whose logs do not name them are what weir.yaml says', async () => {
  for (const name of ['rsyncd.log', 'vsftpd.log', 'xferlog', 'http-access.log']) {
    const { transfers } = await imported(name, fixture(name), 'timezone: UTC, host: dtn7.example.org');
    expect(new Set(transfers.map(({ server }) => server)), name).toEqual(new Set(['dtn7.example.org']));
  }
});

const TASK = {
  task_id: 'a1',
  type: 'TRANSFER',
  status: 'SUCCEEDED',
  owner_string: 'alice@example.org',
  source_endpoint_id: 'e-1',
  source_endpoint_display_name: 'Example Scratch',
  destination_endpoint_id: 'e-9',
  destination_endpoint_display_name: 'Somebody, Elsewhere',
  request_time: '2026-03-01T09:00:00+00:00',
  completion_time: '2026-03-01T10:00:00+00:00',
  bytes_transferred: 5_000_000_000_000,
};

test('Globus (documented fields): direction by the own ends, as an array, as lines, as CSV', async () => {
  const tasks = [
    TASK,
    { ...TASK, source_endpoint_id: 'e-9', destination_endpoint_id: 'e-1', bytes_transferred: 7 },
    { ...TASK, destination_endpoint_id: 'e-2' },
    { ...TASK, type: 'DELETE', bytes_transferred: 0 },
    { ...TASK, status: 'ACTIVE', completion_time: null },
    { ...TASK, source_endpoint_id: 'e-7' },
  ];
  const own = 'ownEndpoints: [e-1, e-2]';
  const expected = [
    {
      at: '2026-03-01T09:00:00Z 2026-03-01T10:00:00Z',
      who: 'alice@example.org',
      server: 'Example Scratch',
      peer: 'Somebody, Elsewhere',
      path: null,
      moved: 'out 5000000000000',
      by: 'globus',
    },
    expect.objectContaining({ moved: 'in 7' }),
  ];
  const left = ['globus.inside 1', 'globus.other tasks 1', 'globus.unfinished 1'];
  const reason = 'source_endpoint neither end is among `ownEndpoints:` of the sensor in weir.yaml';
  const array = await imported('t.json', JSON.stringify(tasks, null, 2), own);
  const lines = await imported('t.ndjson', tasks.map((task) => `${JSON.stringify(task)}\n`).join(''), own);
  const columns = Object.keys(TASK);
  const cell = (value: unknown) =>
    value === null ? '' : /[," ]/.test(String(value)) ? `"${value}"` : String(value);
  const csv = [columns.join(','), ...tasks.map((task) => Object.values(task).map(cell).join(','))];
  const table = await imported('t.csv', `${csv.join('\n')}\n`, own);
  for (const { transfers, leftAlone, rejects } of [array, lines, table]) {
    expect(transfers).toEqual(expected);
    expect(leftAlone).toEqual(left);
    expect(rejects.map((one) => one.replace(/^\d+ /, ''))).toEqual([reason]);
  }
});

test('Globus: without the own ends nothing can be told, and a whole answer is named as one', async () => {
  const { failed } = await imported('t.json', JSON.stringify([TASK]));
  expect(failed.join()).toMatch(/state `ownEndpoints:` in weir\.yaml/);
  const whole = await imported('t.json', JSON.stringify({ DATA: [TASK], limit: 1 }), 'ownEndpoints: [e-1]');
  expect(whole.failed.join()).toMatch(/jq -c/);
});

test('HTTP access log of nginx: parts count, names and agents forge nothing', async () => {
  const { transfers, rejects, leftAlone } = await imported('http-access.log', fixture('http-access.log'));
  expect(transfers.map(({ who, path, moved }) => [who, path, moved])).toEqual([
    ['alice', '/a%20file.bin', 'out 1048576'],
    ['alice', '/a%20file.bin', 'out 100'],
    ['alice', '/x%22%20200%20999%20%22y', 'out 6'],
  ]);
  expect(rejects).toEqual([]);
  expect(leftAlone).toEqual(['http.GET 4xx 1', 'http.PUT 4xx 1', 'http.other requests 1']);
});

test('HTTP access logs (documented lines): bodies sent; what is no download is counted apart', async () => {
  const { transfers, leftAlone, rejects } = await imported(
    'access.log',
    [
      '198.51.100.7 - alice [01/Mar/2026:10:00:00 +0100] "GET /data/a%20b HTTP/1.1" 200 1048576 "-" "pelican-client/7.0"',
      '2001:db8::7 - - [01/Mar/2026:09:00:01 +0000] "GET /data/c HTTP/2.0" 206 5',
      '198.51.100.7 - - [01/Mar/2026:09:00:02 +0000] "PUT /data/d HTTP/1.1" 201 0 "-" "curl"',
      '198.51.100.7 - - [01/Mar/2026:09:00:02 +0000] "GET /none HTTP/1.1" 404 99 "-" "x\\" 200 5"',
      '198.51.100.7 - - [01/Mar/2026:09:00:02 +0000] "\\x16\\x03" 400 0 "-" "-"',
      '198.51.100.7 - - [01/Mar/2026:09:00:02 +0000] nothing\n',
    ].join('\n'),
  );
  expect(transfers.map(({ at, who, path, moved }) => [at.slice(11, 19), who, path, moved])).toEqual([
    ['09:00:00', 'alice', '/data/a%20b', 'out 1048576'],
    ['09:00:01', null, '/data/c', 'out 5'],
  ]);
  expect(leftAlone).toEqual(['http.GET 4xx 1', 'http.PUT 2xx 1', 'http.other requests 1']);
  expect(rejects).toEqual(['6 not a line of the common or combined log format']);
});
