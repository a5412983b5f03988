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

/** Flow logs of public clouds. */
export const CLOUD_SAMPLES: readonly Sample[] = [AWS_VPC, AWS_VPC_CUSTOM, GCP_VPC, AZURE_NSG, AZURE_VNET];

function jsonLines(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
