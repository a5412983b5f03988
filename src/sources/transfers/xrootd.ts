import type { LogFormat } from '../format.ts';
import { type Field, jsonRelation } from '../relation.ts';
import { instant } from '../values.ts';
import { transferRule } from './transfer-rule.ts';

/** What the collectors call the same thing: as OSG's and Pelican's do, and as the records for the WLCG do, alone or under `data`. */
const NAMES = {
  began: ['start_time', 'data/start_time'],
  ended: ['end_time', 'data/end_time'],
  file: ['filename', 'file_lfn', 'data/file_lfn'],
  read: ['read', 'read_bytes', 'data/read_bytes'],
  vector: ['readv'],
  readAtClose: ['read_bytes_at_close', 'data/read_bytes_at_close'],
  written: ['write', 'write_bytes', 'data/write_bytes'],
  writtenAtClose: ['write_bytes_at_close', 'data/write_bytes_at_close'],
  dn: ['user_dn', 'data/user_dn'],
  subject: ['token_subject'],
  user: ['user', 'data/user'],
  serverAddress: ['server_ip', 'data/server_ip'],
  server: ['server_hostname', 'server_host', 'data/server_host'],
  serverDomain: ['server_domain', 'data/server_domain'],
  client: ['host', 'client_host', 'data/client_host'],
  clientDomain: ['client_domain', 'data/client_domain'],
} as const;
const FIELDS = Object.values(NAMES).flat();

const TELLING = [
  ['filename', 'read', 'readv', 'write', 'start_time', 'end_time'],
  ['file_lfn', 'read_bytes', 'client_host', 'start_time', 'end_time'],
];

const number = (text: string) => `coalesce(TRY_CAST(${text} AS UBIGINT), 0)`;

/** Single and vector reads are counted apart; some servers tell only what was moved at the close. */
const READ = `greatest(${number('t_read')} + ${number('t_readv')}, ${number('t_at_close')})`;
const WRITTEN = `greatest(${number('t_write')}, ${number('t_written_at_close')})`;

/**
 * File closings as the XRootD monitoring collectors write them (xrootd-monitoring-collector, shoveler in collector mode,
 * Gled's records for the WLCG; Pelican's origins and caches are XRootD servers). Times are seconds or milliseconds.
 */
export const xrootd: LogFormat = {
  name: 'xrootd',
  title: 'XRootD file monitoring',
  recognise({ keys, objects }) {
    const wrapped = objects.flatMap(({ data }) => (data instanceof Object ? Object.keys(data) : []));
    const isOne = TELLING.some((all) =>
      [keys, wrapped].some((some) => all.every((key) => some.includes(key))),
    );
    return isOne ? { layout: { source: 'xrootd', encoding: 'ndjson', fields: keys } } : undefined;
  },
  reading: () => ({
    source: 'xrootd',
    relation: (path, rejects) => jsonRelation(path, FIELDS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a JSON object',
    streams: {
      '': {
        rule: (field, { name }) => {
          const texts = textsOf(field);
          return transferRule(
            {
              texts: {
                t_start: texts.began,
                t_end: texts.ended,
                t_read: texts.read,
                t_readv: texts.vector,
                t_at_close: texts.readAtClose,
                t_write: texts.written,
                t_written_at_close: texts.writtenAtClose,
              },
              startedAt: `CASE WHEN t_start <> '0' THEN ${instant('t_start')} END`,
              endedAt: instant('t_end'),
              time: { text: 't_end', column: 'end_time', expected: 'a time between 1990 and 2100' },
              // A file that was written and not read came in.
              bytes: { text: moved(texts), column: 'read' },
              direction: `CASE WHEN ${READ} = 0 AND ${WRITTEN} > 0 THEN 'in' ELSE 'out' END`,
              principal: first(texts.dn, texts.subject, texts.user),
              server: first(texts.serverAddress, whole(texts.server, texts.serverDomain)),
              peer: whole(`trim(${texts.client}, '[]')`, texts.clientDomain),
              path: texts.file,
              protocol: 'xrootd',
            },
            name,
          );
        },
      },
    },
  }),
};

type Texts = Readonly<Record<keyof typeof NAMES, string>>;

function textsOf(field: Field): Texts {
  const entries = Object.entries(NAMES).map(([key, names]) => [key, field(...names)]);
  return Object.fromEntries(entries) as Texts;
}

function first(...texts: readonly string[]): string {
  return `coalesce(${texts.map((text) => `nullif(${text}, '')`).join(', ')})`;
}

/** SQL for a host with its domain, where a record has them apart; an address has none. */
function whole(host: string, domain: string): string {
  const isBare = `NOT contains(${host}, '.') AND NOT contains(${host}, ':') AND nullif(${domain}, '') IS NOT NULL`;
  return `CASE WHEN ${isBare} THEN ${host} || '.' || ${domain} ELSE ${host} END`;
}

/** SQL for the bytes as text, so that a count that is none is told as one. */
function moved({ read, vector, readAtClose, written, writtenAtClose }: Texts): string {
  const out = `greatest(${number(read)} + ${number(vector)}, ${number(readAtClose)})`;
  const into = `greatest(${number(written)}, ${number(writtenAtClose)})`;
  return `CASE WHEN coalesce(${read}, ${readAtClose}) IS NULL THEN NULL
    WHEN TRY_CAST(coalesce(${read}, '0') AS UBIGINT) IS NULL OR TRY_CAST(coalesce(${written}, '0') AS UBIGINT) IS NULL THEN 'no count'
    ELSE (CASE WHEN ${out} > 0 THEN ${out} ELSE ${into} END)::VARCHAR END`;
}
