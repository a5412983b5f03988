import type { LogFormat } from '../format.ts';
import { ownHost } from '../settings.ts';
import { patternRelation } from '../text-relation.ts';
import { seconds, stampIn } from '../values.ts';
import { transferRule } from './transfer-rule.ts';

const DATE = '[A-Z][a-z]{2} (?<end>[A-Z][a-z]{2} [ \\d]\\d \\d{2}:\\d{2}:\\d{2} \\d{4})';
const STAMP = '%b %d %H:%M:%S %Y';
const TIME = { text: 't_end', column: 'time', expected: 'a time between 1990 and 2100' } as const;

/**
 * xferlog(5). Servers write names without blanks (as `_`), so only the user may hold some: an anonymous one writes what
 * it likes as its password.
 */
const XFERLOG =
  `^${DATE} (?<seconds>\\d+) (?<peer>\\S+) (?<bytes>\\d+) (?<path>\\S+) (?<kind>[abAB]) (?<action>\\S+) ` +
  '(?<direction>[oid]) (?<access>[a-z]) (?<user>.*?) (?<service>\\S+) (?<method>[01]) (?<identity>\\S+)(?: (?<status>[a-z]))?$';

/** Transfers as wu-ftpd, vsftpd, ProFTPD and Pure-FTPd tell them. The time is the end. */
export const xferlog: LogFormat = {
  name: 'xferlog',
  title: 'xferlog',
  recognise({ lines }) {
    const one = new RegExp(XFERLOG);
    if (!lines.some((line) => one.test(line))) return undefined;
    return { layout: { source: 'xferlog', encoding: 'text', fields: [] }, needs: ['timezone'] };
  },
  reading: () => ({
    source: 'xferlog',
    relation: (path, rejects) => patternRelation(path, XFERLOG, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a line of xferlog',
    streamOf: (field) => `CASE WHEN ${field('direction')} = 'd' THEN 'deleted' ELSE 'transfer' END`,
    streams: {
      transfer: {
        rule: (field, { name, host, timezone = 'UTC' }) =>
          transferRule(
            {
              texts: {
                t_end: field('end'),
                t_seconds: field('seconds'),
                t_direction: field('direction'),
              },
              startedAt: `${stampIn('t_end', STAMP, timezone)} - ${seconds('t_seconds')}`,
              endedAt: stampIn('t_end', STAMP, timezone),
              time: TIME,
              bytes: { text: field('bytes'), column: 'bytes' },
              direction: `CASE t_direction WHEN 'o' THEN 'out' ELSE 'in' END`,
              principal: field('user'),
              server: ownHost({ host }),
              peer: field('peer'),
              path: field('path'),
              protocol: 'ftp',
              faults: [
                {
                  when: `${seconds('t_seconds')} IS NULL`,
                  says: 'transfer-time: not a number of seconds below two years',
                },
              ],
            },
            name,
          ),
      },
    },
  }),
};

/** vsftpd's own log. Names stand in quotes as they are: a name is what lies before the last quote with the count behind it. */
const OWN =
  `^${DATE} \\[pid (?<pid>\\d+)\\](?: \\[(?<user>[^\\]]*)\\])? (?:(?<result>OK|FAIL) (?<operation>DOWNLOAD|UPLOAD): ` +
  'Client "(?<peer>[^"]*)", "(?<path>.*)", (?<bytes>\\d+) bytes, (?<rate>[\\d.]+)Kbyte/sec|(?<message>.*))$';

/** Transfers that failed count with the bytes they moved. */
export const vsftpd: LogFormat = {
  name: 'vsftpd',
  title: 'vsftpd log',
  recognise({ lines }) {
    const own = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4} \[pid \d+\] /;
    if (!lines.some((line) => own.test(line))) return undefined;
    return { layout: { source: 'vsftpd', encoding: 'text', fields: [] }, needs: ['timezone'] };
  },
  reading: () => ({
    source: 'vsftpd',
    relation: (path, rejects) => patternRelation(path, OWN, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a line of vsftpd',
    streamOf: (field) => `CASE WHEN ${field('operation')} IS NULL THEN 'message' ELSE 'transfer' END`,
    streams: {
      transfer: {
        rule: (field, { name, host, timezone = 'UTC' }) =>
          transferRule(
            {
              texts: { t_end: field('end'), t_operation: field('operation') },
              endedAt: stampIn('t_end', STAMP, timezone),
              time: TIME,
              bytes: { text: field('bytes'), column: 'bytes' },
              direction: `CASE t_operation WHEN 'DOWNLOAD' THEN 'out' ELSE 'in' END`,
              principal: field('user'),
              server: ownHost({ host }),
              peer: field('peer'),
              path: field('path'),
              protocol: 'ftp',
            },
            name,
          ),
      },
    },
  }),
};
