import type { LogFormat } from '../format.ts';
import type { Field } from '../relation.ts';
import { patternRelation } from '../text-relation.ts';
import { stampIn } from '../values.ts';
import { accessRule } from './access-rule.ts';

/** `lfs changelog`: number, type, time and date (UTC), flags, then what the record has. A name goes to the line's end. */
const RECORD =
  '^(?:(?<mdt>\\S+)[ .:])?(?<record>\\d+) \\d{2}(?<type>[A-Z_]+) +(?<clock>\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?) ' +
  '(?<date>\\d{4}\\.\\d{2}\\.\\d{2}) 0x(?<flags>[0-9a-f]+) t=\\[(?<target>[^\\]\\s]*)\\]' +
  '(?: j=(?<job>\\S+))?(?: ef=0x[0-9a-f]+)?(?: u=(?<uid>\\d+):(?<gid>\\d+))?(?: nid=(?<nid>\\S+))?(?: m=(?<mode>\\S+))?' +
  '(?: p=\\[(?<parent>[^\\]\\s]*)\\](?: (?<name>.*))?| (?<rest>.*))?$';

/** Opened to be written only: `-w-`. */
const WRITES_ONLY = `coalesce(regexp_matches(t_mode, '^-w'), false)`;

/**
 * Changelogs of Lustre as text. They carry no bytes and no size: an opening says that somebody may have read, and
 * nothing of how much.
 */
export const lustreChangelog: LogFormat = {
  name: 'lustre-changelog',
  title: 'Lustre changelog',
  recognise({ lines }) {
    const own = new RegExp(RECORD);
    if (!lines.slice(0, 200).some((line) => own.test(line))) return undefined;
    return { layout: { source: 'lustre-changelog', encoding: 'text', fields: [] } };
  },
  reading: () => ({
    source: 'lustre-changelog',
    relation: (path, rejects) => patternRelation(path, RECORD, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a changelog record',
    streamOf: (field) => field('type'),
    numbered: (field) => ({ series: field('mdt'), number: field('record'), at: timeSql(timeText(field)) }),
    streams: {
      OPEN: {
        rule: (field, { name }) =>
          accessRule(
            {
              texts: {
                t_time: timeText(field),
                t_mode: field('mode'),
              },
              startedAt: timeSql('t_time'),
              time: { text: 't_time', column: 'time', expected: 'a time between 1990 and 2100' },
              principal: field('uid'),
              jobId: field('job'),
              hostName: `split_part(${field('nid')}, '@', 1)`,
              path: `coalesce(${field('name')}, '[' || ${field('target')} || ']')`,
              operation: `CASE WHEN ${WRITES_ONLY} THEN 'write' ELSE 'open' END`,
              isBound: `NOT ${WRITES_ONLY}`,
            },
            name,
          ),
      },
    },
  }),
};

/** Nanoseconds, of which the engine reads six digits. */
function timeText(field: Field): string {
  return `(${field('date')} || ' ' || left(${field('clock')}, 15))`;
}

function timeSql(text: string): string {
  return `coalesce(${stampIn(text, '%Y.%m.%d %H:%M:%S.%f', 'UTC')}, ${stampIn(text, '%Y.%m.%d %H:%M:%S', 'UTC')})`;
}
