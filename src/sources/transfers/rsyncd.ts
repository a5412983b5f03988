import type { LogFormat } from '../format.ts';
import { ownHost } from '../settings.ts';
import { patternRelation } from '../text-relation.ts';
import { stampIn } from '../values.ts';
import { transferRule } from './transfer-rule.ts';

const HEAD = '(?<stamp>\\d{4}/\\d{2}/\\d{2} \\d{2}:\\d{2}:\\d{2}) \\[(?<pid>\\d+)\\] ';

/** rsync's default `log format`: `%o %h [%a] %m (%u) %f %l`. The name is what is left before the last number. */
const RECORD =
  `^${HEAD}(?:(?<operation>send|recv) (?<host>\\S*) \\[(?<address>[^\\]\\s]*)\\] (?<module>[^()]*?) ` +
  '\\((?<user>[^)]*)\\) (?<path>.*) (?<length>\\d+)|(?<message>.*))$';

/** rsync counts every file it sends or receives; the length is that of the file, not what went over the line. */
export const rsyncd: LogFormat = {
  name: 'rsyncd',
  title: 'rsync daemon log',
  recognise({ lines, stated }) {
    const own = /^\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2} \[\d+\] /;
    const telling =
      /\] (?:(?:send|recv) \S* \[[^\]]*\] |rsyncd version |rsync (?:on|to|allowed access on) |connect from )/;
    if (!lines.some((line) => own.test(line) && (stated || telling.test(line)))) return undefined;
    return { layout: { source: 'rsyncd', encoding: 'text', fields: [] }, needs: ['timezone'] };
  },
  reading: () => ({
    source: 'rsyncd',
    relation: (path, rejects) => patternRelation(path, RECORD, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a line of the rsync daemon',
    streamOf: (field) => `CASE WHEN ${field('operation')} IS NULL THEN 'message' ELSE 'transfer' END`,
    streams: {
      transfer: {
        rule: (field, { name, host, timezone = 'UTC' }) =>
          transferRule(
            {
              texts: { t_stamp: field('stamp'), t_operation: field('operation') },
              endedAt: stampIn('t_stamp', '%Y/%m/%d %H:%M:%S', timezone),
              time: { text: 't_stamp', column: 'time', expected: 'a time between 1990 and 2100' },
              bytes: { text: field('length'), column: 'length' },
              direction: `CASE t_operation WHEN 'send' THEN 'out' ELSE 'in' END`,
              principal: field('user'),
              server: ownHost({ host }),
              peer: field('address', 'host'),
              path: `concat_ws('/', nullif(${field('module')}, ''), ${field('path')})`,
              protocol: 'rsync',
            },
            name,
          ),
      },
    },
  }),
};
