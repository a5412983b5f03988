import { FORTIGATE_TRAFFIC_STREAMS, fortigateTrafficStream } from './firewalls/fortigate-traffic.ts';
import type { LogFormat } from './format.ts';
import type { Field } from './relation.ts';
import {
  FORTIGATE_VPN_STREAMS,
  fortigateVpnStream,
  isZonelessFortigate,
  SUBTYPE,
} from './sessions/fortigate-vpn.ts';
import { pairsRelation } from './text-relation.ts';

const MINE = /(?:^|[\s,])logid="?\d{10}"?(?=[\s,]).*[\s,]type="?[a-z-]+"?(?:[\s,]|$)/;

/** What is asked of a line, whichever log it is of. */
const KEYS = [
  ...[
    'logid',
    'type',
    'subtype',
    'eventtime',
    'date',
    'time',
    'tz',
    'devid',
    'devname',
    'vd',
    'action',
    'msg',
  ],
  ...['duration', 'sentbyte', 'rcvdbyte', 'sentpkt', 'rcvdpkt'],
  ...['srcip', 'srcport', 'dstip', 'dstport', 'proto', 'policyid', 'sessionid'],
  ...['trandisp', 'transip', 'transport', 'tranip', 'tranport'],
  ...['tunneltype', 'tunnelid', 'tunnelip', 'assignip', 'vpntunnel', 'remip', 'remport', 'user', 'xauthuser'],
];

/** FortiGate writes all its logs to one stream of pairs; `type` and `subtype` say which one a line is of. */
export const fortigate: LogFormat = {
  name: 'fortigate',
  title: 'FortiGate log',
  recognise({ lines }) {
    const mine = lines.filter((line) => MINE.test(line));
    if (mine.length === 0) return undefined;
    const layout = { source: 'fortigate', encoding: 'text', fields: [] } as const;
    return mine.some(isZonelessFortigate) ? { layout, needs: ['timezone'] } : { layout };
  },
  reading: () => ({
    source: 'fortigate',
    relation: (path, rejects) => pairsRelation(path, 'logid', KEYS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a line of a FortiGate (key=value with a logid)',
    streamOf,
    streams: { ...FORTIGATE_VPN_STREAMS, ...FORTIGATE_TRAFFIC_STREAMS },
  }),
};

function streamOf(field: Field): string {
  return `CASE WHEN ${field('type')} = 'event' AND ${field('subtype')} = 'vpn' THEN ${fortigateVpnStream(field)}
    WHEN ${field('type')} = 'traffic' THEN ${fortigateTrafficStream(field)} ELSE ${SUBTYPE(field)} END`;
}
