import type { LogFormat } from '../format.ts';
import type { Field } from '../relation.ts';
import { patternRelation } from '../text-relation.ts';
import { nanoseconds } from '../values.ts';
import { counterRule } from './counter-rule.ts';

/** A point of the line protocol: measurement, tags, fields, nanoseconds. A blank or comma within a tag is escaped. */
const LINE =
  '^(?<measurement>(?:[^, \\\\]|\\\\.)+)(?<tags>(?:,(?:[^, =\\\\]|\\\\.)+=(?:[^, \\\\]|\\\\.)+)*) (?<fields>(?:[^ "]|"(?:[^"\\\\]|\\\\.)*")+) (?<time>\\d+)$';
const PLAIN = new RegExp(LINE);
const OUTS = /[ ,](?:ifHCOutOctets|ifOutOctets|bytes_sent)=/;

/** What Telegraf writes of interfaces: its `snmp` and `net` inputs in InfluxDB's line protocol. */
export const influx: LogFormat = {
  name: 'telegraf',
  title: 'Telegraf line protocol of interface counters',
  recognise({ lines }) {
    if (!lines.some((line) => PLAIN.test(line) && OUTS.test(line))) return undefined;
    return { layout: { source: 'telegraf', encoding: 'text', fields: [] } };
  },
  reading: () => ({
    source: 'telegraf',
    relation: (path, rejects) => patternRelation(path, LINE, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a point of the line protocol with its time in nanoseconds',
    streamOf: (field) =>
      `CASE WHEN regexp_matches(',' || ${field('fields')}, ',(?:ifHC|if)?(?:Out|In)Octets=|,bytes_(?:sent|recv)=') THEN 'counter' WHEN valid THEN 'other points' END`,
    streams: {
      counter: {
        rule: (field, { name }) =>
          counterRule(
            {
              time: { name: 'time', text: field('time'), value: nanoseconds },
              device: {
                name: 'agent_host',
                text: either(field, ['agent_host', 'sysName', 'hostname', 'host']),
              },
              interface: {
                name: 'ifName',
                text: either(field, ['ifName', 'ifDescr', 'interface', 'ifIndex']),
              },
              outOctets: {
                name: 'ifHCOutOctets',
                text: number(field, ['ifHCOutOctets', 'ifOutOctets', 'bytes_sent']),
              },
              inOctets: {
                name: 'ifHCInOctets',
                text: number(field, ['ifHCInOctets', 'ifInOctets', 'bytes_recv']),
              },
              bits: `CASE WHEN regexp_matches(',' || ${field('fields')}, ',if(?:Out|In)Octets=') AND NOT contains(${field('fields')}, 'ifHC') THEN '32' ELSE '64' END`,
            },
            name,
          ),
      },
    },
  }),
};

/** SQL for the first of some tags that is set. */
function either(field: Field, names: readonly string[]): string {
  const tags = names.map((name) => {
    const found = `regexp_extract(${field('tags')}, ',${name}=((?:[^, \\\\]|\\\\.)+)', 1)`;
    return `nullif(regexp_replace(${found}, '\\\\(.)', '\\1', 'g'), '')`;
  });
  return `coalesce(${tags.join(', ')})`;
}

/** SQL for the first of some fields that is set, without the letter that marks whole numbers. */
function number(field: Field, names: readonly string[]): string {
  const values = names.map(
    (name) =>
      `nullif(regexp_extract(',' || ${field('fields')}, '^(?:[^"]|"(?:[^"\\\\]|\\\\.)*")*?,${name}=([^,]*?)[iu]?(?:,|$)', 1), '')`,
  );
  return `coalesce(${values.join(', ')})`;
}
