import type { Sample } from './sample.ts';

/** Lines as OpenSSH 9.2 wrote them through rsyslog (fixtures/sessions), with other addresses. */
const OPENSSH: Sample = {
  name: 'openssh',
  settings: 'timezone: Asia/Shanghai, year: 2026',
  text: `Mar  1 18:00:00 login1 sshd[6456]: Accepted publickey for alice from 192.0.2.1 port 39320 ssh2: ED25519 SHA256:pjbVQGNAwuBYVjGPMfl8E2U96A2LPINfY281FuRYL/8
Mar  1 18:10:00 login1 sshd[6466]: Disconnected from user alice 192.0.2.1 port 39320
Mar  1 18:10:00 login1 sshd[6456]: pam_unix(sshd:session): session closed for user alice
`,
  records: 3,
  wrong: [
    { from: 'alice from 192.0.2.1', to: 'alice from nowhere', column: 'from' },
    { from: 'port 39320 ssh2', to: 'port 70000 ssh2', column: 'port' },
    { from: 'Mar  1 18:00:00', to: 'Mar 32 18:00:00', column: 'time' },
    { from: 'alice from 192.0.2.1 port', to: 'alice', column: 'message' },
    { from: 'Mar  1 18:00:00', to: 'Yesterday', column: null },
  ],
  harmless: [
    { from: ' ssh2: ED25519 SHA256:pjbVQGNAwuBYVjGPMfl8E2U96A2LPINfY281FuRYL/8', to: ' ssh2' },
    { from: 'sshd[6466]', to: 'sshd-session[6466]' },
    { from: 'Mar  1 18:00:00 login1', to: '<38>1 2026-03-01T18:00:00.5+08:00 login1' },
  ],
};

const JOURNAL: Sample = {
  name: 'journal',
  settings: '',
  text: `{"__REALTIME_TIMESTAMP":"1772359200123456","_HOSTNAME":"login1","SYSLOG_IDENTIFIER":"sshd","_PID":"1","MESSAGE":"Accepted password for alice from 192.0.2.1 port 55554 ssh2"}
{"__REALTIME_TIMESTAMP":"1772359201123456","_HOSTNAME":"login1","SYSLOG_IDENTIFIER":"sshd","_PID":"1","MESSAGE":"pam_unix(sshd:session): session closed for user alice"}
`,
  records: 2,
  wrong: [
    { from: '1772359200123456', to: 'soon', column: '__REALTIME_TIMESTAMP' },
    { from: '"1772359200123456"', to: 'null', column: '__REALTIME_TIMESTAMP' },
    { from: 'from 192.0.2.1', to: 'from 192.0.2.1.5', column: 'from' },
    { from: 'ssh2"}', to: 'ssh2"', column: null },
  ],
  harmless: [{ from: '"_PID":"1","MESSAGE":"Acc', to: '"NEW":[1],"MESSAGE":"Acc' }],
};

/** Lines that OpenVPN 2.6.14 wrote (fixtures/sessions), with other addresses. */
const OPENVPN: Sample = {
  name: 'openvpn',
  settings: 'timezone: Asia/Shanghai',
  text: `2026-03-01 18:01:22 192.0.2.1:53642 [alice] Peer Connection Initiated with [AF_INET]192.0.2.1:53642
2026-03-01 18:01:22 alice/192.0.2.1:53642 MULTI: primary virtual IP for alice/192.0.2.1:53642: 10.200.0.2
2026-03-01 18:01:28 alice/192.0.2.1:53642 CC-EEN exit message received by peer
`,
  records: 3,
  wrong: [
    { from: '2026-03-01 18:01:22 192', to: '2026-03-01 28:01:22 192', column: 'time' },
    { from: '[AF_INET]192.0.2.1:53642', to: '[AF_INET]192.0.2.1:99999', column: 'port' },
    { from: ': 10.200.0.2', to: ': 10.200.0.256', column: 'virtual address' },
    { from: ': 10.200.0.2', to: ': somewhere', column: 'message' },
  ],
  harmless: [
    { from: '2026-03-01 18:01:22 alice', to: 'Sun Mar  1 18:01:22 2026 us=5 alice' },
    { from: '2026-03-01 18:01:22 alice', to: '1772359282.000001 40000003 alice' },
  ],
};

const STATUS: Sample = {
  name: 'openvpn-status',
  settings: '',
  text: `TITLE,OpenVPN 2.6.14 x86_64-pc-linux-gnu
TIME,2026-03-01 10:00:00,1772359200
HEADER,CLIENT_LIST,Common Name,Real Address,Virtual Address,Virtual IPv6 Address,Bytes Received,Bytes Sent,Connected Since,Connected Since (time_t),Username,Client ID,Peer ID,Data Channel Cipher
CLIENT_LIST,alice,192.0.2.1:44124,10.200.0.2,2001:db8:200::1000,2506,2560,2026-03-01 09:00:00,1772355600,UNDEF,0,0,AES-256-GCM
CLIENT_LIST,bob,192.0.2.7:44125,10.200.0.3,,0,9,2026-03-01 09:00:00,1772355600,bob@example.org,1,1,AES-256-GCM
GLOBAL_STATS,dco_enabled,0
END
`,
  records: 2,
  wrong: [
    { from: '192.0.2.1:44124', to: 'nowhere', column: 'real address' },
    { from: ',2506,', to: ',-1,', column: 'bytes received' },
    { from: ',1772355600,UNDEF', to: ',1872355600000000,UNDEF', column: 'connected since' },
    { from: ',10.200.0.2,', to: ',10.200.0.2', column: 'fields' },
    { from: ',10.200.0.2,', to: ',10.200.0.2,,', column: 'fields' },
  ],
  harmless: [
    { from: 'GLOBAL_STATS,dco_enabled,0\n', to: '' },
    { from: 'alice', to: 'alice b' },
  ],
};

const KEYS = ['uJVQ4//Wl22v3uJXc71zVv7hNcCwYgpFwFiILkTSX14=', 'z9YshkUbFLidbLjY1J/sthvXNuHmdNvYCYKHEpjskxA='];

const WIREGUARD: Sample = {
  name: 'wireguard',
  settings: '',
  text: `# 2026-03-01T10:00:00Z
wg0\t${KEYS[0]}\t${KEYS[1]}\t51820\toff
wg0\t${KEYS[1]}\t(none)\t192.0.2.1:49687\t10.201.0.2/32,2001:db8:201::2/128\t1772359190\t564\t476\toff
# 2026-03-01T10:05:00Z
wg0\t${KEYS[1]}\t(none)\t192.0.2.1:49687\t10.201.0.2/32,2001:db8:201::2/128\t1772359490\t1012\t860\t25
`,
  records: 2,
  wrong: [
    { from: '192.0.2.1:49687', to: '192.0.2.1:99999', column: 'port' },
    { from: '192.0.2.1:49687', to: 'nowhere', column: 'endpoint' },
    { from: '1772359190', to: '177235919000000', column: 'latest handshake' },
    { from: '\t564\t', to: '\t99999999999999999999\t', column: 'received' },
    { from: '\t564\t', to: '\t', column: 'fields' },
  ],
  harmless: [{ from: 'wg0\tz9', to: 'z9' }],
};

const STRONGSWAN: Sample = {
  name: 'strongswan',
  settings: 'timezone: UTC, year: 2026',
  text: `Mar  1 10:00:00 11[IKE] assigning virtual IP 10.202.0.1 to peer 'alice@example.org'
Mar  1 10:00:00 11[IKE] IKE_SA staff[1] established between 203.0.113.10[vpn.example.org]...192.0.2.1[alice@example.org]
Mar  1 10:10:00 14[CFG] lease 10.202.0.1 by 'alice@example.org' went offline
`,
  records: 3,
  wrong: [
    { from: 'virtual IP 10.202.0.1', to: 'virtual IP 10.202.0.1.1', column: 'virtual IP' },
    { from: '...192.0.2.1[', to: '...gate[', column: 'remote host' },
    { from: " to peer 'alice@example.org'", to: '', column: 'message' },
    { from: 'Mar  1 10:10:00', to: 'Mar  1 10:60:00', column: 'time' },
  ],
  harmless: [{ from: '11[IKE] IKE_SA', to: '11[IKE] <staff|1> IKE_SA' }],
};

const ASA: Sample = {
  name: 'cisco-asa',
  settings: 'timezone: UTC',
  text: `<164>Mar 01 2026 10:00:01 vpn1 : %ASA-4-722051: Group <staff> User <alice> IP <192.0.2.1> IPv4 Address <10.200.0.7> IPv6 address <::> assigned to session
<164>Mar 01 2026 12:30:00 vpn1 : %ASA-4-113019: Group = staff, Username = alice, IP = 192.0.2.1, Session disconnected. Session Type: SSL, Duration: 2h:30m:00s, Bytes xmt: 187346964, Bytes rcv: 28559584, Reason: User Requested
`,
  records: 2,
  wrong: [
    { from: 'IP <192.0.2.1>', to: 'IP <nowhere>', column: 'IP' },
    { from: '10.200.0.7', to: '10.200.0.700', column: 'IPv4 Address' },
    { from: '2h:30m', to: '9999999h:30m', column: 'Duration' },
    { from: 'rcv: 28559584', to: 'rcv: 99999999999999999', column: 'Bytes rcv' },
    { from: 'Duration: 2h', to: 'Duration: h', column: 'message' },
    { from: 'Mar 01 2026 10', to: 'Mar 01 2026 30', column: 'time' },
  ],
  harmless: [
    { from: 'Mar 01 2026 10:00:01 vpn1 : %', to: 'Mar 01 2026 10:00:01: %' },
    {
      from: 'Mar 01 2026 10:00:01 vpn1 : %ASA',
      to: '2026-03-01T10:00:01Z relay Mar 01 2026 10:00:01 vpn1 : %FTD',
    },
  ],
};

const FORTIGATE: Sample = {
  name: 'fortigate',
  settings: '',
  text: `date=2026-03-01 time=18:00:00 devname="fg1" eventtime=1772359200123456789 tz="+0800" logid="0101039947" type="event" subtype="vpn" action="tunnel-up" tunneltype="ssl-tunnel" tunnelid=307687111 remip=192.0.2.1 tunnelip=10.200.0.9 user="alice" msg="SSL tunnel established"
date=2026-03-01 time=18:30:53 devname="fg1" tz="+0800" logid="0101039948" type="event" subtype="vpn" action="tunnel-down" tunneltype="ssl-tunnel" tunnelid=307687111 remip=192.0.2.1 tunnelip=10.200.0.9 user="alice" duration=1853 sentbyte=351560 rcvdbyte=1117990 msg="SSL tunnel shutdown"
`,
  records: 2,
  wrong: [
    { from: 'remip=192.0.2.1', to: 'remip=nowhere', column: 'remip' },
    { from: 'tunnelip=10.200.0.9', to: 'tunnelip=10.200.0', column: 'tunnelip' },
    { from: 'sentbyte=351560', to: 'sentbyte=-5', column: 'sentbyte' },
    { from: 'duration=1853', to: 'duration=long', column: 'duration' },
    { from: 'eventtime=1772359200123456789', to: 'eventtime=1', column: 'eventtime' },
    { from: 'logid="0101039948"', to: 'id="0101039948"', column: null },
  ],
  harmless: [{ from: 'user="alice" duration', to: 'new="a \\" b" user="alice" duration' }],
};

const GLOBALPROTECT: Sample = {
  name: 'globalprotect',
  settings: 'timezone: Asia/Shanghai',
  text: `<14>Mar  1 18:00:00 fw1 1,2026/03/01 18:00:00,012345678901,GLOBALPROTECT,0,2561,2026/03/01 18:00:00,vsys1,gateway-connected,connected,,IPSec,alice,DE,"LAPTOP, 1",192.0.2.1,0.0.0.0,10.200.0.20,0.0.0.0,host1,PF3K9Z2A,6.2.4,Windows,"Microsoft Windows 11 , 64-bit",1,,,"",success,,0,user-logon,0,gw1,7100001,0x8000000000000000,2026-03-01T18:00:00.123+08:00,manual
<14>Mar  1 18:30:00 fw1 1,2026/03/01 18:30:00,012345678901,GLOBALPROTECT,0,2561,2026/03/01 18:30:00,vsys1,gateway-logout,logout,,,alice,DE,"LAPTOP, 1",192.0.2.1,0.0.0.0,10.200.0.20,0.0.0.0,host1,PF3K9Z2A,6.2.4,Windows,"Microsoft",1,client logout,,"",success,,1800,,0,gw1,7100003,0x8000000000000000
`,
  records: 2,
  wrong: [
    { from: '"LAPTOP, 1",192.0.2.1', to: '"LAPTOP, 1",nowhere', column: 'public_ip' },
    { from: ',1800,', to: ',long,', column: 'login_duration' },
    { from: '2026/03/01 18:30:00,vsys1', to: '2026/13/01 18:30:00,vsys1', column: 'time_generated' },
    { from: '10.200.0.20,0.0.0.0,host1', to: '10.200.0.20.1,0.0.0.0,host1', column: 'private_ip' },
  ],
  harmless: [
    { from: '0x8000000000000000\n', to: '0x8000000000000000,,,,,new\n' },
    { from: '<14>Mar  1 18:30:00 fw1 ', to: '' },
  ],
};

/** Samples of logs that tell who was connected; those of vendors as their documentation words them. */
export const SESSION_SAMPLES: readonly Sample[] = [
  OPENSSH,
  JOURNAL,
  OPENVPN,
  STATUS,
  WIREGUARD,
  STRONGSWAN,
  ASA,
  FORTIGATE,
  GLOBALPROTECT,
];
