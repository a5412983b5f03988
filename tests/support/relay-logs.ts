import { micros } from './zeek-text.ts';

/** A centre behind a NAT, with a proxy and an object gateway whose own logs come too, and a pool of VPN clients. */
export const RELAY_YAML = `
facility: { name: Test Centre }
networks:
  inside: [10.0.0.0/8, 192.0.2.0/24]
  remoteAccess: [10.200.0.0/16]
  relays:
    - { cidr: 192.0.2.5, logs: [nat-1] }
    - { cidr: 192.0.2.6, logs: [squid-1] }
    - { cidr: 192.0.2.7, logs: [rgw-1] }
paths:
  - { name: border, capacityGbps: 100, sensors: [zeek] }
  - { name: vpn, capacityGbps: 10, gateways: [192.0.2.250], sensors: [zeek] }
hosts:
  - { name: login1, addresses: [10.0.0.1, 10.0.1.1] }
  - { name: login2, addresses: [10.0.0.2] }
sensors:
  - { name: zeek, files: "zeek/**" }
`;

/** The end of a connection as conntrack tells it: `as` is what the client was hidden behind, `lasted` is in whole seconds. */
export interface Destroyed {
  readonly end: string | number;
  readonly lasted?: number;
  readonly from: string;
  readonly to: string;
  readonly as?: string;
  /** The address that the client called, where `to` stood behind it. */
  readonly called?: string;
  readonly sent?: number;
  readonly got?: number;
  readonly proto?: 'tcp' | 'udp';
}

/** Returns a line as `conntrack -E -o timestamp` writes it. */
export function destroyed(told: Destroyed): string {
  const {
    from,
    to,
    as = `192.0.2.5 ${from.split(' ')[1]}`,
    called = to,
    sent = 1040,
    got = 80,
    proto = 'tcp',
  } = told;
  const [src, sport] = from.split(' ');
  const [dst, dport] = called.split(' ');
  const [replySrc, replyFrom] = to.split(' ');
  const [hidden, hiddenPort] = as.split(' ');
  const at = ((typeof told.end === 'number' ? told.end : micros(told.end)) / 1e6).toFixed(6);
  const state = proto === 'tcp' ? '6 118 TIME_WAIT' : '17 28';
  const lasted = told.lasted === undefined ? '' : ` delta-time=${told.lasted}`;
  return (
    `[${at}]\t[DESTROY] ${proto.padEnd(8)} ${state} src=${src} dst=${dst} sport=${sport} dport=${dport} packets=1 bytes=${sent} ` +
    `src=${replySrc} dst=${hidden} sport=${replyFrom} dport=${hiddenPort} packets=1 bytes=${got} [ASSURED]${lasted} id=${Number(sport) * 7919 + Number(dport)}\n`
  );
}

/** A reply as Squid logs it, in few words; `lasts` is in seconds. */
export interface Fetched {
  readonly at: string | number;
  readonly lasts: number;
  readonly client: string;
  readonly server?: string;
  readonly bytes: number;
  readonly user?: string;
  readonly method?: 'GET' | 'CONNECT';
}

/** Returns a line of Squid's access.log. */
export function fetched({
  at,
  lasts,
  client,
  server = '198.51.100.7',
  bytes,
  user = '-',
  method = 'GET',
}: Fetched): string {
  const end = (typeof at === 'number' ? at : micros(at)) + lasts * 1e6;
  const what = method === 'GET' ? `http://${server}/a.bin` : `${server}:443`;
  return `${(end / 1e6).toFixed(3)} ${String(Math.round(lasts * 1000)).padStart(6)} ${client} TCP_MISS/200 ${bytes} ${method} ${what} ${user} HIER_DIRECT/${server} -\n`;
}

/** Returns a line of the operations log of a Ceph gateway: an object that a client outside read. */
export function served(told: {
  readonly at: string;
  readonly lasts: number;
  readonly client: string;
  readonly user: string;
  readonly bytes: number;
}): string {
  return `${JSON.stringify({
    bucket: 'data',
    object: 'a.bin',
    time: told.at,
    time_local: told.at,
    remote_addr: told.client,
    user: told.user,
    operation: 'get_obj',
    uri: 'GET /data/a.bin HTTP/1.1',
    http_status: '200',
    error_code: '',
    bytes_sent: told.bytes,
    bytes_received: 0,
    object_size: told.bytes,
    total_time: told.lasts * 1000,
    user_agent: 'test',
    referrer: '',
    trans_id: 'tx1',
  })}\n`;
}
