import { flowRule } from './flow-rule.ts';
import type { LogFormat } from './format.ts';
import { samplingFault, samplingNeeds } from './log-sampling.ts';
import { jsonRelation } from './relation.ts';
import { isZoneless } from './values.ts';
import { zonedTime } from './zoned-time.ts';

const TITLE = 'Akvorado JSON';
const NEEDED = ['TimeReceived', 'SamplingRate', 'Bytes', 'Packets', 'SrcAddr', 'DstAddr', 'Proto'];
const KEYS = [...NEEDED, 'SrcPort', 'DstPort', 'ICMPv4Type', 'ICMPv4Code', 'ICMPv6Type', 'ICMPv6Code'];
/** Either tells Akvorado's rows from those of other collectors with the same names. */
const OWN_KEYS = ['ExporterAddress', 'InIfBoundary', 'EType'];
const RATE = { key: 'SamplingRate', title: TITLE };

/** Rows of Akvorado's table `flows`, as ClickHouse writes them in JSONEachRow. Bytes are as exported, unscaled. */
export const akvorado: LogFormat = {
  name: 'akvorado',
  title: TITLE,
  recognise(first) {
    const { keys, objects } = first;
    const isIts = ['TimeReceived', 'SrcAddr', 'DstAddr'].every((key) => keys.includes(key));
    if (!isIts || !OWN_KEYS.some((key) => keys.includes(key))) return undefined;
    const layout = { source: 'akvorado', encoding: 'ndjson', fields: keys } as const;
    const missing = NEEDED.filter((key) => !keys.includes(key));
    if (missing.length > 0)
      return { layout, refused: `${TITLE} without ${missing.join(', ')}; select them as well` };
    const isLocal = objects.some(({ TimeReceived: time }) => typeof time === 'string' && isZoneless(time));
    const { needs = [], ...rest } = samplingNeeds(first, RATE);
    return { layout, ...rest, needs: isLocal ? ['timezone', ...needs] : needs };
  },
  reading: () => ({
    source: 'akvorado',
    relation: (path, rejects) => jsonRelation(path, KEYS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a JSON object',
    streams: {
      '': {
        rule: (field, sensor) => {
          const named = (name: string, ...others: string[]) => ({ name, text: field(name, ...others) });
          const typed = (port: string, v4: string, v6: string) => ({
            name: port,
            text: `(CASE ${field('Proto')} WHEN '1' THEN ${field(v4)} WHEN '58' THEN ${field(v6)} ELSE ${field(port)} END)`,
          });
          return flowRule(
            {
              // When a flow began and ended is not kept: all of it is placed where it was received.
              start: { ...named('TimeReceived'), value: (text) => zonedTime(text, sensor.timezone) },
              duration: { name: 'TimeReceived', text: 'NULL::VARCHAR', value: () => '0::BIGINT' },
              orig: { host: named('SrcAddr'), port: typed('SrcPort', 'ICMPv4Type', 'ICMPv6Type') },
              resp: { host: named('DstAddr'), port: typed('DstPort', 'ICMPv4Code', 'ICMPv6Code') },
              proto: field('Proto'),
              counts: { origPackets: named('Packets'), origIpBytes: named('Bytes') },
              part: 'one-way',
              faults: [samplingFault(RATE, field('SamplingRate'), sensor)],
            },
            sensor.name,
          );
        },
      },
    },
  }),
};
