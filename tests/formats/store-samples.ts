import type { Sample } from './sample.ts';

/** Good lines of the logs of transfers, jobs and storage; where a server made them, transfers.test.ts has its own. */

const GRIDFTP: Sample = {
  name: 'gridftp',
  settings: '',
  text: `DATE=20260301090010.500000 HOST=dtn1 PROG=globus-gridftp-server NL.EVNT=FTP_INFO START=20260301090000.250000 USER=alice FILE=/d/a file BUFFER=1 BLOCK=2 NBYTES=1048576 VOLUME=/ STREAMS=4 STRIPES=1 DEST=[192.0.2.1] TYPE=RETR CODE=226 TASKID=none
DATE=20260301090020.500000 HOST=dtn1 PROG=globus-gridftp-server NL.EVNT=FTP_INFO START=20260301090010.250000 USER=bob FILE=/d/b BUFFER=1 BLOCK=2 NBYTES=7 VOLUME=/ STREAMS=4 STRIPES=1 DEST=[198.51.100.7] TYPE=STOR CODE=226
`,
  records: 2,
  wrong: [
    { from: 'DATE=20260301090010', to: 'DATE=20261301090010', column: 'DATE' },
    { from: 'NBYTES=1048576', to: 'NBYTES=99999999999999999999', column: 'NBYTES' },
    { from: 'NBYTES=1048576 ', to: '', column: null },
    { from: 'START=20260301090000', to: 'START=20160301090000', column: 'DATE' },
  ],
  harmless: [
    { from: ' TASKID=none', to: '' },
    { from: 'FILE=/d/b', to: "FILE=/d/' || DATE=x NBYTES=9" },
  ],
};

const RSYNCD: Sample = {
  name: 'rsyncd',
  settings: 'timezone: UTC',
  text: `2026/11/20 10:09:10 [16414] send localhost [192.0.2.1] scratch data (alice) a file.bin 1048576
2026/11/20 10:09:10 [16448] recv localhost [127.0.0.1] scratch data (alice) up.txt 6
`,
  records: 2,
  wrong: [
    { from: '2026/11/20 10:09:10 [16414]', to: '2026/13/20 10:09:10 [16414]', column: 'time' },
    { from: ' 1048576', to: ' 99999999999999999999', column: 'length' },
  ],
  harmless: [{ from: '(alice) a', to: '() a' }],
};

const XFERLOG: Sample = {
  name: 'xferlog',
  settings: 'timezone: UTC',
  text: `Fri Nov 20 10:09:12 2026 1 192.0.2.1 1048576 /data/a_file.bin b _ o a guest@example.org ftp 0 * c
Fri Nov 20 10:09:14 2026 2 127.0.0.1 9564917 /data/big.bin b _ i r alice ftp 0 * i
`,
  records: 2,
  wrong: [
    { from: 'Nov 20 10:09:12', to: 'Nov 31 10:09:12', column: 'time' },
    { from: '2026 1 ', to: '2026 99999999999 ', column: 'transfer-time' },
    { from: ' 1048576 ', to: ' 99999999999999999999 ', column: 'bytes' },
    { from: ' 1048576 ', to: ' -5 ', column: null },
  ],
  harmless: [{ from: 'ftp 0 * c', to: 'ftp 1 alice' }],
};

const VSFTPD: Sample = {
  name: 'vsftpd',
  settings: 'timezone: UTC',
  text: `Fri Nov 20 10:09:12 2026 [pid 16466] [ftp] OK DOWNLOAD: Client "192.0.2.1", "/data/a file.bin", 1048576 bytes, 722653.49Kbyte/sec
Fri Nov 20 10:09:14 2026 [pid 16508] [ftp] OK UPLOAD: Client "127.0.0.1", "/data/up.txt", 6 bytes, 25.70Kbyte/sec
`,
  records: 2,
  wrong: [
    { from: 'Nov 20 10:09:12', to: 'Nov 31 10:09:12', column: 'time' },
    { from: ' 1048576 ', to: ' 99999999999999999999 ', column: 'bytes' },
  ],
  harmless: [{ from: '[ftp] OK DOWNLOAD', to: 'FAIL DOWNLOAD' }],
};

const SFTP: Sample = {
  name: 'sftp',
  settings: 'timezone: UTC, year: 2026',
  text: `Nov 20 10:09:16 dtn1 sftp-server[16563]: session opened for local user root from [192.0.2.1]
Nov 20 10:09:16 dtn1 sftp-server[16563]: open "/data/a file.bin" flags READ mode 0666
Nov 20 10:09:17 dtn1 sftp-server[16563]: close "/data/a file.bin" bytes read 1048576 written 0
Nov 20 10:09:18 dtn1 sftp-server[16564]: close "/data/up.txt" bytes read 0 written 6
`,
  records: 2,
  wrong: [
    { from: 'Nov 20 10:09:17', to: 'Nov 31 10:09:17', column: 'time' },
    { from: 'read 1048576', to: 'read 99999999999999999999', column: 'bytes' },
  ],
  harmless: [{ from: 'mode 0666', to: 'mode 0600 [postauth]' }],
};

const XROOTD: Sample = {
  name: 'xrootd',
  settings: '',
  text: `{"start_time":1772355600000,"end_time":1772355660500,"server_ip":"192.0.2.1","user":"alice","host":"[::ffff:198.51.100.7]","filename":"/a b","read":100,"readv":20,"write":0}
{"start_time":0,"end_time":1772355660500,"server_hostname":"origin","user":"bob","host":"wn1","filename":"/c","read":0,"readv":0,"write":7}
`,
  records: 2,
  wrong: [
    { from: '"end_time":1772355660500,"server_ip"', to: '"end_time":"x","server_ip"', column: 'end_time' },
    { from: '"read":100', to: '"read":-1', column: 'read' },
    { from: '"read":100,', to: '', column: 'read' },
    { from: '"read":100', to: '"read":', column: null },
  ],
  harmless: [{ from: '"user":"alice",', to: '"new":{"a":[1]},' }],
};

const XROOTD_LOG: Sample = {
  name: 'xrootd-log',
  settings: 'timezone: UTC',
  text: `++++++ xrootd dtn@dtn1.example.org initialization started.
260301 09:00:00 7 XrootdXeq: alice.41:23@[::ffff:192.0.2.1] pvt IPv4 login as alice
260301 09:00:09 8 XrootdXeq: alice.41:23@[::ffff:192.0.2.7] disc 0:00:09
260301 09:01:00 7 TPC_PushRequest: event=TRANSFER_SUCCESS, local=/a b, remote=https://198.51.100.7:443/x, user=alice, bytes_transferred=1048576, tpc_status=201
260301 09:02:00 7 XrootdBridge: bob.4:31@[2001:db8::7] login as bob
`,
  records: 4,
  wrong: [
    { from: '260301 09:00:00', to: '260231 09:00:00', column: 'time' },
    { from: '[::ffff:192.0.2.7]', to: '[::ffff:192.0.2.777]', column: 'client' },
    { from: '0:00:09', to: '99999:00:09', column: 'disc' },
    { from: '=1048576', to: '=99999999999999999999', column: 'bytes_transferred' },
    // Two readings of one line: which count is the copy's cannot be told.
    {
      from: 'TRANSFER_SUCCESS, local=/a b,',
      to: 'TRANSFER_FAIL, local=/x, remote=https://h/y, user=u, bytes_transferred=1; z,',
      column: null,
    },
  ],
  harmless: [
    { from: '260301 09:00:00 7', to: '260301 09:00:00.123456 7' },
    { from: 'pvt IPv4 login', to: 'pub IPv4 TLSv1.3 login' },
    { from: 'disc 0:00:09', to: 'disc 0:00:09 (link SSL read error)' },
  ],
};

const HTTP: Sample = {
  name: 'http',
  settings: '',
  text: `192.0.2.1 - alice [01/Mar/2026:10:00:00 +0100] "GET /data/a%20b HTTP/1.1" 200 1048576 "-" "pelican-client/7.0"
2001:db8::7 - - [01/Mar/2026:09:00:01 +0000] "GET /data/c HTTP/2.0" 206 5
`,
  records: 2,
  wrong: [
    { from: '01/Mar/2026:10', to: '41/Mar/2026:10', column: 'time' },
    { from: ' 1048576 ', to: ' 99999999999999999999 ', column: 'bytes' },
    { from: ' 200 ', to: ' ', column: null },
  ],
  harmless: [{ from: '"pelican-client/7.0"', to: '"\\" 200 9" more' }],
};

const GLOBUS: Sample = {
  name: 'globus',
  settings: 'ownEndpoints: [e-1], timezone: UTC',
  text: `task_id,type,owner_string,source_endpoint_id,destination_endpoint_display_name,request_time,completion_time,bytes_transferred
a1,TRANSFER,alice,e-1,"192.0.2.1, elsewhere",2026-03-01T09:00:00+00:00,2026-03-01T10:00:00+00:00,5000
a2,TRANSFER,bob,e-1,Else,2026-03-01 09:00:00,2026-03-01 11:00:00,7
`,
  records: 2,
  wrong: [
    { from: '2026-03-01T10:00', to: '2026-13-01T10:00', column: 'completion_time' },
    { from: ',5000', to: ',x', column: 'bytes_transferred' },
    { from: 'alice,e-1', to: 'alice,e-2', column: 'source_endpoint' },
    { from: ',5000', to: '', column: null },
  ],
  harmless: [{ from: ',5000', to: ',5000,more' }],
};

const SLURM: Sample = {
  name: 'slurm',
  settings: 'timezone: Asia/Shanghai',
  text: `JobID|JobName|User|Account|State|Start|End|NodeList
101|192.0.2.1|alice|astro|COMPLETED|2026-03-01T08:00:00|2026-03-01T12:00:00|cn[001-003,020],gpu1
102_4|a|bob|bio|CANCELLED by 1001|2026-03-01T09:00:00|Unknown|gpu[9-11]
`,
  records: 2,
  wrong: [
    { from: '2026-03-01T08:00:00', to: 'yesterday', column: 'Start' },
    { from: '2026-03-01T12:00:00', to: '2026-03-01T25:00:00', column: 'End' },
    { from: 'cn[001-003,020]', to: 'cn[001-003,020', column: 'NodeList' },
    { from: '|alice', to: '', column: null },
    { from: '|alice', to: '|x|alice', column: null },
  ],
  harmless: [
    { from: '|astro|', to: '||' },
    { from: '|alice|', to: "|'; DROP TABLE x; --|" },
  ],
};

const PBS: Sample = {
  name: 'pbs',
  settings: '',
  text: `06/06/2026 14:06:06;S;407.pbs1;user=guest group=guest jobname=192.0.2.1 queue=batch start=1780755166 exec_host=n2/0+n1/0
06/06/2026 15:06:06;E;407.pbs1;user=guest group=guest jobname=a queue=batch start=1780755166 exec_host=n2/0+n1/0 end=1780758766 Exit_status=0
`,
  records: 2,
  wrong: [
    { from: 'start=1780755166 exec_host=n2/0+n1/0 end', to: 'exec_host=n2/0+n1/0 end', column: 'start' },
    { from: ' end=1780758766', to: '', column: 'end' },
    { from: ' end=1780758766', to: ' end=7', column: 'end' },
    { from: 'user=guest ', to: '', column: 'user' },
  ],
  harmless: [{ from: ' Exit_status=0', to: ' Exit_status=0 resources_used.vmem=1kb' }],
};

const JOBSTATS: Sample = {
  name: 'lustre-jobstats',
  settings: '',
  text: `obdfilter.scratch-OST0000.job_stats=
job_stats:
- job_id:          x192.0.2.1
  snapshot_time:   1772355600
  read_bytes:      { samples: 10, unit: bytes, min: 4096, max: 1048576, sum: 10485760 }
  write_bytes:     { samples: 0, unit: bytes, min: 0, max: 0, sum: 0 }
- job_id:          "dd.1001"
  snapshot_time:   1772355601.123456789 secs.nsecs
  start_time:      1772350000.000000000 secs.nsecs
  read_bytes:      { samples: 5, unit: bytes, min: 4096, max: 1048576, sum: 5242880, sumsq: 5497558138880 }
  write_bytes:     { samples: 2, unit: bytes, min: 1, max: 7, sum: 8, sumsq: 50 }
`,
  records: 2,
  wrong: [
    { from: '1772355600\n', to: 'x\n', column: 'snapshot_time' },
    { from: '  snapshot_time:   1772355600\n', to: '', column: 'snapshot_time' },
    { from: 'sum: 10485760', to: 'sum: -1', column: 'read_bytes' },
    { from: '{ samples: 0, unit: bytes, min: 0, max: 0, sum: 0 }', to: '{}', column: 'write_bytes' },
  ],
  harmless: [{ from: 'sum: 10485760 }', to: 'sum: 10485760 }\n  getattr: { samples: 1, unit: reqs }' }],
};

const CHANGELOG: Sample = {
  name: 'lustre-changelog',
  settings: '',
  text: `7 10OPEN  13:38:51.510728296 2026.03.01 0x242 t=[0x200000401:0x2:0x0] ef=0x7 u=500:500 nid=192.0.2.1@tcp m=r--
8 10OPEN  13:38:51.5 2026.03.01 0x242 t=[0x200000401:0x3:0x0] j=md.501 ef=0xf u=501:500 nid=10.128.11.159@o2ib m=-w- p=[0x200000401:0x2:0x0] a b
`,
  records: 2,
  wrong: [
    { from: '13:38:51.510728296', to: '25:38:51.510728296', column: 'time' },
    { from: ' t=[0x200000401:0x2:0x0] ef', to: ' ef', column: null },
  ],
  harmless: [{ from: ' m=r--', to: ' m=r-- x=user.some' }],
};

const GPFS: Sample = {
  name: 'gpfs-audit',
  settings: '',
  text: `{"LWE_JSON":"0.0.3","path":"/gpfs/a \\"b\\"","nodeName":"nsd1","nfsClientIp":"192.0.2.1","event":"OPEN","openFlags":"32768","fileSize":"1048576","eventTime":"2026-03-01_10:00:00-0700","clientUserId":"1001"}
{"LWE_JSON":"0.0.3","path":"/gpfs/c","nodeName":"nsd1","nfsClientIp":"","event":"OPEN","openFlags":"32769","fileSize":"5","eventTime":"2026-03-01_10:00:01-0700","clientUserId":"0"}
`,
  records: 2,
  wrong: [
    { from: '2026-03-01_10:00:00-0700', to: '2026-03-01_10:00:00', column: 'eventTime' },
    { from: '"1048576"', to: '"-1"', column: 'fileSize' },
    { from: '"32768"', to: '"rw"', column: 'openFlags' },
    { from: '"1048576"', to: '1048576"', column: null },
  ],
  harmless: [{ from: '"fileSize":"1048576",', to: '"acls":null,' }],
};

const AUDIT: Sample = {
  name: 'linux-audit',
  settings: '',
  text: `type=SYSCALL msg=audit(1772355600.243:1): arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=7ffd a2=0 items=1 ppid=1 pid=2 auid=1000 uid=0 comm="cat" exe="/bin/cat" key="data"
type=CWD msg=audit(1772355600.243:1): cwd="/home/alice"
type=PATH msg=audit(1772355600.243:1): item=0 name="192.0.2.1/a b" inode=1 nametype=NORMAL
type=SYSCALL msg=audit(1772355601.243:2): arch=c00000b7 syscall=56 success=yes a2=1 items=1 auid=1000 uid=0
type=PATH msg=audit(1772355601.243:2): item=0 name=2F646174612F6E6577 inode=1 nametype=CREATE
`,
  records: 2,
  wrong: [
    {
      from: '1772355601.243:2): arch=c00000b7 syscall=56 success=yes a2=1 items=1 auid=1000 uid=0\ntype=PATH msg=audit(1772355601',
      to: '7.243:2): arch=c00000b7 syscall=56 success=yes a2=1 items=1 auid=1000 uid=0\ntype=PATH msg=audit(7',
      column: 'time',
    },
  ],
  harmless: [
    { from: 'name="192.0.2.1/a b"', to: 'name=(null)' },
    { from: 'type=CWD msg=audit(1772355600.243:1): cwd="/home/alice"\n', to: '' },
  ],
};

const ACCESS_JSON: Sample = {
  name: 'access-json',
  settings:
    'format: access-json, timezone: UTC, keys: { time: when, principal: who, host: from, operation: op, bytesRead: size }',
  text: `{"when":"2026-03-01T10:00:00","who":"o'neil","from":"192.0.2.1","op":"READ","size":5}
{"when":1772355600,"who":"bob","op":"open","size":"7"}
`,
  records: 2,
  wrong: [
    { from: '2026-03-01T10', to: '2026-03-01T30', column: 'when' },
    { from: '"size":5', to: '"size":"x"', column: 'size' },
    { from: '"when":"2026-03-01T10:00:00",', to: '', column: 'when' },
    { from: '"size":5', to: '"size":', column: null },
  ],
  harmless: [{ from: ',"size":5', to: ',"new":{"a":[1]}' }],
};

/** Every format of transfers. */
export const TRANSFER_SAMPLES: readonly Sample[] = [
  GRIDFTP,
  RSYNCD,
  XFERLOG,
  VSFTPD,
  SFTP,
  XROOTD,
  XROOTD_LOG,
  HTTP,
  GLOBUS,
];

/** Every format of jobs and storage. */
export const STORE_SAMPLES: readonly Sample[] = [SLURM, PBS, JOBSTATS, CHANGELOG, GPFS, AUDIT, ACCESS_JSON];
