import { NFDUMP_CSV, NFDUMP_CSV_NEW, NFDUMP_JSON, NFDUMP_JSON_OTHERS } from './nfdump-samples.ts';
import type { Sample } from './sample.ts';

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
    {
      timestamp: '2026-03-01T10:00:08.000000+0100',
      event_type: 'stats',
      stats: {
        uptime: 3600,
        capture: { kernel_packets: 1010, kernel_drops: 12 },
        decoder: { pkts: 998, bytes: 99800 },
      },
    },
  ]),
  records: 5,
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
    { from: '"uptime":3600,', to: '', column: 'stats.uptime' },
    { from: '"pkts":998', to: '"pkts":-1', column: 'stats.decoder.pkts' },
    { from: '"kernel_drops":12', to: '"kernel_drops":"few"', column: 'stats.capture.kernel_drops' },
  ],
  harmless: [
    { from: '"age":240,', to: '' },
    { from: '"proto":"TCP"', to: '"proto":"TCP","vlan":[7],"extra":{"deep":[1,2]}' },
    { from: '"app_proto":"tls",', to: '' },
    { from: '"capture":{"kernel_packets":1010,"kernel_drops":12},', to: '' },
  ],
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
