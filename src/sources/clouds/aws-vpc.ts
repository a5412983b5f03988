import { type FlowFields, flowRule } from '../flow-rule.ts';
import type { LogFormat, Recognised, SensorSettings } from '../format.ts';
import type { RecordRule } from '../record.ts';
import type { Field } from '../relation.ts';
import { commentOut } from '../rewrite.ts';
import { splitRelation } from '../split-relation.ts';
import { instant } from '../values.ts';

const TITLE = 'AWS VPC flow log';
/** Version 2, what a flow log has that states no format of its own; only this one may come without a header. */
const DEFAULT_FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  );
const NEEDED = ['srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'packets', 'bytes', 'start', 'end'];
/** A default line as it is, and as CloudWatch exports it to S3: behind the time at which it was taken in. */
const BARE = /^(\d{4}-\d{2}-\d{2}T[\d:.]+Z )?2 (?:\d{12}|unknown|-) \S+(?: \S+){11}$/;
const INGESTED = 'ingested';

/** VPC flow logs as text, in the default format or in one of the operator's own with its header. */
export const awsVpc: LogFormat = {
  name: 'aws-vpc',
  title: TITLE,
  recognise(first) {
    const header = first.lines.map(headerOf).find((fields) => fields !== undefined);
    if (header) return recognised(header);
    const data = first.lines.find((line) => line !== '' && !line.startsWith('#'));
    if (data === undefined) return undefined;
    if (first.stated && first.sensor?.fields) return recognised(first.sensor.fields);
    const bare = first.lines.map((line) => BARE.exec(line)).find((match) => match !== null);
    if (bare) return recognised(bare[1] === undefined ? DEFAULT_FIELDS : [INGESTED, ...DEFAULT_FIELDS]);
    return first.stated ? unnamed() : undefined;
  },
  reading: ({ fields }) => ({
    source: 'aws-vpc',
    relation: (path, rejects) => splitRelation(path, fields, ' ', rejects),
    shown: 'left(line, 1000)',
    notValid: 'fields: more or fewer than the header names',
    streamOf: (
      field,
    ) => `CASE WHEN ${field('log-status')} IN ('NODATA', 'SKIPDATA') THEN lower(${field('log-status')})
      WHEN ${field('action')} = 'REJECT' THEN 'rejected' ELSE 'flow' END`,
    streams: { flow: { rule: flowOf } },
  }),
  // Logs of several files in one: each begins with the header.
  rewrites(head) {
    const end = head.indexOf(10);
    const line = head
      .subarray(0, end === -1 ? head.length : end)
      .toString('utf8')
      .replace(/\r$/, '');
    const bare = line.replace(/^\uFEFF+/, '');
    return headerOf(bare) === undefined ? undefined : commentOut([line, bare], { tail: false });
  },
};

/** Returns the fields that a header line names; undefined for any other line. */
function headerOf(line: string): string[] | undefined {
  if (!line.includes('addr')) return undefined;
  const fields = line.replace(/^#\uFEFF*/, '').split(' ');
  const isHeader = fields.length > 2 && fields.every((name) => /^[a-z][a-z0-9-]*$/.test(name));
  const isIts = ['srcaddr', 'pkt-srcaddr'].some((name) => fields.includes(name));
  return isHeader && isIts && fields.some((name) => KNOWN.has(name)) ? fields : undefined;
}

/** Names that no other log has. */
const KNOWN = new Set(['account-id', 'interface-id', 'log-status', 'pkt-dstaddr', 'vpc-id', 'dstaddr']);

function recognised(fields: readonly string[]): Recognised {
  const layout = { source: 'aws-vpc', encoding: 'text', fields } as const;
  const absent = NEEDED.filter((name) => !fields.includes(name));
  if (absent.length === 0) return { layout };
  return {
    layout,
    refused: `${TITLE} without ${absent.join(', ')}; create the flow log with these fields (--log-format)`,
  };
}

function unnamed(): Recognised {
  const layout = { source: 'aws-vpc', encoding: 'text', fields: [] } as const;
  return {
    layout,
    refused: `${TITLE} without a header line; state \`fields:\` of the sensor in weir.yaml, in the order of the log`,
  };
}

type Named = FlowFields['orig']['host'];

function flowOf(field: Field, sensor: SensorSettings): RecordRule {
  const named = (name: string): Named => ({ name, text: `nullif(${field(name)}, '-')` });
  return flowRule(
    {
      start: { ...named('start'), value: instant },
      end: { ...named('end'), value: instant },
      orig: { host: named('srcaddr'), port: named('srcport') },
      resp: { host: named('dstaddr'), port: named('dstport') },
      proto: named('protocol').text,
      counts: { origPackets: named('packets'), origIpBytes: named('bytes') },
      part: 'one-way',
      faults: ['bytes', 'packets', 'end'].map((name) => ({
        when: `${named(name).text} IS NULL`,
        says: `${name}: missing`,
      })),
    },
    sensor.name,
  );
}
