import type { LogFormat, SensorSettings } from '../format.ts';
import type { RecordRule } from '../record.ts';
import type { Field } from '../relation.ts';
import { patternRelation } from '../text-relation.ts';
import { transferRule } from '../transfers/transfer-rule.ts';
import { instant, seconds } from '../values.ts';

/** Squid's own format: `%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt`. A URL has no blanks. */
const LINE =
  '^(?<time>\\d{9,10}\\.\\d{3}) +(?<elapsed>-?\\d+) (?<client>\\S+) (?<result>[A-Z_]+)/(?<status>\\d{3}) (?<bytes>\\S+) ' +
  '(?<method>[A-Z0-9_:-]+) (?<url>\\S+) (?<user>\\S+) (?<hierarchy>[A-Z_]+)/(?<peer>\\S+) (?<type>\\S+)(?: .*)?$';
const PLAIN = new RegExp(LINE);

/** The access log of a Squid proxy. */
export const squid: LogFormat = {
  name: 'squid',
  title: 'Squid access.log',
  recognise({ lines }) {
    if (!lines.some((line) => PLAIN.test(line))) return undefined;
    return { layout: { source: 'squid', encoding: 'text', fields: [] } };
  },
  reading: () => ({
    source: 'squid',
    relation: (path, rejects) => patternRelation(path, LINE, rejects),
    shown: 'left(line, 1000)',
    notValid: "not a line of Squid's own log format",
    streamOf: (field) => `CASE WHEN ${field('result')} LIKE '%DENIED%' THEN 'denied' ELSE 'transfer' END`,
    streams: { transfer: { rule: replyOf } },
  }),
};

/**
 * What the client was sent: the reply with its headers, of a tunnel all that came back through it. The server is the one that
 * Squid asked; of a reply from its cache the one that the URL names. The time is that of the end.
 */
function replyOf(field: Field, sensor: SensorSettings): RecordRule {
  const host = `nullif(regexp_extract(${field('url')}, '^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@]*@)?\\[?([^/?#\\]]*?)\\]?(?::\\d+)?(?:[/?#]|$)', 1), '')`;
  return transferRule(
    {
      texts: { t_time: field('time'), t_elapsed: field('elapsed') },
      endedAt: instant('t_time'),
      startedAt: `(${instant('t_time')} - greatest(${seconds('(TRY_CAST(t_elapsed AS DOUBLE) / 1000)')}, 0))`,
      time: { text: 't_time', column: 'time', expected: 'a time between 1990 and 2100' },
      bytes: { text: field('bytes'), column: 'bytes' },
      direction: `'out'`,
      principal: `nullif(${field('user')}, '-')`,
      server: `coalesce(nullif(${field('peer')}, '-'), ${host})`,
      peer: field('client'),
      path: field('url'),
      protocol: 'http',
    },
    sensor.name,
  );
}
