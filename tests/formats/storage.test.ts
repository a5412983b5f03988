import { expect, test } from 'vitest';
import { formatMicros } from '../../src/records/time.ts';
import { testLedger } from '../support/ledgers.ts';

/** Returns what an import made of one file: accesses in few words, in their order, and what became no record. */
async function imported(content: string, settings = '') {
  const ledger = testLedger(`
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
sensors: [{ name: store, files: "**"${settings === '' ? '' : `, ${settings}`} }]
`);
  const { answer } = await ledger.importFiles({ 'store.log': content.replace(/\n?$/, '\n') });
  const rows = await ledger.facts('access');
  return {
    accesses: rows.map((row) => {
      const words = {
        at: formatMicros(Number(row.startedAt)),
        who: row.principal,
        job: row.jobId,
        host: row.hostName,
        path: row.path,
        did: row.operation,
        read: row.bytesRead === null ? null : `${row.bytesReadIsBound ? 'up to ' : ''}${row.bytesRead}`,
        written: row.bytesWritten === null ? null : String(row.bytesWritten),
        counter: row.counter,
        since: row.counterSince === null ? null : formatMicros(Number(row.counterSince)),
      };
      return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== null));
    }),
    rejects: answer.rejects.map(({ line, column, reason }) =>
      [line, column, reason].filter((part) => part !== null).join(' '),
    ),
    leftAlone: answer.leftAlone.map(({ what, lines }) => `${what} ${lines}`),
    failed: answer.commits.flatMap(({ status, reason }) => (status === 'failed' ? [reason] : [])),
  };
}

/** As the Lustre manual (12.2, Lustre Jobstats) prints them; the second as newer servers do. */
const JOBSTATS = `obdfilter.scratch-OST0000.job_stats=
job_stats:
- job_id:          4711
  snapshot_time:   1772355600
  read_bytes:      { samples:          10, unit: bytes, min:    4096, max: 1048576, sum:        10485760 }
  write_bytes:     { samples:           0, unit: bytes, min:       0, max:       0, sum:               0 }
  setattr:         { samples:           0, unit:  reqs }
- job_id:          "dd.1001"
  snapshot_time:   1772355601.123456789 secs.nsecs
  start_time:      1772350000.000000000 secs.nsecs
  elapsed_time:    5601.123456789 secs.nsecs
  read_bytes:      { samples:           5, unit: bytes, min:    4096, max: 1048576, sum:         5242880, sumsq: 5497558138880 }
  write_bytes:     { samples:           2, unit: bytes, min:       1, max:       7, sum:               8, sumsq: 50 }
obdfilter.scratch-OST0001.job_stats=
job_stats:
- job_id:          4712:1002:cn007
  snapshot_time:   1772355602
  read_bytes:      { samples:           5, unit: bytes, min:    4096, max: 1048576, sum:         99 }
  write_bytes:     { samples:           2, unit: bytes, min:       1, max:       7, sum:         0 }
mdt.scratch-MDT0000.job_stats=
job_stats:
- job_id:          4713
  snapshot_time:   1772355603
  open:            { samples:           5, unit:  reqs }
`;

test('Lustre job_stats (documented output): cumulative counts by target and job, as read', async () => {
  const { accesses, rejects } = await imported(JOBSTATS);
  expect(accesses).toEqual([
    {
      at: '2026-03-01T09:00:00Z',
      job: '4711',
      did: 'read',
      read: '10485760',
      written: '0',
      counter: 'scratch-OST0000',
    },
    {
      at: '2026-03-01T09:00:01.123457Z',
      who: '1001',
      job: 'dd.1001',
      did: 'read',
      read: '5242880',
      written: '8',
      counter: 'scratch-OST0000',
      since: '2026-03-01T07:26:40Z',
    },
    {
      at: '2026-03-01T09:00:02Z',
      who: '1002',
      job: '4712',
      host: 'cn007',
      did: 'read',
      read: '99',
      written: '0',
      counter: 'scratch-OST0001',
    },
  ]);
  // A job of a target that counts no bytes stays unfinished at the end, and waits.
  expect(rejects).toEqual([]);
});

test('Lustre job_stats: a job without bytes between others, a broken count, a file that names no target', async () => {
  const broken = JOBSTATS.replace('sum:        10485760', 'sum:        1e99x').replace(
    'mdt.scratch',
    'obdfilter.scratch',
  );
  const { accesses, rejects, leftAlone } = await imported(`${broken}${JOBSTATS}`);
  expect(accesses).toHaveLength(5);
  expect(rejects).toEqual(['6 read_bytes not a count below 2^53']);
  expect(leftAlone).toEqual(['lustre-jobstats.job without bytes 1']);
  const nameless = await imported(JOBSTATS.replaceAll(/^.*job_stats=\n/gm, ''));
  expect(nameless.accesses).toEqual([]);
  expect(nameless.rejects.every((one) => one.includes('lctl get_param obdfilter.*.job_stats'))).toBe(true);
});

test('Lustre changelog (lines of its manual and mailing list): openings, without any bytes', async () => {
  const { accesses, rejects, leftAlone } = await imported(
    [
      '1 01CREAT 04:24:09.779203918 2026.03.01 0x0 t=[0x2000013a1:0x1:0x0] j=cp.0 ef=0xf u=0:0 nid=0@lo p=[0x200000007:0x1:0x0] file with spaces',
      '7 10OPEN  13:38:51.510728296 2026.03.01 0x242 t=[0x200000401:0x2:0x0] ef=0x7 u=500:500 nid=10.128.11.158@tcp m=r--',
      '8 10OPEN  13:38:51.5 2026.03.01 0x242 t=[0x200000401:0x3:0x0] j=md.501 ef=0xf u=501:500 nid=10.128.11.159@o2ib m=-w- p=[0x200000401:0x2:0x0] a u=0:0 nid=9.9.9.9@tcp m=r--',
      '9 11CLOSE 13:38:52.5 2026.03.01 0x242 t=[0x200000401:0x3:0x0] ef=0x7 u=501:500 nid=10.128.11.159@o2ib',
      '10 10OPEN  13:38:51.5 2026.13.01 0x242 t=[0x200000401:0x3:0x0] ef=0x7 u=501:500 nid=0@lo m=r--',
      '11 nothing',
    ].join('\n'),
  );
  expect(accesses).toEqual([
    {
      at: '2026-03-01T13:38:51.510728Z',
      who: '500',
      host: '10.128.11.158',
      path: '[0x200000401:0x2:0x0]',
      did: 'open',
    },
    {
      at: '2026-03-01T13:38:51.500Z',
      who: '501',
      job: 'md.501',
      host: '10.128.11.159',
      path: 'a u=0:0 nid=9.9.9.9@tcp m=r--',
      did: 'write',
    },
  ]);
  expect(rejects).toEqual(['5 time not a time between 1990 and 2100', '6 not a changelog record']);
  expect(leftAlone).toEqual(['lustre-changelog.CLOSE 1', 'lustre-changelog.CREAT 1']);
});

test('JSON lines of any store, by the keys that weir.yaml names', async () => {
  const lines = [
    { when: '2026-03-01T10:00:00', who: "o'neil", file: { name: '/a' }, op: 'READ', size: 5 },
    { when: '2026-03-01T10:00:01+00:00', who: 'bob', op: 'open', size: 7 },
    { when: '2026-03-01T10:00:01+00:00', who: 'bob', op: 'stat' },
    { when: 'soon', who: 'bob', op: 'read' },
    { when: 1772355600, who: 'bob', op: 'read', size: -1 },
  ];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const keys = 'keys: { time: when, principal: who, path: file/name, operation: op, bytesRead: size }';
  const found = await imported(text, `format: access-json, timezone: Asia/Shanghai, ${keys}`);
  expect(found.accesses).toEqual([
    { at: '2026-03-01T02:00:00Z', who: "o'neil", path: '/a', did: 'read', read: '5' },
    { at: '2026-03-01T10:00:01Z', who: 'bob', did: 'open', read: 'up to 7' },
  ]);
  expect(found.rejects.map((one) => one.split(' ').slice(0, 3).join(' '))).toEqual([
    '4 when not',
    '5 size not',
  ]);
  expect(found.leftAlone).toEqual(['access-json.stat 1']);
  const without = await imported(text, 'format: access-json');
  expect([without.accesses, without.failed.join()]).toEqual([
    [],
    expect.stringContaining('`keys:` in weir.yaml'),
  ]);
  expect((await imported(text, `format: access-json, ${keys}`)).failed.join()).toContain('`timezone:`');
});

const AUDIT = {
  LWE_JSON: '0.0.3',
  path: '/gpfs/fs0/a "b"',
  clusterName: 'c.example.org',
  nodeName: 'nsd1',
  nfsClientIp: '',
  fsName: 'fs0',
  event: 'OPEN',
  inode: '51463',
  openFlags: '32768',
  fileSize: '1048576',
  eventTime: '2026-03-01_10:00:00-0700',
  clientUserId: '1001',
};

test('Spectrum Scale audit (documented attributes): the size of an opened file is the most that was read', async () => {
  const { accesses, rejects, leftAlone } = await imported(
    [
      AUDIT,
      { ...AUDIT, nfsClientIp: '10.1.2.3', openFlags: '0x8002', fileSize: undefined },
      { ...AUDIT, openFlags: '32769' },
      { ...AUDIT, event: 'CLOSE' },
      { ...AUDIT, eventTime: '2026-03-01_10:00:00' },
      { ...AUDIT, fileSize: 'big' },
    ]
      .map((one) => JSON.stringify(one))
      .join('\n'),
  );
  const opened = { at: '2026-03-01T17:00:00Z', who: '1001', host: 'nsd1', path: '/gpfs/fs0/a "b"' };
  expect(accesses).toEqual([
    { ...opened, did: 'open', read: 'up to 1048576' },
    { ...opened, host: '10.1.2.3', did: 'open' },
    { ...opened, did: 'write' },
  ]);
  expect(rejects.map((one) => one.split(' ').slice(0, 3).join(' '))).toEqual([
    '5 eventTime not',
    '6 fileSize not',
  ]);
  expect(leftAlone).toEqual(['gpfs-audit.CLOSE 1']);
});

test('Linux audit (records as its documentation shows them): events of several records, alternating', async () => {
  const at = (serial: number) => `msg=audit(1772355600.243:${serial}):`;
  const call = (serial: number, more: string) => `type=SYSCALL ${at(serial)} arch=c000003e ${more}`;
  const { accesses, rejects, leftAlone } = await imported(
    [
      call(
        1,
        'syscall=257 success=yes exit=3 a0=ffffff9c a1=7ffd a2=0 items=1 ppid=1 pid=2 auid=1000 uid=0 comm="cat" exe="/bin/cat" key="data"',
      ),
      call(2, 'syscall=2 success=no exit=-13 a0=7 a1=0 items=1 auid=1001 uid=1001 comm=636174'),
      `type=CWD ${at(1)}  cwd="/home/alice"`,
      `type=PATH ${at(1)} item=0 name="set/a b" inode=1 nametype=NORMAL`,
      `type=CWD ${at(2)}  cwd="/"`,
      `type=PROCTITLE ${at(1)} proctitle=636174`,
      `type=PATH ${at(2)} item=0 name="/data/x" inode=1 nametype=NORMAL`,
      `node=nfs1 ${call(3, 'syscall=257 success=yes exit=3 a0=ffffff9c a1=7ffd a2=241 items=2 auid=4294967295 uid=33')}\u001dARCH=x86_64 SYSCALL=openat AUID="unset" UID="www-data"`,
      `node=nfs1 type=CWD ${at(3)} cwd="/"`,
      `node=nfs1 type=PATH ${at(3)} item=0 name="/data/" inode=1 nametype=PARENT`,
      `node=nfs1 type=PATH ${at(3)} item=1 name=2F646174612F6E657720C3A9 inode=2 nametype=CREATE`,
      `type=USER_LOGIN ${at(4)} pid=1 uid=0 auid=1000 ses=1 msg='op=login acct="bob" res=success'`,
      call(5, 'syscall=59 success=yes exit=0 items=1 auid=1000 uid=1000'),
      `type=PATH ${at(5)} item=0 name="/bin/ls" nametype=NORMAL`,
      'type=nothing',
    ].join('\n'),
  );
  expect(rejects).toEqual(['15 not an audit record']);
  expect(accesses).toEqual([
    { at: '2026-03-01T09:00:00.243Z', who: '1000', path: '/home/alice/set/a b', did: 'open' },
    {
      at: '2026-03-01T09:00:00.243Z',
      who: 'www-data',
      host: 'nfs1',
      path: '/data/new é',
      did: 'write',
    },
  ]);
  expect(rejects).toEqual(['15 not an audit record']);
  expect(leftAlone).toEqual([
    'linux-audit.PATH 1',
    'linux-audit.PROCTITLE 1',
    'linux-audit.SYSCALL 1',
    'linux-audit.USER_LOGIN 1',
    'linux-audit.refused 1',
  ]);
});
