import type { LogFormat } from '../format.ts';
import { jsonRelation } from '../relation.ts';
import type { Rewrite } from '../rewrite.ts';
import { instant } from '../values.ts';
import { counterRule } from './counter-rule.ts';
import { bitsOf, countOf, deviceOf, isMetric, METRICS } from './metrics.ts';

const LABELS = ['__name__', 'instance', 'ifName', 'ifDescr', 'device', 'ifIndex'];
const KEYS = ['at', 'octets', ...LABELS.map((label) => `metric/${label}`)];

/** The answer of a Prometheus range query: one document, all samples of a series together. */
export const prometheusRange: LogFormat = {
  name: 'prometheus-range',
  title: 'Prometheus range query',
  recognise({ objects }) {
    const isIts = objects.some(({ metric, at, octets }) => {
      const name = (metric as Readonly<Record<string, unknown>> | undefined)?.__name__;
      return typeof name === 'string' && METRICS[name] && at !== undefined && octets !== undefined;
    });
    return isIts ? { layout: { source: 'prometheus-range', encoding: 'ndjson', fields: [] } } : undefined;
  },
  reading: () => ({
    source: 'prometheus-range',
    relation: (path, rejects) => jsonRelation(path, KEYS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a sample of a series',
    streamOf: (field) =>
      `CASE WHEN ${isMetric(field('metric/__name__'))} THEN 'counter' WHEN valid AND ${field('metric/__name__')} IS NOT NULL THEN 'other metrics' END`,
    streams: {
      counter: {
        rule: (field, { name }) => {
          const metric = field('metric/__name__');
          const value = field('octets');
          return counterRule(
            {
              time: { name: 'time', text: field('at'), value: instant },
              device: { name: 'instance', text: deviceOf(field('metric/instance')) },
              interface: {
                name: 'ifName',
                text: field('metric/ifName', 'metric/ifDescr', 'metric/device', 'metric/ifIndex'),
              },
              outOctets: { name: 'value', text: countOf('out', metric, value) },
              inOctets: { name: 'value', text: countOf('in', metric, value) },
              bits: bitsOf(metric),
            },
            name,
          );
        },
      },
    },
  }),
  rewrites: (head) =>
    /^(?:\xef\xbb\xbf)?\s*\{\s*"status"\s*:\s*"success"/.test(head.subarray(0, 200).toString('latin1')) &&
    head.includes('"matrix"')
      ? samplePerLine
      : undefined,
};

/** Labels of a series, the begin of such that are broken, or what stands in brackets: a sample. */
const TOKEN = /"metric"\s*:\s*(\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\})|("metric")|\[([^[\]{}]*)\]/g;
const UNFINISHED = /\[\s*\d[^[\]{}]*$/;
/** No series has labels of such a length. */
const LONGEST_TOKEN = 64 * 1024;

/** Each sample becomes an object of its own, with the labels of its series; those of a series that is broken have none. */
const samplePerLine: Rewrite = async function* rewrite(bytes) {
  let carry = '';
  let metric = 'null';
  const samplesIn = (text: string) => {
    let done = 0;
    const lines: string[] = [];
    for (const match of text.matchAll(TOKEN)) {
      const [whole, labels, broken, sample] = match;
      if (labels !== undefined) metric = labels.replace(/[\r\n]+/g, ' ');
      else if (broken !== undefined) {
        // Its end may be in the bytes to come.
        if (!text.includes('}', match.index) && text.length - match.index < LONGEST_TOKEN) break;
        metric = 'null';
      } else if (sample?.trim()) lines.push(lineOf(metric, sample));
      done = match.index + whole.length;
    }
    return { lines, rest: text.slice(Math.max(done, text.length - LONGEST_TOKEN)) };
  };
  for await (const buffer of bytes) {
    const { lines, rest } = samplesIn(`${carry}${buffer.toString('latin1')}`);
    carry = rest;
    if (lines.length > 0) yield Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');
  }
  const unfinished = UNFINISHED.exec(carry)?.[0].replace(/\s+/g, ' ');
  if (unfinished !== undefined) yield Buffer.from(unfinished, 'latin1');
};

function lineOf(metric: string, sample: string): string {
  const [, at = 'null', octets = 'null'] = /^\s*([^\s,]+)\s*,\s*([^\r\n]*?)\s*$/.exec(sample) ?? [];
  return `{"metric":${metric},"at":${at},"octets":${octets}}`;
}
