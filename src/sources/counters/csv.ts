import type { LogFormat } from '../format.ts';
import { separatedRelation, shownLine } from '../relation.ts';
import { isZoneless } from '../values.ts';
import { ZONED_TIME, zonedTime } from '../zoned-time.ts';
import { counterRule } from './counter-rule.ts';

/** Names that columns go by, in small letters. */
const TIMES = ['time', 'timestamp', 'ts', 'datetime', '_time'];
const DEVICES = [
  'device',
  'instance',
  'host',
  'hostname',
  'router',
  'switch',
  'agent_host',
  'source',
  'sysname',
];
const INTERFACES = ['interface', 'ifname', 'ifdescr', 'if', 'port', 'ifindex'];
const OUTS = [
  'ifhcoutoctets',
  'ifoutoctets',
  'outoctets',
  'out_octets',
  'bytes_sent',
  'out_bytes',
  'tx_bytes',
];
const INS = ['ifhcinoctets', 'ifinoctets', 'inoctets', 'in_octets', 'bytes_recv', 'in_bytes', 'rx_bytes'];

/** A table of counters: time, device, interface and octets, under a header that names them. */
export const counterCsv: LogFormat = {
  name: 'counter-csv',
  title: 'CSV of interface counters',
  recognise({ lines, sensor }) {
    const at = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
    const header = lines[at] ?? '';
    const separator = [',', ';', '\t'].find((each) => header.includes(each));
    if (separator === undefined) return undefined;
    const fields = header.split(separator).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
    const has = (names: readonly string[]) => fields.find((name) => names.includes(name.toLowerCase()));
    const [time, device, port] = [has(TIMES), has(DEVICES), has(INTERFACES)];
    if (!time || !device || !port || !has(OUTS)) return undefined;
    const layout = { source: 'counter-csv', encoding: 'csv', fields, separator } as const;
    const first = (lines[at + 1] ?? '').split(separator)[fields.indexOf(time)]?.replaceAll('"', '') ?? '';
    return {
      layout,
      headerLines: 1,
      needs: isZoneless(first) && sensor?.timezone === undefined ? ['timezone'] : [],
    };
  },
  reading: (layout) => ({
    source: 'counter-csv',
    relation: (path, rejects, numbers) => separatedRelation(path, layout, rejects, numbers),
    shown: shownLine(layout),
    streams: {
      '': {
        rule: (field, { name, timezone }) => {
          const column = (names: readonly string[]) =>
            names.flatMap((each) => layout.fields.filter((one) => one.toLowerCase() === each))[0] ??
            names[0] ??
            '';
          const named = (names: readonly string[]) => ({ name: column(names), text: field(column(names)) });
          const isIfMib = (wanted: string) => (column(OUTS).toLowerCase() === wanted ? 'true' : 'false');
          return counterRule(
            {
              time: { ...named(TIMES), value: (text) => zonedTime(text, timezone) },
              device: named(DEVICES),
              interface: named(INTERFACES),
              outOctets: named(OUTS),
              inOctets: named(INS),
              bits: `CASE WHEN ${isIfMib('ifhcoutoctets')} THEN '64' WHEN ${isIfMib('ifoutoctets')} THEN '32' END`,
              faults: [{ when: 'v_time IS NULL', says: `${column(TIMES)}: not ${ZONED_TIME}` }],
            },
            name,
          );
        },
      },
    },
  }),
};
