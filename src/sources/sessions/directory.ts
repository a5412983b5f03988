import { sqlText } from '../../records/sql-text.ts';
import { MICROS_PER_DAY } from '../../records/time.ts';
import type { LogFormat, SensorSettings } from '../format.ts';
import type { RecordRule } from '../record.ts';
import { type Field, separatedRelation, shownLine } from '../relation.ts';
import { rewriteLines } from '../rewritten-lines.ts';
import { instant, missing, wrong } from '../values.ts';
import { createGetent } from './getent.ts';
import { createLdif } from './ldif.ts';
import type { Membership } from './membership.ts';

/** Columns of the rewritten lines; the first is `member`. */
const FIELDS = ['kind', 'from', 'principal', 'tenant'];
const KIND = 'member';
const LAYOUT = { source: 'directory', encoding: 'csv', fields: FIELDS, separator: '\t', quote: '' } as const;

/** What whoever dumps a directory writes above it: `date -u +'# %F'`. */
const FROM = /^# *(\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?Z?)?) *$/;

const COMMENTS = '^(?:\\xef\\xbb\\xbf)?(?:#[^\\n]*\\n|[ \\t\\r]*\\n|version: *1\\r?\\n)*';
const LDIF = new RegExp(`${COMMENTS}dn::? `);
const GETENT = new RegExp(
  `${COMMENTS}[^:\\s]+:[^:\\n]*:\\d+:(?:\\d+:[^:\\n]*:[^:\\n]*:[^:\\n]*|[^:\\s]*)\\r?(?:\\n|$)`,
);

/** Members of groups from an LDIF export or from `getent passwd` and `getent group`, under a line with the date. */
export const directory: LogFormat = {
  name: 'directory',
  title: 'Directory (LDIF or getent)',
  rewrites(head) {
    const text = head.toString('latin1');
    const make = LDIF.test(text) ? createLdif : GETENT.test(text) ? createGetent : undefined;
    if (!make) return undefined;
    return (bytes) => {
      const made = make();
      let from = '';
      const rows = (members: readonly Membership[]) =>
        members.map(({ principal, tenant }) => [KIND, from, plain(principal), plain(tenant)].join('\t'));
      return rewriteLines(
        bytes,
        (line) => {
          from = FROM.exec(line)?.[1] ?? from;
          const found = rows(made.line(line));
          return found.length > 0 ? found.join('\n') : line.startsWith('#') ? line : '# directory';
        },
        () =>
          rows(made.end())
            .map((row) => `${row}\n`)
            .join(''),
      );
    };
  },
  recognise({ lines }) {
    const rows = lines.filter((line) => line.startsWith(`${KIND}\t`));
    if (rows.length === 0 && !lines.includes('# directory')) return undefined;
    if (rows.some((row) => row.startsWith(`${KIND}\t\t`))) return { layout: LAYOUT, refused: DATELESS };
    return { layout: LAYOUT };
  },
  reading: (layout) => ({
    source: 'directory',
    relation: (path, rejects, numbers) => separatedRelation(path, layout, rejects, numbers),
    shown: shownLine(layout),
    streams: { '': { rule: memberRule } },
  }),
};

const DATELESS =
  'directory that does not say from when it holds: write a line such as `# 2026-03-01` above it';

/** CSV with the columns `principal`, `tenant`, `from` and, where it ended, `to`. */
export const members: LogFormat = {
  name: 'members',
  title: 'Members (CSV)',
  recognise({ lines }) {
    const header = lines.find((line) => line !== '' && !line.startsWith('#'))?.toLowerCase() ?? '';
    const separator = [',', ';', '\t'].find((one) => header.includes(one)) ?? ',';
    const fields = header.split(separator).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
    if (!['principal', 'tenant'].every((name) => fields.includes(name))) return undefined;
    const layout = { source: 'members', encoding: 'csv', fields, separator } as const;
    if (fields.includes('from')) return { layout, headerLines: 1 };
    return {
      layout,
      refused: 'members without dates: add a column `from` with the first day on which each holds',
    };
  },
  reading: (layout) => ({
    source: 'members',
    relation: (path, rejects, numbers) => separatedRelation(path, layout, rejects, numbers),
    shown: shownLine(layout),
    streams: { '': { rule: memberRule } },
  }),
};

/** A tab would be read as the next field. */
function plain(text: string): string {
  return text.replaceAll('\t', ' ');
}

/** Days are UTC days. */
function memberRule(field: Field, { name }: SensorSettings): RecordRule {
  const day = (text: string) => `(${instant(text)} // ${MICROS_PER_DAY}) * ${MICROS_PER_DAY}`;
  return {
    family: 'member',
    texts: {
      t_from: field('from'),
      t_to: field('to'),
      t_principal: field('principal'),
      t_tenant: field('tenant'),
    },
    values: { v_from: day('t_from'), v_to: day('t_to') },
    columns: {
      startedAt: 'v_from',
      endedAt: 'v_to',
      sensor: sqlText(name),
      principal: 't_principal',
      tenant: 't_tenant',
    },
    faults: [
      missing('principal', 't_principal'),
      missing('tenant', 't_tenant'),
      missing('from', 't_from'),
      wrong('from', 't_from', 'v_from', 'a day between 1990 and 2100'),
      wrong('to', 't_to', 'v_to', 'a day between 1990 and 2100'),
      { when: 'v_to <= v_from', says: 'to: not after from' },
    ],
  };
}
