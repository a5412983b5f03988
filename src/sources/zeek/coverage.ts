import { sqlText } from '../../records/sql-text.ts';
import type { RecordRule } from '../record.ts';
import type { Field } from '../relation.ts';
import { count, instant, missing, seconds, wrong } from '../values.ts';

/** The fields of capture_loss and stats that Weir reads. */
export const COVERAGE_FIELDS: readonly string[] = [
  'ts',
  'ts_delta',
  'peer',
  'gaps',
  'acks',
  'pkts_proc',
  'pkts_dropped',
];

/** The Zeek logs in which a sensor speaks of its own sight. */
export type CoverageStream = 'capture_loss' | 'stats';

/**
 * Returns how lines of Zeek's capture_loss (gaps among acknowledgements) and stats (packets dropped among
 * packets processed) become coverage.
 */
export function coverageRule(field: Field, sensor: string, stream: CoverageStream): RecordRule {
  const [seen, lost] = stream === 'capture_loss' ? ['acks', 'gaps'] : ['pkts_proc', 'pkts_dropped'];
  return {
    family: 'coverage',
    texts: {
      t_ts: field('ts'),
      t_delta: field('ts_delta'),
      t_peer: field('peer'),
      t_seen: field(seen),
      t_lost: field(lost),
    },
    values: {
      startedAt: instant('t_ts'),
      intervalMicros: seconds('t_delta'),
      seen: count('t_seen'),
      lost: count('t_lost'),
    },
    columns: {
      startedAt: 'startedAt',
      sensor: sqlText(sensor),
      node: 't_peer',
      intervalMicros: 'intervalMicros',
      report: sqlText(stream),
      // Of the acknowledgements Zeek counts, the gaps are those of data it never saw.
      seen: stream === 'capture_loss' ? 'CASE WHEN lost > seen THEN 0 ELSE seen - lost END' : 'seen',
      lost: 'lost',
      since: 'NULL::BIGINT',
    },
    faults: [
      missing('ts', 't_ts'),
      wrong('ts', 't_ts', 'startedAt', 'a time between 1990 and 2100'),
      wrong('ts_delta', 't_delta', 'intervalMicros', 'a number of seconds'),
      wrong(seen, 't_seen', 'seen', 'a count below 2^53'),
      wrong(lost, 't_lost', 'lost', 'a count below 2^53'),
    ],
  };
}
