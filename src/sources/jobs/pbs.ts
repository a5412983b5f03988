import { sqlText } from '../../records/sql-text.ts';
import type { LogFormat } from '../format.ts';
import type { RecordRule } from '../record.ts';
import type { Field } from '../relation.ts';
import { patternRelation } from '../text-relation.ts';
import { instant, missing, wrong } from '../values.ts';
import { TWO_YEARS_MICROS } from '../zoned-time.ts';

const RECORD =
  '^(?<stamp>\\d{2}/\\d{2}/\\d{4} \\d{2}:\\d{2}:\\d{2});(?<kind>[A-Za-z]);(?<id>[^;]*);(?<message>.*)$';

/** What the record says by `key=value`; a key that stands there twice is one that somebody wrote into a name. */
const KEYS = ['user', 'start', 'end', 'exec_host'];

/**
 * Accounting records of PBS Professional, OpenPBS and TORQUE: `S` tells a begin, `E` a whole job, and so does `R`, where the
 * server has it, of a run that was given up and will begin again. Begin and end are seconds since 1970; the record's own
 * local time is not used.
 */
export const pbs: LogFormat = {
  name: 'pbs',
  title: 'PBS accounting log',
  recognise({ lines }) {
    const own = /^\d{2}\/\d{2}\/\d{4} \d{2}:\d{2}:\d{2};[A-Za-z];[^;]*;/;
    if (!lines.some((line) => own.test(line))) return undefined;
    return { layout: { source: 'pbs', encoding: 'text', fields: [] } };
  },
  reading: () => ({
    source: 'pbs',
    relation: (path, rejects) => patternRelation(path, RECORD, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not an accounting record',
    streamOf: (field) =>
      `CASE WHEN ${field('kind')} IN ('S', 'E') OR (${field('kind')} = 'R' AND ${said(field('message'), 'end')}) THEN 'job' ELSE ${field('kind')} END`,
    streams: { job: { rule: (field, { name }) => jobRule(field, name) } },
  }),
};

/** SQL that holds where a record's text has a key. */
function said(message: string, key: string): string {
  return `regexp_matches(${message}, '(?:^| )${key}=')`;
}

function jobRule(field: Field, sensor: string): RecordRule {
  const message = field('message');
  const of = (key: string) => `nullif(regexp_extract(${message}, '(?:^| )${key}=([^ ]+)', 1), '')`;
  const times = (key: string) => `len(regexp_extract_all(${message}, '(?:^| )${key}='))`;
  return {
    family: 'job',
    texts: {
      t_kind: field('kind'),
      t_id: field('id'),
      t_user: of('user'),
      t_account: `coalesce(nullif(regexp_extract(${message}, '(?:^| )account="([^"]*)"', 1), ''), ${of('account')}, ${of('project')})`,
      t_start: of('start'),
      t_end: of('end'),
      t_hosts: of('exec_host'),
      t_exit: of('Exit_status'),
      ...Object.fromEntries(KEYS.map((key) => [`n_${key}`, times(key)])),
    },
    values: {
      v_start: instant('t_start'),
      v_end: instant('t_end'),
      // node/slot, node/0-3, node/0*8, (node:ncpus=2): the name ends where what it gives begins.
      v_hosts: `array_to_string(list_sort(list_distinct(list_transform(string_split(t_hosts, '+'), lambda h: regexp_extract(h, '^\\(?([^/:()]*)', 1)))), ',')`,
    },
    columns: {
      startedAt: 'v_start',
      endedAt: `CASE WHEN t_kind <> 'S' THEN v_end END`,
      sensor: sqlText(sensor),
      jobId: 't_id',
      rawId: 'NULL::VARCHAR',
      principal: 't_user',
      account: 't_account',
      hosts: `nullif(v_hosts, '')`,
      state: `CASE WHEN t_kind = 'S' THEN 'S' ELSE concat_ws(' ', t_kind, t_exit) END`,
    },
    faults: [
      { when: `coalesce(t_id, '') = ''`, says: 'id: missing' },
      ...KEYS.map((key) => ({
        when: `n_${key} > 1`,
        says: `${key}: more than once in the record, so it cannot be told which is the server's`,
      })),
      missing('user', 't_user'),
      missing('start', 't_start'),
      wrong('start', 't_start', 'v_start', 'seconds since 1970'),
      { when: `t_kind = 'E' AND t_end IS NULL`, says: 'end: missing' },
      wrong('end', 't_end', 'v_end', 'seconds since 1970'),
      { when: `t_kind <> 'S' AND v_end < v_start`, says: 'end: before start' },
      { when: `v_end - v_start > ${TWO_YEARS_MICROS}`, says: 'end: more than two years after start' },
    ],
  };
}
