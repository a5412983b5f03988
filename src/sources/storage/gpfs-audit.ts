import type { LogFormat } from '../format.ts';
import { jsonRelation } from '../relation.ts';
import { instant } from '../values.ts';
import { ZONED_TIME } from '../zoned-time.ts';
import { accessRule } from './access-rule.ts';

const FIELDS = [
  'LWE_JSON',
  'event',
  'path',
  'nodeName',
  'nfsClientIp',
  'openFlags',
  'fileSize',
  'eventTime',
  'clientUserId',
];

/** SQL for openFlags, decimal or 0x…; their last two bits are 1 for a file opened to be written only (fcntl.h). */
const FLAGS = 'TRY_CAST(t_flags AS UBIGINT)';
const WRITES_ONLY = `coalesce(${FLAGS} & 3 = 1, false)`;

/**
 * File audit log of IBM Spectrum Scale (GPFS). It tells who opened which file of which size, and never how much was read:
 * the size is the most that one reading can have given.
 */
export const gpfsAudit: LogFormat = {
  name: 'gpfs-audit',
  title: 'Spectrum Scale file audit log',
  recognise({ keys }) {
    if (!keys.includes('LWE_JSON') || !keys.includes('event')) return undefined;
    return { layout: { source: 'gpfs-audit', encoding: 'ndjson', fields: keys } };
  },
  reading: () => ({
    source: 'gpfs-audit',
    relation: (path, rejects) => jsonRelation(path, FIELDS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a JSON object',
    streamOf: (field) => `upper(${field('event')})`,
    streams: {
      OPEN: {
        rule: (field, { name }) =>
          accessRule(
            {
              // 2018-05-09_19:53:12-0700
              texts: {
                t_time: `regexp_replace(replace(${field('eventTime')}, '_', ' '), '([+-]\\d{2})(\\d{2})$', '\\1:\\2')`,
                t_flags: field('openFlags'),
              },
              startedAt: `CASE WHEN regexp_matches(t_time, '([+-]\\d{2}:\\d{2}|Z)$') THEN ${instant('t_time')} END`,
              time: { text: 't_time', column: 'eventTime', expected: ZONED_TIME },
              principal: field('clientUserId'),
              hostName: `coalesce(nullif(${field('nfsClientIp')}, ''), ${field('nodeName')})`,
              path: field('path'),
              operation: `CASE WHEN ${WRITES_ONLY} THEN 'write' ELSE 'open' END`,
              bytesRead: {
                text: `CASE WHEN NOT coalesce(TRY_CAST(${field('openFlags')} AS UBIGINT) & 3 = 1, false) THEN ${field('fileSize')} END`,
                column: 'fileSize',
              },
              isBound: `NOT ${WRITES_ONLY}`,
              faults: [{ when: `t_flags IS NOT NULL AND ${FLAGS} IS NULL`, says: 'openFlags: not a number' }],
            },
            name,
          ),
      },
    },
  }),
};
