import { sqlText } from '../../records/sql-text.ts';
import type { FirstLines, LogFormat, Recognised, SensorSettings } from '../format.ts';
import type { RecordRule } from '../record.ts';
import type { Field } from '../relation.ts';
import { splitRelation } from '../split-relation.ts';
import { missing, wrong } from '../values.ts';
import { TWO_YEARS_MICROS, ZONED_TIME, zonedTime, zoneNeeds } from '../zoned-time.ts';
import { expandedNodes, notNodes } from './node-list.ts';

/** Fields as sacct names them, by the spelling it is asked with: any. */
const NAMES = ['JobID', 'JobIDRaw', 'User', 'UID', 'Account', 'State', 'Start', 'End', 'NodeList'];
const SPELLING = new Map(NAMES.map((name) => [name.toLowerCase(), name]));
const NEEDED = ['Start', 'End', 'State'];
/** Words that stand for a time that has not come. */
const NEVER = `('Unknown', 'None', 'N/A')`;
const NO_NODES = `('None assigned', '(null)', 'None', 'N/A')`;
/** Steps: `123.batch`, `123_4.extern`, `123+1.0`. */
const STEP = '^[^.]+\\.';

const STATES =
  'BOOT_FAIL|CANCELLED|COMPLETED|DEADLINE|FAILED|NODE_FAIL|OUT_OF_MEMORY|PENDING|PREEMPTED|RUNNING|REQUEUED|RESIZING|REVOKED|SUSPENDED|TIMEOUT';
const HEADLESS = new RegExp(`^\\d+[^|]*\\|.*\\|(?:${STATES})(?: by \\d+)?(?:\\||$)`);

/** Slurm's `sacct --parsable2` (and `--parsable`): one line per job, and one per step. */
export const slurm: LogFormat = {
  name: 'slurm',
  title: 'Slurm sacct output',
  recognise(first) {
    const { lines, stated: isStated, sensor } = first;
    const data = lines.filter((line) => line !== '' && !line.startsWith('#'));
    const header = (data[0] ?? '').split('|').map(spelled);
    const named = (names: readonly string[]) =>
      names.some((name) => name === 'JobID' || name === 'JobIDRaw') &&
      NEEDED.every((name) => names.includes(name));
    if (named(header)) return recognised(header, data.slice(1), 1);
    if (header.includes('JobID') || header.includes('JobIDRaw')) return lacking(header, 'its header');
    const isHeadless = data.some((line) => HEADLESS.test(line));
    if (!isStated && !isHeadless) return undefined;
    if (sensor?.fields === undefined) return withoutHeader(first);
    const stated = sensor.fields.map(spelled);
    // --parsable ends each line with a bar.
    const isEnded = data.some((line) => line.endsWith('|') && line.split('|').length === stated.length + 1);
    const fields = isEnded ? [...stated, ''] : stated;
    return named(fields) ? recognised(fields, data, 0) : lacking(fields, '`fields:` in weir.yaml');
  },
  reading: ({ fields }) => ({
    source: 'slurm',
    relation: (path, rejects) => splitRelation(path, fields, '|', rejects),
    shown: 'left(line, 1000)',
    notValid: `not ${fields.length} values; a bar in one of them, or another list of columns`,
    streamOf: (field) =>
      `CASE WHEN regexp_matches(${field('JobID', 'JobIDRaw')}, '${STEP}') THEN 'step'
        WHEN ${field('JobID', 'JobIDRaw')} IN ('JobID', 'JobIDRaw') THEN 'header'
        WHEN ${field('Start')} IN ${NEVER} THEN 'not begun' ELSE 'job' END`,
    streams: { job: { rule: jobRule } },
  }),
};

function spelled(name: string): string {
  return SPELLING.get(name.trim().toLowerCase()) ?? name.trim();
}

function recognised(fields: readonly string[], data: readonly string[], headerLines: 0 | 1): Recognised {
  const places = ['Start', 'End'].map((name) => fields.indexOf(name));
  const times = data.flatMap((line) => {
    const values = line.split('|');
    return places.map((place) => values[place]);
  });
  return { layout: layoutOf(fields), headerLines, needs: zoneNeeds(times) };
}

function layoutOf(fields: readonly string[]): Recognised['layout'] {
  return { source: 'slurm', encoding: 'text', fields };
}

function lacking(fields: readonly string[], where: string): Recognised {
  const refused = `${slurm.title}: ${where} needs JobID, ${NEEDED.join(', ')}, and should have User and NodeList`;
  return { layout: layoutOf(fields), refused };
}

function withoutHeader({ sensor }: FirstLines): Recognised {
  const name = sensor?.name ?? '';
  const refused = `${slurm.title} without a header line; sensor ${name}: state its columns as \`fields:\` in weir.yaml, such as [JobID, User, Account, State, Start, End, NodeList]`;
  return { layout: layoutOf([]), refused };
}

function jobRule(field: Field, { name, timezone }: SensorSettings): RecordRule {
  return {
    family: 'job',
    texts: {
      t_id: field('JobID', 'JobIDRaw'),
      t_raw: field('JobIDRaw'),
      t_user: field('User', 'UID'),
      t_account: field('Account'),
      t_state: field('State'),
      t_start: field('Start'),
      t_end: `CASE WHEN ${field('End')} NOT IN ${NEVER} THEN ${field('End')} END`,
      t_nodes: `CASE WHEN ${field('NodeList')} NOT IN ${NO_NODES} THEN ${field('NodeList')} END`,
    },
    parts: { isNoList: notNodes('t_nodes') },
    values: {
      v_start: zonedTime('t_start', timezone),
      v_end: zonedTime('t_end', timezone),
      // The engine may compute a branch it does not take.
      v_nodes: expandedNodes(`(CASE WHEN NOT isNoList THEN t_nodes END)`),
    },
    columns: {
      startedAt: 'v_start',
      endedAt: 'v_end',
      sensor: sqlText(name),
      jobId: 't_id',
      rawId: 'CASE WHEN t_raw <> t_id THEN t_raw END',
      principal: 't_user',
      account: 't_account',
      hosts: 'v_nodes',
      state: 't_state',
    },
    faults: [
      missing('JobID', 't_id'),
      missing('Start', 't_start'),
      wrong('Start', 't_start', 'v_start', ZONED_TIME),
      wrong('End', 't_end', 'v_end', ZONED_TIME),
      { when: 'v_end < v_start', says: 'End: before Start' },
      { when: `v_end - v_start > ${TWO_YEARS_MICROS}`, says: 'End: more than two years after Start' },
      {
        when: 't_nodes IS NOT NULL AND isNoList',
        says: 'NodeList: not a list of at most 50,000 nodes',
      },
    ],
  };
}
