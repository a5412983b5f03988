import { flowRule } from '../flow-rule.ts';
import type { LogFormat, SensorSettings } from '../format.ts';
import type { RecordRule } from '../record.ts';
import type { Field } from '../relation.ts';
import type { Rewrite } from '../rewrite.ts';
import { patternRelation } from '../text-relation.ts';
import { instant } from '../values.ts';

/**
 * A tuple in its quotes, which show that it is whole: the eight values of version 1 of NSG flow logs, with the five of
 * version 2 behind them, or the thirteen of VNet flow logs, whose eighth is the state.
 */
const TUPLE =
  '^"(?<time>[^,"]*),(?<src>[^,"]*),(?<dst>[^,"]*),(?<srcPort>[^,"]*),(?<dstPort>[^,"]*),(?<proto>[^,"]*),(?<direction>[^,"]*),' +
  '(?<decision>[^,"]*)(?:,(?<state>[^,"]*),(?<packetsOut>[^,"]*),(?<bytesOut>[^,"]*),(?<packetsIn>[^,"]*),(?<bytesIn>[^,"]*))?"$';
/** A tuple, or what is left of one: nothing else between two quotes has so many commas. */
const LIKE_TUPLE = /^(?:\d{10,13},|(?:[^,{}[\]]*,){6})/;
const CATEGORY = /"category"\s*:\s*"(?:NetworkSecurityGroupFlowEvent|FlowLogFlowEvent)"/;
/** No tuple is longer; a text without a quote for so long is no log of this kind. */
const LONGEST_TEXT = 64 * 1024;

/** Flow logs of Azure's network security groups and of its virtual networks: tuples in a document. */
export const azureFlow: LogFormat = {
  name: 'azure-flow',
  title: 'Azure flow log',
  recognise({ lines }) {
    if (!lines.some((line) => new RegExp(TUPLE).test(line) && /^"\d{10,13},/.test(line))) return undefined;
    return { layout: { source: 'azure-flow', encoding: 'text', fields: [] } };
  },
  reading: () => ({
    source: 'azure-flow',
    relation: (path, rejects) => patternRelation(path, TUPLE, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a flow tuple of 8 or 13 values',
    streamOf: (field) => `CASE WHEN NOT valid THEN NULL WHEN ${field('decision')} = 'D' THEN 'denied'
      WHEN ${field('state')} IS NULL THEN 'without-bytes' ELSE 'flow' END`,
    streams: { flow: { rule: flowOf } },
  }),
  rewrites: (head) => (CATEGORY.test(head.toString('latin1')) ? tuplePerLine : undefined),
};

/**
 * Each tuple on a line of its own, in its quotes, and nothing of what is around them. Where a quote is lost, the tuple
 * beside it is broken and the next one whole again: what stands between any two quotes is looked at.
 */
const tuplePerLine: Rewrite = async function* rewrite(bytes) {
  let carry = '';
  for await (const buffer of bytes) {
    const parts = `${carry}${buffer.toString('latin1')}`.split('"');
    carry = parts.pop() ?? '';
    const tuples = parts.filter((part) => LIKE_TUPLE.test(part));
    if (tuples.length > 0) yield Buffer.from(tuples.map((tuple) => `${lineOf(tuple)}\n`).join(''), 'latin1');
    if (carry.length > LONGEST_TEXT) carry = carry.slice(0, LONGEST_TEXT);
  }
  if (LIKE_TUPLE.test(carry)) yield Buffer.from(`"${carry}`.replace(/\s*$/, ''), 'latin1');
};

function lineOf(tuple: string): string {
  return `"${tuple.replace(/[\r\n]+/g, ' ')}"`;
}

/**
 * A tuple counts what passed since the one before it of the same flow; the one that opens a flow counts nothing. NSG logs
 * tell the decision and then the state, VNet logs the state and then the encryption.
 */
function flowOf(field: Field, sensor: SensorSettings): RecordRule {
  const named = (group: string, name: string) => ({ name, text: field(group) });
  const opens = `(CASE WHEN ${field('decision')} IN ('A', 'D') THEN ${field('state')} ELSE ${field('decision')} END)`;
  const counted = (group: string, name: string) => ({
    name,
    text: `CASE WHEN ${opens} = 'B' THEN coalesce(${field(group)}, '0') ELSE ${field(group)} END`,
  });
  return flowRule(
    {
      start: { ...named('time', 'time'), value: instant },
      orig: { host: named('src', 'source IP'), port: named('srcPort', 'source port') },
      resp: { host: named('dst', 'destination IP'), port: named('dstPort', 'destination port') },
      proto: `CASE ${field('proto')} WHEN 'T' THEN 'tcp' WHEN 'U' THEN 'udp' ELSE ${field('proto')} END`,
      counts: {
        origPackets: counted('packetsOut', 'packets sent'),
        origIpBytes: counted('bytesOut', 'bytes sent'),
        respPackets: counted('packetsIn', 'packets received'),
        respIpBytes: counted('bytesIn', 'bytes received'),
      },
      part: 'part',
      faults: [
        { when: `${opens} NOT IN ('B', 'C', 'E')`, says: 'flow state: not B, C, D or E' },
        {
          when: `${opens} <> 'B' AND (${field('bytesOut')} IS NULL OR ${field('bytesIn')} IS NULL)`,
          says: 'bytes: missing',
        },
      ],
    },
    sensor.name,
  );
}
