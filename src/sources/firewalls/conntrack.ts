import { beginText, microsText } from '../ended-time.ts';
import { flowRule } from '../flow-rule.ts';
import type { LogFormat, SensorSettings } from '../format.ts';
import type { Field } from '../relation.ts';
import { patternRelation } from '../text-relation.ts';
import { instant, seconds } from '../values.ts';

/** One direction's ends and counts as conntrack lists them. */
const ends = (side: string) =>
  `src=(?<${side}Src>[^ ]*) dst=(?<${side}Dst>[^ ]*)(?: |$)` +
  `(?:sport=(?<${side}From>[^ ]*) dport=(?<${side}To>[^ ]*)(?: |$))?(?:type=(?<${side}Type>[^ ]*) code=(?<${side}Code>[^ ]*) id=[^ ]*(?: |$))?` +
  `(?:(?:srckey|dstkey)=[^ ]*(?: |$))*(?:packets=(?<${side}Packets>[^ ]*) bytes=(?<${side}Bytes>[^ ]*)(?: |$))?`;
const LINE =
  '^\\[(?<time>[\\d.]+) *\\]\\s+\\[(?<event>[A-Z]+)\\] +(?:ipv[46] +\\d+ +)?(?<proto>[a-z0-9-]+) +\\d+ +(?:\\d+ +)?(?:[A-Z_0-9]+ +)?' +
  `${ends('orig')}(?:\\[UNREPLIED\\] )?${ends('reply')}(?<rest>.*)$`;
const PLAIN = new RegExp(LINE);

/** Events of Linux's connection tracking as `conntrack -E -o timestamp` writes them. */
export const conntrack: LogFormat = {
  name: 'conntrack',
  title: 'conntrack events',
  recognise({ lines }) {
    const events = lines.flatMap((line) => {
      const groups = PLAIN.exec(line)?.groups;
      return groups ? [groups] : [];
    });
    if (events.length === 0) return undefined;
    const layout = { source: 'conntrack', encoding: 'text', fields: [] } as const;
    const ended = events.filter((groups) => groups.event === 'DESTROY');
    if (ended.length > 0 && ended.every((groups) => groups.origBytes === undefined)) {
      return {
        layout,
        refused:
          'conntrack events without bytes; set net.netfilter.nf_conntrack_acct=1 where they are written',
      };
    }
    return { layout };
  },
  reading: () => ({
    source: 'conntrack',
    relation: (path, rejects) => patternRelation(path, LINE, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not an event of conntrack -E -o timestamp',
    streamOf: (field) =>
      `CASE ${field('event')} WHEN 'DESTROY' THEN 'flow' WHEN 'NEW' THEN 'new' WHEN 'UPDATE' THEN 'update' END`,
    streams: { flow: { rule: flowOf } },
  }),
};

/**
 * The end of a connection, with what both directions carried in IP packets. The client stands where the original direction
 * begins, and the server where the reply begins: addresses that NAT puts in their places are no ends, but what the ends were
 * seen as on its other side.
 */
function flowOf(field: Field, sensor: SensorSettings) {
  const named = (group: string, name: string) => ({ name, text: field(group) });
  const lasted = `regexp_extract(${field('rest')}, '(?:^| )delta-time=([0-9]+)(?: |$)', 1)`;
  const isIcmp = `starts_with(${field('proto')}, 'icmp')`;
  const port = (side: string, other: string, name: string) => ({
    name,
    text: `CASE WHEN ${isIcmp} THEN ${field(other)} ELSE ${field(side)} END`,
  });
  return flowRule(
    {
      start: {
        name: 'time',
        text: beginText(field('time'), instant(field('time')), lasted),
        value: microsText,
      },
      duration: { name: 'delta-time', text: `nullif(${lasted}, '')`, value: seconds },
      orig: { host: named('origSrc', 'src'), port: port('origFrom', 'origType', 'sport') },
      resp: {
        host: named('replySrc', 'src of the reply'),
        port: port('replyFrom', 'origCode', 'sport of the reply'),
      },
      proto: field('proto'),
      counts: {
        origPackets: named('origPackets', 'packets'),
        origIpBytes: named('origBytes', 'bytes'),
        respPackets: named('replyPackets', 'packets of the reply'),
        respIpBytes: named('replyBytes', 'bytes of the reply'),
      },
      part: 'whole',
      seen: {
        orig: { host: field('replyDst'), port: field('replyTo') },
        resp: { host: field('origDst'), port: field('origTo') },
      },
      uid: `nullif(regexp_extract(${field('rest')}, '(?:^| )id=([0-9]+)(?: |$)', 1), '')`,
      faults: [
        {
          when: `${field('origBytes')} IS NULL OR ${field('replyBytes')} IS NULL`,
          says: 'bytes: missing; set net.netfilter.nf_conntrack_acct=1 where they are written',
        },
      ],
    },
    sensor.name,
  );
}
