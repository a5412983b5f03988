import { flowRule } from './flow-rule.ts';
import type { FirstLines, LogFormat, Recognised, SensorSettings } from './format.ts';
import type { RecordRule } from './record.ts';
import type { Field } from './relation.ts';
import { raggedRelation } from './text-relation.ts';
import { isZoneless, seconds } from './values.ts';
import { zonedTime } from './zoned-time.ts';

const TITLE = 'Argus CSV';
/** How to have ra write what is needed, as told where something is missing. */
const COMMAND =
  'ra -n -u -c, -s stime dur proto saddr sport dir daddr dport spkts dpkts sbytes dbytes sappbytes dappbytes state';
/** Columns that every line must have, in ra's own words. */
const NEEDED = [
  'StartTime',
  'Dur',
  'Proto',
  'SrcAddr',
  'DstAddr',
  'SrcPkts',
  'DstPkts',
  'SrcBytes',
  'DstBytes',
];

/** What ra writes of Argus' records as CSV. */
export const argus: LogFormat = {
  name: 'argus',
  title: TITLE,
  recognise(first) {
    const header = first.lines.find((line) => line !== '' && !line.startsWith('#')) ?? '';
    const fields = header.split(',').map((name) => name.trim());
    const isIts = ['StartTime', 'SrcAddr', 'DstAddr'].every((name) => fields.includes(name));
    return isIts ? recognised(first, header, fields) : undefined;
  },
  reading: ({ fields }) => ({
    source: 'argus',
    relation: (path, rejects) =>
      raggedRelation(path, { fields, separator: ',', least: fields.length }, rejects),
    shown: 'left(line, 1000)',
    notValid: 'fields: fewer than the header names',
    // Argus' own records, and those of protocols without IP addresses, are no flows.
    streamOf: (
      field,
    ) => `CASE WHEN ${field('Proto')} IN ('man', 'evt', 'arp', 'rarp', 'llc') THEN ${field('Proto')}
      WHEN regexp_full_match(${field('SrcAddr')}, '[0-9a-f]{2}(:[0-9a-f]{2}){5}') THEN coalesce(${field('Proto')}, 'unknown')
      ELSE 'flow' END`,
    streams: { flow: { rule: flowOf } },
  }),
};

function recognised({ lines }: FirstLines, header: string, fields: readonly string[]): Recognised {
  const layout = { source: 'argus', encoding: 'text', fields, variant: header } as const;
  const absent = NEEDED.filter((name) => !fields.includes(name));
  if (absent.length > 0)
    return { layout, refused: `${TITLE} without ${absent.join(', ')}; write it with ${COMMAND}` };
  const data = lines.slice(lines.indexOf(header) + 1).map((line) => line.split(','));
  const ports = data.flatMap((values) => [values[fields.indexOf('Sport')], values[fields.indexOf('Dport')]]);
  if (ports.some((text) => text !== undefined && !/^\s*(0x[0-9a-f]+|\d*)\s*$/i.test(text))) {
    return { layout, refused: `${TITLE} with names in the place of ports; write it with ${COMMAND}` };
  }
  const time = data[0]?.[fields.indexOf('StartTime')]?.trim() ?? '';
  if (/^\d\d:\d\d:\d\d/.test(time)) {
    return { layout, refused: `${TITLE} whose times have no date; write it with ${COMMAND}` };
  }
  return { layout, headerLines: 1, needs: isZoneless(time) ? ['timezone'] : [] };
}

/**
 * Bytes are those of frames, payload is counted beside them where the probe was told to (argus -A). Without that both
 * directions have 0, which is no count.
 */
function flowOf(field: Field, sensor: SensorSettings): RecordRule {
  const named = (name: string) => ({ name, text: `trim(${field(name)})` });
  const payload = (own: string, other: string) =>
    `(CASE WHEN trim(${field(own)}) <> '0' OR trim(${field(other)}) <> '0' THEN trim(${field(own)}) END)`;
  const hasPayload = field('SAppBytes') !== 'NULL::VARCHAR' && field('DAppBytes') !== 'NULL::VARCHAR';
  const reversed = `coalesce(contains(${field('Dir')}, '<') AND NOT contains(${field('Dir')}, '>'), false)`;
  return flowRule(
    {
      start: { ...named('StartTime'), value: (text) => zonedTime(text, sensor.timezone) },
      duration: { ...named('Dur'), value: seconds },
      orig: { host: named('SrcAddr'), port: portOf(field, 'Sport') },
      resp: { host: named('DstAddr'), port: portOf(field, 'Dport') },
      proto: field('Proto'),
      counts: {
        origPackets: named('SrcPkts'),
        respPackets: named('DstPkts'),
        origIpBytes: named('SrcBytes'),
        respIpBytes: named('DstBytes'),
        ...(hasPayload
          ? {
              origBytes: { name: 'SAppBytes', text: payload('SAppBytes', 'DAppBytes') },
              respBytes: { name: 'DAppBytes', text: payload('DAppBytes', 'SAppBytes') },
            }
          : {}),
      },
      part: 'part',
      reversed,
    },
    sensor.name,
  );
}

/** ICMP has its type in hexadecimal in the place of the sender's port, and its identifier in the other's. */
function portOf(field: Field, name: 'Sport' | 'Dport') {
  const text = `trim(${field(name)})`;
  const isHex = `starts_with(${text}, '0x')`;
  const typed = name === 'Sport' ? `TRY_CAST(${text} AS UBIGINT)::VARCHAR` : `'0'`;
  return { name, text: `(CASE WHEN ${isHex} THEN ${typed} ELSE ${text} END)` };
}
