import { flowRule } from './flow-rule.ts';
import type { FirstLines, LogFormat, Reading, Recognised, SensorSettings } from './format.ts';
import { samplingFault, samplingNeeds } from './log-sampling.ts';
import type { RecordRule } from './record.ts';
import { type Field, jsonRelation } from './relation.ts';
import { instant, nanoseconds } from './values.ts';

/** The names of a version's keys, and the unit of its times. */
interface Version {
  readonly type: string;
  readonly received: string;
  readonly start: string;
  readonly end: string;
  readonly rate: string;
  readonly bytes: string;
  readonly packets: string;
  readonly from: string;
  readonly to: string;
  readonly fromPort: string;
  readonly toPort: string;
  readonly proto: string;
  readonly icmpType: string;
  readonly icmpCode: string;
  readonly time: (text: string) => string;
}

const VERSIONS: Readonly<Record<string, Version>> = {
  2: {
    type: 'type',
    received: 'time_received_ns',
    start: 'time_flow_start_ns',
    end: 'time_flow_end_ns',
    rate: 'sampling_rate',
    bytes: 'bytes',
    packets: 'packets',
    from: 'src_addr',
    to: 'dst_addr',
    fromPort: 'src_port',
    toPort: 'dst_port',
    proto: 'proto',
    icmpType: 'icmp_type',
    icmpCode: 'icmp_code',
    time: nanoseconds,
  },
  1: {
    type: 'Type',
    received: 'TimeReceived',
    start: 'TimeFlowStart',
    end: 'TimeFlowEnd',
    rate: 'SamplingRate',
    bytes: 'Bytes',
    packets: 'Packets',
    from: 'SrcAddr',
    to: 'DstAddr',
    fromPort: 'SrcPort',
    toPort: 'DstPort',
    proto: 'Proto',
    icmpType: 'IcmpType',
    icmpCode: 'IcmpCode',
    time: instant,
  },
};

const TITLE = 'goflow2 JSON';
const TYPES = /^(SFLOW_5|NETFLOW_V5|NETFLOW_V9|IPFIX)$/;

/** What goflow2 writes of NetFlow, IPFIX and sFlow, in its JSON of versions 1 and 2. */
export const goflow2: LogFormat = {
  name: 'goflow2',
  title: TITLE,
  recognise(first) {
    for (const [variant, version] of Object.entries(VERSIONS)) {
      const isIts = first.objects.some((object) => TYPES.test(String(object[version.type] ?? '')));
      if (isIts) return recognised(first, variant, version);
    }
    return undefined;
  },
  reading: ({ variant }) => readingOf(VERSIONS[variant ?? '2'] ?? (VERSIONS[2] as Version)),
};

/** `formatter.fields` chooses what is written, and may leave out too much. */
function recognised(first: FirstLines, variant: string, version: Version): Recognised {
  const layout = { source: 'goflow2', encoding: 'ndjson', fields: first.keys, variant } as const;
  const needed = [version.bytes, version.packets, version.from, version.to, version.proto];
  const missing = [
    ...needed.filter((key) => !first.keys.includes(key)),
    ...(first.keys.includes(version.start) || first.keys.includes(version.received) ? [] : [version.start]),
  ];
  if (missing.length > 0) {
    return {
      layout,
      refused: `${TITLE} without ${missing.join(', ')}; add them to formatter.fields of goflow2`,
    };
  }
  return { layout, ...samplingNeeds(first, { key: version.rate, title: TITLE }) };
}

function readingOf(version: Version): Reading {
  const { time: _, ...keys } = version;
  return {
    source: 'goflow2',
    relation: (path, rejects) => jsonRelation(path, Object.values(keys), rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a JSON object',
    streams: { '': { rule: (field, sensor) => recordOf(version, field, sensor) } },
  };
}

/** Bytes are those of IP packets in NetFlow and IPFIX, of frames in sFlow. Times that a sender does not tell are 0. */
function recordOf(version: Version, field: Field, sensor: SensorSettings): RecordRule {
  const named = (name: string, ...others: string[]) => ({ name, text: field(name, ...others) });
  const told = (name: string) => `nullif(${field(name)}, '0')`;
  return flowRule(
    {
      start: {
        name: version.start,
        text: `coalesce(${told(version.start)}, ${field(version.received)})`,
        value: version.time,
      },
      end: {
        name: version.end,
        text: `coalesce(${told(version.end)}, ${told(version.start)}, ${field(version.received)})`,
        value: version.time,
      },
      orig: { host: named(version.from), port: typed(field, version, version.fromPort, version.icmpType) },
      resp: { host: named(version.to), port: typed(field, version, version.toPort, version.icmpCode) },
      proto: field(version.proto),
      counts: { origPackets: named(version.packets), origIpBytes: named(version.bytes) },
      part: 'one-way',
      faults: [samplingFault({ key: version.rate, title: TITLE }, field(version.rate), sensor)],
    },
    sensor.name,
  );
}

/** ICMP has no ports, and goflow2 writes 0 for them. */
function typed(field: Field, { proto }: Version, port: string, icmp: string) {
  const isIcmp = `lower(${field(proto)}) IN ('1', '58', 'icmp', 'ipv6-icmp', 'icmpv6')`;
  return { name: port, text: `(CASE WHEN ${isIcmp} THEN ${field(icmp)} ELSE ${field(port)} END)` };
}
