import { type FlowFields, flowRule } from './flow-rule.ts';
import type { FirstLines, LogFormat, Reading, Recognised, SensorSettings } from './format.ts';
import { objectPerLine } from './json-documents.ts';
import type { FormatLayout } from './layout.ts';
import { isNfcapd, readNfcapd } from './nfcapd.ts';
import { type Field, jsonRelation, separatedRelation, shownLine } from './relation.ts';
import { commentOut } from './rewrite.ts';
import { seconds } from './values.ts';
import { zonedTime } from './zoned-time.ts';

/** The header of `nfdump -o csv` before 1.7.5 begins with these columns; later ones name each column they write. */
const OLD_COLUMNS = 'ts,te,td,sa,da,sp,dp,pr,';
/** Without these columns a line is no flow. */
const NEW_COLUMNS = ['firstSeen', 'srcAddr', 'dstAddr'];

/** The keys of nfdump's JSON that Weir reads: `first` and `last` since 1.7, `t_first` and `t_last` before. */
const KEYS: readonly string[] = [
  'type',
  'sampled',
  'first',
  't_first',
  'last',
  't_last',
  'proto',
  'src4_addr',
  'src6_addr',
  'dst4_addr',
  'dst6_addr',
  'src_port',
  'dst_port',
  'icmp_type',
  'icmp_code',
  'in_packets',
  'in_bytes',
  'out_packets',
  'out_bytes',
];

/** nfdump's CSV and JSON, and what nfcapd captured, through an installed nfdump. */
export const nfdump: LogFormat = {
  name: 'nfdump',
  title: 'nfdump',
  rewrites(head) {
    if (isNfcapd(head)) return readNfcapd;
    const start = head.toString('latin1', 0, 400);
    if (start.startsWith(OLD_COLUMNS)) return commentOut(['Summary', 'No matching flows'], { tail: true });
    return /^\s*\[\s*\{\s*"type"\s*:\s*"[A-Z]+"\s*,\s*"(sampled|export_sysid)"/.test(start)
      ? objectPerLine()
      : undefined;
  },
  recognise(first) {
    return recogniseCsv(first) ?? recogniseJson(first);
  },
  reading: (layout) => (layout.encoding === 'csv' ? csvReading(layout) : jsonReading()),
};

function recogniseCsv({ lines }: FirstLines): Recognised | undefined {
  const header = lines.find((line) => line !== '' && !line.startsWith('#')) ?? '';
  const fields = header.split(',');
  const isOld = header.startsWith(OLD_COLUMNS);
  if (!isOld && !NEW_COLUMNS.every((name) => fields.includes(name))) return undefined;
  const layout = { source: 'nfdump', encoding: 'csv', fields, separator: ',', quote: '' } as const;
  if (isOld) return { layout, headerLines: 1, needs: ['timezone'] };
  const refused = missingColumns(fields);
  if (refused) return { layout, refused };
  // Times are epoch seconds where the columns were asked for so (%tsr), else in nfdump's zone.
  const first = lines[lines.indexOf(header) + 1]?.split(',')[fields.indexOf('firstSeen')];
  const isEpoch = first !== undefined && /^\d+(\.\d+)?$/.test(first);
  return isEpoch ? { layout, headerLines: 1 } : { layout, headerLines: 1, needs: ['timezone'] };
}

/** The columns of newer versions are a choice, and some choices tell too little. */
function missingColumns(fields: readonly string[]): string | undefined {
  const has = (...names: string[]) => names.some((name) => fields.includes(name));
  const missing = [
    ...(has('bytes', 'inBytes') ? [] : ['bytes (%byt)']),
    ...(has('duration', 'lastSeen') ? [] : ['duration (%td) or lastSeen (%te)']),
    ...(has('proto') ? [] : ['proto (%pr)']),
  ];
  return missing.length === 0
    ? undefined
    : `nfdump CSV without ${missing.join(', ')}; write it with -o csv or -o json`;
}

function recogniseJson({ objects, keys }: FirstLines): Recognised | undefined {
  const isRecord = objects.some(
    (object) => ('first' in object || 't_first' in object) && 'in_bytes' in object && 'proto' in object,
  );
  if (!isRecord) return undefined;
  const layout = { source: 'nfdump', encoding: 'ndjson', fields: keys } as const;
  // What Weir itself has nfdump write of a capture is UTC and says so.
  const isLocal = objects.some((object) => isLocalTime(object.first ?? object.t_first));
  const isSampled = objects.some(({ sampled }) => Number(sampled ?? 0) > 0);
  return {
    layout,
    needs: [...(isLocal ? (['timezone'] as const) : []), ...(isSampled ? (['samplingRate'] as const) : [])],
  };
}

function isLocalTime(value: unknown): boolean {
  return typeof value === 'string' && !/Z$/.test(value);
}

function csvReading(layout: FormatLayout): Reading {
  const isOld = layout.fields[0] === 'ts';
  return {
    source: 'nfdump',
    relation: (path, rejects, numbers) => separatedRelation(path, layout, rejects, numbers),
    shown: shownLine(layout),
    streams: {
      '': {
        numbers: isOld ? OLD_NUMBERS : {},
        rule: (field, sensor) =>
          flowRule(isOld ? oldCsvFlow(field, sensor) : newCsvFlow(field, sensor), sensor.name),
      },
    },
  };
}

const OLD_NUMBERS = {
  sp: 'USMALLINT',
  ipkt: 'UBIGINT',
  ibyt: 'UBIGINT',
} as const;

/** Times are whole seconds: the last of them is taken, not the length in milliseconds, which reaches beyond it. */
function oldCsvFlow(field: Field, sensor: SensorSettings): FlowFields {
  const named = (name: string) => ({ name, text: field(name) });
  const time = timeOf(sensor);
  return {
    start: { ...named('ts'), value: time },
    end: { ...named('te'), value: time },
    orig: { host: named('sa'), port: icmpOr(named('sp'), field, 'type', ['pr', 'dp']) },
    resp: { host: named('da'), port: icmpOr(named('dp'), field, 'code', ['pr', 'dp']) },
    proto: field('pr'),
    counts: {
      origPackets: named('ipkt'),
      origIpBytes: named('ibyt'),
      respPackets: answered(named('opkt')),
      respIpBytes: answered(named('obyt')),
    },
    part: 'one-way',
  };
}

function newCsvFlow(field: Field, sensor: SensorSettings): FlowFields {
  const named = (...names: [string, ...string[]]) => ({ name: names[0], text: field(...names) });
  const time = timeOf(sensor);
  return {
    start: { ...named('firstSeen'), value: time },
    ...(field('lastSeen') === 'NULL::VARCHAR'
      ? { duration: { ...named('duration'), value: seconds } }
      : { end: { ...named('lastSeen'), value: time } }),
    orig: { host: named('srcAddr'), port: icmpOr(named('srcPort'), field, 'type', ['proto', 'dstPort']) },
    resp: { host: named('dstAddr'), port: icmpOr(named('dstPort'), field, 'code', ['proto', 'dstPort']) },
    proto: field('proto'),
    counts: {
      origPackets: named('packets', 'inPackets'),
      origIpBytes: named('bytes', 'inBytes'),
      respPackets: answered(named('outPackets')),
      respIpBytes: answered(named('outBytes')),
    },
    part: 'one-way',
  };
}

/**
 * ICMP has its type and code in the place of the receiver's port: as `8.0`, or as one number, 256 times the type and the
 * code.
 */
function icmpOr(
  port: { name: string; text: string },
  field: Field,
  part: 'type' | 'code',
  names: readonly [string, string],
) {
  const [proto, destination] = [field(names[0]), `(${field(names[1])})::VARCHAR`];
  const isIcmp = `lower(${proto}) IN ('1', '58', 'icmp', 'icmp6', 'ipv6-icmp')`;
  const number = `TRY_CAST(${destination} AS USMALLINT)`;
  const [split, whole] = part === 'type' ? [1, `${number} // 256`] : [2, `${number} % 256`];
  const text = `(CASE WHEN contains(${destination}, '.') THEN split_part(${destination}, '.', ${split})
    WHEN ${isIcmp} AND ${number} IS NOT NULL THEN (${whole})::VARCHAR ELSE (${port.text})::VARCHAR END)`;
  return { name: port.name, text };
}

/** Counts of the way back: nothing where the record is of one direction, as nearly all are. */
function answered(count: { name: string; text: string }) {
  return { name: count.name, text: `nullif((${count.text})::VARCHAR, '0')` };
}

/** SQL for a time in the sensor's zone; times with a zone of their own and epoch seconds speak for themselves. */
function timeOf(sensor: SensorSettings): (text: string) => string {
  return (text) => zonedTime(text, sensor.timezone);
}

function jsonReading(): Reading {
  return {
    source: 'nfdump',
    relation: (path, rejects) => jsonRelation(path, KEYS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a JSON object',
    // Events of firewalls and NAT have no traffic of their own.
    streamOf: (field) =>
      `CASE WHEN ${field('type')} IS NULL OR ${field('type')} = 'FLOW' THEN 'flow' ELSE lower(${field('type')}) END`,
    streams: { flow: { rule: (field, sensor) => flowRule(jsonFlow(field, sensor), sensor.name) } },
  };
}

/** Versions before 1.7 wrote milliseconds without leading zeros: 56.12 is twelve of them. */
function padded(text: string): string {
  const fraction = `regexp_extract(${text}, '\\.(\\d+)', 1)`;
  return `regexp_replace(${text}, '\\.\\d+', '.' || lpad(${fraction}, greatest(3, length(${fraction})::INTEGER), '0'))`;
}

function jsonFlow(field: Field, sensor: SensorSettings): FlowFields {
  const named = (...names: [string, ...string[]]) => ({ name: names[0], text: field(...names) });
  const timed = (name: string, old: string) => ({
    name,
    text: `coalesce(${field(name)}, ${padded(field(old))})`,
  });
  const isSampled = `coalesce(${field('sampled')}, '0') NOT IN ('0', 'false')`;
  const [packets, bytes] = [field('in_packets'), field('in_bytes')];
  return {
    start: { ...timed('first', 't_first'), value: timeOf(sensor) },
    end: { ...timed('last', 't_last'), value: timeOf(sensor) },
    orig: { host: named('src4_addr', 'src6_addr'), port: named('src_port', 'icmp_type') },
    resp: { host: named('dst4_addr', 'dst6_addr'), port: named('dst_port', 'icmp_code') },
    proto: field('proto'),
    counts: {
      origPackets: named('in_packets'),
      origIpBytes: named('in_bytes'),
      respPackets: answered(named('out_packets')),
      respIpBytes: answered(named('out_bytes')),
    },
    part: 'one-way',
    faults: [
      ...(sensor.samplingRate === undefined
        ? [
            {
              when: isSampled,
              says: `sampled: the rate is not in the log; sensor ${sensor.name}: state \`samplingRate:\` and \`samplingScaled: true\` (nfcapd multiplies) in weir.yaml`,
            },
          ]
        : []),
      {
        // No packet is of one byte: a version of nfdump wrote the packets in the place of the bytes.
        when: `${bytes} = ${packets} AND ${bytes} <> '0'`,
        says: 'in_bytes: equals in_packets, as a version of nfdump wrote in ndjson by mistake; write it with -o json',
      },
    ],
  };
}
