import type { LogFormat } from '../format.ts';
import { jsonRelation } from '../relation.ts';
import { instant } from '../values.ts';
import { transferRule } from './transfer-rule.ts';

const FIELDS = [
  'start_time',
  'end_time',
  'server_ip',
  'server_hostname',
  'user',
  'user_dn',
  'token_subject',
  'host',
  'filename',
  'read',
  'readv',
  'write',
  'read_bytes_at_close',
];

const number = (text: string) => `coalesce(TRY_CAST(${text} AS UBIGINT), 0)`;

/** Single and vector reads are counted apart; some servers tell only what was read at the close. */
const READ = `greatest(${number('t_read')} + ${number('t_readv')}, ${number('t_at_close')})`;

/**
 * File closings as the XRootD monitoring collectors write them (xrootd-monitoring-collector, shoveler in collector mode;
 * Pelican's origins and caches are XRootD servers). Times are milliseconds.
 */
export const xrootd: LogFormat = {
  name: 'xrootd',
  title: 'XRootD file monitoring',
  recognise({ keys }) {
    const all = ['filename', 'read', 'readv', 'write', 'start_time', 'end_time'];
    if (!all.every((key) => keys.includes(key))) return undefined;
    return { layout: { source: 'xrootd', encoding: 'ndjson', fields: keys } };
  },
  reading: () => ({
    source: 'xrootd',
    relation: (path, rejects) => jsonRelation(path, FIELDS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a JSON object',
    streams: {
      '': {
        rule: (field, { name }) =>
          transferRule(
            {
              texts: {
                t_start: field('start_time'),
                t_end: field('end_time'),
                t_read: field('read'),
                t_readv: field('readv'),
                t_write: field('write'),
                t_at_close: field('read_bytes_at_close'),
              },
              startedAt: `CASE WHEN t_start <> '0' THEN ${instant('t_start')} END`,
              endedAt: instant('t_end'),
              time: { text: 't_end', column: 'end_time', expected: 'a time between 1990 and 2100' },
              // A file that was written and not read came in.
              bytes: {
                text: moved(field('read'), field('readv'), field('read_bytes_at_close'), field('write')),
                column: 'read',
              },
              direction: `CASE WHEN ${READ} = 0 AND ${number('t_write')} > 0 THEN 'in' ELSE 'out' END`,
              principal: `coalesce(nullif(${field('user_dn')}, ''), nullif(${field('token_subject')}, ''), nullif(${field('user')}, ''))`,
              server: `coalesce(nullif(${field('server_ip')}, ''), nullif(${field('server_hostname')}, ''))`,
              peer: `trim(${field('host')}, '[]')`,
              path: field('filename'),
              protocol: 'xrootd',
            },
            name,
          ),
      },
    },
  }),
};

/** SQL for the bytes as text, so that a count that is none is told as one. */
function moved(read: string, readv: string, atClose: string, write: string): string {
  const out = `greatest(${number(read)} + ${number(readv)}, ${number(atClose)})`;
  return `CASE WHEN ${read} IS NULL OR ${write} IS NULL THEN NULL
    WHEN TRY_CAST(${read} AS UBIGINT) IS NULL OR TRY_CAST(${write} AS UBIGINT) IS NULL THEN 'no count'
    ELSE (CASE WHEN ${out} > 0 THEN ${out} ELSE ${number(write)} END)::VARCHAR END`;
}
