import type { Sample } from './sample.ts';

/** The default format, as the VPC user guide lists its fields (https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html). */
export const AWS_VPC: Sample = {
  name: 'aws-vpc',
  settings: '',
  text: `version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
2 123456789010 eni-1235b8ca123456789 192.0.2.1 198.51.100.7 40001 443 6 100 150000 1772359200 1772359260 ACCEPT OK
2 123456789010 eni-1235b8ca123456789 198.51.100.7 192.0.2.1 443 40001 6 80 4840 1772359200 1772359260 ACCEPT OK
`,
  records: 2,
  wrong: [
    { from: '192.0.2.1 198', to: '192.0.2.999 198', column: 'srcaddr' },
    { from: '150000', to: '-1', column: 'bytes' },
    { from: '150000', to: '-', column: 'bytes' },
    { from: '40001 443', to: '70000 443', column: 'srcport' },
    { from: '1772359200 1772359260', to: 'then 1772359260', column: 'start' },
    { from: ' 6 100 ', to: ' 100 ', column: 'fields' },
  ],
  harmless: [],
};

/** A format of one's own, with fields of later versions. */
export const AWS_VPC_CUSTOM: Sample = {
  name: 'aws-vpc-custom',
  settings: '',
  text: `start end srcaddr dstaddr pkt-srcaddr srcport dstport protocol bytes packets flow-direction tcp-flags
1772359200 1772359260 192.0.2.1 198.51.100.7 192.0.2.1 40001 443 6 150000 100 egress 19
1772359200 1772359260 2001:db8::1 2001:db8:1::7 2001:db8::1 0 0 58 104 1 egress -
`,
  records: 2,
  wrong: [{ from: '150000', to: '1.5e400', column: 'bytes' }],
  harmless: [],
};

/** Log entries with the fields of Google's documentation (https://cloud.google.com/vpc/docs/about-flow-logs-records). */
export const GCP_VPC: Sample = {
  name: 'gcp-vpc',
  settings: 'samplingRate: 60, samplingScaled: true',
  text: jsonLines([
    {
      insertId: '1wjp1y9f8vc6y6',
      logName: 'projects/p/logs/compute.googleapis.com%2Fvpc_flows',
      jsonPayload: {
        connection: {
          src_ip: '192.0.2.1',
          src_port: 40001,
          dest_ip: '198.51.100.7',
          dest_port: 443,
          protocol: 6,
        },
        bytes_sent: '150000',
        packets_sent: '100',
        start_time: '2026-03-01T10:00:00.123456789Z',
        end_time: '2026-03-01T10:00:05.5Z',
        reporter: 'SRC',
      },
    },
    {
      jsonPayload: {
        connection: { src_ip: '192.0.2.1', dest_ip: '198.51.100.8', protocol: 1 },
        bytes_sent: '98',
        packets_sent: '1',
        start_time: '2026-03-01T10:00:00Z',
        end_time: '2026-03-01T10:00:00Z',
      },
    },
  ]),
  records: 2,
  wrong: [
    { from: '"150000"', to: '"many"', column: 'bytes_sent' },
    { from: '"bytes_sent":"150000",', to: '', column: 'bytes_sent' },
    { from: '"src_ip":"192.0.2.1","src_port"', to: '"src_ip":7,"src_port"', column: 'connection.src_ip' },
    { from: '2026-03-01T10:00:00.123456789Z', to: 'noon', column: 'start_time' },
    { from: '"reporter":"SRC"}}', to: '"reporter":"SRC"}', column: null },
  ],
  harmless: [{ from: '"reporter":"SRC"', to: '"reporter":"SRC","src_gke_details":{"a":[1]}' }],
};

/** NSG flow logs of version 2, after the example of Microsoft's documentation (https://learn.microsoft.com/azure/network-watcher/nsg-flow-logs-overview). */
export const AZURE_NSG: Sample = {
  name: 'azure-nsg',
  settings: '',
  text: `{"records":[{"time":"2026-03-01T10:00:32.8Z","systemId":"a0fca5ce","macAddress":"000D3AF87856","category":"NetworkSecurityGroupFlowEvent","resourceId":"/SUBSCRIPTIONS/0/NETWORKSECURITYGROUPS/N","operationName":"NetworkSecurityGroupFlowEvents","properties":{"Version":2,"flows":[{"rule":"UserRule_out","flows":[{"mac":"000D3AF87856","flowTuples":["1772359200,192.0.2.1,198.51.100.7,40001,443,T,O,A,B,,,,","1772359260,192.0.2.1,198.51.100.7,40001,443,T,O,A,E,100,150000,80,4840"]}]}]}}]}
`,
  records: 2,
  wrong: [
    { from: '1772359260,192.0.2.1', to: '1772359260,192.0.2', column: 'source IP' },
    { from: '150000', to: '1500O0', column: 'bytes sent' },
    { from: ',E,100', to: ',X,100', column: 'flow state' },
    { from: '150000,80,4840', to: ',80,4840', column: 'bytes' },
    { from: ',80,4840', to: ',80', column: null },
    { from: '40001,443,T,O,A,B', to: '400010,443,T,O,A,B', column: 'source port' },
  ],
  harmless: [
    { from: '"Version":2,', to: '"Version":2,\n "new":[{"a":"b,c"}],' },
    { from: '["1772359200', to: '[\n  "1772359200' },
  ],
};

/** VNet flow logs, after the example of Microsoft's documentation (https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview). */
export const AZURE_VNET: Sample = {
  name: 'azure-vnet',
  settings: '',
  text: `{"records":[{"time":"2026-03-01T10:00:54.8Z","flowLogVersion":4,"flowLogGUID":"abc","macAddress":"112233445566","category":"FlowLogFlowEvent","flowLogResourceID":"/x","targetResourceID":"/y","operationName":"FlowLogFlowEvent","flowRecords":{"flows":[{"aclID":"00","flowGroups":[{"rule":"DefaultRule_AllowInternetOutBound","flowTuples":["1772359200599,192.0.2.1,198.51.100.7,40001,443,6,O,B,NX,0,0,0,0","1772359206000,192.0.2.1,198.51.100.7,40001,443,6,O,E,NX,100,150000,80,4840"]}]}]}}]}
`,
  records: 2,
  wrong: [{ from: '1772359206000', to: '17723592060000000000', column: 'time' }],
  harmless: [],
};

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

/** Packets as Linux logs them, in the form of its documentation (nf_log); lines as the kernel of fixtures/network writes them. */
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

/** Lines that Squid 5.7 wrote (fixtures/network/squid.log), with other addresses. */
export const SQUID: Sample = {
  name: 'squid',
  settings: '',
  text: `1772359200.123    120 192.0.2.1 TCP_MISS/200 150382 GET http://data.example.org/a%20b.bin alice HIER_DIRECT/198.51.100.7 application/octet-stream
1772359201.000   5000 192.0.2.1 TCP_TUNNEL/200 4096 CONNECT store.example.org:443 - HIER_DIRECT/2001:db8:1::7 -
1772359202.000      0 192.0.2.1 TCP_MEM_HIT/200 150390 GET http://data.example.org/a%20b.bin - HIER_NONE/- application/octet-stream
`,
  records: 3,
  wrong: [
    { from: '150382', to: '-5', column: 'bytes' },
    { from: '1772359200.123', to: '0000000000.123', column: 'time' },
    { from: 'TCP_MISS/200', to: 'TCP_MISS', column: null },
  ],
  harmless: [
    { from: ' application/octet-stream\n1772359201', to: ' application/octet-stream more\n1772359201' },
  ],
};

/** Written to the form of Amazon's documentation (https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html). */
export const S3: Sample = {
  name: 's3',
  settings: '',
  text: `79a59df900b949e5 data-bucket [01/Mar/2026:10:00:00 +0000] 192.0.2.1 arn:aws:iam::111122223333:user/alice 891CE47D2EXAMPLE REST.GET.OBJECT photos/2026/a.jpg "GET /data-bucket/photos/2026/a.jpg HTTP/1.1" 200 - 150000 150000 500 41 "-" "S3Console/0.4" - s9lzHYrFp76ZVxRcpX9 SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader data-bucket.s3.us-west-1.amazonaws.com TLSv1.2 - -
79a59df900b949e5 data-bucket [01/Mar/2026:10:00:01 +0000] 192.0.2.1 - 891CE47D2EXAMPLF REST.PUT.OBJECT b.bin "PUT /data-bucket/b.bin HTTP/1.1" 200 - - 4096 20 - "-" "curl" - x SigV4 - AuthHeader - TLSv1.2 - -
`,
  records: 2,
  wrong: [
    { from: '01/Mar/2026:10:00:00', to: '32/Mar/2026:10:00:00', column: 'time' },
    { from: '- 150000 150000', to: '- lots 150000', column: 'bytes sent' },
    { from: '150000 500 41', to: '150000 soon 41', column: 'total time' },
    { from: '"GET /data', to: 'GET /data', column: null },
  ],
  harmless: [{ from: ' TLSv1.2 - -\n79', to: ' TLSv1.2\n79' }],
};

/** With the keys of Ceph's documentation and source (https://docs.ceph.com/en/latest/radosgw/config-ref/, rgw_log.cc). */
export const RGW: Sample = {
  name: 'rgw',
  settings: '',
  text: jsonLines([
    {
      bucket: 'data',
      object: 'a/b.bin',
      time: '2026-03-01T10:00:00.123456Z',
      time_local: '2026-03-01T18:00:00.123456+0800',
      remote_addr: '192.0.2.1',
      user: 'alice',
      operation: 'get_obj',
      uri: 'GET /data/a/b.bin HTTP/1.1',
      http_status: '200',
      error_code: '',
      bytes_sent: 150000,
      bytes_received: 0,
      object_size: 150000,
      total_time: 500,
      user_agent: 'aws-cli',
      trans_id: 'tx01',
    },
    {
      bucket: 'data',
      time: '2026-03-01T10:00:01.000000Z',
      remote_addr: '192.0.2.1',
      user: 'anonymous',
      operation: 'put_obj',
      uri: 'PUT /data/c.bin HTTP/1.1',
      http_status: '200',
      bytes_sent: 0,
      bytes_received: 4096,
      total_time: 20,
    },
  ]),
  records: 2,
  wrong: [
    { from: '"bytes_sent":150000', to: '"bytes_sent":"all"', column: 'bytes_sent' },
    { from: '"bytes_sent":150000,', to: '', column: 'bytes_sent' },
    { from: '2026-03-01T10:00:00.123456Z', to: '', column: 'time' },
    { from: '"trans_id":"tx01"}', to: '"trans_id":"tx01"', column: null },
  ],
  harmless: [{ from: '"trans_id":"tx01"', to: '"trans_id":"tx01","access_key_id":{"x":1}' }],
};

/** Samples in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/) as /federate gives them. */
export const PROMETHEUS_TEXT: Sample = {
  name: 'prometheus-text',
  settings: '',
  text: `# TYPE ifHCOutOctets untyped
ifHCOutOctets{ifDescr="Ethernet 1, \\"up\\"",ifIndex="1",ifName="eth0",instance="192.0.2.1:9116",job="snmp"} 1.5e+09 1772359200000
ifHCInOctets{ifIndex="1",ifName="eth0",instance="192.0.2.1:9116",job="snmp"} 4840 1772359200000
`,
  records: 2,
  wrong: [
    { from: '1.5e+09', to: 'NaN', column: 'value' },
    { from: '1.5e+09 1772359200000', to: '1.5e+09', column: 'time' },
    { from: '1.5e+09 1772359200000', to: '1.5e+09 1772', column: 'time' },
    { from: ',instance="192.0.2.1:9116",job="snmp"} 1.5', to: '} 1.5', column: 'instance' },
    { from: 'ifHCOutOctets{ifDescr', to: 'ifHCOutOctets{{ifDescr', column: null },
  ],
  harmless: [
    {
      from: 'ifIndex="1",ifName="eth0",instance="192.0.2.1:9116",job="snmp"} 4840',
      to: 'a="ifName=\\"x\\"",ifName="eth0",instance="192.0.2.1:9116",} 4840',
    },
  ],
};

/** The answer of /api/v1/query_range (https://prometheus.io/docs/prometheus/latest/querying/api/). */
export const PROMETHEUS_RANGE: Sample = {
  name: 'prometheus-range',
  settings: '',
  text: `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"ifHCInOctets","ifName":"eth{0}","instance":"192.0.2.1"},"values":[[1772359200,"4840"]]},{"metric":{"__name__":"ifHCOutOctets","ifName":"eth0","instance":"192.0.2.1:9116"},"values":[[1772359200,"1500000000"],[1772359260.5,"1500150000"]]}]}}
`,
  records: 3,
  wrong: [
    { from: '"1500150000"', to: '"+Inf"', column: 'value' },
    { from: '"1500150000"', to: '1500150000.', column: null },
    { from: '1772359260.5', to: '17', column: 'time' },
    { from: '"ifName":"eth{0}"', to: '"ifName":"eth{0}', column: 'instance' },
  ],
  harmless: [{ from: '"result":[{', to: '"result":[\n{' }],
};

/** Columns as exports of monitoring systems name them. */
export const COUNTER_CSV: Sample = {
  name: 'counter-csv',
  settings: 'timezone: Asia/Shanghai',
  text: `time,device,interface,ifHCInOctets,ifHCOutOctets
2026-03-01 18:00:00,192.0.2.1,eth0,4840,1500000000
2026-03-01 18:05:00,192.0.2.1,eth0,9680,1500150000
`,
  records: 2,
  wrong: [
    { from: '1500000000', to: '1500 MB', column: 'ifHCOutOctets' },
    { from: '2026-03-01 18:00:00', to: '18:00', column: 'time' },
    { from: '192.0.2.1,eth0,4840', to: ',eth0,4840', column: 'device' },
  ],
  harmless: [],
};

/** Points of Telegraf's snmp input (https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/). */
export const TELEGRAF: Sample = {
  name: 'telegraf',
  settings: '',
  text: `interface,agent_host=192.0.2.1,ifDescr=Gigabit\\ Ethernet\\ 1,ifName=Gi0/1 ifHCInOctets=4840u,ifHCOutOctets=1500000000u,ifAlias="a, b=9" 1772359200000000000
net,host=192.0.2.1,interface=eth0 bytes_sent=1500000000i,bytes_recv=4840i 1772359200000000000
`,
  records: 2,
  wrong: [
    { from: 'ifHCOutOctets=1500000000u', to: 'ifHCOutOctets=-1u', column: 'ifHCOutOctets' },
    { from: 'b=9" 1772359200000000000', to: 'b=9" 17', column: 'time' },
    { from: 'agent_host=192.0.2.1,', to: '', column: 'agent_host' },
  ],
  harmless: [{ from: ',ifAlias="a, b=9"', to: ',x=t,y="ifHCOutOctets=7"' }],
};

/** Blocks as dhcpd 4.4.3 wrote them (fixtures/network/dhcpd.leases), with other addresses. */
export const ISC_DHCP: Sample = {
  name: 'isc-dhcp',
  settings: '',
  text: `# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;

lease 192.0.2.1 {
  starts 0 2026/03/01 10:00:00;
  ends 0 2026/03/01 22:00:00;
  cltt 0 2026/03/01 10:00:00;
  binding state active;
  next binding state free;
  hardware ethernet 02:00:00:00:00:01;
  uid "\\001\\002";
  client-hostname "cn001";
}
lease 192.0.2.2 {
  starts epoch 1772359200; # Sun Mar  1 10:00:00 2026
  ends never;
  binding state active;
  hardware ethernet 02:00:00:00:00:02;
}
`,
  records: 2,
  wrong: [
    { from: 'lease 192.0.2.1 {', to: 'lease 192.0.2 {', column: 'lease' },
    { from: '2026/03/01 10:00:00;\n  ends', to: 'today;\n  ends', column: 'starts' },
    { from: '  starts 0 2026/03/01 10:00:00;\n  ends', to: '  ends', column: 'starts' },
    { from: '02:00:00:00:00:01', to: 'unknown', column: 'hardware' },
    { from: '0 2026/03/01 22:00:00', to: '0 2026/03/01 09:00:00', column: 'ends' },
  ],
  harmless: [
    { from: '  next binding state free;\n', to: '  set vendor = "x}";\n' },
    { from: '  client-hostname "cn001";\n', to: '' },
  ],
};

/** Lines as Kea 2.2 wrote them (fixtures/network/kea-leases4.csv), with other addresses. */
export const KEA: Sample = {
  name: 'kea',
  settings: '',
  text: `address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context
192.0.2.1,02:00:00:00:00:01,01:02,4000,1772363200,1,0,0,cn001,0,
192.0.2.2,02:00:00:00:00:02,,4000,1772363200,1,0,0,,0,{ "a": "b&#x2cc" }
`,
  records: 2,
  wrong: [
    { from: '192.0.2.1,', to: '192.0.2.1.1,', column: 'address' },
    { from: '1772363200,1,0,0,cn001', to: 'soon,1,0,0,cn001', column: 'expire' },
    { from: '4000,1772363200,1,0,0,cn001', to: 'x,1772363200,1,0,0,cn001', column: 'valid_lifetime' },
    { from: '02:00:00:00:00:01', to: '02-00', column: 'hwaddr' },
    { from: ',cn001,0,', to: ',cn001', column: 'fields' },
  ],
  harmless: [],
};

/** Logs of clouds, firewalls, proxies and object stores, counters and leases. */
export const NETWORK_SAMPLES: readonly Sample[] = [
  AWS_VPC,
  AWS_VPC_CUSTOM,
  GCP_VPC,
  AZURE_NSG,
  AZURE_VNET,
  CONNTRACK,
  FORTIGATE_TRAFFIC,
  PALOALTO_TRAFFIC,
  FILTERLOG,
  NFTABLES,
  SQUID,
  S3,
  RGW,
  PROMETHEUS_TEXT,
  PROMETHEUS_RANGE,
  COUNTER_CSV,
  TELEGRAF,
  ISC_DHCP,
  KEA,
];

function jsonLines(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
