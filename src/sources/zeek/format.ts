import type { LogFormat, Reading } from '../format.ts';
import { type Layout, ZEEK_STREAMS } from '../layout.ts';
import { jsonRelation, separatedRelation, shownLine } from '../relation.ts';
import { streamOfLine, ZEEK_JSON_KEYS, zeekNumbers, zeekRule } from './streams.ts';

/** Any one of these sets of keys makes a JSON line Zeek's. */
const ZEEK_KEYS: readonly (readonly string[])[] = [
  ['_path'],
  ['@stream'],
  ['_stream'],
  ['id.orig_h'],
  ['id_orig_h'],
  ['ts', 'uid'],
  ['ts', 'fuid'],
  ['ts', 'ts_delta'],
  ['ts', 'pkts_proc'],
];

/** Zeek's JSON lines: one file may hold every log, so the log is each line's own affair. */
export const zeek: LogFormat = {
  name: 'zeek',
  title: 'Zeek JSON',
  recognise({ keys }) {
    if (!ZEEK_KEYS.some((set) => set.every((key) => keys.includes(key)))) return undefined;
    return { layout: { source: 'zeek', encoding: 'ndjson', fields: keys } };
  },
  reading: () => ({
    source: 'zeek',
    relation: (path, rejects) => jsonRelation(path, ZEEK_JSON_KEYS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a JSON object',
    streamOf: streamOfLine,
    streams: Object.fromEntries(
      [...ZEEK_STREAMS].map((stream) => [
        stream,
        { rule: (field, sensor) => zeekRule(stream, field, sensor.name) },
      ]),
    ),
    leftAloneAs: (stream) => (stream === 'unknown' ? 'JSON lines of no known log' : `zeek.${stream}`),
  }),
};

/** Returns how Zeek's text logs are read: one log to a file, under the columns of its own header. */
export function zeekTextReading(layout: Extract<Layout, { encoding: 'tsv' }>): Reading {
  const { stream } = layout;
  return {
    source: 'zeek',
    relation: (path, rejects, numbers) => separatedRelation(path, layout, rejects, numbers),
    shown: shownLine(layout),
    streams: {
      [stream]: {
        numbers: zeekNumbers(stream),
        rule: (field, sensor) => zeekRule(stream, field, sensor.name),
      },
    },
  };
}
