import type { Sample } from './sample.ts';

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

/** Blocks as dhcpd 4.4.3 wrote them (fixtures/network/dhcpd.leases), with other addresses. */
export const ISC_DHCP: Sample = {
  name: 'isc-dhcp',
  settings: '',
  text: `# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;

failover peer "dhcp" state {
  my state normal at 0 2026/03/01 09:00:00;
}
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

/** Logs of proxies and object stores, and leases of DHCP servers. */
export const OBJECT_SAMPLES: readonly Sample[] = [SQUID, S3, RGW, ISC_DHCP, KEA];

function jsonLines(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
