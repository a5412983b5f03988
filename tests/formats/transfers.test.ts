import { expect, test } from 'vitest';
import { fixture, imported, plain } from './transfer-samples.ts';

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

test('servers whose logs do not name them are what weir.yaml says', async () => {
  for (const name of ['rsyncd.log', 'vsftpd.log', 'xferlog', 'http-access.log']) {
    const { transfers } = await imported(name, fixture(name), 'timezone: UTC, host: dtn7.example.org');
    expect(new Set(transfers.map(({ server }) => server)), name).toEqual(new Set(['dtn7.example.org']));
  }
});
