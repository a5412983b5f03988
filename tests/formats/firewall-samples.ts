import type { Sample } from './sample.ts';

/** Lines that conntrack-tools 1.4.7 wrote (fixtures/network/conntrack.log), with other addresses. */
export const CONNTRACK: Sample = {
  name: 'conntrack',
  settings: '',
  text: `[1795169675.001077]\t[DESTROY] tcp      6 118 TIME_WAIT src=192.0.2.1 dst=198.51.100.7 sport=44048 dport=8099 packets=6 bytes=404 src=198.51.100.7 dst=203.0.113.1 sport=8099 dport=44048 packets=6 bytes=1058 [ASSURED] delta-time=2 id=3093284581 [USERSPACE] portid=4263281697
[1795169675.105105]\t[DESTROY] icmp     1 29 src=192.0.2.1 dst=198.51.100.7 type=8 code=0 id=24687 packets=2 bytes=168 src=198.51.100.7 dst=192.0.2.1 type=0 code=0 id=24687 packets=2 bytes=168 delta-time=2 id=1651693715
`,
  records: 2,
  wrong: [
    { from: 'src=192.0.2.1 dst=198.51.100.7 sport', to: 'src=me dst=198.51.100.7 sport', column: 'src' },
    { from: 'bytes=404', to: 'bytes=-404', column: 'bytes' },
    { from: ' packets=6 bytes=404', to: '', column: 'bytes' },
    { from: 'sport=44048', to: 'sport=99999', column: 'sport' },
    { from: '1795169675.001077', to: '1.7', column: 'time' },
    { from: '[DESTROY] tcp', to: '[] tcp', column: null },
  ],
  harmless: [
    { from: ' [USERSPACE] portid=4263281697', to: ' mark=0 zone=1' },
    { from: 'tcp      6 118', to: 'ipv4     2 tcp      6 118' },
  ],
};

/** Lines of Fortinet's description of traffic logs (http://kb.fortinet.com/kb/documentLink.do?externalID=FD46100), written to that form. */
export const FORTIGATE_TRAFFIC: Sample = {
  name: 'fortigate-traffic',
  settings: 'timezone: Asia/Shanghai',
  text: `date=2026-03-01 time=18:00:00 devname="fw1" devid="FGT60D" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" eventtime=1772359200 srcip=192.0.2.1 srcport=60329 srcintf="port11" dstip=198.51.100.7 dstport=443 dstintf="port3" sessionid=1259494050 proto=6 action="close" policyid=1 service="HTTPS" trandisp="snat" transip=203.0.113.1 transport=60329 duration=120 sentbyte=150000 rcvdbyte=4840 sentpkt=100 rcvdpkt=80 appcat="unscanned"
date=2026-03-01 time=18:02:00 devname="fw1" devid="FGT60D" logid="0000000020" type="traffic" subtype="forward" level="notice" vd="root" eventtime=1772359320000000000 srcip=192.0.2.1 srcport=60330 dstip=198.51.100.7 dstport=443 sessionid=1259494051 proto=6 action="accept" policyid=1 service="HTTPS" trandisp="noop" duration=121 sentbyte=13400 rcvdbyte=9000 sentpkt=10 rcvdpkt=9 appcat="unscanned" sentdelta=13400 rcvddelta=9000
`,
  records: 2,
  wrong: [
    { from: 'srcip=192.0.2.1 srcport=60329', to: 'srcip=192.0.2.x srcport=60329', column: 'srcip' },
    { from: 'sentbyte=150000', to: 'sentbyte=1e400', column: 'sentbyte' },
    { from: 'sentbyte=150000 ', to: '', column: 'sentbyte' },
    { from: 'duration=120 ', to: '', column: 'duration' },
    { from: 'eventtime=1772359200 ', to: 'eventtime=17 ', column: 'eventtime' },
  ],
  harmless: [
    { from: ' trandisp="snat"', to: ' msg="x sentbyte=9 srcip=10.0.0.9" trandisp="snat"' },
    { from: 'date=2026-03-01 time=18:00:00', to: '<189>date=2026-03-01 time=18:00:00' },
  ],
};

/** A TRAFFIC line in the order of PAN-OS 10.1's documentation (https://docs.paloaltonetworks.com/pan-os/10-1/pan-os-admin/monitoring/use-syslog-for-monitoring/syslog-field-descriptions/traffic-log-fields). */
export const PALOALTO_TRAFFIC: Sample = {
  name: 'paloalto-traffic',
  settings: 'timezone: Asia/Shanghai',
  text: `Mar  1 18:02:05 fw1 1,2026/03/01 18:02:05,012345678901,TRAFFIC,end,2561,2026/03/01 18:02:05,192.0.2.1,198.51.100.7,203.0.113.1,198.51.100.7,"allow, all",corp\\alice,,ssl,vsys1,trust,untrust,ethernet1/1,ethernet1/2,fwd,2026/03/01 18:02:05,33459,1,60329,443,60329,443,0x400053,tcp,allow,154840,150000,4840,180,2026/03/01 18:00:00,120,any,,7012345,0x0,Reserved,US,,100,80,tcp-fin,0,0,0,0,,fw1,from-policy
Mar  1 18:02:06 fw1 1,2026/03/01 18:02:06,012345678901,TRAFFIC,end,2561,2026/03/01 18:02:06,192.0.2.1,203.0.113.80,0.0.0.0,198.51.100.9,web,,,incomplete,vsys1,untrust,dmz,ethernet1/2,ethernet1/3,fwd,2026/03/01 18:02:06,33460,1,60330,80,0,8080,0x19,tcp,allow,300,180,120,5,2026/03/01 18:02:00,6,any,,7012346,0x0,Reserved,US,,3,2,tcp-rst-from-client,0,0,0,0,,fw1,from-policy
`,
  records: 2,
  wrong: [
    { from: ',192.0.2.1,198.51.100.7,', to: ',192.0.2.1.1,198.51.100.7,', column: 'src' },
    { from: ',150000,', to: ',,', column: 'bytes_sent' },
    { from: ',150000,', to: ',15000O,', column: 'bytes_sent' },
    { from: '2026/03/01 18:00:00', to: '2026/03/32 18:00:00', column: 'start' },
    { from: ',120,any', to: ',long,any', column: 'elapsed' },
  ],
  harmless: [
    { from: 'Mar  1 18:02:05 fw1 1,', to: '1,' },
    { from: '"allow, all"', to: 'plain' },
  ],
};

/** pfSense and OPNsense, written to the grammar of Netgate's documentation (https://docs.netgate.com/pfsense/en/latest/monitoring/logs/raw-filter-format.html). */
export const FILTERLOG: Sample = {
  name: 'filterlog',
  settings: 'timezone: UTC, year: 2026',
  text: `Mar  1 10:00:00 pfsense filterlog[70851]: 4,,,1000000103,igb0,match,pass,out,4,0x0,,63,54321,0,DF,6,tcp,60,192.0.2.1,198.51.100.7,40001,443,0,S,3210987654,,64240,,mss;sackOK;TS;nop;wscale
Mar  1 10:00:01 pfsense filterlog[70851]: 5,,,1000000104,igb0,match,pass,out,6,0x00,0x00000,64,udp,17,48,2001:db8::1,2001:db8:1::7,40002,53,40
`,
  records: 2,
  wrong: [
    { from: ',192.0.2.1,198', to: ',192.0.2,198', column: 'source' },
    { from: ',40001,', to: ',99999,', column: 'source port' },
    { from: 'Mar  1 10:00:00', to: 'Mar 40 10:00:00', column: 'time' },
    { from: 'Mar  1 10:00:00', to: 'then', column: null },
  ],
  harmless: [
    { from: 'Mar  1 10:00:00 pfsense filterlog', to: 'Mar  1 10:00:00 filterlog' },
    {
      from: 'Mar  1 10:00:00 pfsense filterlog[70851]:',
      to: '<134>1 2026-03-01T10:00:00+00:00 pfsense filterlog 70851 - -',
    },
  ],
};

/** Packets as Linux logs them, written to the form of the kernel's nf_log (net/netfilter/nf_log_syslog.c). */
export const NFTABLES: Sample = {
  name: 'nftables',
  settings: 'timezone: UTC, year: 2026',
  text: `Mar  1 10:00:00 gw kernel: [ 1234.567890] new: IN=eth1 OUT=eth0 MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 SRC=192.0.2.1 DST=198.51.100.7 LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=1 DF PROTO=TCP SPT=40001 DPT=443 WINDOW=64240 RES=0x00 SYN URGP=0 
Mar  1 10:00:01 gw kernel: new: IN=eth1 OUT=eth0 SRC=192.0.2.1 DST=198.51.100.7 LEN=84 TOS=0x00 PREC=0x00 TTL=63 ID=2 DF PROTO=ICMP TYPE=8 CODE=0 ID=7 SEQ=1 
`,
  records: 2,
  wrong: [
    {
      from: 'SRC=192.0.2.1 DST=198.51.100.7 LEN=60',
      to: 'SRC=192.0.2.z DST=198.51.100.7 LEN=60',
      column: 'source',
    },
    { from: 'DPT=443 ', to: 'DPT=443000 ', column: 'destination port' },
  ],
  harmless: [{ from: 'new: IN=eth1 OUT=eth0 MAC', to: '[NEW a=b] IN=eth1 OUT=eth0 MAC' }],
};

/** Logs of firewalls and NAT. */
export const FIREWALL_SAMPLES: readonly Sample[] = [
  CONNTRACK,
  FORTIGATE_TRAFFIC,
  PALOALTO_TRAFFIC,
  FILTERLOG,
  NFTABLES,
];
