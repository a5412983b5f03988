import type { Field } from '../relation.ts';
import type { Message, MessageKind } from './message.ts';
import type { SessionFields } from './session-rule.ts';

const PROGRAMS = 'charon(?:-systemd|-nm)?|ipsec';
/** Thread, group, and with `ike_name = yes` the connection. */
const HEAD = '\\d+\\[(?:IKE|CFG)\\] (?:<[^>]*> )?';
const SA = '(?<sa>[^ \\[\\]]+\\[\\d+\\])';
const ENDS = '(?<local>[^ \\[]+)\\[.*?\\]\\.\\.\\.(?<from>[^ \\[]+)\\[(?<user>.*)\\]';
const CHILD = '(?<child>[^ {]+\\{\\d+\\})';

/**
 * What strongSwan's charon says. Its lines about an IKE_SA, a CHILD_SA and a virtual address do not name each other, so each
 * is a session of its own: `name[3]`, `name{5}`, and `lease:10.3.0.1`, which alone tells who has the address.
 */
export const STRONGSWAN: readonly MessageKind[] = [
  {
    name: 'strongswan-begin',
    programs: PROGRAMS,
    begins: `${HEAD}IKE_SA [^ ]+ established between `,
    pattern: `${HEAD}IKE_SA ${SA} established between ${ENDS}$`,
    session: (group, message) => ({ ...ike(group, message), event: 'begin' }),
  },
  {
    name: 'strongswan-end',
    programs: PROGRAMS,
    begins: `${HEAD}deleting IKE_SA [^ ]+ between `,
    pattern: `${HEAD}deleting IKE_SA ${SA} between ${ENDS}$`,
    session: (group, message) => ({ ...ike(group, message), event: 'end' }),
  },
  {
    name: 'strongswan-address',
    programs: PROGRAMS,
    begins: `${HEAD}assigning virtual IP `,
    pattern: `${HEAD}assigning virtual IP (?<assigned>[0-9a-fA-F.:]+) to peer '(?<user>.*)'$`,
    session: (group, message) => ({ ...lease(group, message), event: 'begin' }),
  },
  {
    name: 'strongswan-offline',
    programs: PROGRAMS,
    begins: `${HEAD}lease [0-9a-fA-F.:]+ by `,
    pattern: `${HEAD}lease (?<assigned>[0-9a-fA-F.:]+) by '(?<user>.*)' went offline$`,
    session: (group, message) => ({ ...lease(group, message), event: 'end' }),
  },
  {
    name: 'strongswan-child',
    programs: PROGRAMS,
    begins: `${HEAD}(?:inbound )?CHILD_SA [^ ]+ established with SPIs `,
    pattern: `${HEAD}(?:inbound )?CHILD_SA ${CHILD} established with SPIs .* and TS .* === (?<selector>.*)$`,
    session: (group, message) => ({ ...child(group, message), event: 'begin' }),
  },
  {
    name: 'strongswan-bytes',
    programs: PROGRAMS,
    begins: `${HEAD}closing CHILD_SA `,
    pattern: `${HEAD}closing CHILD_SA ${CHILD} with SPIs [0-9a-f]+_i \\((?<in>\\d+) bytes(?:, [^)]*)?\\) [0-9a-f]+_o \\((?<out>\\d+) bytes(?:, [^)]*)?\\) and TS .* === (?<selector>.*)$`,
    session: (group, message) => ({
      ...child(group, message),
      event: 'end',
      bytesIn: { name: 'bytes in', text: group('in') },
      bytesOut: { name: 'bytes out', text: group('out') },
    }),
  },
];

function ike(group: Field, { at, host }: Message): Omit<SessionFields, 'event'> {
  return {
    kind: 'vpn',
    at,
    uid: group('sa'),
    principal: `CASE WHEN ${group('user')} <> '%any' THEN ${group('user')} END`,
    outer: { name: 'remote host', text: group('from') },
    server: `coalesce(${host}, ${group('local')})`,
  };
}

function lease(group: Field, { at, host }: Message): Omit<SessionFields, 'event'> {
  return {
    kind: 'vpn',
    at,
    uid: `concat('lease:', ${group('assigned')})`,
    principal: group('user'),
    assigned: { name: 'virtual IP', text: group('assigned') },
    server: host,
  };
}

/** A selector of exactly one host is its virtual address; of networks, a site and not a person. */
function child(group: Field, { at, host }: Message): Omit<SessionFields, 'event'> {
  const one = `regexp_extract(${group('selector')}, '^([0-9a-fA-F.:]+)/(?:32|128)(?:\\[[^\\]]*\\])?$', 1)`;
  return {
    kind: 'vpn',
    at,
    uid: group('child'),
    assigned: { name: 'traffic selector', text: `nullif(${one}, '')` },
    server: host,
  };
}
