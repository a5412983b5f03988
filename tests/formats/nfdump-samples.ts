import type { Sample } from './sample.ts';

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
