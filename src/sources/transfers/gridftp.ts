import type { FirstLines, LogFormat } from '../format.ts';
import { lineByLine } from '../line-rewrite.ts';
import { patternRelation } from '../text-relation.ts';
import { stampIn } from '../values.ts';
import { transferRule } from './transfer-rule.ts';

/**
 * A line of the transfer log. File names stand in it as they are, so they may hold anything that looks like a field: the
 * name is what lies between the first ` FILE=` and the last ` BUFFER=` from which all fields follow to the end.
 */
const RECORD =
  '^DATE=(?<date>\\d{14}\\.\\d{1,6}) HOST=(?<host>\\S*) PROG=\\S* NL\\.EVNT=\\S+ ' +
  'START=(?<start>\\d{14}\\.\\d{1,6}) USER=(?<user>.*?) FILE=(?<file>.*) BUFFER=\\d+ BLOCK=\\d+ ' +
  'NBYTES=(?<nbytes>\\d+) VOLUME=\\S* STREAMS=\\d+ STRIPES=\\d+ ' +
  'DEST=\\[(?<dest>[^\\]\\s]*)\\] TYPE=(?<type>[A-Z]+) CODE=\\d+(?: retrans=[\\d,]+)?(?: TASKID=\\S*)?$';

const HEAD = /^DATE=\d{14}\.\d{1,6} HOST=\S* PROG=/;

/** The server writes a record from a buffer of 4,096 bytes; a longer one loses its end and the newline with it. */
const CUT_AT = 4095;

const STAMP = '%Y%m%d%H%M%S.%f';

/** SQL for the direction by the command that moved the file. */
const DIRECTION = `CASE WHEN t_type IN ('RETR', 'ERET') THEN 'out' WHEN t_type IN ('STOR', 'ESTO', 'APPE') THEN 'in' END`;

/** Transfer log of globus-gridftp-server (`log_transfer`). Its times are UTC, and DATE is the end. */
export const gridftp: LogFormat = {
  name: 'gridftp',
  title: 'GridFTP transfer log',
  recognise({ lines }: FirstLines) {
    if (!lines.some((line) => HEAD.test(line))) return undefined;
    return { layout: { source: 'gridftp', encoding: 'text', fields: [] } };
  },
  reading: () => ({
    source: 'gridftp',
    relation: (path, rejects) => patternRelation(path, RECORD, rejects),
    shown: 'left(line, 1000)',
    notValid: `not a whole record of the transfer log (the server cuts records behind ${CUT_AT} bytes)`,
    streamOf: (field) =>
      `CASE WHEN ${field('type')} IN ('RETR', 'ERET', 'STOR', 'ESTO', 'APPE') THEN 'transfer' ELSE ${field('type')} END`,
    streams: {
      transfer: {
        rule: (field, { name }) =>
          transferRule(
            {
              texts: { t_date: field('date'), t_start: field('start'), t_type: field('type') },
              startedAt: stampIn('t_start', STAMP, 'UTC'),
              endedAt: stampIn('t_date', STAMP, 'UTC'),
              time: { text: 't_date', column: 'DATE', expected: 'a time between 1990 and 2100' },
              bytes: { text: field('nbytes'), column: 'NBYTES' },
              direction: DIRECTION,
              principal: field('user'),
              server: field('host'),
              peer: field('dest'),
              path: field('file'),
              protocol: 'gridftp',
            },
            name,
          ),
      },
    },
  }),
  rewrites(head) {
    if (!/^(?:\xEF\xBB\xBF)?DATE=\d{14}\.\d{1,6} HOST=/m.test(head.toString('latin1'))) return undefined;
    return lineByLine(() => ({ line: (text) => apart(text).join('\n'), rest: () => '' }));
  },
};

/** Returns the records that stand on a line because the ones before lost their newlines. */
function apart(line: string): string[] {
  const records: string[] = [];
  let rest = line;
  for (; HEAD.test(rest) && rest.startsWith('DATE=', CUT_AT); rest = rest.slice(CUT_AT)) {
    records.push(rest.slice(0, CUT_AT));
  }
  return [...records, rest];
}
