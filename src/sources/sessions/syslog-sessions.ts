import { isPacket, PACKET_STREAMS, packetStream } from '../firewalls/packet-logs.ts';
import type { FirstLines, LogFormat, SensorSettings } from '../format.ts';
import { type Field, jsonRelation } from '../relation.ts';
import { SYSLOG_LINE, SYSLOG_TIME, syslogNeeds, syslogTime, syslogTimeText } from '../syslog.ts';
import { patternRelation } from '../text-relation.ts';
import { instant } from '../values.ts';
import { isOfKind, kindOf, type Message, type MessageKind, streamsOf, TELLS_NOTHING } from './message.ts';
import { OPENSSH } from './openssh.ts';
import { OPENVPN } from './openvpn.ts';
import { STRONGSWAN } from './strongswan.ts';

/** Everything that daemons say through the system log. */
const SAID: readonly MessageKind[] = [...OPENSSH, ...OPENVPN, ...STRONGSWAN];

const LINE = `^${SYSLOG_LINE}(?<message>.*)$`;
const PLAIN = new RegExp(LINE);

/** The system log as syslog daemons write it: `auth.log`, `secure`, `syslog`, `messages`. */
export const syslogSessions: LogFormat = {
  name: 'syslog',
  title: 'System log',
  recognise(first) {
    const lines = first.lines.filter((line) => PLAIN.test(line));
    const known = lines.some((line) => {
      const { program, host = '', message = '' } = PLAIN.exec(line)?.groups ?? {};
      return (
        /^(?:sshd(?:-session)?|openvpn.*|ovpn-.*|charon.*)$/.test(program ?? '') ||
        isOfKind(SAID, program ?? '', message) ||
        isPacket(program, host, message)
      );
    });
    if (!known && !(first.stated && lines.length > 0)) return undefined;
    return { layout: { source: 'syslog', encoding: 'text', fields: [] }, needs: syslogNeeds(lines) };
  },
  reading: () => ({
    source: 'syslog',
    relation: (path, rejects) => patternRelation(path, LINE, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a line of a system log (time, host, message)',
    streamOf: (field) =>
      `coalesce(${packetStream(field('program'), field('host'), field('message'))}, ${kindOf(SAID, field('program'), `coalesce(${field('message')}, '')`)})`,
    streams: { ...streamsOf(SAID, ofSyslog), ...PACKET_STREAMS },
    leftAloneAs: (stream) => (/^(?:filterlog|firewall)-/.test(stream) ? stream : TELLS_NOTHING),
  }),
};

function ofSyslog(field: Field, sensor: SensorSettings): Message {
  return {
    text: field('message'),
    at: {
      name: 'time',
      text: syslogTimeText(field),
      value: syslogTime(field, sensor),
      expected: SYSLOG_TIME,
    },
    host: field('host'),
    pid: `coalesce(${field('pid')}, nullif(${field('procid')}, '-'))`,
  };
}

const JOURNAL_KEYS = [
  '__REALTIME_TIMESTAMP',
  '_HOSTNAME',
  'SYSLOG_IDENTIFIER',
  '_COMM',
  '_PID',
  'SYSLOG_PID',
  'MESSAGE',
];

/** The systemd journal as `journalctl --output=json` exports it. */
export const journal: LogFormat = {
  name: 'journal',
  title: 'systemd journal (JSON)',
  recognise({ keys }: FirstLines) {
    if (!['__REALTIME_TIMESTAMP', 'MESSAGE'].every((key) => keys.includes(key))) return undefined;
    return { layout: { source: 'journal', encoding: 'ndjson', fields: keys } };
  },
  reading: () => ({
    source: 'journal',
    relation: (path, rejects) => jsonRelation(path, JOURNAL_KEYS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a JSON object',
    streamOf: (field) =>
      kindOf(
        SAID,
        `coalesce(${field('SYSLOG_IDENTIFIER', '_COMM')}, '')`,
        `coalesce(${field('MESSAGE')}, '')`,
      ),
    streams: streamsOf(SAID, ofJournal),
    leftAloneAs: () => TELLS_NOTHING,
  }),
};

/** The journal counts microseconds since 1970. */
function ofJournal(field: Field): Message {
  const time = field('__REALTIME_TIMESTAMP');
  return {
    text: field('MESSAGE'),
    at: {
      name: '__REALTIME_TIMESTAMP',
      text: time,
      value: `(CASE WHEN ${instant(`left(${time}, -6)`)} IS NOT NULL THEN TRY_CAST(${time} AS BIGINT) END)`,
    },
    host: field('_HOSTNAME'),
    pid: field('_PID', 'SYSLOG_PID'),
  };
}
