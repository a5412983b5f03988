import type { LogFormat, SensorSettings } from '../format.ts';
import { objectPerLine } from '../json-documents.ts';
import type { RecordRule } from '../record.ts';
import { type Field, jsonRelation } from '../relation.ts';
import { transferRule } from '../transfers/transfer-rule.ts';
import { instant, seconds } from '../values.ts';

const KEYS = [
  'time',
  'bucket',
  'object',
  'uri',
  'remote_addr',
  'user',
  'operation',
  'http_status',
  'bytes_sent',
  'bytes_received',
  'total_time',
];

/** The operations log of Ceph's RADOS gateway: JSON, an object for each request. */
export const rgw: LogFormat = {
  name: 'rgw',
  title: 'Ceph RGW operations log',
  recognise({ objects }) {
    const isIts = objects.some((object) =>
      ['bucket', 'remote_addr', 'operation', 'bytes_sent', 'bytes_received'].every((key) => key in object),
    );
    return isIts ? { layout: { source: 'rgw', encoding: 'ndjson', fields: [] } } : undefined;
  },
  reading: () => ({
    source: 'rgw',
    relation: (path, rejects) => jsonRelation(path, KEYS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a JSON object',
    streamOf: (
      field,
    ) => `CASE WHEN NOT coalesce(${field('http_status')}, '200') IN ('200', '206') THEN 'requests without success'
      WHEN ${field('operation')} = 'get_obj' THEN 'get' WHEN ${field('operation')} IN ('put_obj', 'post_obj') THEN 'put'
      WHEN regexp_full_match(${field('operation')}, '[a-z0-9_]{1,40}') THEN ${field('operation')} ELSE 'other' END`,
    streams: {
      get: { rule: (field, sensor) => transferOf(field, sensor, 'out') },
      put: { rule: (field, sensor) => transferOf(field, sensor, 'in') },
    },
  }),
  rewrites: (head) =>
    /^\s*\[\s*\{/.test(head.subarray(0, 100).toString('latin1')) && head.includes('"bytes_received"')
      ? objectPerLine()
      : undefined,
};

/** The time is the request's, in UTC; its length is in milliseconds. Bytes are those of bodies. */
function transferOf(field: Field, sensor: SensorSettings, direction: 'out' | 'in'): RecordRule {
  const column = direction === 'out' ? 'bytes_sent' : 'bytes_received';
  const inUri = `regexp_extract(${field('uri')}, '^[A-Z]+ /?([^ ?]*)', 1)`;
  const path = `CASE WHEN ${field('object')} IS NOT NULL THEN concat_ws('/', ${field('bucket')}, ${field('object')})
    ELSE coalesce(nullif(${inUri}, ''), ${field('bucket')}) END`;
  return transferRule(
    {
      texts: { t_time: field('time'), t_total: field('total_time') },
      startedAt: instant('t_time'),
      endedAt: `(${instant('t_time')} + coalesce(${seconds('(TRY_CAST(t_total AS DOUBLE) / 1000)')}, 0))`,
      time: { text: 't_time', column: 'time', expected: 'a time between 1990 and 2100' },
      bytes: { text: field(column), column },
      direction: `'${direction}'`,
      principal: `nullif(${field('user')}, 'anonymous')`,
      server: 'NULL::VARCHAR',
      peer: field('remote_addr'),
      path,
      protocol: 's3',
    },
    sensor.name,
  );
}
