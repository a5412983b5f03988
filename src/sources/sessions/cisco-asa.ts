import type { LogFormat, SensorSettings } from '../format.ts';
import type { Field } from '../relation.ts';
import { SYSLOG_HEAD, SYSLOG_TIME, syslogNeeds, syslogTime, syslogTimeText } from '../syslog.ts';
import { patternRelation } from '../text-relation.ts';
import { kindOf, type Message, type MessageKind, streamsOf, TELLS_NOTHING } from './message.ts';
import type { SessionFields } from './session-rule.ts';

/** Behind the head stand, in any of several orders, the device's name, a relay's, and a second time. None holds a `%`. */
const LINE = `^${SYSLOG_HEAD}(?:(?<host>[^ %:]+) )?[^%]{0,120}%(?:ASA|FTD)-(?:[A-Za-z]+-)?\\d-(?<code>\\d{6}): (?<message>.*)$`;
const PLAIN = new RegExp(LINE);

const WHO = 'Group <(?<group>[^>]*)> User <(?<user>.*)> IP <(?<from>[^>]*)>';

/** What Cisco's ASA says of AnyConnect and clientless sessions, by the number of the message. */
const ASA: readonly MessageKind[] = [
  {
    name: 'begin',
    programs: '113039',
    begins: 'Group <',
    pattern: `${WHO} AnyConnect parent session started\\.?$`,
    session: (group, message) => ({ ...client(group, message), event: 'begin' }),
  },
  {
    name: 'address',
    programs: '722051',
    begins: 'Group <',
    pattern: `${WHO} IPv4 Address <(?<assigned>[^>]*)> IPv6 address <(?<assigned6>[^>]*)> assigned to session$`,
    session: (group, message) => ({
      ...client(group, message),
      event: 'snapshot',
      assigned: { name: 'IPv4 Address', text: given(group('assigned'), '0.0.0.0') },
      assigned6: { name: 'IPv6 address', text: given(group('assigned6'), '::') },
    }),
  },
  {
    // Each of the session's connections comes and goes by itself (TLS and DTLS, re-connections): the session goes on.
    name: 'connection',
    programs: '722022|722023',
    begins: 'Group <',
    pattern: `${WHO} (?:TCP|UDP) SVC connection (?:established|terminated) with(?:out)? .*$`,
    session: (group, message) => ({ ...client(group, message), event: 'snapshot' }),
  },
  {
    name: 'end',
    programs: '113019',
    begins: 'Group = ',
    pattern:
      'Group = (?<group>.*), Username = (?<user>.*), IP = (?<from>[^ ,]+), Session disconnected\\. Session Type: [^,]*, ' +
      'Duration: (?<length>(?:(?<days>\\d+)d )?(?<hours>\\d+)h:(?<minutes>\\d+)m:(?<seconds>\\d+)s), ' +
      'Bytes xmt: (?<sent>\\d+), Bytes rcv: (?<received>\\d+), Reason: .*$',
    session: (group, message) => ({
      ...client(group, message),
      event: 'end',
      lasted: { name: 'Duration', text: group('length'), value: lengthOf(group) },
      bytesIn: { name: 'Bytes rcv', text: group('received') },
      bytesOut: { name: 'Bytes xmt', text: group('sent') },
    }),
  },
  {
    name: 'portal-begin',
    programs: '716001',
    begins: 'Group <',
    pattern: `${WHO} WebVPN session started\\.?$`,
    session: (group, message) => ({ ...client(group, message), kind: 'portal', event: 'begin' }),
  },
  {
    name: 'portal-end',
    programs: '716002',
    begins: 'Group <',
    pattern: `${WHO} WebVPN session terminated: .*$`,
    session: (group, message) => ({ ...client(group, message), kind: 'portal', event: 'end' }),
  },
];

/** Syslog of Cisco ASA (and FTD, which says the same under its own name). */
export const ciscoAsa: LogFormat = {
  name: 'cisco-asa',
  title: 'Cisco ASA syslog',
  recognise({ lines }) {
    const mine = lines.filter((line) => PLAIN.test(line));
    if (mine.length === 0) return undefined;
    return { layout: { source: 'cisco-asa', encoding: 'text', fields: [] }, needs: syslogNeeds(mine) };
  },
  reading: () => ({
    source: 'cisco-asa',
    relation: (path, rejects) => patternRelation(path, LINE, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a line of a Cisco ASA (time, %ASA-level-number, message)',
    streamOf: (field) => kindOf(ASA, field('code'), `coalesce(${field('message')}, '')`),
    streams: streamsOf(ASA, ofAsa),
    leftAloneAs: () => TELLS_NOTHING,
  }),
};

function ofAsa(field: Field, sensor: SensorSettings): Message {
  return {
    text: field('message'),
    at: {
      name: 'time',
      text: syslogTimeText(field),
      value: syslogTime(field, sensor),
      expected: SYSLOG_TIME,
    },
    host: field('host'),
    pid: 'NULL::VARCHAR',
  };
}

/** No message numbers the session: who, from where and by which group is all that joins its lines. */
function client(group: Field, { at, host }: Message): Omit<SessionFields, 'event'> {
  return {
    kind: 'vpn',
    at,
    uid: `concat_ws('/', ${group('group')}, ${group('user')}, ${group('from')})`,
    principal: group('user'),
    outer: { name: 'IP', text: group('from') },
    server: host,
  };
}

function given(text: string, unset: string): string {
  return `nullif(${text}, '${unset}')`;
}

const MOST_DAYS = 730;

function lengthOf(group: Field): string {
  const part = (name: string) => `coalesce(TRY_CAST(${group(name)} AS BIGINT), 0)`;
  const seconds = `((${part('days')} * 24 + ${part('hours')}) * 60 + ${part('minutes')}) * 60 + ${part('seconds')}`;
  const inBounds = ['days', 'hours', 'minutes', 'seconds']
    .map((name) => `length(coalesce(${group(name)}, '')) <= 6`)
    .join(' AND ');
  return `CASE WHEN ${inBounds} AND ${seconds} <= ${MOST_DAYS} * 86400 THEN (${seconds}) * 1000000 END`;
}
