import type { LogFormat } from '../format.ts';
import { ownHost } from '../settings.ts';
import { patternRelation } from '../text-relation.ts';
import { webStamp } from '../values.ts';
import { transferRule } from './transfer-rule.ts';

/** Common and combined log format: a quote within a request or an agent is escaped by the server. */
const RECORD =
  '^(?<peer>\\S+) \\S+ (?<user>[^:\\[\\]]+?) \\[(?<time>\\d{2}/[A-Z][a-z]{2}/\\d{4}:\\d{2}:\\d{2}:\\d{2} [+-]\\d{4})\\] ' +
  '"(?:(?<method>[A-Z]+) (?<path>(?:[^"\\\\]|\\\\.)*?)(?: HTTP/[\\d.]+)?|(?<broken>(?:[^"\\\\]|\\\\.)*))" ' +
  '(?<status>\\d{3}) (?<bytes>\\d+|-)(?: .*)?$';

/**
 * Access logs of nginx, Apache httpd and others that serve files. The count is of the body sent; what was received is not
 * in these logs.
 */
export const http: LogFormat = {
  name: 'http',
  title: 'HTTP access log',
  recognise({ lines }) {
    const one = new RegExp(RECORD);
    if (!lines.slice(0, 200).some((line) => one.test(line))) return undefined;
    return { layout: { source: 'http', encoding: 'text', fields: [] } };
  },
  reading: () => ({
    source: 'http',
    relation: (path, rejects) => patternRelation(path, RECORD, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a line of the common or combined log format',
    streamOf: (field) =>
      `CASE WHEN ${field('method')} = 'GET' AND ${field('status')} IN ('200', '206') THEN 'transfer'
        WHEN ${field('method')} IN ('GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'PROPFIND', 'MKCOL', 'MOVE', 'COPY')
          THEN ${field('method')} || ' ' || left(${field('status')}, 1) || 'xx'
        ELSE 'other requests' END`,
    streams: {
      transfer: {
        rule: (field, { name, host }) =>
          transferRule(
            {
              texts: { t_time: field('time') },
              endedAt: webStamp('t_time'),
              time: { text: 't_time', column: 'time', expected: 'a time' },
              bytes: { text: `coalesce(nullif(${field('bytes')}, '-'), '0')`, column: 'bytes' },
              direction: `'out'`,
              principal: `nullif(${field('user')}, '-')`,
              server: ownHost({ host }),
              peer: field('peer'),
              path: field('path'),
              protocol: 'http',
            },
            name,
          ),
      },
    },
  }),
};
