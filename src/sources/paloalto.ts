import { PALOALTO_TRAFFIC_STREAMS, paloaltoTrafficStream } from './firewalls/paloalto-traffic.ts';
import type { LogFormat } from './format.ts';
import type { Field } from './relation.ts';
import { GLOBALPROTECT_STREAMS, globalprotectStream, panColumn } from './sessions/globalprotect.ts';
import { raggedRelation } from './text-relation.ts';

/** The head of syslog, or nothing in a file exported as it is, and the first column, which is always `1`. */
const PREFIX = '(?:[^,"]{0,200} )?\\d+,';
const PLAIN = /^(?:[^,"]{0,200} )?\d+,(\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2}),[^,]*,([A-Z]+),/;

/** Columns by their place, from the second on: each log has its own. No log has more. */
const COLUMNS = Array.from({ length: 130 }, (_, index) => panColumn(index + 2));

/** PAN-OS writes all its logs to one stream of CSV; the fourth column says which one a line is of. */
export const paloalto: LogFormat = {
  name: 'paloalto',
  title: 'Palo Alto PAN-OS syslog',
  recognise({ lines }) {
    const mine = lines.filter((line) => PLAIN.test(line));
    if (mine.length === 0) return undefined;
    const layout = { source: 'paloalto', encoding: 'text', fields: [] } as const;
    // Since 10.0 lines may carry a time with its zone beside those of the firewall's clock.
    // The begin of a session in the traffic log is of that clock all the same.
    const isLocal = mine.some(
      (line) =>
        PLAIN.exec(line)?.[2] === 'TRAFFIC' ||
        !/,\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})(?:,|$)/.test(line),
    );
    return isLocal ? { layout, needs: ['timezone'] } : { layout };
  },
  reading: () => ({
    source: 'paloalto',
    relation: (path, rejects) =>
      raggedRelation(path, { fields: COLUMNS, separator: ',', least: 7, prefix: PREFIX }, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a line of PAN-OS (values separated by commas)',
    streamOf,
    streams: { ...GLOBALPROTECT_STREAMS, ...PALOALTO_TRAFFIC_STREAMS },
  }),
};

/** The log's name in small letters; of those that are read, what kind of line it is. */
function streamOf(field: Field): string {
  const type = field(panColumn(4));
  return `CASE ${type} WHEN 'GLOBALPROTECT' THEN ${globalprotectStream(field)}
    WHEN 'TRAFFIC' THEN ${paloaltoTrafficStream(field)}
    ELSE CASE WHEN regexp_full_match(${type}, '[A-Z]{1,20}') THEN lower(${type}) END END`;
}
