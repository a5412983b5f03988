import { sqlText } from '../../records/sql-text.ts';
import { MICROS_PER_DAY } from '../../records/time.ts';
import type { LogFormat, Recognised, SensorSettings } from '../format.ts';
import type { RecordRule } from '../record.ts';
import { type Field, separatedRelation, shownLine } from '../relation.ts';
import { rewriteLines } from '../rewritten-lines.ts';
import { splitRelation } from '../split-relation.ts';
import { instant, missing, wrong } from '../values.ts';
import { createGetent } from './getent.ts';
import { createLdif } from './ldif.ts';
import type { Entry } from './membership.ts';

/** Columns of the rewritten lines; the first says what the last is: a tenant or a number. */
const FIELDS = ['kind', 'from', 'principal', 'value'];
const ROW = /^(?:member|account)\t/;
const LAYOUT = { source: 'directory', encoding: 'text', fields: FIELDS } as const;

/** What whoever dumps a directory writes above it: `date -u +'# %F'`. */
const FROM = /^# *(\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?Z?)?) *$/;

const COMMENTS = '^(?:\\xef\\xbb\\xbf)?(?:#[^\\n]*\\n|[ \\t\\r]*\\n|version: *1\\r?\\n)*';
const LDIF = new RegExp(`${COMMENTS}dn::? `);
const GETENT = new RegExp(
  `${COMMENTS}[^:\\s]+:[^:\\n]*:\\d+:(?:\\d+:[^:\\n]*:[^:\\n]*:[^:\\n]*|[^:\\s]*)\\r?(?:\\n|$)`,
);

/** Members of groups and numbers of users from an LDIF export or from `getent passwd` and `getent group`, under a line with the date. */
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
      const rows = (entries: readonly Entry[]) =>
        entries.map((entry) => {
          const [kind, value] = 'uid' in entry ? ['account', entry.uid] : ['member', entry.tenant];
          return [kind, from, plain(entry.principal), plain(value)].join('\t');
        });
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
    const rows = lines.filter((line) => ROW.test(line));
    if (rows.length === 0 && !lines.includes('# directory')) return undefined;
    if (rows.some((row) => row.split('\t')[1] === '')) return { layout: LAYOUT, refused: DATELESS };
    return { layout: LAYOUT };
  },
  reading: (layout) => ({
    source: 'directory',
    relation: (path, rejects) => splitRelation(path, layout.fields, '\t', rejects),
    shown: 'line',
    notValid: 'not a line of a directory',
    streamOf: (field) => field('kind'),
    streams: {
      member: { rule: (field, sensor) => entryRule('tenant', field('value'), field, sensor) },
      account: { rule: (field, sensor) => entryRule('uid', field('value'), field, sensor) },
    },
  }),
};

const DATELESS =
  'directory that does not say from when it holds: write a line such as `# 2026-03-01` above it';

/** CSV with the columns `principal`, `tenant`, `from` and, where it ended, `to`. */
export const members: LogFormat = {
  name: 'members',
  title: 'Members (CSV)',
  recognise: ({ lines }) => datedTable(lines, 'members', 'tenant'),
  reading: (layout) => ({
    source: 'members',
    relation: (path, rejects, numbers) => separatedRelation(path, layout, rejects, numbers),
    shown: shownLine(layout),
    streams: {
      '': { rule: (field, sensor) => entryRule('tenant', field('tenant'), field, sensor) },
    },
  }),
};

/** CSV with the columns `principal`, `uid`, `from` and, where it ended, `to`; one with tenants is `members`. */
export const accounts: LogFormat = {
  name: 'accounts',
  title: 'User numbers (CSV)',
  recognise: ({ lines }) => datedTable(lines, 'accounts', 'uid'),
  reading: (layout) => ({
    source: 'accounts',
    relation: (path, rejects, numbers) => separatedRelation(path, layout, rejects, numbers),
    shown: shownLine(layout),
    streams: { '': { rule: (field, sensor) => entryRule('uid', field('uid'), field, sensor) } },
  }),
};

/** Returns the layout of a CSV whose header names principals, what they have, and dates. */
function datedTable(lines: readonly string[], source: string, column: string): Recognised | undefined {
  const header = lines.find((line) => line !== '' && !line.startsWith('#'))?.toLowerCase() ?? '';
  const separator = [',', ';', '\t'].find((one) => header.includes(one)) ?? ',';
  const fields = header.split(separator).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  if (!['principal', column].every((name) => fields.includes(name))) return undefined;
  const layout = { source, encoding: 'csv', fields, separator } as const;
  if (fields.includes('from')) return { layout, headerLines: 1 };
  return {
    layout,
    refused: `${source} without dates: add a column \`from\` with the first day on which each holds`,
  };
}

/** A tab would be read as the next field. */
function plain(text: string): string {
  return text.replaceAll('\t', ' ');
}

/** SQL for a user number as logs write it; none has more than 32 bits. */
const NUMBER =
  "(CASE WHEN regexp_full_match(t_value, '[0-9]{1,10}') THEN TRY_CAST(t_value AS BIGINT)::VARCHAR END)";

/** Returns how a line says since when a principal has a tenant or a number. Days are UTC days. */
function entryRule(
  column: 'tenant' | 'uid',
  value: string,
  field: Field,
  { name }: SensorSettings,
): RecordRule {
  const day = (text: string) => `(${instant(text)} // ${MICROS_PER_DAY}) * ${MICROS_PER_DAY}`;
  const isAccount = column === 'uid';
  return {
    family: isAccount ? 'account' : 'member',
    texts: {
      t_from: field('from'),
      t_to: field('to'),
      t_principal: field('principal'),
      t_value: value,
    },
    values: { v_from: day('t_from'), v_to: day('t_to'), v_value: isAccount ? NUMBER : 't_value' },
    columns: {
      startedAt: 'v_from',
      endedAt: 'v_to',
      sensor: sqlText(name),
      principal: 't_principal',
      [column]: 'v_value',
    },
    faults: [
      missing('principal', 't_principal'),
      missing(column, 't_value'),
      wrong(column, 't_value', 'v_value', 'a user number'),
      missing('from', 't_from'),
      wrong('from', 't_from', 'v_from', 'a day between 1990 and 2100'),
      wrong('to', 't_to', 'v_to', 'a day between 1990 and 2100'),
      { when: 'v_to <= v_from', says: 'to: not after from' },
    ],
  };
}
