import type { LogFormat, SensorSettings } from '../format.ts';
import type { Field } from '../relation.ts';
import { SYSLOG_TIME, syslogNeeds, syslogTime, syslogTimeText } from '../syslog.ts';
import { patternRelation } from '../text-relation.ts';
import { instant, stampIn } from '../values.ts';
import { isOfKind, kindOf, type Message, streamsOf, TELLS_NOTHING } from './message.ts';
import { OPENVPN } from './openvpn.ts';
import { STRONGSWAN } from './strongswan.ts';

/** Times of OpenVPN's own log: since 2.5, before it (with a year at the end), and `--machine-readable-output`. */
const OPENVPN_LINE =
  '^(?:(?<iso>\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2})' +
  '|(?<old>[A-Z][a-z]{2} [A-Z][a-z]{2} +\\d{1,2} \\d{2}:\\d{2}:\\d{2} \\d{4})' +
  '|(?<epoch>\\d{10})\\.\\d{1,6} [0-9a-f]+)(?: us=\\d+)? (?<message>.*)$';
const OPENVPN_PLAIN = new RegExp(OPENVPN_LINE);

/** The log that an OpenVPN server writes itself (`log`, `log-append`): its lines have no host and no program. */
export const openvpnLog: LogFormat = {
  name: 'openvpn',
  title: 'OpenVPN log',
  recognise(first) {
    const lines = first.lines.flatMap((line) => {
      const groups = OPENVPN_PLAIN.exec(line)?.groups;
      return groups ? [groups] : [];
    });
    const says = ({ message = '' }: Record<string, string>) =>
      isOfKind(OPENVPN, undefined, message) ||
      /^(?:OpenVPN \d|MULTI: |TLS: Initial packet from )/.test(message);
    if (!lines.some(says) && !(first.stated && lines.length > 0)) return undefined;
    const isLocal = lines.some(({ epoch }) => epoch === undefined);
    const layout = { source: 'openvpn', encoding: 'text', fields: [] } as const;
    return isLocal ? { layout, needs: ['timezone'] } : { layout };
  },
  reading: () => ({
    source: 'openvpn',
    relation: (path, rejects) => patternRelation(path, OPENVPN_LINE, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a line of an OpenVPN log (time, message)',
    streamOf: (field) => kindOf(OPENVPN, undefined, `coalesce(${field('message')}, '')`),
    streams: streamsOf(OPENVPN, ofOpenvpn),
    leftAloneAs: () => TELLS_NOTHING,
  }),
};

function ofOpenvpn(field: Field, { timezone }: SensorSettings): Message {
  const local = (text: string, format: string) =>
    timezone === undefined ? 'NULL::BIGINT' : stampIn(text, format, timezone);
  const [iso, old, epoch] = [field('iso'), field('old'), field('epoch')];
  return {
    text: field('message'),
    at: {
      name: 'time',
      text: field('iso', 'old', 'epoch'),
      value: `CASE WHEN ${epoch} IS NOT NULL THEN ${instant(epoch)}
        WHEN ${iso} IS NOT NULL THEN ${local(iso, '%Y-%m-%d %H:%M:%S')} ELSE ${local(old, '%a %b %d %H:%M:%S %Y')} END`,
      expected: 'a time between 1990 and 2100 with its zone: state `timezone:` of the sensor in weir.yaml',
    },
    host: 'NULL::VARCHAR',
    pid: 'NULL::VARCHAR',
  };
}

/** charon's `filelog`, with the times that `time_format` gives it: `%b %e %T`, `%F %T` or `%FT%T%z`. */
const CHARON_LINE =
  '^(?:(?<iso>\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}:\\d{2}(?:[.,]\\d{1,9})?(?:Z|[+-]\\d{2}:?\\d{2})?)' +
  '|(?<dated>[A-Z][a-z]{2} +\\d{1,2} \\d{4} \\d{2}:\\d{2}:\\d{2})(?:\\.\\d{1,9})?' +
  '|(?<stamp>[A-Z][a-z]{2} +\\d{1,2} (?:[+-]\\d )?\\d{2}:\\d{2}:\\d{2})(?:\\.\\d{1,9})?) +(?<message>\\d+\\[[A-Z0-9]{3}\\] .*)$';
const CHARON_PLAIN = new RegExp(CHARON_LINE);
const TIMELESS = /^\d+\[[A-Z0-9]{3}\] /;

/** The log that charon writes itself: its lines have no host and no program. */
export const strongswanLog: LogFormat = {
  name: 'strongswan',
  title: 'strongSwan log',
  recognise({ lines }) {
    const layout = { source: 'strongswan', encoding: 'text', fields: [] } as const;
    if (lines.some((line) => CHARON_PLAIN.test(line))) return { layout, needs: syslogNeeds(lines) };
    if (!lines.some((line) => TIMELESS.test(line) && isOfKind(STRONGSWAN, undefined, line))) return undefined;
    const refused =
      'strongSwan log without times: set `time_format = %FT%T%z` for its filelog in strongswan.conf';
    return { layout, refused };
  },
  reading: () => ({
    source: 'strongswan',
    relation: (path, rejects) => patternRelation(path, CHARON_LINE, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a line of a strongSwan log (time, thread, group, message)',
    streamOf: (field) => kindOf(STRONGSWAN, undefined, `coalesce(${field('message')}, '')`),
    streams: streamsOf(STRONGSWAN, ofCharon),
    leftAloneAs: () => TELLS_NOTHING,
  }),
};

function ofCharon(field: Field, sensor: SensorSettings): Message {
  return {
    text: field('message'),
    at: {
      name: 'time',
      text: syslogTimeText(field),
      value: syslogTime(field, sensor),
      expected: SYSLOG_TIME,
    },
    host: 'NULL::VARCHAR',
    pid: 'NULL::VARCHAR',
  };
}
