import type { LogFormat } from '../format.ts';
import type { Field } from '../relation.ts';
import { ownHost } from '../settings.ts';
import { patternRelation } from '../text-relation.ts';
import { counterRule } from './counter-rule.ts';
import { bitsOf, countOf, deviceOf, isMetric, METRICS } from './metrics.ts';

/** A sample of the text format: name, labels, value, and where it is told the time in milliseconds. */
const LINE =
  '^(?<metric>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(?<labels>(?:[^"{}]|"(?:[^"\\\\]|\\\\.)*")*)\\})? (?<value>[^ ]+)(?: (?<time>-?[0-9.]+))?$';
const PLAIN = new RegExp(LINE);

/** Samples in Prometheus' text format with their times, as its federation endpoint writes them, or who keeps an exporter's pages. */
export const prometheusText: LogFormat = {
  name: 'prometheus-text',
  title: 'Prometheus text of interface counters',
  recognise({ lines }) {
    const samples = lines.flatMap((line) => {
      const groups = PLAIN.exec(line)?.groups;
      return groups && METRICS[groups.metric ?? ''] ? [groups] : [];
    });
    if (samples.length === 0) return undefined;
    const layout = { source: 'prometheus-text', encoding: 'text', fields: [] } as const;
    if (samples.some((groups) => groups.time !== undefined)) return { layout };
    return {
      layout,
      refused:
        "Prometheus text without the times of its samples; take it from the federation endpoint, or as the JSON of a range query, or keep an exporter's page with its time: awk -v t=$(date +%s)000 '!/^#/ { print $0, t }'",
    };
  },
  reading: () => ({
    source: 'prometheus-text',
    relation: (path, rejects) => patternRelation(path, LINE, rejects),
    shown: 'left(line, 1000)',
    notValid: "not a sample of Prometheus' text format",
    streamOf: (field) =>
      `CASE WHEN ${isMetric(field('metric'))} THEN 'counter' WHEN valid THEN 'other metrics' END`,
    streams: {
      counter: {
        rule: (field, sensor) => {
          const metric = field('metric');
          const value = field('value');
          return counterRule(
            {
              time: {
                name: 'time',
                text: field('time'),
                // OpenMetrics writes seconds with a fraction, the older format whole milliseconds.
                value: (text) =>
                  `CASE WHEN contains(${text}, '.') THEN ${bounded(`TRY_CAST(${text} AS DOUBLE) * 1e6`)} ELSE ${bounded(`TRY_CAST(${text} AS BIGINT) * 1000`)} END`,
              },
              // A page of an exporter does not say of which device it is.
              device: {
                name: 'instance',
                text: `coalesce(${deviceOf(label(field, 'instance'))}, ${ownHost(sensor)})`,
              },
              interface: {
                name: 'ifName',
                text: `coalesce(${['ifName', 'ifDescr', 'device', 'ifIndex'].map((each) => label(field, each)).join(', ')})`,
              },
              outOctets: { name: 'value', text: countOf('out', metric, value) },
              inOctets: { name: 'value', text: countOf('in', metric, value) },
              bits: bitsOf(metric),
            },
            sensor.name,
          );
        },
      },
    },
  }),
};

function bounded(micros: string): string {
  return `CASE WHEN ${micros} BETWEEN 631152000000000 AND 4102444800000000 THEN round(${micros})::BIGINT END`;
}

/** SQL for a label's value. Labels stand in any order; within a value a quote is escaped. */
function label(field: Field, name: string): string {
  const found = `regexp_extract(${field('labels')}, '^(?:[^"]|"(?:[^"\\\\]|\\\\.)*")*?(?:^|,) *${name} *= *"((?:[^"\\\\]|\\\\.)*)"', 1)`;
  return `nullif(${found}, '')`;
}
