/** Good lines of every format, with what of them can go wrong, for tests that all formats share. */
export interface Sample {
  readonly name: string;
  /** What weir.yaml says of the sensor, as YAML in braces: `timezone: UTC`. */
  readonly settings: string;
  /** A whole log. Its records begin on lines of their own, or on several (`lines`). */
  readonly text: string;
  readonly records: number;
  /** A text to be put in another's place, and the column that a person is to be told of; exactly one line is rejected. */
  readonly wrong: readonly { readonly from: string; readonly to: string; readonly column: string | null }[];
  /** Changes after which every record counts as before: fields more or fewer. */
  readonly harmless: readonly { readonly from: string; readonly to: string }[];
}

const EVE_FLOW = {
  timestamp: '2026-03-01T10:05:00.000001+0100',
  flow_id: 1234567890123456,
  event_type: 'flow',
  src_ip: '192.0.2.1',
  src_port: 40001,
  dest_ip: '198.51.100.7',
  dest_port: 443,
  proto: 'TCP',
  app_proto: 'tls',
  flow: {
    pkts_toserver: 1000,
    pkts_toclient: 800,
    bytes_toserver: 1300000,
    bytes_toclient: 60000,
    start: '2026-03-01T10:00:00.000000+0100',
    end: '2026-03-01T10:04:00.500000+0100',
    age: 240,
    state: 'closed',
    reason: 'timeout',
    alerted: false,
  },
};

/** EVE as its user guide (https://docs.suricata.io/en/latest/output/eve/eve-json-format.html) describes it. */
export const EVE: Sample = {
  name: 'suricata',
  settings: '',
  text: jsonLines([
    EVE_FLOW,
    {
      timestamp: '2026-03-01T10:00:00.100000+0100',
      flow_id: 1234567890123456,
      event_type: 'tls',
      src_ip: '192.0.2.1',
      tls: { sni: 'store.example.org', ja4: 't13d1516h2_8daaf6152771_02713d6af862', ja3: { hash: 'x' } },
    },
    {
      timestamp: '2026-03-01T10:00:00.100000+0100',
      flow_id: 77,
      event_type: 'ssh',
      ssh: {
        client: { software_version: 'OpenSSH_9.2', hassh: { hash: 'abc' } },
        server: { software_version: 'OpenSSH_8.4' },
      },
    },
    {
      timestamp: '2026-03-01T10:00:00.100000+0100',
      flow_id: 9,
      event_type: 'netflow',
      src_ip: '192.0.2.1',
      dest_ip: '198.51.100.8',
      proto: 'ICMP',
      icmp_type: 8,
      icmp_code: 0,
      netflow: {
        pkts: 3,
        bytes: 294,
        start: '2026-03-01T10:00:00.000000+0100',
        end: '2026-03-01T10:00:02.000000+0100',
        age: 2,
      },
    },
  ]),
  records: 4,
  wrong: [
    { from: '"192.0.2.1","src_port"', to: '"nowhere","src_port"', column: 'src_ip' },
    { from: '40001', to: '"http"', column: 'src_port' },
    { from: '1300000', to: '-1', column: 'flow.bytes_toserver' },
    { from: '"bytes_toserver":1300000,', to: '', column: 'flow.bytes_toserver' },
    { from: '60000', to: '"many"', column: 'flow.bytes_toclient' },
    {
      from: '"start":"2026-03-01T10:00:00.000000+0100","end":"2026-03-01T10:04',
      to: '"start":"yesterday","end":"2026-03-01T10:04',
      column: 'flow.start',
    },
    {
      from: '"start":"2026-03-01T10:00:00.000000+0100","end":"2026-03-01T10:04',
      to: '"start":null,"end":"2026-03-01T10:04',
      column: 'flow.start',
    },
    { from: '"flow":{"pkts', to: '"flow":7,"_":{"pkts', column: 'flow.start' },
    { from: '"alerted":false}}', to: '"alerted":false}', column: null },
  ],
  harmless: [
    { from: '"age":240,', to: '' },
    { from: '"proto":"TCP"', to: '"proto":"TCP","vlan":[7],"extra":{"deep":[1,2]}' },
    { from: '"app_proto":"tls",', to: '' },
  ],
};

/** Made by scripts/fixtures/flows.sh with Debian's nfdump 1.7.1: three flows of fixtures/flows/nfdump-1.7.1.csv. */
export const NFDUMP_CSV: Sample = {
  name: 'nfdump-1.7.1.csv',
  settings: 'timezone: Asia/Shanghai',
  text: `ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,nh,nhb,svln,dvln,ismc,odmc,idmc,osmc,mpls1,mpls2,mpls3,mpls4,mpls5,mpls6,mpls7,mpls8,mpls9,mpls10,cl,sl,al,ra,eng,exid,tr
2026-11-20 17:40:43,2026-11-20 17:40:43,0.008,192.0.2.1,192.0.2.2,40001,5001,TCP,...AP.SF,0,0,656,234120,0,0,0,0,0,0,0,0,0,0,0.0.0.0,0.0.0.0,0,0,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,    0.000,    0.000,    0.000,127.0.0.1,0/0,1,2026-11-20 17:40:44.102
2026-11-20 17:40:43,2026-11-20 17:40:43,0.008,192.0.2.2,192.0.2.1,5001,40001,TCP,...AP.SF,0,0,719,1037396,0,0,0,0,0,0,0,0,0,1,0.0.0.0,0.0.0.0,0,0,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,    0.000,    0.000,    0.000,127.0.0.1,0/0,1,2026-11-20 17:40:44.102
2026-11-20 17:40:41,2026-11-20 17:40:42,0.564,::,ff02::16,0,0,ICMP6,........,0,0,2,192,0,0,0,0,0,0,0,0,0,0,0.0.0.0,0.0.0.0,0,0,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,    0.000,    0.000,    0.000,127.0.0.1,0/0,1,2026-11-20 17:40:44.102
Summary
flows,bytes,packets,avg_bps,avg_pps,avg_bpp
3,1271708,1377,74519556,8245,1129
`,
  records: 3,
  wrong: [
    {
      from: '2026-11-20 17:40:43,2026-11-20 17:40:43,0.008,192.0.2.1',
      to: ',2026-11-20 17:40:43,0.008,192.0.2.1',
      column: 'ts',
    },
    {
      from: '2026-11-20 17:40:43,2026-11-20 17:40:43,0.008,192.0.2.1',
      to: '2026-11-20 17:40:43,2036-11-20 17:40:43,0.008,192.0.2.1',
      column: 'te',
    },
    { from: '192.0.2.1,192.0.2.2,40001', to: '192.0.2.1.5,192.0.2.2,40001', column: 'sa' },
    { from: '192.0.2.2,40001', to: '192.0.2.2,70000', column: 'sp' },
    { from: '656,234120', to: '656,-1', column: 'ibyt' },
    { from: '656,234120', to: '656,1e400', column: 'ibyt' },
    { from: ',TCP,...AP.SF,0,0,656', to: ',TCP,...AP.SF,0,656', column: 'fields' },
    { from: ',TCP,...AP.SF,0,0,656', to: ',TCP,...AP.SF,0,0,0,656', column: 'fields' },
  ],
  harmless: [{ from: '0.008,192.0.2.1', to: 'x,192.0.2.1' }],
};

/** Made by the same script with Debian's nfdump 1.7.1, shortened to the fields that are read and some others. */
export const NFDUMP_JSON: Sample = {
  name: 'nfdump-1.7.1.json',
  settings: 'timezone: Asia/Shanghai',
  text: `[
{
	"type" : "FLOW",
	"sampled" : 0,
	"export_sysid" : 1,
	"first" : "2026-11-20T17:40:43.500",
	"last" : "2026-11-20T17:40:43.508",
	"received" : "2026-11-20T17:40:44.102",
	"in_packets" : 656,
	"in_bytes" : 234120,
	"proto" : 6,
	"tcp_flags" : "...AP.SF",
	"src_port" : 40001,
	"dst_port" : 5001,
	"src4_addr" : "192.0.2.1",
	"dst4_addr" : "192.0.2.2",
	"label" : "<none>"
},
{
	"type" : "FLOW",
	"sampled" : 0,
	"export_sysid" : 1,
	"first" : "2026-11-20T17:40:43.500",
	"last" : "2026-11-20T17:40:43.508",
	"in_packets" : 719,
	"in_bytes" : 1037396,
	"proto" : 6,
	"src_port" : 5001,
	"dst_port" : 40001,
	"src4_addr" : "192.0.2.2",
	"dst4_addr" : "192.0.2.1",
	"label" : "<none>"
}]
`,
  records: 2,
  wrong: [
    {
      from: '"192.0.2.1",\n	"dst4_addr" : "192.0.2.2"',
      to: '"nowhere",\n	"dst4_addr" : "192.0.2.2"',
      column: 'src4_addr',
    },
    { from: '	"dst4_addr" : "192.0.2.2",\n', to: '', column: 'dst4_addr' },
    { from: '234120', to: '"x"', column: 'in_bytes' },
    { from: '234120', to: '656', column: 'in_bytes' },
    {
      from: '"sampled" : 0,\n	"export_sysid" : 1,\n	"first" : "2026-11-20T17:40:43.500",\n	"last" : "2026-11-20T17:40:43.508",\n	"received',
      to: '"sampled" : 0,\n	"export_sysid" : 1,\n	"first" : [1],\n	"last" : "2026-11-20T17:40:43.508",\n	"received',
      column: 'first',
    },
    { from: '234120,', to: '234120', column: null },
  ],
  harmless: [
    { from: '	"tcp_flags" : "...AP.SF",\n', to: '	"new" : { "in" : [ 1, "}" ] },\n' },
    { from: '"label" : "<none>"\n},', to: '"label" : "}{\\"\\\\"\n},' },
  ],
};

/**
 * The default columns of nfdump 1.7.6, as its author and users show them
 * (https://github.com/phaag/nfdump/issues/631); lines written to that form.
 */
export const NFDUMP_CSV_NEW: Sample = {
  name: 'nfdump-1.7.6.csv',
  settings: 'timezone: "+08:00"',
  text: `firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows
2026-11-20 17:40:43.500,0.008,6,192.0.2.1,40001,192.0.2.2,5001,656,234120,1
2026-11-20 17:40:43.500,0.008,6,192.0.2.2,5001,192.0.2.1,40001,719,1037396,1
2026-11-20 17:40:44.000,0.000,1,192.0.2.1,0,192.0.2.2,8.0,3,252,1
`,
  records: 3,
  wrong: [
    { from: '234120', to: 'NaN', column: 'bytes' },
    { from: '0.008,6,192.0.2.1', to: 'long,6,192.0.2.1', column: 'duration' },
    { from: '192.0.2.1,40001', to: ',40001', column: 'srcAddr' },
  ],
  harmless: [{ from: '656,234120,1', to: '656,234120,' }],
};

/** Records of nfdump 1.6 as a user showed them (https://github.com/philhagen/sof-elk/issues/207), and of `-o ndjson` since 1.7.5. */
export const NFDUMP_JSON_OTHERS: Sample = {
  name: 'nfdump-1.6.json',
  settings: 'timezone: UTC',
  text: `[
{
    "type" : "FLOW",
    "sampled" : 0,
    "export_sysid" : 1,
    "t_first" : "2021-03-22T18:35:56.12",
    "t_last" : "2021-03-22T18:35:57.7Z",
    "proto" : 6,
    "src4_addr" : "192.0.2.1",
    "dst4_addr" : "192.168.3.161",
    "src_port" : 49911,
    "dst_port" : 9200,
    "in_packets" : 3,
    "in_bytes" : 204,
    "label" : "<none>"
}
,
{"type":"FLOW","export_sysid":1,"first":"2021-03-22T18:36:56.012","last":"2021-03-22T18:36:57.007","received":"2021-03-22T18:37:00.000","in_packets":3,"in_bytes":204,"proto":6,"src_port":49911,"dst_port":9200,"src4_addr":"192.168.1.170","dst4_addr":"192.168.3.161","sampled":0}
]
`,
  records: 2,
  wrong: [{ from: '"2021-03-22T18:35:56.12"', to: '"2021-03-22T18:35:61.12"', column: 'first' }],
  harmless: [{ from: '"t_last" : "2021-03-22T18:35:57.7Z"', to: '"t_last" : "2021-03-22T18:35:57.007"' }],
};

/** goflow2's JSON with the keys of its table of protocols (https://github.com/netsampler/goflow2/blob/main/docs/protocols.md). */
export const GOFLOW2: Sample = {
  name: 'goflow2',
  settings: 'samplingRate: 100',
  text: jsonLines([
    {
      type: 'NETFLOW_V9',
      time_received_ns: '1772356000000000000',
      sequence_num: 7,
      sampling_rate: 100,
      sampler_address: '192.0.2.254',
      time_flow_start_ns: '@start',
      time_flow_end_ns: '@end',
      bytes: 150000,
      packets: 100,
      src_addr: '192.0.2.1',
      dst_addr: '198.51.100.7',
      etype: 'IPv4',
      proto: 'TCP',
      src_port: 40001,
      dst_port: 443,
    },
    {
      type: 'SFLOW_5',
      time_received_ns: '@received',
      sampling_rate: 100,
      sampler_address: '192.0.2.254',
      time_flow_start_ns: 0,
      time_flow_end_ns: 0,
      bytes: 1514,
      packets: 1,
      src_addr: '2001:db8::1',
      dst_addr: '2001:db8:1::7',
      etype: 'IPv6',
      proto: 'UDP',
      src_port: 53,
      dst_port: 40000,
    },
  ])
    // Larger than a number of JavaScript holds exactly.
    .replace('"@start"', '1772355600123456789')
    .replace('"@end"', '1772355610000000000')
    .replace('"@received"', '1772355700000000001'),
  records: 2,
  wrong: [
    { from: '150000', to: '"x"', column: 'bytes' },
    { from: '"src_addr":"192.0.2.1",', to: '', column: 'src_addr' },
    { from: '1772355600123456789', to: '12', column: 'time_flow_start_ns' },
    {
      from: '"sequence_num":7,"sampling_rate":100',
      to: '"sequence_num":7,"sampling_rate":100,"packets":',
      column: null,
    },
  ],
  harmless: [{ from: '"etype":"IPv4",', to: '"new":[{"a":1}],' }],
};

/** Rows of Akvorado's table, by its published schema (https://github.com/akvorado/akvorado, common/schema/definition.go). */
export const AKVORADO: Sample = {
  name: 'akvorado',
  settings: 'samplingRate: 1000, timezone: UTC',
  text: jsonLines([
    {
      TimeReceived: '2026-03-01 10:00:07',
      SamplingRate: '1000',
      ExporterAddress: '::ffff:192.0.2.254',
      SrcAddr: '::ffff:192.0.2.1',
      DstAddr: '::ffff:198.51.100.7',
      EType: 2048,
      Proto: 6,
      SrcPort: 40001,
      DstPort: 443,
      Bytes: '150000',
      Packets: '100',
      InIfBoundary: 'internal',
    },
    {
      TimeReceived: '2026-03-01 10:00:08',
      SamplingRate: '1000',
      ExporterAddress: '::ffff:192.0.2.254',
      SrcAddr: '2001:db8::1',
      DstAddr: '2001:db8:1::7',
      EType: 34525,
      Proto: 58,
      SrcPort: 0,
      DstPort: 0,
      ICMPv6Type: 128,
      ICMPv6Code: 0,
      Bytes: '104',
      Packets: '1',
      InIfBoundary: 'internal',
    },
  ]),
  records: 2,
  wrong: [
    { from: '"150000"', to: '"150000 B"', column: 'Bytes' },
    { from: '"::ffff:192.0.2.1"', to: '"::ffff:192.0.2.999"', column: 'SrcAddr' },
    { from: '2026-03-01 10:00:07', to: '2026-03-01 25:00:07', column: 'TimeReceived' },
  ],
  harmless: [{ from: ',"InIfBoundary":"internal"}', to: ',"SrcCountry":null}' }],
};

/** Made by scripts/fixtures/flows.sh with Debian's argus 3.0.8 (-A) and ra: lines of fixtures/flows/argus-epoch.csv. */
export const ARGUS: Sample = {
  name: 'argus',
  settings: '',
  text: `SrcAddr,Sport,DstAddr,Dport,Proto,StartTime,LastTime,Dur,SrcPkts,DstPkts,SrcBytes,DstBytes,SAppBytes,DAppBytes,State,Flgs
192.0.2.1,40001,192.0.2.2,5001,tcp,1795167935.515905,1795167935.847683,0.331778,766,800,250564,1052808,200000,1000000,FIN, e        
192.0.2.1,40004,192.0.2.2,5002,udp,1795167938.120748,1795167938.131254,0.010506,50,50,22100,42100,20000,40000,CON, e        
192.0.2.1,0x0008,192.0.2.2,0x0a56,icmp,1795167940.873008,1795167940.873080,0.000072,1,1,98,98,64,64,ECO, e        
`,
  records: 3,
  wrong: [
    { from: '250564', to: 'x', column: 'SrcBytes' },
    { from: '1795167935.515905', to: 'soon', column: 'StartTime' },
    { from: '0.331778', to: 'inf', column: 'Dur' },
    { from: '192.0.2.1,40001', to: ',40001', column: 'SrcAddr' },
    { from: ',FIN, e        ', to: '', column: 'fields' },
  ],
  harmless: [{ from: ',FIN, e        ', to: ',FIN, e        ,more' }],
};

/** Every flow format. */
export const SAMPLES: readonly Sample[] = [
  EVE,
  NFDUMP_CSV,
  NFDUMP_JSON,
  NFDUMP_CSV_NEW,
  NFDUMP_JSON_OTHERS,
  GOFLOW2,
  AKVORADO,
  ARGUS,
];

function jsonLines(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
