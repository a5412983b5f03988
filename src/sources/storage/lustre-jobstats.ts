import type { LogFormat } from '../format.ts';
import { type LineRewriter, lineByLine } from '../line-rewrite.ts';
import { jsonRelation } from '../relation.ts';
import { instant } from '../values.ts';
import { accessRule } from './access-rule.ts';

const FIELDS = ['jobstats', 'target', 'job', 'snapshot', 'since', 'read', 'written', 'isCut'];

const TARGET = /^(?:obdfilter|mdt|ofd)\.([^\s=]+)\.job_stats=\s*$/;
const LIST = /^job_stats:/;
const JOB = /^- job_id:\s*(.*?)\s*$/;
const VALUE = /^\s+(\w+):\s*(.*?)\s*$/;
const SUM = /\bsum:\s*([^\s,}]+)\s*[,}]/;
/** Newer servers write `1663257236.123456789 secs.nsecs`. */
const FIRST_WORD = /^"?([^\s"]+)/;

type Job = Record<string, string>;

/** Brings the lines of each job of each target together; a job is told with the later of its two counts of bytes. */
function createJoiner(): LineRewriter {
  let target: string | undefined;
  let job: Job | undefined;

  function told(): string {
    const one = job;
    job = undefined;
    if (!one) return '';
    const isCounted = one.read !== undefined || one.written !== undefined;
    return JSON.stringify({ jobstats: isCounted ? 'job' : 'job without bytes', ...one });
  }

  return {
    line(text) {
      const [, named] = TARGET.exec(text) ?? [];
      if (named !== undefined) {
        target = named;
        return told();
      }
      if (LIST.test(text)) return told();
      const [, id] = JOB.exec(text) ?? [];
      if (id !== undefined) {
        const before = told();
        job = { ...(target === undefined ? {} : { target }), job: id.replace(/^(["'])(.*)\1$/, '$2') };
        return before;
      }
      const [, key = '', value = ''] = VALUE.exec(text) ?? [];
      if (key === '') return text.trim() === '' ? '' : text;
      if (!job) return '';
      const word = FIRST_WORD.exec(value)?.[1] ?? '';
      if (key === 'snapshot_time') job.snapshot = word;
      if (key === 'start_time') job.since = word;
      if (key === 'read_bytes') job.read = SUM.exec(value)?.[1] ?? value;
      if (key === 'write_bytes') job.written = SUM.exec(value)?.[1] ?? value;
      return job.read !== undefined && job.written !== undefined ? told() : '';
    },
    rest: () => (job ? JSON.stringify({ jobstats: 'job', ...job, isCut: 'true' }) : ''),
  };
}

/** SQL for the parts of `job:uid:node` (`jobid_name=%j:%u:%H`) and of `program.uid` (`procname_uid`, `%e.%u`). */
const [TRIPLE, PROGRAM] = ['^([^:]+):(\\d+):([^:]+)$', '^.*[^\\d.].*\\.(\\d+)$'];

/**
 * `lctl get_param obdfilter.*.job_stats`, over and over in one file: cumulative bytes by job and target. They are kept as
 * read; what a day's reads amount to is accounting's affair (reads.ts).
 */
export const lustreJobstats: LogFormat = {
  name: 'lustre-jobstats',
  title: 'Lustre job_stats',
  recognise({ objects }) {
    if (!objects.some(({ jobstats }) => typeof jobstats === 'string')) return undefined;
    return { layout: { source: 'lustre-jobstats', encoding: 'ndjson', fields: FIELDS } };
  },
  reading: () => ({
    source: 'lustre-jobstats',
    relation: (path, rejects) => jsonRelation(path, FIELDS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a line of job_stats',
    streamOf: (field) => field('jobstats'),
    streams: {
      job: {
        rule: (field, { name }) => {
          const job = field('job');
          const part = (pattern: string, group: number) =>
            `nullif(regexp_extract(${job}, '${pattern}', ${group}), '')`;
          return accessRule(
            {
              texts: { t_time: field('snapshot'), t_since: field('since') },
              startedAt: instant('t_time'),
              time: {
                text: 't_time',
                column: 'snapshot_time',
                expected: 'seconds since 1970',
              },
              principal: `coalesce(${part(TRIPLE, 2)}, ${part(PROGRAM, 1)})`,
              jobId: `coalesce(${part(TRIPLE, 1)}, ${job})`,
              hostName: part(TRIPLE, 3),
              operation: `'read'`,
              bytesRead: { text: field('read'), column: 'read_bytes' },
              bytesWritten: { text: field('written'), column: 'write_bytes' },
              counter: field('target'),
              counterSince: instant('t_since'),
              faults: [
                { when: `${field('isCut')} = 'true'`, says: 'job: the input ends in the middle of it' },
                { when: `coalesce(t_job, '') = ''`, says: 'job_id: missing' },
                { when: 't_read IS NULL', says: 'read_bytes: missing' },
                {
                  when: 't_counter IS NULL',
                  says: 'target: missing; write the file with `lctl get_param obdfilter.*.job_stats`, which names it',
                },
              ],
            },
            name,
          );
        },
      },
    },
  }),
  rewrites(head) {
    return /^(?:\xEF\xBB\xBF)?(?:\S+\.job_stats=|job_stats:)\s*$/m.test(head.toString('latin1'))
      ? lineByLine(createJoiner)
      : undefined;
  },
};
