import type { LogFormat } from '../format.ts';
import { type LineRewriter, lineByLine } from '../line-rewrite.ts';
import { type Field, jsonRelation } from '../relation.ts';
import { SYSLOG_LINE, SYSLOG_TIME, syslogNeeds, syslogTime, syslogTimeText } from '../syslog.ts';
import { transferRule } from './transfer-rule.ts';

/**
 * sftp-server tells who began a session, which file was opened, and at its closing how much of it was read and written,
 * on lines of their own that only the process joins. They are brought together before anything else reads them.
 */
const LINE = new RegExp(`^${SYSLOG_LINE}(?<message>.*)$`);
const PROGRAM = /^(?:sftp-server|internal-sftp)$/;
const SESSION = /^session opened for local user (\S+) from \[([^\]]*)\]/;
const SESSION_END = /^session closed for local user /;
const OPEN = /^open "(.*)" flags [A-Z,]+ mode /;
/** The name is what lies before the last count. */
const CLOSE = /^(?:forced )?close "(.*)" bytes read (\d+) written (\d+)(?: \[postauth\])?$/;

const TIME_KEYS = ['iso', 'dated', 'stamp', 'zone'] as const;
/** A server has fewer sessions, and a session fewer open files. */
const MOST_SESSIONS = 100_000;
const MOST_OPEN = 4096;

type Times = Readonly<Record<string, string | undefined>>;
type Session = { user?: string; peer?: string; readonly open: Map<string, Times> };

function createJoiner(): LineRewriter {
  const sessions = new Map<string, Session>();

  function sessionOf(key: string): Session {
    const known = sessions.get(key);
    if (known) return known;
    const made: Session = { open: new Map() };
    sessions.set(key, made);
    forgetOldest(sessions, MOST_SESSIONS);
    return made;
  }

  function close(groups: Times, session: Session, [, path = '', read = '0', written = '0']: RegExpExecArray) {
    const opened = session.open.get(path);
    session.open.delete(path);
    const began = opened && Object.fromEntries(TIME_KEYS.map((key) => [`open_${key}`, opened[key]]));
    const told = {
      ...timesOf(groups),
      ...began,
      host: groups.host,
      user: session.user,
      peer: session.peer,
      path,
    };
    const moved = [
      ...(Number(read) > 0 ? [{ sftp: 'transfer', ...told, direction: 'out', bytes: read }] : []),
      ...(Number(written) > 0 ? [{ sftp: 'transfer', ...told, direction: 'in', bytes: written }] : []),
    ];
    return (moved.length > 0 ? moved : [{ sftp: 'close without bytes' }])
      .map((one) => JSON.stringify(one))
      .join('\n');
  }

  return {
    line(text) {
      const groups = LINE.exec(text)?.groups;
      if (!groups) return text;
      if (!PROGRAM.test(groups.program ?? '')) return JSON.stringify({ sftp: 'other programs' });
      const message = groups.message ?? '';
      const key = `${groups.host} ${groups.pid}`;
      const closed = CLOSE.exec(message);
      if (closed) return close(groups, sessionOf(key), closed);
      const [, user, peer] = SESSION.exec(message) ?? [];
      if (user !== undefined)
        sessions.set(key, { user, ...(peer === undefined ? {} : { peer }), open: new Map() });
      const isEnd = SESSION_END.test(message);
      if (isEnd) sessions.delete(key);
      const [, opened] = OPEN.exec(message) ?? [];
      if (opened !== undefined) {
        const { open } = sessionOf(key);
        open.set(opened, timesOf(groups));
        forgetOldest(open, MOST_OPEN);
      }
      const isTaken = user !== undefined || opened !== undefined || isEnd;
      return isTaken ? '' : JSON.stringify({ sftp: 'message', ...timesOf(groups) });
    },
    rest: () => '',
  };
}

function timesOf(groups: Times): Times {
  return Object.fromEntries(TIME_KEYS.map((key) => [key, groups[key]]));
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  const oldest = map.size > most ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}

const FIELDS = [
  'sftp',
  ...TIME_KEYS,
  ...TIME_KEYS.map((key) => `open_${key}`),
  'host',
  'user',
  'peer',
  'path',
  'direction',
  'bytes',
];

/** OpenSSH's sftp-server and internal-sftp at level INFO, in a syslog file of their own. */
export const sftp: LogFormat = {
  name: 'sftp',
  title: 'sftp-server log',
  recognise({ objects, lines }) {
    if (!objects.some(({ sftp: kind }) => typeof kind === 'string')) return undefined;
    const heads = objects.map(
      (object) => `${object.iso ?? object.dated ?? object.stamp ?? ''}${object.zone ? ' UTC' : ''} `,
    );
    const needs = syslogNeeds(heads.length > 0 ? heads : lines);
    return { layout: { source: 'sftp', encoding: 'ndjson', fields: FIELDS }, needs };
  },
  reading: () => ({
    source: 'sftp',
    relation: (path, rejects) => jsonRelation(path, FIELDS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a line of syslog',
    streamOf: (field) => field('sftp'),
    streams: {
      transfer: {
        rule: (field, sensor) => {
          const opened: Field = (...names) => field(...names.map((name) => `open_${name}`));
          return transferRule(
            {
              texts: { t_time: syslogTimeText(field), t_direction: field('direction') },
              startedAt: syslogTime(opened, sensor),
              endedAt: syslogTime(field, sensor),
              time: { text: 't_time', column: 'time', expected: SYSLOG_TIME },
              bytes: { text: field('bytes'), column: 'bytes' },
              direction: 't_direction',
              principal: field('user'),
              server: field('host'),
              peer: field('peer'),
              path: field('path'),
              protocol: 'sftp',
            },
            sensor.name,
          );
        },
      },
    },
  }),
  rewrites(head) {
    const lines = head.toString('latin1').split('\n').slice(0, -1);
    const programs = lines.flatMap((line) => LINE.exec(line.replace(/\r$/, ''))?.groups?.program ?? []);
    const only = head.includes(10) ? programs : [];
    if (only.length === 0 || !only.every((program) => PROGRAM.test(program))) return undefined;
    return lineByLine(createJoiner);
  },
};
