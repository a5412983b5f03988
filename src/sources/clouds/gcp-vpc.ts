import { flowRule } from '../flow-rule.ts';
import type { LogFormat, SensorSettings } from '../format.ts';
import { objectPerLine } from '../json-documents.ts';
import type { RecordRule } from '../record.ts';
import { type Field, jsonRelation } from '../relation.ts';
import { instant, missing } from '../values.ts';

/** Keys of a log entry. BigQuery and sinks keep the payload under its name; a payload alone has them at its top. */
const PAYLOAD = [
  'connection/src_ip',
  'connection/dest_ip',
  'connection/src_port',
  'connection/dest_port',
  'connection/protocol',
  'start_time',
  'end_time',
  'bytes_sent',
  'packets_sent',
];
/** An entry with one of these is about a flow. */
const OF_FLOWS = ['connection/src_ip', 'connection/dest_ip', 'bytes_sent'];
const KEYS = ['jsonPayload', ''].flatMap((within) =>
  PAYLOAD.map((key) => (within === '' ? key : `${within}/${key}`)),
);

/** Google Cloud's VPC flow logs as log entries in JSON. */
export const gcpVpc: LogFormat = {
  name: 'gcp-vpc',
  title: 'Google Cloud VPC flow log',
  recognise({ objects }) {
    const isIts = objects.some((object) => {
      const payload = (object.jsonPayload ?? object) as Readonly<Record<string, unknown>>;
      const connection = (payload.connection ?? {}) as object;
      return 'bytes_sent' in payload && 'src_ip' in connection && 'dest_ip' in connection;
    });
    if (!isIts) return undefined;
    // Two samplings precede every entry, and neither is written into it.
    return { layout: { source: 'gcp-vpc', encoding: 'ndjson', fields: [] }, needs: ['samplingRate'] };
  },
  reading: () => ({
    source: 'gcp-vpc',
    relation: (path, rejects) => jsonRelation(path, KEYS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a JSON object',
    streamOf: (field) =>
      `CASE WHEN ${OF_FLOWS.map((key) => `${field(`jsonPayload/${key}`, key)} IS NOT NULL`).join(' OR ')} THEN 'flow'
        WHEN valid THEN 'other' END`,
    streams: { flow: { rule: flowOf } },
    leftAloneAs: () => 'log entries that are no flows',
  }),
  rewrites: (head) =>
    /^\s*\[\s*\{/.test(head.subarray(0, 100).toString('latin1')) && head.includes('"bytes_sent"')
      ? objectPerLine()
      : undefined,
};

/** A record is one direction: what the source sent, in IP packets. */
function flowOf(field: Field, sensor: SensorSettings): RecordRule {
  const named = (name: string) => {
    const key = name.replaceAll('.', '/');
    return { name, text: field(`jsonPayload/${key}`, key) };
  };
  return flowRule(
    {
      start: { ...named('start_time'), value: instant },
      end: { ...named('end_time'), value: instant },
      orig: { host: named('connection.src_ip'), port: named('connection.src_port') },
      resp: { host: named('connection.dest_ip'), port: named('connection.dest_port') },
      proto: named('connection.protocol').text,
      counts: { origPackets: named('packets_sent'), origIpBytes: named('bytes_sent') },
      part: 'one-way',
      faults: ['bytes_sent', 'end_time'].map((name) => missing(name, named(name).text)),
    },
    sensor.name,
  );
}
