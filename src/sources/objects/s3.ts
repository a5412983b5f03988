import type { LogFormat, SensorSettings } from '../format.ts';
import type { RecordRule } from '../record.ts';
import type { Field } from '../relation.ts';
import { patternRelation } from '../text-relation.ts';
import { transferRule } from '../transfers/transfer-rule.ts';
import { seconds, webStamp } from '../values.ts';

/** Fields of S3's server access log up to the turn-around time; what stands behind may be more or less. */
const LINE =
  '^(?<owner>\\S+) (?<bucket>\\S+) \\[(?<time>[^\\]]*)\\] (?<client>\\S+) (?<requester>\\S+) (?<request>\\S+) (?<operation>[A-Z][A-Z0-9]*(?:\\.[A-Z0-9_]+)+) ' +
  '(?<key>\\S+) (?:"(?<uri>[^"]*)"|-) (?<status>\\S+) (?<error>\\S+) (?<sent>\\S+) (?<size>\\S+) (?<total>\\S+) (?<turn>\\S+) (?<rest>.*)$';
const PLAIN = new RegExp(LINE);
/** Host of the request, behind the two quoted texts and five fields. */
const HOST = '^(?:"[^"]*"|-) (?:"[^"]*"|-) (?:\\S+ ){5}(\\S+)';

/** Server access logs of Amazon S3 and of stores that write the same. */
export const s3: LogFormat = {
  name: 's3',
  title: 'S3 server access log',
  recognise({ lines }) {
    if (!lines.some((line) => PLAIN.test(line))) return undefined;
    return { layout: { source: 's3', encoding: 'text', fields: [] } };
  },
  reading: () => ({
    source: 's3',
    relation: (path, rejects) => patternRelation(path, LINE, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a line of an S3 server access log',
    streamOf: (
      field,
    ) => `CASE WHEN NOT ${field('status')} IN ('200', '206') THEN left(${field('operation')}, 60) || ' without success'
      WHEN ${field('operation')} IN ('REST.GET.OBJECT', 'WEBSITE.GET.OBJECT', 'REST.GET.OBJECT_TORRENT') THEN 'get'
      WHEN ${field('operation')} IN ('REST.PUT.OBJECT', 'REST.PUT.PART', 'REST.POST.OBJECT') THEN 'put'
      ELSE left(${field('operation')}, 60) END`,
    streams: {
      get: { rule: (field, sensor) => transferOf(field, sensor, 'out') },
      put: { rule: (field, sensor) => transferOf(field, sensor, 'in') },
    },
  }),
};

/** Bytes sent are those of the answer's body; of what was written there is the size of the object. Times are in milliseconds. */
function transferOf(field: Field, sensor: SensorSettings, direction: 'out' | 'in'): RecordRule {
  const host = `nullif(regexp_extract(${field('rest')}, '${HOST}', 1), '')`;
  const column = direction === 'out' ? 'bytes sent' : 'object size';
  const bytes = `nullif(${field(direction === 'out' ? 'sent' : 'size')}, '-')`;
  const started = webStamp('t_time');
  return transferRule(
    {
      texts: { t_time: field('time'), t_total: `nullif(${field('total')}, '-')` },
      startedAt: started,
      endedAt: `(${started} + coalesce(${seconds('(TRY_CAST(t_total AS DOUBLE) / 1000)')}, 0))`,
      time: { text: 't_time', column: 'time', expected: 'a time with its zone' },
      bytes: { text: direction === 'out' ? `coalesce(${bytes}, '0')` : bytes, column },
      direction: `'${direction}'`,
      principal: `nullif(${field('requester')}, '-')`,
      server: `coalesce(nullif(${host}, '-'), ${field('bucket')})`,
      peer: field('client'),
      path: `${field('bucket')} || '/' || ${field('key')}`,
      protocol: 's3',
      faults: [
        {
          when: `t_total IS NOT NULL AND TRY_CAST(t_total AS UBIGINT) IS NULL`,
          says: 'total time: not milliseconds',
        },
      ],
    },
    sensor.name,
  );
}
