import type { Field } from '../relation.ts';
import type { Message, MessageKind } from './message.ts';
import type { SessionFields } from './session-rule.ts';

/** A client's address and port; IPv6 is written without brackets, and its port is behind the last colon. */
const PEER = '(?:\\[AF_INET6?\\])?\\[?(?<from>[0-9a-fA-F.:]+)\\]?:(?<port>\\d+)';
/** The prefix of a client's lines. A name from a certificate holds no slash that OpenVPN did not make an underscore. */
const CLIENT = `(?<user>[^/ ]+)/(?:(?:udp|tcp)[46](?:-server)?:)?${PEER}(?: MULTI-?)? `;

/** What an OpenVPN server says of its clients. */
export const OPENVPN: readonly MessageKind[] = [
  {
    name: 'openvpn-begin',
    programs: 'openvpn(?:-.*|@.*)?|ovpn-.*',
    begins: '(?:[^ ]+ )?\\[[^\\]]+\\] Peer Connection Initiated with ',
    pattern: `(?:[^ ]+ )?\\[(?<user>[^\\]]+)\\] Peer Connection Initiated with (?:\\[AF_INET6?\\])?\\[?(?<from>[0-9a-fA-F.:]+)\\]?:(?<port>\\d+)(?: \\(via .*\\))?$`,
    session: (group, message) => ({ ...client(group, message), event: 'begin' }),
  },
  {
    name: 'openvpn-address',
    programs: 'openvpn(?:-.*|@.*)?|ovpn-.*',
    begins: '(?:[^ ]+ )?MULTI: primary virtual IP(?:v6)? for ',
    pattern: `(?:[^ ]+ )?MULTI: primary virtual IP(?:v6)? for ${CLIENT.trimEnd()}: (?<assigned>[0-9a-fA-F.:]+)$`,
    session: (group, message) => ({
      ...client(group, message),
      event: 'snapshot',
      ...assignedOf(group('assigned')),
    }),
  },
  {
    name: 'openvpn-end',
    programs: 'openvpn(?:-.*|@.*)?|ovpn-.*',
    begins: `[^/ ]+/[^ ]+ (?:SIG[A-Z0-9]+\\[soft,[^\\]]*\\] received, client-instance |CC-EEN exit message received by peer)`,
    pattern: `${CLIENT}(?:SIG[A-Z0-9]+\\[soft,[^\\]]*\\] received, client-instance (?:exiting|restarting)|CC-EEN exit message received by peer)$`,
    session: (group, message) => ({ ...client(group, message), event: 'end' }),
  },
];

/** A client is its address and port for as long as it is connected. */
function client(group: Field, { at, host }: Message): Omit<SessionFields, 'event'> {
  return {
    kind: 'vpn',
    at,
    uid: `concat(${group('from')}, ':', ${group('port')})`,
    principal: group('user'),
    outer: { name: 'real address', text: group('from') },
    outerPort: { name: 'port', text: group('port') },
    server: host,
  };
}

/** The one or the other address is the first; a second line gives the second. */
function assignedOf(text: string): Pick<SessionFields, 'assigned' | 'assigned6'> {
  return {
    assigned: { name: 'virtual address', text: `CASE WHEN NOT contains(${text}, ':') THEN ${text} END` },
    assigned6: { name: 'virtual address', text: `CASE WHEN contains(${text}, ':') THEN ${text} END` },
  };
}
