import type { LogFormat } from '../format.ts';
import { lineByLine } from '../line-rewrite.ts';
import { jsonRelation } from '../relation.ts';
import { instant } from '../values.ts';
import { accessRule } from './access-rule.ts';
import { createEventJoiner } from './linux-audit-events.ts';

const FIELDS = ['audit', 'serial', 'time', 'user', 'host', 'path', 'flags', 'success', 'isCut'];

/** The last two bits of open's flags are 1 where the file is written only. */
const FLAGS = `TRY_CAST('0x' || t_flags AS UBIGINT)`;
const WRITES_ONLY = `coalesce(${FLAGS} & 3 = 1, false)`;

/** auditd's own log: openings of files that its rules watch. It has no bytes. */
export const linuxAudit: LogFormat = {
  name: 'linux-audit',
  title: 'Linux audit log',
  recognise({ objects }) {
    if (!objects.some(({ audit }) => typeof audit === 'string')) return undefined;
    return { layout: { source: 'linux-audit', encoding: 'ndjson', fields: FIELDS } };
  },
  reading: () => ({
    source: 'linux-audit',
    relation: (path, rejects) => jsonRelation(path, FIELDS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not an audit record',
    streamOf: (field) =>
      `CASE WHEN ${field('audit')} = 'open' AND ${field('success')} = 'no' THEN 'refused' ELSE ${field('audit')} END`,
    numbered: (field) => ({ series: field('host'), number: field('serial'), at: instant(field('time')) }),
    streams: {
      open: {
        rule: (field, { name }) =>
          accessRule(
            {
              texts: { t_time: field('time'), t_flags: field('flags') },
              startedAt: instant('t_time'),
              time: { text: 't_time', column: 'time', expected: 'seconds since 1970' },
              principal: field('user'),
              hostName: field('host'),
              path: field('path'),
              operation: `CASE WHEN ${WRITES_ONLY} THEN 'write' ELSE 'open' END`,
              isBound: `NOT ${WRITES_ONLY}`,
              faults: [
                { when: `${field('isCut')} = 'true'`, says: 'event: the input ends in the middle of it' },
              ],
            },
            name,
          ),
      },
    },
  }),
  rewrites(head) {
    return /^(?:\xEF\xBB\xBF)?(?:node=\S+ )?type=\w+ msg=audit\(\d+\.\d+:\d+\): /m.test(
      head.toString('latin1'),
    )
      ? lineByLine(createEventJoiner)
      : undefined;
  },
};
