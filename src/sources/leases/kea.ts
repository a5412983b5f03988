import { beginText, microsText } from '../ended-time.ts';
import type { LogFormat } from '../format.ts';
import { separatedRelation, shownLine } from '../relation.ts';
import { instant, seconds } from '../values.ts';
import { leaseRule } from './lease-rule.ts';

/** The lease files of Kea (memfile): CSV under a header, a line each time a lease changes. */
export const keaLeases: LogFormat = {
  name: 'kea',
  title: 'Kea lease file',
  recognise({ lines }) {
    const header = lines.find((line) => line !== '' && !line.startsWith('#')) ?? '';
    const fields = header.split(',');
    const isIts = ['address', 'valid_lifetime', 'expire', 'state', 'hostname'].every((name) =>
      fields.includes(name),
    );
    if (!isIts) return undefined;
    return { layout: { source: 'kea', encoding: 'csv', fields, separator: ',', quote: '' }, headerLines: 1 };
  },
  reading: (layout) => ({
    source: 'kea',
    relation: (path, rejects, numbers) => {
      const { sql, field } = separatedRelation(path, layout, rejects, numbers);
      const line = shownLine(layout);
      return { sql: `(SELECT *, ${line} AS line, true AS valid FROM ${sql})`, field };
    },
    shown: 'line',
    notValid: 'fields: more or fewer than the header names',
    streamOf: (
      field,
    ) => `CASE WHEN ${field('lease_type')} = '2' THEN 'delegated-prefix' WHEN ${field('valid_lifetime')} = '0' THEN 'removed'
      WHEN ${field('state')} = '1' THEN 'declined' WHEN ${field('state')} IN ('2', '3') THEN 'reclaimed-or-released' ELSE 'lease' END`,
    streams: {
      lease: {
        rule: (field, { name }) => {
          const [expire, lifetime] = [field('expire'), field('valid_lifetime')];
          return leaseRule(
            {
              address: { name: 'address', text: field('address') },
              start: {
                name: 'expire',
                text: beginText(expire, instant(expire), lifetime),
                value: microsText,
              },
              end: { name: 'expire', text: expire, value: instant },
              mac: { name: 'hwaddr', text: `nullif(${field('hwaddr')}, '')` },
              hostName: `replace(${field('hostname')}, '&#x2c', ',')`,
              faults: [
                { when: `${seconds(lifetime)} IS NULL`, says: 'valid_lifetime: not a number of seconds' },
              ],
            },
            name,
          );
        },
      },
    },
  }),
};
